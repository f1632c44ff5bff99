"""A patient's picture: shown only while the consent holds, by an address that asks, and gone once it is revoked."""

from datetime import timedelta
from pathlib import Path

import pytest
from cast import DAY, person
from django.core.files.storage import default_storage, storages
from django.db.models import ProtectedError
from django.utils import timezone
from factories import make_author, make_editor, make_picture, make_post, make_practice, missing_for_release

from blog import publishing
from blog.models import AuditEntry, ChangeStamp, FileDeletion, Image, Mail, PhotoConsent, Procedure, RecordVersion
from blog.patients import next_consent_end
from blog.picture_files import finish_deletions, waiting
from blog.publishing import NotAllowed, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_renditions")]
PLACEHOLDER = "This picture is no longer shown."


def today():
    return timezone.localdate()


@pytest.fixture
def consent():
    return publishing.record_consent(make_editor(), reference="C-2026-014", scope="blog", signed_on=today())


@pytest.fixture
def patient(consent):
    return make_picture(alt_text="A forehead", depicts="patient", consent=consent, credit="Northlight")


@pytest.fixture
def article(patient):
    body = (
        f'<p>Words.</p><figure><img data-image="{patient.pk}" alt="Said here">'
        "<figcaption>Below the forehead</figcaption></figure>"
    )
    return make_post("Lines", body=body, hero_image=patient, hero_alt="The forehead", hero_caption="Hero words")


def addresses(page: str) -> set[str]:
    return {part for part in page.replace('"', " ").replace(",", " ").split() if part.startswith("/blog/pictures/")}


def files(image):
    return [one["name"] for one in image.renditions]


class TestFiles:
    def test_a_writer_cannot_open_a_patients_picture_to_everybody(self, patient, consent):
        wanda = person("wanda", "Writer")
        with pytest.raises(NotAllowed, match="Ask an editor"):
            publishing.say_of_picture(wanda, patient, {"depicts": "nobody"})
        publishing.say_of_picture(wanda, patient, {"alt_text": "A brow"})
        patient.refresh_from_db()
        assert (patient.depicts, patient.alt_text) == ("patient", "A brow")

    def test_a_patients_lie_where_no_web_server_reaches(self, patient):
        assert files(patient) and all(storages["private"].exists(name) for name in files(patient))
        assert not any(default_storage.exists(name) for name in files(patient))
        assert str(patient.digest)[:12] not in "".join(files(patient))

    def test_so_do_those_of_which_nobody_has_said_who_is_in_them(self):
        unsaid = make_picture(500, 300, alt_text="", depicts="")
        names = files(unsaid)
        assert all(storages["private"].exists(name) for name in names)
        publishing.say_of_picture(make_editor(), unsaid, {"alt_text": "A lamp", "depicts": "nobody"})
        said = Image.objects.get(pk=unsaid.pk)
        assert all(default_storage.exists(name) for name in files(said)) and not said.is_private
        finish_deletions()
        assert not any(storages["private"].exists(name) for name in names)

    def test_they_change_places_with_what_is_said(self, consent, client, django_capture_on_commit_callbacks):
        lamp = make_picture()
        make_post("Lamps", hero_image=lamp, hero_alt="A lamp")
        before = files(lamp)
        with django_capture_on_commit_callbacks(execute=True):
            publishing.say_of_picture(make_editor(), lamp, {"depicts": "patient", "consent": consent})
        lamp.refresh_from_db()
        assert not FileDeletion.objects.exists() and not any(default_storage.exists(name) for name in before)
        assert all(client.get(f"/media/{name}").status_code == 404 for name in before)
        private = files(lamp)
        assert addresses(client.get("/blog/lamps/").content.decode()) >= {f"/blog/pictures/{lamp.pk}/{private[0]}"}
        with django_capture_on_commit_callbacks(execute=True):
            publishing.say_of_picture(make_editor(), lamp, {"depicts": "nobody"})
        lamp.refresh_from_db()
        assert lamp.consent is None and not any(storages["private"].exists(name) for name in private)
        assert all(default_storage.exists(name) for name in files(lamp))
        said = list(AuditEntry.objects.filter(act="record_changed").order_by("pk").values_list("reason", flat=True))
        assert said == [f"Picture {lamp.pk}: a patient, consent C-2026-014", f"Picture {lamp.pk}: no patient"]

    def test_a_picture_that_is_shown_without_asking_is_no_patient(self, consent):
        beside_a_name, on_every_page = make_picture(), make_picture(500, 300)
        make_author("Bo", photo=beside_a_name)
        make_practice(share_image=on_every_page)
        for image in (beside_a_name, on_every_page):
            with pytest.raises(Refused, match=r"no patient can be shown|cannot be a patient"):
                publishing.say_of_picture(make_editor(), image, {"depicts": "patient", "consent": consent})
            image.refresh_from_db()
            assert image.depicts == "nobody" and not FileDeletion.objects.exists()

    def test_cropped_anew_they_stay_private(self, patient):
        from blog.pictures import refocus

        refocus(patient, 0.1, 0.9)
        stored = Image.objects.get(pk=patient.pk)
        assert all(one["private"] and storages["private"].exists(one["name"]) for one in stored.renditions)

    def test_the_same_bytes_are_no_way_around_a_consent(self, patient, consent):
        from blog.pictures import PictureRefused

        make_picture(500, 300)
        with pytest.raises(PictureRefused, match="has this picture already"):
            make_picture(500, 300, depicts="patient", consent=consent)
        publishing.revoke(make_editor(), consent)
        with pytest.raises(ProtectedError):
            Image.objects.get(pk=patient.pk).delete()
        with pytest.raises(PictureRefused, match="revoked"):
            make_picture()

    def test_one_whose_consent_ended_is_said_to_show_nobody_only_after_an_editor_corrected_that(self, patient, consent):
        erin, days = make_editor(), {"scope": "blog", "signed_on": today() - timedelta(2)}
        publishing.change_consent(erin, consent, expires_on=today() - timedelta(1), **days)
        with pytest.raises(Refused, match="an editor corrects the last day"):
            publishing.say_of_picture(erin, patient, {"depicts": "nobody"})
        again = publishing.record_consent(erin, reference="C-2026-015", scope="blog", signed_on=today())
        publishing.say_of_picture(erin, patient, {"depicts": "patient", "consent": again})
        publishing.say_of_picture(erin, patient, {"depicts": "nobody"})
        assert not Image.objects.get(pk=patient.pk).is_private


