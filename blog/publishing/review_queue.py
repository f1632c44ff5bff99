"""What waits for whom: requests to decide about, texts that came back, approvals to publish."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from blog.models import Author, Publication, Review, Revision

from .access import Actor, Operator, may_decide_review, may_release
from .review import DECIDED, Outcome, rule, undone, whole
from .signers import may_sign_of, needs_signature

# Of a queue nobody sees more than this on one page.
LONGEST_QUEUE = 50


def queue_for(actor: Actor, now: datetime) -> list[Review]:
    """What waits for this person's decision, the longest wait first: never their own words. One query.

    Where an approval is a clinician's signature, only what they may sign, by five queries more, however much waits.
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
    found = whole(others).annotate(is_live=Exists(live), rule=rule())
    waiting = list(found.order_by("submitted_at", "pk"))
    return _those_to_sign(actor, waiting)[:LONGEST_QUEUE]


def _those_to_sign(actor: User, waiting: list[Review]) -> list[Review]:
    """Without the requests that only a clinician's signature can answer and this person may not sign."""
    for one in waiting:
        one.revision.post = one.post
    health = [one for one in waiting if needs_signature(one.revision, one.rule)]
    if not health:
        return waiting
    may = may_sign_of(actor, [one.revision for one in health])
    refused = {one.pk for one in health if one.revision_id not in may}
    return [one for one in waiting if one.pk not in refused]


def sent_back_to(actor: Actor) -> list[Review]:
    """What was sent back to this person, until it is sent again or published; the latest first. One query."""
    if isinstance(actor, Operator):
        return []
    mine = Q(submitted_by=actor) | Q(post__created_by=actor) | Q(post__author__in=Author.objects.filter(user=actor))
    released = Publication.objects.filter(post=OuterRef("post"), released_at__gt=OuterRef("decided_at"))
    found = Review.objects.filter(mine, ~Exists(released), outcome=Outcome.SENT_BACK)
    return list(whole(_still_the_last_word(found)).order_by("-decided_at", "-pk")[:LONGEST_QUEUE])


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
    found = Review.objects.filter(
        ~Exists(newer), ~Exists(released), ~Exists(waits), ~undone(), outcome=Outcome.APPROVED
    )
    return whole(_still_the_last_word(found)).order_by("decided_at", "pk")


def _still_the_last_word(reviews: QuerySet[Review]) -> QuerySet[Review]:
    later = Review.objects.filter(post=OuterRef("post"), pk__gt=OuterRef("pk"))
    later = later.filter(outcome__in=(Outcome.WAITING, *DECIDED))
    return reviews.filter(~Exists(later), post__trashed_at=None)


def _drafts(post: object) -> QuerySet[Revision]:
    return Revision.objects.filter(post=post, sealed_at__isnull=False, set_aside=False).order_by()
