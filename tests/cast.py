"""People and moments that tests share."""

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import Group, User

NOON = datetime(2026, 6, 15, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def person(name: str, *roles: str) -> User:
    """A member of staff in these roles."""
    user = User.objects.create_user(name, password="not a short one", is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    assert user.groups.count() == len(roles)
    return user