class TestReaders:
    def test_the_article_and_its_cards_show_it_by_the_address_that_asks(self, article, patient, client):
        page = client.get("/blog/lines/").content.decode()
        assert addresses(page) and "/media/" not in page.replace("/media/none", "")
        assert addresses(client.get("/blog/").content.decode())
        for address in addresses(page):
            answer = client.get(address)
            assert answer.status_code == 200 and len(answer.content) > 100
            assert answer["Cache-Control"] == "private, no-cache" and "immutable" not in answer["Cache-Control"]
            assert answer["X-Robots-Tag"] == "noindex, noimageindex"
            again = client.get(address, HTTP_IF_NONE_MATCH=answer["ETag"])
            assert again.status_code == 304 and again["Cache-Control"] == "private, no-cache"

    @pytest.mark.parametrize("over", ["revoked", "ended", "not begun"])
    def test_without_a_consent_that_holds_a_neutral_place_is_left(self, article, patient, consent, client, over):
        address = min(addresses(client.get("/blog/lines/").content.decode()))
        tag = client.get(address)["ETag"]
        if over == "revoked":
            publishing.revoke(make_editor(), consent)
        elif over == "ended":
            yesterday = today() - timedelta(days=1)
            PhotoConsent.objects.update(signed_on=yesterday, expires_on=yesterday)
        else:
            PhotoConsent.objects.update(signed_on=today() + timedelta(days=1))
        page = client.get("/blog/lines/").content.decode()
        assert page.count(PLACEHOLDER) == 2 and not addresses(page)
        for word in ("forehead", "Said here", "Hero words", "Image: Northlight"):
            assert word not in page, word
        assert not addresses(client.get("/blog/").content.decode())
        for headers in ({}, {"HTTP_IF_NONE_MATCH": tag}, {"HTTP_IF_NONE_MATCH": "*"}):
            gone = client.get(address, **headers)
            assert (gone.status_code, gone["Cache-Control"]) == (404, "private, no-cache")

    def test_only_what_a_live_article_shows_is_given(self, patient, client):
        address = f"/blog/pictures/{patient.pk}/{files(patient)[0]}"
        assert client.get(address).status_code == 404
        post = make_post("Lines", hero_image=patient, hero_alt="A forehead", live=False)
        assert client.get(address).status_code == 404
        publishing.publish(make_editor(), publishing.newest_revision(post))
        assert client.get(address).status_code == 200
        assert client.get(f"/blog/pictures/{patient.pk}/{'0' * 24}-own-16.jpg").status_code == 404
        assert client.get(f"/media/{files(patient)[0]}").status_code == 404
        publishing.take_off(make_editor(), post, "Reason")
        assert client.get(address).status_code == 404

    def test_no_copy_is_handed_to_others(self, article, patient, client):
        page = client.get("/blog/lines/").content.decode()
        head = page[: page.index("</head>")]
        assert "og:image" in head and "/pictures/" not in head and "primaryImageOfPage" not in head
        for path in ("/feed/", "/feed/atom/", "/feed/json/", "/sitemap.xml"):
            text = client.get(path).content.decode()
            assert "/pictures/" not in text and "forehead" not in text, path
            assert not any(name in text for name in files(patient)), path
        assert "/blog/lines/" in client.get("/search/?q=words").content.decode()
        assert "/blog/lines/" not in client.get("/search/?q=forehead").content.decode()

    def test_a_preview_by_link_shows_no_patient(self, article, patient, client):
        _, secret = publishing.make_preview_link(make_editor(), article, revision=None, days=7, now=timezone.now())
        page = client.get(f"/preview/{secret}/").content.decode()
        assert "A patient&#x27;s picture stands here." in page or "A patient's picture stands here." in page
        assert not [one for one in addresses(page) if one.startswith(f"/blog/pictures/{patient.pk}/")]

    def test_before_and_after_says_by_itself_that_results_differ(self, client):
        shown = make_picture(
            is_before_after=True,
            depicts="model",
            procedures_shown=[Procedure.objects.create(name="Peels of the face").pk],
        )
        make_post(
            "Peels",
            body=f'<p>Words.</p><figure><img data-image="{shown.pk}" alt="x"></figure>',
            hero_image=shown,
            hero_alt="Two faces",
        )
        assert client.get("/blog/peels/").content.decode().count("Individual results differ.") == 2
        assert "Individual results differ." in client.get("/feed/json/").content.decode()

    def test_the_next_end_is_known(self, article, consent):
        now = timezone.now()
        assert next_consent_end(now) is None
        PhotoConsent.objects.update(expires_on=today() + timedelta(days=3))
        end = next_consent_end(now)
        assert timezone.localtime(end).date() == today() + timedelta(days=4)
        consent.refresh_from_db()
        assert consent.is_live(end - timedelta(seconds=1)) and not consent.is_live(end)
        assert next_consent_end(end) is None


