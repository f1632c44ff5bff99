"""A colleague's look at a draft before readers see it: asking for it, taking that back, and what waits for whom.

A request is about exactly one revision. Whoever goes on writing changes nothing about it; asking again puts the newer
words in its place. Nobody decides about their own words, whatever their rights. ``deciding`` has the decisions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from blog import outbox
from blog.clinic_time import spoken
from blog.content.plain import tidy_text
from blog.models import (
    FAR_FUTURE,
    AuditEntry,
    MedicalReview,
    Post,
    Practice,
    Review,
    Revision,
)

from .access import (
    Actor,
    NotAllowed,
    Refused,
    may_decide_review,
    may_edit,
    name_of,
    person,
    require_decide_review,
    require_edit,
    require_release,
)
from .drafts import EditConflict, lock_post, newest_revision
from .record import record
from .signers import OWN_WORDS, needs_signature, who_approves, who_signs, why_not_sign, wrote

Outcome = Review.Outcome
DECIDED = (Outcome.APPROVED, Outcome.SENT_BACK)
LONGEST_TITLE_IN_MAIL = 120


class OtherWords(Refused):
    """The request is not about the words that the person has read: a newer one waits, or none does any more."""


@dataclass(frozen=True)
class ReviewStanding:
    """Where the review of a post stands. Each is the request in question, or None.

    ``waiting`` waits for a decision. ``sent_back`` was sent back, and nobody has saved since. ``approved`` covers the
    newest draft, word for word.
    """

    waiting: Review | None = None
    sent_back: Review | None = None
    approved: Review | None = None


@dataclass(frozen=True)
class Order:
    """What an approval of these words is to do: publish them, not before a moment where one is named.

    They leave the site again at ``until``, where one is named; with ``show_updated`` the page says «Updated».
    """

    not_before: datetime | None = None
    until: datetime | None = None
    show_updated: bool = False


def may_decide(actor: Actor, revision: Revision, rule: str | None = None) -> bool:
    """Whether the actor may approve these words; where that is a clinician's signature, whether they may sign.

    ``rule`` is the practice's review policy, for callers that have read it: a waiting request knows it.
    """
    if not may_send_back(actor, revision):
        return False
    return not (needs_signature(revision, rule) and why_not_sign(actor, revision))


def may_send_back(actor: Actor, revision: Revision) -> bool:
    """Whether the actor may send these words back, which needs no credentials."""
    return may_decide_review(actor) and not wrote(actor, revision)


def who_decides(revision: Revision) -> list[User]:
    """Everybody with a login who may approve these words, by name; see ``may_decide``. Five queries at most."""
    return who_signs(revision) if needs_signature(revision) else who_approves(revision)


def somebody_reviews(actor: Actor) -> bool:
    """Whether the practice says that texts are reviewed, or a colleague has the role for it. One query.

    Having every right there is makes nobody a reviewer.
    """
    has_role = User.objects.filter(groups__permissions__codename="decide_review", is_active=True, is_staff=True)
    says_so = Practice.objects.exclude(review_policy=Practice.ReviewPolicy.NOBODY_YET)
    asked = User.objects.filter(pk=actor.pk)
    return asked.filter(Exists(has_role.exclude(pk=actor.pk)) | Exists(says_so)).exists()


@transaction.atomic
def submit(
    actor: Actor, revision: Revision, note: str = "", *, order: Order | None = None, now: datetime | None = None
) -> Review:
    """Ask for a look at this revision, which must be the newest draft. A request that waits already is replaced.

    With an ``order``, which needs the right to publish, the approval carries it out in the person's name. It is gone
    with the request: when newer words are sent, or when it is taken back. A second press of the same button changes
    nothing, but for an order that is another one. Raises ``NotAllowed``, ``EditConflict`` where somebody saved since,
    and ``Refused`` in the trash or for an order that cannot be.
    """
    post = lock_post(revision.post_id)
    now = now or timezone.now()
    require_edit(actor, post)
    if order is not None:
        _require_order(actor, order, now)
    newest = newest_revision(post)
    if newest is None or newest.pk != revision.pk:
        raise EditConflict(newest or revision)
    if post.trashed_at:
        raise Refused("This post is in the trash. Take it out first, then ask for a review.")
    waiting = waiting_review(post)
    if waiting is not None and waiting.revision_id == revision.pk:
        _keep_order(actor, waiting, order, now)
        return waiting
    close_waiting(actor, post, now)
    review = Review.objects.create(
        post=post, revision=newest, submitted_by=person(actor), submitted_at=now, note=tidy_text(note)
    )
    Post.objects.filter(pk=post.pk).update(state=Post.State.IN_REVIEW)
    record(actor, AuditEntry.Act.SUBMITTED, at=now, post=post, revision=newest, reason=review.note)
    _keep_order(actor, review, order, now)
    mail(who_decides(newest), review, "waits for your review", "review_asked.txt", actor, now)
    return review


def ask_again(
    actor: Actor, newest: Revision, note: str, order: Order | None, orderer: User | None, now: datetime
) -> Review:
    """Put the newest draft back in the queue because something beside its words changed; the caller holds the post.

    ``order`` stands in the name of ``orderer``. Nobody is told by this. A request about these words stays as it is.
    """
    waiting = waiting_review(newest.post)
    if waiting is None or waiting.revision_id != newest.pk:
        close_waiting(actor, newest.post, now)
        waiting = Review.objects.create(
            post=newest.post, revision=newest, submitted_by=person(actor), submitted_at=now, note=note
        )
        Post.objects.filter(pk=newest.post_id).update(state=Post.State.IN_REVIEW)
        record(actor, AuditEntry.Act.SUBMITTED, at=now, post=newest.post, revision=newest, reason=note)
    if orderer is not None:
        _keep_order(orderer, waiting, order, now)
    return waiting


@transaction.atomic
def take_back(actor: Actor, post: Post, *, now: datetime | None = None) -> None:
    """End the waiting request without a decision. Raises ``NotAllowed``, or ``Refused`` where none waits."""
    post = lock_post(post.pk)
    now = now or timezone.now()
    require_edit(actor, post)
    waiting = waiting_review(post)
    if waiting is None:
        raise Refused("This post does not wait for a review any more. Look at it to see what was decided.")
    close(waiting, Outcome.TAKEN_BACK, actor, now)
    record(actor, AuditEntry.Act.TAKEN_BACK, at=now, post=post, revision=waiting.revision)


def _require_order(actor: Actor, order: Order, now: datetime) -> None:
    require_release(actor)
    if person(actor) is None:
        raise NotAllowed("An order is somebody’s own. Log in to the site and give it there.")
    begins = max(order.not_before or now, now)
    if begins >= FAR_FUTURE or (order.until is not None and order.until >= FAR_FUTURE):
        raise Refused("That time is too far away. Look at the year.")
    if order.until is not None and order.until <= begins:
        raise Refused("It would leave the site before it goes live. Choose a later day for leaving.")


def _keep_order(actor: Actor, review: Review, order: Order | None, now: datetime) -> None:
    """Write an order down beside a request, unless it is there already."""
    known = Order(review.not_before, review.until, review.show_updated) if review.ordered_by_id else None
    if order is None or (order == known and review.ordered_by_id == actor.pk):
        return
    review.ordered_by, review.ordered_at = person(actor), now
    review.not_before, review.until, review.show_updated = order.not_before, order.until, order.show_updated
    review.save(update_fields=["ordered_by", "ordered_at", "not_before", "until", "show_updated"])
    record(
        actor,
        AuditEntry.Act.PUBLISH_ORDERED,
        at=now,
        post=review.post,
        revision=review.revision,
        takes_effect_at=order.not_before,
    )


def close_waiting(actor: Actor, post: Post, now: datetime) -> None:
    """End the waiting request of a post whose row is held, if there is one, because newer words take its place."""
    waiting = waiting_review(post)
    if waiting is not None:
        close(waiting, Outcome.REPLACED, actor, now)


def waiting_review(post: Post) -> Review | None:
    """The request that waits for a decision, with what it is about, and ``rule``, the practice's review policy."""
    return whole(post.reviews.filter(outcome=Outcome.WAITING)).annotate(rule=rule()).first()


