"""Two texts of one post that were written from the same draft: what a person kept, and what stands there now."""

from blog.models import Post, Revision

from .access import Actor, person
from .drafts import PICTURE_REPLACED, newest_revision, open_revision


def kept_words(actor: Actor, post: Post, revision_id: int) -> Revision | None:
    """Words of this person that were set aside, by their number; None for any others."""
    mine = post.revisions.filter(pk=revision_id, set_aside=True, saved_by=person(actor))
    return mine.select_related("base").first()


def words_there(actor: Actor, post: Post) -> Revision | None:
    """What the post says for this person: their own open words, else the newest draft."""
    return open_revision(actor, post) or newest_revision(post)


def words_left_aside(actor: Actor, post: Post, newest: Revision | None) -> Revision | None:
    """This person's last words, where they were set aside for a colleague's draft and they saved nothing since.

    One query at most, none where the newest draft is their own.
    """
    if newest is None or newest.saved_by_id == actor.pk:
        return None
    mine = post.revisions.filter(sealed_at__isnull=False, saved_by=person(actor)).exclude(note=PICTURE_REPLACED)
    last = mine.defer("body").order_by("-sealed_at", "-pk").first()
    return last if last is not None and last.set_aside and last.base_id != newest.pk else None
