"""Sources on the staff side: the sheet's answers, list and form, who may, and what the work list says."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from cast import clinician, person
from django.test import Client
from django.utils import timezone
from factories import make_editor, make_post, make_practice
from staff_words import rows, tree, words

from blog.models import AuditEntry, Drug, LinkCheck, MedicalReview, Post, RecordVersion, Source
from blog.publishing import approve, newest_revision, submit

pytestmark = pytest.mark.django_db

FIND, NEW = "/admin/blog/source/find/", "/admin/blog/source/new/"
FIELDS = {"title": "Label", "publisher": "FDA", "url": "https://fda.example/label", "accessed_on": "2026-11-05"}


@pytest.fixture
def writer(client):
    client.force_login(person("wanda", "Writer"))
    return client


@pytest.fixture
def editor():
    client = Client()
    client.force_login(person("edda", "Writer", "Editor"))
    return client


def make_source(title="Label", **values) -> Source:
    return Source.objects.create(title=title, accessed_on=date(2026, 11, 5), **values)


def titles(answer):
    return [one["title"] for one in answer.json()["sources"]]


class TestTheSheet:
    def test_words_find_what_is_offered(self, writer):
        make_source("Light and hair", publisher="Journal")
        make_source("Heat", is_retired=True)
        make_source("Label", publisher="FDA", url="https://fda.example/light")
        assert titles(writer.get(FIND)) == ["Label", "Light and hair"]
        assert titles(writer.get(FIND, {"q": "LIGHT journal"})) == ["Light and hair"]
        assert titles(writer.get(FIND, {"q": "heat"})) == []

    @pytest.mark.parametrize(
        "link",
        [
            "https://fda.example/label",
            "http://www.FDA.example/label/",
            "https://fda.example:443/label?utm_source=mail#part",
        ],
    )
    def test_a_link_finds_its_source_however_it_is_written(self, writer, link):
        make_source(url="https://fda.example/label")
        make_source("Other", url="https://fda.example/label?set=2")
        answer = writer.get(FIND, {"q": link})
        assert titles(answer) == ["Label"] and answer.json()["exact"]

    def test_keys_come_in_their_order(self, writer):
        first, second = make_source("First"), make_source("Second", is_retired=True)
        assert titles(writer.get(FIND, {"keys": f"{second.pk} 999 x {first.pk}"})) == ["Second", "First"]

    def test_a_new_one_is_kept_with_who_added_it(self, writer):
        answer = writer.post(NEW, FIELDS).json()
        source = Source.objects.get(pk=answer["id"])
        assert (answer["title"], answer["known"], str(source.accessed_on)) == ("Label", False, "2026-11-05")
        entry = AuditEntry.objects.get(act="record_changed")
        assert (entry.actor.username, entry.reason) == ("wanda", "Source “Label (FDA)”: added")

    def test_the_same_address_is_not_added_twice(self, writer):
        known = make_source("As it was", url="http://fda.example/label/")
        answer = writer.post(NEW, FIELDS).json()
        assert (answer["id"], answer["title"], answer["known"]) == (known.pk, "As it was", True)
        assert Source.objects.count() == 1

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("title", " ", "Write the title"),
            ("url", "not an address", "This is no web address"),
            ("url", "javascript:alert(1)", "This is no web address"),
            ("accessed_on", "", "Say on which day"),
            ("accessed_on", "2999-01-01", "This day lies ahead"),
        ],
    )
    def test_a_slip_is_said_at_its_field(self, writer, field, value, words):
        answer = writer.post(NEW, FIELDS | {field: value})
        assert answer.status_code == 400 and answer.json()["field"] == field
        assert answer.json()["error"].startswith(words) and not Source.objects.exists()

    def test_who_may_not_is_told(self, client):
        assert client.get(FIND).status_code == 302
        client.force_login(person("rita", "Medical reviewer"))
        assert client.get(FIND).status_code == 200
        answer = client.post(NEW, FIELDS)
        assert answer.status_code == 403 and "may not add sources" in answer.json()["error"]

    def test_a_forged_request_is_refused(self, client):
        client.force_login(person("wanda", "Writer"))
        client.handler.enforce_csrf_checks = True
        assert client.post(NEW, FIELDS).status_code == 403 and not Source.objects.exists()


class TestThePostsForm:
    def test_keys_are_saved_in_order_without_scripts(self, writer):
        first, second = make_source("First"), make_source("Second")
        writer.post("/admin/blog/post/add/", {"title": "A post", "sources": f"{second.pk}, {first.pk}"})
        post = Post.objects.get()
        assert post.sources == [second.pk, first.pk]
        page = tree(writer.get(f"/admin/blog/post/{post.pk}/change/"))
        assert page.xpath("//input[@name='sources']/@value") == [f"{second.pk} {first.pk}"]
        assert page.xpath("//*[@data-sources]/ul/li/@data-title") == ["Second", "First"]


class TestListAndForm:
    @pytest.mark.parametrize(
        ("of", "said"),
        [("source", "No source is written down yet"), ("photoconsent", "No consent is written down yet")],
    )
    def test_an_empty_list_says_where_the_first_one_comes_from(self, writer, of, said):
        Source.objects.all().delete()
        assert said in words(writer.get(f"/admin/blog/{of}/"))
        searched = words(writer.get(f"/admin/blog/{of}/?q=nothing"))
        assert said not in searched and "0 found" in searched

    def test_the_list_says_uses_and_links(self, writer):
        shown, gone = make_source("Shown"), make_source("Gone", url="https://gone.example/")
        make_post(sources=[shown.pk])
        now = timezone.now()
        LinkCheck.objects.create(
            url=gone.url, checked_at=now, failing_since=now - timedelta(days=1), answer="the page is not there (404)"
        )
        found = {row[0]: row[1:3] for row in rows(writer.get("/admin/blog/source/"))}
        assert found["Shown"] == ["No link", "1"]
        assert re.fullmatch(r"No longer there on \w+ \d+, \d+: the page is not there \(404\)", found["Gone"][0])
        assert [row[0] for row in rows(writer.get("/admin/blog/source/?link=gone"))] == ["Gone"]
        filters = tree(writer.get("/admin/blog/source/")).xpath("//*[@id='changelist-filter']//li//text()")
        assert [line for text in filters if (line := text.strip())] == ["Offered", "No longer there", "Offered no more"]

    def test_a_change_says_which_live_articles_show_the_old_words(self, writer):
        source = make_source(url="https://fda.example/label")
        post = make_post(sources=[source.pk])
        draft = make_post("Only a draft", live=False, sources=[source.pk])
        address = f"/admin/blog/source/{source.pk}/change/"
        answer = writer.post(address, FIELDS | {"title": "The new label"}, follow=True)
        assert answer.redirect_chain[-1][0] == address
        text = words(writer.get(address))
        assert "Readers still see earlier words of this source" in text and post.title in text and draft.title in text
        assert AuditEntry.objects.get(act="record_changed").reason == "Source “The new label (FDA)”: title, publisher"
        assert RecordVersion.objects.filter(record="source", record_id=source.pk).count() == 2
        unchanged = make_source("Alone")
        assert "Readers still see" not in words(writer.get(f"/admin/blog/source/{unchanged.pk}/change/"))

    def test_one_in_a_safety_note_is_changed_by_who_may_change_the_note_and_ends_what_was_signed(self, client, rita):
        doctor = clinician(rita)
        make_practice(review_policy="may")
        source = make_source(publisher="FDA", url="https://fda.example/label")
        of = {"drug_class": "Toxins", "generic_name": "v"}
        drug = Drug.objects.create(brand_name="Vabotin", sources=[source.pk], **of)
        Drug.objects.filter(pk=drug.pk).update(checked_by=doctor, checked_on=date(2026, 11, 5))
        post, erin = make_post("Vabotin, explained", live=False), make_editor()
        submit(erin, newest_revision(post))
        approve(rita, newest_revision(post))
        address, sent = f"/admin/blog/source/{source.pk}/change/", FIELDS | {"url": "https://elsewhere.example/"}
        client.force_login(person("wanda", "Writer"))
        assert client.post(address, sent).status_code == 403 and Source.objects.get(pk=source.pk).url == source.url
        assert MedicalReview.objects.standing().exists()
        client.force_login(person("edna", "Writer", "Editor"))
        client.post(address, FIELDS | {"accessed_on": "2026-11-06"})
        assert MedicalReview.objects.standing().exists() and Drug.objects.get(pk=drug.pk).checked_by == doctor
        client.post(address, sent)
        assert Source.objects.get(pk=source.pk).url == "https://elsewhere.example/"
        assert not MedicalReview.objects.standing().exists() and Drug.objects.get(pk=drug.pk).checked_by is None

    def test_it_is_retired_and_never_deleted(self, writer):
        source = make_source()
        form = {"title": "Label", "accessed_on": "2026-11-05", "is_retired": "on"}
        assert writer.post(f"/admin/blog/source/{source.pk}/change/", form).status_code == 302
        assert writer.post(f"/admin/blog/source/{source.pk}/delete/", {"post": "yes"}).status_code == 403
        assert Source.objects.get().is_retired and titles(writer.get(FIND)) == []

    def test_a_reviewer_only_reads(self, client):
        source = make_source()
        client.force_login(person("rita", "Medical reviewer"))
        assert "Where it is used" in words(client.get(f"/admin/blog/source/{source.pk}/change/"))
        assert client.post(f"/admin/blog/source/{source.pk}/change/", FIELDS).status_code == 403
        assert client.post("/admin/blog/source/add/", FIELDS).status_code == 403


@pytest.mark.parametrize(("days", "is_said"), [(0, False), (1, True)])
def test_the_work_list_counts_what_is_gone(writer, editor, days, is_said):
    source = make_source(url="https://gone.example/")
    failing_since = datetime(2026, 11, 2, 20, tzinfo=UTC)
    LinkCheck.objects.create(
        url=source.url, checked_at=failing_since + timedelta(days=days), failing_since=failing_since, answer="gone"
    )
    assert "no longer there" not in words(writer.get("/admin/"))
    page = editor.get("/admin/")
    assert ("1 source is no longer there" in words(page)) is is_said
    assert bool(tree(page).xpath("//a[@href='/admin/blog/source/?link=gone']")) is is_said
