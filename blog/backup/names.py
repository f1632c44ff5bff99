"""Names of backups, and which of the daily ones have served their time."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, tzinfo

DAYS, WEEKS, MONTHS = 7, 4, 12
_NAME = re.compile(r"blog-([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{6})Z(-daily)?\.tar", re.ASCII)
_STAMP = "%Y-%m-%dT%H%M%S"


def file_name(now: datetime, *, daily: bool = False) -> str:
    """What a backup is called that was begun at ``now`` (aware); those of the daily work by a name of their own."""
    return f"blog-{now.astimezone(UTC).strftime(_STAMP)}Z{'-daily' if daily else ''}.tar"


def daily_ones(names: Iterable[str]) -> dict[str, datetime]:
    """Of these names those that the daily work gave, with the moment (aware) that each tells; no other file's."""
    found = {}
    for name in names:
        matched = _NAME.fullmatch(name)
        if matched and matched[2]:
            try:
                found[name] = datetime.strptime(matched[1], _STAMP).replace(tzinfo=UTC)
            except ValueError:  # a day that no calendar has: nothing that was made here
                continue
    return found


def superfluous(names: Iterable[str], zone: tzinfo) -> list[str]:
    """Which of these files can go: daily backups beside the newest of 7 days, of 4 weeks and of 12 months.

    Counted are days, weeks and months that have one, in the calendar of ``zone``; so nothing goes while none is made.
    Never the newest, and never a file that the daily work did not make.
    """
    found = daily_ones(names)
    newest_first = sorted(found, key=lambda name: found[name], reverse=True)
    kept: set[str] = set()
    periods: tuple[tuple[int, Callable[[date], object]], ...] = (
        (DAYS, lambda day: day),
        (WEEKS, lambda day: day.isocalendar()[:2]),
        (MONTHS, lambda day: (day.year, day.month)),
    )
    for count, period in periods:
        newest_of: dict[object, str] = {}
        for name in newest_first:
            newest_of.setdefault(period(found[name].astimezone(zone).date()), name)
        kept.update(list(newest_of.values())[:count])
    return [name for name in newest_first if name not in kept]
