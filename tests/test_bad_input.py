"""What is plainly not for us, named case by case: hosts, methods, addresses that lead away, files that are no pages.

Anything else that could come in is invented by test_readers_ask_anything.py and test_staff_sends_anything.py.
"""

import pytest
from cast import NOON, person
from django.urls import get_resolver
from public_pages import every_address
from test_leaks import admin_addresses

from blog.models import Topic
from blog.publishing import newest_revision, publish

pytestmark = pytest.mark.django_db

PATHS = (
    "/blog/%00/",
    "/blog/%ff/",
    "/blog/%F0%9F%92%89/",
    "/blog/" + "a" * 3000 + "/",
    "/blog/../admin/",
    "//evil.example/blog/",
    "/blog//",
    "/blog/<script>/",
    "/blog/a/b/",
    "/BLOG/",
    "/blog/.env",
    "/.git/config",
    "/media/../db.sqlite3",
    "/media/..%2fdb.sqlite3",
    "/media/%2e%2e/secret-key",
    "/media/x.jpg",
    "/media/" + "a" * 300 + ".jpg",
    "/static/../manage.py",
    "/static/%2e%2e/%2e%2e/manage.py",
    "/topics/" + "-" * 60 + "/",
    "/admin/blog/post/%00/change/",
    "/admin/blog/post/99999999999999999999999/change/",
    "/admin/blog/post/abc/change/",
    "/admin/blog/post/-1/change/",
    "/admin/blog/post/1_2F/change/",
    "/admin/r/1/1/",
    "/admin/jsi18n/",
)
AWAY = (
    "//evil.example/blog",
    "//evil.example/%2f..",
    "/blog//evil.example",
    "/\\evil.example/blog",
    "/\\/evil.example/",
    "/%2f/evil.example/admin",
    "/%5cevil.example/blog",
    "//admin",
    "/.//evil.example/blog",
    "/admin//evil.example",
    "/https:/evil.example/blog",
    "/%0d%0aLocation:%20//evil.example/blog",
    "/blog/%0d%0aSet-Cookie:%20x=1",
)


@pytest.fixture
def some_posts(draft, erin, picture):
    topic = Topic.objects.create(name="Lasers", slug="lasers")
    for number in range(3):
        publish(erin, newest_revision(draft(f"Post {number}", topic=topic)), now=NOON)
    draft("Only a draft")


def test_paths(some_posts, client):
    boss = person("boss", "Writer", "Editor", "Manager")
    boss.is_superuser = True
    boss.save()
    for _ in ("as nobody", "as somebody who may do everything"):
        for path in PATHS:
            response = client.get(path)
            assert response.status_code in (200, 301, 302, 400, 404, 405, 410), path
            assert b"<script>/" not in response.getvalue(), path
        client.force_login(boss)


def test_no_redirect_leads_to_another_site(some_posts, client):
    for path in AWAY:
        for query in ("", "?next=//evil.example/"):
            answer = client.get(path + query)
            target = answer.get("Location", "")
            assert not target.startswith(("//", "http:", "https:", "/\\")), path
            assert "\n" not in target and "\r" not in target and not answer.cookies


def test_a_host_that_is_not_ours_gets_400(client):
    for host in ("evil.example", "127.0.0.1.evil.example", "bad host"):
        assert client.get("/blog/", HTTP_HOST=host).status_code == 400


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND", "BREW"])
def test_foreign_methods_are_refused_everywhere(some_posts, client, method):
    for address in [*every_address(), *admin_addresses()[:20], "/static/x.css"]:
        assert client.generic(method, address).status_code == 405, address


def test_readers_pages_answer_reading_only(some_posts, client):
    for address in every_address():
        response = client.generic("POST", address, data="title=x", content_type="application/x-www-form-urlencoded")
        assert response.status_code in (403, 404, 405)


def test_filters_that_no_database_understands(admin_client):
    for query in (
        "auditentry/?post=99999999999999999999",
        "auditentry/?person__exact=-99999999999999999999",
        "auditentry/?at__year=0",
        "post/?saved_at__year=99999999999",
        "post/?key_points__contains=x",
        "post/?topic__in=1,99999999999999999999",
    ):
        assert admin_client.get(f"/admin/blog/{query}").status_code < 500


def test_the_url_map_is_walked_whole():
    assert len(admin_addresses()) > 20
    assert get_resolver().resolve("/blog/").url_name == "index"
