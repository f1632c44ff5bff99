"""A blog of many posts: nothing is lost or shown twice, and what is asked stands in an index."""

import re
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import defusedxml.ElementTree
import pytest
from cast import DAY
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from factories import change_post, make_author, make_editor, make_post
from html_pages import get

from blog import reading, sitemap
from blog.models import Author, Post, Publication, StaffWord, Tag, Topic
from blog.publishing import take_off

sys.path.append(str(Path(__file__).resolve().parent.parent / "bench"))
from many_posts import COMMON_WORD, RARE_TAG, fill

pytestmark = pytest.mark.django_db

MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LISTS = ("/blog/", "/topics/skin/", "/tags/light/", "/authors/ada-ray/")


def addresses(client, path: str) -> dict[str, str | None]:
    """What a sitemap or an index of sitemaps names: paths, and when they changed."""
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml; charset=utf-8")
    found = defusedxml.ElementTree.fromstring(response.content)
    named = [(urlsplit(one.findtext(f"{MAPS}loc")).path, one.findtext(f"{MAPS}lastmod")) for one in found]
    assert len(dict(named)) == len(named) > 0
    return dict(named)


def test_three_hundred_posts_are_all_found_and_each_once(client):
    fill(300)
    now = timezone.now()
    live = Publication.objects.live(now).newest_first()
    some = {
        "topic": Topic.objects.get(slug="topic-1"),
        "tag": Tag.objects.get(slug="tag-1"),
        "author": Author.objects.get(slug="author-1"),
    }
    wanted = {name: live.filter(**{"tags" if name == "tag" else name: one}) for name, one in some.items()}
    lists = {name: reading.posts(now, **{name: one}) for name, one in some.items()} | {"all": reading.posts(now)}
    for name, pages in lists.items():
        found = [article.pk for page in pages for article in page]
        assert found == list(wanted.get(name, live).values_list("pk", flat=True)) and len(found) > 20
    assert reading.posts(now, tag=Tag.objects.get(name=RARE_TAG)).count == 5

    parts = addresses(client, "/sitemap.xml")
    # The lists, and then the articles by the numbers of their posts, which begin where other tests ended.
    first = (Post.objects.order_by("pk").values_list("pk", flat=True)[0] - 1) // 200 + 1
    assert list(parts) == [f"/sitemap-{number}.xml" for number in (0, *range(first, first + len(parts) - 1))]
    assert len(parts) >= 3
    listed = [path for part in list(parts)[1:] for path in addresses(client, part)]
    assert sorted(listed) == sorted(one.get_absolute_url() for one in live.filter(noindex=False))
    lists = addresses(client, "/sitemap-0.xml")
    assert len(lists) == 1 + 8 + 30 + 8 and set(lists.values()) == {None}
    assert client.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404
    for no_part in ("9" * 40, "9" * 18, "00", "01"):
        assert client.get(f"/sitemap-{no_part}.xml").status_code == 404

    client.force_login(User.objects.get(username="many-editor"))
    pages = [client.get(f"/admin/blog/post/?q={COMMON_WORD}&p={number}").content.decode() for number in range(1, 5)]
    found = [key for page in pages for key in re.findall(r'<a href="/admin/blog/post/(\d+)/change/', page)]
    having = Post.objects.filter(body__contains=COMMON_WORD).values_list("pk", flat=True)
    assert [int(key) for key in found] == list(having) and len(found) == 100

    for word in StaffWord.values:
        by_annotation = Post.objects.with_staff_word(now).filter(staff_word=word)
        called = set(Post.objects.called(word, now).values_list("pk", flat=True))
        assert called == set(by_annotation.values_list("pk", flat=True)) != set()
    assert not Post.objects.called("no such word", now).exists()


class TestSitemapsOfALargeBlog:
    @pytest.fixture
    def six_posts(self, monkeypatch):
        """Six posts of which two share a sitemap."""
        monkeypatch.setattr(sitemap, "POSTS_PER_FILE", 2)
        start = timezone.now() - 20 * DAY
        first = make_post("Post 0", now=start, topic="Skin", tags=("Light",))
        # Wherever the database goes on counting, the first post begins a file.
        while first.pk % 2 == 0:
            first = make_post("Post 0 again", now=start, topic="Skin", tags=("Light",))
        more = [make_post(f"Post {n}", now=start + n * DAY, author=make_author("Bea Low")) for n in range(1, 6)]
        return [first, *more]

    def test_a_file_changes_when_one_of_its_articles_does_and_no_other(self, client, six_posts):
        def all_of_them() -> dict[str, bytes]:
            return {part: client.get(part).content for part in parts}

        parts, before = addresses(client, "/sitemap.xml"), {}
        *_, of_the_second, of_the_last = list(parts)
        before = all_of_them()
        changed = change_post(six_posts[2], subtitle="News.", show_updated=True)
        now = addresses(client, "/sitemap.xml")
        differ = {part for part, content in all_of_them().items() if content != before[part]}
        assert differ == {of_the_second} == {part for part in now if now[part] != parts[part]} - {"/sitemap-0.xml"}
        assert now[of_the_second] == timezone.localtime(changed.live_from).isoformat(timespec="seconds")
        assert addresses(client, of_the_second)["/blog/post-2/"] == now[of_the_second]
        take_off(make_editor(), six_posts[5], "old")
        assert "/blog/post-5/" not in addresses(client, of_the_last)
        assert addresses(client, "/sitemap.xml")[of_the_last] > now[of_the_last]
        take_off(make_editor(), six_posts[4], "old")
        assert of_the_last not in addresses(client, "/sitemap.xml")
        assert client.get(of_the_last).status_code == 404

    def test_its_files_leave_out_what_search_engines_may_not_show(self, client, six_posts):
        other = {"topic": "Hidden", "tags": ("Hidden",), "author": make_author("Hid Den")}
        make_post("Hidden", noindex=True, **other)
        make_post("Elsewhere", canonical_url="https://journal.example.org/x")
        parts = addresses(client, "/sitemap.xml")
        named = {path for part in parts for path in addresses(client, part)}
        assert {"/blog/", "/topics/skin/", "/tags/light/", "/authors/bea-low/", "/blog/post-5/"} <= named
        assert not [path for path in named if "hid" in path or "elsewhere" in path]

    def test_a_small_blog_has_no_such_files(self, client):
        make_post()
        assert client.get("/sitemap-0.xml").status_code == client.get("/sitemap-1.xml").status_code == 404


