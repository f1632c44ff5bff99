"""What becomes of drafts that nobody takes out of the trash."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError

from blog.models import AuditEntry, Post, Publication, Review, Revision

from .access import Operator
from .record import record

KEPT_IN_TRASH = timedelta(days=30)
REMOVED = "Removed for good after 30 days in the trash"

logger = logging.getLogger(__name__)


def empty_trash(now: datetime) -> int:
    """Remove drafts for good that lay in the trash for ``KEPT_IN_TRASH``; returns how many went.

    Nothing that readers saw or will see, nothing that a clinician signed or somebody gave a reason for, and nothing in
    which anybody wrote since. The record of who did what keeps its entries about it.
    """
    gone = 0
    for pk in list(_lain_long_enough(now).order_by("pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                gone += _remove(pk, now)
        except ProtectedError:
            logger.info("The post %s stays in the trash, because something that is kept for good rests on it", pk)
    return gone


def _lain_long_enough(now: datetime) -> "Post.objects":
    written = Revision.objects.filter(post=OuterRef("pk"), saved_at__gt=now - KEPT_IN_TRASH)
    public = Publication.objects.filter(post=OuterRef("pk"))
    return Post.objects.filter(~Exists(written), ~Exists(public), trashed_at__lte=now - KEPT_IN_TRASH)


def _remove(pk: int, now: datetime) -> bool:
    # Held first and asked again: somebody may have taken it out of the trash a moment ago.
    post = Post.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if post is None or not _lain_long_enough(now).filter(pk=pk).exists():
        return False
    record(Operator(), AuditEntry.Act.TRASHED, at=now, post=post, reason=REMOVED)
    Review.objects.filter(post=post).delete()
    Revision.objects.filter(post=post).discard()
    post.delete()
    return True
