"""``manage.py send_mail``: send the mails that wait."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from blog import outbox


class Command(BaseCommand):
    """Send the mails that wait for the mail server, as far as their next try is due."""

    help = (
        "Send the mails that wait for the mail server, as far as their next try is due. May run as often as you like."
    )

    def handle(self, *args, **options) -> None:
        """Send, and say in one line each what went and what waits."""
        if not settings.EMAIL_CONFIGURED:
            self.stdout.write("E-mail is not set up here (EMAIL_URL), so there is nothing to send.")
            return
        went = outbox.send_due()
        self.stdout.write("1 mail is sent." if went == 1 else f"{went} mails are sent.")
        stands = outbox.standing(timezone.now())
        if stands.waiting:
            waiting = "1 mail waits" if stands.waiting == 1 else f"{stands.waiting} mails wait"
            self.stdout.write(f"{waiting} for the next try. The mail server said last: {stands.trouble or 'nothing'}")
