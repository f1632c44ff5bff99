"""What readers may see of patients at a moment, and until when: asked at each request, and kept by nobody."""

from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from blog.models import Image, PhotoConsent, Publication


def patient_file(pk: int, name: str, now: datetime) -> Image | None:
    """The patient's picture that has this file, where readers may see it at ``now``; one query.

    That is: the consent holds, nothing replaced it, and an article that is live shows it.
    """
    # Two conditions on one publication, and none through a working copy: what was published says what it shows.
    shown = Publication.objects.live(now).order_by().filter(revision__images=OuterRef("pk"))
    found = Image.objects.select_related("consent").filter(pk=pk, replaced_by__isnull=True, depicts="patient")
    image = found.filter(Exists(shown)).first()
    if image is None or not image.may_be_shown(now):
        return None
    return image if any(one["name"] == name for one in image.renditions) else None


def next_consent_end(now: datetime) -> datetime | None:
    """When a consent next ends: a page built before may say too much then. None where none does. One query.

    Whether a page shows anything under it is not asked, because what pages show of a text stands with its revision,
    which readers' pages never touch; making a few pages anew for nothing costs less.
    """
    ending = PhotoConsent.objects.live(now).filter(expires_on__isnull=False).order_by("expires_on")
    last_day = ending.values_list("expires_on", flat=True).first()
    if last_day is None:
        return None
    return timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time.min))
