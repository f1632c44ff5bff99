"""Processes are killed in the middle of everything, again and again; what was acknowledged is there afterwards."""

import http.client
import io
import json
import os
import random
import re
import signal
import threading
import time
from collections.abc import Callable

import psycopg2
from PIL import Image as Pillow
from staff_client import Staff, Window, eventually

ON = os.environ["TEST_ON"]
BROKEN = (OSError, http.client.HTTPException)
MIDDLE = "<p>" + "Words between the two marks, so many that a page is never sent in one piece. " * 40 + "</p>"
MARKS = re.compile(r"mark-([0-9]+)-(first|last)")
PATIENTS = 5
MAKE = """
consents = []
for number in range(PATIENTS):
    reference = f"C-2026-{number:03}"
    consent = publishing.record_consent(staff, reference=reference, scope="blog", signed_on=date(2026, 1, 5))
    file = BytesIO()
    Pillow.new("RGB", (300, 200), (number * 30, 90, 90)).save(file, "JPEG")
    add_picture(file.getvalue(), alt_text="A brow", depicts="patient", consent=consent)
    consents.append(consent.pk)
made = {name: post(name, BODY) for name in ("writing-1", "writing-2", "publishing-1", "publishing-2")}
print(json.dumps([staff.pk, made, consents]))
"""
STATE = """
from django.core.management import call_command
from datetime import timedelta
from django.utils import timezone
from blog import orphan_files
from blog.models import SearchEntry
later = timezone.now() + timedelta(hours=25)
left = orphan_files.look(later)
removed = orphan_files.remove(left.orphans + left.unfinished, later)
clean = orphan_files.look(later)
print(json.dumps({
    "revisions": [[one.post.slug, one.body, one.sealed_at is None] for one in Revision.objects.select_related("post")],
    "publications": [
        [one.slug, one.body, one.title, SearchEntry.objects.filter(publication=one).count(), one.tags.count(),
         one.revision.body == one.body, one.live_until.year > 8000]
        for one in Publication.objects.select_related("revision")
    ],
    "acts": list(AuditEntry.objects.filter(act="published").values_list("post__slug", flat=True)),
    "pictures": list(Image.objects.values_list("pk", flat=True)),
    "revoked": list(PhotoConsent.objects.filter(revoked_at__isnull=False).values_list("pk", flat=True)),
    "private": sum(1 for one in Image.objects.filter(depicts="patient") for _ in one.renditions),
    "waiting": FileDeletion.objects.count(),
    "left": len(left.orphans) + len(left.unfinished), "removed": removed,
    "clean": [len(clean.missing), len(clean.orphans), len(clean.unfinished)],
}))
"""


def body(number: int) -> str:
    return f"<p>mark-{number}-first</p>{MIDDLE}<p>mark-{number}-last</p>"


def number_in(text: str) -> int:
    """The number of a text that is whole."""
    marks = set(MARKS.findall(text))
    (number,) = {number for number, _ in marks}
    assert marks == {(number, "first"), (number, "last")}, text
    return int(number)


class Crowd:
    """People who go on with what they do, whatever becomes of the server, and remember what it acknowledged."""

    def __init__(self, site) -> None:
        self.site, self.ended, self.errors = site, threading.Event(), []
        self.login = Staff(site).sign_in()
        self.acknowledged: dict[str, list[int]] = {}
        self.asked = self.broken = 0
        self._threads: list[threading.Thread] = []

    def join_in(self, name: str, act: Callable[[Staff, int], bool]) -> None:
        """Somebody who does ``act(staff, number)`` over and over; it says whether the server acknowledged it."""
        self.acknowledged[name] = []

        def go_on() -> None:
            number, staff = 0, self.login.again()
            while not self.ended.is_set():
                number += 1
                self.asked += 1
                try:
                    if act(staff, number):
                        self.acknowledged[name].append(number)
                except BROKEN:
                    self.broken += 1
                    time.sleep(0.05)
                except Exception as error:
                    self.errors.append(f"{name} {number}: {error!r}")
                time.sleep(0.01)

        self._threads.append(threading.Thread(target=go_on, name=name, daemon=True))
        self._threads[-1].start()

    @property
    def count(self) -> int:
        return sum(map(len, self.acknowledged.values()))

    @property
    def published(self) -> int:
        return sum(len(numbers) for name, numbers in self.acknowledged.items() if name.startswith("publishing"))

    def has_gone_on(self, count: int, published: int) -> bool:
        """Whether ten more acts were acknowledged, and one of them published."""
        return self.count >= count + 10 and self.published > published

    @property
    def empty(self) -> list[str]:
        return [name for name, numbers in self.acknowledged.items() if not numbers]

    def end(self) -> None:
        self.ended.set()
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive(), thread.name


def writes(pk: int, person: int) -> Callable[[Staff, int], bool]:
    window = None

    def act(staff: Staff, number: int) -> bool:
        nonlocal window
        window = window or Window(staff, pk, person)
        answer = window.autosave(body=body(number))
        assert answer.status in (200, 500, 503), answer.text
        return answer.status == 200 and answer.json()["state"] == "saved"

    return act


def publishes(pk: int, person: int) -> Callable[[Staff, int], bool]:
    def act(staff: Staff, number: int) -> bool:
        page = staff.ask(f"/admin/blog/post/{pk}/change/")
        if page.status != 200:
            return False
        fields = page.form("//form[@id='post_form']") | {"window": "publisher", "body": body(number), "_continue": "1"}
        if staff.ask(f"/admin/blog/post/{pk}/change/", fields).status != 200:
            return False
        shown = staff.ask(f"/admin/blog/post/{pk}/publish/")
        if shown.status != 200:
            return False
        answer = staff.ask(shown.path, shown.form("//form[.//input[@name='revision']]") | {"go": "1"})
        return answer.status == 200 and answer.path.endswith("/receipt/") and "It is live." in answer.words

    return act


