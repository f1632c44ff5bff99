"""``manage.py prepare``: what a server does once for each release, before the site serves it."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser

from blog.management.database import bring_up_to_date
from blog.management.var_folder import require_writable


class Command(BaseCommand):
    """Bring this site's state to the release at hand. Safe to run again, and by several containers at once."""

    help = (
        "Bring the database to this release and look whether pictures can be stored; "
        "safe to run again, and in several containers at once. Loads no samples and makes no login."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Options of the command."""
        parser.add_argument(
            "--wait", type=float, default=60, metavar="SECONDS", help="how long a database may take to answer (60)"
        )

    def handle(self, *args, **options) -> None:
        """Take the steps, then say what is next. Raises ``CommandError`` where one cannot be taken."""
        require_writable(settings.VAR_DIR)
        require_writable(settings.PRIVATE_ROOT)
        bring_up_to_date(options["wait"])
        self.stdout.write("The database is ready for this release.")
        if not get_user_model().objects.filter(is_active=True, is_staff=True).exists():
            self.stdout.write(
                "Nobody can sign in yet. Make the first login; the answer is a link that sets its password:\n"
                '  docker compose run --rm web python manage.py invite --everything --name "Your Name"'
            )
