"""Which answers count as a reader's, and what is written down of them: as little as can be."""

from datetime import UTC, datetime

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from blog.read_lines import day_of, file_name, is_browser, line, noted, parsed

SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1"
)
AT = 1764268800.125  # 2025-11-27 18:40:00.125 UTC


def asked(method="GET", path="/blog/peels/", status=200, **headers):
    headers.setdefault("HTTP_USER_AGENT", SAFARI)
    return noted({"REQUEST_METHOD": method, "PATH_INFO": path, **headers}, status)


@pytest.mark.parametrize(
    "request_and_status",
    [
        {},
        {"status": 304},
        {"QUERY_STRING": "fbclid=abc"},
        {"HTTP_SEC_FETCH_DEST": "document"},
    ],
)
def test_an_article_that_was_opened_is_a_read(request_and_status):
    assert asked(**request_and_status) == ("read", "peels")


@pytest.mark.parametrize(
    "request_and_status",
    [
        {"method": "HEAD"},
        {"method": "POST"},
        *({"status": status} for status in (None, 206, 301, 403, 404, 410, 500, 503)),
        *({"path": path} for path in ("/", "/blog/", "/blog/peels", "/blog/pictures/3/a.jpg", "/preview/secret/")),
        *({"path": path} for path in ("/blog/peels/\n", "/blog/p%0Als/", "/blog/two words/", "/blog/é/", "/admin/")),
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_PURPOSE": "prefetch"},
        {"HTTP_X_PURPOSE": "preview"},
        {"HTTP_X_MOZ": "prefetch"},
        {"HTTP_SEC_FETCH_DEST": "empty"},
        {"HTTP_SEC_FETCH_DEST": "iframe"},
        {"HTTP_USER_AGENT": ""},
        {"HTTP_USER_AGENT": "curl/8.14.1"},
    ],
)
def test_everything_else_is_none(request_and_status):
    assert asked(**request_and_status) is None


def test_a_tap_is_what_a_browser_tells_and_nothing_else():
    ping = {"method": "POST", "path": "/tap/call/peels/", "status": 204, "CONTENT_TYPE": "text/ping"}
    assert asked(**ping) == ("call", "peels")
    assert asked(**ping | {"path": "/tap/book/peels/"}) == ("book", "peels")
    for other in (
        {"path": "/tap/read/peels/"},
        {"path": "/tap/call/"},
        {"status": 405},
        {"method": "GET"},
        {"CONTENT_TYPE": "text/plain"},
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    ):
        assert asked(**ping | other) is None, other


BROWSERS = """\
Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36
Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36
Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0
Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0
Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15
Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22F76 [FBAN/FBIOS;FBAV/510.0.0.46.108;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS]
Mozilla/5.0 (Linux; Android 15; CPH2557; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.142 Mobile Safari/537.36 Instagram 406.0.0.58.159 Android (35/15; 480dpi)
Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/370.0.762543316 Mobile/15E148 Safari/604.1
Mozilla/5.0 (Linux; Android 14; SM-S911U; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36 GoogleApp/16.20
Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.0.0 Mobile/15E148 Safari/604.1
Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15
Mozilla/5.0 (Linux; Android 12; CUBOT X50) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36
""".splitlines()  # noqa: E501


@pytest.mark.parametrize("name", [SAFARI, *BROWSERS])
def test_browsers_of_people_count(name):
    assert is_browser(name)


def test_known_bots_are_left_out():
    known = [name for bot in CRAWLER_USER_AGENTS_DATA for name in bot.get("instances", [])]
    missed = [name for name in known if is_browser(name)]
    assert len(known) > 2000
    assert len(missed) / len(known) < 0.02, missed


def test_a_line_says_when_what_and_which_article():
    assert line(AT, "read", "peels") == b"1764268800.125 read peels\n"
    assert parsed(line(AT, "call", "a-b_C-9")) == (datetime(2025, 11, 27, 18, 40, 0, 125000, UTC), "call", "a-b_C-9")
    assert len(line(AT, "read", "x" * 255)) < 4096


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        b"1764268800.125 read peels",
        b"1764268800.125 read peels\r\n",
        b"1764268800.125 write peels\n",
        b"1764268800.125 read pe els\n",
        b"read peels\n",
        b"99999999999.9 read p\n1 read p\n",
        b"nan read peels\n",
        b"1764268800.125 read \xc3\xa9\n",
    ],
)
def test_what_nobody_here_wrote_says_nothing(text):
    assert parsed(text) is None


def test_a_file_is_a_day_of_utc():
    assert file_name(AT) == "reads-2025-11-27.log"
    assert file_name(1764287999.999) == "reads-2025-11-27.log" and file_name(1764288000) == "reads-2025-11-28.log"
    for name in ("reads-2025-11-27.log", "reads-2025-11-27.0a1b.log"):
        assert str(day_of(name)) == "2025-11-27"
    for name in ("reads-2025-13-27.log", "reads-2025-11-27.log.gz", "reads-2025-11-27..log", "xreads-2025-11-27.log"):
        assert day_of(name) is None
