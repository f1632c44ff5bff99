"""``manage.py orphan_files``: which files of pictures are missing, and which belong to none."""

from datetime import datetime

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from blog import orphan_files
from blog.backup.picture_names import FOLDERS


class Command(BaseCommand):
    """List them, and change nothing unless asked to."""

    help = (
        "List files of pictures that are missing, and files that belong to no picture and were left alone for a day. "
        "The daily work removes the latter, unless there are so many that this may be the wrong database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Options of the command."""
        parser.add_argument(
            "--remove", action="store_true", help="remove those that belong to no picture, however many"
        )

    def handle(self, *args, **options) -> None:
        """Print a line for each, and what was or can be done. Raises ``CommandError`` with a sentence."""
        try:
            self._look(timezone.now(), remove=options["remove"])
        except DatabaseError as error:
            reason = " ".join(str(error).split())
            raise CommandError(f"The database cannot be used ({reason}). Look at DATABASE_URL.") from None

    def _look(self, now: datetime, *, remove: bool) -> None:
        found = orphan_files.look(now)
        nobodys = found.orphans + found.unfinished
        # Named as they lie in a backup, out of which an operator takes them.
        for (storage, name), pk in found.missing:
            self.stdout.write(f"missing: {FOLDERS[storage]}/{name}, of picture {pk}")
        for storage, name in nobodys:
            self.stdout.write(f"of no picture: {FOLDERS[storage]}/{name}")
        if found.missing:
            self.stdout.write("What is missing comes back from a backup; see docs/operations.md.")
        if remove:
            self.stdout.write(f"{orphan_files.remove(nobodys, now)} removed.")
        elif nobodys:
            self.stdout.write("If this is the right database, --remove removes the files that belong to no picture.")
        if not found.missing and not nobodys:
            self.stdout.write("Every picture has its files, and every file its picture.")
