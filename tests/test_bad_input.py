"""Any query string, path, header, method or form value gets a page, a redirect or a clear 4xx."""

import pytest
from cast import NOON, person
from django.urls import get_resolver
from public_pages import every_address
from test_leaks import admin_addresses

from blog.models import Topic
from blog.publishing import newest_revision, publish

pytestmark = pytest.mark.django_db

VALUES = (
    "",
    "0",
    "-1",
    "1e9",
    "٣",
    "99999999999999999999999999",
    "%00",
    "a%00b",
    "%ff%fe",
    "%F0%9F%92%89",
    "%ED%A0%80",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "../../../etc/passwd",
    "%0d%0aSet-Cookie:%20x=1",
    "x" * 5000,
    "[]",
    "1,2,3",
    "None",
    "null",
)
NAMES = (
    "page",
    "q",
    "o",
    "p",
    "all",
    "e",
    "_changelist_filters",
    "topic",
    "author__id__exact",
    "status",
    "_popup",
    "_to_field",
)
HEADERS = (
    {"HTTP_HOST": "evil.example"},
    {"HTTP_HOST": "a" * 300},
    {"HTTP_HOST": "127.0.0.1:999999"},
    {"HTTP_HOST": "bad host\\"},
    {"HTTP_COOKIE": "sessionid=\x00; csrftoken=" + "x" * 5000},
    {"HTTP_ACCEPT_LANGUAGE": "xx-" * 500},
    {"HTTP_IF_MODIFIED_SINCE": "not a date"},
    {"HTTP_IF_NONE_MATCH": '"' * 1000},
    {"HTTP_RANGE": "bytes=9999999999-"},
    {"HTTP_RANGE": "bytes=-0,abc"},
    {"HTTP_REFERER": "javascript:alert(1)"},
    {"HTTP_USER_AGENT": "\xff\xfe"},
    {"HTTP_X_FORWARDED_FOR": "'; DROP TABLE blog_post; --"},
    {"CONTENT_TYPE": "multipart/form-data; boundary="},
)
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


def answer(client, method, path, **extra):
    """The status, and the whole body; an answer is below 500 and never shows what was sent as markup."""
    client.raise_request_exception = True
    response = client.generic(method, path, **extra)
    assert response.status_code < 500, (method, path[:200], response.status_code)
    body = b"".join(response) if response.streaming else response.content
    assert b"<script>alert(1)" not in body, (method, path[:200])
    assert "\n" not in response.get("Location", "")
    assert "Set-Cookie" not in str(response.headers) or path.startswith("/admin")
    return response.status_code, body


@pytest.fixture
def some_posts(draft, erin, picture):
    topic = Topic.objects.create(name="Lasers", slug="lasers")
    for number in range(3):
        publish(erin, newest_revision(draft(f"Post {number}", topic=topic)), now=NOON)
    draft("Only a draft")


def test_readers_query_strings(some_posts, client):
    for address in every_address():
        for value in VALUES:
            for name in ("page", "q"):
                status, _ = answer(client, "GET", f"{address}?{name}={value}")
                assert status in (200, 301, 302, 400, 404, 410)


def test_readers_paths(some_posts, client):
    for path in PATHS:
        status, _ = answer(client, "GET", path)
        assert status in (200, 301, 302, 400, 404, 405, 410), path


def test_no_redirect_leads_to_another_site(some_posts, client):
    for path in ("//evil.example/blog", "//evil.example/%2f..", "/blog//evil.example", "/\\evil.example/blog"):
        response = client.get(path)
        assert not response.get("Location", "").startswith(("//", "http:", "https:", "/\\")), path


def test_readers_headers(some_posts, client):
    for address in every_address():
        for header in HEADERS:
            answer(client, "GET", address, **header)


def test_a_host_that_is_not_ours_gets_400(client):
    for host in ("evil.example", "127.0.0.1.evil.example", "bad host"):
        assert answer(client, "GET", "/blog/", HTTP_HOST=host)[0] == 400


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND", "BREW"])
def test_foreign_methods_are_refused_everywhere(some_posts, client, method):
    for address in [*every_address(), *admin_addresses()[:20], "/static/x.css"]:
        assert answer(client, method, address)[0] == 405, address


def test_readers_pages_answer_reading_only(some_posts, client):
    for address in every_address():
        status, _ = answer(client, "POST", address, data="title=x", content_type="application/x-www-form-urlencoded")
        assert status in (403, 404, 405)


class TestStaff:
    @pytest.fixture
    def boss(self, db, client):
        boss = person("boss", "Writer", "Editor", "Manager")
        boss.is_superuser = True
        boss.save()
        client.force_login(boss)
        return boss

    def test_query_strings(self, some_posts, boss, client):
        for address in admin_addresses():
            if "logout" in address:
                continue
            for value in VALUES:
                answer(client, "GET", f"{address}?" + "&".join(f"{name}={value}" for name in NAMES))
            for name in NAMES:
                answer(client, "GET", f"{address}?{name}={VALUES[6]}")

    def test_filters_that_no_database_understands(self, boss, client):
        for query in (
            "auditentry/?post=99999999999999999999",
            "auditentry/?person__exact=-99999999999999999999",
            "auditentry/?at__year=0",
            "post/?saved_at__year=99999999999",
            "post/?key_points__contains=x",
            "post/?topic__in=1,99999999999999999999",
        ):
            answer(client, "GET", f"/admin/blog/{query}")

    def test_paths(self, some_posts, boss, client):
        for path in PATHS:
            answer(client, "GET", path)

    def test_posted_rubbish(self, some_posts, boss, client):
        for address in admin_addresses():
            if "logout" in address or "password_change" in address:
                continue
            for value in ("", "x", "9" * 40, "\x00", "{", "\ud7ff", "<script>alert(1)</script>"):
                data = {
                    name: value
                    for name in ("title", "slug", "body", "base", "revision", "when", "date", "time", "at_0", "at_1",
                                 "reason", "tags", "topic", "author", "published_at", "hero_image", "related_posts",
                                 "action", "_selected_action", "alt_text", "file", "focal_x", "name", "key_points_0",
                                 "_to_field")
                }  # fmt: skip
                response = client.post(address, data)
                assert response.status_code < 500, (address, value)
                assert b"<script>alert(1)" not in response.content, address
            for body in (b"", b"\x00\xff", b"{", b"[]", b"a=" + b"x" * 100):
                for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain"):
                    response = client.generic("POST", address, body, content_type=kind)
                    assert response.status_code < 500, (address, body[:20], kind)


def test_the_url_map_is_walked_whole():
    assert len(admin_addresses()) > 20
    assert get_resolver().resolve("/blog/").url_name == "index"
