"""nginx notes what is read by the site's own rules, and the site behind it counts it."""

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


@pytest.fixture
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
    lines = [b"read peels"] * 2 + [b"call peels"] * 2 + [b"book peels", b"read peels"]
    assert eventually(lambda: today.exists() and today.read_bytes().count(b"\n") == len(lines))
    assert re.fullmatch(rb"".join(rb"[0-9]{10}\.[0-9]{3} %s\n" % one for one in lines), today.read_bytes())
    assert not (site.folder / "reads").exists(), "the site leaves it to nginx"

    # A day later the site counts it.
    a_day = 86_400
    yesterday = [b"%d%s" % (int(one[:10]) - a_day, one[10:]) for one in today.read_bytes().splitlines(keepends=True)]
    (folder / file_name(time.time() - a_day)).write_bytes(b"".join(yesterday))
    today.unlink()
    site.environment["COUNTS_DIR"] = str(folder)
    site.run("daily")
    assert site.python(COUNT).strip() == "[(3, 2, 1)]"
    assert list(folder.iterdir()) == []
