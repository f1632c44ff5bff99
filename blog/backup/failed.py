"""How a backup says that it could not be made, read or put back."""

import errno


class BackupFailed(Exception):
    """Something is not done. The text says to the operator what happened, what is safe, and what to do."""


class Damaged(BackupFailed):
    """The file is not a whole backup. The text says what is wrong with it."""


def size_in_words(size: int) -> str:
    """A number of bytes: «4.6 MB», «21.3 GB»."""
    return f"{size / 1000**3:.1f} GB" if size >= 1000**3 else f"{size / 1000**2:.1f} MB"


def reason(error: BaseException) -> str:
    """What stood in the way, in a few words on one line."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "no room is left there"
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(str(words).split()) or type(error).__name__
