"""The photo sheet's views: choosing, uploading, seeing; each with its right, each refusal in words."""

from io import BytesIO

import pytest
from cast import person
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from factories import make_picture
from PIL import Image as Pillow

from blog.admin import picture_sheet
from blog.models import Image

CHOOSE, UPLOAD = "/admin/blog/image/choose/", "/admin/blog/image/upload/"


def photo(color=(200, 30, 60), kind="JPEG"):
    file = BytesIO()
    Pillow.new("RGB", (60, 40), color).save(file, kind)
    return SimpleUploadedFile("IMG_0001.jpg", file.getvalue(), "image/jpeg")


def upload(client, file=None, **words):
    data = {"alt_text": "A red card", "depicts": "nobody", **words}
    return client.post(
        UPLOAD, {name: value for name, value in ({"file": file or photo(), **data}).items() if value is not None}
    )


def test_a_photo_comes_in_with_its_words(editor):
    answer = upload(editor.client, caption="Red")
    image = Image.objects.get()
    told = answer.json()
    assert answer.status_code == 200 and (told["id"], told["known"]) == (image.pk, False)
    assert told["src"] == f"/admin/blog/image/{image.pk}/file/" and told["thumbnail"]
    assert (image.alt_text, image.caption, image.depicts) == ("A red card", "Red", "nobody")
    assert image.uploaded_by == editor.user


def test_the_same_photo_is_found_again_and_keeps_its_words(editor):
    first = upload(editor.client).json()
    second = upload(editor.client, alt_text="Another description").json()
    assert (second["id"], second["known"], second["alt_text"]) == (first["id"], True, "A red card")
    assert Image.objects.count() == 1


def test_decoration_has_no_description(editor):
    assert upload(editor.client, alt_text="ignored", is_decorative="on").status_code == 200
    image = Image.objects.get()
    assert image.is_decorative and image.alt_text == ""


@pytest.mark.parametrize(
    ("words", "field", "part"),
    [
        ({"alt_text": ""}, "alt_text", "Only decoration"),
        ({"alt_text": "x" * 301}, "alt_text", "300"),
        ({"depicts": None}, "depicts", "Say who is in it"),
        ({"depicts": "patient"}, "consent", "Choose the consent by its number"),
        ({"depicts": "nobody at all"}, "depicts", "Say who is in it"),
        ({"caption": "x" * 301}, "caption", "300"),
    ],
)
def test_what_is_missing_is_said(editor, words, field, part):
    answer = upload(editor.client, **words)
    assert answer.status_code == 400
    assert answer.json()["field"] == field and part in answer.json()["error"]
    assert not Image.objects.exists()


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4 not a picture", b"<svg onload=evil()>", b"\xff\xd8\xff broken"])
def test_what_is_no_photo_is_refused_in_a_sentence(editor, data):
    answer = upload(editor.client, SimpleUploadedFile("x.jpg", data, "image/jpeg"))
    assert answer.status_code == 400 and answer.json()["error"].endswith(".")
    assert not Image.objects.exists()


def test_no_file_and_too_large_a_file_are_refused(editor, monkeypatch):
    assert editor.client.post(UPLOAD, {"depicts": "nobody"}).status_code == 400
    monkeypatch.setattr(picture_sheet, "MAX_BYTES", 100)
    answer = upload(editor.client)
    assert answer.status_code == 413 and "larger than" in answer.json()["error"]
    monkeypatch.setattr(picture_sheet, "ROOM_FOR_WORDS", 0)
    assert upload(editor.client).status_code == 413


def test_uploading_needs_the_right_a_login_and_a_token(editor, screen_of, client):
    nora = screen_of(person("nora"))
    assert upload(nora.client).status_code == 403 and upload(nora.client).json()["error"]
    assert upload(client).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor.user)
    assert upload(strict).status_code == 403
    strict.get("/admin/blog/post/add/")
    token = strict.cookies["csrftoken"].value
    sent = strict.post(UPLOAD, {"file": photo(), "alt_text": "A", "depicts": "nobody"}, headers={"X-CSRFToken": token})
    assert sent.status_code == 200
    assert editor.client.get(UPLOAD).status_code == 405
    assert Image.objects.count() == 1


