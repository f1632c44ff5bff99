"""Mails that wait for the mail server."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from blog import outbox

from .not_done import NotDone


def step(now: datetime) -> str:
    """Send what waits, as far as its next try is due. Raises ``NotDone`` where the mail server took none of it."""
    if not settings.EMAIL_CONFIGURED:
        return "E-mail is not set up here, so there is none to send."
    went = 0
    while sent := outbox.send_due():
        went += sent
    stands = outbox.standing(timezone.now())
    sent_words = "1 mail was sent." if went == 1 else f"{went} mails were sent."
    if not stands.waiting:
        return sent_words
    waits = "1 mail waits" if stands.waiting == 1 else f"{stands.waiting} mails wait"
    words = f"{sent_words} {waits} for the next try. The mail server said last: {stands.trouble or 'nothing'}"
    if went:
        return words
    raise NotDone(words)
