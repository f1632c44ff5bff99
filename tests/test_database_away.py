"""The database is away: a page that says so at once, nothing typed is lost, and all comes back by itself."""

import errno
import logging
import os
import shutil
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import lxml.html
import psycopg2
import psycopg2.errors
import pytest
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, ProgrammingError, connection, connections
from django.test import Client
from embedded_postgres import Server
from factories import make_post, make_practice
from html_pages import Page, faults
from live_site import OPENER, LiveSite, copy_of, prepared_site
from public_pages import every_address

from blog import reading, trouble
from blog.models import Post

ON = os.environ["TEST_ON"]


def error(kind: type[Exception], cause: Exception | None = None, words: str = "gone\n  at once") -> Exception:
    made = kind(words)
    made.__cause__ = cause
    return made


def sqlite_error(code: int, words: str = "gone") -> sqlite3.Error:
    cause = sqlite3.OperationalError(words)
    cause.sqlite_errorcode = code
    return cause


def postgresql_error(code: str) -> psycopg2.Error:
    """As a server sends it: made here, psycopg2's own classes carry no code."""
    return type("Sent", (psycopg2.OperationalError,), {"pgcode": code})()


class Refused:
    """Stands where the database was: whatever asks gets this error."""

    def __init__(self, monkeypatch) -> None:
        self.monkeypatch = monkeypatch

    def __call__(self, found: Exception) -> Client:
        def cursor(*args, **kwargs):
            raise found

        # Long answers are read in chunks, on PostgreSQL by a cursor of another kind.
        for kind in ("cursor", "chunked_cursor"):
            self.monkeypatch.setattr(type(connections["default"]), kind, cursor)
        return Client(raise_request_exception=False)


@pytest.fixture
def asking_gives(monkeypatch):
    return Refused(monkeypatch)


AWAY = {
    "no connection": error(OperationalError, psycopg2.OperationalError()),
    "no driver's word": error(OperationalError),
    "connection lost": error(InterfaceError, psycopg2.InterfaceError("connection already closed")),
    "server stopped": error(OperationalError, postgresql_error("57P01")),
    "too many connections": error(OperationalError, postgresql_error("53300")),
    "locked": error(OperationalError, sqlite_error(sqlite3.SQLITE_BUSY, "database is locked")),
    "locked by a snapshot": error(OperationalError, sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT)),
    "no file": error(OperationalError, sqlite_error(sqlite3.SQLITE_CANTOPEN)),
    "disk full": error(OperationalError, sqlite_error(sqlite3.SQLITE_FULL)),
    "disk full, says PostgreSQL": error(OperationalError, postgresql_error("53100")),
    "disk full elsewhere": OSError(errno.ENOSPC, "No space left on device"),
    "disk broken": error(OperationalError, sqlite_error(sqlite3.SQLITE_IOERR_READ)),
}
FAULTS = {
    "wrong SQL": error(ProgrammingError, psycopg2.errors.SyntaxError()),
    "a value that does not fit": error(OperationalError, postgresql_error("22003")),
    "wrong use": error(InterfaceError, sqlite3.InterfaceError("Error binding parameter")),
    "not ours": ValueError("gone"),
}
if ON == "sqlite":
    FAULTS["no such column"] = error(OperationalError, sqlite_error(sqlite3.SQLITE_ERROR, "no such column: x"))


@pytest.mark.django_db
@pytest.mark.parametrize("found", AWAY.values(), ids=AWAY)
def test_readers_get_a_page_that_says_it(asking_gives, found):
    response = asking_gives(found).get("/blog/")
    assert response.status_code == 503
    assert (response["Retry-After"], response["Cache-Control"]) == ("30", "no-store")
    assert faults(response.content.decode()) == []
    page = Page(response)
    assert "Nothing you did is broken. Please load the page again in a minute." in page.text
    assert "call 911" in page.text


