"""From an acknowledged publication until every process shows it, and whether anybody saw a mixture."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import lxml.html
from load import CannotMeasure, Connection, Staff
from proxy import HOST
from results import Row, Section, Spread
from servers import POSTGRES, SAYS_WHO, SQLITE, Bench

POSTS = 100
AT_ONCE, THROUGH_NGINX = 1.0, 3.0
PROCESSES = 4
EVERY = 0.02  # seconds between two looks
PATIENCE = 10.0  # seconds until it counts as never shown
MARK = re.compile(rb"turn-(\d+)")
FIND = """
import json
from django.utils import timezone
from blog.models import Publication
found = Publication.objects.live(timezone.now()).order_by("pk").first()
print(json.dumps([found.post_id, found.get_absolute_url()]))
"""
BODY = "<p>Begins at turn-{turn}.</p>{words}<p>Ends at turn-{turn}.</p>"
WORDS = "<p>What an appointment is like, told slowly and in plain words, from the door to the way home.</p>" * 40


@dataclass(frozen=True)
class Look:
    """One answer: when it was asked and had come (monotonic seconds), and the turns that stood in it, one for each
    place: in its head, at the top, in the structured data, where the text begins and where it ends.
    """

    asked: float
    came: float
    turns: tuple[int, ...]
    worker: str


class Watcher(threading.Thread):
    """Looks at a page again and again until it is told to stop."""

    def __init__(self, look: Callable[[], Look]) -> None:
        super().__init__(daemon=True)
        self._look, self._stopping = look, threading.Event()
        self.looks: list[Look] = []
        self.error: Exception | None = None

    def run(self) -> None:
        """Look."""
        while not self._stopping.wait(EVERY):
            try:
                self.looks.append(self._look())
            except Exception as error:
                self.error = error
                return

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        self.join(60)

    def shown_after(self, acknowledged: float, turn: int) -> float | None:
        """Seconds from ``acknowledged`` until no older page came any more; None while only older ones came."""
        old = [look.asked for look in self.looks if turn not in look.turns]
        new = [look.came for look in self.looks if turn in look.turns and look.asked > max(old, default=0)]
        return max(0.0, min(new) - acknowledged) if new else None


def measure(bench: Bench, plan) -> list[Section]:
    """Publish again and again, and watch each process and nginx."""
    rows = [row for database in (SQLITE, POSTGRES) for row in _rows(bench, plan, database)]
    return [Section(f"From “published” to visible, {PROCESSES} processes", rows)]


def _rows(bench: Bench, plan, database: str) -> list[Row]:
    data = bench.posts(POSTS, database)
    post, path = data.ask(FIND)
    with (
        bench.serve(data, SAYS_WHO, WEB_CONCURRENCY=str(PROCESSES), COUNT_READS="proxy") as site,
        bench.nginx(site) as proxy,
    ):
        staff = Staff(site.url, site.username, site.password)
        _publish(staff, post, 0)
        each = _one_for_each_process(site, path)
        places = len(_look(each[0], path).turns)
        inside, outside, mixtures, seen = [], [], 0, 0
        for turn in range(1, plan.publications + 1):
            acts = [lambda one=one: _look(one, path) for one in each] + [lambda: _look_anew(proxy.http, path)]
            watchers = [Watcher(act) for act in acts]
            for watcher in watchers:
                watcher.start()
            acknowledged = _publish(staff, post, turn)
            shown = _until_shown(watchers, acknowledged, turn)
            inside.append(max(shown[:-1]))
            outside.append(shown[-1])
            looks = [look for watcher in watchers for look in watcher.looks]
            mixtures += sum(len(set(look.turns)) != 1 or len(look.turns) != places for look in looks)
            seen += len(looks)
            if any(len({look.worker for look in watcher.looks}) > 1 for watcher in watchers[:-1]):
                raise CannotMeasure("A connection was closed, and its process was not watched any more")
        for one in each:
            one.close()
    times = f"the longest of {len(inside)}, the middle one {{:.2f}} s"
    return [
        _row(f"on every process, {database}", inside, times, AT_ONCE),
        _row(f"through nginx, {database}", outside, times, THROUGH_NGINX),
        Row(f"mixtures of old and new, {database}", f"{mixtures} in {seen:,} answers", mixtures, at_most=0),
    ]


def _row(what: str, seconds: list[float], times: str, bound: float) -> Row:
    found = Spread(seconds)
    longest = max(found.values)
    return Row(what, f"{longest:.2f} s, {times.format(found.median)}", longest, at_most=bound, unit=" s")


def _publish(staff: Staff, post: int, turn: int) -> float:
    """Save other words and publish them; the moment (monotonic) at which the answer had come."""
    changes = {"title": f"An appointment, turn-{turn}", "body": BODY.format(turn=turn, words=WORDS), "_continue": "1"}
    staff.send(f"/admin/blog/post/{post}/change/", "@id='post_form'", **changes)
    fields = staff.form(f"/admin/blog/post/{post}/publish/", "@data-release")
    answer = staff.ask(
        f"/admin/blog/post/{post}/publish/", [(name, one) for name, all in fields.items() for one in all]
    )
    acknowledged = time.monotonic()
    if "data-release" in answer:
        said = lxml.html.fromstring(answer).xpath("string(//*[@role='alert'])")
        raise CannotMeasure(f"The post could not be published. {said}")
    return acknowledged


def _one_for_each_process(site, path: str) -> list[Connection]:
    found: dict[str, Connection] = {}
    workers = {str(pid) for pid in site.workers()}
    until = time.monotonic() + 60
    while set(found) != workers:
        if time.monotonic() > until:
            raise CannotMeasure(f"Of {len(workers)} processes only {len(found)} answered")
        # Kept open, so that the next one comes to another process.
        connection = Connection(site.port, {"Host": HOST})
        found.setdefault(connection.good(path).headers["x-worker"], connection)
    return list(found.values())


def _look(connection: Connection, path: str) -> Look:
    asked = time.monotonic()
    # Uncompressed, so that looking costs the machine little.
    answer = connection.ask(path, headers={"Accept-Encoding": "identity"})
    if answer.status != 200:
        raise CannotMeasure(f"{path} was answered by {answer.status}")
    turns = tuple(int(mark) for mark in MARK.findall(answer.body))
    return Look(asked, time.monotonic(), turns, answer.headers["x-worker"])


def _look_anew(port: int, path: str) -> Look:
    connection = Connection(port, {"Host": HOST})
    try:
        return _look(connection, path)
    finally:
        connection.close()


def _until_shown(watchers: list[Watcher], acknowledged: float, turn: int) -> list[float]:
    until = acknowledged + PATIENCE
    try:
        while any(watcher.shown_after(acknowledged, turn) is None for watcher in watchers):
            if broken := next((watcher.error for watcher in watchers if watcher.error), None):
                raise broken
            if time.monotonic() > until:
                break
            time.sleep(0.05)
        time.sleep(0.5)  # whether an old page comes once more
    finally:
        for watcher in watchers:
            watcher.stop()
    shown = [watcher.shown_after(acknowledged, turn) for watcher in watchers]
    return [PATIENCE if one is None else one for one in shown]
