"""``manage.py backup``: one file with everything that must not be lost."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from blog.backup import BackupFailed, file_name, make
from blog.backup.failed import size_in_words


class Command(BaseCommand):
    """Make a backup of the database and of every picture while the site goes on, and read it back."""

    help = (
        "Write the database and all pictures into one file, and read it back. People can go on writing. The file is as "
        "private as the database; only this user can read it. It stays until you delete it."
    )
    # Django's own checks ask the database, and would end this command with a traceback where that is away.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Options of the command."""
        parser.add_argument("--to", metavar="FOLDER", type=Path, help="where to; else BACKUP_DIR")

    def handle(self, *args, **options) -> None:
        """Say how far it is, and the file's name. Raises ``CommandError`` where there is none, or a picture is lost."""
        folder = options["to"] or settings.BACKUP_DIR
        if folder is None:
            raise CommandError("Say where to: set BACKUP_DIR, or add --to FOLDER.")
        now = timezone.now()
        try:
            made = make(folder.absolute() / file_name(now), now, self.stdout.write)
        except BackupFailed as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{made.path} ({size_in_words(made.size)})")
        if made.lost:
            some = ", ".join(name.removeprefix("files/") for name in made.lost[:3])
            more = " and others" if len(made.lost) > 3 else ""
            raise CommandError(
                f"The backup is made, but without files of pictures that this site has lost ({len(made.lost)}): "
                f"{some}{more}. An earlier backup may have them."
            )
