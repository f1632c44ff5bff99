"""``manage.py daily``: the work that is done once a day."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from blog import daily


class Command(BaseCommand):
    """Do every step of the daily work, whatever became of the one before, and say a line for each."""

    help = (
        "Mails about reviews that are due, old drafts in the trash, mails that wait: one line each. "
        "May run any number of times a day, and after days on which it did not. Ends with status 1 where a step failed."
    )
    # Django's own checks ask the database, and would end this command with a traceback where that is away.
    requires_system_checks = []

    def handle(self, *args, **options) -> None:
        """Print the lines. Raises ``CommandError`` where a step failed."""
        outcomes = daily.run(timezone.now())
        for outcome in outcomes:
            self.stdout.write(f"{'ok' if outcome.went_well else 'wrong':<6} {outcome.step + ':':<16} {outcome.words}")
        wrong = sum(not outcome.went_well for outcome in outcomes)
        if wrong:
            raise CommandError(f"{'1 step' if wrong == 1 else f'{wrong} steps'} failed, see above.")
