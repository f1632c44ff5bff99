"""Where pictures are kept: files that appear whole, under names made from their content."""

import os
import secrets
from datetime import datetime
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Files on this machine's disk. A name is there with all its bytes, or not at all, whenever the power goes.

    Names are made from content, so saving one again replaces it by the same bytes, and no other name is invented.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself."""
        return name

    def _save(self, name: str, content: File) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = _beside(path)
        try:
            with draft.open("xb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            if self.file_permissions_mode is not None:
                draft.chmod(self.file_permissions_mode)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return name

    def names(self) -> set[str]:
        """Every file in the folder itself, unfinished ones too."""
        try:
            with os.scandir(self.location) as found:
                return {one.name for one in found if one.is_file(follow_symlinks=False)}
        except FileNotFoundError:
            return set()

    def touch(self, name: str) -> bool:
        """Say that a file is needed from now on, so that nobody takes it for left over. False where it is not there."""
        try:
            os.utime(self.path(name))
        except OSError:
            return False
        return True

    def untouched_since(self, name: str, moment: datetime) -> bool:
        """Whether the file is there and nobody has written, touched, moved or restored it since ``moment``."""
        try:
            return _last_touched(os.stat(self.path(name))) < moment.timestamp()
        except FileNotFoundError:
            return False

    def remove_untouched(self, name: str, moment: datetime) -> bool:
        """Remove a file unless it was touched since ``moment``, however shortly ago. Returns whether it is gone.

        It leaves its name first: who touches it before that is seen, who would afterwards finds no file and writes it.
        """
        path = Path(self.path(name))
        aside = _beside(path)
        try:
            before = path.stat()
            if _last_touched(before) >= moment.timestamp():
                return False
            path.rename(aside)
        except FileNotFoundError:
            return False
        if aside.stat().st_mtime_ns != before.st_mtime_ns:
            aside.rename(path)
            return False
        aside.unlink()
        return True


def _beside(path: Path) -> Path:
    """A new name next to a file, for what is not finished: a dot, the file's own name, and what chance gives."""
    name = path.name if not path.name.startswith(".") else path.name[1:].rpartition(".")[0]
    return path.with_name(f".{name}.{secrets.token_hex(8)}")


def _last_touched(status: os.stat_result) -> float:
    """When a file was last written or touched, in seconds. A copy that kept the old time was still made later."""
    return max(status.st_mtime, status.st_ctime)
