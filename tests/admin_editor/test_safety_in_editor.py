"""The safety notes of a post on its editing screen: said, left out with a reason, added by hand, put back."""

import pytest
from cast import person
from factories import make_author, make_post

from blog.models import Drug, Post, Procedure, Publication
from blog.publishing import newest_revision, publish

pytestmark = pytest.mark.django_db
ASK = "/admin/blog/post/safety/"


@pytest.fixture
def mara(db):
    return person("mara", "Manager")


def ask(screen, **words) -> dict:
    answer = screen.client.post(ASK, words)
    assert answer.status_code == 200
    return answer.json()


def keys(*names: str) -> list[str]:
    drugs = dict(Drug.objects.values_list("brand_name", "pk"))
    procedures = dict(Procedure.objects.values_list("name", "pk"))
    return [f"drug-{drugs[name]}" if name in drugs else f"procedure-{procedures[name]}" for name in names]


def test_the_words_of_the_moment_say_which_notes_there_are(editor, shipped_records):
    dysport, peels = keys("Dysport", "Chemical peels")
    answer = ask(
        editor,
        title="Botox",
        body="<p>Dysport and <b>fil</b>lers</p>",
        key_points_0="Microneedling",
        procedures=peels.partition("-")[2],
        left_out_notes=f"{dysport} Only in a quotation",
    )
    said = {note["names"]: (note["why"], note["words"], note["reason"]) for note in answer["notes"]}
    assert said == {
        "Botox and Botox Cosmetic": ("named", "Botox", ""),
        "Dysport": ("left out", "", "Only in a quotation"),
        "Chemical peels": ("by hand", "", ""),
        "Dermal fillers": ("named", "filler", ""),
        "Microneedling": ("named", "Microneedling", ""),
    }
    assert [name for _, name in answer["offered"]] == ["Daxxify", "Jeuveau", "Xeomin", "Laser and light treatments"]
    (botox,) = [note for note in answer["notes"] if "Botox" in note["names"]]
    assert botox["keys"] == keys("Botox", "Botox Cosmetic") and botox["checked"] is False
    assert [heading for heading, _ in botox["parts"]] == [
        "Botulinum toxins",
        "Boxed warning",
        "Call 911 if",
        "Call us the same day if",
    ]


def test_a_signed_one_is_no_longer_called_unchecked(editor, shipped_records):
    Drug.objects.filter(brand_name="Dysport").update(checked_by=make_author(credentials="MD"), checked_on="2026-06-01")
    (note,) = ask(editor, title="Dysport")["notes"]
    assert note["checked"] is True


def test_words_that_cannot_be_kept_break_nothing(editor, shipped_records):
    for words in (
        {"left_out_notes": "drug-x", "title": "x" * 500, "drugs": "abc", "procedures": "-1"},
        {"left_out_notes": "drug-1"},
        {"body": "<p>" * 5000 + "x" * 2_000_000},
        {},
        {"drugs": "99999999 0", "left_out_notes": "drug-99999 because"},
    ):
        assert ask(editor, **words)["notes"] == []


def test_only_for_who_writes(screen_of, rita, nora, client):
    assert client.post(ASK).status_code == 302
    for user in (rita, nora):
        assert screen_of(user).client.post(ASK).status_code == 403, user
    assert screen_of(nora).client.get(ASK).status_code in (403, 405)


def test_the_page_says_it_without_a_script_and_a_reason_leaves_it_out(editor, shipped_records):
    post = make_post("About Dysport", live=False)
    editor.open(post)
    (key,) = keys("Dysport")
    assert "Safety note for Dysport added because the text names it." in editor.text
    assert f"because the text names it. Not checked yet. ({key})" in editor.text
    editor.send(left_out_notes=f"{key}")
    assert "Say why the safety note is left out." in editor.text
    editor.send(left_out_notes=f"{key} Only in a quotation")
    editor.open(post)
    assert "Dysport left out: “Only in a quotation”" in editor.text
    assert "added because the text names it" not in editor.text
    publish(editor.user, newest_revision(post))
    assert Publication.objects.get().shown_drugs == []
    editor.open(post).send(left_out_notes="", drugs=keys("Xeomin")[0].removeprefix("drug-"))
    publish(editor.user, newest_revision(Post.objects.get()))
    assert len(Publication.objects.order_by("-live_from").first().shown_drugs) == 2


def test_the_preview_shows_the_note_of_what_is_typed(editor, shipped_records):
    answer = editor.client.post("/admin/blog/post/add/preview/", {"title": "Skin", "body": "<p>Dysport</p>"})
    assert "Safety note" in answer.content.decode() and "Dysport: full label" in answer.content.decode()
    answer = editor.client.post("/admin/blog/post/add/preview/", {"title": "Skin", "body": "<p>Sun</p>"})
    assert "Safety note" not in answer.content.decode()


def test_the_screen_before_publishing_says_which_note_was_left_out_by_whom_and_why(
    editor, screen_of, mara, shipped_records
):
    post = make_post("About Dysport and fillers")
    (key,) = keys("Dysport")
    editor.open(post).send(left_out_notes=f"{key} Only in a quotation")
    screen_of(mara).open(post).send(title="All about Dysport and fillers")
    page = " ".join(editor.client.get(f"/admin/blog/post/{post.pk}/publish/").content.decode().split())
    assert "<li>erin left out the safety note for Dysport: “Only in a quotation”.</li>" in page
    assert "<li>Safety note for Dermal fillers (not checked yet).</li>" in page
    versions = editor.client.get(f"/admin/blog/post/{post.pk}/versions/").content.decode()
    assert "Safety notes left out" in versions and "Dysport: Only in a quotation" in versions
