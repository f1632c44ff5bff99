"""The life of a post: drafts, release, take-down, and who may do each.

The only writer of publications. Every act takes the person who does it and checks the right itself.
"""

from .access import (
    NotAllowed,
    Operator,
    Refused,
    may_decide_review,
    may_edit,
    may_release,
    may_take_off,
    require_create,
    require_decide_review,
    require_edit,
    require_release,
    require_take_off,
)
from .drafts import (
    EditConflict,
    NotThere,
    check_base,
    free_slug,
    lock_post,
    move_to_trash,
    newest_revision,
    restore_from_trash,
    save_draft,
    slug_is_fixed,
    slug_taken_by,
)
from .record import record
from .release import AddressTaken, AlreadyLive, AlreadyScheduled, missing_for_release, publish, unschedule
from .samples import load_samples, remove_samples, samples_present
from .takedown import keep_on_site, take_off

__all__ = [
    "AddressTaken",
    "AlreadyLive",
    "AlreadyScheduled",
    "EditConflict",
    "NotAllowed",
    "NotThere",
    "Operator",
    "Refused",
    "check_base",
    "free_slug",
    "keep_on_site",
    "load_samples",
    "lock_post",
    "may_decide_review",
    "may_edit",
    "may_release",
    "may_take_off",
    "missing_for_release",
    "move_to_trash",
    "newest_revision",
    "publish",
    "record",
    "remove_samples",
    "require_create",
    "require_decide_review",
    "require_edit",
    "require_release",
    "require_take_off",
    "restore_from_trash",
    "samples_present",
    "save_draft",
    "slug_is_fixed",
    "slug_taken_by",
    "take_off",
    "unschedule",
]
