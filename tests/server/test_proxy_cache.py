"""What nginx keeps of readers' pages, and for how long: in front of a small server that says so as the site does."""

import json
import threading
import time
from types import SimpleNamespace

import pytest
from proxy import HOST, eventually
from small_servers import page_server, running


@pytest.fixture(scope="module")
def site(open_folder):
    """Where it is, in the words of a served site; ``pages`` is the server itself."""
    pages = page_server()
    folder = open_folder("small-site")
    (folder / "media").mkdir()
    with running(pages) as port:
        yield SimpleNamespace(
            environment={"SITE_URL": f"http://{HOST}"},
            port=port,
            folder=folder,
            pages=pages,
            mark=folder / "media/.changed",
        )


@pytest.fixture(scope="module")
def proxy(site, put_in_front):
    return put_in_front(site)


@pytest.fixture(autouse=True)
def pages(site):
    """The server, as good as new."""
    pages = site.pages
    pages.status, pages.keep, pages.stale, pages.late, pages.headers, pages.body = 200, 60, 500, 0, {}, b"a page "
    pages.asked.clear()
    return pages


def asked(pages):
    return [path for _, path, _ in pages.asked]


def test_a_page_is_asked_for_once_whatever_else_stands_in_the_query(proxy, pages):
    for query in (
        "",
        "?",
        "?fbclid=1",
        "?fbclid=2&utm_source=a%20b",
        "?q=page=3",
        "?Page=2",
        "?pages=2&&",
        "?a=?page=2",
    ):
        assert proxy.get(f"/blog/one/{query}").status == 200
        assert asked(pages) == ["/blog/one/"], query
    long = "bruise&" * 550
    assert (
        proxy.get(f"/topics/one/?{long}").status == proxy.get(f"/topics/one/?{long}page=2&{long[:100]}").status == 200
    )
    assert asked(pages) == ["/blog/one/", "/topics/one/", "/topics/one/?page=2"] and "bruise" not in proxy.log
    pages.asked.clear()
    for query in ("?page=3", "?page=3&fbclid=1", "?utm_source=x&page=3", "?x&page=3&q=y"):
        proxy.get(f"/topics/one/{query}")
    assert asked(pages) == ["/topics/one/?page=3"]
    pages.asked.clear()
    # An article has one page, whichever number is asked for: a million of them are not kept.
    for path in ("/blog/numbered/", "/feed/", "/sitemap.xml"):
        for query in ("?page=1", "?page=2", "?page=999999&x=y"):
            assert proxy.get(f"{path}{query}").status == 200
    assert asked(pages) == ["/blog/numbered/", "/feed/", "/sitemap.xml"]


@pytest.mark.parametrize(
    "query", ["?page=2&page=3", "?p%61ge=2", "?page=02", "?page=", "?page", "?%70age=2&page=3", "?+page=2"]
)
def test_an_odd_number_of_a_page_goes_to_the_site_as_it_came_and_is_not_kept(proxy, pages, query):
    for _ in range(2):
        proxy.get(f"/tags/odd/{query}")
    assert asked(pages) == [f"/tags/odd/{query}"] * 2
    proxy.get("/tags/odd/")
    proxy.get("/tags/odd/?page=2")
    assert asked(pages)[2:] in ([], ["/tags/odd/", "/tags/odd/?page=2"])  # an answer to an odd one stands for no other


def test_another_spelling_of_a_path_is_another_page_and_not_kept(proxy, pages):
    for path in ("/blog//spelt/", "/blog/%73pelt/", "/blog/x/../spelt/"):
        proxy.get(path), proxy.get(path)
    assert asked(pages) == ["/blog//spelt/"] * 2 + ["/blog/%73pelt/"] * 2 + ["/blog/x/../spelt/"] * 2


def test_however_browsers_say_what_they_can_unpack_there_are_three_copies(proxy, pages):
    accepted = {
        "br": ["gzip, deflate, br, zstd", "br", "BR;q=1.0, gzip;q=0.5"],
        "gzip": [
            "gzip",
            "deflate , GZIP",
            "br;q=0, gzip",
            "gzip;q=0.001, br; q=0.0",
            *(f"gzip, x-{n}" for n in range(20)),
        ],
        "": ["", "identity", "gzip;q=0", "bro, gzipped", "*;q=0"],
    }
    for packing, headers in accepted.items():
        for header in headers:
            answer = proxy.get("/blog/packed/", headers={"Accept-Encoding": header})
            assert answer.headers.get("content-encoding", "") == packing, header
            assert answer.body == b"a page " + packing.encode()
            assert answer.headers["etag"] == f'"1-{packing}"'  # not weakened: nothing was packed again
    assert pages.asked == [("GET", "/blog/packed/", packing) for packing in accepted]


