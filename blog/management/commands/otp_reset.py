"""``manage.py otp_reset``: a way back in for somebody who lost the phone and the recovery codes."""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from blog.publishing import Operator
from blog.signing_in import second_factor


class Command(BaseCommand):
    """Take away a login's second step, its trusted browsers and its open sessions."""

    help = (
        "Reset the second step of a login whose person is locked out. The password stays; at the next login the person "
        "sets up a new second step. Make sure that it is really they who ask."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The login."""
        parser.add_argument("username", help="what the person logs in with")

    def handle(self, *args, **options) -> None:
        """Reset it, and say what happens next."""
        person = User.objects.filter(username__iexact=options["username"].strip()).first()
        if person is None:
            raise CommandError(f"There is no login “{options['username']}”.")
        had = second_factor.has_second_factor(person)
        second_factor.reset(Operator(), person, timezone.now())
        what = "is reset" if had else "was not set up; open sessions and trusted browsers are ended all the same"
        self.stdout.write(
            f"The second step of “{person.username}” {what}. The password stays as it is; "
            "the next login leads to a new second step where one is required."
        )
