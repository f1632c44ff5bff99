"""A colleague's look at a draft before readers see it: asking for it, taking that back, approving, sending back.

A request is about exactly one revision. Whoever goes on writing changes nothing about it; asking again puts the newer
words in its place. Nobody decides about their own words, whatever their rights. An approval publishes nothing: it says
that a clinician stands by exactly these words, and holds as long as no newer draft is there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from blog import outbox
from blog.clinic_time import spoken
from blog.content.plain import tidy_text
from blog.models import AuditEntry, Author, Post, Practice, Publication, Review, Revision

from .access import (
    Actor,
    NotAllowed,
    Operator,
    Refused,
    may_decide_review,
    may_edit,
    may_release,
    name_of,
    person,
    require_decide_review,
    require_edit,
)
from .drafts import EditConflict, lock_post, newest_revision
from .record import record

Outcome = Review.Outcome
DECIDED = (Outcome.APPROVED, Outcome.SENT_BACK)
LONGEST_TITLE_IN_MAIL = 120
# Of a queue nobody sees more than this on one page.
LONGEST_QUEUE = 50


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


def wrote(actor: Actor, revision: Revision) -> bool:
    """Whether these are the actor's own words: they started the post, sign it, or saved this revision."""
    if isinstance(actor, Operator):
        return True  # a command on the server is nobody, and nobody can vouch for a text
    signed = [one.user_id for one in (revision.author, revision.post.author) if one is not None]
    return actor.pk in (revision.post.created_by_id, revision.saved_by_id, *signed)


def may_decide(actor: Actor, revision: Revision) -> bool:
    """Whether the actor may approve these words or send them back."""
    return may_decide_review(actor) and not wrote(actor, revision)


def who_decides(revision: Revision) -> list[User]:
    """Everybody with a login who may approve these words or send them back, by name. One query."""
    may = User.objects.with_perm("blog.decide_review", backend="django.contrib.auth.backends.ModelBackend")
    found = may.filter(is_staff=True).distinct().order_by("first_name", "last_name", "username")
    return [user for user in found if not wrote(user, revision)]


def lacks_review(revision: Revision) -> bool:
    """Whether the practice lets these words go live only once somebody has approved exactly them, and nobody has.

    News of the clinic and samples need nobody.
    """
    if revision.kind != Post.Kind.HEALTH_INFORMATION or revision.post.is_sample:
        return False
    if not Practice.objects.filter(review_policy=Practice.ReviewPolicy.MUST).exists():
        return False
    decided = Review.objects.filter(revision=revision, outcome__in=DECIDED).order_by("-pk").first()
    return decided is None or decided.outcome != Outcome.APPROVED


def somebody_reviews(actor: Actor) -> bool:
    """Whether the practice says that texts are reviewed, or a colleague has the role for it. One query.

    Having every right there is makes nobody a reviewer.
    """
    has_role = User.objects.filter(groups__permissions__codename="decide_review", is_active=True, is_staff=True)
    says_so = Practice.objects.exclude(review_policy=Practice.ReviewPolicy.NOBODY_YET)
    asked = User.objects.filter(pk=actor.pk)
    return asked.filter(Exists(has_role.exclude(pk=actor.pk)) | Exists(says_so)).exists()


@transaction.atomic
def submit(actor: Actor, revision: Revision, note: str = "", *, now: datetime | None = None) -> Review:
    """Ask for a look at this revision, which must be the newest draft. A request that waits already is replaced.

    A second press of the same button changes nothing. Raises ``NotAllowed``, ``EditConflict`` where somebody saved
    since, and ``Refused`` in the trash.
    """
    post = lock_post(revision.post_id)
    now = now or timezone.now()
    require_edit(actor, post)
    newest = newest_revision(post)
    if newest is None or newest.pk != revision.pk:
        raise EditConflict(newest or revision)
    if post.trashed_at:
        raise Refused("This post is in the trash. Take it out first, then ask for a review.")
    waiting = waiting_review(post)
    if waiting is not None and waiting.revision_id == revision.pk:
        return waiting
    close_waiting(actor, post, now)
    review = Review.objects.create(
        post=post, revision=newest, submitted_by=person(actor), submitted_at=now, note=tidy_text(note)
    )
    Post.objects.filter(pk=post.pk).update(state=Post.State.IN_REVIEW)
    record(actor, AuditEntry.Act.SUBMITTED, at=now, post=post, revision=newest, reason=review.note)
    _mail(who_decides(newest), review, "waits for your review", "review_asked.txt", actor, now)
    return review


