"""The admin site: its policy, its way around, its first page, and what it says to those who may not."""

import re
from pathlib import Path

import pytest
from cast import DAY
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from staff_words import NOON, buttons, titles, tree, words

from blog.models import Post, Practice, SampleContent
from blog.publishing import newest_revision, publish, take_off

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "script-src-attr 'unsafe-inline'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}


def nav(response):
    return [link.text_content() for link in tree(response).xpath("//nav[@class='st-nav']/a")]


class TestEveryAnswer:
    @pytest.mark.parametrize(
        "path", ["/admin/login/", "/admin/", "/admin/blog/post/", "/admin/blog/image/add/", "/admin/x/"]
    )
    def test_policy_and_no_copies(self, as_user, root, client, path):
        for browser in (client, as_user(root)):
            answer = browser.get(path)
            if answer.status_code == 404:
                continue
            assert set(answer["Content-Security-Policy"].split("; ")) == POLICY
            assert "no-store" in answer["Cache-Control"]

    def test_no_script_stands_in_a_page(self, as_user, root, draft):
        draft()
        client = as_user(root)
        for path in ("", "blog/post/", "blog/post/add/", "blog/author/add/", "blog/topic/add/", "auth/user/add/"):
            for script in tree(client.get(f"/admin/{path}")).xpath("//script"):
                assert script.get("src") and not (script.text or "").strip(), path

    def test_the_staff_stylesheet_comes_last(self, as_user, root):
        for path in ("/admin/", "/admin/blog/topic/", "/admin/blog/topic/add/"):
            sheets = tree(as_user(root).get(path)).xpath("//head/link[@rel='stylesheet']/@href")
            assert sheets[-1] == "/static/staff/staff.css"

    def test_no_colour_needs_a_new_browser(self):
        """Where light-dark() is not known, everything it colours would be invisible."""
        sheets = list((Path(__file__).resolve().parents[2] / "static").rglob("*.css"))
        assert len(sheets) > 10
        for sheet in sheets:
            assert "light-dark(" not in re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL), sheet


class TestLogin:
    def test_wrong_words_and_right_ones(self, client, root):
        sent = {"username": "root", "password": "wrong", "next": "/admin/"}
        answer = client.post("/admin/login/", sent)
        assert "Not logged in. This user name and password do not belong together." in words(answer)
        assert client.post("/admin/login/", sent | {"password": "not a short one"}).url == "/admin/"

    def test_after_a_wrong_password_one_types_the_password_again(self, client, root):
        focused = "//input[@autofocus]/@name"
        assert tree(client.get("/admin/login/")).xpath(focused) == ["username"]
        assert tree(client.post("/admin/login/", {"username": "root"})).xpath(focused) == ["password"]
        assert tree(client.post("/admin/login/", {"password": "x"})).xpath(focused) == ["username"]

    def test_logged_out(self, as_user, root):
        browser = as_user(root)
        answer = browser.post("/admin/logout/")
        assert words(answer) == "You are logged out. Log in"
        assert tree(answer).xpath("//main//a/@href") == ["/admin/"]
        assert browser.get("/admin/").status_code == 302

    def test_a_closed_login_is_told_the_same(self, client, root):
        User.objects.update(is_active=False)
        answer = client.post("/admin/login/", {"username": "root", "password": "not a short one"})
        assert "do not belong together" in words(answer)

    def test_a_login_that_is_not_staff(self, as_user):
        answer = as_user(User.objects.create_user("reader")).get("/admin/", follow=True)
        assert "that login may not open this page" in words(answer)

    def test_the_practice_stands_above_it(self, client):
        Practice.objects.update(name="Northlight")
        answer = client.get("/admin/login/")
        assert tree(answer).get_element_by_id("site-name").text_content() == "Northlight"
        assert tree(answer).xpath("//title")[0].text == "Log in | Northlight staff"


class TestTheWayAround:
    def test_by_right(self, as_user, root, erin, wilma, mara, nora):
        everything = ["Posts", "Images", "Authors", "Topics", "Practice", "Help", "View site"]
        assert nav(as_user(root).get("/admin/")) == everything
        assert nav(as_user(erin).get("/admin/")) == ["Posts", "Images", "Authors", "Topics", "Help", "View site"]
        assert nav(as_user(mara).get("/admin/")) == everything
        assert nav(as_user(nora).get("/admin/")) == ["Help", "View site"]

    def test_where_one_is(self, as_user, root):
        found = tree(as_user(root).get("/admin/blog/topic/add/")).xpath(
            "//nav[@class='st-nav']/a[@aria-current]/text()"
        )
        assert found == ["Topics"]

    @pytest.mark.parametrize("path", ["blog/practice/1/change/", "auth/user/", "blog/author/add/", "blog/auditentry/"])
    def test_a_page_that_one_may_not_open(self, as_user, wilma, path):
        answer = as_user(wilma).get(f"/admin/{path}")
        assert answer.status_code == 403
        assert "Your login may not open this page." in words(answer)


