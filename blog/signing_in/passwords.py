"""What a new password ends."""

from datetime import datetime

from django.contrib.auth.models import User

from blog.models import AuditEntry
from blog.publishing.access import Actor
from blog.publishing.record import record

from .sessions import end_sessions


def changed(actor: Actor, person: User, now: datetime, *, keep: str | None = None) -> None:
    """After a password was changed: no browser is trusted any more, and no session but ``keep`` stays open."""
    person.trusted_devices.all().delete()
    end_sessions(person, keep=keep)
    record(actor, AuditEntry.Act.PASSWORD_CHANGED, at=now, about=person)
