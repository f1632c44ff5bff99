"""What the publishing screen says of a clinician's review, and what it asks: to wait for one, or not to.

Only where the practice has health articles reviewed, and this is one. Elsewhere there is no such card.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from blog import publishing, reviewed
from blog.clinic_time import day, full_date
from blog.models import MedicalReview, Post, Practice, Revision
from blog.publishing.carrying import Correction, correction_of

from .post_review import named, order_words
from .practice_of import practice_of
from .release_words import changed_words, what_changes

SIGNED, KEPT, ORDERED, MAY, MUST = "signed", "kept", "ordered", "may", "must"


@dataclass(frozen=True)
class ReviewCard:
    """``kind`` is what the card is about, blank for none; ``sentence`` what it says first.

    ``readers`` names those who can sign these words, blank for nobody; ``waits`` says that a request waits already.
    """

    kind: str = ""
    sentence: str = ""
    readers: str = ""
    waits: bool = False

    @property
    def asks(self) -> bool:
        """Whether the publisher chooses: to wait, or not."""
        return self.kind == MAY

    @property
    def only_waits(self) -> bool:
        """Whether it goes live by the approval alone."""
        return self.kind == MUST

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing to wait for: no review is asked of it, or it is signed, or that goes on."""
        return self.kind in ("", SIGNED, KEPT)

    @property
    def whom(self) -> str:
        """Whom it is sent to, after «Send to» and «Wait for»."""
        return self.readers or "a reviewer"


def review_card(request: HttpRequest, post: Post, newest: Revision, at: datetime, now: datetime) -> ReviewCard:
    """The card for a post's newest draft that goes live at the moment ``at``."""
    policy = practice_of(request).review_policy
    if not publishing.needs_signature(newest, policy):
        return ReviewCard()
    goes_live_on = timezone.localdate(at)
    signature = publishing.signature_under(newest, publishing.digest_of(newest), goes_live_on)
    if signature is not None:
        return ReviewCard(SIGNED, _signed(signature))
    if (correction := correction_of(newest, at)) is not None:
        return ReviewCard(KEPT, _kept(correction))
    waiting = publishing.review_standing(post, newest).waiting
    is_same = waiting is not None and waiting.revision_id == newest.pk
    readers = named([publishing.name_of(user) for user in publishing.who_decides(newest)])
    if is_same and waiting.ordered_by is not None:
        return ReviewCard(ORDERED, order_words(waiting, now), readers, waits=True)
    kind = MUST if policy == Practice.ReviewPolicy.MUST else MAY
    return ReviewCard(kind, _why_not_signed(post, newest, now), readers, waits=is_same)


def _signed(signature: MedicalReview) -> str:
    shown = reviewed.Reviewed(signature.reviewer, signature.reviewed_on, signature.due_on)
    return (
        f"{shown.label} {signature.reviewer.byline} on {full_date(signature.reviewed_on)}; "
        f"due {full_date(signature.due_on)}."
    )


def _kept(correction: Correction) -> str:
    count = len(correction.changes)
    what = (
        f"Only the spelling of {'1 word' if count == 1 else f'{count} words'} changes" if count else "No word changes"
    )
    original = correction.original
    return (
        f"{what}, so the review by {original.reviewer.byline} of {full_date(original.reviewed_on)} stays. "
        f"{original.reviewer.name} is told, and can withdraw it."
    )


def _why_not_signed(post: Post, newest: Revision, now: datetime) -> str:
    last = post.medical_reviews.select_related("reviewer", "revision").first()
    if last is None:
        return "No clinician has reviewed this post yet."
    who, when = last.reviewer.byline, full_date(last.reviewed_on)
    if last.withdrawn_at is not None:
        return f"The review by {who} of {when} was withdrawn on {day(last.withdrawn_at, now)}."
    if last.lapsed_at is not None:
        return f"The review by {who} of {when} ended on {day(last.lapsed_at, now)}: {last.lapsed_because}"
    if last.digest == publishing.digest_of(newest):
        return f"The review by {who} of {when} was due on {full_date(last.due_on)}."
    count = changed_words(last.revision.body, newest.body)
    if count:
        words = "1 word has" if count == 1 else f"{count:,} words have"
        return f"{who} reviewed the text of {when}. {words} changed since."
    return f"{who} reviewed the text of {when}. Since then: {what_changes(last.revision, newest)}"
