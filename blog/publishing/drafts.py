"""The working copy and its revisions: what staff write before readers see anything."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from blog.clinic_time import spoken
from blog.content.outline import image_ids, post_links
from blog.content.plain import tidy_line
from blog.models import (
    Address,
    ArticleFields,
    AuditEntry,
    Image,
    Post,
    Publication,
    Revision,
    RevisionImage,
    RevisionLink,
    RevisionTag,
    Tag,
)
from blog.sources import list_cited

from .access import Actor, Refused, name_of, person, require_create, require_edit
from .held import hold_pictures, hold_tags
from .record import record

SLUG_LENGTH = 200
# Of the words of tags that stand in a form no more are looked up; no form saves so many.
LOOKED_UP = 50
# The note on a draft that differs from the one before in a replaced picture only: nobody's words, so no conflict.
PICTURE_REPLACED = "A picture was replaced everywhere"


class NotThere(Refused):
    """The post was removed since it was opened."""


class EditConflict(Refused):
    """Somebody saved the post after this text was opened. ``newest`` is their revision.

    ``mine`` is the revision in which the words that were refused are kept, where they are kept already.
    """

    def __init__(self, newest: Revision, mine: Revision | None = None) -> None:
        who = name_of(newest.saved_by)
        when = spoken(newest.saved_at, timezone.now())
        super().__init__(f"{who} saved this post {when}, after you had opened it. Nothing of yours or theirs is lost.")
        self.newest, self.mine = newest, mine


class StaleWindow(Refused):
    """The same person wrote on in another window or on another device. ``newest`` is the revision of it.

    ``mine`` is the revision in which the words of this window are kept, where they are kept already.
    """

    def __init__(self, newest: Revision, mine: Revision | None = None) -> None:
        when = spoken(newest.saved_at, timezone.now())
        super().__init__(f"You went on with this post in another window {when}. Nothing of either text is lost.")
        self.newest, self.mine = newest, mine


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
    """Raise ``EditConflict`` unless ``base_id`` is still the newest revision of the post, replaced pictures aside."""
    newest = newest_revision(post)
    if newest is not None and not rests_on(newest, base_id):
        raise EditConflict(newest)


def rests_on(newest: Revision, base_id: int | None) -> bool:
    """Whether a draft is ``base_id``, or differs from it only in pictures that were replaced everywhere since."""
    revision = newest
    while revision.pk != base_id and revision.note == PICTURE_REPLACED and revision.base is not None:
        revision = revision.base
    return revision.pk == base_id


def open_revision(actor: Actor, post: Post, *, hold: bool = False) -> Revision | None:
    """The words that this person is writing and has not saved, or None; ``hold`` keeps others from writing them."""
    who = person(actor)
    if who is None:
        return None
    writing = post.revisions.filter(sealed_at__isnull=True, saved_by=who)
    return (writing.select_for_update(of=("self",)) if hold else writing).first()


@dataclass(frozen=True)
class Seen:
    """What a window was told last: the draft its words rest on, its open revision, and the version of that.

    ``window`` is the window's own name, by which its words are known where an answer got lost.
    """

    base_id: int | None = None
    open_id: int | None = None
    version: int | None = None
    window: str = ""

    def knows(self, revision: Revision) -> bool:
        """Whether a revision holds this window's own last words, and not those of another one."""
        is_same = (revision.pk, revision.version) == (self.open_id, self.version)
        return is_same or (self.window != "" and revision.window == self.window)

    def base_of(self, actor: Actor, newest: Revision | None) -> int | None:
        """The draft these words rest on: their own, where they became the newest draft by themselves, at rest."""
        is_own = newest is not None and newest.saved_by_id == actor.pk and self.knows(newest)
        return newest.pk if is_own else self.base_id


def check_open(actor: Actor, post: Post, seen: Seen) -> None:
    """Raise ``StaleWindow`` where another window of this person wrote words that the one asking does not know."""
    own = open_revision(actor, post)
    if own is not None and not seen.knows(own):
        raise StaleWindow(own)


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


def slug_follows_title(title: str, slug: str) -> bool:
    """Whether an address was made from this title, so that it goes on following it."""
    made = slugify(title)[:SLUG_LENGTH].strip("-_") or "post"
    return not slug or re.fullmatch(rf"{re.escape(made)}(-[0-9]+)?", slug) is not None


def slug_taken_by(slug: str, post: Post | None) -> Post | None:
    """The other post that has this address, now or for its old readers; or None."""
    pk = post.pk if post else None
    address = Address.objects.filter(slug=slug).exclude(post_id=pk).select_related("post").first()
    return address.post if address else Post.objects.filter(slug=slug).exclude(pk=pk).first()


def known_tag(word: str) -> Tag | None:
    """The tag that a typed word means, in whatever case; None where there is none yet."""
    found = Tag.objects.filter(Q(name__iexact=word) | Q(slug=slugify(word)))
    return min(found, key=lambda tag: (tag.name != word, tag.name.casefold() != word.casefold(), tag.pk), default=None)


