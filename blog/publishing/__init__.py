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
from .autosave import IDLE, UNTITLED, Kept, autosave, settle, start_post
from .bulk import MOST_POSTS, UNDO_FOR, Wanted, act_on_many, can_be_undone, may_act, undo_many
from .drafts import (
    SLUG_LENGTH,
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
    rests_on,
    save_draft,
    slug_follows_title,
    slug_is_fixed,
    slug_taken_by,
)
from .duplicate import duplicate
from .preview_links import (
    DAYS,
    Previewed,
    end_preview_link,
    live_links,
    make_preview_link,
    newest_words,
    open_preview_link,
    tags_of,
)
from .record import record
from .release import AddressTaken, AlreadyLive, AlreadyScheduled, missing_for_release, publish, unschedule
from .restore import NothingToRestore, Restored, restore
from .held import PictureGone, TagGone, hold_pictures, hold_tags
from .held import PictureGone, TagGone, hold_picture, hold_pictures, hold_tags
from .picture_places import PRACTICE_FIELDS, Places, places_of, stands_nowhere
from .record import record
from .release import AddressTaken, AlreadyLive, AlreadyScheduled, missing_for_release, publish, unschedule
from .replace_picture import replace_picture
from .samples import load_samples, remove_samples, samples_present
from .samples import load_samples, remove_samples, sample_practice_values, samples_present
from .takedown import keep_on_site, put_back, take_off

__all__ = [
    "BULK_KINDS",
    "DAYS",
    "IDLE",
    "MOST_POSTS",
    "SLUG_LENGTH",
    "UNDO_FOR",
    "UNTITLED",
    "PRACTICE_FIELDS",
    "AddressTaken",
    "AlreadyLive",
    "AlreadyScheduled",
    "EditConflict",
    "Kept",
    "NotAllowed",
    "NotThere",
    "NothingToRestore",
    "Operator",
    "Previewed",
    "PictureGone",
    "Places",
    "Refused",
    "Restored",
    "Seen",
    "StaleWindow",
    "Wanted",
    "act_on_many",
    "autosave",
    "can_be_undone",
    "TagGone",
    "check_base",
    "check_open",
    "duplicate",
    "free_slug",
    "keep_aside",
    "hold_picture",
    "hold_pictures",
    "hold_tags",
    "keep_on_site",
    "known_tag",
    "load_samples",
    "lock_post",
    "may_act",
    "end_preview_link",
    "free_slug",
    "keep_on_site",
    "known_tag",
    "live_links",
    "load_samples",
    "lock_post",
    "make_preview_link",
    "may_act",
    "may_decide_review",
    "may_edit",
    "may_release",
    "may_take_off",
    "missing_for_release",
    "move_to_trash",
    "newest_revision",
    "newest_words",
    "open_preview_link",
    "open_revision",
    "places_of",
    "publish",
    "put_back",
    "record",
    "remove_samples",
    "replace_picture",
    "require_create",
    "require_decide_review",
    "require_edit",
    "require_release",
    "require_take_off",
    "restore",
    "restore_from_trash",
    "sample_practice_values",
    "rests_on",
    "samples_present",
    "save_draft",
    "set_own_aside",
    "settle",
    "slug_follows_title",
    "slug_is_fixed",
    "slug_taken_by",
    "start_post",
    "tags_of",
    "stands_nowhere",
    "take_off",
    "undo_many",
    "unschedule",
]