@transaction.atomic
def take_back(actor: Actor, post: Post, *, now: datetime | None = None) -> None:
    """End the waiting request without a decision. Raises ``NotAllowed``, or ``Refused`` where none waits."""
    post = lock_post(post.pk)
    now = now or timezone.now()
    require_edit(actor, post)
    waiting = waiting_review(post)
    if waiting is None:
        raise Refused("This post does not wait for a review any more. Look at it to see what was decided.")
    _close(waiting, Outcome.TAKEN_BACK, actor, now)
    record(actor, AuditEntry.Act.TAKEN_BACK, at=now, post=post, revision=waiting.revision)


@transaction.atomic
def approve(actor: Actor, revision: Revision, *, now: datetime | None = None) -> Review:
    """Stand by exactly this revision. Publishes nothing.

    Raises ``NotAllowed``, also for own words; ``OtherWords`` where not this revision waits.
    """
    waiting, now = _waiting_for(actor, revision, now)
    _close(waiting, Outcome.APPROVED, actor, now)
    record(actor, AuditEntry.Act.APPROVED, at=now, post=waiting.post, revision=waiting.revision)
    _mail(_who_asked(waiting), waiting, "is approved", "review_approved.txt", actor, now)
    return waiting


@transaction.atomic
def send_back(actor: Actor, revision: Revision, answer: str, *, now: datetime | None = None) -> Review:
    """Give the text back to its writer with a note that says what to do.

    Raises ``NotAllowed``, also for own words; ``Refused`` without a note; ``OtherWords`` as ``approve``.
    """
    answer = tidy_text(answer)
    if not answer:
        require_decide_review(actor)
        raise Refused("Write what should change, so that the writer knows what to do.")
    waiting, now = _waiting_for(actor, revision, now)
    _close(waiting, Outcome.SENT_BACK, actor, now, answer)
    record(actor, AuditEntry.Act.SENT_BACK, at=now, post=waiting.post, revision=waiting.revision, reason=waiting.answer)
    _mail(_who_asked(waiting), waiting, "was sent back to you", "review_sent_back.txt", actor, now)
    return waiting


def close_waiting(actor: Actor, post: Post, now: datetime) -> None:
    """End the waiting request of a post whose row is held, if there is one, because newer words take its place."""
    waiting = waiting_review(post)
    if waiting is not None:
        _close(waiting, Outcome.REPLACED, actor, now)


def waiting_review(post: Post) -> Review | None:
    """The request that waits for a decision, with what it is about."""
    return _whole(post.reviews.filter(outcome=Outcome.WAITING)).first()


def review_standing(post: Post, newest: Revision | None) -> ReviewStanding:
    """Where the review of a post stands whose newest draft is ``newest``. One query."""
    # At most one waits; of the decided ones only the latest counts.
    latest = list(_whole(post.reviews.filter(outcome__in=(Outcome.WAITING, *DECIDED)).order_by("-pk"))[:2])
    waiting = next((one for one in latest if one.outcome == Outcome.WAITING), None)
    decided = next((one for one in latest if one.outcome != Outcome.WAITING), None)
    if decided is None or newest is None:
        return ReviewStanding(waiting)
    if decided.outcome == Outcome.APPROVED:
        return ReviewStanding(waiting, approved=decided if decided.revision_id == newest.pk else None)
    holds = waiting is None and newest.saved_at <= decided.decided_at
    return ReviewStanding(waiting, sent_back=decided if holds else None)


def last_decided(post: Post, before: Revision) -> Review | None:
    """The latest decision about an earlier text of this post: approved, or sent back with a note."""
    found = post.reviews.filter(outcome__in=DECIDED, revision_id__lt=before.pk)
    return found.select_related("revision", "decided_by").order_by("-pk").first()


def queue_for(actor: Actor, now: datetime) -> list[Review]:
    """What waits for this person's decision, the longest wait first: never their own words. One query.

    ``is_live`` says whether readers see an earlier text of the post at ``now``.
    """
    if not may_decide_review(actor) or isinstance(actor, Operator):
        return []
    own = Q(post__created_by=actor) | Q(revision__saved_by=actor)
    own |= Q(revision__author__user=actor) | Q(post__author__user=actor)
    live = Publication.objects.live(now).filter(post=OuterRef("post")).order_by()
    found = Review.objects.filter(outcome=Outcome.WAITING, post__trashed_at=None)
    # Not exclude(): it would join the author a second time, and drop rows whose login is nobody.
    others = found.exclude(pk__in=Review.objects.filter(own, outcome=Outcome.WAITING).values("pk"))
    return list(_whole(others).annotate(is_live=Exists(live)).order_by("submitted_at", "pk")[:LONGEST_QUEUE])