@pytest.mark.usefixtures("at_noon")
class TestFirstPage:
    def test_my_drafts_and_what_is_scheduled(self, as_user, erin, wilma, draft, rewrite):
        mine = draft("Mine", actor=wilma, now=NOON)
        changed = draft("Changed", actor=wilma, now=NOON)
        publish(erin, newest_revision(changed), now=NOON - 9 * DAY)
        rewrite(changed, actor=wilma, title="Changed again")
        done = draft("Done", actor=wilma, now=NOON)
        publish(erin, newest_revision(done), now=NOON - DAY)
        waiting = draft("Waiting", actor=wilma, now=NOON)
        publish(erin, newest_revision(waiting), at=NOON + DAY, now=NOON)
        others = draft("Somebody else's", now=NOON)
        publish(erin, newest_revision(others), at=NOON + DAY, now=NOON)
        answer = as_user(wilma).get("/admin/")
        said = words(answer)
        assert "Monday, November 23. All times are Alaska time." in said
        assert "Changed again" in said and "Readers still see the text of November 14" in said
        assert "Mine" in said and "Readers see nothing of it yet" in said and "Saved today 12:00 pm" in said
        assert "Done" not in said
        assert "Waiting" in said and "Tuesday 12:00 pm" in said and "Somebody else's" not in said
        assert "Somebody else's" in words(as_user(erin).get("/admin/"))
        assert reverse("admin:blog_post_change", args=[mine.pk]) in tree(answer).xpath("//main//a/@href")

    def test_what_leaves_the_site(self, as_user, erin, draft):
        both, leaving = draft("Comes and goes"), draft("Only goes")
        publish(erin, newest_revision(both), at=NOON + DAY, now=NOON)
        take_off(erin, both, "Offer ends", at=NOON + 3 * DAY, now=NOON)
        publish(erin, newest_revision(leaving), now=NOON)
        take_off(erin, leaving, "Offer ends", at=NOON + 2 * DAY, now=NOON)
        found = tree(as_user(erin).get("/admin/")).xpath("//section[@aria-labelledby='scheduled']//li")
        assert [" ".join(" ".join(line.itertext()).split()) for line in found] == [
            "Comes and goes New post. Leaves the site on Thursday 12:00 pm Tuesday 12:00 pm",
            "Only goes Leaves the site Wednesday 12:00 pm",
        ]

    def test_nothing_waits(self, as_user, wilma, nora):
        said = words(as_user(wilma).get("/admin/"))
        assert "No draft of yours is waiting." in said
        assert "My drafts" not in said and "Scheduled" not in said
        assert "New post" in said and "New post" not in words(as_user(nora).get("/admin/"))

    def test_its_cost_does_not_grow(self, as_user, wilma, draft, django_assert_max_num_queries):
        for number in range(12):
            draft(f"Draft {number}", actor=wilma)
        client = as_user(wilma)
        client.get("/admin/")
        with django_assert_max_num_queries(12):
            client.get("/admin/")


class TestSamples:
    @pytest.fixture
    def samples(self, draft):
        SampleContent.objects.create()
        draft("A sample")
        Post.objects.update(is_sample=True)

    def test_they_are_pointed_out_to_who_may_remove_them(self, as_user, samples, erin, wilma):
        assert "Remove the samples…" in words(as_user(erin).get("/admin/"))
        assert "Remove the samples" not in words(as_user(wilma).get("/admin/"))

    def test_asked_then_gone(self, as_user, samples, erin):
        client = as_user(erin)
        answer = client.get("/admin/samples/remove/")
        assert buttons(answer) == ["Remove the samples"] and Post.objects.count() == 1
        answer = client.post("/admin/samples/remove/", follow=True)
        assert "1 sample article is gone" in words(answer)
        assert not Post.objects.exists()
        assert "There are no sample articles any more." in words(client.get("/admin/samples/remove/"))
        assert "There are no sample articles any more." in words(client.post("/admin/samples/remove/", follow=True))

    def test_what_is_next(self, as_user, draft, rewrite, samples, author, erin, root):
        for number in range(2):
            changed = draft(f"A sample {number}")
            Post.objects.filter(pk=changed.pk).update(is_sample=True)
            publish(erin, rewrite(changed, title=f"Ours {number}"))
        type(author).objects.update(is_sample=True)
        answer = as_user(root).post("/admin/samples/remove/", follow=True)
        assert "Next: fill in Practice, and put a real author on 2 posts." in words(answer)
        links = tree(answer).xpath("//ul[@class='messagelist']//a/@href")
        assert links == ["/admin/blog/practice/1/change/", f"/admin/blog/post/?author={author.pk}"]
        assert len(titles(as_user(root).get(links[1]))) == 2

    def test_who_may_not_fill_in_the_practice_has_it_done(self, as_user, samples, erin):
        answer = as_user(erin).post("/admin/samples/remove/", follow=True)
        assert "Next: have a manager fill in Practice." in words(answer)

    def test_only_who_may_publish(self, as_user, client, samples, wilma):
        assert client.post("/admin/samples/remove/").url.startswith("/admin/login/")
        assert as_user(wilma).post("/admin/samples/remove/").status_code == 403
        assert Post.objects.count() == 1


def test_a_lost_token_is_explained_and_changes_nothing(root):
    client = Client(enforce_csrf_checks=True)
    client.force_login(root)
    answer = client.post("/admin/blog/post/add/", {"title": "Typed for an hour"})
    assert answer.status_code == 403
    assert "Not saved" in words(answer) and "Not with this login" not in words(answer)
    assert "what you typed still stands there, press Save again" in words(answer)
    assert "Nothing was changed." in words(answer)
    assert not Post.objects.exists()


def test_a_form_sent_after_signing_out_promises_nothing(db):
    answer = Client(enforce_csrf_checks=True).post("/admin/blog/post/add/", {"title": "Typed for an hour"})
    assert answer.status_code == 403
    assert "You are signed out. Log in in another tab" in words(answer)
    assert "still stands there" not in words(answer)


@pytest.mark.parametrize("path", ["blog/topic/", "blog/topic/add/", "blog/post/", "blog/image/", "auth/user/"])
def test_the_way_back_names_only_what_staff_know(as_user, root, path):
    crumbs = tree(as_user(root).get(f"/admin/{path}")).xpath("//div[@class='breadcrumbs']")[0]
    parts = [part.strip() for part in crumbs.text_content().split("›")]
    assert parts[0] == "Home" and "Blog" not in parts and len(parts) == (3 if "add" in path else 2)
