"""How often articles were read, and their numbers to call and links to book tapped: counting, and the sums.

The servers note each in a file of the day (``blog.read_lines``). A file whose day is over gets a name of its own, is
counted whole in one transaction that also keeps that name, and is removed. So it counts once, whoever is killed when.
"""

import secrets
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone

from blog.models import CountedLog, DailyReads, Publication
from blog.read_lines import BOOK, CALL, KEPT, READ, Noted, day_of, file_name, parsed, remove_old

DAYS = 30
# A line of the last second of a day may be written a little later.
SLACK = timedelta(minutes=10)
# So many lines are looked at together; no line of ours is longer than LONGEST bytes.
BATCH, LONGEST = 2000, 4096
_DAY = timedelta(days=1)

# When the publications at one address went live, in that order, and of which posts they are.
_Places = dict[str, tuple[list[datetime], list[int]]]


class CannotCount(Exception):
    """A folder or file cannot be read. What was counted before stays counted, and nothing is counted in part."""


class Sums(NamedTuple):
    """Reads, taps on «Call» and taps on «Book a visit»."""

    reads: int = 0
    calls: int = 0
    bookings: int = 0


@dataclass
class Counted:
    """What one go of counting found; ``left_out`` are lines that nobody here wrote."""

    reads: int = 0
    calls: int = 0
    bookings: int = 0
    left_out: int = 0
    troubles: list[str] = field(default_factory=list)


def counted_until(now: datetime) -> datetime:
    """Up to which moment lines can be counted at ``now``: the last midnight (UTC) that is safely over."""
    return (now.astimezone(UTC) - SLACK).replace(hour=0, minute=0, second=0, microsecond=0)


def count(folder: Path, now: datetime) -> Counted:
    """Count every file of a day (UTC) that is over, and remove it. Raises ``CannotCount`` where the folder is shut.

    A file that cannot be read is among ``troubles`` and tried again the next time, for two months.
    """
    counted, places = Counted(), {}
    try:
        for file in sorted(_taken(folder, now)):
            try:
                _count_file(file, now, places, counted)
            except OSError as error:
                counted.troubles.append(f"{file.name} cannot be read or removed ({error.strerror}).")
    except FileNotFoundError:
        pass  # nobody has read anything here yet
    except OSError as error:
        raise CannotCount(f"The folder of what was read cannot be used ({error.strerror}: {folder}).") from error
    with suppress(OSError):  # of no use to anybody; said above where it is one to be counted
        remove_old(folder, now.timestamp())
    CountedLog.objects.filter(counted_at__lt=now - KEPT).delete()
    return counted


def lately(post: int, now: datetime) -> Sums | None:
    """The sums of the last thirty days of the clinic's calendar; None where nothing was counted in them. One query."""
    found = _recent(now).filter(post=post).aggregate(*map(Sum, Sums._fields))
    sums = [found[f"{name}__sum"] for name in Sums._fields]
    return None if sums[0] is None else Sums(*sums)


def of_posts(now: datetime) -> dict[str, Subquery]:
    """The same for a query of posts: what to ``annotate`` it with, by the fields of ``Sums``. NULL for nothing."""
    of_post = _recent(now).filter(post=OuterRef("pk")).values("post")
    return {name: Subquery(of_post.annotate(total=Sum(name)).values("total")) for name in Sums._fields}


def between(first: date, last: date) -> Sums:
    """The sums of all articles from one day to another, both included."""
    days = DailyReads.objects.filter(day__range=(first, last))
    found = days.aggregate(reads=Sum("reads"), calls=Sum("calls"), bookings=Sum("bookings"))
    return Sums(*(found[name] or 0 for name in Sums._fields))


def most_read(first: date, last: date, how_many: int) -> list[tuple[int, Sums]]:
    """The posts that were read most from one day to another, both included, with their sums."""
    rows = DailyReads.objects.filter(day__range=(first, last), reads__gt=0).values("post")
    rows = rows.annotate(all_reads=Sum("reads"), all_calls=Sum("calls"), all_bookings=Sum("bookings"))
    rows = rows.order_by("-all_reads", "-all_calls", "-all_bookings", "post")[:how_many]
    return [(post, Sums(*sums)) for post, *sums in rows.values_list("post", "all_reads", "all_calls", "all_bookings")]


