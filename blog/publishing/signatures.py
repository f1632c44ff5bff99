"""Signatures under exact words: made by an approval, looked for before readers see anything."""

from datetime import date, datetime

from django.utils import timezone

from blog.clinic_time import months_later
from blog.digest import digest_of, digest_on_page
from blog.models import AuditEntry, MedicalReview, Practice, Publication, Review, Revision

from .access import Actor, NotAllowed, Refused
from .record import record
from .signers import needs_signature, policy, why_not_sign
from .signing import own_author

MONTHS, MOST_MONTHS = 12, 36


def sign(actor: Actor, review: Review, months: int, now: datetime) -> MedicalReview:
    """Put the actor's own name under exactly the words of a request; the caller holds the post and records the request.

    Raises ``NotAllowed`` with what to do about it, and ``Refused`` for a due date that is none.
    """
    if why := why_not_sign(actor, review.revision):
        raise NotAllowed(why)
    if not 1 <= months <= MOST_MONTHS:
        raise Refused(f"The next review is due in 1 to {MOST_MONTHS} months. Choose another date.")
    today = timezone.localdate(now)
    signed = MedicalReview.objects.create(
        post_id=review.post_id,
        revision=review.revision,
        request=review,
        reviewer=own_author(actor),
        signed_by=actor,
        signed_at=now,
        digest=digest_of(review.revision),
        reviewed_on=today,
        due_on=months_later(today, months),
    )
    record(
        actor,
        AuditEntry.Act.MEDICALLY_REVIEWED,
        at=now,
        post=review.post,
        revision=review.revision,
        reason=f"{signed.reviewer.byline}. Next review due {signed.due_on:%Y-%m-%d}.",
    )
    return signed


def signature_under(article: Revision | Publication, digest: str, day: date) -> MedicalReview | None:
    """The signature that a page with exactly these words may name on a day, or None. One query."""
    found = MedicalReview.objects.in_force(day).under(article.post_id, digest, article.author_id)
    return found.select_related("reviewer").order_by("-reviewed_on", "-pk").first()


def lacks_review(article: Revision | Publication, at: datetime, practice_policy: str | None = None) -> bool:
    """Whether the practice lets these words go live at the moment ``at`` only under a signature, and there is none.

    A review that is due by that day is none. News of the clinic and samples need none. A signature that a spelling
    correction keeps (``carrying``) has to be made before this is asked.
    """
    practice_policy = policy() if practice_policy is None else practice_policy
    if practice_policy != Practice.ReviewPolicy.MUST or not needs_signature(article, practice_policy):
        return False
    return signature_under(article, digest_on_page(article), timezone.localdate(at)) is None
