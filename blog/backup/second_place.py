"""A copy of a backup in another place."""

import hashlib
import shutil
from pathlib import Path

from .archive import CHUNK
from .failed import BackupFailed, reason, size_in_words
from .whole_file import from_the_disk, remove_leftovers, whole_file


def copy_to(folder: Path, backup: Path) -> bool:
    """Copy a backup into this folder under its own name, unless it is there in full length; read the copy back.

    Returns whether it was copied. Raises ``BackupFailed``; then nothing of the copy is left. The folder is not made:
    one inside a disk that is not mounted is not there, and that is how anybody notices.
    """
    copy = folder / backup.name
    if not folder.is_dir():
        raise BackupFailed(f"The folder {folder} is not there: look whether its disk is mounted.")
    try:
        size = backup.stat().st_size
        if copy.exists() and copy.stat().st_size == size:
            return False
        remove_leftovers(folder)
        if shutil.disk_usage(folder).free < size:
            raise BackupFailed(f"{folder} has no room for another {size_in_words(size)}.")
        copy.unlink(missing_ok=True)
        with whole_file(copy) as to, backup.open("rb") as source:
            digest = hashlib.sha256()
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                to.write(chunk)
            from_the_disk(to)
            to.seek(0)
            if hashlib.file_digest(to, "sha256").digest() != digest.digest():
                raise BackupFailed(f"What was read back from {folder} is not what was written: look at that disk.")
    except OSError as error:
        raise BackupFailed(f"{folder} cannot be used ({reason(error)}).") from error
    return True
