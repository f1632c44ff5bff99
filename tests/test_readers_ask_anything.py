"""Whatever anybody asks of the whole site, as the server hands it on: an answer, never trouble, and nothing changes."""

import gzip
import sys
import time
from contextlib import contextmanager
from io import BytesIO
from urllib.parse import quote_from_bytes, unquote_to_bytes

import brotli
import pytest
from django.core.signals import got_request_exception, request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from fuzzing import ODD, many, odd_text, quiet, unescaped  # noqa: F401
from hypothesis import given
from hypothesis import strategies as st
from public_pages import every_address
from staff_world import World, address_of, named_addresses

from medspa.page_cache import PageCache
from medspa.page_cache.period import PeriodWatch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_one_connection", "quiet")]
# As medspa/wsgi.py puts it together, but for the thread that looks for changes: it would stay behind when a test ends.
application = PageCache(get_wsgi_application())
application.watch = PeriodWatch(application.clear, patience=0)
UNPACKED = {"br": brotli.decompress, "gzip": gzip.decompress}
ANSWERS = {200, 204, 206, 301, 302, 304, 400, 401, 403, 404, 405, 410, 413, 416}
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "TRACE", "BREW", "get", "")
PARAMETERS = ("page", "q", "next", "fbclid", "utm_source", "o", "e", "_popup", "_to_field", "as", "", "%00", "page[]")
HEADERS = (
    *"Host Cookie Accept Accept-Encoding Accept-Language Authorization Content-Type Content-Length".split(),
    *"If-None-Match If-Modified-Since If-Match Range If-Range Referer User-Agent Origin Expect".split(),
    *"X-Forwarded-Host X-Forwarded-For X-Forwarded-Proto X-Forwarded-Port X-Original-URL X-Rewrite-URL".split(),
    *"X-HTTP-Method-Override X-Requested-With X-Accel-Redirect Transfer-Encoding Sec-Fetch-Mode Forwarded".split(),
)
SAID = (
    *'* W/"x" "x","y" bytes=0-0 bytes=9999999999- bytes=-0,abc bytes=0-,0-,0- gzip;q=0 br;q=1.5 identity;q=0'.split(),
    *"/admin/ evil.example testserver:99999999 testserver@evil.example [::1 [::1] 127.0.0.1:x xn--".split(),
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Sun, 99 Foo 99999 99:99:99 GMT",
    "sessionid=\x00; csrftoken=" + "x" * 5000,
    "Basic " + "=" * 9,
    "Basic c3RhZmY6c3RhZmY=",
    "xx-" * 500,
    '"' * 1000,
    "gzip, " * 300,
    "multipart/form-data; boundary=",
    "application/x-www-form-urlencoded; charset=nothing",
    "a" * 300,
)

# A header as the server hands it on: any bytes, read as Latin-1, without the ends of lines that no server lets in.
header = (
    st.sampled_from(SAID)
    | st.sampled_from([one.encode().decode("latin-1") for one in ODD])
    | st.text(st.characters(max_codepoint=255), max_size=40)
)
headers = st.dictionaries(
    st.sampled_from(HEADERS), header.map(lambda text: text.replace("\r", "").replace("\n", "")), max_size=3
)
query = st.lists(
    st.tuples(st.sampled_from(PARAMETERS), odd_text.map(lambda text: quote_from_bytes(text.encode("utf-8")))
              | st.sampled_from(("%", "%f", "%ff%fe", "%ED%A0%80", "%u0041", "a&b=c", "a;b", "+%2B", "%2500"))),
    max_size=3,
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))  # fmt: skip
odd_bytes = st.binary(max_size=12) | odd_text.map(str.encode) | st.sampled_from(
    (b"%00", b"..", b"../", b"..%2f", b".env", b"\xff\xfe", b"\xed\xa0\x80", b"//", b"/./", b"\\", b";", b"?", b"#")
)  # fmt: skip
CHANGES = ("as it is", "behind", "before", "in the middle", "instead of the end", "twice", "in capitals", "cut")


