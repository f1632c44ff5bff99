"""The picture library: uploads, words, the point of focus, and deletion."""

from datetime import timedelta
from io import BytesIO

import pytest
from cast import person
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from factories import make_picture, make_post
from PIL import Image as Pillow
from staff_words import buttons, tree, words

from blog.imaging.verify import MAX_BYTES
from blog.models import AuditEntry, Author, ChangeStamp, Image, PhotoConsent, Post, Practice, Procedure, Revision
from blog.publishing import newest_revision, publish, replace_picture, revoke

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
            ({"depicts": ""}, "Say who is in it."),
            ({"depicts": "patient"}, "Choose the consent by its number, or write it down here. Never a name."),
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

    def test_who_is_in_it_is_not_undone_by_a_page_that_was_open_before(self, client, picture):
        path = reverse("admin:blog_image_change", args=[picture.pk])
        assert 'name="was-depicts" value="nobody"' in client.get(path).content.decode()
        Image.objects.filter(pk=picture.pk).update(depicts="model")
        sent = WORDS | {"focal_x": "0.5", "focal_y": "0.5", "caption": "New", "was-depicts": "nobody"}
        answer = client.post(path, sent | {"depicts": "nobody"})
        assert "This was changed while the page was open, to “A model”." in words(answer)
        assert 'name="was-depicts" value="model"' in answer.content.decode()
        picture.refresh_from_db()
        assert (picture.depicts, picture.caption) == ("model", "")

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

    def test_authors_and_the_practice_count_as_uses(self, client, picture, author):
        Author.objects.filter(pk=author.pk).update(photo=picture)
        Practice.objects.update_or_create(pk=1, defaults={"logo": picture})
        assert "A lamp on a desk Used in photo of Ada Ray, the practice’s pages" in words(client.get(LIST))

    def test_views_count_what_is_unused_bare_or_replaced(self, client, picture, draft, erin):
        post = draft("One", hero_image=picture, hero_alt="A lamp")
        idle, bare = make_picture(500, 300, alt_text="Idle"), make_picture(600, 300, alt_text="", depicts="")
        written = make_picture(700, 300, alt_text="Being written")
        values = newest_revision(post).article_values() | {"body": f'<figure><img data-image="{written.pk}"></figure>'}
        Revision.objects.create(post=post, saved_by=erin, saved_at=timezone.now(), **values)
        said = words(client.get(LIST))
        assert "All 4Not used yet 2No description 1 Being written Used in words that somebody is writing" in said
        assert "Replaced" not in said.split("Filter")[0]
        unused = words(client.get(f"{LIST}?use=unused"))
        assert "Idle Not used yet" in unused and "A lamp" not in unused and "Being written" not in unused
        assert "Idle" not in words(client.get(f"{LIST}?use=used"))
        replace_picture(erin, idle, written)
        assert "Idle" not in words(client.get(LIST)) and "Replaced 1" in words(client.get(LIST))
        assert "Idle Replaced" in words(client.get(f"{LIST}?use=replaced"))
        for number in (f"{bare.pk}", f"%23{bare.pk}"):
            found = words(client.get(f"{LIST}?q={number}"))
            assert "No description yet" in found and "A lamp" not in found

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

    def test_in_words_that_somebody_is_writing_it_stays(self, client, picture, draft, wilma):
        post = draft("Light")
        values = newest_revision(post).article_values() | {"body": f'<figure><img data-image="{picture.pk}"></figure>'}
        Revision.objects.create(post=post, saved_by=wilma, saved_at=timezone.now(), **values)
        path = reverse("admin:blog_image_delete", args=[picture.pk])
        answer = client.post(path, {"post": "yes"})
        assert "is in use, so it stays" in words(answer) and "LightDraft" in words(answer)
        assert Image.objects.filter(pk=picture.pk).exists()

    def test_each_place_is_named_by_what_it_is(self, client, picture, draft, rewrite, erin):
        live, past = (
            draft("Live one", hero_image=picture, hero_alt="x"),
            draft("Past one", hero_image=picture, hero_alt="x"),
        )
        publish(erin, newest_revision(live))
        rewrite(past, hero_image=None, hero_alt="")
        draft("Draft one", hero_image=picture, hero_alt="x")
        Practice.objects.update_or_create(pk=1, defaults={"share_image": picture})
        said = words(client.post(reverse("admin:blog_image_delete", args=[picture.pk]), {"post": "yes"}))
        for place in ("Live oneLive", "Past oneEarlier versions", "Draft oneDraft", "shared linksPractice"):
            assert place in said

    def test_writers_delete_nothing(self, as_user, picture, wilma):
        path = reverse("admin:blog_image_delete", args=[picture.pk])
        assert as_user(wilma).post(path, {"post": "yes"}).status_code == 403
        assert Image.objects.exists()


