"""Counting readers, and telling Managers once a month how the blog was read."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from blog import outbox, reads
from blog.addresses import full_address
from blog.clinic_time import months_later
from blog.models import Mail, Publication

from .not_done import NotDone

MOST_READ = 5
_DAY = timedelta(days=1)


class Article(NamedTuple):
    """A line of the mail; ``address`` is blank for an article that is off the site."""

    title: str
    address: str
    words: str


def step(now: datetime) -> str:
    """Count what the servers noted up to last midnight (UTC), then tell Managers of the month that is over.

    Raises ``NotDone`` where something cannot be read; then nobody is told yet.
    """
    try:
        counted = reads.count(settings.COUNTS_DIR, now)
    except reads.CannotCount as error:
        raise NotDone(f"{error} Nothing was counted.") from error
    words = "Nothing new was read."
    if counted.reads or counted.calls or counted.bookings:
        words = f"Counted: {reads.in_words(reads.Sums(counted.reads, counted.calls, counted.bookings))}."
    if counted.left_out:
        words += f" Left out, because this site did not write it: {reads.number(counted.left_out, 'line')}."
    if counted.troubles:
        raise NotDone(f"{words} {' '.join(counted.troubles)} The next run tries again.")
    if told := _tell(now):
        words += f" Managers are told about {told}."
    return words


@transaction.atomic
def _tell(now: datetime) -> str:
    """The month that Managers are told about now; blank when it is too early, they know, or nothing was counted."""
    this_month = timezone.localdate(now).replace(day=1)
    begun = timezone.make_aware(datetime.combine(this_month, time.min))
    if reads.counted_until(now) < begun:
        return ""
    first, before = months_later(this_month, -1), months_later(this_month, -2)
    name = f"{first:%B %Y}"
    subject = f"How your blog was read in {name}"
    if Mail.objects.filter(subject=subject).exists():
        return ""
    sums, earlier = reads.between(first, this_month - _DAY), reads.between(before, first - _DAY)
    if not any(sums):
        return ""
    about = {"month": name, **_often(sums), "articles": _articles(first, this_month - _DAY, now)}
    if any(earlier):
        about |= {
            "earlier": {"month": f"{before:%B}", **_often(earlier)},
            "compared": _compared(sums.reads, earlier.reads, f"{before:%B}"),
        }
    managers = User.objects.filter(groups__name="Manager", is_active=True).order_by("pk")
    return name if outbox.put(managers, subject, "month_of_reads.txt", now=now, **about) else ""


def _articles(first: date, last: date, now: datetime) -> list[Article]:
    most = reads.most_read(first, last, MOST_READ)
    seen = Publication.objects.filter(post__in=[post for post, _ in most], live_from__lte=now).order_by("live_from")
    latest = {one.post_id: one for one in seen.only("post_id", "title", "slug", "live_until")}
    return [_article(latest[post], sums, now) for post, sums in most if post in latest]


def _article(seen: Publication, sums: reads.Sums, now: datetime) -> Article:
    address = full_address(seen.get_absolute_url()) if seen.live_until > now else ""
    return Article(seen.title, address, reads.in_words(sums))


def _compared(reads_now: int, reads_then: int, month: str) -> str:
    if reads_now == reads_then:
        return f"as often as in {month}"
    more = abs(reads_now - reads_then)
    return f"{more:,} {'more' if reads_now > reads_then else 'fewer'} than in {month} ({reads_then:,})"


def _often(sums: reads.Sums) -> dict[str, str]:
    return {name: reads.number(times, "time") for name, times in sums._asdict().items()}
