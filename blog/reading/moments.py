"""When what readers see changes next although nobody writes: the moments that a kept page must not outlive."""

from datetime import date, datetime, time

from django.db.models import Min, Q
from django.utils import timezone

from blog.models import FAR_FUTURE, MedicalReview, Publication
from blog.patients import next_consent_end

from .snapshot import current_stamp

_known: tuple[int, datetime, datetime] | None = None


def next_moment(now: datetime) -> datetime:
    """The first moment after ``now`` at which any public page may change by itself; FAR_FUTURE where none is known.

    That is when a publication begins or ends, when a consent for pictures ends (whether a page shows any under it or
    not), and the day on which a signature is due. Asked once for each change stamp and stretch of time; no query where
    that holds.
    """
    global _known
    stamp, known = current_stamp(), _known
    if known is None or known[0] != stamp or not known[1] <= now < known[2]:
        known = _known = (stamp, now, _ask(now))
    return known[2]


def _ask(now: datetime) -> datetime:
    publications = Publication.objects.order_by().aggregate(
        begins=Min("live_from", filter=Q(live_from__gt=now)), ends=Min("live_until", filter=Q(live_until__gt=now))
    )
    due = MedicalReview.objects.standing().filter(due_on__gt=timezone.localdate(now)).order_by("due_on")
    day = due.values_list("due_on", flat=True).first()
    moments = [*publications.values(), next_consent_end(now), _midnight(day) if day else None]
    return min((moment for moment in moments if moment is not None), default=FAR_FUTURE)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def forget_moments() -> None:
    """Drop the in-process copy; for tests, whose databases come and go under one process."""
    global _known
    _known = None