def in_words(sums: Sums) -> str:
    """«120 reads, 4 taps on “Call”, 1 tap on “Book a visit”»; taps only where there were any."""
    words = [number(sums.reads, "read")]
    words += [f"{number(sums.calls, 'tap')} on “Call”"] if sums.calls else []
    words += [f"{number(sums.bookings, 'tap')} on “Book a visit”"] if sums.bookings else []
    return ", ".join(words)


def number(times: int, word: str) -> str:
    """«1,200 reads», «1 read»."""
    return f"{times:,} {word}{'' if times == 1 else 's'}"


def _recent(now: datetime) -> QuerySet[DailyReads]:
    return DailyReads.objects.filter(day__gt=timezone.localdate(now) - timedelta(days=DAYS))


def _taken(folder: Path, now: datetime) -> Iterator[Path]:
    """The files to be counted, each under a name of its own: what is written later under the old one is another."""
    over = counted_until(now).date()
    # Older ones go uncounted, because after that time nobody knows any more which were counted.
    oldest = now.astimezone(UTC).date() - KEPT
    for file in list(folder.iterdir()):
        day = day_of(file.name)
        if day is None or day < oldest or not file.is_file():
            continue
        if file.name != _name_of(day):
            yield file
        elif day < over:
            yield file.rename(folder / f"{file.stem}.{secrets.token_hex(8)}.log")


def _name_of(day: date) -> str:
    return file_name(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _count_file(file: Path, now: datetime, places: _Places, counted: Counted) -> None:
    if not CountedLog.objects.filter(name=file.name).exists():
        with open(file, "rb") as lines:
            tally, left_out = _tally(lines, day_of(file.name), places)
        try:
            _keep(file.name, tally, now)
        except IntegrityError:
            if not CountedLog.objects.filter(name=file.name).exists():
                raise
        else:  # no other process was quicker
            counted.left_out += left_out
            for (_, _, happened), times in tally.items():
                counted.reads += times if happened == READ else 0
                counted.calls += times if happened == CALL else 0
                counted.bookings += times if happened == BOOK else 0
    file.unlink()


def _tally(lines: BinaryIO, day: date, places: _Places) -> tuple[Counter[tuple[int, date, str]], int]:
    """How often what happened to each post on each day of the clinic; and how many lines say nothing.

    However many lines there are, only as many numbers are held as there are articles.
    """
    tally, left_out = Counter(), 0
    pieces = iter(lambda: lines.readline(LONGEST), b"")
    while batch := [parsed(piece) for piece in islice(pieces, BATCH)]:
        said = [one for one in batch if one and day - _DAY <= one.at.date() <= day + _DAY]
        left_out += len(batch) - len(said)
        _learn({one.slug for one in said}, places)
        for one in said:
            if (post := _post_of(one, places)) is not None:
                tally[post, timezone.localdate(one.at), one.happened] += 1
    return tally, left_out


def _learn(slugs: set[str], places: _Places) -> None:
    unknown = [slug for slug in slugs if slug not in places]
    if not unknown:
        return
    rows = Publication.objects.filter(slug__in=unknown).order_by("live_from")
    for slug, live_from, post in rows.values_list("slug", "live_from", "post_id"):
        moments, posts = places.setdefault(slug, ([], []))
        moments.append(live_from)
        posts.append(post)


def _post_of(noted: Noted, places: _Places) -> int | None:
    """The post that readers saw at this address at that moment, or saw there last."""
    moments, posts = places.get(noted.slug, ([], []))
    before = bisect_right(moments, noted.at)
    return posts[before - 1] if before else None


@transaction.atomic
def _keep(name: str, tally: Counter[tuple[int, date, str]], now: datetime) -> None:
    CountedLog.objects.create(name=name, counted_at=now)
    sums: dict[tuple[int, date], Counter[str]] = defaultdict(Counter)
    for (post, day, happened), times in tally.items():
        sums[post, day][happened] += times
    rows = [DailyReads(post_id=post, day=day) for post, day in sorted(sums)]
    DailyReads.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    # Articles to which the same happened on one day are written together: most were read once or twice.
    alike: dict[tuple[date, Sums], list[int]] = defaultdict(list)
    for (post, day), happened in sorted(sums.items()):
        alike[day, Sums(happened[READ], happened[CALL], happened[BOOK])].append(post)
    for (day, more), posts in alike.items():
        for start in range(0, len(posts), 500):
            DailyReads.objects.filter(day=day, post__in=posts[start : start + 500]).update(
                reads=F("reads") + more.reads, calls=F("calls") + more.calls, bookings=F("bookings") + more.bookings
            )