def uploads(ids: list[int]) -> Callable[[Staff, int], bool]:
    def act(staff: Staff, number: int) -> bool:
        file = io.BytesIO()
        Pillow.effect_noise((240, 160), 80).convert("RGB").save(file, "JPEG")
        answer = staff.upload(file.getvalue())
        if answer.status == 200:
            ids.append(answer.json()["id"])
        return answer.status == 200

    return act


def revokes(consents: list[int]) -> Callable[[Staff, int], bool]:
    left = list(consents)

    def act(staff: Staff, number: int) -> bool:
        time.sleep(random.uniform(0, 0.5))
        if not left:
            return False
        address = f"/admin/blog/photoconsent/{left[0]}/revoke/"
        shown = staff.ask(address)
        if shown.path.endswith("/revoked/"):  # the answer broke off, and it had been done
            left.pop(0)
            return False
        answer = staff.ask(address, shown.form()) if shown.status == 200 else shown
        if answer.status == 200 and answer.path.endswith("/revoked/"):
            left.pop(0)
            return True
        return False

    return act


def reads(slug: str, crowd: Crowd, of: str, seen: list[int]) -> Callable[[Staff, int], bool]:
    def act(staff: Staff, number: int) -> bool:
        sure = crowd.acknowledged[of][-1:] or [0]
        time.sleep(1)  # by then every process knows it
        answer = Staff(crowd.site, timeout=20).ask(f"/blog/{slug}/")
        assert answer.status in (200, 503), answer.status
        if answer.status == 200:
            seen.append(number_in(answer.text))
            assert seen[-1] >= sure[0], "an older text than the one that was acknowledged"
        return answer.status == 200

    return act


def kill_something(site, turn: int) -> str:
    """Kill one process, or several; whoever looks after them in production starts them again."""
    ways = ["a worker", "all", "a worker", "the first process"]
    if ON == "postgres":
        ways = ["a worker", "a backend", "postgres", "all", "a backend", "the first process"]
    way = ways[turn % len(ways)]
    if way == "a worker":
        assert eventually(site.workers)  # the one before may just have been killed
        os.kill(random.choice(site.workers()), signal.SIGKILL)
    elif way == "all":
        site.kill()
        site.start()
    elif way == "the first process":
        site.kill_first()
        assert eventually(lambda: not site.answers()), "its workers go on without it"
        site.start()
    elif way == "a backend":
        connection = psycopg2.connect(host=str(site.server.home), user="postgres", dbname="postgres")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname LIKE 'test%%' ORDER BY random() LIMIT 1")
            pid = cursor.fetchone()
        connection.close()
        if pid:
            os.kill(pid[0], signal.SIGKILL)
    else:
        site.server.kill()
        site.server.start()
    return way


def test_what_was_acknowledged_is_there_and_every_page_is_whole(site):
    person, posts, consents = json.loads(site.begin(f"PATIENTS, BODY = {PATIENTS}, {body(0)!r}\n{MAKE}"))
    site.start()
    crowd, ids, seen = Crowd(site), [], {}
    for name, pk in posts.items():
        crowd.join_in(name, (writes if "writing" in name else publishes)(pk, person))
    crowd.join_in("uploads", uploads(ids))
    crowd.join_in("revokes", revokes(consents))
    for name in ("publishing-1", "publishing-2"):
        seen[name] = []
        crowd.join_in(f"reads {name}", reads(name, crowd, name, seen[name]))
    try:
        assert eventually(lambda: not crowd.empty, 60), (crowd.empty, crowd.errors)
        for turn in range(6):
            kill_something(site, turn)
            before = crowd.count, crowd.published
            assert eventually(lambda before=before: crowd.has_gone_on(*before), 60), "nothing goes on"
            time.sleep(random.uniform(0, 0.3))
        site.kill()
    finally:
        crowd.end()
    assert crowd.errors == []
    kept = crowd.acknowledged

    site.run("prepare")
    site.start()
    state = json.loads(site.ask(STATE))
    for _, text, _ in state["revisions"]:
        number_in(text)
    for name in ("writing-1", "writing-2"):
        newest = max(number_in(text) for slug, text, _ in state["revisions"] if slug == name)
        assert newest >= max(kept[name])
    for slug, text, _, found, tags, is_sealed_text, is_live in state["publications"]:
        number_in(text)
        assert (found, tags, is_sealed_text) == (1 if is_live else 0, 2, True), slug
    reader = Staff(site)
    for name in ("publishing-1", "publishing-2"):
        published = [number_in(text) for slug, text, *_ in state["publications"] if slug == name]
        live = [number_in(text) for slug, text, *_, is_live in state["publications"] if slug == name and is_live]
        assert set(kept[name]) <= set(published) and len(live) == 1
        assert state["acts"].count(name) == len(published)
        assert number_in(reader.ask(f"/blog/{name}/").text) == live[0] >= max(kept[name])
        assert seen[name] == sorted(seen[name]), "a reader saw an older text after a newer one"
    assert set(ids) <= set(state["pictures"])
    assert len(state["revoked"]) >= len(kept["revokes"]) and state["waiting"] == 0
    assert (state["private"] > 0) == (len(state["revoked"]) < PATIENTS)
    assert state["removed"] == state["left"] and state["clean"] == [0, 0, 0]
    print(
        f"asked {crowd.asked}, broken off {crowd.broken}, acknowledged { {n: len(k) for n, k in kept.items()} }, "
        f"files left {state['left']}"
    )
