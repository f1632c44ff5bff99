"""The picture library: uploads, words, the point of focus, and deletion."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow
from staff_words import buttons, tree, words

from blog.imaging.verify import MAX_BYTES
from blog.models import Author, ChangeStamp, Image

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_renditions")]
ADD, LIST = "/admin/blog/image/add/", "/admin/blog/image/"
WORDS = {"alt_text": "A lamp", "depicts": "nobody", "caption": "", "credit": ""}


def jpeg(color="red", name="photo.jpg"):
    file = BytesIO()
    Pillow.new("RGB", (320, 240), color).save(file, "JPEG")
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


@pytest.fixture
def client(as_user, erin):
    return as_user(erin)


def change(image):
    return reverse("admin:blog_image_change", args=[image.pk])


def send(client, **sent):
    return client.post(ADD, {"file": jpeg(), **WORDS} | sent, follow=True)


class TestUpload:
    def test_into_the_library(self, client, erin):
        answer = send(client, credit="Erin")
        image = Image.objects.get()
        assert answer.redirect_chain == [(change(image), 302)]
        assert "The picture is in the library." in words(answer)
        assert (image.alt_text, image.depicts, image.credit, image.uploaded_by) == ("A lamp", "nobody", "Erin", erin)
        assert default_storage.exists(image.renditions[0]["name"])

    def test_the_same_bytes_are_one_picture(self, client):
        send(client)
        answer = send(client, alt_text="Something else")
        assert "had this picture already. Your new description was not used; change it below." in words(answer)
        assert Image.objects.get().alt_text == "A lamp"

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"alt_text": ""}, "Describe this photo, or tick “Only decoration”."),
            ({"alt_text": "\u200b"}, "Describe this photo, or tick “Only decoration”."),
            ({"depicts": ""}, "This field is required."),
            ({"depicts": "patient"}, "not one of the available choices"),
            ({"file": ""}, "Choose a file first."),
            ({"file": SimpleUploadedFile("photo.jpg", b"not a picture at all", "image/jpeg")}, "picture"),
            ({"file": SimpleUploadedFile("empty.jpg", b"", "image/jpeg")}, "empty"),
            ({"alt_text": "x" * 301}, "300"),
        ],
    )
    def test_what_is_refused(self, client, sent, said):
        answer = send(client, **sent)
        assert answer.status_code == 200
        assert "Not saved yet." in words(answer) and said in words(answer)
        assert not Image.objects.exists()

    def test_decoration_needs_no_words(self, client):
        send(client, alt_text="Ignored", is_decorative="on")
        assert (Image.objects.get().alt_text, Image.objects.get().is_decorative) == ("", True)

    def test_a_file_that_is_too_large_is_not_taken_in(self, client, monkeypatch):
        monkeypatch.setattr("blog.admin.images.MAX_BYTES", 100_000)
        monkeypatch.setattr("blog.pictures.add_picture", lambda *args, **kwargs: pytest.fail("it was taken in"))
        answer = send(client, file=SimpleUploadedFile("large.jpg", b"x" * 300_000, "image/jpeg"))
        assert answer.status_code == 413
        assert "Not uploaded. This file is larger than 25 MB." in words(answer)

    def test_a_huge_request_is_not_even_read(self, client):
        body = BytesIO(b"--x")
        answer = client.generic(
            "POST", ADD, b"--x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(5 * MAX_BYTES)
        )
        assert answer.status_code == 413
        assert body.tell() == 0

    def test_the_token_is_still_asked_for(self, erin):
        client = Client(enforce_csrf_checks=True)
        client.force_login(erin)
        assert client.post(ADD, {"file": jpeg(), **WORDS}).status_code == 403
        page = client.get(ADD)
        token = tree(page).xpath("//main//input[@name='csrfmiddlewaretoken']/@value")[0]
        assert client.post(ADD, {"csrfmiddlewaretoken": token, "file": jpeg(), **WORDS}).status_code == 302

    def test_who_may(self, as_user, client, wilma, nora):
        assert Client().post(ADD, {"file": jpeg(), **WORDS}).url.startswith("/admin/login/")
        assert as_user(nora).post(ADD, {"file": jpeg(), **WORDS}).status_code == 403
        assert not Image.objects.exists()
        assert as_user(wilma).post(ADD, {"file": jpeg(), **WORDS}).status_code == 302


class TestWords:
    def test_saved_through_the_model(self, client, picture):
        before = ChangeStamp.current()
        sent = {"alt_text": "A tall lamp", "depicts": "model", "credit": "Bo", "focal_x": "0.5", "focal_y": "0.5"}
        answer = client.post(change(picture), sent, follow=True)
        assert "“A tall lamp”: saved. Posts that use it keep their own descriptions." in words(answer)
        picture.refresh_from_db()
        assert (picture.alt_text, picture.depicts, picture.credit) == ("A tall lamp", "model", "Bo")
        assert ChangeStamp.current() > before

    def test_a_new_point_makes_new_crops(self, client, picture):
        files = {rendition["name"] for rendition in picture.renditions}
        sent = {"alt_text": "A lamp", "depicts": "nobody", "focal_x": "0.9", "focal_y": "0.1"}
        client.post(change(picture), sent)
        picture.refresh_from_db()
        assert (picture.focal_x, picture.focal_y) == (0.9, 0.1)
        assert {rendition["name"] for rendition in picture.renditions} != files

    def test_the_same_point_leaves_them(self, client, picture, monkeypatch):
        monkeypatch.setattr("blog.pictures.refocus", lambda *args: pytest.fail("nothing changed"))
        sent = {"alt_text": "Other words", "depicts": "nobody", "focal_x": "0.5", "focal_y": "0.50"}
        assert client.post(change(picture), sent).status_code == 302

    def test_a_file_that_cannot_be_read_leaves_the_crops(self, client, picture):
        picture.master.storage.delete(picture.master.name)
        files = picture.renditions
        sent = {"alt_text": "Other words", "depicts": "nobody", "focal_x": "0.1", "focal_y": "0.1"}
        answer = client.post(change(picture), sent, follow=True)
        assert "The crops stay as they were" in words(answer)
        picture.refresh_from_db()
        assert (picture.alt_text, picture.renditions, picture.focal_x) == ("Other words", files, 0.5)

    @pytest.mark.parametrize("point", ["1.5", "-1", "nan", "inf", "x", ""])
    def test_points_outside(self, client, picture, point):
        sent = {"alt_text": "A lamp", "depicts": "nobody", "focal_x": point, "focal_y": "0.5"}
        answer = client.post(change(picture), sent)
        assert answer.status_code == 200
        assert "Not saved yet." in words(answer)

    def test_a_reader_of_the_library_changes_nothing(self, as_user, picture, nora):
        from django.contrib.auth.models import Permission

        nora.user_permissions.add(Permission.objects.get(codename="view_image"))
        client = as_user(nora)
        answer = client.get(change(picture))
        assert answer.status_code == 200 and "Used in" in words(answer)
        assert client.post(change(picture), WORDS).status_code == 403


class TestList:
    def test_tiles_say_where_pictures_are_used(self, client, picture, draft, rewrite):
        post = draft("One", hero_image=picture, hero_alt="A lamp")
        rewrite(post, title="One more time")
        draft("Two", hero_image=picture, hero_alt="A lamp")
        send(client, file=jpeg("blue"), alt_text="Blue")
        said = words(client.get(LIST))
        assert "A lamp on a desk Used in 2 posts" in said
        assert "Blue Not used yet" in said

    def test_found_by_words_and_by_what_is_missing(self, client, picture):
        Image.objects.create(digest="0", width=1, height=1, depicts="model")
        assert "A lamp on a desk" in words(client.get(f"{LIST}?q=lamp"))
        assert "Nothing found" in words(client.get(f"{LIST}?q=nowhere"))
        missing = words(client.get(f"{LIST}?described=no"))
        assert "No description yet" in missing and "A lamp" not in missing

    def test_an_empty_library(self, client):
        assert "No pictures yet" in words(client.get(LIST))

    def test_the_cost_does_not_grow(self, client, draft, django_assert_max_num_queries):
        for number in range(30):
            Image.objects.create(digest=str(number), width=1, height=1, depicts="nobody", alt_text=f"Number {number}")
        with django_assert_max_num_queries(10):
            client.get(LIST)


class TestDelete:
    def test_unused_with_its_files(self, client, picture, django_capture_on_commit_callbacks):
        files = [rendition["name"] for rendition in picture.renditions]
        path = reverse("admin:blog_image_delete", args=[picture.pk])
        assert buttons(client.get(path))
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(path, {"post": "yes"}, follow=True)
        assert "“A lamp on a desk” is deleted." in words(answer)
        assert not Image.objects.exists()
        assert not any(default_storage.exists(name) for name in files)
        assert not picture.master.storage.exists(picture.master.name)

    def test_in_use_it_says_where(self, client, picture, draft):
        post = draft("Light", body=f'<figure><img data-image="{picture.pk}" alt="x"></figure><p>Text</p>')
        Author.objects.update(photo=picture)
        path = reverse("admin:blog_image_delete", args=[picture.pk])
        for answer in (client.get(path), client.post(path, {"post": "yes"})):
            assert "is in use, so it stays" in words(answer)
            assert "Light" in words(answer) and "Ada Ray" in words(answer)
            assert reverse("admin:blog_post_change", args=[post.pk]) in tree(answer).xpath("//main//a/@href")
            assert buttons(answer) == []
        assert Image.objects.filter(pk=picture.pk).exists()

    def test_writers_delete_nothing(self, as_user, picture, wilma):
        path = reverse("admin:blog_image_delete", args=[picture.pk])
        assert as_user(wilma).post(path, {"post": "yes"}).status_code == 403
        assert Image.objects.exists()
