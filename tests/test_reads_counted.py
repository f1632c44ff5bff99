"""Reads and taps become numbers a day, once each, whatever stands in the files and whoever is killed when."""

import io
import re
import tracemalloc
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from cast import DAY, HOUR, MINUTE, NOON, person
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from factories import change_post, make_editor, make_post

from blog import reads
from blog.models import CountedLog, DailyReads, Mail, Post
from blog.publishing import take_off
from blog.read_lines import line

# Noon in Alaska is 20:00 UTC: that day's file of UTC holds the clinic's evening before.
MONDAY = date(2026, 6, 15)
NEXT_RUN = datetime(2026, 6, 16, 0, 10, tzinfo=UTC)


@pytest.fixture
def folder(settings, tmp_path):
    settings.COUNTS_DIR = tmp_path / "reads"
    settings.COUNTS_DIR.mkdir()
    return settings.COUNTS_DIR


@pytest.fixture
def written(folder):
    """``written((moment, "read", "peels"), …)`` puts such lines, or bytes as they are, into the file of MONDAY."""

    def write(*lines, name="reads-2026-06-15.log"):
        texts = [one if isinstance(one, bytes) else line(one[0].timestamp(), *one[1:]) for one in lines]
        (folder / name).write_bytes(b"".join(texts))

    return write


@pytest.fixture
def daily(monkeypatch):
    """``daily(now)`` does the daily work at that moment; returns the words of this step, and whether it went well."""

    def run(now=NEXT_RUN):
        monkeypatch.setattr("django.utils.timezone.now", lambda: now)
        out = io.StringIO()
        with suppress(CommandError):
            call_command("daily", stdout=out)
        mark, _, words = next(row for row in out.getvalue().splitlines() if " reads:" in row).split(maxsplit=2)
        return words, mark == "ok"

    return run


def numbers():
    """By title and day: reads, calls, bookings."""
    rows = DailyReads.objects.order_by("post__title", "day")
    return {(row.post.title, row.day.day): (row.reads, row.calls, row.bookings) for row in rows}


