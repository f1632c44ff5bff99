"""Who checks health articles before they go live, and what a stricter answer means for what is scheduled."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from blog.models import AuditEntry, Post, Practice, Publication, public_write

from .access import Actor, NotAllowed, Refused
from .record import record
from .release import call_off
from .review_lists import live_without_review
from .signatures import lacks_review

NOW_A_DUTY = "From now on a clinician must review health articles first, and nobody has reviewed this one."
_ATTEMPTS = 5


@dataclass(frozen=True)
class PolicyChange:
    """What a new answer did: the posts that are not scheduled any more, and the live articles that nobody reviewed."""

    unscheduled: tuple[Post, ...] = ()
    live_without_review: tuple[Publication, ...] = ()


class _MoreWaits(Exception):
    """Somebody scheduled a post before the answer was held."""


def scheduled_without_review(now: datetime) -> list[Publication]:
    """What waits for its minute, and would be taken out of the schedule if a clinician had to review from now on."""
    waiting = Publication.objects.filter(live_from__gt=now).select_related("post", "revision").order_by("pk")
    return [one for one in waiting if lacks_review(one, one.live_from, Practice.ReviewPolicy.MUST)]


def set_review_policy(actor: Actor, wanted: str, *, now: datetime | None = None) -> PolicyChange:
    """Answer who checks health articles before they go live: nobody yet, a clinician may, a clinician must.

    With «must», what is scheduled unreviewed is unscheduled in the same transaction, so that no minute brings before
    readers what nobody has read; its draft stays. What is live stays live: it was released by the rules of its day,
    and readers and search engines know it. Both are returned. Raises ``NotAllowed``, or ``Refused`` for no such answer.
    """
    if not (actor.is_active and actor.has_perm("blog.change_practice")):
        raise NotAllowed("Your login may not change the practice. Ask a manager to do it.")
    if wanted not in Practice.ReviewPolicy.values:
        raise Refused("Choose who checks health articles: nobody yet, a clinician may, or a clinician must.")
    for _ in range(_ATTEMPTS):
        try:
            with public_write():
                return _set(actor, wanted, now or timezone.now())
        except _MoreWaits:
            continue
    raise Refused("Colleagues are scheduling posts just now. Nothing was changed; try again in a moment.")


def _set(actor: Actor, wanted: str, now: datetime) -> PolicyChange:
    # Posts before the practice, as whoever publishes takes them, so that nobody waits in a ring.
    waiting = Publication.objects.filter(live_from__gt=now).order_by()
    held = list(Post.objects.select_for_update(of=("self",)).filter(pk__in=waiting.values("post")).order_by("pk"))
    Practice.objects.get_or_create(pk=1)
    practice = Practice.objects.select_for_update().get(pk=1)
    if practice.review_policy == wanted:
        return PolicyChange()
    if set(waiting.values_list("post_id", flat=True)) - {post.pk for post in held}:
        raise _MoreWaits
    practice.review_policy = wanted
    practice.save(update_fields=["review_policy"])
    label = Practice.ReviewPolicy(wanted).label
    record(actor, AuditEntry.Act.PRACTICE_CHANGED, at=now, reason=f"Medical review: {label}")
    if wanted != Practice.ReviewPolicy.MUST:
        return PolicyChange()
    unscheduled = scheduled_without_review(now)
    for publication in unscheduled:
        call_off(actor, publication.post, publication, now, NOW_A_DUTY)
    return PolicyChange(tuple(one.post for one in unscheduled), tuple(live_without_review(now)))
