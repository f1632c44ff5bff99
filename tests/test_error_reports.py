"""An error is told by e-mail and to a service, each kind once in a while, without anything that a person sent."""

import contextlib
import gzip
import itertools
import json
import logging
import os
import sqlite3
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import brotli
import lxml.html
import pytest
from django.db import OperationalError, connections
from django.test import Client
from live_site import copy_of, free_port, prepared_site
from small_servers import mail_server, running, silent_server, web_server
from test_start import manage, one_sentence

from medspa import error_reports
from medspa.error_reports import A_DAY, DAY, HOUR, ErrorReports, Seldom, kind_of


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as found:
        return found


def record(message: str = "It broke", *args, error: BaseException | None = None, **extra) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("some.logger", logging.ERROR, "/path/file.py", 7, message, args, info)
    made.__dict__.update(extra)
    return made


def all_told() -> None:
    for thread in threading.enumerate():
        if thread.name == "error report":
            thread.join(20)
            assert not thread.is_alive()


@pytest.fixture
def told(settings, mailoutbox):
    """Mails about what ``tell`` logs."""
    settings.ERROR_EMAIL = ["ops@example.com", "second@example.com"]
    settings.DEFAULT_FROM_EMAIL = "Northlight <blog@example.com>"
    return mailoutbox


class TestSeldom:
    def test_a_kind_passes_once_an_hour_and_the_rest_are_counted(self):
        now = [0.0]
        seldom = Seldom(lambda: now[0])
        assert seldom.untold(("a",)) == 0
        for _ in range(5):
            now[0] += HOUR / 6
            assert seldom.untold(("a",)) is None
        assert seldom.untold(("b",)) == 0
        now[0] += HOUR / 6
        assert seldom.untold(("a",)) == 5
        assert seldom.untold(("a",)) is None

    def test_a_day_has_no_more_than_some(self):
        now = [0.0]
        seldom = Seldom(lambda: now[0])
        assert [seldom.untold((number,)) for number in range(A_DAY)] == [0] * A_DAY
        assert seldom.untold(("one more",)) is None
        now[0] += DAY - 1
        assert seldom.untold(("one more",)) is None
        now[0] += 1
        assert seldom.untold(("one more",)) == 2

    def test_its_memory_is_bounded(self):
        seldom = Seldom()
        for number in range(5000):
            seldom.untold((number,))
        assert len(seldom._kinds) <= error_reports.KINDS and len(seldom._told) <= A_DAY


def test_the_same_error_at_the_same_place_is_one_kind():
    def broken(words):
        return raised(ValueError(words))

    one, other = (kind_of(record("%s", words, error=broken(words))) for words in ("one", "other"))
    assert one == other
    assert one != kind_of(record(error=raised(KeyError("one"))))
    away = [kind_of(record("The database is away, %s", path)) for path in ("/blog/", "/search/")]
    assert away[0] == away[1] != one


def test_a_mail_says_what_where_and_how_to_find_more(told):
    reports = ErrorReports()
    error = raised(ValueError("Field 'x' got 'bruise' from dana@example.com"))
    for _ in range(3):
        reports.handle(record("Broke at /preview/tok3n/?q=bruise\nSubject: x", error=error, request_id="3f2a91c4" * 4))
        all_told()
    (mail,) = told
    assert mail.to == ["ops@example.com", "second@example.com"] and mail.extra_headers["Auto-Submitted"]
    assert mail.subject.startswith("[127.0.0.1] ValueError in tests/test_error_reports.py, line ")
    assert "3f2a91c4" * 4 in mail.body and "ValueError: Field * got * from *@*" in mail.body
    for secret in ("bruise", "tok3n", "dana"):
        assert secret not in mail.subject + mail.body


def test_what_nobody_can_help_is_not_told(told):
    reports = ErrorReports()
    reports.handle(record("Invalid HTTP_HOST header", status_code=400))
    for level in (logging.WARNING, logging.INFO):
        made = record()
        made.levelno = level
        if level >= reports.level:
            reports.handle(made)
    all_told()
    assert told == []


