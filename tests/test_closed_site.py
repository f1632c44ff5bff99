"""Before the opening: with SITE_OPEN=0 the public pages ask for a password, and staff know it."""

import base64

import pytest
from django.contrib.auth.models import User
from django.test import Client
from factories import make_picture, make_post
from html_pages import Page, faults
from public_pages import every_address
from test_start import manage, one_sentence

from blog.models import Post
from blog.publishing import newest_revision

PASSWORD = "opens in März: soon"


def basic(password: str, user: str = "") -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
def closed(settings):
    settings.SITE_OPEN = False
    settings.SITE_PASSWORD = PASSWORD


@pytest.fixture
def some_posts(db):
    make_post("Post", topic="Skin", tags=("Light",), hero_image=make_picture(), hero_alt="A lamp")


@pytest.mark.usefixtures("closed", "some_posts")
class TestReaders:
    def test_every_public_page_asks_for_the_password(self, client):
        addresses = [*every_address(), "/search/?q=post", "/sitemap.xml", "/preview/x/", "/blog", "//admin/", "/.env"]
        for address in addresses:
            if address in ("/healthz", "/readyz", "/robots.txt") or address.startswith("/media/"):
                continue
            response = client.get(address)
            assert response.status_code == 401, address
            assert response["WWW-Authenticate"].startswith("Basic "), address
            assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex"), address
            assert not response.cookies
            assert b"Post" not in response.content

    def test_with_the_password_they_read_as_on_the_day(self, client):
        for address in every_address():
            response = client.get(address, **basic(PASSWORD, "anybody"))
            assert response.status_code in (200, 302, 404), address
            assert not response.cookies
            if address == "/readyz":
                assert response["Cache-Control"] == "no-store"
            elif address not in ("/healthz", "/robots.txt"):
                assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex"), address
        assert "Post" in Page(client.get("/blog/post/", **basic(PASSWORD))).text

    @pytest.mark.parametrize(
        "header",
        [
            "",
            "Basic",
            "Basic ",
            "Basic !!!",
            "Basic Ä",
            "Basic " + base64.b64encode(PASSWORD.encode()).decode(),
            "Bearer " + base64.b64encode(f":{PASSWORD}".encode()).decode(),
            basic("")["HTTP_AUTHORIZATION"],
            basic("\x00")["HTTP_AUTHORIZATION"],
            basic(PASSWORD[:-1])["HTTP_AUTHORIZATION"],
            basic(PASSWORD + " ")["HTTP_AUTHORIZATION"],
            basic(PASSWORD.upper())["HTTP_AUTHORIZATION"],
        ],
    )
    def test_nothing_else_opens_it(self, client, header):
        assert client.get("/blog/", HTTP_AUTHORIZATION=header).status_code == 401

    def test_a_login_of_staff_is_no_password_for_readers(self, client):
        client.force_login(User.objects.create_superuser("root", password="not a short one"))
        assert client.get("/blog/").status_code == 401
        assert client.get("/blog/", **basic("not a short one", "root")).status_code == 401

    def test_head_is_asked_too_and_posting_is_refused_as_ever(self, client):
        head = client.head("/blog/")
        assert (head.status_code, head.content) == (401, b"")
        assert client.post("/blog/").status_code == 405

    def test_robots_are_sent_away_without_a_password(self, client):
        response = client.get("/robots.txt")
        assert (response.status_code, response.content) == (200, b"User-agent: *\nDisallow: /\n")
        assert response["Content-Type"].startswith("text/plain")

    def test_health_static_files_and_staff_need_none(self, client):
        assert client.get("/healthz").content == b"ok"
        assert client.get("/readyz").content == b"ready"
        assert client.get("/admin/login/").status_code == 200
        assert client.get("/admin").status_code == 301

    def test_pictures_show_on_the_staff_side_and_what_is_missing_tells_nothing(self, client):
        pictures = [address for address in every_address() if address.startswith("/media/")]
        assert pictures
        for address in pictures:
            response = client.get(address)
            assert (response.status_code, response["Content-Type"].split("/")[0]) == (200, "image"), address
            assert b"".join(response.streaming_content)
        for address in (
            "/media/nothing.jpg",
            "/static/nothing.css",
            "/static/../blog/post/",
            "/admin/%0a",
            "/admin/x%0a",
        ):
            response = client.get(address)
            assert response.status_code == 401, address
            assert b"Post" not in response.content, address

    def test_over_plain_http_the_way_to_https_comes_first(self, settings):
        settings.SECURE_SSL_REDIRECT = True
        settings.SECURE_HSTS_SECONDS = 60
        response = Client().get("/blog/", **basic("typed in the open"))
        assert (response.status_code, response["Location"]) == (301, "https://testserver/blog/")
        response = Client().get("/blog/", secure=True)
        assert response.status_code == 401
        assert response["Strict-Transport-Security"] == "max-age=60"


def test_the_page_that_asks_needs_no_database_and_says_whom_to_ask(closed, client):
    # No django_db mark: a query would fail this test.
    response = client.get("/blog/")
    assert faults(response.content.decode()) == []
    page = Page(response)
    assert page.one("//h1") == "This blog opens soon"
    assert "ask the person who sent you this address" in page.text and "call 911" in page.text
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_an_open_site_asks_nobody(client):
    response = client.get("/blog/")
    assert response.status_code == 200
    assert "X-Robots-Tag" not in response and response["Cache-Control"] == "no-cache"


class TestStaff:
    WORDS = "The blog is not open yet: readers need the password."

    @pytest.mark.parametrize("is_open", [True, False])
    def test_first_page_and_publish_screen_say_it(self, settings, some_posts, client, is_open):
        settings.SITE_OPEN, settings.SITE_PASSWORD = is_open, PASSWORD
        client.force_login(User.objects.create_superuser("root", password="not a short one"))
        post = Post.objects.get()
        assert newest_revision(post)
        for address in ("/admin/", f"/admin/blog/post/{post.pk}/publish/"):
            response = client.get(address)
            assert response.status_code == 200
            said = " ".join(response.content.decode().replace("<strong>", "").replace("</strong>", "").split())
            assert (self.WORDS in said) == (not is_open), address


@pytest.mark.parametrize(
    ("values", "variable"),
    [
        ({"SITE_OPEN": "0"}, "SITE_PASSWORD"),
        ({"SITE_OPEN": "0", "SITE_PASSWORD": "short"}, "SITE_PASSWORD"),
        ({"SITE_OPEN": "never"}, "SITE_OPEN"),
        ({"SITE_OPEN": "no"}, "SITE_OPEN"),
    ],
)
def test_a_closed_site_without_a_password_does_not_start(tmp_path, values, variable):
    done = manage("manage.py", "check", SECRET_KEY="a key", VAR_DIR=str(tmp_path), **values)
    assert done.returncode
    assert variable in one_sentence(done.stderr)