@pytest.mark.django_db
class TestCounting:
    def test_each_line_counts_for_the_article_and_the_clinics_day(self, written, daily, folder):
        make_post("Peels", now=NOON - 9 * DAY)
        make_post("Lasers", now=NOON - 9 * DAY)
        written(
            (NOON - 13 * HOUR, "read", "peels"),  # 11 pm on Sunday
            *[(NOON + n * MINUTE, "read", "peels") for n in range(3)],
            (NOON, "call", "peels"),
            (NOON, "book", "peels"),
            (NOON, "book", "peels"),
            (NOON, "read", "lasers"),
            (NOON, "read", "never-was"),
        )
        words = "Counted: 5 reads, 1 tap on “Call”, 2 taps on “Book a visit”."
        assert daily() == (words, True)
        assert numbers() == {("Peels", 14): (1, 0, 0), ("Peels", 15): (3, 1, 2), ("Lasers", 15): (1, 0, 0)}
        assert list(folder.iterdir()) == []
        assert daily() == ("Nothing new was read.", True)
        written((NOON, "read", "lasers"), (NOON - HOUR, "call", "peels"))  # another machine's
        daily()
        assert numbers()["Lasers", 15] == (2, 0, 0) and numbers()["Peels", 15] == (3, 2, 2)

    def test_a_day_that_is_not_over_waits(self, written, daily, folder):
        make_post("Peels", now=NOON - DAY)
        written((NOON, "read", "peels"))
        assert daily(NEXT_RUN - timedelta(seconds=1)) == ("Nothing new was read.", True)
        assert [file.name for file in folder.iterdir()] == ["reads-2026-06-15.log"] and not numbers()
        daily(NEXT_RUN)
        assert numbers() == {("Peels", 15): (1, 0, 0)}

    def test_an_address_counts_for_the_post_that_readers_saw_there(self, written, daily):
        moved = make_post("Peels", now=NOON - 9 * DAY)
        change_post(moved, slug="all-about-peels", now=NOON - 2 * HOUR)
        gone = make_post("Lasers", now=NOON - 9 * DAY)
        take_off(make_editor(), gone, "old", now=NOON - HOUR)
        later = make_post("Later", now=NOON)
        written(
            (NOON - 3 * HOUR, "read", "peels"),
            (NOON - HOUR, "read", "all-about-peels"),
            (NOON, "call", "peels"),  # the old page was still open
            (NOON, "call", "lasers"),
            (NOON - HOUR, "read", later.slug),
        )
        daily()
        assert numbers() == {("Peels", 15): (2, 1, 0), ("Lasers", 15): (0, 1, 0)}

    def test_lines_that_nobody_here_wrote_are_left_out_and_named(self, written, daily):
        make_post("Peels", now=NOON - DAY)
        year_ago = NOON - 365 * DAY
        torn = line(NOON.timestamp(), "read", "peels")[:-6]
        written(
            b"\x00\xff\n",
            (NOON, "read", "peels"),
            (year_ago, "read", "peels"),
            b"x" * 10_000 + b"\n",
            (NOON, "read", "peels"),
            torn,
        )
        words, went_well = daily()
        assert went_well and words.startswith("Counted: 2 reads. Left out, because this site did not write it: ")
        assert numbers() == {("Peels", 15): (2, 0, 0)}

    def test_a_file_that_was_counted_and_not_removed_does_not_count_again(self, written, daily, folder, monkeypatch):
        make_post("Peels", now=NOON - DAY)
        written((NOON, "read", "peels"))
        with monkeypatch.context() as killed:  # between the two
            killed.setattr("pathlib.Path.unlink", lambda *args, **kwargs: (_ for _ in ()).throw(SystemExit))
            with pytest.raises(SystemExit):
                reads.count(folder, NEXT_RUN)
        assert numbers() == {("Peels", 15): (1, 0, 0)} and len(list(folder.iterdir())) == 1
        assert daily(NEXT_RUN + 2 * HOUR) == ("Nothing new was read.", True)
        assert numbers() == {("Peels", 15): (1, 0, 0)} and list(folder.iterdir()) == []

    def test_one_that_could_not_be_kept_counts_the_next_time(self, written, daily, folder, monkeypatch):
        make_post("Peels", now=NOON - DAY)
        written((NOON, "read", "peels"))
        with monkeypatch.context() as broken:  # in the middle of the transaction
            broken.setattr(DailyReads.objects, "bulk_create", lambda *args, **kwargs: 1 / 0)
            _, went_well = daily()
        assert not went_well and not numbers() and not CountedLog.objects.exists()
        daily()
        assert numbers() == {("Peels", 15): (1, 0, 0)}

    def test_what_cannot_be_read_is_a_sentence_and_the_rest_counts(self, written, daily, folder, monkeypatch):
        make_post("Peels", now=NOON - DAY)
        written((NOON, "read", "peels"))
        written((NOON - DAY, "read", "peels"), name="reads-2026-06-14.log")
        (folder / "notes.txt").write_text("another's")
        with monkeypatch.context() as damaged:
            damaged.setattr("blog.reads.open", _open_but("2026-06-14"), raising=False)
            words, went_well = daily()
        assert not went_well and re.fullmatch(
            r"Counted: 1 read\. reads-2026-06-14\.[0-9a-f]{16}\.log cannot be read or removed \(I/O error\)\. "
            r"The next run tries again\.",
            words,
        )
        assert numbers() == {("Peels", 15): (1, 0, 0)}
        daily()
        assert numbers() == {("Peels", 14): (1, 0, 0), ("Peels", 15): (1, 0, 0)}
        assert [file.name for file in folder.iterdir()] == ["notes.txt"]

    def test_a_folder_that_is_none_or_not_there(self, daily, folder, settings):
        folder.rmdir()
        assert daily() == ("Nothing new was read.", True)
        folder.write_text("no folder")
        words, went_well = daily()
        assert not went_well
        assert words == f"The folder of what was read cannot be used (Not a directory: {folder}). Nothing was counted."

    def test_files_that_nobody_counted_for_two_months_go_uncounted(self, written, daily, folder):
        make_post("Peels", now=NOON - 90 * DAY)
        long_ago = datetime(2026, 4, 17, 20, tzinfo=UTC)
        written((long_ago, "read", "peels"), name="reads-2026-04-17.log")
        written((long_ago - DAY, "read", "peels"), name="reads-2026-04-16.log")
        written((long_ago - 2 * DAY, "read", "peels"), name="reads-2026-04-15.0123456789abcdef.log")
        assert daily() == ("Counted: 1 read.", True)
        assert numbers() == {("Peels", 17): (1, 0, 0)} and list(folder.iterdir()) == []


