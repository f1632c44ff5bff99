"""nginx notes what is read by the site's own rules, and the site behind it counts it."""

import http.client
import re
import time

import pytest
from live_site import ROOT
from proxy import HOST, eventually

from blog.read_lines import BROWSER, NO_BROWSER, file_name

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1"
PUBLISH = """
from datetime import timedelta
from blog.models import Author, Post
from blog.publishing import newest_revision, publish, save_draft
from django.contrib.auth.models import User
from django.utils import timezone
root = User.objects.create_superuser("root")
post = Post(title="Peels", body="<p>Light, slowly explained.</p>", author=Author.objects.create(name="Ada", slug="ada"))
long_ago = timezone.now() - timedelta(days=3)
save_draft(root, post, [], now=long_ago)
publish(root, newest_revision(post), now=long_ago)
"""
COUNT = "from blog.models import DailyReads; print(list(DailyReads.objects.values_list('reads', 'calls', 'bookings')))"


def test_known_bots_are_the_same_to_nginx_and_to_the_site():
    text = (ROOT / "deploy/nginx/reads.conf").read_text("utf-8")
    assert re.search(r"map \$http_user_agent \$is_browser \{\n(.*?)\n\}", text, re.DOTALL)[1].split("\n") == [
        "    default 0;",
        f'    "~*{NO_BROWSER}" 0;',
        f'    "~{BROWSER}" 1;',
    ]


@pytest.fixture(scope="module")
def site(serve):
    site = serve(f"http://{HOST}")
    site.python(PUBLISH)
    return site


def test_what_is_read_through_nginx_is_counted_once_and_says_nothing_of_who_read(site, put_in_front, open_folder):
    folder = open_folder("reads")
    folder.chmod(0o777)
    proxy = put_in_front(site, COUNTS_DIR=str(folder))

    def ask(path, method="GET", **headers):
        sent = {"User-Agent": SAFARI} | {name.replace("_", "-"): value for name, value in headers.items()}
        return proxy.get(path, method=method, headers=sent)

    first = ask("/blog/peels/?utm_source=secretword")
    assert first.status == 200
    assert ask("/blog/peels/", If_None_Match=first.headers["etag"], Sec_Fetch_Dest="document").status == 304
    for what in ("call", "call", "book"):
        assert ask(f"/tap/{what}/peels/?x", "POST", Content_Type="text/ping").status == 204
    # None of these is a reader.
    ask("/blog/peels/", "HEAD")
    ask("/blog/peels/", Sec_Purpose="prefetch;prerender")
    ask("/blog/peels/", Purpose="prefetch")
    ask("/blog/peels/", Sec_Fetch_Dest="empty")
    ask("/blog/peels/", User_Agent="curl/8.14.1")
    ask("/blog/peels/", User_Agent=f"{SAFARI} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
    proxy.get("/blog/peels/")
    ask("/tap/call/peels/", "POST", Content_Type="text/plain")
    ask("/tap/call/peels/")
    ask("/blog/")
    ask("/blog/nothing/")
    ask("/search/?q=secretword")
    ask("/blog/peels/", Accept_Language="the-last")

    today = folder / file_name(time.time())
    # In the order in which nginx's processes got to it.
    lines = [b"book peels", *[b"call peels"] * 2, *[b"read peels"] * 3]
    assert eventually(lambda: today.exists() and today.read_bytes().count(b"\n") == len(lines))
    said = sorted(one.partition(b" ")[2] for one in today.read_bytes().splitlines())
    assert said == lines and re.fullmatch(rb"([0-9]{10}\.[0-9]{3} [a-z]{4} peels\n)+", today.read_bytes())
    assert not (site.folder / "reads").exists(), "the site leaves it to nginx"

    # Who asks without an end is answered each time, and does not fill the disk.
    time.sleep(1)  # what was asked so far is forgotten then
    begun, connection = time.monotonic(), http.client.HTTPConnection("127.0.0.1", proxy.http, timeout=20)
    for _ in range(1500):
        connection.request("GET", "/blog/peels/", headers={"Host": HOST, "User-Agent": SAFARI})
        answer = connection.getresponse()
        assert answer.read() and answer.status == 200
    connection.close()
    time.sleep(0.2)
    noted, seconds = today.read_bytes().count(b"\n"), time.monotonic() - begun
    assert 1200 <= noted <= 1200 + 20 * seconds + len(lines)

    # A day later the site counts it.
    a_day = 86_400
    yesterday = [b"%d%s" % (int(one[:10]) - a_day, one[10:]) for one in today.read_bytes().splitlines(keepends=True)]
    (folder / file_name(time.time() - a_day)).write_bytes(b"".join(yesterday))
    today.unlink()
    site.environment["COUNTS_DIR"] = str(folder)
    site.run("daily")
    assert site.python(COUNT).strip() == f"[({noted - 3}, 2, 1)]"
    assert list(folder.iterdir()) == []


def test_without_a_folder_nginx_serves_and_says_that_it_does_not_count(site, put_in_front):
    proxy = put_in_front(site, COUNTS_DIR="/proc/none")
    assert proxy.get("/blog/peels/", headers={"User-Agent": SAFARI}).status == 200
    assert proxy.log == "Readers are not counted: /proc/none cannot be written to.\n" + "".join(
        line for line in proxy.log.splitlines(keepends=True) if line.startswith("{")
    )