class TestRelease:
    def test_a_draft_without_a_consent_that_holds_stays_a_draft(self, patient, consent):
        post = make_post("Lines", hero_image=patient, hero_alt="A forehead", live=False)
        draft = publishing.newest_revision(post)
        PhotoConsent.objects.update(expires_on=today() + timedelta(days=2))
        with pytest.raises(Refused, match="does not hold when this goes live"):
            publishing.publish(make_editor(), draft, at=timezone.now() + 4 * DAY)
        publishing.revoke(make_editor(), consent)
        assert set(missing_for_release(draft)) == {"hero_image"}
        with pytest.raises(Refused, match="does not hold"):
            publishing.publish(make_editor(), draft)

    def test_what_was_taken_off_does_not_come_back_with_it(self, article, consent):
        publishing.take_off(make_editor(), article, "Reason")
        publishing.revoke(make_editor(), consent)
        with pytest.raises(Refused, match="does not hold"):
            publishing.put_back(make_editor(), article.publications.get())

    def test_a_copy_of_the_post_is_covered(self, article, consent):
        copy = publishing.duplicate(make_editor(), article)
        publishing.revoke(make_editor(), consent)
        assert "hero_image" in missing_for_release(publishing.newest_revision(copy))

    def test_it_does_not_come_in_place_of_another(self, patient, consent):
        lamp = make_picture(500, 300)
        make_author("Bo", photo=lamp)
        with pytest.raises(Refused, match="beside no author"):
            publishing.replace_picture(make_editor(), lamp, patient)
        publishing.revoke(make_editor(), consent)
        with pytest.raises(Refused, match="cannot be shown"):
            publishing.replace_picture(make_editor(), make_picture(600, 300), Image.objects.get(pk=patient.pk))


class TestRecord:
    def test_the_next_number_is_proposed(self, consent):
        now = timezone.now()
        year = today().year
        assert publishing.next_reference(now) == (f"C-{year}-015" if year == 2026 else f"C-{year}-001")

    def test_what_cannot_be_written_down(self, consent):
        erin, facts = make_editor(), {"scope": "blog", "signed_on": today()}
        for reference in ("Jane Doe", "C-2026-14", "c-2026-014"):
            with pytest.raises(Refused, match="Never write a patient’s name"):
                publishing.record_consent(erin, reference=reference, **facts)
        with pytest.raises(Refused, match="stands here already"):
            publishing.record_consent(erin, reference="C-2026-014", scope="online", signed_on=today())
        assert publishing.record_consent(erin, reference="C-2026-014", **facts) == consent
        with pytest.raises(Refused, match="lies ahead"):
            publishing.record_consent(erin, reference="C-2026-020", scope="blog", signed_on=today() + timedelta(1))
        with pytest.raises(NotAllowed):
            publishing.record_consent(person("nora"), reference="C-2026-020", **facts)

    def test_it_is_corrected_but_never_unrevoked(self, consent, wilma):
        erin, days = make_editor(), {"scope": "online", "signed_on": today()}
        with pytest.raises(NotAllowed):
            publishing.change_consent(wilma, consent, **days)
        publishing.change_consent(erin, consent, expires_on=today(), **days)
        consent.refresh_from_db()
        assert (consent.scope, consent.expires_on) == ("online", today())
        publishing.revoke(wilma, consent)
        with pytest.raises(Refused, match="stays as it is"):
            publishing.change_consent(erin, consent, **days)
        with pytest.raises(Refused, match="revoked already"):
            publishing.revoke(erin, consent)