def changed(path: bytes, how: str, odd: bytes) -> bytes:
    """An address that is not quite one of ours."""
    middle = len(path) // 2
    return {
        "as it is": path,
        "behind": path + odd,
        "before": b"/" + odd + path,
        "in the middle": path[:middle] + odd + path[middle:],
        "instead of the end": path.rstrip(b"/").rpartition(b"/")[0] + b"/" + odd + b"/",
        "twice": path + path,
        "in capitals": path.upper(),
        "cut": path[:middle] or b"/",
    }[how]


def ask(method: str, path: bytes, query: str = "", headers: dict[str, str] = {}, body: bytes = b""):  # noqa: B006
    """The answer of the whole WSGI application: status, headers as they were given, body."""
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "RAW_URI": quote_from_bytes(path),
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "203.0.113.9",
        "HTTP_HOST": "testserver",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    told, raised = [], []

    def note(**about):
        raised.append(sys.exc_info()[1])

    got_request_exception.connect(note)
    answer = application(environ, lambda status, given, exc_info=None: told.append((status, given)))
    try:
        content = b"".join(answer)
    finally:
        if hasattr(answer, "close"):  # what comes from memory has none
            answer.close()
        got_request_exception.disconnect(note)
    if raised:
        raise raised[0]
    status, given = told[-1]
    return int(status.split()[0]), given, content


@contextmanager
def nothing_written():
    """Fails where anything is written to the database."""

    def watch(execute, sql, params, many, context):
        assert not sql.startswith(("INSERT", "UPDATE", "DELETE")) or "django_session" in sql, sql
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield


def judge(method: str, path: bytes, query: str = "", headers: dict[str, str] = {}, body: bytes = b"") -> int:  # noqa: B006
    """Ask, and hold the answer to what every answer promises; returns its status."""
    began = time.process_time()
    with nothing_written():
        status, given, content = ask(method, path, query, headers, body)
    assert time.process_time() - began < 2
    assert status in ANSWERS, status
    assert not any("\r" in value or "\n" in value for _, value in given)
    names = [name.lower() for name, _ in given]
    assert "x-content-type-options" in names or status == 304
    staff = path.startswith(b"/admin/")
    assert staff or "set-cookie" not in names
    location = dict(given).get("Location", "")
    assert not location.startswith(("//", "/\\", "javascript:")) and "evil.example" not in location.partition("?")[0]
    if method == "HEAD" or status == 304:
        assert not content
    elif "text/html" in dict(given).get("Content-Type", "text/html"):
        content = UNPACKED.get(dict(given).get("Content-Encoding"), bytes)(content)
        assert not unescaped(content.decode("utf-8", "replace"))
    return status


@pytest.fixture
def _one_connection():
    """Django would close the connection after each answer, and with it the transaction that the test is."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def addresses(db):
    world = World()
    staff = [address_of(name, path, world.keys(name)) for name, path in named_addresses().items()]
    preview = f"/preview/{world.token}/"
    found = [*every_address(), *(one for one in staff if one.startswith("/admin/")), "/static/blog/look.css"]
    return [unquote_to_bytes(one) for one in found if one != preview]  # that it was opened is written down


def test_whatever_is_asked_gets_an_answer(addresses, settings):
    @many(900)
    @given(
        st.sampled_from(METHODS),
        st.sampled_from(addresses),
        st.sampled_from(CHANGES),
        odd_bytes,
        query,
        headers,
        st.binary(max_size=40),
    )
    def check(method, path, how, odd, query, headers, body):
        judge(method, changed(path, how, odd), query, headers, body)

    check()


def test_every_readers_page_takes_every_odd_question(addresses):
    """Each page, each parameter that pages know, each odd value: what invention could miss in a short run."""
    pages = [path for path in addresses if not path.startswith((b"/admin/", b"/static/", b"/media/"))]
    for number, path in enumerate(pages):
        # Each page its own part of the values, all of them on the pages that read one.
        values = ODD if path in (b"/blog/", b"/search/") else ODD[number % 4 :: 4]
        for name in ("page", "q"):
            for value in values:
                status = judge("GET", path, f"{name}={quote_from_bytes(value.encode())}")
                assert status in (200, 301, 302, 400, 404, 410)
