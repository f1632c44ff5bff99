"""Links to posts by identity: they follow an address, vanish with what is not live, and are listed when dead."""

from datetime import timedelta

import pytest
from cast import person
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from factories import change_post, make_author, make_editor, make_post
from html_pages import get

from blog.models import Post, Revision, RevisionLink
from blog.publishing import links, newest_revision, publish, save_draft, take_off

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def erin():
    return make_editor()


@pytest.fixture
def staff(erin):
    client = Client()
    client.force_login(erin)
    return client


def save(staff, post, body):
    """Save a text through the editing screen's form, as a browser sends it."""
    page = f"/admin/blog/post/{post.pk}/change/"
    sent = {
        "title": post.title,
        "body": body,
        "base": newest_revision(post).pk,
        "author": post.author_id,
        **{f"key_points_{number}": "" for number in range(3)},
        **{f"related_posts_{number}": "" for number in range(3)},
    }
    answer = staff.post(page, sent)
    assert answer.status_code == 302, answer.content.decode()
    return Post.objects.get(pk=post.pk)


def links_on(client, path):
    return get(client, path).all("//div[@class='prose']//a/@href")


def test_a_link_survives_a_new_address_of_its_post(client, staff):
    target, post = make_post("Lasers"), make_post("Peels", live=False)
    post = save(staff, post, '<p>See <a href="/blog/lasers/#light">lasers</a> first.</p>')
    assert post.body == f'<p>See <a data-post="{target.pk}" data-fragment="light">lasers</a> first.</p>'
    publish(make_editor(), newest_revision(post))
    assert links_on(client, "/blog/peels/") == ["/blog/lasers/#light"]
    change_post(target, slug="light")
    assert links_on(client, "/blog/peels/") == ["/blog/light/#light"], "without another save"
    assert b"/blog/light/#light" in client.get("/feed/").content


def test_an_old_address_is_understood_too(staff):
    target = make_post("Lasers")
    change_post(target, slug="light")
    post = save(staff, make_post("Peels", live=False), '<p><a href="http://127.0.0.1:8000/blog/lasers">a</a></p>')
    assert post.body == f'<p><a data-post="{target.pk}">a</a></p>'


def test_words_stay_where_the_post_is_not_live(client, erin):
    target = make_post("Lasers", at=timezone.now() + HOUR, live=False)
    make_post("Peels", unchecked=True, body=f'<p>See <a data-post="{target.pk}">our page</a>.</p>')
    assert links_on(client, "/blog/peels/") == []
    assert "See our page." in get(client, "/blog/peels/").text
    assert b"<p>See our page.</p>" in client.get("/feed/json/").content
    assert [(one.article.title, one.post.title) for one in links.dead_links(timezone.now())] == [("Peels", "Lasers")]
    assert links.dead_links(timezone.now() + 2 * HOUR) == [], "it works by itself at its minute"


def test_plain_addresses_keep_working_and_opening_changes_nothing(client, staff):
    make_post("Lasers")
    body = '<p>See <a href="/blog/lasers/">lasers</a>.</p>'
    post = make_post("Peels", body=body)
    assert links_on(client, "/blog/peels/") == ["/blog/lasers/"]
    assert save(staff, post, body).body == body
    assert Revision.objects.filter(post=post).count() == 1, "opened and saved is not changed"
    assert "data-post" in save(staff, post, body + "<p>More.</p>").body


@pytest.mark.parametrize("path", ["/blog/peels/", "/feed/"])
def test_links_cost_one_query_however_many(client, path):
    targets = [make_post(f"Target {number}") for number in range(5)]
    peels = make_post("Peels", body="<p>No link.</p>")
    counts = []
    for body in ("<p>No link.</p>", "".join(f'<p><a data-post="{one.pk}">a</a></p>' for one in targets)):
        if body != peels.body:
            change_post(peels, body=body)
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        counts.append(len(asked))
    assert counts[1] == counts[0] + 1 <= 8


def test_each_revision_knows_its_links(erin):
    target = make_post("Lasers")
    body = f'<p><a data-post="{target.pk}">a</a> <a data-post="{10**15}">gone</a></p>'
    post = make_post("Peels", unchecked=True, body=body)
    save_draft(erin, _with(post, body="<p>No more.</p>"), [], base_id=newest_revision(post).pk)
    ties = RevisionLink.objects.values_list("revision__body", "post")
    assert [(body.count("data-post"), pk) for body, pk in ties] == [(2, target.pk)]


def _with(post, **values):
    post = Post.objects.get(pk=post.pk)
    for name, value in values.items():
        setattr(post, name, value)
    return post


