"""Moments in the clinic's own words and clock: what staff read, and what they type.

Floor 0: knows settings for the zone and its name, no model. Phrases stand in the middle of a sentence («today» is
small); a template that begins with one says ``capfirst``.
"""

from calendar import monthrange
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

_NEAR = timedelta(days=6)


class NoSuchTime(ValueError):
    """A date and time that the clinic's clock skips or shows twice; its text says what to choose instead."""


def zone_label() -> str:
    """How staff call the clinic's time: «Alaska time»."""
    return settings.TIME_ZONE_LABEL


def clock(moment: datetime) -> str:
    """The time of day at the clinic: «9:00 am»."""
    local = timezone.localtime(moment)
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def day(moment: datetime, now: datetime) -> str:
    """The day at the clinic: «June 2», with the year when it is not this one."""
    local, here = timezone.localtime(moment), timezone.localtime(now)
    return f"{local:%B} {local.day}" if local.year == here.year else full_day(moment)


def full_day(moment: datetime) -> str:
    """The day at the clinic with its year: «November 24, 2026»."""
    local = timezone.localtime(moment)
    return f"{local:%B} {local.day}, {local.year}"


def full_moment(moment: datetime) -> str:
    """Day, year and time at the clinic: «November 24, 2026, 9:00 am»."""
    return f"{full_day(moment)}, {clock(moment)}"


def full_date(on: date) -> str:
    """A day of the clinic's calendar with its year: «November 24, 2026»."""
    return f"{on:%B} {on.day}, {on.year}"


def machine_time(moment: datetime) -> str:
    """The moment for machines, on the clinic's clock: «2026-11-24T09:00:00-09:00» (ISO 8601, RFC 3339)."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


def today(now: datetime) -> str:
    """The clinic's present day: «Monday, November 23»."""
    local = timezone.localtime(now)
    return f"{local:%A, %B} {local.day}"


def spoken(moment: datetime, now: datetime, *, zone: bool = True) -> str:
    """Day and time in words, for a sentence: «today 10:42 am», «Tuesday 9:00 am», «December 1, 9:00 am».

    The weekday alone names a day less than a week away, before or after; other days have their date, and the year
    when it is not this one. ``zone`` adds «, Alaska time»: leave it out only where a heading has said it.
    """
    local, here = timezone.localtime(moment), timezone.localtime(now)
    away = abs(local.date() - here.date())
    if not away:
        words = f"today {clock(moment)}"
    elif away <= _NEAR:
        words = f"{local:%A} {clock(moment)}"
    else:
        words = f"{day(moment, now)}, {clock(moment)}"
    return f"{words}, {zone_label()}" if zone else words


def short(moment: datetime, now: datetime) -> str:
    """Day and time for a column of a list: «Tue 9:00 am», «Dec 1, 9:00 am»."""
    local, here = timezone.localtime(moment), timezone.localtime(now)
    away = abs(local.date() - here.date())
    if not away:
        return f"today {clock(moment)}"
    if away <= _NEAR:
        return f"{local:%a} {clock(moment)}"
    year = f", {local.year}" if local.year != here.year else ""
    return f"{local:%b} {local.day}{year}, {clock(moment)}"


def short_day(moment: datetime) -> str:
    """The day for a column of a list: «Nov 18, 2026»."""
    local = timezone.localtime(moment)
    return f"{local:%b} {local.day}, {local.year}"


def at_clinic(on: date, at: time) -> datetime:
    """The moment when the clinic's clock shows this date and time.

    Raises ``NoSuchTime`` where daylight saving skips that time or shows it twice.
    """
    zone = timezone.get_default_timezone()
    wanted = datetime.combine(on, at)
    first, second = (wanted.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if first < second:
        raise NoSuchTime("The clocks are put forward that night and skip this time. Choose one an hour later.")
    if first > second:
        raise NoSuchTime("The clocks are put back that night and show this time twice. Choose one an hour later.")
    return wanted.replace(tzinfo=zone)


def months_later(day: date, months: int) -> date:
    """The same day some months later; the month's last one where it is shorter: January 31 and one is February 28."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
