"""Managers keep the words that the checks look for, and try a sentence on them."""

import pytest
from cast import person
from django.urls import reverse

from blog.models import AuditEntry, Phrase

pytestmark = pytest.mark.django_db

LIST, ADD, TRY = (reverse(f"admin:blog_phrase_{name}") for name in ("changelist", "add", "try"))


@pytest.fixture
def manager(client):
    mia = person("mia", "Manager")
    client.force_login(mia)
    return mia


def test_a_manager_finds_adds_changes_and_deletes_phrases(client, manager):
    assert "painless" in client.get(f"{LIST}?kind__exact=promise&q=painless").content.decode()
    data = {"kind": "promise", "words": "glowtastic", "advice": "Say what is meant.", "is_active": "on"}
    assert client.post(ADD, data).status_code == 302
    phrase = Phrase.objects.get(words="glowtastic")
    client.post(reverse("admin:blog_phrase_change", args=[phrase.pk]), {**data, "advice": "Say it plainly."})
    assert Phrase.objects.get(pk=phrase.pk).advice == "Say it plainly."
    client.post(reverse("admin:blog_phrase_delete", args=[phrase.pk]), {"post": "yes"})
    assert not Phrase.objects.filter(pk=phrase.pk).exists()
    kept = [entry.reason for entry in AuditEntry.objects.filter(act="record_changed", actor=manager).order_by("pk")]
    words = "Phrase “glowtastic” (Promises that nobody can keep (needs a reason)): "
    assert kept == [f"{words}new", f"{words}what to write instead", f"{words}deleted"]


def test_a_sentence_is_tried_on_what_the_checks_know(client, manager):
    Phrase.objects.create(kind="promise", words="glowtastic", advice="Say what is meant.")
    page = client.post(TRY, {"sentence": "It is <b>glowtastic</b> and the best clinic."}).content.decode()
    assert "“glowtastic” is a promise" in page and "needs a reason" in page and "worth a look" in page
    assert "Nothing found" in client.post(TRY, {"sentence": "No treatment is glowtastic."}).content.decode()
    assert "<b>glowtastic" not in page
    assert client.get(TRY).status_code == 200
    assert "required" in client.post(TRY, {"sentence": ""}).content.decode()


def test_marks_alone_are_no_phrase_and_stop_no_text(client, manager):
    answer = client.post(ADD, {"kind": "medicine", "words": "-", "is_active": "on"})
    assert "Write at least one word." in answer.content.decode() and not Phrase.objects.filter(words="-").exists()
    Phrase.objects.create(kind="promise", words="-")  # as an import may bring it
    assert "Nothing found" in client.post(TRY, {"sentence": "It heals - slowly."}).content.decode()


@pytest.mark.parametrize("role", ["Writer", "Editor", "Medical reviewer"])
def test_others_keep_out(client, role):
    client.force_login(person("sam", role))
    assert {client.get(address).status_code for address in (LIST, ADD, TRY)} == {403}
