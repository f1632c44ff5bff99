"""Making readers see an article, now or at a set time. With ``takedown``, the only writer of publications."""

from datetime import datetime, timedelta

from django.utils import timezone

from blog.checks import Finding, Known, check
from blog.clinic_time import spoken
from blog.digest import digest_of, shown_sources
from blog.models import (
    FAR_FUTURE,
    Address,
    ArticleFields,
    AuditEntry,
    Image,
    Post,
    Practice,
    Publication,
    PublicationTag,
    Review,
    Revision,
    public_write,
)
from blog.safety_notes import attached, keys
from blog.search_index import index_post

from .access import Actor, Refused, person, require_release
from .carrying import correction_of, keep_over_correction
from .drafts import EditConflict, lock_post, newest_revision
from .held import picture_ids
from .record import record
from .review import close_waiting
from .signers import policy

# The smallest step between two publications of one post; databases keep microseconds.
_STEP = timedelta(microseconds=1)
# The reason in the audit trail of an end that was set together with going live.
PLANNED_END = "Set when it was published"
# Rules that ask for a signature under exactly these words.
ASK_FOR_REVIEW = frozenset({"no_review", "review_required"})
# Of what stops a release so many are named in one message.
MOST_NAMED = 5


class AddressTaken(Refused):
    """Another post has, or had, this address."""


class AlreadyLive(Refused):
    """Readers see exactly this revision; a second press of the same button changes nothing."""


class AlreadyScheduled(Refused):
    """A version of this post waits for its minute, and has to be unscheduled first."""


def findings_for_release(
    article: ArticleFields,
    *,
    goes_live: datetime | None = None,
    now: datetime | None = None,
    known: Known | None = None,
) -> list[Finding]:
    """What the checks find in an article that goes live at ``now`` or at the moment ``goes_live``.

    A missing review is none where the words only correct the spelling of reviewed ones: the review goes on. Every
    screen that speaks of a text which is not live asks here. ``known`` as in ``blog.checks.check``.
    """
    found = check(article, now=now, goes_live=goes_live, known=known)
    others = [finding for finding in found if finding.rule not in ASK_FOR_REVIEW]
    if len(others) == len(found) or not isinstance(article, Revision) or article.post_id is None:
        return found
    return found if correction_of(article, goes_live or now or timezone.now()) is None else others


def what_stops(
    article: Revision | Publication, *, goes_live: datetime | None = None, now: datetime | None = None
) -> list[Finding]:
    """What the checks find that keeps an article from going live, at ``now`` or at the moment ``goes_live``."""
    return [finding for finding in findings_for_release(article, now=now, goes_live=goes_live) if finding.stops]


def refuse_what_stops(
    article: Revision | Publication, *, goes_live: datetime | None = None, now: datetime | None = None
) -> None:
    """Raise ``Refused`` with what keeps an article from going live, where anything does."""
    if stops := what_stops(article, goes_live=goes_live, now=now):
        named = list(dict.fromkeys(finding.message for finding in stops))
        more = len(named) - MOST_NAMED
        rest = [f"{more} more {'thing stops' if more == 1 else 'things stop'} it; the checks list all."] * (more > 0)
        raise Refused(" ".join([*named[:MOST_NAMED], *rest]))


def require_checked(actor: Actor, revision: Revision, goes_live: datetime, now: datetime) -> None:
    """Raise ``Refused`` with what keeps words from going live; where only their spelling changed, keep the review.

    What every way to readers asks, with the post held. The practice is held from here on, so that nobody makes reviews
    a duty between this look and the release.
    """
    if policy(hold=True) != Practice.ReviewPolicy.NOBODY_YET:
        keep_over_correction(actor, revision, goes_live, now)
    refuse_what_stops(revision, goes_live=goes_live, now=now)


