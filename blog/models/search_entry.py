"""What the search looks in: one row for each publication that is live or lies ahead."""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorExact, SearchVectorField
from django.db import connections, models
from django.db.models import ExpressionWrapper, F, FloatField
from django.db.models.expressions import RawSQL

from .public_record import PublicQuerySet, PublicRecord
from .publication import Publication

MAX_FOUND = 1000
# What a hit in a title, in the lead and in the text weighs, each as its database counts: SQLite multiplies the hits
# of a column, PostgreSQL has four classes, of which D, C, B, A are named.
_SQLITE_WEIGHTS = (20.0, 6.0, 1.0)
_POSTGRES_WEIGHTS = [0.05, 0.1, 0.3, 1.0]


class SearchEntryQuerySet(PublicQuerySet):
    """Asking the database's own full-text search, and taking its order."""

    def live(self, now: datetime) -> "SearchEntryQuerySet":
        """Entries of what readers see at ``now`` (aware datetime)."""
        return self._among(Publication.objects.live(now).order_by().values("pk"))

    def matching(self, terms: Sequence[str], *, any_term: bool = False) -> "SearchEntryQuerySet":
        """Entries with all of these terms of ``blog.content.words``, or any; best first, of equals the latest.

        No more than ``MAX_FOUND``, the latest, so that a word that stands everywhere costs no more than that.
        """
        if connections[self.db].vendor == "postgresql":
            query = reduce(or_ if any_term else and_, [SearchQuery(term, config="simple") for term in terms])
            # Without its table's name, which would mean the outer query's where this stands in an inner one.
            document = RawSQL('"document"', [], output_field=SearchVectorField())
            latest = self.filter(SearchVectorExact(document, query)).order_by("-pk").values("pk")[:MAX_FOUND]
            found = self.model.objects.filter(pk__in=latest)
            order = SearchRank(document, query, weights=_POSTGRES_WEIGHTS).desc()
        else:
            # Terms are small letters and digits, and quoted: none of them is an operator.
            words = (" OR " if any_term else " AND ").join(f'"{term}"' for term in terms)
            match = RawSQL('"blog_searchentry" MATCH %s', [words], output_field=models.BooleanField())
            latest = self.filter(match).order_by("-pk").values("pk")[:MAX_FOUND]
            found = self.model.objects.filter(match)._among(latest)
            weights = ", ".join(str(weight) for weight in _SQLITE_WEIGHTS)
            order = RawSQL(f"bm25(blog_searchentry, {weights})", [], output_field=FloatField()).asc()
        return found.order_by(order, "-pk")

    def _among(self, keys: models.QuerySet) -> "SearchEntryQuerySet":
        # The sum keeps SQLite from asking its full-text index again for each of the keys.
        key = ExpressionWrapper(F("pk") + 0, models.BigIntegerField())
        return self.alias(key=key).filter(key__in=keys)


class SearchEntry(PublicRecord):
    """A publication's words, ready to be searched. ``blog.search_index`` writes it, in one act with the publication.

    On SQLite this is an FTS5 table; on PostgreSQL it has one more column, ``document``, which the database fills from
    the terms. A migration that changes it drops it and makes it anew, as its first one does.
    """

    publication = models.OneToOneField(
        Publication, on_delete=models.CASCADE, primary_key=True, related_name="+", db_column="rowid"
    )
    # Terms of the title; of what stands around the text (summary, key points, topic, tags, author); of the text.
    title = models.TextField()
    lead = models.TextField()
    body = models.TextField()
    # The words of title and lead as they are written, for whoever mistypes one.
    spellings = models.TextField()
    # Key points and text in plain lines, for the passage around a hit.
    text = models.TextField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "search entries"

    def __str__(self) -> str:
        return f"{self.publication} in the search"
