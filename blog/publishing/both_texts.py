"""Two texts of one post that were written from the same draft: what a person kept, and what stands there now."""

from blog.models import Post, Revision

from .access import Actor, person
from .drafts import newest_revision, open_revision


def kept_words(actor: Actor, post: Post, revision_id: int) -> Revision | None:
    """Words of this person that were set aside, by their number; None for any others."""
    mine = post.revisions.filter(pk=revision_id, set_aside=True, saved_by=person(actor))
    return mine.select_related("base").first()


def words_there(actor: Actor, post: Post) -> Revision | None:
    """What the post says for this person: their own open words, else the newest draft."""
    return open_revision(actor, post) or newest_revision(post)
