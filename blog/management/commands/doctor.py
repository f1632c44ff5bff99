"""``manage.py doctor``: whether the site is well, one plain line for each thing."""

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError, CommandParser

from blog import health


class Command(BaseCommand):
    """Look at everything that can quietly go wrong, and say what to do about it."""

    help = "Look at database, backups, disk, settings, address, certificate, e-mail and clock: one line each."
    # Django's own checks ask the database, and would end this command with a traceback just when it is needed.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Options of the command."""
        parser.add_argument("--send-test", metavar="ADDRESS", help="send a test mail there, too")

    def handle(self, *args, **options) -> None:
        """Print the lines; end with status 1 where something is wrong."""
        lines = health.look_here() + health.look_around()
        if options["send_test"]:
            lines.append(health.Line("Test mail", *send_test(options["send_test"])))
        for line in lines:
            self.stdout.write(f"{line.level:<6} {line.subject + ':':<14} {line.sentence}")
        wrong = sum(line.level == health.WRONG for line in lines)
        if wrong:
            raise CommandError(f"{'1 thing is' if wrong == 1 else f'{wrong} things are'} wrong, see above.")


def send_test(address: str) -> health.Finding:
    """Send a mail to the address."""
    if not settings.EMAIL_CONFIGURED:
        return health.Finding(health.WRONG, "Nothing was sent, because no e-mail is set up: set EMAIL_URL.")
    try:
        send_mail("A test from your blog", f"E-mail from {settings.SITE_URL} arrives.\n", None, [address])
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        return health.Finding(health.WRONG, f"It could not be sent to {address} ({reason}).")
    return health.Finding(health.OK, f"The mail server took it for {address}. See whether it arrives.")
