"""Browsers that may skip the second step for 30 days."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from blog.models import AuditEntry, TrustedDevice
from blog.publishing.record import record

TRUSTED_FOR = timedelta(days=30)
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)


def trust(request: HttpRequest, response: HttpResponse, person: User, now: datetime) -> TrustedDevice:
    """Trust this browser for this person, by a secret in a cookie that no script can read."""
    person.trusted_devices.filter(expires_at__lte=now).delete()
    secret = secrets.token_urlsafe(32)
    response.set_cookie(
        _cookie(person),
        secret,
        max_age=TRUSTED_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    browser = browser_name(request.headers.get("User-Agent", ""))
    record(person, AuditEntry.Act.DEVICE_TRUSTED, at=now, about=person, reason=browser)
    return TrustedDevice.objects.create(
        person=person,
        digest=_digest(secret),
        browser=browser,
        made_at=now,
        expires_at=now + TRUSTED_FOR,
    )


def is_trusted(request: HttpRequest, person: User, now: datetime) -> bool:
    """Whether this person trusted this browser, less than 30 days ago."""
    secret = request.COOKIES.get(_cookie(person), "")
    return bool(secret) and person.trusted_devices.filter(digest=_digest(secret), expires_at__gt=now).exists()


def browser_name(user_agent: str) -> str:
    """A browser as people call it: «Chrome on Windows»."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if re.search(rf"\b{mark}", user_agent)), "")
    return f"{browser} on {system}" if system else browser


def _cookie(person: User) -> str:
    return f"{settings.TRUSTED_DEVICE_COOKIE}{person.pk}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
