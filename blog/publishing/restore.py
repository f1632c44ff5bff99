"""Putting an earlier version back: its words become the newest draft, and every other word stays among the versions."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from blog.models import Author, Image, Post, Revision

from .access import Actor, Refused, require_edit
from .drafts import (
    EditConflict,
    lock_post,
    newest_revision,
    rests_on,
    save_draft,
    set_aside,
    slug_is_fixed,
    slug_taken_by,
)

LONGEST_NOTE = Revision._meta.get_field("note").max_length
_PICTURE = re.compile(r'(<img data-image=")([0-9]+)(?=")')


class NothingToRestore(Refused):
    """The newest draft is exactly that version already."""


@dataclass(frozen=True)
class Restored:
    """What came of it: the new draft, what it was before (restoring that is the way back), and what stayed as it was.

    ``kept`` are sentences about fields that cannot be as they were.
    """

    draft: Revision
    before: Revision
    kept: list[str]


@transaction.atomic
def restore(
    actor: Actor, post: Post, revision: Revision, *, base_id: int | None = None, now: datetime | None = None
) -> Restored:
    """Make a sealed revision of this post its newest draft, on top of the one there is. Readers see no change.

    Nothing is lost: the draft before, and words that anybody has open, stay among the versions. ``base_id`` may name
    the draft that the person has seen. An address that readers know stays, or one that another post has taken
    meanwhile; pictures that were replaced everywhere stay replaced; a writer names no other author.

    Raises ``NotAllowed``, ``NothingToRestore``, ``EditConflict`` where ``base_id`` is no longer the newest draft, and
    ``Refused`` for a version of another post or one that is still being written.
    """
    now = now or timezone.now()
    stored = lock_post(post.pk)
    require_edit(actor, stored)
    if revision.post_id != stored.pk:
        raise Refused("That is a version of another post. Go back to the earlier versions of this one.")
    if revision.sealed_at is None:
        raise Refused("Somebody is still writing this version. It can be restored once it is saved.")
    newest = newest_revision(stored)
    if base_id is not None and newest is not None and not rests_on(newest, base_id):
        raise EditConflict(newest)
    writing = stored.revisions.filter(sealed_at__isnull=True, saved_by=actor.pk).first() if actor.pk else None
    set_aside(stored.revisions.filter(sealed_at__isnull=True).select_for_update(of=("self",)), now)
    values, kept = _values_to_restore(actor, stored, revision)
    for name, value in values.items():
        setattr(stored, name, value)
    draft = save_draft(
        actor,
        stored,
        list(revision.tags.all()),
        base_id=newest.pk if newest else None,
        restored_from=revision,
        note=" ".join(kept)[:LONGEST_NOTE],
        now=now,
    )
    if newest is not None and draft.pk == newest.pk:
        raise NothingToRestore("The draft is exactly this version already. Nothing was changed.")
    return Restored(draft, writing or newest or revision, kept)


def _values_to_restore(actor: Actor, post: Post, revision: Revision) -> tuple[dict[str, object], list[str]]:
    values, kept = revision.article_values(), []
    if values["slug"] != post.slug:
        other = slug_taken_by(values["slug"], post)
        if slug_is_fixed(post):
            kept.append(f"The address stays “{post.slug}”, because readers know it.")
            values["slug"] = post.slug
        elif other is not None:
            kept.append(f"The address stays “{post.slug}”: “{other.title}” has the old one now.")
            values["slug"] = post.slug
    if values["author_id"] != post.author_id and not actor.has_perm("blog.change_any_post"):
        own = Author.objects.filter(user=actor.pk).values_list("pk", flat=True)
        if values["author_id"] not in own:
            kept.append("The author stays. An editor can choose another one.")
            values["author_id"] = post.author_id
    if put_new_pictures(values):
        kept.append("A photo of that version was replaced everywhere since, and stays replaced.")
    return values, kept


def put_new_pictures(values: dict[str, object]) -> bool:
    """Put what replaced a picture in its place, in the text and as main photo; returns whether there was any."""
    used = {int(number) for _, number in _PICTURE.findall(values["body"])} | ({values["hero_image_id"]} - {None})
    instead = _replacements(used)
    values["hero_image_id"] = instead.get(values["hero_image_id"], values["hero_image_id"])
    values["body"] = _PICTURE.sub(
        lambda found: f"{found[1]}{instead.get(int(found[2]), int(found[2]))}", values["body"]
    )
    return bool(instead)


def _replacements(used: set[int]) -> dict[int, int]:
    """Of some pictures those that were replaced, by what stands for them today; replacements can be replaced, too."""
    following: dict[int, int] = {}
    ahead = used
    while ahead:
        found = Image.objects.filter(pk__in=ahead, replaced_by__isnull=False)
        following |= dict(found.values_list("pk", "replaced_by_id"))
        ahead = {following[pk] for pk in ahead if pk in following} - following.keys()
    instead = {}
    for pk in used:
        seen = [pk]
        while (after := following.get(seen[-1])) is not None and after not in seen:
            seen.append(after)
        if len(seen) > 1:
            instead[pk] = seen[-1]
    return instead