def publish(
    actor: Actor,
    revision: Revision,
    *,
    at: datetime | None = None,
    until: datetime | None = None,
    show_updated: bool = False,
    because: str = "",
    now: datetime | None = None,
) -> Publication:
    """Put exactly this revision before readers: at once, or from the moment ``at`` (aware) without any further write.

    It must still be the newest draft, and stays it: words that anybody is writing on top of it go on. What readers see
    until then ends at that moment. It stays until the moment ``until``, else until the end that was planned before, if
    one was. With ``show_updated`` the page says «Updated» with the day it goes live. ``because`` is kept in the record.
    A review goes on over a spelling correction (``carrying``), and its reviewer is told.
    Raises ``NotAllowed``, ``EditConflict``, ``AlreadyLive``, ``AlreadyScheduled``, ``AddressTaken``, or ``Refused``
    with what the checks found that stops it.
    """
    require_release(actor)
    with public_write():
        post = lock_post(revision.post_id)
        # The moment is taken once the row is held: what was ahead before waiting for it may have passed meanwhile.
        now = now or timezone.now()
        newest = newest_revision(post)
        if newest is None or newest.pk != revision.pk:
            raise EditConflict(newest or revision)
        if post.trashed_at:
            raise Refused("This post is in the trash. Take it out first, then publish it.")
        goes_live = max(at or now, now)
        require_checked(actor, newest, goes_live, now)
        if Image.objects.filter(pk__in=picture_ids(newest), replaced_by__isnull=False).exists():
            raise Refused(
                "A picture in this text was replaced everywhere meanwhile. Save the draft once more, which brings the "
                "new one; then publish."
            )
        if at is not None and at <= now:
            raise Refused("That time has passed. Choose a later one, or publish now.")
        if at is not None and at >= FAR_FUTURE:
            raise Refused("That time is too far away. Look at the year.")
        _refuse_if_scheduled(post, now)

        last = post.publications.order_by("-live_from").first()
        live = last if last is not None and last.live_until > now else None
        if live is not None and live.revision_id == newest.pk:
            raise AlreadyLive("Readers see exactly this text already. There is nothing to publish.")
        live_from = at or now
        if last is not None:
            # Two publishers in one microsecond, or a clock set back: the later act still comes later.
            live_from = max(live_from, (last.live_from if live else last.live_until) + _STEP)
        live_until = _end_after(live, live_from) if until is None else _planned_end(until, live_from)
        first = post.publications.order_by("live_from").first()
        published_at = newest.published_at or (first.live_from if first else live_from)

        other_kind = _other_kind(post, newest, last)
        if live is not None:
            live.live_until = live_from
            live.save(update_fields=["live_until"])
        publication = put_before_readers(
            actor,
            post,
            newest,
            revision=newest,
            published_at=published_at,
            updated_at=live_from if show_updated and first else (last.updated_at if last else None),
            live_from=live_from,
            live_until=live_until,
            now=now,
        )
        _claim_address(post, publication.slug)
        close_waiting(actor, post, now)
        Post.objects.filter(pk=post.pk).update(state=Post.State.DRAFT)
        record(
            actor,
            AuditEntry.Act.SCHEDULED if at else AuditEntry.Act.PUBLISHED,
            at=now,
            post=post,
            revision=newest,
            takes_effect_at=live_from,
            reason=" ".join(filter(None, [because, other_kind])),
        )
        if until is not None:
            record(
                actor,
                AuditEntry.Act.TAKE_OFF_SCHEDULED,
                at=now,
                post=post,
                revision=newest,
                takes_effect_at=until,
                reason=PLANNED_END,
            )
    return publication


def put_before_readers(
    actor: Actor, post: Post, article: Revision | Publication, *, now: datetime, **values: object
) -> Publication:
    """Make the publication that says what ``article`` says, with its tags, and let the search know.

    ``values`` are the revision and the moments. The caller holds the post and has closed what was open.
    """
    notes, sources = attached(article), shown_sources(article)
    publication = Publication(
        **(article.article_values() | values),
        post=post,
        post_uuid=post.uuid,
        released_by=person(actor),
        released_at=now,
        digest=digest_of(article, notes, sources),
        shown_sources=sources,
        shown_drugs=keys(notes.drugs),
        shown_procedures=keys(notes.procedures),
    )
    publication.save()
    PublicationTag.objects.bulk_create(
        PublicationTag(publication=publication, tag_id=pk) for pk in article.tags.values_list("pk", flat=True)
    )
    index_post(post.pk, now)
    return publication