def sent_back_to(actor: Actor) -> list[Review]:
    """What was sent back to this person, until it is sent again or published; the latest first. One query."""
    if isinstance(actor, Operator):
        return []
    mine = Q(submitted_by=actor) | Q(post__created_by=actor) | Q(post__author__in=Author.objects.filter(user=actor))
    released = Publication.objects.filter(post=OuterRef("post"), released_at__gt=OuterRef("decided_at"))
    found = Review.objects.filter(mine, ~Exists(released), outcome=Outcome.SENT_BACK)
    return list(_whole(_still_the_last_word(found)).order_by("-decided_at", "-pk")[:LONGEST_QUEUE])


def ready_to_publish(actor: Actor, now: datetime) -> list[Review]:
    """Approved newest drafts that were never published, of posts with nothing scheduled; for whoever may publish them.

    The longest wait first. One query.
    """
    return list(_approved_and_not_live(now)[:LONGEST_QUEUE]) if may_release(actor) else []


def approved_of(actor: Actor, now: datetime) -> list[Review]:
    """The same for posts that this person started, signs, or sent to a reviewer. One query."""
    if isinstance(actor, Operator):
        return []
    own = Q(post__created_by=actor) | Q(post__author__user=actor) | Q(submitted_by=actor)
    return list(_approved_and_not_live(now).filter(own)[:LONGEST_QUEUE])


def _approved_and_not_live(now: datetime) -> QuerySet[Review]:
    newer = _drafts(OuterRef("post")).filter(pk__gt=OuterRef("revision"))
    released = Publication.objects.filter(revision=OuterRef("revision"))
    waits = Publication.objects.filter(post=OuterRef("post"), live_from__gt=now)
    found = Review.objects.filter(~Exists(newer), ~Exists(released), ~Exists(waits), outcome=Outcome.APPROVED)
    return _whole(_still_the_last_word(found)).order_by("decided_at", "pk")


def _still_the_last_word(reviews: QuerySet[Review]) -> QuerySet[Review]:
    later = Review.objects.filter(post=OuterRef("post"), pk__gt=OuterRef("pk"))
    later = later.filter(outcome__in=(Outcome.WAITING, *DECIDED))
    return reviews.filter(~Exists(later), post__trashed_at=None)


def _drafts(post: object) -> QuerySet[Revision]:
    return Revision.objects.filter(post=post, sealed_at__isnull=False, set_aside=False).order_by()


def _whole(reviews: QuerySet[Review]) -> QuerySet[Review]:
    people = ("submitted_by", "decided_by", "revision__saved_by", "revision__author")
    return reviews.select_related("post", "post__author", "revision", *people).defer("post__body", "revision__body")


def _waiting_for(actor: Actor, revision: Revision, now: datetime | None) -> tuple[Review, datetime]:
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
        raise NotAllowed("These are your own words, so somebody else has to read them. Ask a colleague.")
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


def _close(review: Review, outcome: Outcome, actor: Actor, now: datetime, answer: str = "") -> None:
    review.outcome, review.decided_by, review.decided_at, review.answer = outcome, person(actor), now, answer
    review.save(update_fields=["outcome", "decided_by", "decided_at", "answer"])
    Post.objects.filter(pk=review.post_id).update(state=Post.State.DRAFT)


def _who_asked(review: Review) -> list[User]:
    """Whoever sent it for review, and whoever started the post, as far as they may still work on it."""
    keys = {review.submitted_by_id, review.post.created_by_id} - {None}
    return [user for user in User.objects.filter(pk__in=keys).order_by("pk") if may_edit(user, review.post)]


def _mail(people: Iterable[User], review: Review, what: str, template: str, actor: Actor, now: datetime) -> None:
    title = review.revision.title[:LONGEST_TITLE_IN_MAIL]
    others = [user for user in people if user.pk != actor.pk]
    about = {"post": review.post, "title": title, "who": name_of(person(actor))}
    if outbox.put(others, f"“{title}” {what}", template, now=now, **about):
        outbox.send_soon()
