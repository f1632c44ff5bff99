"""A log line is one line, valid JSON, and holds no secret and nobody's words, whatever came in."""

import json
import logging
import os
import pty
import subprocess
import sys
import time
import traceback

import pytest
from django.db import DataError, IntegrityError
from hypothesis import given
from hypothesis import strategies as st
from live_site import ROOT, clean_environment

from medspa.logs import JsonLines, TextLines, trace_of

SECRET_VALUES = {"SECRET_KEY": "keykeykey", "SITE_PASSWORD": "opens soon", "EMAIL_HOST_PASSWORD": "mailpassword"}


def record(message: str, *args, error: BaseException | None = None, **extra) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("some.logger", logging.ERROR, "/path/file.py", 7, message, args, info)
    made.__dict__.update(extra)
    return made


def written(*args, **more) -> dict:
    line = JsonLines().format(record(*args, **more))
    assert line.isascii() and line.isprintable()
    return json.loads(line)


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    words_of_a_person = "nobody else's business"
    try:
        assert words_of_a_person
        raise error from cause
    except BaseException as found:
        return found


NASTY = {
    "lines": "one\ntwo\r\nthree\u2028four\x85five",
    "quotes": "he said \"no\", she \\ said 'yes'",
    "controls": "\x00\x07\x1b[2J\x9b31m\x7f",
    "directions": "\u202egpj.exe\u2066",
    "surrogates": "\udce9\ud800 as bytes that are no text",
    "percent": "100% of %s and %(x)s",
    "forged": '"}\n{"level": "INFO", "message": "all is well"}',
    "emoji": "💉 é ü ß 漢",
    "empty": "",
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_whatever_comes_in_is_one_line_of_json_and_one_of_text(text):
    for made in (record("got %s", text), record("got", error=raised(ValueError(text))), record(text)):
        line = JsonLines().format(made)
        assert line.isascii() and line.isprintable()
        assert set(json.loads(line)) >= {"time", "level", "logger", "message"}
        first, *trace = TextLines().format(made).split("\n")
        assert first.isprintable() and all(one.isprintable() and one.startswith("  ") for one in trace)
    if text.isascii() and text.isprintable():
        assert written("got %s", text)["message"] == f"got {text}"


@given(st.text(), st.text(), st.binary())
def test_any_text_and_bytes_make_a_line(message, value, raw):
    for made in (record(message), record("%s %s", value, raw), record(message, value, error=raised(OSError(value)))):
        assert "\n" not in JsonLines().format(made)
        assert json.loads(JsonLines().format(made))["level"] == "ERROR"


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError


def test_values_that_do_not_fit_and_errors_that_cannot_speak_lose_nothing_else():
    assert written("%d items", "no number")["message"] == "%d items"
    assert written("%s", "one", "too many")["message"] == "%s"
    assert "Unspeakable: *" in written("x", error=raised(Unspeakable()))["trace"]


def test_a_huge_text_is_shortened_and_costs_little():
    for part in ("a", "a@", "/?", "://", "'", '"x', "DETAIL:", "\x00", "//preview/", "1.1.1.1 ", " ::"):
        began = time.process_time()
        line = JsonLines().format(record("%s", part * 200_000, error=raised(ValueError(part * 200_000))))
        assert len(line) < 300_000
        assert time.process_time() - began < 5, part


def test_a_line_says_when_in_utc_how_bad_where_and_for_which_request():
    line = written("Done", request_id="ab" * 16, created=0.25)
    assert line == {
        "time": "1970-01-01T00:00:00.250Z",
        "level": "ERROR",
        "logger": "some.logger",
        "message": "Done",
        "request_id": "ab" * 16,
    }
    assert TextLines().format(record("Done", request_id="ab" * 16)).endswith("some.logger: Done [abababab]")


HIDDEN = {
    "a preview": ("see /preview/tok3n-abc/ now", "see /preview/* now"),
    "an invitation": ("GET /admin/welcome/Mw/tok3n/", "GET /admin/welcome/*"),
    "a query": ("GET /search/?q=botox+bruise&page=2 failed", "GET /search/?* failed"),
    "a query with odd marks": ("'/search/?q=it's\"so<b>'", "'/search/?*"),
    "a mail address": ("550 <dana.ruiz+x@mail.example.com> unknown", "550 <*@*> unknown"),
    "a password in a URL": ("postgres://blog:pass-word@db/blog", "postgres://*@db/blog"),
    "the secret key": ("key keykeykey!", "key *!"),
    "the readers' password": ("got 'opens soon'", "got '*'"),
    "the mail server's password": ("AUTH mailpassword", "AUTH *"),
    "a reader's address": ("from ip=203.0.113.77: Invalid", "from ip=203.0.113.0: Invalid"),
    "a reader's longer address": ("from ip=2001:db8:1:2::77: Invalid", "from ip=2001:db8:1::: Invalid"),
    "a reader's mapped address": ("from ('::ffff:203.0.113.77', 50)", "from ('203.0.113.0', 50)"),
    "a row": ("The database is away: x DETAIL: Key (email)=(a b) exists.\nmore", "The database is away: x DETAIL: *"),
    "no reader's address": ("19:20:29 at 127.0.0.1:8000 and [::1]:80, Python 3.11.7.1.2, 1.2.3 and 00:1a:2b", None),
    "nothing": ("Is it well? Yes: https://blog.example.com/blog/ (50%)", None),
}


@pytest.mark.parametrize(("said", "kept"), HIDDEN.values(), ids=HIDDEN)
def test_what_is_secret_is_a_star(settings, said, kept):
    for name, value in SECRET_VALUES.items():
        setattr(settings, name, value)
    assert written("%s", said)["message"] == (kept or said)
    assert (kept or said).splitlines()[0] in TextLines().format(record("%s", said))


ERRORS = {
    "what a form brought": (ValueError("Field 'id' expected a number but got 'bruise'."), "Field * expected a number"),
    "a word with an apostrophe": (ValueError("""can't read "it's a bruise" now"""), "can't read * now"),
    "typographic quotes": (ValueError("“bruise” must be a number"), "* must be a number"),
    "a quote that never ends": (ValueError("near 'bruise and more"), "near *"),
    "a key": (KeyError("bruise"), "KeyError: *"),
    "a row": (IntegrityError('breaks "a_key"\nDETAIL:  Key (x)=(bruise).\nmore bruise'), "IntegrityError: breaks *"),
    "a statement": (
        DataError("invalid input\nLINE 1: SELECT 'bruise'\n       ^"),
        "DataError: invalid input\nLINE 1: *",
    ),
    "names of code": (AttributeError("'NoneType' object has no attribute 'slug'"), "no attribute 'slug'"),
    "a file": (FileNotFoundError(2, "No such file", "/var/x.jpg"), "[Errno 2] No such file: '/var/x.jpg'"),
}


@pytest.mark.parametrize(("error", "kept"), ERRORS.values(), ids=ERRORS)
def test_a_traceback_tells_where_and_what_but_not_whose_words(error, kept):
    trace = written("x", error=raised(error))["trace"]
    assert kept in trace
    assert "bruise" not in trace
    assert "test_logs.py" in trace and "raise error from cause" in trace
    assert "nobody else's business" not in trace.replace('words_of_a_person = "nobody else\'s business"', "")


def test_a_traceback_has_the_errors_before_it_as_pythons_own():
    error = raised(RuntimeError("second"), raised(ZeroDivisionError("first")))
    lines = "".join(traceback.format_exception(error)).rstrip()
    assert trace_of(error) == lines
    try:
        try:
            raise ZeroDivisionError("first")
        except ZeroDivisionError:
            raise TypeError("while handling")  # noqa: B904
    except TypeError as found:
        assert trace_of(found) == "".join(traceback.format_exception(found)).rstrip()
    looped = raised(RuntimeError("round"))
    looped.__cause__ = raised(RuntimeError("and round"), looped)
    assert trace_of(looped).count("round") >= 2


def test_where_no_error_is_at_hand_there_is_no_traceback():
    assert "trace" not in JsonLines().event(record("x", exc_info=(None, None, None)))


LOCAL = {
    "203.0.113.77": "203.0.113.0",
    "::ffff:203.0.113.77": "203.0.113.0",
    "2001:db8:1:2:3::4": "2001:db8:1::",
    "": "-",
    "somewhere": "-",
}


@pytest.mark.parametrize(("address", "network"), LOCAL.items())
def test_of_an_address_only_its_network_is_kept(address, network):
    from blog.networks import network_of, visitor

    assert network_of(visitor({"REMOTE_ADDR": address}, [])) == network
    behind = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": f"9.9.9.9, {address}"}
    assert network_of(visitor(behind, ["10.0.0.0/8"])) == (network if address else "10.0.0.0")
    assert network_of(visitor(behind, [])) == "10.0.0.0"


@pytest.mark.skipif(os.environ["TEST_ON"] != "sqlite", reason="asks no database; the run on SQLite tests it")
@pytest.mark.parametrize(("asked", "in_a_terminal", "in_a_file"), [("", "text", "json"), ("json", "json", "json")])
def test_a_person_at_a_terminal_gets_text_unless_they_say_otherwise(tmp_path, asked, in_a_terminal, in_a_file):
    words = "import logging; logging.getLogger('x').warning('hello')"
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", words]
    environment = clean_environment() | {"SECRET_KEY": "a key", "VAR_DIR": str(tmp_path), "LOG_FORMAT": asked}
    ours, terminal = pty.openpty()
    try:
        subprocess.run(command, cwd=ROOT, env=environment, stderr=terminal, stdin=subprocess.DEVNULL, check=True)
        seen = os.read(ours, 5000).decode()
    finally:
        os.close(ours)
        os.close(terminal)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    for line, form in ((seen, in_a_terminal), (done.stderr, in_a_file)):
        if form == "json":
            assert json.loads(line)["message"] == "hello"
        else:
            assert line.strip().endswith(" WARNING x: hello")
