"""Files that appear whole under their name, or not at all."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_PART = ".part"


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A new file that only this user can read, which gets its name once the block has ended well and it is on the disk.

    Its bytes lie under a name with a leading dot until then; an error removes them, and what a killed process left is
    removed by ``remove_leftovers``. Raises ``FileExistsError`` where the name is taken.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_PART}")
    with open(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        try:
            _lock(file)
            yield file
            file.flush()
            os.fsync(file.fileno())
            if path.exists():
                raise FileExistsError(17, "A file of that name is there already", str(path))
            draft.rename(path)
            _keep_names(path.parent)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes left unfinished; what somebody is still writing stays."""
    for draft in folder.glob(f".blog-*{_PART}"):
        with contextlib.suppress(OSError), draft.open("r+b") as file:
            if _lock(file):
                draft.unlink(missing_ok=True)


def _lock(file: BinaryIO) -> bool:
    """Hold the file as long as it is open, which a killed process does not; whether it was free."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held, or a network disk without locks
        return False
    return True


def _keep_names(folder: Path) -> None:
    with contextlib.suppress(OSError):  # some network disks do not know this
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def from_the_disk(file: BinaryIO) -> None:
    """Put everything on the disk, and let what is read next come from there, where the system knows how."""
    file.flush()
    os.fsync(file.fileno())
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