class TestQueue:
    DESCRIBE = "/admin/blog/image/describe/"

    def test_one_after_the_other(self, as_user, wilma):
        first, second = make_picture(500, 300, alt_text="", depicts=""), make_picture(600, 300, alt_text="", depicts="")
        client = as_user(wilma)
        answer = client.get(f"{self.DESCRIBE}?of=5")
        assert "2 of 5 need a description" in words(answer) and f"after={first.pk}" in answer.content.decode()
        answer = client.post(f"{self.DESCRIBE}?of=5", {"picture": first.pk, "alt_text": "One", "depicts": ""})
        assert "Not saved yet. 1 place needs a look." in words(answer)
        answer = client.post(f"{self.DESCRIBE}?of=5", WORDS | {"picture": first.pk, "alt_text": "One"}, follow=True)
        assert "1 of 5 needs a description" in words(answer)
        answer = client.post(f"{self.DESCRIBE}?of=5", WORDS | {"picture": second.pk, "alt_text": "Two"}, follow=True)
        assert "Every picture has a description." in words(answer)
        assert set(Image.objects.values_list("alt_text", "depicts")) == {("One", "nobody"), ("Two", "nobody")}

    def test_a_page_that_was_open_before_a_colleague_described_it_changes_nothing(self, client, picture):
        answer = client.post(
            "/admin/blog/image/describe/", {"picture": picture.pk, "depicts": "model", "alt_text": "x"}
        )
        assert answer.status_code == 302
        assert "was described by a colleague meanwhile" in words(client.get(LIST))
        picture.refresh_from_db()
        assert (picture.depicts, picture.alt_text) == ("nobody", "A lamp on a desk")

    def test_who_may_and_what_was_deleted(self, as_user, client, nora):
        assert as_user(nora).get(self.DESCRIBE).status_code == 403
        make_picture(500, 300, alt_text="", depicts="")
        answer = client.post(self.DESCRIBE, WORDS | {"picture": "99999"}, follow=True)
        assert "That picture was deleted meanwhile." in words(answer)


class TestReplaceScreen:
    def test_says_what_will_change_and_changes_it(self, client, picture, draft, erin):
        post = draft("Light", hero_image=picture, hero_alt="Kept words")
        publish(erin, newest_revision(post))
        draft("Another", hero_image=picture, hero_alt="x")
        Author.objects.update(photo=picture)
        new = make_picture(alt_text="A new lamp")
        path = reverse("admin:blog_image_replace", args=[picture.pk])
        assert path in tree(client.get(change(picture))).xpath("//main//a/@href")
        offered = client.get(path, {"q": "new"})
        assert f"?by={new.pk}" in tree(offered).xpath("//main//a/@href")
        screen = client.get(path, {"by": new.pk})
        assert "It stands in 1 live post, 1 draft and 1 author." in words(screen)
        assert "LightLive" in words(screen) and "AnotherDraft" in words(screen)
        assert buttons(screen) == ["Replace in 1 live post, 1 draft and 1 author"]
        assert Post.objects.get(pk=post.pk).hero_image == picture
        answer = client.post(path, {"by": new.pk, "words": "kept"}, follow=True)
        assert "Replaced in 1 live post, 1 draft and 1 author. Readers see the new picture at once." in words(answer)
        assert Post.objects.get(pk=post.pk).hero_alt == "Kept words"
        again = client.post(path, {"by": new.pk})
        assert again.status_code == 409 and "Nothing was changed. This picture was replaced" in words(again)
        gone = client.get(change(picture))
        assert "Replaced everywhere by another picture." in words(gone)
        assert path not in tree(gone).xpath("//main//a/@href")

    def test_an_upload_leads_to_it(self, client, picture):
        answer = client.post(f"{ADD}?replaces={picture.pk}", {"file": jpeg("green"), **WORDS})
        new = Image.objects.exclude(pk=picture.pk).get()
        assert answer.url == f"/admin/blog/image/{picture.pk}/replace/?by={new.pk}"

    def test_a_replaced_picture_is_shown_to_staff_only_and_can_be_chosen_nowhere(
        self, client, picture, erin, nora, as_user, django_capture_on_commit_callbacks
    ):
        new = make_picture(alt_text="A new lamp")
        names = [rendition["name"] for rendition in picture.renditions]
        with django_capture_on_commit_callbacks(execute=True):
            replace_picture(erin, picture, new)
        assert not any(default_storage.exists(name) for name in names)
        kept = client.get(f"/admin/blog/image/{picture.pk}/file/")
        assert kept.status_code == 200 and b"".join(kept.streaming_content)[:2] == b"\xff\xd8"
        assert as_user(nora).get(f"/admin/blog/image/{picture.pk}/file/").status_code == 403
        assert [image["id"] for image in client.get("/admin/blog/image/choose/").json()["images"]] == [new.pk]
        found = client.get("/admin/autocomplete/?app_label=blog&model_name=author&field_name=photo&term=lamp")
        assert [row["id"] for row in found.json()["results"]] == [str(new.pk)]

    def test_who_may(self, as_user, wilma, picture):
        client = as_user(wilma)
        path = reverse("admin:blog_image_replace", args=[picture.pk])
        assert client.get(path).status_code == 403 and client.post(path, {"by": picture.pk}).status_code == 403
        assert path not in client.get(change(picture)).content.decode()


