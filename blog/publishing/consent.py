"""Patients' consents: written down, corrected, revoked; and what stands in the way of showing a picture."""

from datetime import date, datetime

from django.db import IntegrityError
from django.utils import timezone

from blog.clinic_time import full_date
from blog.imaging.refused import PictureRefused
from blog.models import AuditEntry, FileDeletion, Image, PhotoConsent, public_write
from blog.models.consent import only_a_number
from blog.picture_files import finish_after_commit, keep_words
from blog.search_index import index_picture

from .access import Actor, NotAllowed, Refused, person
from .record import record

PATIENT = Image.Depicts.PATIENT


def may_revoke(actor: Actor) -> bool:
    """Whether the actor may write down that a patient revoked a consent: everybody with a role may."""
    return actor.is_active and actor.has_perm("blog.revoke_photoconsent")


def require_revoke(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may write down that a patient revoked a consent."""
    if not may_revoke(actor):
        raise NotAllowed("Your login may not end a consent. Ask a colleague who writes here to do it now.")


def next_reference(now: datetime) -> str:
    """The next free number of this year: C-2026-014."""
    start = f"C-{timezone.localdate(now).year}-"
    taken = PhotoConsent.objects.filter(reference__startswith=start).values_list("reference", flat=True)
    return f"{start}{max((int(one.removeprefix(start)) for one in taken), default=0) + 1:03}"


def record_consent(
    actor: Actor,
    *,
    reference: str,
    scope: str,
    signed_on: date,
    expires_on: date | None = None,
    now: datetime | None = None,
) -> PhotoConsent:
    """Write down that a patient signed. The same number with the same facts once more is the same consent.

    Raises ``NotAllowed``, or ``Refused`` where the number or the days cannot be.
    """
    if not (actor.is_active and actor.has_perm("blog.add_photoconsent")):
        raise NotAllowed("Your login may not write consents down. Ask for the Writer role.")
    now = now or timezone.now()
    facts = {"scope": scope, "signed_on": signed_on, "expires_on": expires_on}
    _refuse_days(signed_on, expires_on, now)
    if not only_a_number.regex.search(reference):
        raise Refused(str(only_a_number.message))
    known = PhotoConsent.objects.filter(reference=reference).first()
    if known is not None:
        if known.is_live(now) and {name: getattr(known, name) for name in facts} == facts:
            return known
        raise Refused(f"{reference} stands here already. Choose it from the list, or write another number.")
    try:
        with public_write():
            consent = PhotoConsent.objects.create(reference=reference, **facts)
            record(actor, AuditEntry.Act.CONSENT_RECORDED, at=now, reason=in_the_record(consent))
    except IntegrityError as error:
        raise Refused(f"A colleague just wrote {reference} down. Choose it, or take the next number.") from error
    return consent


def change_consent(
    actor: Actor,
    consent: PhotoConsent,
    *,
    scope: str,
    signed_on: date,
    expires_on: date | None = None,
    now: datetime | None = None,
) -> None:
    """Correct where and how long it holds; readers notice at once. What is revoked stays revoked.

    Raises ``NotAllowed``, or ``Refused``.
    """
    if not (actor.is_active and actor.has_perm("blog.change_photoconsent")):
        raise NotAllowed("Your login may not change consents. Ask an editor to do it.")
    with public_write():
        held = PhotoConsent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
        now = now or timezone.now()
        if held.revoked_at is not None:
            raise Refused("This consent was revoked, and stays as it is. If the patient signed again, write that down.")
        _refuse_days(signed_on, expires_on, now)
        held.scope, held.signed_on, held.expires_on = scope, signed_on, expires_on
        held.save()
        record(actor, AuditEntry.Act.RECORD_CHANGED, at=now, reason=in_the_record(held))


def revoke(actor: Actor, consent: PhotoConsent, now: datetime | None = None) -> None:
    """End a consent for good, at this moment: from the end of this transaction on no page shows its pictures.

    Their files, originals too, are written down to go in the same transaction and go right after it; where the process
    ends before that, the next one does it. The pictures' rows stay, to show what was. Raises ``NotAllowed``, or
    ``Refused`` where it was revoked before.
    """
    require_revoke(actor)
    with public_write():
        held = PhotoConsent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
        now = now or timezone.now()
        if held.revoked_at is not None:
            raise Refused("This consent was revoked already. Its pictures are gone.")
        images = list(Image.objects.select_for_update(of=("self",)).filter(consent=held).order_by("pk"))
        for image in images:
            FileDeletion.objects.ask(image.files())
        Image.objects.filter(pk__in=[image.pk for image in images]).update(renditions=[])
        held.revoked_at, held.revoked_by = now, person(actor)
        held.save()
        numbers = ", ".join(str(image.pk) for image in images)
        pictures = f"; pictures {numbers}" if numbers else ""
        record(actor, AuditEntry.Act.CONSENT_REVOKED, at=now, takes_effect_at=now, reason=f"{held.reference}{pictures}")
        finish_after_commit()


def say_of_picture(actor: Actor, image: Image, words: dict[str, object], now: datetime | None = None) -> None:
    """Keep what is said of a picture of the library: columns of ``Image`` by name.

    That it shows a patient, or none any more, is written down, moves its files, and takes what stands under it out of
    readers' search. That a patient's picture shows none opens it to everybody, so it takes the right over consents.
    Raises ``NotAllowed`` without that, ``Refused`` where it cannot be said.
    """
    now = now or timezone.now()
    stored = Image.objects.select_related("consent").filter(pk=image.pk).first()
    was = stored is not None and stored.depicts == PATIENT
    consent = words.get("consent", stored and stored.consent)
    will_be = words.get("depicts", stored and stored.depicts) == PATIENT
    if was and not will_be and not actor.has_perm("blog.change_photoconsent"):
        raise NotAllowed("This picture is kept as a patient’s. Ask an editor to say that it shows no patient.")

    def write_down() -> None:
        if was != will_be:
            index_picture(image, now)
        if was != will_be or (will_be and consent != stored.consent):
            said = f"a patient, consent {consent}" if will_be else "no patient"
            record(actor, AuditEntry.Act.RECORD_CHANGED, at=now, reason=f"Picture {image.pk}: {said}")

    try:
        keep_words(image, words, then=write_down)
    except PictureRefused as error:
        raise Refused(str(error)) from error


def in_the_record(consent: PhotoConsent) -> str:
    """A consent in one line: its number, since when, until when."""
    ends = f", until {full_date(consent.expires_on)}" if consent.expires_on else ""
    return f"{consent.reference}, signed {full_date(consent.signed_on)}{ends}"


def _refuse_days(signed_on: date, expires_on: date | None, now: datetime) -> None:
    if signed_on > timezone.localdate(now):
        raise Refused("The day of signing lies ahead. Write the day on which the patient signed.")
    if expires_on is not None and expires_on < signed_on:
        raise Refused("The last day is before the day of signing. Look at both.")