def test_a_list_gets_its_next_page_at_the_minute(client, monkeypatch):
    monkeypatch.setattr("blog.reading.lists.POSTS_PER_PAGE", 2)
    at = timezone.now() + DAY
    first = make_post("First")
    make_post("Second")
    make_post("Later", at=at)
    get(client, "/blog/?page=2", 404)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at - timedelta(microseconds=1))
    get(client, "/blog/?page=2", 404)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    assert get(client, "/blog/?page=2").cards == ["First"]
    take_off(make_editor(), first, "old", now=at)
    get(client, "/blog/?page=2", 404)


def test_what_a_process_keeps_is_bounded_and_taken_from_nobody(monkeypatch):
    kept = import_module("blog.reading.kept")  # the package's own name of that is the function in it
    monkeypatch.setattr(kept, "MOST", 3)
    make_post()
    now, asked = timezone.now(), []

    def ask(number):
        return reading.kept(number, now, lambda: asked.append(number) or str(number))

    assert [ask(number) for number in (1, 2, 3, 1)] == ["1", "2", "3", "1"] and asked == [1, 2, 3]
    in_use = kept._kept.answers
    assert [ask(number) for number in range(10)] == [str(number) for number in range(10)]
    assert in_use == {1: "1", 2: "2", 3: "3"} and len(kept._kept.answers) <= 3


def test_other_spellings_are_learnt_from_the_latest_articles(client, monkeypatch):
    monkeypatch.setattr("blog.search.MAX_LEARNT", 1)
    make_post("Older laser")
    make_post("Newer lamps")
    assert get(client, "/search/?q=lamsp").cards == ["Newer lamps"]
    assert get(client, "/search/?q=lasre").cards == []
    assert get(client, "/search/?q=laser").cards == ["Older laser"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="EXPLAIN QUERY PLAN is SQLite's")
class TestPlans:
    """SQLite chooses without knowing how many rows there are, so its plan for few is that for many."""

    def steps(self, client, path: str) -> list[str]:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        found = []
        with connection.cursor() as cursor:
            for query in asked:
                if query["sql"].startswith(('SELECT "blog_publication"', "SELECT 1", "SELECT COUNT", "SELECT ((")):
                    cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                    found += [row[3] for row in cursor.fetchall()]
        return found

    @pytest.fixture
    def posts(self, monkeypatch):
        monkeypatch.setattr("blog.reading.lists.POSTS_PER_PAGE", 2)
        for number in range(6):
            make_post(f"Post {number}", topic="Skin", tags=("Light",))

    @pytest.mark.parametrize("path", LISTS)
    @pytest.mark.parametrize("number", [1, 3])
    def test_no_list_reads_articles_that_it_does_not_show(self, client, posts, path, number):
        steps = self.steps(client, f"{path}?page={number}")
        index = {"/topics/skin/": "publication_in_topic", "/authors/ada-ray/": "publication_under_author"}
        assert any(index.get(path, "publication_newest_first") in step for step in steps)
        over_publications = [step for step in steps if step.startswith("SCAN") and "publication" in step]
        assert all("COVERING INDEX" in step for step in over_publications)
        assert "USE TEMP B-TREE FOR ORDER BY" not in steps

    def test_sitemaps_find_theirs_in_an_index(self, client, posts, monkeypatch):
        monkeypatch.setattr(sitemap, "POSTS_PER_FILE", 3)
        number = -(-Post.objects.latest("pk").pk // 3)
        assert "SCAN blog_publication USING COVERING INDEX publication_of_post" in self.steps(client, "/sitemap.xml")
        steps = self.steps(client, f"/sitemap-{number}.xml")
        assert any("(post_id>? AND post_id<?)" in step for step in steps)

    @pytest.mark.parametrize("word", StaffWord.values)
    def test_staff_find_posts_by_their_word_without_a_look_at_texts(self, posts, word):
        sql, values = Post.objects.called(word, timezone.now()).order_by().values("pk").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
            over_publications = [row[3] for row in cursor.fetchall() if " U0 " in row[3]]
        assert over_publications
        assert [step for step in over_publications if "USING COVERING INDEX" not in step] == []
