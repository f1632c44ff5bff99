"""Files that no picture names go after a day, and no other; what is missing is named."""

import io
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from factories import make_picture

from blog import daily, health, orphan_files, picture_files
from blog.imaging.refused import PictureRefused
from blog.models import FileDeletion, Image

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_renditions")]
LATER = timedelta(hours=25)
HEX = "0123456789abcdef"


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    """Folders of this test alone, by the names of their storages."""
    own = {name: tmp_path / name for name in ("default", "masters", "private")}
    kept = {"staticfiles": settings.STORAGES["staticfiles"]}
    settings.STORAGES = kept | {
        name: {"BACKEND": "medspa.storage.WholeFileStorage", "OPTIONS": {"location": folder, "base_url": "/media/"}}
        for name, folder in own.items()
    }
    for folder in own.values():
        folder.mkdir()
    return own


def files(folders):
    return {path for folder in folders.values() for path in folder.rglob("*") if path.is_file()}


def leave(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(b"left")
    return path


def daily_work(now):
    return next(one for one in daily.run(now) if one.step == "orphan_files")


def test_what_a_killed_upload_left_goes_after_a_day_and_nothing_else(folders):
    make_picture(depicts="nobody")
    make_picture(500, depicts="")
    replaced, by = make_picture(450), make_picture(550)
    Image.objects.filter(pk=replaced.pk).update(replaced_by=by)
    FileDeletion.objects.ask([("default", f"{'f' * 24}-own-800.jpg")])
    named = files(folders)
    assert {path.parent.name for path in named} == set(folders)
    rendition, master = f"{'a' * 24}-1x1-320.avif", f"{'b' * 32}.png"
    left = {
        leave(folders["default"], rendition),
        leave(folders["private"], rendition),
        leave(folders["masters"], master),
        leave(folders["masters"], f".{master}.{HEX}"),
        leave(folders["private"], f".{rendition}.{HEX}"),
    }
    not_ours = {
        leave(folders["default"], name)
        for name in ("logo.png", ".gitkeep", master, f"{'A' * 24}-own-800.jpg", f".{rendition}.new", f".a.{HEX}")
    }
    going = leave(folders["default"], f"{'f' * 24}-own-800.jpg")
    (folders["default"] / f"{'c' * 24}-own-800.jpg").mkdir()

    now = timezone.now()
    assert daily_work(now).words == "There is none."
    assert daily_work(now + timedelta(hours=23)).words == "There is none."
    assert files(folders) == named | left | not_ours, "and what was written down to go went by its own step"
    assert not going.exists()
    assert daily_work(now + LATER).words == "5 were removed."
    assert files(folders) == named | not_ours
    assert daily_work(now + LATER).words == "There is none."


def test_an_upload_of_the_same_bytes_gets_its_files_whenever_the_others_go(folders, monkeypatch):
    image = make_picture()
    written = files(folders)
    Image.objects.all()._raw_delete("default")
    time.sleep(0.02)  # whatever is younger than this has been touched
    now = timezone.now() + timedelta(hours=24)
    time.sleep(0.02)
    keep, gone = picture_files.keep_file, []

    def kept_then_swept(storage, name, data):
        keep(storage, name, data)
        gone.append(orphan_files.remove(orphan_files.look(now).orphans, now))

    with monkeypatch.context() as patched:
        patched.setattr("blog.pictures.keep_file", kept_then_swept)
        make_picture()
    assert gone == [len(written) - 1] + [0] * (len(written) - 1), "all but the first, which the upload had just touched"
    assert files(folders) == written
    # Gone between the upload's last look and its row: they are written once more.
    Image.objects.all()._raw_delete("default")
    claim = picture_files.claim

    def swept_then_claimed(found):
        for storage, name in image.files()[1:]:
            storages[storage].delete(name)
        return claim(found)

    monkeypatch.setattr("blog.pictures.claim", swept_then_claimed)
    make_picture()
    assert files(folders) == written and orphan_files.look(now).missing == ()


def test_a_file_that_is_touched_while_it_goes_stays(folders, monkeypatch):
    path = leave(folders["default"], f"{'a' * 24}-own-800.jpg")
    rename = Path.rename

    def touched_first(self, target):
        if self == path:
            assert storages["default"].touch(path.name)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", touched_first)
    assert not storages["default"].remove_untouched(path.name, timezone.now() + LATER)
    assert files(folders) == {path} and path.read_bytes() == b"left"
    monkeypatch.undo()
    assert storages["default"].remove_untouched(path.name, timezone.now() + LATER)
    assert files(folders) == set()
    assert not storages["default"].touch(path.name)


@pytest.mark.parametrize(
    ("pictures", "left", "is_another"), [(0, 1, True), (1, 40, False), (1, 41, True), (12, 41, False)]
)
def test_the_wrong_database_costs_no_picture(folders, pictures, left, is_another, monkeypatch):
    for number in range(pictures):
        make_picture(400 + number * 10)
    known = len(files(folders))
    monkeypatch.setattr(orphan_files, "PART", known // 41 or 1) if pictures > 1 else None
    orphans = {leave(folders["default"], f"{number:024x}-own-800.jpg") for number in range(left)}
    draft = leave(folders["masters"], f".{'b' * 32}.png.{HEX}")
    now = timezone.now() + LATER
    outcome = daily_work(now)
    assert not draft.exists()
    assert outcome.went_well is not is_another
    assert orphans & files(folders) == (orphans if is_another else set())
    if not is_another:
        return
    assert f"{left} files belong to no picture" in outcome.words and "manage.py orphan_files" in outcome.words
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    level, sentence = health.AROUND["Picture files"]()
    assert level == health.LOOK and "DATABASE_URL" in sentence
    out = io.StringIO()
    call_command("orphan_files", stdout=out)
    assert out.getvalue().count("of no picture: media/") == left and "--remove" in out.getvalue()
    assert orphans <= files(folders)
    call_command("orphan_files", "--remove", stdout=out)
    assert f"{left} removed." in out.getvalue() and not orphans & files(folders)


def test_what_is_missing_is_named_until_it_is_back(folders):
    assert health.AROUND["Picture files"]() == (health.OK, "Every picture has its files.")
    image, other = make_picture(), make_picture(500)
    assert health.AROUND["Picture files"]() == (health.OK, "Every picture has its files.")
    name = image.renditions[0]["name"]
    (folders["default"] / name).rename(folders["default"].parent / "kept")
    level, sentence = health.AROUND["Picture files"]()
    assert level == health.WRONG
    assert sentence.startswith(f"1 file is missing, of picture {image.pk}, such as {name}. Put them back from a backup")
    (folders["masters"] / other.master.name).unlink()
    assert health.AROUND["Picture files"]().sentence.startswith("2 files are missing, of 2 pictures, such as ")
    out = io.StringIO()
    call_command("orphan_files", "--remove", stdout=out)
    assert f"missing: media/{name}, of picture {image.pk}\n" in out.getvalue()
    assert f"missing: masters/{other.master.name}, of picture {other.pk}\n" in out.getvalue()
    (folders["default"].parent / "kept").rename(folders["default"] / name)
    assert health.AROUND["Picture files"]().sentence.startswith("1 file is missing")


def test_without_its_database_the_command_removes_nothing_and_says_why(folders, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("no connection")

    path = leave(folders["default"], f"{'a' * 24}-own-800.jpg")
    monkeypatch.setattr(FileDeletion.objects, "values_list", away)
    with pytest.raises(CommandError, match=r"The database cannot be used \(no connection\). Look at DATABASE_URL."):
        call_command("orphan_files", "--remove", stdout=io.StringIO())
    assert path.exists()


def test_a_large_upload_has_no_name_while_it_waits(admin_client, monkeypatch, tmp_path):
    folder, seen = tmp_path / "temporary", []
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    def taken_in(data, **words):
        seen.append((len(data), list(folder.iterdir())))
        raise PictureRefused("Not this one.")

    monkeypatch.setattr("blog.admin.picture_sheet.add_picture", taken_in)
    for size in (1000, 3_000_000):  # in memory, and in a file
        large = SimpleUploadedFile("large.jpg", b"x" * size, "image/jpeg")
        sent = {"file": large, "alt_text": "A lamp", "depicts": "nobody"}
        assert admin_client.post("/admin/blog/image/upload/", sent).json()["error"] == "Not this one."
    assert seen == [(1000, []), (3_000_000, [])]
