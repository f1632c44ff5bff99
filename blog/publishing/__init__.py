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
from .autosave import IDLE, UNTITLED, Kept, autosave, keep_aside, set_own_aside, settle, start_post
from .bulk import KINDS as BULK_KINDS
from .bulk import MOST_POSTS, UNDO_FOR, Wanted, act_on_many, can_be_undone, may_act, undo_many
from .drafts import (
    EditConflict,
    NotThere,
    Seen,
    StaleWindow,
    check_base,
    check_open,
    free_slug,
    known_tag,
    lock_post,
    move_to_trash,
    newest_revision,
    open_revision,
    restore_from_trash,
    save_draft,
    slug_follows_title,
    slug_is_fixed,
    slug_taken_by,
)
from .duplicate import duplicate
from .record import record
from .release import AddressTaken, AlreadyLive, AlreadyScheduled, missing_for_release, publish, unschedule
from .restore import NothingToRestore, Restored, restore
from .samples import load_samples, remove_samples, samples_present
from .samples import load_samples, remove_samples, sample_practice_values, samples_present
from .takedown import keep_on_site, put_back, take_off

__all__ = [
    "BULK_KINDS",
    "IDLE",
    "MOST_POSTS",
    "UNDO_FOR",
    "UNTITLED",
    "AddressTaken",
    "AlreadyLive",
    "AlreadyScheduled",
    "EditConflict",
    "Kept",
    "NotAllowed",
    "NotThere",
    "NothingToRestore",
    "Operator",
    "Refused",
    "Restored",
    "Seen",
    "StaleWindow",
    "Wanted",
    "act_on_many",
    "autosave",
    "can_be_undone",
    "check_base",
    "check_open",
    "duplicate",
    "free_slug",
    "keep_aside",
    "keep_on_site",
    "known_tag",
    "load_samples",
    "lock_post",
    "may_act",
    "may_decide_review",
    "may_edit",
    "may_release",
    "may_take_off",
    "missing_for_release",
    "move_to_trash",
    "newest_revision",
    "open_revision",
    "publish",
    "put_back",
    "record",
    "remove_samples",
    "require_create",
    "require_decide_review",
    "require_edit",
    "require_release",
    "require_take_off",
    "restore",
    "restore_from_trash",
    "sample_practice_values",
    "samples_present",
    "save_draft",
    "set_own_aside",
    "settle",
    "slug_follows_title",
    "slug_is_fixed",
    "slug_taken_by",
    "start_post",
    "take_off",
    "undo_many",
    "unschedule",
]
