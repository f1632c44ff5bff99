"""One act on many posts, and taking it back while it is fresh.

Each post is its own transaction with its own rights and refusals: what cannot be done to one says why, and stops no
other. Readers see no draft that is changed here. Words that somebody is writing are never overwritten or set aside.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from blog.clinic_time import spoken
from blog.models import FAR_FUTURE, Author, BulkAct, BulkActItem, Post, Publication, Review, Revision, Tag, Topic

from .access import Actor, NotAllowed, Refused, may_take_off, name_of, person, require_edit, require_take_off
from .autosave import settle
from .drafts import lock_post, move_to_trash, newest_revision, restore_from_trash, save_draft
from .takedown import put_back, take_off

MOST_POSTS = 100
UNDO_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Wanted:
    """What the person chose on the way to the act; each act reads its own part."""

    topic: Topic | None = None
    tag: Tag | None = None
    author: Author | None = None
    reason: str = ""


@dataclass(frozen=True)
class Done:
    """What was done to one post: a sentence, and what it takes to undo it."""

    said: str
    before: Revision | None = None
    after: Revision | None = None
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """One kind of act: its words, the act on a locked post, and its undoing."""

    words: Callable[[Wanted], str]
    do: Callable[[Actor, Post, Wanted, datetime], Done]
    undo: Callable[[Actor, Post, BulkActItem, datetime], None]


def may_act(actor: Actor, name: str) -> bool:
    """Whether this kind of act can be open to the actor at all; each post is asked again by itself."""
    if name == "take_off":
        return may_take_off(actor)
    needed = "blog.change_any_post" if name == "set_author" else "blog.change_post"
    return actor.is_active and actor.has_perm(needed)


def require_act(actor: Actor, name: str) -> None:
    """Raise ``NotAllowed`` unless this kind of act can be open to the actor at all."""
    if not may_act(actor, name):
        raise NotAllowed("Your login may not do this to posts. Ask an editor to do it.")


def act_on_many(actor: Actor, name: str, keys: Iterable[int], wanted: Wanted, now: datetime | None = None) -> BulkAct:
    """Do the act called ``name`` (of ``KINDS``) to the posts with these keys, each by itself.

    The items of the act returned say what became of each post: ``facts["refused"]`` is why it was left alone,
    ``facts["said"]`` what was done. A post that was removed meanwhile has none. Raises ``NotAllowed``, or ``Refused``
    for no post or more than ``MOST_POSTS``.
    """
    keys = list(dict.fromkeys(keys))
    require_act(actor, name)
    if not keys:
        raise Refused("No post is chosen. Tick those that you mean, then choose again.")
    if len(keys) > MOST_POSTS:
        raise Refused(f"{len(keys)} posts are chosen, and {MOST_POSTS} is the most at once. Choose fewer.")
    kind = KINDS[name]
    act = BulkAct.objects.create(name=name, words=kind.words(wanted), actor=person(actor), at=now or timezone.now())
    for key in keys:
        try:
            settle(Post(pk=key), now or timezone.now())
            with transaction.atomic():
                post = lock_post(key)
                done = kind.do(actor, post, wanted, now or timezone.now())
                facts = {**done.facts, "said": done.said}
                BulkActItem.objects.create(act=act, post=post, before=done.before, after=done.after, facts=facts)
        except Refused as refused:
            if Post.objects.filter(pk=key).exists():
                BulkActItem.objects.create(act=act, post_id=key, facts={"refused": str(refused)})
    return act


def can_be_undone(act: BulkAct, now: datetime) -> bool:
    """Whether the time for undoing this act is not over yet."""
    return now < act.at + UNDO_FOR


def undo_many(actor: Actor, act: BulkAct, *, post_id: int | None = None, now: datetime | None = None) -> int:
    """Take back what the act did, to one post or to all of them; returns to how many.

    A post that changed since stays as it is; its item's ``facts["kept"]`` says why. Raises ``NotAllowed`` for anybody
    but the person who did it, and ``Refused`` once ``UNDO_FOR`` is over.
    """
    if act.actor_id != actor.pk:
        raise NotAllowed("Somebody else did this, so only they can undo it here. You can change each post by itself.")
    if not can_be_undone(act, now or timezone.now()):
        raise Refused("The 10 minutes for undoing are over. Each post can still be changed by itself.")
    items = act.items.filter(undone_at__isnull=True).order_by("pk")
    if post_id is not None:
        items = items.filter(post_id=post_id)
    count = 0
    for key, post_key in [(item.pk, item.post_id) for item in items if "refused" not in item.facts]:
        try:
            settle(Post(pk=post_key), now or timezone.now())
            with transaction.atomic():
                post = lock_post(post_key)
                item = BulkActItem.objects.select_related("before", "after").get(pk=key)
                if item.undone_at is None:
                    moment = now or timezone.now()
                    KINDS[act.name].undo(actor, post, item, moment)
                    item.undone_at = moment
                    item.facts.pop("kept", None)
                    item.save(update_fields=["undone_at", "facts"])
                    count += 1
        except Refused as refused:
            item = BulkActItem.objects.get(pk=key)
            item.facts["kept"] = str(refused)
            item.save(update_fields=["facts"])
    return count


# --- What stands in the way ---------------------------------------------------------------------------


def _refuse_while_written(actor: Actor, post: Post) -> None:
    """Raise ``Refused`` while anybody has words in the post that are not a draft yet."""
    open_words = post.revisions.filter(sealed_at__isnull=True).select_related("saved_by").order_by("-saved_at").first()
    if open_words is None:
        return
    if open_words.saved_by_id == actor.pk:
        raise Refused("You are writing in it in another window. Save there first.")
    raise Refused(f"{name_of(open_words.saved_by)} is writing in it now. Try again when they are done.")


def _refuse_unfinished(newest: Revision | None) -> None:
    """Raise ``Refused`` where the draft holds what somebody typed and no field can keep yet."""
    if newest is not None and newest.typed:
        raise Refused(
            "Its draft has something unfinished, such as a tag that does not exist. Open it and save it first."
        )


def _refuse_under_review(post: Post, newest: Revision | None) -> None:
    """Raise ``Refused`` where a change would silently end a review or an approval."""
    if Review.objects.filter(post=post, outcome=Review.Outcome.WAITING).exists():
        raise Refused("It is in review. Wait for the answer, or take it back from review first.")
    if newest is not None and Review.objects.filter(revision=newest, outcome=Review.Outcome.APPROVED).exists():
        raise Refused("It is approved as it stands, and a change needs a new approval. Open it to change it.")


def _refuse_if_changed(post: Post, item: BulkActItem) -> None:
    """Raise ``Refused`` unless the newest draft is still what the act left."""
    newest = newest_revision(post)
    if newest is None or newest.pk != item.after_id:
        who = name_of(newest.saved_by) if newest is not None else "Somebody"
        raise Refused(f"{who} saved it since. Their draft stays; change it in the post.")


# --- Acts that change drafts ----------------------------------------------------------------------------


def _redraft(
    actor: Actor, post: Post, now: datetime, *, tags: list[Tag] | None = None, already: str = "", **values
) -> Done:
    """Save a new draft with these values; ``already`` is what to say where it has them."""
    require_edit(actor, post)
    if post.trashed_at is not None:
        raise Refused("It is in the trash. Take it out first.")
    newest = newest_revision(post)
    _refuse_while_written(actor, post)
    _refuse_unfinished(newest)
    _refuse_under_review(post, newest)
    was_sample = post.is_sample
    for name, value in values.items():
        setattr(post, name, value)
    base = newest.pk if newest is not None else None
    after = save_draft(actor, post, post.tags.all() if tags is None else tags, base_id=base, now=now)
    if newest is not None and after.pk == newest.pk:
        raise Refused(already)
    is_public = Publication.objects.filter(post=post, live_until__gt=now).exists()
    said = "Changed in the draft. What readers see changes when it is published." if is_public else "Changed."
    return Done(said, newest, after, {"was_sample": was_sample})


def _set_topic(actor: Actor, post: Post, wanted: Wanted, now: datetime) -> Done:
    return _redraft(actor, post, now, topic=wanted.topic, already="It has that topic already.")


def _set_author(actor: Actor, post: Post, wanted: Wanted, now: datetime) -> Done:
    return _redraft(actor, post, now, author=wanted.author, already="It has that author already.")


def _add_tag(actor: Actor, post: Post, wanted: Wanted, now: datetime) -> Done:
    tags = [*post.tags.exclude(pk=wanted.tag.pk), wanted.tag]
    return _redraft(actor, post, now, tags=tags, already="It has that tag already.")


def _remove_tag(actor: Actor, post: Post, wanted: Wanted, now: datetime) -> Done:
    tags = list(post.tags.exclude(pk=wanted.tag.pk))
    return _redraft(actor, post, now, tags=tags, already="It does not have that tag.")


def _undo_redraft(actor: Actor, post: Post, item: BulkActItem, now: datetime) -> None:
    require_edit(actor, post)
    _refuse_if_changed(post, item)
    _refuse_while_written(actor, post)
    _refuse_under_review(post, item.after)
    if Publication.objects.filter(revision=item.after_id).exists():
        raise Refused("It was published since. Change it in the post, then publish that.")
    if post.trashed_at is not None:
        raise Refused("It was moved to the trash since. Take it out first.")
    for name, value in item.before.article_values().items():
        setattr(post, name, value)
    save_draft(actor, post, item.before.tags.all(), base_id=item.after_id, restored_from=item.before, now=now)
    if item.facts.get("was_sample"):
        # Changing a sample made it the clinic's own; taken back, it can be removed with the other samples again.
        Post.objects.filter(pk=post.pk).update(is_sample=True)


# --- Trash ------------------------------------------------------------------------------------------------


def _trash(actor: Actor, post: Post, wanted: Wanted, now: datetime) -> Done:
    require_edit(actor, post)
    if post.trashed_at is not None:
        raise Refused("It is in the trash already.")
    newest = newest_revision(post)
    _refuse_while_written(actor, post)
    _refuse_under_review(post, None)
    move_to_trash(actor, post, now)
    return Done("It is in the trash.", newest, newest)


def _undo_trash(actor: Actor, post: Post, item: BulkActItem, now: datetime) -> None:
    if post.trashed_at is None:
        raise Refused("It was taken out of the trash since.")
    restore_from_trash(actor, post, now)


def _restore(actor: Actor, post: Post, wanted: Wanted, now: datetime) -> Done:
    require_edit(actor, post)
    if post.trashed_at is None:
        raise Refused("It is not in the trash.")
    restore_from_trash(actor, post, now)
    newest = newest_revision(post)
    return Done("It is a draft again, as it was.", newest, newest)


def _undo_restore(actor: Actor, post: Post, item: BulkActItem, now: datetime) -> None:
    if post.trashed_at is not None:
        raise Refused("It was moved to the trash since.")
    _refuse_if_changed(post, item)
    _refuse_while_written(actor, post)
    _refuse_under_review(post, None)
    move_to_trash(actor, post, now)


# --- Off the site -------------------------------------------------------------------------------------------


def _take_off(actor: Actor, post: Post, wanted: Wanted, now: datetime) -> Done:
    require_take_off(actor)
    waiting = post.publications.filter(live_from__gt=now).first()
    if waiting is not None:
        when = spoken(waiting.live_from, now)
        raise Refused(f"A version is scheduled for {when}, which could not be put back. Open it to take it off.")
    live = post.publications.live(now).first()
    if live is None:
        raise Refused("Readers do not see it, so there is nothing to take off.")
    until = live.live_until
    take_off(actor, post, wanted.reason, now=now)
    facts = {"publication": live.pk, "until": until.isoformat() if until < FAR_FUTURE else ""}
    return Done("It is off the site.", live.revision, live.revision, facts)


def _undo_take_off(actor: Actor, post: Post, item: BulkActItem, now: datetime) -> None:
    taken = Publication.objects.get(pk=item.facts["publication"])
    until = datetime.fromisoformat(item.facts["until"]) if item.facts["until"] else FAR_FUTURE
    put_back(actor, taken, until=until, now=now)


KINDS: dict[str, Kind] = {
    "set_topic": Kind(lambda wanted: f"Topic set to “{wanted.topic}”", _set_topic, _undo_redraft),
    "add_tag": Kind(lambda wanted: f"Tag “{wanted.tag}” added", _add_tag, _undo_redraft),
    "remove_tag": Kind(lambda wanted: f"Tag “{wanted.tag}” removed", _remove_tag, _undo_redraft),
    "set_author": Kind(lambda wanted: f"Author set to {wanted.author}", _set_author, _undo_redraft),
    "trash": Kind(lambda wanted: "Moved to the trash", _trash, _undo_trash),
    "restore": Kind(lambda wanted: "Taken out of the trash", _restore, _undo_restore),
    "take_off": Kind(lambda wanted: "Taken off the site", _take_off, _undo_take_off),
}