def test_browsers_are_told_to_ask_each_time_and_are_answered_from_what_is_kept(proxy, pages):
    first = proxy.get("/blog/again/", method="HEAD")
    whole = proxy.get("/blog/again/")
    known = proxy.get("/blog/again/", headers={"If-None-Match": '"0", "1-"'})
    assert pages.asked == [("GET", "/blog/again/", "")]
    assert (first.status, first.body, whole.body) == (200, b"", b"a page ")
    assert (known.status, known.body) == (304, b"")
    for answer in (first, whole, known):
        assert answer.headers["cache-control"] == "no-cache" and answer.headers["etag"] == '"1-"'
        assert not any("accel" in name for name in answer.headers)
    assert proxy.get("/blog/again/", headers={"If-None-Match": '"0"'}).status == 200


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/admin/", {}),
        ("/preview/secret/", {}),
        ("/blog/pictures/1/a.jpg", {}),
        ("/blog/%70ictures/1/b.jpg", {}),
        ("/healthz", {}),
        ("/readyz", {}),
        ("/search/?q=bruise", {}),
        ("/blog/lost/", {"status": 404}),
        ("/blog/broken/", {"status": 500}),
        ("/blog/unmarked/", {"keep": 0}),
        ("/blog/cookie/", {"headers": {"Set-Cookie": "a=b"}}),
        ("/blog/vary/", {"headers": {"Vary": "Cookie"}}),
    ],
)
def test_what_is_never_kept(proxy, pages, path, answer):
    vars(pages).update(answer)
    for _ in range(2):
        assert proxy.get(path).status == pages.status
    assert asked(pages) == [path, path]


def test_moved_and_gone_are_kept_too_and_a_post_is_not(proxy, pages):
    for status, path in ((301, "/blog/moved/"), (410, "/blog/gone/")):
        pages.status = status
        assert [proxy.get(path).status for _ in range(2)] == [status, status]
    pages.status = 204
    for _ in range(2):
        assert proxy.get("/blog/gone/?a=b", method="POST", body=b"x").status == 204
    assert asked(pages) == ["/blog/moved/", "/blog/gone/", "/blog/gone/?a=b", "/blog/gone/?a=b"]


def test_what_readers_search_for_and_what_few_may_see_lies_in_no_file(proxy, pages):
    pages.body = b"bruise " * 100_000
    for path in ("/search/?q=bruise", "/blog/pictures/1/bruise.jpg", "/preview/bruise/", "/blog/found/?q=bruise&a"):
        assert proxy.get(path).status == 200
        pages.body = b"a page "
    kept = [file.read_bytes() for file in (proxy.folder / "cache").rglob("*") if file.is_file()]
    assert any(b"/blog/found/" in one for one in kept)
    assert not any(b"bruise" in one for one in kept)


