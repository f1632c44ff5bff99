"""Taking an article off the site, at once or at a set time."""

from datetime import datetime, timedelta

from django.utils import timezone

from blog.clinic_time import spoken
from blog.models import FAR_FUTURE, AuditEntry, Post, Publication, public_write
from blog.search_index import index_post

from .access import Actor, Refused, require_release, require_take_off
from .drafts import lock_post
from .record import record
from .release import put_before_readers, remove_waiting, require_checked


def take_off(actor: Actor, post: Post, reason: str, *, at: datetime | None = None, now: datetime | None = None) -> None:
    """End what readers see: at once, or at the moment ``at`` (aware) without any further write.

    At once also takes back whatever is scheduled, so that the post stays off. The reason is kept, never shown.
    Raises ``NotAllowed``, or ``Refused`` where the post is not live or the time does not fit.
    """
    require_take_off(actor)
    if not reason.strip():
        raise Refused("Say in a few words why it goes. The reason is kept for the record; readers never see it.")
    with public_write():
        post = lock_post(post.pk)
        now = now or timezone.now()
        live = post.publications.live(now).first()
        waiting = post.publications.filter(live_from__gt=now).first()
        ended = waiting or live if at else live
        if at is None:
            if live is None:
                raise Refused("Readers do not see this post, so there is nothing to take off.")
            if waiting is not None:
                remove_waiting(post, waiting, waiting.live_until)
            live.live_until = max(now, live.live_from + timedelta(microseconds=1))
            live.save(update_fields=["live_until"])
        else:
            if ended is None:
                raise Refused("Readers do not see this post, so there is nothing to take off.")
            if at >= FAR_FUTURE:
                raise Refused("That time is too far away. Look at the year.")
            if at <= now or at <= ended.live_from:
                raise Refused(
                    "Choose a later time: one that lies ahead, and after the scheduled version goes live. "
                    "Or unschedule that version first."
                )
            ended.live_until = at
            ended.save(update_fields=["live_until"])
        index_post(post.pk, now)
        record(
            actor,
            AuditEntry.Act.TAKE_OFF_SCHEDULED if at else AuditEntry.Act.TAKEN_OFF,
            at=now,
            post=post,
            revision=ended.revision,
            takes_effect_at=at or now,
            reason=reason.strip(),
        )


def put_back(
    actor: Actor, taken: Publication, *, until: datetime = FAR_FUTURE, now: datetime | None = None
) -> Publication:
    """Undo a take-off: readers see ``taken`` again, at its address and with its shown date, until ``until``.

    Raises ``NotAllowed``, or ``Refused`` where it is no longer the last thing that happened to what readers see, and
    where the checks find today what stops it.
    """
    require_release(actor)
    with public_write():
        post = lock_post(taken.post_id)
        now = now or timezone.now()
        last = post.publications.order_by("-live_from").first()
        if last is None or last.pk != taken.pk or last.live_until > now:
            raise Refused("Something was published or scheduled since, so it stays as it is. Look at the post.")
        if post.trashed_at:
            raise Refused("This post is in the trash. Take it out first, then publish it.")
        if until <= now:
            raise Refused(f"It was set to leave the site {spoken(until, now)} anyway.")
        require_checked(actor, last.revision, max(now, last.live_until), now)
        publication = put_before_readers(
            actor,
            post,
            last,
            revision=last.revision,
            updated_at=last.updated_at,
            live_from=max(now, last.live_until),
            live_until=until,
            now=now,
        )
        record(
            actor,
            AuditEntry.Act.PUBLISHED,
            at=now,
            post=post,
            revision=last.revision,
            takes_effect_at=publication.live_from,
            reason="The take-off was undone.",
        )
    return publication


def keep_on_site(actor: Actor, post: Post, *, now: datetime | None = None) -> None:
    """Cancel a scheduled end: the post stays live. Raises ``NotAllowed``, or ``Refused`` where none is set."""
    require_release(actor)
    with public_write():
        post = lock_post(post.pk)
        now = now or timezone.now()
        # A text that a waiting one replaces ends too; only the last one's end is a take-off.
        ending = post.publications.filter(live_until__gt=now).order_by("-live_from").first()
        if ending is None or ending.live_until == FAR_FUTURE:
            raise Refused("Nothing is set to leave the site. Look at the post to see what readers see now.")
        when = ending.live_until
        ending.live_until = FAR_FUTURE
        ending.save(update_fields=["live_until"])
        index_post(post.pk, now)
        record(
            actor,
            AuditEntry.Act.TAKE_OFF_CANCELLED,
            at=now,
            post=post,
            revision=ending.revision,
            takes_effect_at=when,
        )
