"""Which daily backups are kept: the newest of 7 days, of 4 weeks, of 12 months; and nothing else is ever touched."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from blog.backup import daily_ones, file_name, superfluous

ZONE = ZoneInfo("America/Anchorage")
START = datetime(2026, 1, 1, 13, 40, tzinfo=UTC)  # 4:40 am in Alaska
DAY = timedelta(days=1)
FOREIGN = [
    "blog-2026-01-01T134000Z.tar",  # made by hand
    "blog-2026-01-01T134000Z-daily.tar.gz",
    "blog-2026-01-01T134000Z-daily.tar.sha256",
    ".blog-2026-01-01T134000Z-daily.tar.0123abcd.part",
    "Blog-2026-01-01T134000Z-daily.tar",
    "blog-2026-01-01-daily.tar",
    "blog-2026-13-01T134000Z-daily.tar",
    "blog-2026-02-30T134000Z-daily.tar",
    "blog-٢٠٢٦-01-01T134000Z-daily.tar",
    "blog-2026-01-01T134000Z-daily.tar\n",
    "database-2026-01-01.dump",
    "copy of blog-2026-01-01T134000Z-daily.tar",
    "",
]


def daily(*moments):
    return [file_name(moment, daily=True) for moment in moments]


def days_of(names):
    return sorted(moment.astimezone(ZONE).date() for moment in daily_ones(names).values())


def test_a_name_tells_its_moment():
    assert file_name(START) == "blog-2026-01-01T134000Z.tar"
    assert daily_ones([*FOREIGN, *daily(START)]) == {"blog-2026-01-01T134000Z-daily.tar": START}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_the_daily_work_did_not_make_stays(name):
    old = [name, *daily(*(START + n * DAY for n in range(900)))]
    assert name not in superfluous(old, ZONE)


def test_a_year_of_days():
    names = daily(*(START + n * DAY for n in range(400)))  # until Thursday, February 4, 2027
    kept = days_of(set(names) - set(superfluous(names, ZONE)))
    assert [f"{day:%Y-%m-%d}" for day in kept] == [
        # The last day of each of twelve months, the present one among them ...
        *("2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31"),
        *("2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31"),
        # ... the last day of each of four weeks, and seven days.
        *("2027-01-17", "2027-01-24", "2027-01-29", "2027-01-30", "2027-01-31"),
        *("2027-02-01", "2027-02-02", "2027-02-03", "2027-02-04"),
    ]


def test_of_several_on_one_day_of_the_clinic_the_last_stays():
    noon, evening, next_day = (datetime(2026, 6, 15, hour, tzinfo=UTC) for hour in (9, 20, 7))
    names = daily(noon, evening, next_day + DAY)  # 7:00 UTC on the 16th is 11 pm on the 15th there
    assert superfluous(names, ZONE) == daily(evening, noon)
    assert superfluous(names, ZoneInfo("UTC")) == daily(noon)


@pytest.mark.parametrize("seed", range(60))
def test_whatever_days_it_ran_on(seed):
    """Day after day, with gaps, doubles and a wrong clock: what is left is bounded, spread, and has the newest."""
    chance = random.Random(seed)
    folder, now, made = [], START, []
    for _ in range(chance.randint(1, 700)):
        now += timedelta(days=chance.choice([0, 1, 1, 1, 1, 2, 9, 40]), seconds=chance.randint(1, 40_000))
        folder += daily(now)
        made.append(now)
        for name in superfluous(folder, ZONE):
            folder.remove(name)
        assert folder[-1] == daily(now)[0], "never the newest"
        assert len(folder) <= 7 + 4 + 12
    assert superfluous(folder, ZONE) == [], "nothing more goes while none is made"
    kept, all_days = days_of(folder), {moment.astimezone(ZONE).date() for moment in made}
    assert set(sorted(all_days)[-7:]) <= set(kept)
    for period, count in ((lambda day: day.isocalendar()[:2], 4), (lambda day: (day.year, day.month), 12)):
        assert set(sorted({period(day) for day in all_days})[-count:]) <= {period(day) for day in kept}
