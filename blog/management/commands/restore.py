"""``manage.py restore``: a backup into an empty installation, of either kind of database."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection
from django.utils import timezone

from blog import backup
from blog.management.commands.migrate import alone
from blog.management.var_folder import require_writable
from blog.models import PhotoConsent


class Command(BaseCommand):
    """Read a backup through, then put it into this installation, which must be empty; or change nothing."""

    help = (
        "Put a backup into an empty installation, on SQLite or PostgreSQL whichever it came from. The whole file is "
        "looked at first. What cannot be restored wholly changes nothing."
    )
    # Django's own checks ask the database, which may not be there yet.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Options of the command."""
        parser.add_argument("file", type=Path, help="a file that manage.py backup or daily made")
        parser.add_argument(
            "--verify", action="store_true", help="only read it through and say what is in it; needs no database"
        )

    def handle(self, *args, **options) -> None:
        """Say what is in it and what was done. Raises ``CommandError`` with a sentence."""
        try:
            if options["verify"]:
                self.stdout.write(backup.in_words(backup.verify(options["file"])))
                return
            self._restore(options["file"])
        except backup.BackupFailed as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            reason = " ".join(str(error).split())
            raise CommandError(f"The database cannot be used ({reason}). Look at DATABASE_URL.") from None

    def _restore(self, file: Path) -> None:
        require_writable(settings.VAR_DIR)
        connection.ensure_connection()
        with alone(DEFAULT_DB_ALIAS, self.stdout.write):
            backup.load(file, self.stdout.write)
        # From the backup's release to this one; and what Django adds after migrations.
        call_command("migrate", verbosity=0, interactive=False)
        now = timezone.now()
        backup.finish(now, self.stdout.write)
        self.stdout.write("Everything is restored. Everybody signs in again.")
        pictured = PhotoConsent.objects.live(now).filter(images__isnull=False).distinct()
        if numbers := ", ".join(pictured.values_list("reference", flat=True)):
            self.stdout.write(
                f"These consents hold as they did then: {numbers}. Before readers come in, revoke those again that "
                "patients have revoked since."
            )
