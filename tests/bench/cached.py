"""Pages that are kept: how near they come to a constant, and through nginx to a file; what is rendered at all."""

import time
from pathlib import Path
from urllib.parse import urlsplit

from load import CONNECTIONS, Answer, CannotMeasure, Connection, ask_all, rate
from proxy import HOST
from results import Comparison, Row, Section, compare
from servers import COUNTED, Bench

POSTS = 100
LISTS = {"index": "/blog/", "feed": "/feed/"}
CONSTANT, FILE = 0.85, 0.8
AGAIN = "/again/"
TO_HOST = {"Host": HOST}
CLICKS = 1000
WARM_UP = 100


FIND = """
import json
from django.utils import timezone
from blog.models import Publication
live = Publication.objects.live(timezone.now()).exclude(hero_image=None)
print(json.dumps(live.newest_first().first().get_absolute_url()))
"""


def measure(bench: Bench, plan) -> list[Section]:
    """The page cache behind gunicorn alone, the same behind nginx, and what the cache lets through to Django."""
    data = bench.posts(POSTS)
    article = data.ask(FIND)
    pages = {"article": article, **LISTS}
    with bench.serve(data) as site:
        connection = Connection(site.port, TO_HOST)
        answers = {path: connection.good(path) for path in pages.values()}
        if "etag" not in answers[article].headers:
            raise CannotMeasure("The article carries no ETag")
        known = {"If-None-Match": answers[article].headers["etag"]}
        again, head = connection.ask(article, headers=known), connection.ask(article, "HEAD")
        connection.close()
        with bench.constant(data, answers | {AGAIN: again}) as constant:
            alone = [
                _ratio(
                    f"{name}, of the same bytes from a constant",
                    _by_turns(plan, site.url + path, constant.url + path),
                    CONSTANT,
                    answers[path],
                )
                for name, path in pages.items()
            ]
            found = _by_turns(plan, site.url + article, constant.url + AGAIN, known)
            alone.append(_ratio("article that did not change (304), of a constant 304", found, None, again))
    # As in the composition, where nginx notes who reads.
    with bench.serve(data, COUNT_READS="proxy") as site:
        through_nginx = _through_nginx(bench, plan, site, pages)
    spared = [_asked_again(again), _head(answers[article], head), _clicks(bench, article)]
    return [
        Section(f"From the page cache, at {CONNECTIONS} connections", alone),
        Section("The same through nginx", through_nginx),
        Section("What the page cache spares", spared),
    ]


def _through_nginx(bench: Bench, plan, site, pages: dict[str, str]) -> list[Row]:
    rows, folder = [], site.folder / "static" / "bench"
    folder.mkdir(parents=True)
    with bench.nginx(site) as proxy:
        at = f"http://127.0.0.1:{proxy.http}"
        connection = Connection(proxy.http, TO_HOST)
        for name, path in pages.items():
            answer = connection.good(path)
            (folder / f"{name}.bin").write_bytes(answer.body)
            found = _by_turns(plan, at + path, f"{at}/static/bench/{name}.bin", log=proxy.folder / "log")
            rows.append(_ratio(f"{name}, of the same bytes from a file", found, FILE, answer))
        connection.close()
    return rows


def _by_turns(plan, one: str, other: str, headers: dict[str, str] | None = None, log: Path | None = None) -> Comparison:
    headers = TO_HOST | (headers or {})

    def asking(url: str) -> float:
        found = rate(url, plan.seconds, headers)
        if log is not None:
            log.write_bytes(b"")  # some million lines
        return found

    time.sleep(2)  # until every process has begun
    for url in (one, other):
        address = urlsplit(url)
        ask_all(address.port, [address.path] * WARM_UP, headers, time.monotonic() + 30)
    return compare(lambda: asking(one), lambda: asking(other), plan.turns)


def _ratio(what: str, found: Comparison, bound: float | None, answer: Answer) -> Row:
    rates = f"{found.ones.median:,.0f} and {found.others.median:,.0f} a second"
    size = f", {len(answer.body):,} bytes" if answer.body else ""
    turns = f"{found.ratio:.2f} (turns {min(found.ratios.values):.2f} to {max(found.ratios.values):.2f})"
    return Row(what, f"{turns}: {rates}{size}", found.ratio, at_least=bound)


def _asked_again(again: Answer) -> Row:
    measured = f"answered by {again.status} and {len(again.body)} bytes of body"
    is_right = again.status == 304 and not again.body
    return Row("wrong answers to a browser that has the page", measured, int(not is_right), at_most=0)


def _head(whole: Answer, head: Answer) -> Row:
    # The one says when, the other tells a proxy for how long.
    names = {*whole.headers, *head.headers} - {"date", "x-accel-expires"}
    wrong = sorted(name for name in names if whole.headers.get(name) != head.headers.get(name))
    wrong += ["a body"] * bool(head.body) + [f"the status {head.status}"] * (head.status != whole.status)
    measured = f"HEAD has other: {', '.join(wrong)}" if wrong else "the headers of GET, no body"
    return Row("what differs between HEAD and GET", measured, len(wrong), at_most=0)


def _clicks(bench: Bench, article: str) -> Row:
    with bench.serve(bench.posts(POSTS), **COUNTED) as site:
        # Not warmed up: a process that begins in the middle of a spike must stand it, too.
        renders = site.folder / "renders.log"
        before = renders.read_text().count(article)
        paths = [f"{article}?fbclid={number:06d}&utm_source=news" for number in range(CLICKS)]
        found = ask_all(site.port, paths, TO_HOST, time.monotonic() + 120, people=8)
        if set(found.values()) != {200} or len(found) != CLICKS:
            raise CannotMeasure(f"{len(found)} links with fbclid were answered by {set(found.values())}")
        made, processes = renders.read_text().count(article) - before, len(site.workers())
    measured = f"{made} for {CLICKS:,} different ones, in {processes} processes that have just begun"
    return Row("renders of an article for links with fbclid", measured, made, at_most=processes)
