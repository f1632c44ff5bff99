"""gunicorn notes what is read, without a proxy in front: every answer goes through its logger."""

import os
import re
import time
import urllib.error
import urllib.request

import pytest
from live_site import OPENER, copy_of, prepared_site

from blog.read_lines import file_name
from medspa import reads

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1"
OPENED = {"REQUEST_METHOD": "GET", "PATH_INFO": "/blog/peels/", "HTTP_USER_AGENT": SAFARI}
PUBLISH = """
from django.contrib.auth.models import User
from blog.models import Author, Post
from blog.publishing import newest_revision, publish, save_draft
staff = User.objects.get()
post = Post(title="Peels", body="<p>Light, slowly explained.</p>", author=Author.objects.create(name="Ada", slug="ada"))
save_draft(staff, post, [])
publish(staff, newest_revision(post))
"""


@pytest.mark.skipif(os.environ["TEST_ON"] != "sqlite", reason="has a database of its own; the run on SQLite tests it")
def test_what_is_read_is_noted_and_nothing_of_who_read(tmp_path):
    site = copy_of(prepared_site(), tmp_path)
    site.python(PUBLISH)
    site.start()

    def ask(path, method="GET", **headers):
        sent = {"User-Agent": SAFARI} | {name.replace("_", "-"): value for name, value in headers.items()}
        body = b"PING" if method == "POST" else None
        try:
            with OPENER.open(urllib.request.Request(f"{site.url}{path}", body, sent, method=method)) as answer:
                return answer.status, answer.headers.get("ETag")
        except urllib.error.HTTPError as error:
            return error.code, None

    try:
        status, etag = ask("/blog/peels/?utm_source=secretword")
        assert status == 200
        assert ask("/blog/peels/", If_None_Match=etag)[0] == 304
        assert ask("/tap/call/peels/?x", "POST", Content_Type="text/ping")[0] == 204
        # None of these is a reader.
        ask("/blog/peels/", "HEAD")
        ask("/blog/peels/", Sec_Purpose="prefetch")
        ask("/blog/peels/", User_Agent="Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)")
        for path in ("/blog/", "/blog/nothing/", "/search/?q=secretword", "/admin/login/"):
            ask(path)
        folder, today = tmp_path / "reads", tmp_path / "reads" / file_name(time.time())
        written = today.read_bytes()
    finally:
        site.stop()
    # Of two processes the later answer may be noted first.
    lines = sorted(written.splitlines(), key=lambda line: line.split()[1:])
    expected = (b"call peels", b"read peels", b"read peels")
    assert written.endswith(b"\n") and len(lines) == len(expected)
    assert all(re.fullmatch(rb"[0-9]{10}\.[0-9]{3} %s" % one, line) for one, line in zip(expected, lines, strict=True))
    assert list(folder.iterdir()) == [today]


def test_a_folder_that_takes_nothing_is_said_once_and_stands_in_no_readers_way(tmp_path, caplog):
    (tmp_path / "reads").write_text("no folder")
    file = reads.ReadsFile(tmp_path / "reads")
    for _ in range(3):
        file.note(OPENED, 200)
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "For a minute no reader is counted, because a line could not be written"
    ]
    (tmp_path / "reads").unlink()
    later = time.time() + 61
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr("time.time", lambda: later)
        file.note(OPENED, 200)
    assert (tmp_path / "reads" / file_name(later)).read_bytes().endswith(b" read peels\n")


def test_a_days_file_does_not_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(reads, "LARGEST", 100)
    file = reads.ReadsFile(tmp_path)
    for _ in range(50):
        file.note(OPENED, 200)
    assert 100 <= sum(one.stat().st_size for one in tmp_path.iterdir()) < 130
