"""Who reviewed the words that readers see: what the labels of an article page say, and only while it is true."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists
from django.utils import timezone

from blog.models import Author, MedicalReview, Practice, Publication

# With one of these licenses a review is a medical one; a nurse's, for example, is called a clinical one.
MEDICAL_LICENSES = frozenset({"MD", "DO", "NP", "PA"})


@dataclass(frozen=True)
class Reviewed:
    """A clinician stands by exactly the words on the page. Days are days of the clinic."""

    reviewer: Author
    reviewed_on: date
    due_on: date

    @property
    def label(self) -> str:
        """How the byline calls it, by the reviewer's license."""
        license_type = self.reviewer.license_type.replace(".", "").upper()
        return "Medically reviewed by" if license_type in MEDICAL_LICENSES else "Clinically reviewed by"


def current_review(publication: Publication, now: datetime) -> Reviewed | None:
    """The review that this page may name at ``now``, or None. One query; none for news, which need no review.

    It stands under exactly these words, nobody withdrew it, no shared record on the page changed since, its next one is
    not due yet, and the practice has its articles reviewed at all.
    """
    if not publication.digest or publication.kind != Publication.Kind.HEALTH_INFORMATION:
        return None
    asked_for = Practice.objects.exclude(review_policy=Practice.ReviewPolicy.NOBODY_YET)
    found = (
        MedicalReview.objects.in_force(timezone.localdate(now))
        .under(publication.post_id, publication.digest, publication.author_id)
        .filter(Exists(asked_for))
        .select_related("reviewer")
        .order_by("-reviewed_on", "-pk")
        .first()
    )
    return Reviewed(found.reviewer, found.reviewed_on, found.due_on) if found else None
