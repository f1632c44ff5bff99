"""Secret addresses that show a draft to somebody without a login, until they end."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from blog.models import AuditEntry, Post, PreviewLink, Revision, Tag

from .access import Actor, Refused, person, require_edit
from .drafts import lock_post, newest_revision, typed_tags
from .record import record

DAYS = (1, 7, 30)
MOST_LINKS = 20
# 256 random bits; nobody guesses one, and no timing tells more than that its digest is in no row.
TOKEN_BYTES = 32
LONGEST_TOKEN = 100
# That somebody looked is written down at most this often, so that reading writes next to nothing.
LOOKED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Previewed:
    """What a link shows now: these words under these tags, until ``ends_at``."""

    revision: Revision
    tags: list[Tag]
    ends_at: datetime


@transaction.atomic
def make_preview_link(
    actor: Actor, post: Post, *, days: int, revision: Revision | None = None, now: datetime | None = None
) -> tuple[PreviewLink, str]:
    """Make a link to a sealed revision of a post or, without one, to its newest draft whenever it is opened.

    Returns the link and its secret, which is kept nowhere and can be told only now. Raises ``NotAllowed``, or
    ``Refused`` for a post in the trash, for a version of another post or an open one, and for too many links.
    """
    now = now or timezone.now()
    stored = lock_post(post.pk)
    require_edit(actor, stored)
    if stored.trashed_at is not None:
        raise Refused("This post is in the trash. Take it out first, then share it.")
    if days not in DAYS:
        raise Refused(f"A link lasts {', '.join(map(str, DAYS[:-1]))} or {DAYS[-1]} days. Choose one of these.")
    if revision is not None and (revision.post_id != stored.pk or revision.sealed_at is None):
        raise Refused("That version cannot be shared. Save the draft, then share it.")
    if live_links(stored, now).count() >= MOST_LINKS:
        raise Refused(f"This post has {MOST_LINKS} links already. End one that is no longer needed first.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = PreviewLink.objects.create(
        post=stored,
        revision=revision,
        digest=_digest(token),
        made_by=person(actor),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    record(actor, AuditEntry.Act.LINK_MADE, at=now, post=stored, revision=revision or newest_revision(stored))
    return link, token


@transaction.atomic
def end_preview_link(actor: Actor, link: PreviewLink, now: datetime | None = None) -> None:
    """End a link now, for everybody who has it. Raises ``NotAllowed``; one that has ended stays as it is."""
    now = now or timezone.now()
    post = lock_post(link.post_id)
    require_edit(actor, post)
    if live_links(post, now).filter(pk=link.pk).update(revoked_at=now):
        record(actor, AuditEntry.Act.LINK_REVOKED, at=now, post=post, revision=link.revision)


@transaction.atomic
def end_links_of(actor: Actor, maker: User, now: datetime) -> None:
    """End every link that a person made. For the day their login is closed: whoever has left reads no newer draft."""
    theirs = PreviewLink.objects.filter(made_by=maker, revoked_at__isnull=True, expires_at__gt=now)
    for link in theirs.select_related("post", "revision"):
        if theirs.filter(pk=link.pk).update(revoked_at=now):
            record(actor, AuditEntry.Act.LINK_REVOKED, at=now, post=link.post, revision=link.revision)


def live_links(post: Post, now: datetime) -> QuerySet[PreviewLink]:
    """The links of a post that still work, newest first."""
    return PreviewLink.objects.filter(post=post, revoked_at__isnull=True, expires_at__gt=now)


def open_preview_link(token: str, now: datetime) -> Previewed | None:
    """What the link with this secret shows; None where it has ended, never was, or its post is in the trash."""
    if len(token) > LONGEST_TOKEN:
        return None
    known = PreviewLink.objects.filter(digest=_digest(token), revoked_at__isnull=True, expires_at__gt=now)
    link = known.filter(post__trashed_at__isnull=True).select_related("post").first()
    if link is None:
        return None
    revision = newest_words(link.post) if link.revision_id is None else _whole().get(pk=link.revision_id)
    if revision is None:
        return None
    not_just_now = Q(last_opened_at__isnull=True) | Q(last_opened_at__lte=now - LOOKED_EVERY)
    known.filter(not_just_now).update(last_opened_at=now)
    return Previewed(revision, tags_of(revision), link.expires_at)


def newest_words(post: Post, actor: Actor | None = None) -> Revision | None:
    """The newest draft or, where somebody is writing on it, their words; with ``actor`` only that person's."""
    newest = newest_revision(post)
    writing = post.revisions.filter(sealed_at__isnull=True)
    if newest is not None:
        writing = writing.filter(saved_at__gt=newest.saved_at)
    if actor is not None:
        writing = writing.filter(saved_by=actor.pk)
    found = writing.order_by("-saved_at", "-pk").values_list("pk", flat=True).first()
    pk = found or (newest.pk if newest else None)
    return _whole().get(pk=pk) if pk else None


def tags_of(revision: Revision) -> list[Tag]:
    """The tags of a revision; of one that is being written those that its typed words mean, as far as they exist."""
    if revision.sealed_at is not None:
        return list(revision.tags.all())
    typed, _ = typed_tags(revision)
    if typed is not None:
        return typed
    return list(revision.base.tags.all()) if revision.base else []


def _whole() -> QuerySet[Revision]:
    return Revision.objects.select_related("author", "author__photo", "topic", "hero_image")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