def unschedule(actor: Actor, post: Post, *, now: datetime | None = None) -> None:
    """Take back a publication that waits for its minute; what readers see now goes on.

    Raises ``NotAllowed``, or ``Refused`` where nothing waits (any more).
    """
    require_release(actor)
    with public_write():
        post = lock_post(post.pk)
        now = now or timezone.now()
        waiting = post.publications.filter(live_from__gt=now).first()
        if waiting is None:
            raise Refused("Nothing is scheduled any more. Look at the post to see what readers see now.")
        call_off(actor, post, waiting, now)


def call_off(actor: Actor, post: Post, waiting: Publication, now: datetime, reason: str = "") -> datetime | None:
    """Take back a publication that waits for its minute; the caller holds the post and has asked for rights.

    Returns the end that was planned together with it, if one was: it goes with it. One that was there before stays.
    """
    came_with_it = post.audit.filter(
        act=AuditEntry.Act.TAKE_OFF_SCHEDULED,
        at=waiting.released_at,
        takes_effect_at=waiting.live_until,
        reason=PLANNED_END,
    ).exists()
    until = waiting.live_until
    remove_waiting(post, waiting, FAR_FUTURE if came_with_it else until)
    index_post(post.pk, now)
    record(
        actor,
        AuditEntry.Act.UNSCHEDULED,
        at=now,
        post=post,
        revision=waiting.revision,
        takes_effect_at=waiting.live_from,
        reason=reason,
    )
    return until if came_with_it else None


def remove_waiting(post: Post, waiting: Publication, end: datetime) -> None:
    """Delete a publication that never went live; the one it would have replaced goes on until ``end``."""
    before = post.publications.filter(live_until=waiting.live_from).first()
    Publication.objects.filter(pk=waiting.pk).discard()
    if before is not None:
        before.live_until = end
        before.save(update_fields=["live_until"])
    if not post.publications.filter(slug=waiting.slug).exists():
        Address.objects.filter(post=post, slug=waiting.slug).delete()


def _refuse_if_scheduled(post: Post, now: datetime) -> None:
    waiting = post.publications.filter(live_from__gt=now).first()
    if waiting is not None:
        when = spoken(waiting.live_from, now)
        raise AlreadyScheduled(
            f"A version of this post is scheduled for {when}. Unschedule it first, then publish this one."
        )


def _other_kind(post: Post, newest: Revision, last: Publication | None) -> str:
    """A sentence for the record where the text is of another kind than readers or a reviewer knew it."""
    if last is not None:
        before = last.kind
    else:
        asked = Review.objects.filter(post=post).order_by("-pk").values_list("revision__kind", flat=True)
        before = asked.first() or newest.kind
    if before == newest.kind:
        return ""
    return f"Kind changed from “{Post.Kind(before).label}” to “{Post.Kind(newest.kind).label}”."


def _end_after(live: Publication | None, live_from: datetime) -> datetime:
    if live is None or live.live_until == FAR_FUTURE:
        return FAR_FUTURE
    if live.live_until <= live_from:
        raise Refused(
            "The post leaves the site before that time. Choose an earlier time, or keep it on the site first."
        )
    return live.live_until


def _planned_end(until: datetime, live_from: datetime) -> datetime:
    if until <= live_from:
        raise Refused("It would leave the site before it goes live. Choose a later day for leaving.")
    if until >= FAR_FUTURE:
        raise Refused("The day for leaving is too far away. Look at the year.")
    return until


def _claim_address(post: Post, slug: str) -> None:
    address, _ = Address.objects.get_or_create(slug=slug, defaults={"post": post})
    if address.post_id != post.pk:
        raise AddressTaken(
            f"The address “{slug}” belongs to “{address.post}” and still leads there. Choose another one for this post."
        )
