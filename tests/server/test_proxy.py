"""The shipped nginx configuration in front of a real site, over http."""

import gzip
import http.client
import json
import re
import subprocess
import time

import pytest
from live_site import ROOT
from proxy import HOST, eventually

PICTURE = "0123456789abcdef-800.jpg"
URL = f"http://{HOST}"


@pytest.fixture(scope="module")
def site(serve):
    site = serve(URL)
    (site.folder / "media").mkdir(exist_ok=True)
    (site.folder / "media" / PICTURE).write_bytes(b"a picture")
    (site.folder / "media" / f".{PICTURE}.draft").write_bytes(b"half a picture")
    (site.folder / "media" / "list.html").write_bytes(b"no picture")
    (site.folder / "masters").mkdir(exist_ok=True)
    (site.folder / "masters" / "master.jpg").write_bytes(b"a master")
    return site


@pytest.fixture(scope="module")
def proxy(site, put_in_front):
    return put_in_front(site)


def test_pages_come_through_compressed(proxy):
    answer = proxy.get("/blog/", headers={"Accept-Encoding": "gzip"})
    assert (answer.status, answer.headers["content-encoding"]) == (200, "gzip")
    assert b"<h1" in gzip.decompress(answer.body)
    assert "Accept-Encoding" in answer.headers["vary"]
    assert answer.headers["server"] == "nginx"
    assert "content-security-policy" in answer.headers


