"""Who reviewed the words that readers see: what the labels of an article page say, and only while it is true."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, Func, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from blog.models import Author, MedicalReview, Practice, Publication
from blog.models.medical_review import MedicalReviewQuerySet
from blog.models.publication import PublicationQuerySet

# With one of these licenses a review is a medical one; a nurse's, for example, is called a clinical one.
MEDICAL_LICENSES = frozenset({"MD", "DO", "NP", "PA"})
# What a page says of its reviewer. Read with the article itself, so that the labels cost no question of their own.
_OF_THE_REVIEWER = ("id", "name", "slug", "credentials", "license_type", "license_state", "job_title")


class _Facts(JSONObject):
    """Django's own without its question whether SQLite knows JSON: every one in use does.

    It would be asked in a transaction, for which a reader waits while somebody writes; and where that takes too long,
    Django remembers a no for as long as the connection lives.
    """

    def as_sqlite(self, *args, **kwargs) -> tuple[str, list]:
        """As on every database that is not asked."""
        return Func.as_sql(self, *args, **kwargs)


@dataclass(frozen=True)
class Reviewed:
    """A clinician stands by exactly the words on the page. Days are days of the clinic.

    Of ``reviewer`` only what stands beside a name is filled in: no biography, no portrait.
    """

    reviewer: Author
    reviewed_on: date
    due_on: date

    @property
    def label(self) -> str:
        """How the byline calls it, by the reviewer's license."""
        license_type = self.reviewer.license_type.replace(".", "").upper()
        return "Medically reviewed by" if license_type in MEDICAL_LICENSES else "Clinically reviewed by"


def with_review(publications: PublicationQuerySet, now: datetime) -> PublicationQuerySet:
    """Add ``signed``: what ``current_review`` needs to know of each, in the same query."""
    signed = _in_force(now).under(OuterRef("post"), OuterRef("digest"), OuterRef("author"))
    facts = _Facts(
        reviewed_on="reviewed_on", due_on="due_on", **{name: F(f"reviewer__{name}") for name in _OF_THE_REVIEWER}
    )
    latest = signed.order_by("-reviewed_on", "-pk").values(facts=facts)[:1]
    return publications.annotate(signed=Subquery(latest))


def current_review(publication: Publication, now: datetime) -> Reviewed | None:
    """The review that this page may name at ``now``, or None, as for news. No query after ``with_review``, else one.

    It stands under exactly these words, nobody withdrew it, no shared record on the page changed since, its next one is
    not due yet, and the practice has its articles reviewed at all.
    """
    if publication.kind != Publication.Kind.HEALTH_INFORMATION:
        return None
    if not hasattr(publication, "signed"):
        publication.signed = with_review(Publication.objects.filter(pk=publication.pk), now).get().signed
    if publication.signed is None:
        return None
    facts = dict(publication.signed)
    days = [date.fromisoformat(facts.pop(name)) for name in ("reviewed_on", "due_on")]
    return Reviewed(Author(**facts), *days)


def names_as_reviewer(author: Author, now: datetime) -> bool:
    """Whether a page that readers see at ``now`` can name this person as its reviewer. One query."""
    # Beginning with this person's signatures: most people have none, and the number of pages does not matter.
    pages = Publication.objects.live(now).filter(kind=Publication.Kind.HEALTH_INFORMATION)
    under = pages.filter(post=OuterRef("post"), digest=OuterRef("digest")).exclude(author=OuterRef("reviewer"))
    signed = _in_force(now).filter(reviewer=author).exclude(digest="").exclude(reviewer__credentials="")
    return signed.filter(Exists(under.order_by())).order_by().exists()


def _in_force(now: datetime) -> MedicalReviewQuerySet:
    """What may be named at a moment, where the practice has its articles reviewed at all."""
    asked_for = Practice.objects.exclude(review_policy=Practice.ReviewPolicy.NOBODY_YET)
    return MedicalReview.objects.in_force_at(now, timezone.localdate(now)).filter(Exists(asked_for))
