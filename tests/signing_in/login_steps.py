"""Steps of logging in, as a person and an authenticator app take them."""

import time

import lxml.html
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from blog.models import AuditEntry
from blog.signing_in import second_factor

PASSWORD = "not a short one"
KEY = "3132333435363738393031323334353637383930"


def code(steps: int = 0, key: str = KEY) -> str:
    """What an app with this key shows, or showed ``steps`` half minutes later."""
    return f"{totp(bytes.fromhex(key), drift=steps):06d}"


def wrong_code() -> str:
    """A code that no app with the key shows around now."""
    right = {code(steps) for steps in range(-3, 4)}
    return next(one for number in range(10) if (one := f"{number:06d}") not in right)


def forget_last_code(user: User) -> None:
    """Half a minute later a new code is there; tests do not wait for it."""
    TOTPDevice.objects.filter(user=user).update(last_t=int(time.time() // 30) - 5)


def log_in(client: Client, name: str = "wilma", password: str = PASSWORD, **sent):
    """The answer to the first step."""
    return client.post("/admin/login/", {"username": name, "password": password, "next": "/admin/"} | sent)


def is_in(client: Client) -> bool:
    """Whether the staff side answers this browser."""
    return client.get("/admin/").status_code == 200


def with_an_app(user: User) -> list[str]:
    """Set the second step up with KEY; returns the recovery codes."""
    codes = second_factor.set_up(user, KEY, code(), timezone.now())
    forget_last_code(user)
    return codes


def said(answer) -> str:
    """A page's main text, in one line."""
    return " ".join(lxml.html.fromstring(answer.content.decode()).get_element_by_id("main").text_content().split())


def acts(person: User) -> list[str]:
    """What the audit trail says of this person's login, oldest first."""
    return list(AuditEntry.objects.filter(person=person).order_by("pk").values_list("act", flat=True))
