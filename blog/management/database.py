"""Opening the database for a command that prepares the site."""

import os
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connections

from blog.picture_files import finish_deletions

LOOK_AGAIN_SECONDS = 0.5


def bring_up_to_date(wait_seconds: float = 0) -> None:
    """Migrate the database, and remove files of pictures that have to go and that an interrupted act left.

    Raises ``CommandError`` where the database has not answered within ``wait_seconds``.
    """
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            connections["default"].ensure_connection()
            break
        except DatabaseError as error:
            if time.monotonic() < deadline:
                time.sleep(LOOK_AGAIN_SECONDS)
                continue
            reason = str(error).strip().partition("\n")[0]
            where = "DATABASE_URL" if os.environ.get("DATABASE_URL") else str(settings.DATABASES["default"]["NAME"])
            raise CommandError(f"The database cannot be opened ({reason}). Look at {where}.") from None
    call_command("migrate", verbosity=0, interactive=False)
    finish_deletions()
