"""The picture library: the same bytes once, files whole or not at all, nobody's words overwritten."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as Pillow

from blog import pictures
from blog.imaging.verify import PictureRefused
from blog.models import Image
from blog.picture_files import finish_deletions
from blog.pictures import add_picture, refocus

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_renditions")]


def photo(colour: str) -> bytes:
    file = BytesIO()
    Pillow.new("RGB", (320, 180), colour).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def image():
    return add_picture(photo("teal"), alt_text="A teal field", depicts="nobody")[0]


def test_the_same_bytes_are_one_picture(image):
    again, is_new = add_picture(photo("teal"), alt_text="Other words", depicts="model")
    assert (again, is_new) == (image, False)
    assert Image.objects.get().alt_text == "A teal field"


def test_words_come_to_a_picture_that_had_none(image):
    Image.objects.update(alt_text="", depicts="")
    again, is_new = add_picture(photo("teal"), alt_text="", depicts="")
    assert not is_new and not again.is_described
    again, is_new = add_picture(photo("teal"), alt_text="A field of teal", depicts="nobody")
    assert (again.pk, is_new, again.alt_text, again.depicts) == (image.pk, False, "A field of teal", "nobody")


def test_a_crop_that_is_in_use_no_more_goes_with_the_picture(image, django_capture_on_commit_callbacks):
    first = {rendition["name"] for rendition in image.renditions}
    refocus(image, 0.1, 0.9)
    refocus(image, 0.9, 0.1)
    stored = Image.objects.get()
    now = {rendition["name"] for rendition in stored.renditions if rendition["crop"] != "earlier"}
    assert first - now and all(default_storage.exists(name) for name in first | now)
    stored.delete()
    assert finish_deletions() == len(stored.renditions) + 1  # and the master
    assert not any(default_storage.exists(name) for name in first | now)


def test_another_crop_leaves_a_colleagues_words_alone(image):
    Image.objects.filter(pk=image.pk).update(alt_text="Words saved meanwhile")
    refocus(image, 0.2, 0.8)
    stored = Image.objects.get()
    assert (stored.alt_text, stored.focal_x, stored.focal_y) == ("Words saved meanwhile", 0.2, 0.8)


def test_another_crop_does_not_bring_a_deleted_picture_back(image):
    Image.objects.filter(pk=image.pk).delete()
    refocus(image, 0.2, 0.8)
    assert not Image.objects.exists()


def test_a_picture_that_was_replaced_gets_no_files_again(image, monkeypatch):
    other = add_picture(photo("navy"), alt_text="Another", depicts="nobody")[0]
    first = image.renditions

    def files():
        return {path.name for path in Path(default_storage.location).iterdir()}

    def replaced_meanwhile(data, focal):
        Image.objects.filter(pk=image.pk).update(replaced_by=other)
        yield from encode(data, focal)

    encode, before = pictures.encode, files()
    monkeypatch.setattr(pictures, "encode", replaced_meanwhile)
    refocus(image, 0.2, 0.8)
    stored = Image.objects.get(pk=image.pk)
    assert (stored.renditions, stored.focal_x) == (first, 0.5)
    assert files() <= before
    monkeypatch.setattr(pictures, "encode", lambda *args: pytest.fail("it was cropped anew"))
    refocus(stored, 0.3, 0.7)


class FullDisk(ContentFile):
    def chunks(self, chunk_size=None):
        yield b"the first bytes"
        raise OSError(28, "No space left on device")


def test_a_file_is_there_whole_or_not_at_all():
    with pytest.raises(OSError, match="No space"):
        default_storage.save("whole-or-not.jpg", FullDisk(b"x"))
    assert not default_storage.exists("whole-or-not.jpg")
    assert not list(Path(default_storage.location).glob("*whole-or-not*"))
    assert default_storage.save("whole-or-not.jpg", ContentFile(b"all bytes")) == "whole-or-not.jpg"
    assert default_storage.save("whole-or-not.jpg", ContentFile(b"all bytes")) == "whole-or-not.jpg"
    with default_storage.open("whole-or-not.jpg") as file:
        assert file.read() == b"all bytes"
    default_storage.delete("whole-or-not.jpg")


def test_a_full_disk_is_a_sentence_and_leaves_no_picture(monkeypatch):
    def full(self, name, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("medspa.storage.WholeFileStorage._save", full)
    with pytest.raises(PictureRefused, match="no room left"):
        add_picture(photo("olive"), depicts="nobody")
    assert not Image.objects.exists()
    monkeypatch.undo()
    assert add_picture(photo("olive"), depicts="nobody")[1]