def test_who_asks_again_is_told_that_nothing_changed(proxy):
    packed = {"Accept-Encoding": "gzip"}
    tag = proxy.get("/blog/", headers=packed).headers["etag"]
    again = proxy.get("/blog/", headers=packed | {"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")


def test_redirects_lead_to_the_address_that_was_asked(proxy):
    assert proxy.get("/").headers["location"] == "/blog/"
    assert proxy.get("/blog").headers["location"] == "/blog/"
    assert proxy.get("/admin").headers["location"] == "/admin/"


def test_a_missing_page_is_the_sites_own(proxy):
    for path in ("/nothing/", "/static/nothing.css", "/media/nothing.jpg"):
        answer = proxy.get(path)
        assert answer.status == 404 and "<h1" in answer.text and "nginx" not in answer.text, path


def assert_never_reached(site, proxy, *paths):
    """The site wrote a later request into its log, and none of these paths."""
    later = f"/after-{paths[0].rpartition('/')[2]}/"
    assert proxy.get(later).status == 404  # what is not there is never kept
    assert eventually(lambda: f"GET {later}" in site.log)
    for path in paths:
        assert f"GET {path}" not in site.log


def test_static_files_come_from_the_disk(proxy, site):
    page = proxy.get("/blog/").text
    hashed = re.search(r"/static/blog/look\.[0-9a-f]{12}\.css", page)[0]
    answer = proxy.get(hashed, headers={"Accept-Encoding": "gzip"})
    assert answer.status == 200 and answer.headers["content-encoding"] == "gzip"
    assert answer.body == (site.folder / f"{hashed[1:]}.gz").read_bytes()  # made once, at build
    for name in (hashed, re.sub(r"/blog/look.*", "/staff/checks.js", hashed)):
        packed = proxy.get(name, headers={"Accept-Encoding": "gzip, deflate, br"})
        assert packed.headers["content-encoding"] == "br" and packed.headers["vary"] == "Accept-Encoding", name
        assert packed.body == (site.folder / f"{name[1:]}.br").read_bytes(), name
        assert packed.headers["content-type"] in ("text/css; charset=utf-8", "application/javascript; charset=utf-8")
        assert packed.headers["cache-control"] == proxy.get(name).headers["cache-control"], name
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    plain = proxy.get("/static/blog/look.css")
    assert plain.status == 200 and plain.headers["cache-control"] == "public, max-age=3600"
    assert_never_reached(site, proxy, hashed, "/static/blog/look.css")


def test_pictures_come_from_the_disk_and_nothing_else_of_their_folder(proxy, site):
    answer = proxy.get(f"/media/{PICTURE}")
    assert (answer.status, answer.body) == (200, b"a picture")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert_never_reached(site, proxy, f"/media/{PICTURE}")
    for path in (f"/media/.{PICTURE}.draft", "/media/list.html", "/media/", "/media/../masters/master.jpg"):
        assert proxy.get(path).status == 404, path


def test_masters_are_out_of_reach(proxy):
    for path in ("/masters/master.jpg", "/static/../masters/master.jpg", "/media/%2e%2e/masters/master.jpg"):
        assert proxy.get(path).status in (400, 404), path


@pytest.mark.parametrize("host", ["other.example.com", "blog.example.com.evil.test", "127.0.0.1"])
def test_a_host_that_is_not_ours_gets_no_answer(proxy, host):
    with pytest.raises(OSError):
        proxy.get("/blog/", host=host)


def test_what_a_browser_says_about_itself_is_not_believed(proxy, site):
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.test"}
    assert proxy.get("/forged/", headers=forged).status == 404
    assert eventually(lambda: "GET /forged/ HTTP/1.1 by http for 127.0.0.1\n" in site.log)
    assert "203.0.113" not in proxy.log


def test_a_photo_of_25_megabytes_passes_and_more_is_refused_with_a_sentence(proxy):
    photo = b"x" * (25 * 1024 * 1024)
    passed = proxy.get("/admin/login/", method="POST", body=photo, headers={"Content-Type": "image/jpeg"})
    assert passed.status == 403  # the site's own answer: no token
    longer = {"Content-Length": str(40 * 1024 * 1024)}
    refused = proxy.get("/admin/blog/image/add/", method="POST", headers=longer)
    assert refused.status == 413 and "25 MB" in refused.text and "<h1" in refused.text
    to_a_script = proxy.get("/admin/blog/image/add/", method="POST", headers=longer | {"Accept": "application/json"})
    assert to_a_script.headers["content-type"].startswith("application/json") and "25 MB" in to_a_script.text


def test_readers_cannot_send_large_bodies(proxy):
    assert proxy.get("/blog/", method="POST", body=b"x" * 20_000).status == 413
    assert proxy.get("/blog/", method="POST", body=b"x").status == 405


@pytest.mark.parametrize(("path", "largest"), [("/blog/", 16 * 1024), ("/admin/login/", 30 * 1024 * 1024)])
def test_one_byte_too_many_is_refused_alike_with_nginx_and_without(proxy, site, path, largest):
    def send(port, size, accept="text/html"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.putrequest("POST", path, skip_host=True)
        for name, value in {"Host": HOST, "Accept": accept, "Content-Length": str(size)}.items():
            connection.putheader(name, value)
        connection.endheaders()
        if size == 16 * 1024:
            connection.send(b"x" * size)
        answer = connection.getresponse()
        found = answer.status, answer.headers["Content-Type"].partition(";")[0], answer.read()
        connection.close()
        return found

    refused = [send(port, largest + 1) for port in (proxy.http, site.port)]
    assert refused[0] == refused[1] and refused[0][:2] == (413, "text/html") and b"25 MB" in refused[0][2]
    to_a_script = [send(port, largest + 1, "application/json") for port in (proxy.http, site.port)]
    assert [json.loads(body) for _, _, body in to_a_script] == [json.loads(to_a_script[0][2])] * 2
    assert {answer[:2] for answer in to_a_script} == {(413, "application/json")}
    if path == "/blog/":
        assert [send(port, largest)[0] for port in (proxy.http, site.port)] == [405, 405]


def test_an_address_too_long_for_the_site_is_refused_before_it(proxy, site):
    assert proxy.get("/blog/?long=" + "x" * 3980).status == 200
    assert proxy.get("/blog/?long=" + "x" * 4000).status == 414


def test_the_log_keeps_no_query_no_whole_address_and_no_secret(proxy):
    proxy.get("/blog/?q=botox+bruise")
    proxy.get("/preview/a-secret-token/")
    proxy.get("/admin/invite/a-secret-token/")
    for oddly in (
        "/preview%2Fa-secret-token/",
        "/%70review/a-secret-token/",
        "//preview/a-secret-token/",
        "/blog/%3Fq=bruise",
    ):
        proxy.get(oddly)
    proxy.get('/a/"quote"/')
    proxy.get("/the/end/")
    assert proxy.logs("/the/end/")
    lines = [json.loads(line) for line in proxy.log.splitlines() if line.startswith("{")]
    asked = {line["path"]: line for line in lines}
    assert asked["/blog/"].items() >= {"network": "127.0.0.0", "method": "GET", "status": 200}.items()
    assert re.fullmatch(r"[0-9a-f]{32}", asked["/blog/"]["request_id"]) and asked["/blog/"]["bytes"] > 1000
    assert set(asked["/blog/"]) == set("time request_id network method path status bytes seconds cache".split())
    assert asked.keys() >= {"/preview/*", "/admin/invite/*", "/preview%*", "/%*", "//preview/*", "/blog/%*"}
    for secret in ("bruise", "secret-token", "127.0.0.1"):
        assert secret not in proxy.log, secret


def test_another_container_is_found_and_one_that_stopped_is_not_missed(serve, site, names, proxy):
    second = serve(URL, address="127.0.0.2", port=site.port)
    names.addresses = ["127.0.0.1", "127.0.0.2"]
    time.sleep(1.1)  # names are kept for a second here
    assert all(proxy.get("/scaled/").status == 404 for _ in range(40))
    assert all(0 < server.log.count("GET /scaled/") < 40 for server in (site, second))
    second.stop()
    assert all(proxy.get("/blog/").status == 200 for _ in range(20))
    names.addresses = ["127.0.0.1"]


def test_a_site_that_is_down_keeps_the_pages_that_were_read_and_gets_a_friendly_one(proxy, site, names):
    assert proxy.get("/blog/").status == 200
    names.addresses = ["127.0.0.3"]
    try:
        assert eventually(lambda: proxy.get("/nobody-read-this/").status == 503, 8)
        time.sleep(2)  # longer than a page is kept without asking
        assert proxy.get("/blog/").status == 200
        answer = proxy.get("/nobody-read-this/")
        assert "Back in a moment" in answer.text and "911" in answer.text
        assert answer.headers["retry-after"] == "30" and answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff" and "content-security-policy" in answer.headers
        assert proxy.get("/static/blog/look.css").status == 200  # its look
        assert proxy.get(f"/media/{PICTURE}").status == 200
        assert proxy.get("/_pages/down.html").status in (404, 503)
    finally:
        names.addresses = ["127.0.0.1"]
    assert eventually(lambda: proxy.get("/blog/").status == 200, 8)


def refusal(**environment) -> str:
    done = subprocess.run(
        ["sh", ROOT / "deploy/nginx/start.sh"],
        env={"PATH": "/usr/bin:/bin:/usr/sbin", "RESOLVER": "127.0.0.1", **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode
    return done.stderr


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({}, "SITE_URL"),
        ({"SITE_URL": "blog.example.com"}, "SITE_URL"),
        ({"SITE_URL": "https://blog.example.com;}"}, "SITE_URL"),
        ({"SITE_URL": URL, "ALLOWED_HOSTS": "a.example.com,$host"}, "ALLOWED_HOSTS"),
        ({"SITE_URL": URL, "TRUSTED_PROXY": "all;"}, "TRUSTED_PROXY"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_with_a_sentence(tmp_path, environment, word):
    said = refusal(RUN=str(tmp_path / "run"), CACHE=str(tmp_path / "cache"), **environment)
    assert said.startswith("The proxy cannot start.") and word in said
