"""The daily step: one a day, a copy, the end of old ones; and its lines of health."""

import os
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cast import DAY, HOUR, NOON

from blog import backup as backups
from blog.backup import file_name
from blog.daily import NotDone
from blog.daily import backup as daily_backup
from blog.health import LOOK, OK, WRONG, here

ON_POSTGRES = os.environ["TEST_ON"] == "postgres"


@pytest.fixture
def folder(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_DIR.mkdir()
    return settings.BACKUP_DIR


@pytest.fixture
def copies(settings, tmp_path):
    settings.BACKUP_COPY_TO = tmp_path / "copies"
    settings.BACKUP_COPY_TO.mkdir()
    return settings.BACKUP_COPY_TO


@pytest.fixture
def quick(monkeypatch):
    """Backups are made at once and hold nothing, so that many days go by; ``lost`` can be filled."""
    lost = []

    def make(path, now, say):
        path.write_bytes(b"all of it")
        return backups.Made(path, 9, None, list(lost))

    monkeypatch.setattr(daily_backup, "make", make)
    return lost


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_without_a_folder_it_says_so(settings):
    settings.BACKUP_DIR = None
    assert daily_backup.step(NOON) == "No folder for backups is set (BACKUP_DIR), so none was made."


def test_one_a_day_of_the_clinic_however_often_it_runs(folder, quick):
    (folder / file_name(NOON)).write_bytes(b"by hand")
    assert daily_backup.step(NOON) == "blog-2026-06-15T200000Z-daily.tar is made."
    late = NOON + 11 * HOUR  # 11 pm in Alaska, the next day in London
    for now in (NOON, late):
        assert daily_backup.step(now) == "Today's is made already (blog-2026-06-15T200000Z-daily.tar)."
    assert daily_backup.step(NOON + 13 * HOUR) == "blog-2026-06-16T090000Z-daily.tar is made."
    assert len(names(folder)) == 3


def test_old_ones_go_in_both_places_once_a_new_one_is_made(folder, copies, quick):
    (folder / "notes.txt").write_text("mine")
    (copies / file_name(NOON - 3000 * DAY)).write_bytes(b"by hand")
    for number in range(100):
        words = daily_backup.step(NOON + number * DAY)
        assert words.endswith(f"-daily.tar is made. It is copied to {copies}.")
    kept = names(folder)
    assert 7 + 2 <= len([name for name in kept if "daily" in name]) <= 7 + 4 + 4 and "notes.txt" in kept
    assert set(names(copies)) - {file_name(NOON - 3000 * DAY)} == set(kept) - {"notes.txt"}
    for path in copies.iterdir():
        assert "by hand" in path.read_text() or path.read_bytes() == b"all of it"


def test_a_copy_that_failed_is_said_and_made_up_for(folder, copies, quick):
    copies.rmdir()
    with pytest.raises(NotDone) as caught:
        daily_backup.step(NOON)
    assert str(caught.value).startswith("blog-2026-06-15T200000Z-daily.tar is made. It is not copied: The folder")
    assert "look whether its disk is mounted" in str(caught.value) and len(names(folder)) == 1
    copies.mkdir()
    (copies / "blog-2026-06-15T200000Z-daily.tar").write_bytes(b"half")
    assert daily_backup.step(NOON + HOUR).startswith("Today's is made already")
    assert (copies / "blog-2026-06-15T200000Z-daily.tar").read_bytes() == b"all of it"


def test_a_copy_that_reads_back_otherwise_is_none(folder, copies, quick, monkeypatch):
    from blog.backup import second_place

    def bad_disk(file):
        file.seek(0)
        file.write(b"A")

    monkeypatch.setattr(second_place, "from_the_disk", bad_disk)
    with pytest.raises(NotDone, match="is not what was written"):
        daily_backup.step(NOON)
    assert names(copies) == []


def test_a_second_place_without_room_is_said(folder, copies, quick, monkeypatch):
    monkeypatch.setattr("blog.backup.second_place.shutil.disk_usage", lambda place: SimpleNamespace(free=0))
    with pytest.raises(NotDone, match=r"It is not copied: .* has no room for another [0-9.]+ MB\."):
        daily_backup.step(NOON)
    assert len(names(folder)) == 1 and names(copies) == []


def test_one_that_lacks_pictures_is_kept_and_said(folder, quick):
    quick.append("files/media/a.jpg")
    with pytest.raises(NotDone, match=r"is made\. This site has lost files of pictures: 1\."):
        daily_backup.step(NOON)
    assert len(names(folder)) == 1


def test_a_backup_that_cannot_be_made_removes_no_old_one(folder, settings):
    old = [file_name(NOON - number * 20 * DAY, daily=True) for number in range(1, 40)]
    for name in old:
        (folder / name).write_bytes(b"x")
    settings.BACKUP_DIR = folder / "not there"
    with pytest.raises(NotDone, match="is not there"):
        daily_backup.step(NOON)
    assert names(folder) == sorted(old)


def test_health_knows_a_backup_and_looks_at_the_copies(folder, copies):
    def made(place: Path, age: timedelta) -> None:
        path = place / file_name(NOON, daily=True)
        path.write_bytes(b"x")
        os.utime(path, (time.time() - age.total_seconds() - 60,) * 2)

    made(folder, HOUR)
    assert here.backup() == (WRONG, f"There is no copied backup in {copies}. Make one now.")
    made(copies, 3 * DAY)
    level, sentence = here.backup()
    assert level == LOOK and sentence.startswith("The newest copied backup is 3 days old (blog-2026")
    made(copies, HOUR)
    assert here.backup() == (OK, "The newest backup is 1 hour old (blog-2026-06-15T200000Z-daily.tar).")
    copies.rename(copies.with_name("unmounted"))
    assert here.backup().level == WRONG and "BACKUP_COPY_TO" in here.backup().sentence


@pytest.mark.skipif(ON_POSTGRES, reason="the same on both; once is enough")
def test_the_command_makes_a_real_one_and_copies_it(rich_copy, tmp_path):
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    rich_copy.environment |= {"BACKUP_DIR": str(tmp_path / "here"), "BACKUP_COPY_TO": str(tmp_path / "there")}
    said = rich_copy.run("daily")
    assert "It is copied to" in said
    (made,), (copy,) = (list((tmp_path / name).iterdir()) for name in ("here", "there"))
    assert made.name == copy.name and made.name.endswith("-daily.tar") and made.read_bytes() == copy.read_bytes()
    assert backups.verify(copy).rows_of("blog.post") == 5
    assert "Today's is made already" in rich_copy.run("daily") and len(list((tmp_path / "here").iterdir())) == 1