@pytest.mark.django_db
@pytest.mark.parametrize("found", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_ours_stays_one(asking_gives, found):
    response = asking_gives(found).get("/blog/")
    assert (response.status_code, response["Cache-Control"]) == (500, "no-store")
    assert "Something went wrong on our side" in Page(response).text


@pytest.mark.django_db
def test_every_public_page_asks_and_says_it_in_head_too(asking_gives):
    make_post("Post", topic="Skin", tags=("Light",))
    addresses = [address for address in every_address() if address not in ("/", "/healthz", "/robots.txt")]
    client = asking_gives(AWAY["no connection"])
    for address in addresses:
        if address.startswith("/media/"):
            continue
        assert client.get(address).status_code == 503, address
        head = client.head(address)
        assert (head.status_code, head.content, head["Retry-After"]) == (503, b"", "30"), address
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").content == b"The database cannot be used."


@pytest.mark.django_db
def test_the_number_to_call_stands_on_it_where_this_process_knows_it(asking_gives):
    make_practice(phone="(907) 555-0142", hours="Weekdays", after_hours_text="Closed: call the hospital.")
    Client().get("/blog/")
    page = Page(asking_gives(AWAY["no connection"]).get("/blog/"))
    assert page.one("//a[starts-with(@href, 'tel:+')]/@href") == "tel:+19075550142"
    assert "Weekdays" in page.text and "Closed: call the hospital." in page.text
    reading.forget_practice()
    assert Page(asking_gives(AWAY["no connection"]).get("/blog/")).all("//a[starts-with(@href, 'tel:+')]") == []


@pytest.mark.django_db
def test_the_log_has_one_line_of_it(asking_gives, caplog):
    caplog.set_level(logging.WARNING)
    asking_gives(AWAY["no connection"]).get("/blog/")
    (record,) = caplog.records
    assert record.getMessage() == "The database is away, '/blog/' was answered with 503: gone at once"
    assert record.exc_info is None


@pytest.mark.django_db
def test_a_fault_of_ours_is_logged_with_where_it_was(asking_gives, caplog):
    asking_gives(error(OperationalError, postgresql_error("40P01"))).get("/blog/")
    (record,) = [found for found in caplog.records if found.name == "blog.trouble"]
    assert record.exc_info is not None


def test_no_secret_of_an_address_is_logged(asking_gives, caplog):
    asking_gives(AWAY["no connection"]).get("/admin/welcome/Mw/abc-linktoken/")
    logged = " ".join(record.getMessage() for record in caplog.records)
    assert "admin/welcome/" in logged
    assert "linktoken" not in logged


@pytest.mark.django_db
class TestStaff:
    @pytest.fixture
    def signed_in(self, client):
        client.force_login(User.objects.create_superuser("root", password="not a short one"))
        client.raise_request_exception = False
        return client

    def test_what_was_typed_is_kept_in_the_page_and_sent_again(self, signed_in, monkeypatch):
        typed = "<p>An hour’s work, “quoted” &amp; so on</p>\r\n<p>Second line</p>"
        address = "/admin/blog/post/add/?_popup=0"
        with monkeypatch.context() as patched:
            Refused(patched)(AWAY["server stopped"])
            answer = signed_in.post(address, {"title": "Typed", "body": typed, "tags": ["a", "b"]})
        assert answer.status_code == 503 and answer["Cache-Control"] == "no-store"
        page = lxml.html.fromstring(answer.content.decode())
        form = page.forms[0]
        assert form.get("action") == address and form.get("method") == "post"
        kept = [(field.get("name"), field.get("value")) for field in form.xpath(".//input")]
        seen = typed.replace("\r\n", "\n")  # as every browser reads a page; it sends \r\n again
        assert sorted(kept) == [("body", seen), ("tags", "a"), ("tags", "b"), ("title", "Typed")]
        assert "What you typed is kept in this page" in page.text_content()
        assert not Post.objects.exists()

    @pytest.mark.parametrize("found", [name for name in AWAY if name.startswith("disk full")])
    def test_a_full_disk_is_said_and_what_was_typed_is_kept(self, signed_in, monkeypatch, found):
        Refused(monkeypatch)(AWAY[found])
        answer = signed_in.post("/admin/blog/post/add/", {"title": "Typed"})
        page = lxml.html.fromstring(answer.content.decode())
        assert answer.status_code == 503 and "disk is full, so nothing can be saved" in page.text_content()
        assert page.forms[0].fields["title"] == "Typed"

    def test_a_page_that_only_looks_says_to_load_it_again(self, signed_in, monkeypatch):
        Refused(monkeypatch)(AWAY["server stopped"])
        answer = signed_in.get("/admin/")
        assert answer.status_code == 503 and "load this page again" in answer.content.decode()
        assert "<form" not in answer.content.decode()

    def test_a_password_is_never_kept_in_a_page(self, monkeypatch):
        client = Refused(monkeypatch)(AWAY["server stopped"])
        answer = client.post("/admin/login/", {"username": "root", "password": "a secret one"})
        assert answer.status_code == 503
        said = answer.content.decode()
        assert "a secret one" not in said and "<form" not in said and "try again" in said


@pytest.mark.django_db
def test_the_page_for_trouble_never_fails_itself(asking_gives, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    client = asking_gives(AWAY["no connection"])
    monkeypatch.setattr(trouble, "render_to_string", broken)
    response = client.get("/blog/")
    assert response.status_code == 500 and response["Content-Type"].startswith("text/plain")
    assert "call 911" in response.content.decode()


# --- A real server, a real database that really goes --------------------------------------------------------


class Browser:
    """Asks a site, keeps its cookies, and gives status, headers and words of any answer."""

    def __init__(self, site: LiveSite) -> None:
        self.site = site
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def ask(self, path: str, form: list[tuple[str, str]] | None = None):
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            answer = self.opener.open(urllib.request.Request(self.site.url + path, data), timeout=40)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return answer.status, answer.headers, answer.read().decode()

    def fields(self, html: str, index: int = -1) -> list[tuple[str, str]]:
        form = lxml.html.fromstring(html).forms[index]
        return list(form.form_values())

    def sign_in(self) -> None:
        _, _, html = self.ask("/admin/login/")
        fields = dict(self.fields(html)) | {"username": self.site.username, "password": self.site.password}
        assert self.ask("/admin/login/", list(fields.items()))[0] == 200


def goes_and_comes_back(site: LiveSite, take_away, bring_back) -> None:
    """Read and save while the database is away; then, without a restart, what was typed is sent again and saved."""
    browser = Browser(site)
    browser.sign_in()
    assert browser.ask("/blog/")[0] == 200
    _, _, html = browser.ask("/admin/blog/topic/add/")
    fields = [(name, value) for name, value in browser.fields(html) if name not in ("name", "slug")]
    take_away()
    for number in range(4):  # every worker and thread; an address that none of them has in memory
        status, headers, html = browser.ask(f"/blog/?page=1&page={'0' * number}1")
        assert (status, headers["Retry-After"]) == (503, "30"), site.log
        assert "back in a moment" in html
    status, _, kept = browser.ask("/admin/blog/topic/add/", [*fields, ("name", "Típed"), ("slug", "typed")])
    assert status == 503 and "kept in this page" in kept
    assert OPENER.open(f"{site.url}/healthz").status == 200
    bring_back()
    assert browser.ask("/blog/")[0] == 200
    status, _, html = browser.ask("/admin/blog/topic/add/", browser.fields(kept))
    assert status == 200 and "Típed" in html, html
    assert "Traceback" not in site.log
    assert site.log.count("The database is away") >= 5


@pytest.fixture
def site(tmp_path):
    site = copy_of(prepared_site(), tmp_path / "var")
    yield site
    site.stop()


@pytest.mark.skipif(ON != "sqlite", reason="the run on SQLite tests it")
@pytest.mark.parametrize("how", ["file", "folder"])
def test_sqlite_goes_and_comes_back(site, tmp_path, how):
    file = site.folder / "data/db.sqlite3"
    file.parent.mkdir()
    (site.folder / "db.sqlite3").rename(file)
    site.environment["DATABASE_URL"] = f"sqlite:///{file}"
    site.start()
    away = tmp_path / "away"

    def take_away():
        shutil.move(file.parent, away)
        if how == "file":
            file.parent.mkdir()

    def bring_back():
        shutil.rmtree(file.parent, ignore_errors=True)
        shutil.move(away, file.parent)

    goes_and_comes_back(site, take_away, bring_back)


@pytest.mark.skipif(ON != "postgres", reason="the run on PostgreSQL tests it")
def test_postgresql_goes_and_comes_back(site):
    server = Server()
    server.start()
    try:
        connection = psycopg2.connect(host=str(server.home), user="postgres", dbname="postgres")
        connection.autocommit = True
        connection.cursor().execute("CREATE DATABASE blog")
        connection.close()
        site.environment["DATABASE_URL"] = server.url
        site.prepare()
        site.start()
        goes_and_comes_back(site, server.stop, server.start)
    finally:
        site.stop()
        server.stop()


@pytest.mark.django_db
@pytest.mark.skipif(ON != "postgres", reason="the run on PostgreSQL tests it")
def test_a_network_that_swallows_what_is_sent_is_noticed():
    connection.ensure_connection()
    told = connection.connection.get_dsn_parameters()
    assert (told["connect_timeout"], told["tcp_user_timeout"]) == ("5", "25000")
    assert [told[f"keepalives_{name}"] for name in ("idle", "interval", "count")] == ["10", "5", "3"]