class TestPatients:
    NEW = {
        "depicts": "patient",
        "consent": "new",
        "new_reference": "c-2026-014",
        "new_scope": "blog",
        "new_signed_on": "2026-01-05",
    }

    def test_a_consent_is_written_down_with_the_picture(self, client):
        page = client.get(ADD)
        year = timezone.localdate().year
        assert tree(page).xpath("//input[@name='new_reference']/@value") == [f"C-{year}-001"]
        assert "Never a name." in words(page)
        send(client, **self.NEW)
        image, consent = Image.objects.get(), PhotoConsent.objects.get()
        assert (image.depicts, image.consent, consent.reference) == ("patient", consent, "C-2026-014")
        assert (consent.signed_on.isoformat(), consent.expires_on, consent.scope) == ("2026-01-05", None, "blog")
        page = client.get(change(image))
        assert "C-2026-014 Holds" in words(page) and "The patient revoked the consent…" in words(page)
        (shown,) = tree(page).xpath("//div[contains(@class, 'st-focal')]/img/@src")
        answer = client.get(shown)
        assert answer.status_code == 200 and answer["Cache-Control"].startswith("private, no-store")
        b"".join(answer.streaming_content)
        assert Client().get(shown).url.startswith("/admin/login/")

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"new_reference": "Jane Doe"}, "Never write a patient’s name here."),
            ({"new_signed_on": ""}, "Write the day on which the patient signed."),
            ({"new_signed_on": "2099-01-01"}, "This day lies ahead."),
            ({"new_expires_on": "2026-01-04"}, "The last day is before the day of signing."),
            ({"new_expires_on": "2026-01-06"}, "This consent has ended already"),
            ({"consent": ""}, "Choose the consent by its number"),
            ({"is_decorative": "on"}, "A picture of a patient shows something. Describe it."),
            ({"is_before_after": "on"}, "Say which treatments it shows."),
        ],
    )
    def test_what_is_refused(self, client, sent, said):
        Procedure.objects.create(name="Peels of the face")
        answer = send(client, **self.NEW | sent)
        assert said in words(answer) and not Image.objects.exists() and not PhotoConsent.objects.exists()

    def test_only_a_consent_that_holds_can_be_chosen(self, client, picture):
        signed = timezone.localdate() - timedelta(days=2)
        facts = {"scope": "blog", "signed_on": signed}
        good, ended, revoked = (PhotoConsent.objects.create(reference=f"C-2026-10{n}", **facts) for n in range(3))
        PhotoConsent.objects.filter(pk=ended.pk).update(expires_on=signed)
        PhotoConsent.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
        offered = tree(client.get(change(picture))).xpath("//select[@name='consent']/option/@value")
        assert offered == ["", "new", str(good.pk)]
        sent = {"alt_text": "A brow", "focal_x": "0.5", "focal_y": "0.5", "depicts": "patient"}
        for one in (ended, revoked):
            client.post(change(picture), sent | {"consent": one.pk})
            assert Image.objects.get().depicts == "nobody"
        procedure = Procedure.objects.create(name="Peels of the face")
        shown = {"is_before_after": "on", "treatments": [f"procedure-{procedure.pk}"]}
        client.post(change(picture), sent | {"consent": good.pk} | shown)
        image = Image.objects.get()
        assert (image.consent, image.is_before_after, image.procedures_shown) == (good, True, [procedure.pk])
        assert image.is_private and image.alt_text == "A brow"

    def test_the_queue_asks_the_same(self, client):
        image = make_picture(500, 300, alt_text="", depicts="")
        sent = {"picture": image.pk, "alt_text": "A brow", **self.NEW}
        client.post("/admin/blog/image/describe/", sent | {"new_signed_on": ""})
        assert not Image.objects.get().is_described
        client.post("/admin/blog/image/describe/", sent)
        assert Image.objects.get().consent.reference == "C-2026-014"

    def test_it_is_no_logo(self, as_user, client):
        send(client, **self.NEW)
        mara = as_user(person("mara", "Manager"))
        answer = mara.post("/admin/blog/practice/1/change/", {"name": "Northlight", "logo": Image.objects.get().pk})
        assert "Choose a picture without one." in words(answer)