def test_choosing_shows_the_newest_first_and_searches_words(editor):
    first = make_picture(alt_text="A lamp on a desk")
    second = make_picture(500, 300, alt_text="Two vials", caption="On a desk")
    told = editor.client.get(CHOOSE).json()
    assert [image["id"] for image in told["images"]] == [second.pk, first.pk]
    assert (told["total"], told["next"]) == (2, None)
    assert set(told["images"][0]) == {
        "id", "src", "thumbnail", "name", "alt_text", "decorative", "caption", "width", "height", "described",
        "depicts", "focal"
    }  # fmt: skip
    assert [image["id"] for image in editor.client.get(CHOOSE, {"q": "DESK lamp"}).json()["images"]] == [first.pk]
    assert editor.client.get(CHOOSE, {"q": "desk"}).json()["total"] == 2
    assert editor.client.get(CHOOSE, {"q": "%"}).json()["total"] == 0


def test_choosing_goes_page_by_page(editor, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(picture_sheet, "TILES", 2)
    for width in (300, 310, 320):
        make_picture(width)
    assert editor.client.get(CHOOSE).json()["next"] == 2
    with django_assert_max_num_queries(6):
        told = editor.client.get(CHOOSE, {"page": "2"}).json()
    assert len(told["images"]) == 1 and told["next"] is None
    for page in ("0", "-1", "x", "９", "9" * 50, ""):
        assert editor.client.get(CHOOSE, {"page": page}).status_code == 200


def test_choosing_and_seeing_need_the_right_and_a_login(screen_of, client, db):
    image = make_picture()
    nora = screen_of(person("nora"))
    for address in (CHOOSE, f"/admin/blog/image/{image.pk}/file/"):
        assert nora.client.get(address).status_code == 403
        answer = client.get(address)
        assert answer.status_code == 302 and "/admin/login/" in answer.url


def test_a_picture_is_served_as_a_picture(editor):
    image = make_picture(1200, 800)
    answer = editor.client.get(f"/admin/blog/image/{image.pk}/file/")
    data = b"".join(answer.streaming_content)
    with Pillow.open(BytesIO(data)) as opened:
        assert (opened.format, opened.size) == ("JPEG", (800, 533))
    assert answer["Content-Type"] == "image/jpeg" and answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]
    assert editor.client.get("/admin/blog/image/999999/file/").status_code == 404
    Image.objects.update(renditions=[])
    assert editor.client.get(f"/admin/blog/image/{image.pk}/file/").status_code == 404


def test_a_picture_can_come_in_now_and_be_described_later(editor):
    answer = upload(editor.client, later="1", alt_text=None, depicts=None)
    assert answer.status_code == 200 and answer.json()["described"] is False
    image = Image.objects.get()
    assert (image.alt_text, image.depicts, image.uploaded_by) == ("", "", editor.user)
    refused = editor.client.post(f"/admin/blog/image/{image.pk}/said/", {"alt_text": "A card"})
    assert refused.status_code == 400 and refused.json()["field"] == "depicts"
    said = editor.client.post(f"/admin/blog/image/{image.pk}/said/", {"alt_text": "A card", "depicts": "nobody"})
    assert said.json()["described"] and Image.objects.get().alt_text == "A card"


def test_the_point_that_stays_comes_with_the_upload_or_later_and_words_stay(editor):
    told = upload(editor.client, focal_x="0.2", focal_y="0.9").json()
    assert told["focal"] == [0.2, 0.9] and (Image.objects.get().focal_x, Image.objects.get().focal_y) == (0.2, 0.9)
    names = {rendition["name"] for rendition in Image.objects.get().renditions}
    sent = {"alt_text": "Words of one use", "depicts": "model", "focal_x": "0.7", "focal_y": "0.5"}
    assert editor.client.post(f"/admin/blog/image/{told['id']}/said/", sent).json()["focal"] == [0.7, 0.5]
    stored = Image.objects.get()
    assert (stored.alt_text, stored.depicts) == ("A red card", "nobody")
    assert {rendition["name"] for rendition in stored.renditions} != names
    for point in ("1.5", "-1", "nan", "x"):
        assert upload(editor.client, photo("blue"), focal_x=point).json()["field"] == "focal_x"


def test_what_is_said_of_a_picture_needs_the_right(screen_of, db):
    image = make_picture()
    nora = screen_of(person("nora"))
    assert (
        nora.client.post(f"/admin/blog/image/{image.pk}/said/", {"alt_text": "x", "depicts": "nobody"}).status_code
        == 403
    )


def test_a_number_finds_its_picture(editor):
    image, _ = make_picture(alt_text="A lamp"), make_picture(500, 300, alt_text="A vial")
    found = editor.client.get(CHOOSE, {"q": f"#{image.pk}"}).json()["images"]
    assert [one["id"] for one in found] == [image.pk]