@pytest.mark.django_db
def test_a_database_that_is_away_is_one_mail_however_many_pages_are_asked_for(told, monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError("no connection")

    reports = ErrorReports()
    logging.getLogger().addHandler(reports)
    try:
        monkeypatch.setattr(type(connections["default"]), "cursor", gone)
        for address in ("/blog/", "/blog/post/", "/search/?q=bruise", "/admin/login/", "/sitemap.xml"):
            Client(raise_request_exception=False).get(address)
    finally:
        logging.getLogger().removeHandler(reports)
    all_told()
    (mail,) = told
    assert "The database is away, '/blog/' was answered with 503: no connection" in mail.subject


@pytest.mark.parametrize("kind", ["nobody", "silent"])
def test_a_mail_server_that_is_down_costs_a_line_and_no_time(told, settings, caplog, kind):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 1
    caplog.set_level(logging.WARNING, "medspa.error_reports")
    with silent_server() as silent:
        settings.EMAIL_PORT = silent if kind == "silent" else free_port()
        ErrorReports().handle(record())
        all_told()
    (said,) = caplog.records
    assert said.getMessage().startswith("An error could not be told by e-mail: ")
    assert said.thread != threading.get_ident(), "whoever had the error does not wait"


@pytest.mark.parametrize("kind", ["nobody", "refuses"])
def test_a_service_that_is_down_costs_a_line_and_no_time(settings, caplog, monkeypatch, kind):
    caplog.set_level(logging.WARNING, "medspa.error_reports")
    tell, threads = error_reports.Sentry.tell, []

    def noted(service, told):
        threads.append(threading.get_ident())
        tell(service, told)

    monkeypatch.setattr(error_reports.Sentry, "tell", noted)
    with running(web_server({}, status=500)) as refuses:
        settings.SENTRY_DSN = f"http://key@127.0.0.1:{refuses if kind == 'refuses' else free_port()}/1"
        ErrorReports().handle(record())
        all_told()
    (said,) = caplog.messages
    assert said.startswith("An error could not be told to SENTRY_DSN: ")
    assert len(threads) == 1 and threads != [threading.get_ident()], "whoever had the error does not wait"


def test_a_report_that_cannot_be_made_costs_a_line(told, monkeypatch, caplog):
    monkeypatch.setattr(error_reports, "kind_of", lambda record: 1 / 0)
    ErrorReports().handle(record())
    assert caplog.messages == ["An error could not be told: ZeroDivisionError"]


@pytest.mark.parametrize(
    ("values", "variable"),
    [
        ({"ERROR_EMAIL": "ops@example.com"}, "ERROR_EMAIL needs EMAIL_URL"),
        ({"ERROR_EMAIL": "ops@example.com, nobody"}, "ERROR_EMAIL must be"),
        ({"SENTRY_DSN": "https://sentry.example.com/1"}, "SENTRY_DSN"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT"),
    ],
)
@pytest.mark.skipif(os.environ["TEST_ON"] != "sqlite", reason="asks no database; the run on SQLite tests it")
def test_settings_that_make_no_sense_are_named(tmp_path, values, variable):
    done = manage("manage.py", "check", SECRET_KEY="a key", VAR_DIR=str(tmp_path), **values)
    assert done.returncode
    assert variable in one_sentence(done.stderr)


# --- A real server that really breaks -------------------------------------------------------------------------------


def events(server) -> list[dict]:
    """What the service got, taken apart: envelopes are lines of JSON, each item after a line about it."""
    found = []
    for encoding, body in server.sent:
        plain = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding](body)
        lines = [json.loads(line) for line in plain.splitlines() if line]
        found += [event for about, event in itertools.pairwise(lines) if about.get("type") == "event"]
    return found


def mails(server) -> list[str]:
    """The mails that the server took, each as one line."""
    return [" ".join(text.split("\n.\n")[0].split()) for text in "\n".join(server.said).split("\ndata\n")[1:]]


def eventually(found) -> bool:
    deadline = time.monotonic() + 15
    while not found():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


WHAT_PEOPLE_SENT = "searchsecret cookiesecret refsecret agentsecret wordsofstaff passwordsecret nextsecret".split()


def taken_away(site, *tables: str) -> None:
    with contextlib.closing(sqlite3.connect(site.folder / "db.sqlite3")) as database:
        for table in tables:
            database.execute(f"DROP TABLE {table}")
        database.commit()


@pytest.mark.skipif(os.environ["TEST_ON"] != "sqlite", reason="has a database of its own; the run on SQLite tests it")
def test_an_error_of_a_real_server_is_told_without_what_was_sent(tmp_path):
    site = copy_of(prepared_site(), tmp_path)
    mail, service = mail_server(password="mailpassword"), web_server({"Content-Type": "application/json"})
    number = "3f2a91c4" * 4
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
    )
    opener.addheaders = [("X-Request-ID", number), ("Referer", "http://x/refsecret"), ("User-Agent", "agentsecret")]

    def answer(path: str, form: dict | None = None) -> tuple:
        data = urllib.parse.urlencode(form).encode() if form else None
        with pytest.raises(urllib.error.HTTPError) as refused:
            opener.open(site.url + path, data)
        with refused.value as page:
            return page.status, page.headers["X-Request-ID"], "please say: 3f2a91c4" in page.read().decode()

    with running(mail) as mail_port, running(service) as port:
        site.environment |= {
            "WEB_CONCURRENCY": "1",
            "LOG_LEVEL": "DEBUG",
            "ACCESS_LOG": "-",
            "EMAIL_URL": f"smtp://someone:mailpassword@127.0.0.1:{mail_port}",
            "DEFAULT_FROM_EMAIL": "blog@example.com",
            "ERROR_EMAIL": "ops@example.com",
            "SENTRY_DSN": f"http://dsnkey@127.0.0.1:{port}/7",
            "FORWARDED_ALLOW_IPS": "127.0.0.1",
        }
        site.start()
        try:
            login = "/admin/login/?next=/nextsecret"
            with opener.open(site.url + login) as page:
                fields = dict(lxml.html.fromstring(page.read().decode()).forms[0].form_values())
            taken_away(site, "blog_publication", "axes_accessattempt")
            opener.addheaders.append(("Cookie", "extra=cookiesecret"))
            pages = [answer("/search/?q=searchsecret") for _ in range(3)]
            opener.addheaders.pop()
            pages.append(answer(login, fields | {"username": "wordsofstaff", "password": "passwordsecret"}))
            assert pages == [(500, number, True)] * 4
            assert eventually(lambda: len(mails(mail)) >= 2 and len(events(service)) >= 2), site.log
        finally:
            site.stop()
        texts, told = mails(mail), events(service)
    # Three times the same: told once.
    assert len(texts) == len(told) == 2
    for place, asked in (("search.py", "GET /search/"), ("signing_in/attempts.py", "POST /admin/login/")):
        (text,) = [one for one in texts if f"Request: {asked}" in one]
        assert f"Subject: [127.0.0.1] OperationalError in blog/{place}, line" in text
        assert "To: ops@example.com" in text and number in text and "OperationalError: no such table" in text
    by_path = {event["request"]["url"].removeprefix(site.url): event for event in told}
    assert set(by_path) == {"/search/", "/admin/login/"}
    for event in told:
        assert event["tags"] == {"request_id": number} and event["request"].keys() == {"method", "url"}
        last = event["exception"]["values"][-1]
        assert last["type"] == "OperationalError" and "no such table" in last["value"]
        frames = last["stacktrace"]["frames"]
        assert frames and all("vars" not in frame for frame in frames) and any(frame["in_app"] for frame in frames)
        assert event.keys() <= set(error_reports.TOLD) and len(event["release"]) == 10
    everything = json.dumps(told) + "\n".join(mail.said) + site.log + "".join(str(body) for _, body in service.sent)
    for secret in (*WHAT_PEOPLE_SENT, "mailpassword", "dsnkey", site.environment["DJANGO_SUPERUSER_PASSWORD"]):
        assert secret not in (everything if secret != "dsnkey" else site.log + "\n".join(mail.said)), secret
    errors = [line for line in map(json.loads, site.log.splitlines()) if line["level"] == "ERROR"]
    assert len(errors) == 4 and {line["request_id"] for line in errors} == {number}
    assert {line["path"] for line in errors} == {"/search/", "/admin/login/"}
    assert all("no such table" in line["trace"] for line in errors)