class TestRevocation:
    def test_one_transaction_ends_it_and_the_files_follow(
        self, article, patient, consent, rita, nora, django_capture_on_commit_callbacks
    ):
        with pytest.raises(NotAllowed):
            publishing.revoke(nora, consent)
        stamp, master = ChangeStamp.current(), patient.master.name
        with django_capture_on_commit_callbacks() as after:
            publishing.revoke(rita, consent)
        stored = Image.objects.get(pk=patient.pk)
        assert (stored.renditions, stored.digest, stored.master.name) == ([], patient.digest, master)
        assert ChangeStamp.current() > stamp
        rows = set(FileDeletion.objects.values_list("storage", "name"))
        assert rows == {("masters", master), *(("private", name) for name in files(patient))}
        entry = AuditEntry.objects.get(act="consent_revoked")
        assert (entry.actor, entry.reason) == (rita, f"C-2026-014; pictures {patient.pk}")
        assert RecordVersion.objects.filter(record="photoconsent", record_id=consent.pk).count() == 2
        assert storages["masters"].exists(master)
        for callback in after:
            callback()
        assert not FileDeletion.objects.exists() and not storages["masters"].exists(master)
        assert not any(storages["private"].exists(name) for name in files(patient))

    def test_a_storage_that_fails_keeps_the_row_and_says_so(self, patient, consent, monkeypatch):
        from blog import health

        def fails(self, name):
            raise OSError("Input/output error")

        publishing.revoke(make_editor(), consent)
        monkeypatch.setattr("medspa.storage.WholeFileStorage.delete", fails)
        assert finish_deletions() == 0
        assert waiting().count == len(files(patient)) + 1 and waiting().trouble == "Input/output error"
        finding = health.AROUND["Files to delete"]()
        assert (
            finding.level == health.WRONG and "(Input/output error). manage.py prepare tries again." in finding.sentence
        )
        monkeypatch.undo()
        assert finish_deletions() == len(files(patient)) + 1
        assert health.AROUND["Files to delete"]().level == health.OK

    def test_crops_that_are_made_meanwhile_do_not_bring_it_back(self, patient, consent, monkeypatch):
        from blog import pictures

        def files_there():
            return set(Path(storages["private"].location).glob("*"))

        encode, before = pictures.encode, files_there()

        def revoked_meanwhile(data, focal):
            publishing.revoke(make_editor(), consent)
            yield from encode(data, focal)

        monkeypatch.setattr(pictures, "encode", revoked_meanwhile)
        pictures.refocus(patient, 0.1, 0.9)
        finish_deletions()
        assert Image.objects.get(pk=patient.pk).renditions == []
        assert len(before - files_there()) == len(files(patient)) and files_there() < before

    def test_the_same_bytes_of_a_deleted_picture_may_come_in_again_before_the_files_went(self):
        lamp = make_picture()
        lamp.delete()
        assert FileDeletion.objects.exists()
        again = make_picture()
        finish_deletions()
        assert all(default_storage.exists(name) for name in files(again))
        assert again.master.storage.exists(again.master.name)


class TestDaily:
    def test_managers_are_told_once_of_a_consent_that_ends_soon(self, patient, consent, settings):
        from blog.daily import consents_ending

        settings.EMAIL_CONFIGURED = True
        mara = person("mara", "Manager")
        mara.email = "mara@example.com"
        mara.save()
        now = timezone.now()
        PhotoConsent.objects.update(expires_on=today() + timedelta(days=31))
        assert consents_ending.step(now).startswith("No consent ends soon")
        assert consents_ending.step(now + DAY) == "Managers are told of 1 consent that ends soon."
        assert consents_ending.step(now + 2 * DAY).startswith("No consent ends soon")
        (written,) = Mail.objects.all()
        assert written.to == "mara@example.com" and written.subject.startswith("Consent C-2026-014 ends ")
        assert f"/admin/blog/photoconsent/{consent.pk}/change/" in written.body and "1 " not in written.body
        publishing.change_consent(
            mara, consent, scope="blog", signed_on=today(), expires_on=today() + timedelta(days=400)
        )
        assert consents_ending.step(now + 371 * DAY) == "Managers are told of 1 consent that ends soon."
