"""The second step of the login: codes from an authenticator app, and recovery codes for the day it is lost.

django-otp keeps and checks them. Recovery codes are stored as digests, so that nobody reads them out of a backup.
"""

import re
import secrets
import time
from datetime import datetime

import segno
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp import verify_token
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from blog.models import AuditEntry
from blog.publishing.access import Actor, NotAllowed, Operator, Refused
from blog.publishing.record import record

from .sessions import end_sessions

RECOVERY_CODES = 10
# Without letters and digits that are easily mistaken for one another.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 10


class WrongCode(Refused):
    """A code that does not fit."""


def has_second_factor(person: User) -> bool:
    """Whether this person has an authenticator app set up."""
    return TOTPDevice.objects.filter(user=person, confirmed=True).exists()


def recovery_codes_left(person: User) -> int:
    """How many recovery codes are not used up."""
    return StaticToken.objects.filter(device__user=person).count()


def app_address(person: User, key: str) -> str:
    """What an authenticator app reads from the picture."""
    return TOTPDevice(user=person, key=key).config_url


def picture(person: User, key: str) -> str:
    """The QR code as an address that holds the whole picture."""
    return segno.make(app_address(person, key), error="m").svg_data_uri(scale=5, border=4, light="#fff")


def check(person: User, typed: str) -> str:
    """What fits what was typed, «code» or «recovery code», which is used up by it; blank where nothing does."""
    typed = re.sub(r"[\s-]", "", typed).lower()
    if re.fullmatch(r"[0-9]{6}", typed, re.ASCII):
        kind, device, token = "code", TOTPDevice.objects.filter(user=person, confirmed=True).first(), typed
    else:
        kind, device, token = "recovery code", StaticDevice.objects.filter(user=person).first(), _digest(person, typed)
    fits = device is not None and verify_token(person, device.persistent_id, token) is not None
    return kind if fits else ""


def set_up(person: User, key: str, typed: str, now: datetime, *, may_replace: bool = True) -> list[str]:
    """Keep the app with this key, whose current code was typed, instead of any earlier one.

    Who has only typed a password may not replace one. Returns new recovery codes, which nobody can see again. Raises
    ``WrongCode``.
    """
    device = TOTPDevice(user=person, name="Authenticator app", key=key)
    code = re.sub(r"\s", "", typed)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time()
    if not (re.fullmatch(r"[0-9]{6}", code, re.ASCII) and totp.verify(int(code), device.tolerance)):
        raise WrongCode(
            "That code did not match. Codes change every 30 seconds: wait for the next one and type it again. "
            "If it never matches, look whether the clock of your phone is right."
        )
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        if not may_replace and has_second_factor(person):
            raise WrongCode("This login has a second step since a moment ago. Start again, and log in with its code.")
        TOTPDevice.objects.filter(user=person).delete()
        device.last_t, device.drift = totp.t(), totp.drift
        device.save()
        person.trusted_devices.all().delete()
        codes = _new_codes(person)
        record(person, AuditEntry.Act.SECOND_FACTOR_SET, at=now, about=person)
    return codes


def new_recovery_codes(person: User, now: datetime) -> list[str]:
    """Ten new recovery codes instead of all earlier ones; nobody can see them again."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        record(person, AuditEntry.Act.RECOVERY_CODES_MADE, at=now, about=person)
        return _new_codes(person)


def turn_off(person: User, now: datetime) -> None:
    """Take the second step away from one's own login."""
    with transaction.atomic():
        _forget(person)
        record(person, AuditEntry.Act.SECOND_FACTOR_RESET, at=now, about=person)


def may_reset(actor: Actor, person: User) -> bool:
    """Whether the actor may take away this person's second step: who keeps logins may, but not upwards, nor the own."""
    if isinstance(actor, Operator):
        return True
    if actor.pk == person.pk or not (actor.is_active and actor.has_perm("auth.change_user")):
        return False
    return actor.is_superuser or not person.is_superuser


def reset(actor: Actor, person: User, now: datetime) -> None:
    """Take away the second step of somebody who is locked out: codes, trusted browsers and open sessions end.

    The password stays, and the next login sets a new second step up. Raises ``NotAllowed``.
    """
    if not may_reset(actor, person):
        raise NotAllowed(
            "Your login may not reset this second step. Your own is on your account page; one of a login that may do "
            "everything is reset by another such login."
        )
    with transaction.atomic():
        _forget(person)
        end_sessions(person)
        record(actor, AuditEntry.Act.SECOND_FACTOR_RESET, at=now, about=person)


def _forget(person: User) -> None:
    TOTPDevice.objects.filter(user=person).delete()
    StaticDevice.objects.filter(user=person).delete()
    person.trusted_devices.all().delete()


def _new_codes(person: User) -> list[str]:
    StaticDevice.objects.filter(user=person).delete()
    device = StaticDevice.objects.create(user=person, name="Recovery codes")
    codes = ["".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(person, code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(person: User, code: str) -> str:
    return salted_hmac(f"recovery-code:{person.pk}", code, algorithm="sha256").hexdigest()[:16]
