"""Ending what is open elsewhere."""

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone


def end_sessions(user: User, *, keep: str | None = None) -> int:
    """End every session of this person but the one with the key ``keep``. Returns how many.

    Sessions say inside whose they are, so all open ones are looked through: some dozens, on rare occasions.
    """
    ended = 0
    for session in Session.objects.filter(expire_date__gte=timezone.now()).exclude(session_key=keep):
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
            ended += 1
    return ended
