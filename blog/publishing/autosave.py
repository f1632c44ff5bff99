"""Autosave: the words of a sitting are on the server before anybody presses Save.

Each person has at most one open revision of a post. Autosave writes over it, in one statement; Save seals it as the
newest draft (``drafts.save_draft``); somebody else's save sets it aside; words at rest become the newest draft by
``settle``. So the base of an open revision is always the newest draft.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import ForeignKey, Subquery
from django.utils.text import slugify

from blog.models import ArticleFields, Post, Revision, Tag
from blog.sources import list_cited

from .access import Actor, person, require_create, require_edit
from .drafts import (
    EditConflict,
    Seen,
    StaleWindow,
    free_slug,
    lock_post,
    newest_revision,
    open_revision,
    others_open,
    rests_on,
    seal,
    set_aside,
    slug_follows_title,
    slug_is_fixed,
    slug_taken_by,
    typed_tags,
)
from .held import hold_pictures, hold_tags

IDLE = timedelta(minutes=10)
UNTITLED = "Untitled post"


@dataclass(frozen=True)
class Kept:
    """Where a window's words are, and what it says with the next ones: open revision, its version, and its base."""

    post_id: int
    open_id: int
    version: int
    base_id: int | None
    saved_at: datetime


def autosave(
    actor: Actor,
    post: Post,
    values: dict[str, object],
    typed: dict[str, object],
    *,
    seen: Seen,
    turn: int = 0,
    now: datetime,
) -> Kept:
    """Keep what a person has typed so far as their open revision; neither draft nor readers see a change.

    ``values`` are article columns as far as they are valid; columns that are missing stay. ``typed`` is what no column
    can hold. ``seen`` is what the window was told last, ``turn`` how many times it has sent its words. Asks the
    database once where nothing came in between; ``post`` has been read by whoever calls.

    Raises ``NotAllowed``, ``NotThere``, ``EditConflict`` where a colleague saved and ``StaleWindow`` where the same
    person wrote on elsewhere. In both cases these words are kept among the versions, set aside.
    """
    require_edit(actor, post)
    values = _tidied(values)
    about = {"typed": typed, "saved_at": now, "window": seen.window, "turn": turn}
    is_known = seen.open_id is not None and seen.version is not None
    if is_known and Revision.objects.overwrite_open(
        seen.open_id, post_id=post.pk, saved_by_id=actor.pk, version=seen.version, **_expressions(values), **about
    ):
        kept = Kept(post.pk, seen.open_id, seen.version + 1, seen.base_id, now)
    else:
        with transaction.atomic():
            kept = _keep(actor, post.pk, values, about, seen)
    if isinstance(kept, Exception):
        raise kept
    _name_unsaved(post, values)
    return kept


@transaction.atomic
def start_post(
    actor: Actor, values: dict[str, object], typed: dict[str, object], *, window: str, turn: int = 0, now: datetime
) -> Kept:
    """Make a new post of what a person has typed so far; without a title it is an untitled one.

    It has no draft yet, only open words. The same window never makes two, even where an answer got lost, or where it
    sends twice at once as it is closed. Raises ``NotAllowed``.
    """
    require_create(actor)
    # One after the other, so that the second one finds the first one's post.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    values = _tidied(values)
    about = {"typed": typed, "saved_at": now, "window": window, "turn": turn}
    if window:
        known = Revision.objects.filter(saved_by=person(actor), sealed_at__isnull=True, window=window).first()
        if known is not None:
            kept = _keep(actor, known.post_id, values, about, Seen(known.base_id, window=window))
            if isinstance(kept, Kept):
                return kept
    title = values.get("title") or UNTITLED
    post = Post(title=title, created_by=person(actor), saved_at=now)
    post.slug = free_slug(title)
    post.save()
    return _open(actor, post, None, values, about)


@transaction.atomic
def keep_aside(
    actor: Actor, post: Post, values: dict[str, object], typed: dict[str, object], *, base_id: int | None, now: datetime
) -> Revision:
    """Keep words among the versions of a post without making them anybody's draft. Raises ``NotAllowed``."""
    stored = lock_post(post.pk)
    require_edit(actor, stored)
    base = stored.revisions.filter(pk=base_id).first()
    return _kept_aside(actor, stored, base, _tidied(values), {"typed": typed, "saved_at": now})


@transaction.atomic
def set_own_aside(actor: Actor, post: Post, now: datetime) -> None:
    """Keep a person's open words among the versions, because other words of theirs take their place."""
    require_edit(actor, lock_post(post.pk))
    own = open_revision(actor, post, hold=True)
    if own is not None:
        set_aside([own], now)


def settle(post: Post, now: datetime) -> None:
    """Make words that have been at rest for ten minutes the newest draft, as if their writer had saved them.

    Called wherever somebody opens a post or acts on it. Words that stand in no line with the newest draft any more are
    set aside. What no column can hold stays in ``typed`` for whoever opens the post next. ``post`` is read again where
    something changed.
    """
    idle = {"sealed_at__isnull": True, "saved_at__lte": now - IDLE}
    if not post.revisions.filter(**idle).exists():
        return
    with transaction.atomic():
        stored = lock_post(post.pk)
        for revision in _at_rest(stored, idle):
            newest = newest_revision(stored)
            if revision.base_id != (newest.pk if newest else None):
                set_aside([revision], now)
            else:
                _become_draft(stored, revision, newest, now)
    post.refresh_from_db()


def _at_rest(stored: Post, idle: dict[str, object]) -> Iterator[Revision]:
    held = stored.revisions.filter(**idle).select_for_update(of=("self",)).order_by("saved_at", "pk")
    for pk in held.values_list("pk", flat=True):
        # One that became the draft has set the others aside.
        if revision := stored.revisions.filter(pk=pk, **idle).select_related("saved_by").first():
            yield revision


