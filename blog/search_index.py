"""What readers' search looks in: one entry for each publication from the act that makes it until it is over.

Called by name from ``blog.publishing``, inside the act's own transaction, and wherever a name that stands on articles
changes. Nothing here listens for anything.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import QuerySet

from blog.content.outline import image_ids, plain_text
from blog.content.words import spellings, terms
from blog.models import Author, Image, Publication, SearchEntry, Tag, Topic, public_write

# The beginning of a text, some 16,000 words, is searched; what PostgreSQL keeps of one has an upper bound.
MAX_TEXT_LENGTH = 100_000
_AT_ONCE = 100


def index_post(post_id: int, now: datetime) -> None:
    """Let the search know a post as its publications now say: each that is live at ``now`` or lies ahead, no other.

    Part of each act that makes, closes or discards a publication.
    """
    present = {article.pk: article for article in _lasting(now).filter(post_id=post_id)}
    entries = SearchEntry.objects.filter(publication__post_id=post_id)
    known = set(entries.values_list("pk", flat=True))
    if over := known - present.keys():
        SearchEntry.objects.filter(pk__in=over).delete()
    _add(article for pk, article in present.items() if pk not in known)


def index_picture(image: Image, now: datetime) -> None:
    """Let the search know anew the articles with a picture of which somebody said that it is a patient, or none."""
    with public_write():
        shown = _lasting(now).filter(revision__images=image)
        SearchEntry.objects.filter(pk__in=list(shown.order_by().values_list("pk", flat=True))).delete()
        _add(shown)


def index_name(named: Author | Topic | Tag) -> None:
    """Let articles be found by a name that has changed, and no longer by the old one."""
    field = {Author: "author", Topic: "topic", Tag: "tags"}[type(named)]
    with public_write():
        keys = list(SearchEntry.objects.filter(**{f"publication__{field}": named}).values_list("pk", flat=True))
        for some in _batches(keys):
            articles = _with_names(Publication.objects.filter(pk__in=some)).defer("body")
            changed = [SearchEntry(publication=article, **_around_the_text(article)) for article in articles]
            SearchEntry.objects.bulk_update(changed, ["title", "lead", "spellings"])


def index_everything(now: datetime, say: Callable[[str], None]) -> int:
    """Make the whole index again, some articles at a time, so that the search goes on meanwhile.

    ``say`` gets a line of progress. Returns how many entries there are.
    """
    keys = list(_lasting(now).order_by("pk").values_list("pk", flat=True))
    SearchEntry.objects.exclude(pk__in=_lasting(now).order_by().values("pk")).delete()
    for number, some in enumerate(_batches(keys)):
        with public_write():
            SearchEntry.objects.filter(pk__in=some).delete()
            _add(_lasting(now).filter(pk__in=some))
        say(f"{min((number + 1) * _AT_ONCE, len(keys))} of {len(keys)} articles")
    return SearchEntry.objects.count()


def _lasting(now: datetime) -> QuerySet[Publication]:
    return _with_names(Publication.objects.filter(live_until__gt=now))


def _with_names(articles: QuerySet[Publication]) -> QuerySet[Publication]:
    return articles.select_related("author", "topic").prefetch_related("tags")


def _add(articles: Iterable[Publication]) -> None:
    entries, articles = [], list(articles)
    # What stands under a patient's picture goes with it, at a moment that no write tells; so it is never searched.
    used = {pk for article in articles for pk in image_ids(article.body)}
    patients = frozenset(Image.objects.filter(pk__in=used, depicts=Image.Depicts.PATIENT).values_list("pk", flat=True))
    for article in articles:
        text = plain_text(article.body, patients)[:MAX_TEXT_LENGTH]
        entries.append(
            SearchEntry(
                publication=article,
                **_around_the_text(article),
                body=terms(text),
                text="\n".join([*article.key_points, text]),
            )
        )
    if entries:
        SearchEntry.objects.bulk_create(entries)


def _around_the_text(article: Publication) -> dict[str, str]:
    names = [article.author.byline, article.topic.name if article.topic else "", *map(str, article.tags.all())]
    lead = "\n".join([article.excerpt, article.subtitle, *article.key_points, *names])
    return {
        "title": terms(article.title),
        "lead": terms(lead),
        "spellings": " ".join(sorted(spellings(f"{article.title}\n{lead}"))),
    }


def _batches(keys: list[int]) -> Iterable[list[int]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