def review_standing(post: Post, newest: Revision | None) -> ReviewStanding:
    """Where the review of a post stands whose newest draft is ``newest``. One query."""
    # At most one waits; of the decided ones only the latest counts.
    found = whole(post.reviews.filter(outcome__in=(Outcome.WAITING, *DECIDED)))
    latest = list(found.annotate(is_undone=undone()).order_by("-pk")[:2])
    waiting = next((one for one in latest if one.outcome == Outcome.WAITING), None)
    decided = next((one for one in latest if one.outcome != Outcome.WAITING), None)
    if decided is None or newest is None:
        return ReviewStanding(waiting)
    if decided.outcome == Outcome.APPROVED:
        covers = decided.revision_id == newest.pk and not decided.is_undone
        return ReviewStanding(waiting, approved=decided if covers else None)
    holds = waiting is None and newest.saved_at <= decided.decided_at
    return ReviewStanding(waiting, sent_back=decided if holds else None)


def last_decided(post: Post, before: Revision) -> Review | None:
    """The latest decision about an earlier text of this post: approved, or sent back with a note."""
    found = post.reviews.filter(outcome__in=DECIDED, revision_id__lt=before.pk)
    return found.select_related("revision", "decided_by").order_by("-pk").first()


def rule() -> Subquery:
    """The practice's review policy, to annotate requests with."""
    return Subquery(Practice.objects.order_by().values("review_policy")[:1])