class TestBeforeItGoes:
    @pytest.mark.parametrize(
        "body", ['<a data-post="{}">a</a>', '<a href="/blog/lasers/">a</a>', '<a href="/blog/old/#b">a</a>']
    )
    def test_taking_off_names_the_live_articles_that_link_to_it(self, staff, body):
        target = make_post("Lasers", slug="old")
        change_post(target, slug="lasers")
        make_post("Peels", body=f"<p>{body.format(target.pk)}</p>")
        make_post("Only a draft", live=False, body=f"<p>{body.format(target.pk)}</p>")
        page = staff.get(f"/admin/blog/post/{target.pk}/take-off/").content.decode()
        assert "1 live post links to it:" in page and "Peels" in page and "Only a draft" not in page

    def test_the_trash_names_every_post_whose_text_links_to_it(self, staff, erin):
        target = make_post("Idea", live=False)
        link = f'<p><a data-post="{target.pk}">a</a></p>'
        make_post("Live one", unchecked=True, body=link)
        make_post("Draft one", live=False, body=link)
        freed = make_post("Freed one", live=False, body=link)
        save_draft(erin, _with(freed, body="<p>No more.</p>"), [], base_id=newest_revision(freed).pk)
        page = staff.get(f"/admin/blog/post/{target.pk}/trash/").content.decode()
        assert "2 posts link to it:" in page and "Live one" in page and "Draft one" in page
        assert "Freed one" not in page


class TestDeadLinks:
    def test_both_kinds_are_listed_with_what_they_lead_to(self, client, staff, erin):
        off, never = make_post("Offer"), make_post("Idea", live=False)
        by_number = f'<p><a data-post="{off.pk}">a</a> <a data-post="{never.pk}">b</a></p>'
        make_post("By number", unchecked=True, body=by_number)
        by_address = '<p><a href="/blog/offer/">a</a> <a href="/blog/slip/">b</a></p>'
        make_post("By address", unchecked=True, body=by_address)
        make_post("Fine", body='<p><a href="/blog/by-number/#x">a</a></p>')
        take_off(erin, off, "Ended")
        page = " ".join(get_text(staff, "/admin/blog/post/dead-links/"))
        assert "By number links to Idea: Draft By number links to Offer: Off the site" in page
        assert "By address links to Offer: Off the site" in page
        assert "By address links to /blog/slip/: no post has this address" in page
        assert "Fine" not in page

    def test_nothing_found(self, staff):
        assert "Nothing found." in " ".join(get_text(staff, "/admin/blog/post/dead-links/"))

    def test_who_may_see_it(self, client):
        assert client.get("/admin/blog/post/dead-links/").status_code == 302
        client.force_login(person("nora"))
        assert client.get("/admin/blog/post/dead-links/").status_code == 403


def get_text(client, path):
    import lxml.html

    page = lxml.html.fromstring(client.get(path).content.decode())
    return page.get_element_by_id("content-start").text_content().split()


class TestFind:
    def find(self, client, question):
        answer = client.get("/admin/blog/post/find/", {"q": question})
        assert answer.status_code == 200
        return [(one["title"], one["address"], one["fragment"], one["word"]) for one in answer.json()["posts"]]

    def test_words_of_the_title_live_ones_first(self, staff, erin):
        make_post("After the laser")
        make_post("Laser plans", live=False)
        make_post("Peels")
        assert self.find(staff, "laser") == [
            ("After the laser", "/blog/after-the-laser/", "", "Live"),
            ("Laser plans", "/blog/laser-plans/", "", "Draft"),
        ]
        assert self.find(staff, "the laser") == [("After the laser", "/blog/after-the-laser/", "", "Live")]
        assert self.find(staff, "") == self.find(staff, "zzz") == self.find(staff, "/blog/zzz/") == []

    def test_an_address_names_one_post(self, staff):
        change_post(make_post("Laser"), slug="light")
        assert self.find(staff, "http://127.0.0.1:8000/blog/laser/#b") == [("Laser", "/blog/light/", "b", "Live")]

    def test_who_may_ask(self, client):
        make_post("Laser")
        client.force_login(person("nora"))
        answer = client.get("/admin/blog/post/find/", {"q": "laser"})
        assert answer.status_code == 403 and "posts" not in answer.json()
        client.logout()
        assert client.get("/admin/blog/post/find/", {"q": "laser"}).status_code == 302


def test_the_editor_shows_where_a_link_leads_and_that_it_is_off(staff, erin):
    live, off = make_post("Lasers"), make_post("Offer")
    take_off(erin, off, "Ended")
    post = make_post("Peels", live=False, body=f'<p><a data-post="{live.pk}">a</a> <a data-post="{off.pk}">b</a></p>')
    page = staff.get(f"/admin/blog/post/{post.pk}/change/").content.decode()
    assert f"&lt;a href=&quot;/blog/lasers/&quot; data-post=&quot;{live.pk}&quot;&gt;a" in page
    assert f"&lt;a href=&quot;/blog/offer/&quot; data-post=&quot;{off.pk}&quot; data-off=&quot;yes&quot;&gt;b" in page


def test_somebody_who_may_only_read_sees_the_links_too(client):
    make_post("Lasers")
    post = make_post("Peels", author=make_author("Bea"), body="<p>x</p>")
    change_post(post, body=f'<p><a data-post="{Post.objects.get(title="Lasers").pk}">lasers</a></p>')
    client.force_login(person("wilma", "Writer"))
    assert b'<a href="/blog/lasers/">lasers</a>' in client.get(f"/admin/blog/post/{post.pk}/change/").content
