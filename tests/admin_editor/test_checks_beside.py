"""What the checks find beside the writing: in words as they are typed, and on the page as they were saved."""

import pytest
from cast import person
from django.test import Client
from django.utils import timezone
from factories import make_post

from blog.models import Override, Phrase, Post, Revision
from blog.publishing import Seen, autosave, newest_revision

TYPED = {"title": "Lasers", "body": "<p>It is quick and <strong>pain</strong>less.</p><p>A painless visit.</p>"}


@pytest.fixture
def painless(db):
    Phrase.objects.get_or_create(kind=Phrase.Kind.PROMISE, words="painless")


@pytest.fixture
def found(editor):
    """``found(post, body=…)`` is the answer for a form with these values; ``post`` None for a new one."""

    def ask(post=None, **values):
        answer = editor.client.post(f"/admin/blog/post/{post.pk if post else 0}/checks/", TYPED | values)
        assert answer.status_code == 200
        return answer.json()

    return ask


@pytest.mark.usefixtures("painless")
class TestAsTyped:
    def test_each_line_knows_its_words(self, found):
        answer = found()
        lines = answer["groups"]["needs_reason"]["seen"]
        assert [(line["field"], line["quote"], line["nth"]) for line in lines] == [
            ("body", "painless", 0),
            ("body", "painless", 1),
        ]
        assert {line["go"] for line in lines} == {"Go to sentence"} and len({line["key"] for line in lines}) == 2

    def test_the_numbers_in_words(self, found):
        answer = found()
        assert answer["head"] == "1 must fix", "nobody signs it"
        assert answer["says"].startswith("1 must fix, 2 need a reason, ")
        assert answer["rest"].endswith(" other checks: nothing found.")
        assert "passed" not in str(answer).lower()

    def test_nothing_is_stored(self, found):
        post = make_post("Kept", live=False, body="<p>Kept</p>")
        assert found(post)["groups"]["needs_reason"]["seen"]
        assert list(Revision.objects.values_list("body", flat=True)) == ["<p>Kept</p>"]
        assert Post.objects.get().body == "<p>Kept</p>"

    def test_long_lists_are_folded_and_a_reason_settles(self, found, editor):
        post = make_post("Kept", live=False)
        Override.objects.create(
            post=post, rule="promise", sentence="A painless visit.", reason="Said by a patient", given_at=post.saved_at
        )
        groups = found(post, seo_title="Lasers " * 12)["groups"]
        assert len(groups["needs_reason"]["seen"]) == 1
        assert (groups["has_reason"]["seen"], groups["has_reason"]["more"]) == ([], "1 sentence")
        looks = groups["worth_a_look"]
        assert len(looks["seen"]) == 3 and looks["more"] == f"{len(looks['folded'])} more"

    def test_it_costs_no_more_for_more_words(self, found, django_assert_max_num_queries):
        post = make_post("Kept", live=False)
        found(post)
        with django_assert_max_num_queries(24):
            found(post, body=TYPED["body"] * 50)


class TestRights:
    @pytest.mark.parametrize("who", ["nobody", "another writer", "a reviewer"])
    def test_only_for_whoever_may_write_it(self, db, who):
        post, client = make_post("Of others", live=False), Client()
        if who != "nobody":
            client.force_login(person("them", "Writer" if who == "another writer" else "Medical reviewer"))
        answer = client.post(f"/admin/blog/post/{post.pk}/checks/", TYPED)
        assert (answer.status_code, set(answer.json())) == (401 if who == "nobody" else 403, {"state"})

    def test_a_post_that_is_gone_and_a_look_by_address(self, editor):
        assert editor.client.post("/admin/blog/post/999/checks/", TYPED).status_code == 410
        assert editor.client.get("/admin/blog/post/0/checks/").status_code == 405

    def test_a_form_of_another_site_is_refused(self, editor):
        client = Client(enforce_csrf_checks=True)
        client.force_login(editor.user)
        assert client.post("/admin/blog/post/0/checks/", TYPED).status_code == 403


class TestWithoutScript:
    def test_the_page_says_what_was_found_in_the_saved_words(self, editor, painless):
        post = make_post("Lasers", live=False, body=TYPED["body"])
        editor.open(post)
        assert editor.page.xpath("//li[@class='o']//@href") == ["#id_body", "#id_body"]
        assert "painless” is a promise" in editor.text and "other checks: nothing found. Checked at" in editor.text
        assert editor.page.xpath("//a[@data-checks-link]/text()") == ["2 need a reason"]
        targets = set(editor.page.xpath("//*[@id='checks']//li/a/@href"))
        assert {target[1:] for target in targets} <= set(editor.page.xpath("//@id"))

    def test_words_that_wait_to_be_saved_are_not_called_unfinished(self, editor):
        post = make_post("Lasers", live=False)
        seen = Seen(newest_revision(post).pk, window="here")
        autosave(editor.user, post, {"body": "<p>More</p>"}, {"tag_words": "skin"}, seen=seen, now=timezone.now())
        editor.open(post)
        assert "unfinished" not in editor.text and editor.page.xpath("//*[@id='checks']//ul/li")

    def test_a_new_post_is_not_called_bad(self, editor):
        editor.open()
        assert "Checks start when you write." in editor.text
        assert not editor.page.xpath("//*[@id='checks']//ul/li")
