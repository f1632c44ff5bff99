"""Files of pictures that have to go and that a killed process, or a storage that failed, left behind."""

from datetime import datetime

from blog.picture_files import finish_deletions, waiting

from .not_done import NotDone


def step(now: datetime) -> str:
    """Remove what is left. Raises ``NotDone`` where the storage does not let go of one."""
    done = finish_deletions()
    left = waiting()
    if left.count:
        raise NotDone(f"{left.count} of them could not be deleted: {left.trouble}")
    return f"{done} were deleted." if done else "None was left behind."
