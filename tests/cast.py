"""People and moments that tests share."""

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import Group, User
from django.utils.text import slugify

from blog.models import Author

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


def clinician(user: User, name: str = "", **values) -> Author:
    """Give a login the author record with which it signs: a physician's, unless said."""
    name = name or f"{user.username.title()} Moss"
    details = {"credentials": "MD", "license_type": "MD", "license_state": "Alaska", "is_medical_reviewer": True}
    return Author.objects.create(name=name, slug=slugify(name), user=user, **(details | values))