def undone() -> Exists:
    """Whether the signature that an approval was has been withdrawn, or ended by a changed record."""
    ended = Q(withdrawn_at__isnull=False) | Q(lapsed_at__isnull=False)
    return Exists(MedicalReview.objects.filter(ended, request=OuterRef("pk")).order_by())


def whole(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Requests with everything that a list or a page says of them, but no article's text."""
    people = ("submitted_by", "decided_by", "revision__saved_by", "revision__author")
    return reviews.select_related("post", "post__author", "revision", *people).defer("post__body", "revision__body")


def waiting_for(actor: Actor, revision: Revision, now: datetime | None) -> tuple[Review, datetime]:
    """The request about this revision that waits for the actor's decision, with its post held, and the moment.

    Raises ``NotAllowed``, also for own words; ``OtherWords`` where not this revision waits; ``Refused`` in the trash.
    """
    require_decide_review(actor)
    post = lock_post(revision.post_id)
    now = now or timezone.now()
    waiting = waiting_review(post)
    if waiting is None:
        raise OtherWords(_what_happened(post, revision, now))
    if waiting.revision_id != revision.pk:
        raise OtherWords("Newer words were sent for review while you read. Nothing was decided. Read those first.")
    if post.trashed_at:
        raise Refused("This post is in the trash, so there is nothing to decide.")
    if wrote(actor, waiting.revision):
        raise NotAllowed(OWN_WORDS)
    return waiting, now


def _what_happened(post: Post, revision: Revision, now: datetime) -> str:
    last = post.reviews.filter(revision=revision).select_related("decided_by").order_by("-pk").first()
    if last is None:
        return "Nobody asked for a review of these words. Look at the post to see where it stands."
    who, when = name_of(last.decided_by), spoken(last.decided_at, now)
    acts = {
        Outcome.APPROVED: f"{who} approved these words {when}.",
        Outcome.SENT_BACK: f"{who} sent these words back {when}.",
        Outcome.TAKEN_BACK: f"{who} took the request back {when}.",
        Outcome.REPLACED: f"{who} published or replaced these words {when}.",
    }
    return f"{acts[Outcome(last.outcome)]} There is nothing left to decide."


def close(review: Review, outcome: Outcome, actor: Actor, now: datetime, answer: str = "") -> None:
    """End a request, whatever came of it; the caller holds the post."""
    review.outcome, review.decided_by, review.decided_at, review.answer = outcome, person(actor), now, answer
    review.save(update_fields=["outcome", "decided_by", "decided_at", "answer"])
    Post.objects.filter(pk=review.post_id).update(state=Post.State.DRAFT)


def who_asked(review: Review) -> list[User]:
    """Whoever sent it for review, and whoever started the post, as far as they may still work on it."""
    keys = {review.submitted_by_id, review.post.created_by_id} - {None}
    return [user for user in User.objects.filter(pk__in=keys).order_by("pk") if may_edit(user, review.post)]


def mail(
    people: Iterable[User], review: Review, what: str, template: str, actor: Actor, now: datetime, **more: object
) -> None:
    """Write to these people, but not to who acts, about a request; ``what`` follows the title in the subject."""
    title = review.revision.title[:LONGEST_TITLE_IN_MAIL]
    others = [user for user in people if user.pk != actor.pk]
    about = {"post": review.post, "title": title, "who": name_of(person(actor)), **more}
    if outbox.put(others, f"“{title}” {what}", template, now=now, **about):
        outbox.send_soon()
