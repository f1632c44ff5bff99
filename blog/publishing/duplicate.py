"""A new draft that begins as a copy of another post."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from blog.models import Author, Post

from .access import Actor, person
from .autosave import settle
from .drafts import lock_post, save_draft
from .signers import COPY_OF


@transaction.atomic
def duplicate(actor: Actor, post: Post, now: datetime | None = None) -> Post:
    """Start a post with the words, pictures and tags of another one's newest draft; readers see nothing of it.

    It has an address of its own, no shown date, no schedule, and the actor's own name where they sign articles.
    Raises ``NotAllowed``, or ``NotThere`` where the other one was removed.
    """
    lock_post(post.pk)
    settle(post, now or timezone.now())
    original = lock_post(post.pk)
    copy = Post(**original.article_values())
    copy.title = f"{COPY_OF}{original.title}"[: Post._meta.get_field("title").max_length].rstrip()
    copy.slug = ""
    copy.published_at = None
    if original.is_sample:
        copy.noindex = False  # samples are kept out of search engines because they are samples
    own = Author.objects.filter(user=person(actor)).first() if person(actor) else None
    if own is not None:
        copy.author = own
    save_draft(actor, copy, original.tags.all(), now=now)
    return copy
