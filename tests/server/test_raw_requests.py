"""What no browser sends, by hand over a connection to the real server: refused, or read in one way only."""

import os
import re
import socket
import time

import pytest
from live_site import copy_of, prepared_site


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if os.environ["TEST_ON"] != "sqlite":
        pytest.skip("brings a database of its own; the run on SQLite tests it")
    site = copy_of(prepared_site(), tmp_path_factory.mktemp("site"))
    site.start()
    yield site
    site.stop()


def say(site, *parts: str, patience: float = 0.5) -> bytes:
    """Send the parts, each a moment after the one before; returns everything that comes back until it is quiet."""
    heard = b""
    with socket.create_connection(("127.0.0.1", site.port), 5) as connection:
        connection.settimeout(10)
        for number, part in enumerate(parts):
            time.sleep(0.1 if number else 0)
            connection.sendall(part.replace("HOST", f"Host: 127.0.0.1:{site.port}").encode("latin-1"))
        try:
            while part := connection.recv(65536):
                heard += part
                connection.settimeout(patience)
        except TimeoutError:
            pass
    return heard


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]


LOGIN, HEALTH = "POST /admin/login/ HTTP/1.1\r\nHOST\r\n", "GET /healthz HTTP/1.1\r\nHOST\r\n\r\n"
ONE_ENDING_ONLY = {
    "two ways to end a body": LOGIN + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HEALTH,
    "two lengths": LOGIN + "Content-Length: 0\r\nContent-Length: 40\r\n\r\n" + HEALTH,
    "two encodings": LOGIN + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + HEALTH,
    "an encoding that is none": LOGIN + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HEALTH,
    "a blank before the colon": LOGIN + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HEALTH,
    "a length below nothing": LOGIN + "Content-Length: -1\r\n\r\n" + HEALTH,
    "a length with a sign": LOGIN + "Content-Length: +5\r\n\r\nabcde" + HEALTH,
    "two hosts": "GET /blog/ HTTP/1.1\r\nHOST\r\nHost: evil.example\r\n\r\n" + HEALTH,
    "two hosts, ours last": "GET /blog/ HTTP/1.1\r\nHost: evil.example\r\nHOST\r\n\r\n" + HEALTH,
    "a folded header": "GET /blog/ HTTP/1.1\r\nHOST\r\nX-A: b\r\n Host: evil.example\r\n\r\n" + HEALTH,
    "bare ends of lines": "GET /blog/ HTTP/1.1\nHOST\n\n" + HEALTH,
    "a NUL in a header": "GET /blog/ HTTP/1.1\r\nHOST\r\nX-A: a\0b\r\n\r\n" + HEALTH,
    "a blank in the address": "GET /blog/ x HTTP/1.1\r\nHOST\r\n\r\n" + HEALTH,
    "an end of line in the address": "GET /blog/\rX HTTP/1.1\r\nHOST\r\n\r\n" + HEALTH,
    "too many headers": "GET /blog/ HTTP/1.1\r\nHOST\r\n" + "X-A: b\r\n" * 200 + "\r\n" + HEALTH,
    "too long an address": f"GET /blog/?{'a' * 9000} HTTP/1.1\r\nHOST\r\n\r\n" + HEALTH,
    "no version": "GET /blog/\r\n\r\n" + HEALTH,
    "two schemes": "GET /blog/ HTTP/1.1\r\nHOST\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Ssl: off\r\n\r\n" + HEALTH,
}


def test_what_could_be_read_in_two_ways_is_refused_and_ends_the_connection(site):
    for about, request in ONE_ENDING_ONLY.items():
        answer = say(site, request)
        assert len(statuses(answer)) == 1 and 400 <= statuses(answer)[0] <= 501, (about, answer[:200])
        assert b"evil.example" not in answer and b"Traceback" not in answer, about


def test_what_is_read_is_read_in_one_way(site):
    # A body that looks like a request is a body; an answer to HEAD has none; so the next answer is the next one's.
    inner = "GET /admin/evil HTTP/1.1\r\nHost: evil\r\n\r\n"
    within = f"GET /blog/ HTTP/1.1\r\nHOST\r\nContent-Length: {len(inner)}\r\n\r\n{inner}"
    answer = say(site, within + HEALTH)
    assert statuses(answer) == [200, 200] and answer.endswith(b"ok")
    for path in ("/blog/", "/no/such/page", "/admin/login/", "/static/blog/look.css", "/admin/"):
        head = say(site, f"HEAD {path} HTTP/1.1\r\nHOST\r\n\r\n" + HEALTH)
        assert len(statuses(head)) == 2 and statuses(head)[1] == 200, path
        assert b"<" not in head and head.endswith(b"ok"), path
    refused = say(site, f"HEAD /blog/ HTTP/1.1\r\nHost: evil.example\r\n\r\n{HEALTH}")
    assert statuses(refused) == [400, 200] and b"<" not in refused
    # Slowly, letter by letter: an answer all the same.
    assert statuses(say(site, "GET /blo", "g/ HTTP/1.1\r\nHo", f"st: localhost:{site.port}\r\n", "\r\n")) == [200]


def test_no_header_changes_what_is_asked_or_who_answers(site):
    """Names that other servers and proxies take for the path, the host or the method."""
    told = (
        "SCRIPT_NAME: /evil.example",
        "PATH_INFO: /admin/evil.example",
        "Script-Name: /evil.example",
        "X-Script-Name: /evil.example",
        "X-Original-URL: /admin/evil.example",
        "X-Rewrite-URL: /admin/evil.example",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Port: 666\r\nX-Forwarded-Prefix: /evil.example",
        "Forwarded: host=evil.example;proto=https",
        "X-HTTP-Method-Override: POST\r\nX-Method-Override: evil.example",
        "X-Accel-Redirect: /evil.example\r\nX-Sendfile: /etc/passwd",
        "Content_Length: 9\r\nTransfer_Encoding: chunked",
        "Referer: https://evil.example/\r\nOrigin: https://evil.example",
        "Accept-Language: evil.example\r\nUser-Agent: evil.example\r\nCookie: evil.example=1",
    )

    def page(header: str) -> bytes:
        ask = f"GET /blog/?fbclid={len(header)} HTTP/1.1\r\nHOST\r\nAccept-Encoding: identity\r\nConnection: close\r\n"
        answer = say(site, f"{ask}{header}\r\n\r\n" if header else f"{ask}\r\n")
        return re.sub(rb"\r\n(Date|X-Accel-Expires|X-Request-ID): [^\r]*", b"", answer)

    plain = page("")
    assert statuses(plain) == [200]
    for header in told:
        assert page(header) == plain, header
    # The last one to ask has changed nothing for the next one.
    assert page("") == plain and b"evil" not in plain
    absolute = say(site, "GET http://evil.example/blog/ HTTP/1.1\r\nHOST\r\nConnection: close\r\n\r\n")
    assert statuses(absolute) in ([200], [400]) and b"evil" not in absolute
    for path in ("//evil.example/blog", "/blog%0d%0aLocation:%20//evil.example", "/admin/x%0d%0aSet-Cookie:%20evil=1"):
        answer = say(site, f"GET {path} HTTP/1.1\r\nHOST\r\nConnection: close\r\n\r\n")
        location = re.search(rb"(?i)\r\nlocation: ([^\r]*)", answer)
        assert not location or location[1].startswith((b"/admin/login/?next=/admin/", b"/blog")), path
        assert b"\r\nSet-Cookie: evil" not in answer, path
