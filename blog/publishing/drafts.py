"""The working copy and its revisions: what staff write before readers see anything."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from blog.clinic_time import spoken
from blog.content.outline import image_ids
from blog.models import (
    Address,
    ArticleFields,
    AuditEntry,
    Image,
    Post,
    Publication,
    Revision,
    RevisionImage,
    RevisionTag,
    Tag,
)

from .access import Actor, Refused, person, require_create, require_edit
from .record import record

SLUG_LENGTH = 200


class NotThere(Refused):
    """The post was removed since it was opened."""


class EditConflict(Refused):
    """Somebody saved the post after this text was opened. ``newest`` is their revision."""

    def __init__(self, newest: Revision) -> None:
        who = (newest.saved_by.get_full_name() or newest.saved_by.get_username()) if newest.saved_by else "Somebody"
        when = spoken(newest.saved_at, timezone.now())
        super().__init__(f"{who} saved this post {when}, after you had opened it. Nothing of yours or theirs is lost.")
        self.newest = newest


def newest_revision(post: Post) -> Revision | None:
    """The newest draft of a post, as last saved: of the sealed revisions that were not set aside."""
    in_line = post.revisions.filter(sealed_at__isnull=False, set_aside=False)
    return in_line.select_related("saved_by").order_by("-pk").first()


def lock_post(pk: int) -> Post:
    """Read a post and hold its row until the transaction ends, so that acts on one post follow each other.

    Raises ``NotThere`` where it has been removed, as samples can be.
    """
    post = Post.objects.select_for_update(of=("self",)).select_related("author").filter(pk=pk).first()
    if post is None:
        raise NotThere("This post was removed meanwhile. Your text stands here; save it as a new post.")
    return post


def check_base(post: Post, base_id: int | None) -> None:
    """Raise ``EditConflict`` unless ``base_id`` is still the newest revision of the post."""
    newest = newest_revision(post)
    if newest is not None and newest.pk != base_id:
        raise EditConflict(newest)


def slug_is_fixed(post: Post) -> bool:
    """Whether the address stays when the title changes: once a post is scheduled or has been public."""
    return post.pk is not None and post.publications.exists()


def free_slug(title: str, post: Post | None = None) -> str:
    """An address made from a title that no other post has or had; never empty, at most 200 characters."""
    wanted = slugify(title)[:SLUG_LENGTH].strip("-_") or "post"
    pk = post.pk if post else None
    # Numbered ones of a title that fills the address are cut shorter than the title's own.
    start = wanted[: SLUG_LENGTH - 8]
    taken = set(Post.objects.filter(slug__startswith=start).exclude(pk=pk).values_list("slug", flat=True))
    taken |= set(Address.objects.filter(slug__startswith=start).exclude(post_id=pk).values_list("slug", flat=True))
    slug, number = wanted, 1
    while slug in taken:
        number += 1
        ending = f"-{number}"
        slug = wanted[: SLUG_LENGTH - len(ending)] + ending
    return slug


def slug_taken_by(slug: str, post: Post | None) -> Post | None:
    """The other post that has this address, now or for its old readers; or None."""
    pk = post.pk if post else None
    address = Address.objects.filter(slug=slug).exclude(post_id=pk).select_related("post").first()
    return address.post if address else Post.objects.filter(slug=slug).exclude(pk=pk).first()


@transaction.atomic
def save_draft(
    actor: Actor,
    post: Post,
    tags: Iterable[Tag],
    *,
    base_id: int | None = None,
    now: datetime | None = None,
) -> Revision:
    """Save a working copy and seal a revision of it; readers see no change.

    ``post`` carries the new values; without a key it is a new post. ``base_id`` is the revision that the text was
    opened from. Returns the sealed revision: the newest one unchanged where nothing differs from it.
    Raises ``NotAllowed``; ``EditConflict`` where somebody else saved in between. Whoever has seen that and wants
    this text on top names the newer revision as the base; the other text stays in the earlier versions.
    """
    now = now or timezone.now()
    tags = sorted(tags, key=lambda tag: tag.pk)
    if post.pk is None:
        require_create(actor)
        post.created_by = person(actor)
        newest = None
    else:
        stored = lock_post(post.pk)
        require_edit(actor, stored)
        newest = newest_revision(stored)
        check_base(stored, base_id)
        # What no form carries stays as it is stored, whatever the instance that came in was made from.
        for name in ("state", "created_by_id", "trashed_at", "is_sample"):
            setattr(post, name, getattr(stored, name))
    if not post.slug:
        post.slug = free_slug(post.title, post)
    unchanged = newest is not None and _same(newest, post, tags)
    if unchanged:
        return newest
    post.saved_at = now
    if post.is_sample:
        # Whoever changes a sample makes it their own; search engines may find it like any other post.
        post.is_sample = post.noindex = False
    post.save()
    post.tags.set(tags)
    return _seal(actor, post, tags, newest, now)


def _same(revision: Revision, post: Post, tags: list[Tag]) -> bool:
    # What is compared is what would be stored: cleaned and tidied by the fields themselves.
    for field in ArticleFields._meta.local_fields:
        field.pre_save(post, False)
    tag_ids = set(RevisionTag.objects.filter(revision=revision).values_list("tag_id", flat=True))
    return revision.article_values() == post.article_values() and tag_ids == {tag.pk for tag in tags}


def _seal(actor: Actor, post: Post, tags: list[Tag], base: Revision | None, now: datetime) -> Revision:
    revision = Revision(
        post=post, base=base, saved_by=person(actor), saved_at=now, sealed_at=now, **post.article_values()
    )
    revision.save()
    RevisionTag.objects.bulk_create(RevisionTag(revision=revision, tag=tag) for tag in tags)
    used = set(image_ids(revision.body)) | ({revision.hero_image_id} - {None})
    known = Image.objects.filter(pk__in=used).values_list("pk", flat=True)
    RevisionImage.objects.bulk_create(RevisionImage(revision=revision, image_id=pk) for pk in known)
    return revision


@transaction.atomic
def move_to_trash(actor: Actor, post: Post, now: datetime | None = None) -> None:
    """Put a draft away. Raises ``Refused`` for a post that is or was public: those are taken off the site."""
    now = now or timezone.now()
    stored = lock_post(post.pk)
    require_edit(actor, stored)
    if stored.trashed_at is not None:
        return
    if Publication.objects.filter(post=stored).exists():
        raise Refused("Readers have seen this post, or will. Take it off the site instead; its text stays here.")
    Post.objects.filter(pk=stored.pk).update(trashed_at=now)
    record(actor, AuditEntry.Act.TRASHED, at=now, post=stored)


@transaction.atomic
def restore_from_trash(actor: Actor, post: Post, now: datetime | None = None) -> None:
    """Take a draft out of the trash again, as it was."""
    now = now or timezone.now()
    stored = lock_post(post.pk)
    require_edit(actor, stored)
    if stored.trashed_at is None:
        return
    Post.objects.filter(pk=stored.pk).update(trashed_at=None)
    record(actor, AuditEntry.Act.RESTORED, at=now, post=stored)
