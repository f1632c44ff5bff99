"""A backup each day, a copy of it in another place, and the end of those that have served their time."""

import logging
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from blog.backup import BackupFailed, copy_to, daily_ones, file_name, make, superfluous

from .not_done import NotDone

logger = logging.getLogger(__name__)


def step(now: datetime) -> str:
    """Make today's backup, unless it is made, copy it, and delete what is not kept. Raises ``NotDone``."""
    folder = settings.BACKUP_DIR
    if folder is None:
        return "No folder for backups is set (BACKUP_DIR), so none was made."
    said, troubles = [], []
    try:
        name = _made_today(folder, now)
        if name:
            said.append(f"Today's is made already ({name}).")
        else:
            made = make(folder / file_name(now, daily=True), now, logger.info)
            name = made.path.name
            said.append(f"{name} is made.")
            if made.lost:
                troubles.append(f"This site has lost files of pictures: {len(made.lost)}.")
    except BackupFailed as error:
        raise NotDone(str(error)) from error
    for place in filter(None, (folder, settings.BACKUP_COPY_TO)):
        try:
            if place != folder and copy_to(place, folder / name):
                said.append(f"It is copied to {place}.")
            _clear(place, name)
        except BackupFailed as error:
            troubles.append(f"It is not copied: {error}")
        except OSError as error:
            troubles.append(f"Old ones in {place} could not be deleted ({error.strerror}).")
    if troubles:
        raise NotDone(" ".join(said + troubles))
    return " ".join(said)


def _made_today(folder: Path, now: datetime) -> str | None:
    if not folder.is_dir():
        return None
    found = daily_ones(file.name for file in folder.iterdir())
    today = timezone.localdate(now)
    return next((name for name, moment in found.items() if timezone.localdate(moment) == today), None)


def _clear(folder: Path, newest: str) -> None:
    for name in superfluous([file.name for file in folder.iterdir()], timezone.get_default_timezone()):
        if name != newest:  # though a clock went wrong
            (folder / name).unlink(missing_ok=True)