def _become_draft(stored: Post, revision: Revision, newest: Revision | None, now: datetime) -> None:
    hold_pictures(revision)
    list_cited(revision)
    tags, revision.typed = typed_tags(revision)
    if tags is None:
        tags = list(stored.tags.all())
    tags = hold_tags(tags)
    if revision.author is not None and not revision.author.is_sample:
        revision.typed.pop("sign_as", None)  # a chosen author goes before a written name
    if newest is not None and not revision.typed and _is_same(revision, tags, newest):
        Revision.objects.drop_open(revision.pk)
        return
    slug = _settled_slug(stored, revision)
    for name, value in revision.article_values().items():
        setattr(stored, name, value)
    stored.slug = slug
    stored.saved_at = revision.saved_at
    if stored.is_sample:
        stored.is_sample = stored.noindex = False
    stored.clean()
    stored.save()
    stored.tags.set(tags)
    for name, value in stored.article_values().items():
        setattr(revision, name, value)
    seal(revision, tags, now)
    set_aside(others_open(revision.saved_by, stored), now)


def _is_same(revision: Revision, tags: list[Tag], newest: Revision) -> bool:
    return revision.article_values() == newest.article_values() and set(tags) == set(newest.tags.all())


def _settled_slug(stored: Post, revision: Revision) -> str:
    if revision.slug not in ("", stored.slug):
        return free_slug(revision.slug, stored) if slug_taken_by(revision.slug, stored) else revision.slug
    if slug_is_fixed(stored) or not slug_follows_title(stored.title, stored.slug):
        return stored.slug
    return stored.slug if slugify(revision.title) == slugify(stored.title) else free_slug(revision.title, stored)


def _keep(
    actor: Actor, pk: int, values: dict[str, object], about: dict[str, object], seen: Seen
) -> Kept | EditConflict | StaleWindow:
    """Find out what came in between, under the post's lock, and keep the words in any case."""
    post = lock_post(pk)
    require_edit(actor, post)
    newest = newest_revision(post)
    own = open_revision(actor, post, hold=True)
    if own is not None:
        if not seen.knows(own):
            return StaleWindow(own, _kept_aside(actor, post, own.base, values, about))
        if own.window == seen.window and own.turn >= about["turn"]:
            # An earlier request of this window that comes late; a later one has been kept.
            return Kept(post.pk, own.pk, own.version, own.base_id, own.saved_at)
        Revision.objects.overwrite_open(
            own.pk, post_id=post.pk, saved_by_id=actor.pk, version=own.version, **_expressions(values), **about
        )
        return Kept(post.pk, own.pk, own.version + 1, own.base_id, about["saved_at"])
    base_id = seen.base_of(actor, newest)
    if newest is not None and not rests_on(newest, base_id):
        base = post.revisions.filter(pk=base_id).first()
        refusal = StaleWindow if newest.saved_by_id == actor.pk else EditConflict
        return refusal(newest, _kept_aside(actor, post, base, values, about))
    return _open(actor, post, newest, values, about)


def _open(actor: Actor, post: Post, base: Revision | None, values: dict[str, object], about: dict[str, object]) -> Kept:
    revision = _revision(actor, post, base, values, about)
    revision.save()
    return Kept(post.pk, revision.pk, revision.version, revision.base_id, revision.saved_at)


def _kept_aside(
    actor: Actor, post: Post, base: Revision | None, values: dict[str, object], about: dict[str, object]
) -> Revision:
    revision = _revision(actor, post, base, values, about)
    last = post.revisions.filter(saved_by=person(actor), set_aside=True).first()
    if last is not None and (last.article_values(), last.typed) == (revision.article_values(), revision.typed):
        return last
    set_aside([revision], about["saved_at"])
    return revision


def _revision(
    actor: Actor, post: Post, base: Revision | None, values: dict[str, object], about: dict[str, object]
) -> Revision:
    columns = (base or post).article_values() | _existing(values)
    return Revision(post=post, base=base, saved_by=person(actor), version=1, **columns, **about)


def _tidied(values: dict[str, object]) -> dict[str, object]:
    """The values as saving would store them: cleaned by the fields themselves. Without a title the one before stays."""
    draft = Revision(**values)
    found = {
        field.attname: field.pre_save(draft, False)
        for field in ArticleFields._meta.local_fields
        if field.attname in values
    }
    if found.get("title") == "":
        del found["title"]  # no post can be without one, and so could not be opened once these words are at rest
    return found


def _related() -> dict[str, type]:
    return {
        field.attname: Revision._meta.get_field(field.name).related_model
        for field in ArticleFields._meta.local_fields
        if isinstance(field, ForeignKey)
    }


def _expressions(values: dict[str, object]) -> dict[str, object]:
    """The same for an update: what a column refers to, and somebody removed meanwhile, becomes nothing."""
    related = _related()
    return {
        name: Subquery(related[name].objects.filter(pk=value).values("pk")[:1])
        if name in related and value is not None
        else value
        for name, value in values.items()
    }


def _existing(values: dict[str, object]) -> dict[str, object]:
    related = _related()
    return {
        name: value if name not in related or related[name].objects.filter(pk=value).exists() else None
        for name, value in values.items()
    }


def _name_unsaved(post: Post, values: dict[str, object]) -> None:
    """A post that was never saved is called in lists what its writer calls it now."""
    title = values.get("title")
    if getattr(post, "newest_revision_id", True) is None and title and title != post.title:
        slug = free_slug(title, post) if slug_follows_title(post.title, post.slug) else post.slug
        Post.objects.filter(pk=post.pk).update(title=title, slug=slug)
