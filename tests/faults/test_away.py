"""The database goes away under a real server: what readers and staff have meanwhile; and all comes back by itself."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing

import psutil
import psycopg2
from live_site import ROOT
from staff_client import Answer, Staff, Window, eventually

ON = os.environ["TEST_ON"]
MAKE = """
from datetime import timedelta
from django.utils import timezone
Practice.objects.update_or_create(pk=1, defaults={"name": "Northlight", "phone": "(907) 555-0142"})
consent = publishing.record_consent(staff, reference="C-2026-001", scope="blog", signed_on=date(2026, 1, 5))
file = BytesIO()
Pillow.new("RGB", (300, 200), (30, 90, 90)).save(file, "JPEG")
image, _ = add_picture(file.getvalue(), alt_text="A brow", depicts="patient", consent=consent)
made = {name: post(name, f"<p>Words of {name}.</p>") for name in ("stays", "goes", "ends", "unread", "written")}
shown = Post(title="Brow", slug="brow", author=author, body="<p>Brow.</p>", hero_image=image, hero_alt="A brow")
publishing.save_draft(staff, shown, tags)
publishing.publish(staff, publishing.newest_revision(shown))
print(json.dumps(made))
"""
SOON = """
from datetime import timedelta
from django.utils import timezone
publishing.take_off(staff, Post.objects.get(slug="ends"), "Over", at=timezone.now() + timedelta(seconds=SECONDS))
print()
"""
LASTS = 10  # seconds until an article ends by itself, while the database is away


def postgres(site) -> "psycopg2.extensions.connection":
    return psycopg2.connect(host=str(site.server.home), user="postgres", dbname="postgres")


class Away:
    """The database of a site, which can be taken away and brought back in the ways that happen."""

    def __init__(self, site) -> None:
        self.site = site

    def ways(self) -> list[tuple[Callable, Callable]]:
        if ON == "sqlite":
            return [(self.move_file, self.bring_file)]
        return [
            (self.site.server.kill, self.site.server.start),
            (self.site.server.stop, self.site.server.start),
        ]

    def move_file(self) -> None:
        shutil.move(self.site.folder / "data", self.site.folder / "elsewhere")

    def bring_file(self) -> None:
        shutil.move(self.site.folder / "elsewhere", self.site.folder / "data")


def is_a_503(answer: Answer) -> bool:
    return (
        answer.status == 503
        and answer.headers["Retry-After"] == "30"
        and answer.headers["Cache-Control"] == "no-store"
        and 'href="tel:+19075550142"' in answer.text
    )


def test_readers_have_pages_staff_lose_nothing_and_all_comes_back(site):
    if ON == "sqlite":
        (site.folder / "data").mkdir()
        (site.folder / "db.sqlite3").rename(site.folder / "data/db.sqlite3")
        site.environment["DATABASE_URL"] = f"sqlite:///{site.folder / 'data/db.sqlite3'}"
    site.environment |= {"WEB_CONCURRENCY": "1", "PGOPTIONS": "-c statement_timeout=4s"}
    posts = json.loads(site.begin(MAKE))
    site.start()
    staff, reader = Staff(site).sign_in(), Staff(site)
    window = Window(staff, posts["written"], 1)
    assert window.autosave(body="<p>First words.</p>").status == 200
    goes = reader.ask("/blog/goes/")
    assert "Words of goes." in goes.text
    address = f"/admin/blog/post/{posts['goes']}/take-off/"
    form = staff.ask(address).form("//form[.//*[@name='reason']]")
    assert staff.ask(address, form | {"reason": "Wrong", "when": "now"}).status == 200
    workers = site.workers()

    for take_away, bring_back in Away(site).ways():
        picture = re.search(r"/blog/pictures/[0-9]+/[0-9a-z.-]+\.jpg", reader.ask("/blog/brow/").text)[0]
        assert reader.ask(picture).status == 200
        is_first = "Words of ends." in reader.ask("/blog/ends/").text
        if is_first:
            site.ask(SOON.replace("SECONDS", str(LASTS)))
            ends_at = time.monotonic() + LASTS
            time.sleep(1)  # by then every process knows it
        kept = {path: reader.ask(path) for path in ("/blog/", "/blog/stays/", "/feed/", "/sitemap.xml")}
        assert [answer.status for answer in kept.values()] == [200] * len(kept)
        pages = [reader.ask(path) for path in ("/blog/goes/", "/blog/ends/", "/blog/brow/")]
        assert [page.status for page in pages] == [410, 200 if is_first else 410, 200]
        workers = site.workers()
        take_away()
        if is_first:
            assert "Words of ends." in reader.ask("/blog/ends/").text, "its end has not come"
        for path, before in kept.items():
            now = reader.ask(path)
            assert (now.status, now.body, now.headers["ETag"]) == (200, before.body, before.headers["ETag"]), path
            assert now.headers["X-Accel-Expires"] in ("0", "1", "2")
        again = reader.ask("/blog/stays/?fbclid=abc", **{"If-None-Match": kept["/blog/stays/"].headers["ETag"]})
        assert (again.status, again.body) == (304, b"")
        # What this process never read, or must not keep, or has taken off, or whose files it cannot be sure of.
        assert is_a_503(reader.ask("/blog/unread/")) and is_a_503(reader.ask("/blog/nowhere/"))
        gone = reader.ask("/blog/goes/")
        assert gone.status in (410, 503) and "Words of goes." not in gone.text
        for headers in ({}, {"If-None-Match": "*"}):
            answer = reader.ask(picture, **headers)
            assert answer.status == 503 and b"\xff\xd8" not in answer.body
        assert reader.ask("/healthz").status == 200
        # Whoever writes goes on: the script keeps the words and asks again; the button's page gives them back.
        assert window.autosave(body="<p>Meanwhile.</p>").status == 503
        not_saved = window.save(body="<p>Meanwhile, saved.</p>")
        assert not_saved.status == 503 and "What you typed is kept in this page" in not_saved.words
        sent_again = not_saved.form()
        assert sent_again["body"] == "<p>Meanwhile, saved.</p>"
        if is_first:
            time.sleep(max(0.0, ends_at - time.monotonic()))
            ended = reader.ask("/blog/ends/")
            assert ended.status in (410, 503) and "Words of ends." not in ended.text
        bring_back()
        assert eventually(lambda: reader.ask("/blog/unread/?again").status == 200, 10)
        assert reader.ask("/blog/ends/").status == reader.ask("/blog/goes/").status == 410
        assert reader.ask(picture).status == 200 and reader.ask("/blog/nowhere/").status == 404
        assert window.autosave(body="<p>Afterwards.</p>").json()["state"] == "saved"
        assert "kept" in staff.ask(window.address, sent_again).words
        assert site.workers() == workers, "nothing was started anew"
        window = Window(staff, posts["written"], 1)
    assert "Traceback" not in site.log, site.log
    assert site.log.count("The database is back.") == len(Away(site).ways())

    if ON == "postgres":
        cut_off(site, reader, staff, posts)
        held(site, reader)
        stands_still(site, reader)


def cut_off(site, reader: Staff, staff: Staff, posts: dict[str, int]) -> None:
    """Connections are ended by an operator; then there is none to be had."""
    window = Window(staff, posts["written"], 1)
    for number in range(3):
        with closing(postgres(site)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test%'")
        answer = window.autosave(body=f"<p>Cut off {number}.</p>")
        assert answer.status == 200 and answer.json()["state"] == "saved", "a broken connection is noticed and replaced"
        assert reader.ask("/blog/unread/").status == 200
    taken = []
    try:
        with closing(postgres(site)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test%'")
            while True:
                taken.append(postgres(site))
    except psycopg2.OperationalError:
        pass
    try:
        assert eventually(lambda: reader.ask("/blog/stays/").status == 200, 5)
        statuses = {reader.ask("/blog/nowhere/").status for _ in range(8)}
        assert 503 in statuses and statuses <= {404, 503}, statuses
    finally:
        for connection in taken:
            connection.close()
    assert eventually(lambda: reader.ask("/blog/nowhere/").status == 404, 10)
    assert window.autosave(body="<p>Room again.</p>").json()["state"] == "saved"


def held(site, reader: Staff) -> None:
    """Somebody holds a table and does not let go: who needs it gets an answer all the same, and no thread is lost."""
    assert reader.ask("/blog/stays/").status == 200
    with closing(psycopg2.connect(site.environment["DATABASE_URL"])) as holding:
        holding.cursor().execute("LOCK TABLE blog_publication IN ACCESS EXCLUSIVE MODE")
        assert is_a_503(reader.ask("/blog/nowhere/"))
        assert reader.ask("/blog/stays/").status == 200
    assert reader.ask("/blog/nowhere/").status == 404
    says = "import medspa.gunicorn, psycopg2, sys; ask = psycopg2.connect(sys.argv[1]).cursor(); "
    says += "ask.execute('SHOW statement_timeout'); print(ask.fetchone()[0])"
    bare = {name: value for name, value in site.environment.items() if name != "PGOPTIONS"}
    command = [sys.executable, "-c", says, site.environment["DATABASE_URL"]]
    assert subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True).stdout == "30s\n"


def stands_still(site, reader: Staff) -> None:
    """The database holds its connections and says nothing, as on a disk that has stalled: nobody waits for it."""
    assert eventually(lambda: {reader.ask("/blog/stays/").status for _ in range(8)} == {200})
    first = psutil.Process(site.server.pid)
    processes = [first, *first.children(recursive=True)]
    for process in processes:
        process.suspend()
    try:
        time.sleep(4)  # each process has noticed by then
        for number in range(20):
            assert is_a_503(reader.ask(f"/blog/nowhere-{number}/"))
        assert {reader.ask("/blog/stays/").status for _ in range(8)} == {200}
        assert reader.ask("/healthz").status == 200
    finally:
        for process in processes:
            process.resume()
    assert eventually(lambda: reader.ask("/blog/nowhere/").status == 404)
