"""Deciding about a request: standing by exactly these words, or giving them back.

Where the practice has its health articles reviewed, an approval of one is a clinician's signature, made in the same
transaction. Else, and for news of the clinic, it is a colleague's look: no signature, no label.
"""

from datetime import datetime

from django.db import transaction

from blog.content.plain import tidy_text
from blog.digest import digest_of, digest_of_shared
from blog.models import AuditEntry, Practice, Publication, Review, Revision, public_write
from blog.safety_notes import attached

from .access import Actor, Operator, Refused, may_release, name_of, require_decide_review
from .drafts import EditConflict
from .medical_review import withdraw_under
from .record import record
from .release import publish, put_before_readers
from .review import OtherWords, close, mail, waiting_for, who_asked
from .signatures import MONTHS, sign
from .signers import needs_signature, policy

Outcome = Review.Outcome
AS_ORDERED = "As ordered: when approved"


def approve(
    actor: Actor,
    revision: Revision,
    *,
    months: int = MONTHS,
    digest: str = "",
    shared: str = "",
    now: datetime | None = None,
) -> Review:
    """Stand by exactly this revision: sign it where approvals are signatures, due again after ``months``.

    ``digest`` and ``shared`` may name what the person has read, in the article and in the records beside it; where a
    drug, a procedure, a source or the disclaimer changed since, nothing is decided. Publishes only what somebody
    ordered with the request; an order that cannot be carried out leaves the approval as it is, and whoever gave it is
    told. ``published`` of the request returned is the publication, or None.

    Raises ``NotAllowed``, also for own words and with what is missing to sign; ``OtherWords`` where not this revision
    waits.
    """
    with public_write():
        waiting, now = waiting_for(actor, revision, now)
        # Held, so that no shared record and no rule changes between this look and the signature.
        rule = policy(hold=True)
        if (digest and digest != digest_of(waiting.revision)) or (shared and shared != _shared(waiting.revision)):
            raise OtherWords("Something on this page changed while you read. Nothing was decided. Read it once more.")
        if needs_signature(waiting.revision, rule):
            sign(actor, waiting, months, now)
            _number(waiting, now)
        close(waiting, Outcome.APPROVED, actor, now)
        record(actor, AuditEntry.Act.APPROVED, at=now, post=waiting.post, revision=waiting.revision)
        waiting.published = _carry_out(actor, waiting, now) if waiting.ordered_by_id else None
        mail(
            who_asked(waiting),
            waiting,
            "is approved",
            "review_approved.txt",
            actor,
            now,
            publication=waiting.published,
            is_live=waiting.published is not None and waiting.published.live_from <= now,
        )
    return waiting


def _shared(revision: Revision) -> str:
    disclaimer = Practice.objects.values_list("disclaimer", flat=True).first() or ""
    return digest_of_shared(attached(revision).records, disclaimer)


def _number(review: Review, now: datetime) -> None:
    """Put what an earlier release left live before readers once more, with the number that its signature has."""
    live = review.post.publications.live(now).filter(revision=review.revision, digest="").first()
    if live is None or live.live_from == now:
        return
    until, live.live_until = live.live_until, now
    live.save(update_fields=["live_until"])
    put_before_readers(
        live.released_by or Operator(),
        review.post,
        live,
        revision=live.revision,
        updated_at=live.updated_at,
        live_from=now,
        live_until=until,
        now=now,
    )


def _carry_out(actor: Actor, review: Review, now: datetime) -> Publication | None:
    """Publish what was approved in the name of who ordered it, with the rights that they have now."""
    orderer, begins = review.ordered_by, review.not_before
    try:
        if not may_release(orderer):
            raise Refused(f"{name_of(orderer)} may not publish any more. Somebody who may has to publish it.")
        with transaction.atomic():
            return publish(
                orderer,
                review.revision,
                at=begins if begins is not None and begins > now else None,
                until=review.until,
                show_updated=review.show_updated,
                because=AS_ORDERED,
                now=now,
            )
    except EditConflict:
        why = "Newer words were saved since, which nobody has approved."
    except Refused as refused:
        why = str(refused)
    record(actor, AuditEntry.Act.ORDER_NOT_DONE, at=now, post=review.post, revision=review.revision, reason=why)
    mail([orderer], review, "is approved, but not published", "order_not_done.txt", actor, now, why=why)
    return None


def send_back(actor: Actor, revision: Revision, answer: str, *, now: datetime | None = None) -> Review:
    """Give the text back to its writer with a note that says what to do.

    A clinician who sends back words that stand signed ends the signature, whoever gave it: readers must not be told
    that they are reviewed. Raises ``NotAllowed``, also for own words; ``Refused`` without a note; ``OtherWords`` as
    ``approve``.
    """
    answer = tidy_text(answer)
    if not answer:
        require_decide_review(actor)
        raise Refused("Write what should change, so that the writer knows what to do.")
    with public_write():
        waiting, now = waiting_for(actor, revision, now)
        close(waiting, Outcome.SENT_BACK, actor, now, answer)
        record(
            actor, AuditEntry.Act.SENT_BACK, at=now, post=waiting.post, revision=waiting.revision, reason=waiting.answer
        )
        withdraw_under(actor, waiting.revision, now)
        mail(who_asked(waiting), waiting, "was sent back to you", "review_sent_back.txt", actor, now)
    return waiting