def test_many_who_ask_for_a_new_page_at_once_make_one_request(proxy, pages):
    pages.late = 0.05
    found = []
    crowd = [threading.Thread(target=lambda: found.append(proxy.get("/blog/new/").status)) for _ in range(30)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert found == [200] * 30 and asked(pages) == ["/blog/new/"]


def test_the_site_away_its_pages_stay_as_long_as_it_said_and_no_longer(proxy, pages, names):
    """Kept for one second, right for four more."""
    pages.keep, pages.stale = 1, 4
    begun = time.monotonic()
    proxy.get("/blog/stale/")
    time.sleep(2.1)
    pages.keep = 0
    for status, expected in ((503, 200), (404, 404), (500, 500), (410, 410)):
        pages.status = status
        assert proxy.get("/blog/stale/").status == expected
    pages.status, pages.headers = 503, {"Retry-After": "7"}
    own = proxy.get("/blog/other/")
    assert (own.status, own.headers["retry-after"], own.body) == (503, "7", b"a page ")  # what the site itself says
    pages.headers = {}
    names.addresses = ["127.0.0.3"]
    try:
        time.sleep(1.1)  # names are kept for a second here
        assert proxy.get("/blog/stale/").status == 200  # nobody listens
        names.addresses = []
        time.sleep(0.2)
        assert proxy.get("/blog/stale/").status == 200
        assert eventually(lambda: proxy.get("/blog/stale/").status == 503)
        assert 5 < time.monotonic() - begun < 8
        assert "Back in a moment" in proxy.get("/blog/stale/").text
    finally:
        names.addresses = ["127.0.0.1"]
    assert eventually(lambda: proxy.get("/healthz").status == 503)


def test_a_change_is_seen_at_once_even_if_the_site_does_not_answer(proxy, pages, site, names):
    proxy.get("/blog/taken-off/")
    names.addresses = ["127.0.0.3"]
    try:
        time.sleep(2.1)  # names are kept for a second here, and seconds are whole
        assert proxy.get("/blog/taken-off/").status == 200
        site.mark.write_text("a new word")
        assert eventually(lambda: proxy.get("/blog/taken-off/").status == 503, 3)
        assert asked(pages) == ["/blog/taken-off/"]
    finally:
        names.addresses = ["127.0.0.1"]
    assert eventually(lambda: proxy.get("/blog/taken-off/").status == 200, 3)
    site.mark.unlink()  # on a full disk
    assert eventually(lambda: proxy.get("/blog/taken-off/") and len(asked(pages)) > 2, 3)


PUBLISH = """
from blog import publishing
from blog.models import Author, Post
actor = publishing.Operator()
author, _ = Author.objects.get_or_create(name="Ada Ray", slug="ada-ray", credentials="RN")
post = Post(title={title!r}, slug={slug!r}, author=author, body="<p>Words.</p>")
publishing.save_draft(actor, post, [])
publishing.publish(actor, publishing.newest_revision(post))
"""
TAKE_OFF = """
from blog import publishing
from blog.models import Post
publishing.take_off(publishing.Operator(), Post.objects.get(slug="finer-lines"), "Out of date")
"""


def test_an_article_taken_off_does_not_come_back_when_the_site_stops_right_after(serve, put_in_front):
    site = serve(f"http://{HOST}")
    proxy = put_in_front(site)
    site.python(PUBLISH.format(title="Lines", slug="lines"))
    assert "Finer lines" not in proxy.get("/blog/").text
    site.python(PUBLISH.format(title="Finer lines", slug="finer-lines"))
    assert eventually(lambda: "Finer lines" in proxy.get("/blog/").text)
    assert proxy.get("/blog/finer-lines/").status == 200
    site.python(TAKE_OFF)
    site.kill()
    assert eventually(lambda: proxy.get("/blog/finer-lines/").status != 200, 3)
    for _ in range(10):
        assert proxy.get("/blog/finer-lines/").status in (410, 503) and "Finer lines" not in proxy.get("/blog/").text
        time.sleep(0.3)


def test_nothing_is_kept_from_before_a_start(site, pages, put_in_front):
    proxy = put_in_front(site)
    proxy.get("/blog/before/")
    proxy.stop()
    proxy.start()
    proxy.get("/blog/before/")
    assert asked(pages) == ["/blog/before/"] * 2


@pytest.mark.parametrize(
    ("method", "path", "at_once"),
    [("POST", "/admin/login/", 41), ("GET", "/search/?q=lip", 51)],
)
def test_one_network_may_guess_and_search_so_often_and_then_has_to_wait(site, put_in_front, method, path, at_once):
    proxy = put_in_front(site, TRUSTED_PROXY="127.0.0.0/8")
    household = {"X-Forwarded-For": "2001:db8:1:2::7"}
    found = [proxy.get(path, method=method, headers=household).status for _ in range(at_once + 15)]
    assert found[:at_once] == [200] * at_once and 429 in found
    refused = proxy.get(path, method=method, headers={"X-Forwarded-For": "2001:db8:1:2:ffff::1"})
    assert refused.status == 429 and refused.headers["retry-after"] == "30" and "A short pause" in refused.text
    assert refused.headers["cache-control"] == "no-store" and "content-security-policy" in refused.headers
    to_a_script = proxy.get(path, method=method, headers=household | {"Accept": "application/json"})
    assert to_a_script.status == 429 and "try again" in json.loads(to_a_script.text)["error"]
    assert proxy.get(path, method=method, headers={"X-Forwarded-For": "2001:db8:1:3::7"}).status == 200
    others = ["/blog/", "/blog/?page=2", "/admin/login/", "/admin/"]
    assert all(proxy.get(other, headers=household).status == 200 for other in others * 20)