class TestConsents:
    LIST = "/admin/blog/photoconsent/"

    @pytest.fixture
    def patient(self, client):
        send(client, **TestPatients.NEW)
        return Image.objects.get()

    def test_each_says_how_it_stands_and_where_its_pictures_are(self, client, patient, erin):
        post = make_post("Lines", hero_image=patient, hero_alt="A brow")
        answer = client.get(self.LIST)
        assert "C-2026-014Holds1Jan. 5, 2026" in words(answer)
        answer = client.get(f"{self.LIST}{patient.consent_id}/change/")
        assert "Holds." in words(answer) and "Lines Live" in words(answer)
        sent = {"scope": "online", "signed_on": "2026-01-05", "expires_on": "2026-01-31"}
        answer = client.post(f"{self.LIST}{patient.consent_id}/change/", sent, follow=True)
        assert "C-2026-014: saved. Readers see it at once." in words(answer)
        assert "Ended January 31, 2026" in words(client.get(self.LIST))
        assert "no longer shown" in client.get(f"/blog/{post.slug}/").content.decode()
        assert client.get(f"{self.LIST}{patient.consent_id}/delete/").status_code == 403

    def test_one_is_added_with_the_next_number(self, client, patient):
        assert tree(client.get(f"{self.LIST}add/")).xpath("//input[@name='reference']/@value")[0].startswith("C-")
        sent = {"reference": "C-2026-015", "scope": "blog", "signed_on": "2026-01-05"}
        answer = client.post(f"{self.LIST}add/", sent | {"reference": "Jane Doe"})
        assert "Never write a patient’s name here." in words(answer)
        client.post(f"{self.LIST}add/", sent)
        assert AuditEntry.objects.filter(act="consent_recorded", reason__startswith="C-2026-015").exists()

    def test_a_revoked_picture_cannot_be_deleted_and_brought_in_again_as_nobody(self, client, patient, erin):
        revoke(erin, patient.consent)
        path = reverse("admin:blog_image_delete", args=[patient.pk])
        for answer in (client.get(path), client.post(path, {"post": "yes"})):
            assert "is in use, so it stays" in words(answer) and "C-2026-014Revoked consent" in words(answer)
        assert Image.objects.filter(pk=patient.pk).exists()

    def test_whoever_takes_the_call_revokes_it_on_one_screen(self, as_user, patient, wilma, nora):
        make_post("Lines", hero_image=patient, hero_alt="A brow", hero_caption="x")
        draft = make_post("More lines", hero_image=patient, hero_alt="A brow", live=False)
        address = f"{self.LIST}{patient.consent_id}/revoke/"
        assert as_user(nora).get(address).status_code == as_user(nora).post(address).status_code == 403
        front = as_user(wilma)
        page = words(front.get(address))
        for said in (
            "Nothing changes until you press",
            "No button undoes this.",
            "What cannot be recalled",
            "Lines Live",
        ):
            assert said in page, said
        assert PhotoConsent.objects.get().revoked_at is None
        answer = front.post(address, follow=True)
        (told,) = answer.redirect_chain
        assert told[0] == f"{self.LIST}{patient.consent_id}/revoked/"
        page = words(answer)
        assert "C-2026-014 is revoked" in page and "wilma wrote it down" in page and "More lines Draft" in page
        assert f"/admin/blog/post/{draft.pk}/change/" in tree(answer).xpath("//main//a/@href")
        asked = tree(answer).xpath("//p/@data-revoked")[0].split()
        assert asked and {Client().get(one).status_code for one in asked} == {404}
        assert front.post(address).url == told[0] and PhotoConsent.objects.get().revoked_by == wilma
        stays = front.post(f"{self.LIST}{patient.consent_id}/change/", {"scope": "online", "signed_on": "2026-01-05"})
        assert stays.status_code in (302, 403) and PhotoConsent.objects.get().revoked_at is not None
        tile = words(front.get("/admin/blog/image/"))
        assert "C-2026-014: Revoked" in tile