def _open_but(day):
    """``open``, but for a file of that day, where the disk is damaged."""

    def open_or_fail(path, *args):
        if day in str(path):
            raise OSError(5, "I/O error")
        return open(path, *args)

    return open_or_fail


@pytest.mark.django_db
def test_a_flood_is_counted_in_little_memory(folder):
    make_post("Peels", now=NOON - DAY)
    one = line(NOON.timestamp(), "read", "peels")
    with open(folder / "reads-2026-06-15.log", "wb") as file:
        for start in range(0, 60_000, 1000):
            taps = (line(NOON.timestamp(), "call", f"never-was-{start + n}") for n in range(500))
            file.writelines([*taps, *[one] * 500])
    tracemalloc.start()
    counted = reads.count(folder, NEXT_RUN)
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counted.reads == 30_000 and counted.calls == 0
    assert highest < 8 * 1024 * 1024, "of a file of 2 MB with 30,000 addresses that nothing has"


@pytest.mark.django_db
class TestTheMail:
    @pytest.fixture(autouse=True)
    def _setting(self, settings, folder):
        settings.EMAIL_CONFIGURED, settings.DEFAULT_FROM_EMAIL = True, "blog@example.com"
        settings.SITE_URL = "https://blog.example.com"
        for name, role in (("mona", "Manager"), ("erin", "Editor")):
            person(name, role)
            User.objects.filter(username=name).update(email=f"{name}@example.com")

    def told(self):
        return [(sent.to, sent.subject) for sent in mail.outbox if "was read" in sent.subject]

    def counted(self, title, day, *sums):
        post = Post.objects.filter(title=title).first() or make_post(title, now=NOON - 90 * DAY)
        DailyReads.objects.create(post=post, day=day, reads=sums[0], calls=sums[1], bookings=sums[2])
        return post

    # The first of July begins at 8:00 UTC in Alaska: its last reads of June stand in the file of July 1.
    SECOND = datetime(2026, 7, 2, 0, 10, tzinfo=UTC)

    def test_managers_get_the_month_that_is_over_once_all_of_it_is_counted(self, daily):
        self.counted("Peels", date(2026, 6, 1), 1200, 3, 1)
        self.counted("Lasers", date(2026, 6, 30), 34, 0, 0)
        self.counted("Lasers", date(2026, 7, 1), 500, 0, 0)
        self.counted("Peels", date(2026, 5, 31), 1000, 0, 5)
        take_off(make_editor(), Post.objects.get(title="Lasers"), "old", now=NOON)
        daily(self.SECOND - timedelta(seconds=1))
        assert self.told() == []
        assert daily(self.SECOND)[0].endswith("Managers are told about June 2026.")
        daily(self.SECOND + DAY)
        assert self.told() == [(["mona@example.com"], "How your blog was read in June 2026")]
        body = mail.outbox[-1].body
        assert "in June 2026 your articles were read 1,234 times, 234 more than in May (1,000)." in body
        assert "“Call” was tapped 3 times (May: 0 times) and “Book a visit” 1 time (May: 5 times)." in body
        assert (
            "“Peels”, 1,200 reads, 3 taps on “Call”, 1 tap on “Book a visit”\nhttps://blog.example.com/blog/peels/\n"
            in body
        )
        assert "“Lasers”, 34 reads\n(off the site)" in body
        assert "https://blog.example.com/admin/help/#what-the-numbers-can-and-cannot-tell" in body

    def test_nobody_is_told_where_nothing_was_counted_and_the_first_month_compares_with_none(self, daily):
        daily(self.SECOND)
        assert not Mail.objects.exists()
        self.counted("Peels", date(2026, 6, 30), 2, 0, 0)
        daily(self.SECOND)
        assert "were read 2 times. On their pages “Call” was tapped 0 times and “Book" in mail.outbox[-1].body

    def test_nobody_is_told_before_everything_could_be_counted(self, daily, folder, monkeypatch):
        self.counted("Peels", date(2026, 6, 30), 2, 0, 0)
        with monkeypatch.context() as shut:
            (folder / "reads-2026-06-30.log").write_bytes(b"")
            shut.setattr("blog.reads.open", _open_but("2026-06-30"), raising=False)
            _, went_well = daily(self.SECOND)
        assert not went_well
        assert self.told() == []
        daily(self.SECOND)
        assert len(self.told()) == 1
