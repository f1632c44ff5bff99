"""Where gunicorn notes that an article was read: a file a day in COUNTS_DIR, counted by ``manage.py daily``."""

import logging
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from blog.read_lines import file_name, line, noted, remove_old

logger = logging.getLogger(__name__)

# No blog of a clinic is read two million times a day; whoever asks so often wants the disk full.
LARGEST = 64 * 1024 * 1024
# Seconds until the next try after a write that failed: a disk that is full must not fill a log as well.
PAUSE = 60


class ReadsFile:
    """Adds lines to the file of the day. Any number of processes may write to the same folder at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._name, self._file, self._next_try = "", -1, 0.0

    def note(self, environ: Mapping[str, object], status: int | None) -> None:
        """Add a line if this answer counts. Never raises: what cannot be written is not counted."""
        found = noted(environ, status)
        if found is None:
            return
        now = time.time()
        with self._lock:
            if now < self._next_try:
                return
            try:
                self._open(now)
                if os.fstat(self._file).st_size < LARGEST:
                    # In one piece, so that lines of several processes never mix.
                    os.write(self._file, line(now, *found))
            except OSError as error:
                self._close()
                self._next_try = now + PAUSE
                logger.warning("For a minute no reader is counted, because a line could not be written: %s", error)

    def _open(self, now: float) -> None:
        name = file_name(now)
        if name == self._name:
            return
        self._close()
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_old(self.folder, now)
        self._file = os.open(self.folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._name = name

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._name, self._file = "", -1
