"""Writing into the folder of everything the site keeps."""

import os
from pathlib import Path

from django.core.management.base import CommandError


def cannot_write(folder: Path, error: OSError) -> str:
    """The sentence for a folder that cannot be used."""
    return (
        f"The folder {folder} cannot be written to ({error.strerror}). "
        "Make it writable for this user, or set VAR_DIR to another folder."
    )


def require_writable(folder: Path) -> None:
    """Raise ``CommandError`` unless files can be made in the folder, which is made if it is missing."""
    probe = folder / f".writable.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CommandError(cannot_write(folder, error)) from None


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
