"""Patients' consents that end soon: managers are told once, while there is time to ask the patient."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from blog import outbox
from blog.clinic_time import full_date
from blog.models import Mail, PhotoConsent

AHEAD = timedelta(days=30)


def step(now: datetime) -> str:
    """Write to managers about each consent that ends within thirty days and has pictures; about none twice."""
    day = timezone.localdate(now)
    ending = PhotoConsent.objects.live(now).filter(expires_on__lte=day + AHEAD, images__isnull=False)
    told = sum(_tell(consent, now) for consent in ending.distinct().order_by("expires_on", "pk"))
    if told:
        return f"Managers are told of {'1 consent that ends' if told == 1 else f'{told} consents that end'} soon."
    return "No consent ends soon of which managers do not know yet."


@transaction.atomic
def _tell(consent: PhotoConsent, now: datetime) -> bool:
    # The subject has number and day: a consent whose last day was moved is told again when that comes near.
    subject = f"Consent {consent} ends {full_date(consent.expires_on)}"
    if Mail.objects.filter(subject=subject).exists():
        return False
    managers = User.objects.filter(groups__name="Manager", is_active=True).order_by("pk")
    pictures = consent.images.count()
    return bool(outbox.put(managers, subject, "consent_ends.txt", now=now, consent=consent, pictures=pictures))