@transaction.atomic
def save_draft(
    actor: Actor,
    post: Post,
    tags: Iterable[Tag],
    *,
    base_id: int | None = None,
    seen: Seen | None = None,
    restored_from: Revision | None = None,
    note: str = "",
    now: datetime | None = None,
) -> Revision:
    """Save a working copy and seal a revision of it; readers see no change.

    The actor's own open revision becomes that revision where ``seen`` shows that these values come from it. Open words
    that this save does not know, of the actor or of others, are set aside: kept among the versions.

    ``restored_from`` is the earlier revision whose words these are, ``note`` a sentence to keep with the new one.

    ``post`` carries the new values; without a key it is a new post. ``base_id`` is the revision that the text was
    opened from. Returns the sealed revision: the newest one unchanged where nothing differs from it.
    Raises ``NotAllowed``; ``PictureGone`` and ``TagGone`` where one was deleted since it was chosen; ``EditConflict``
    where somebody else saved in between. Whoever has seen that and wants this text on top names the newer revision as
    the base; the other text stays in the earlier versions.
    """
    now = now or timezone.now()
    seen = seen or Seen(base_id)
    own = None
    if post.pk is None:
        require_create(actor)
        post.created_by = person(actor)
        newest = None
    else:
        stored = lock_post(post.pk)
        require_edit(actor, stored)
        newest = newest_revision(stored)
        check_base(stored, seen.base_of(actor, newest))
        own = open_revision(actor, stored, hold=True)
        # What no form carries stays as it is stored, whatever the instance that came in was made from.
        for name in ("state", "created_by_id", "trashed_at", "is_sample"):
            setattr(post, name, getattr(stored, name))
    if not post.slug:
        post.slug = free_slug(post.title, post)
    hold_pictures(post)
    list_cited(post)
    tags = hold_tags(tags)
    if own is not None and not seen.knows(own) and not _same(own, post, tags):
        set_aside([own], now)
        own = None
    if newest is not None and not newest.typed and _same(newest, post, tags):
        if own is not None:
            Revision.objects.drop_open(own.pk)
        return newest
    post.saved_at = now
    if post.is_sample:
        # Whoever changes a sample makes it their own; search engines may find it like any other post.
        post.is_sample = post.noindex = False
    post.save()
    post.tags.set(tags)
    revision = own or Revision(post=post, saved_by=person(actor))
    for name, value in post.article_values().items():
        setattr(revision, name, value)
    revision.base, revision.typed, revision.saved_at = newest, {}, now
    revision.restored_from, revision.note = restored_from, note
    # From here on they are the words of no window: one that stayed open does not know what was saved.
    revision.version, revision.window = revision.version + 1, ""
    seal(revision, tags, now)
    set_aside(others_open(actor, post), now)
    return revision


def _same(revision: Revision, post: Post, tags: list[Tag]) -> bool:
    # What is compared is what would be stored: cleaned and tidied by the fields themselves.
    for field in ArticleFields._meta.local_fields:
        field.pre_save(post, False)
    if revision.article_values() != post.article_values():
        return False
    if revision.sealed_at is None:
        found, typed = typed_tags(revision)
        return not typed and (found is None or set(found) == set(tags))
    return set(RevisionTag.objects.filter(revision=revision).values_list("tag_id", flat=True)) == {t.pk for t in tags}


def others_open(actor: Actor, post: Post) -> list[Revision]:
    """What everybody but this person is writing on a post and has not saved."""
    writing = post.revisions.filter(sealed_at__isnull=True).select_for_update(of=("self",))
    who = person(actor)
    return list(writing if who is None else writing.exclude(saved_by=who))


def set_aside(revisions: Iterable[Revision], now: datetime) -> None:
    """Seal open revisions beside the line of drafts, because somebody else's words became the newest draft."""
    for revision in revisions:
        revision.set_aside = True
        seal(revision, typed_tags(revision)[0] or [], now)


def seal(revision: Revision, tags: Iterable[Tag], now: datetime) -> None:
    """Save a revision for good, with its tags and with the pictures that it uses."""
    revision.sealed_at = now
    revision.save()
    RevisionTag.objects.bulk_create(RevisionTag(revision=revision, tag=tag) for tag in tags)
    used = set(image_ids(revision.body)) | ({revision.hero_image_id} - {None})
    known = Image.objects.filter(pk__in=used).values_list("pk", flat=True)
    RevisionImage.objects.bulk_create(RevisionImage(revision=revision, image_id=pk) for pk in known)
    linked = Post.objects.filter(pk__in=post_links(revision.body)).values_list("pk", flat=True)
    RevisionLink.objects.bulk_create(RevisionLink(revision=revision, post_id=pk) for pk in linked)


def typed_tags(revision: Revision) -> tuple[list[Tag] | None, dict[str, object]]:
    """The tags that an open revision's words mean, None where it says nothing of tags; and the rest of its ``typed``.

    Words that no tag has stay in the rest, for whoever opens the post next, and so do far too many of them.
    """
    rest = dict(revision.typed)
    if "tag_words" not in rest:
        return None, rest
    words = [line for word in str(rest["tag_words"]).split(",") if (line := tidy_line(word))]
    found = [known_tag(word) for word in words[:LOOKED_UP]]
    if all(found) and len(words) <= LOOKED_UP:
        del rest["tag_words"]
    return sorted({tag for tag in found if tag}, key=lambda tag: tag.pk), rest


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
