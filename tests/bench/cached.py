"""Pages that are kept: how near they come to a constant, and through nginx to a file; what is rendered at all."""

import time
from urllib.parse import urlsplit

from load import BROWSER, Answer, CannotMeasure, Connection, ask_all, rate
from proxy import HOST
from results import Comparison, Row, Section, compare
from servers import COUNTED, Bench

PAGES = {"article": "/blog/who-pays-for-botulinum-toxin/", "index": "/blog/", "feed": "/feed/"}
CONSTANT, FILE = 0.85, 0.8
AGAIN = "/again/"
TO_HOST = {"Host": HOST}
CLICKS = 1000
WARM_UP = 100


def measure(bench: Bench, plan) -> list[Section]:
    """The page cache behind gunicorn alone, the same behind nginx, and what the cache lets through to Django."""
    with bench.serve(bench.samples()) as site:
        connection = Connection(site.port, TO_HOST)
        answers = {name: connection.good(path) for name, path in PAGES.items()}
        again = connection.ask(PAGES["article"], headers=_known(answers["article"]))
        head = connection.ask(PAGES["article"], "HEAD")
        connection.close()
        sections = [
            Section("From the page cache, at 32 connections", _gunicorn(bench, plan, site, answers, again)),
            Section("The same through nginx", _nginx(bench, plan, site, answers)),
        ]
    asked = [_asked_again(again), _head(answers["article"], head), _clicks(bench, plan)]
    return [*sections, Section("What the page cache spares", asked)]


def _known(answer: Answer) -> dict[str, str]:
    if "etag" not in answer.headers:
        raise CannotMeasure("The article carries no ETag")
    return {"If-None-Match": answer.headers["etag"]}


def _gunicorn(bench: Bench, plan, site, answers: dict[str, Answer], again: Answer) -> list[Row]:
    kept = {PAGES[name]: answer for name, answer in answers.items()} | {AGAIN: again}
    rows = []
    with bench.constant(bench.samples(), kept) as constant:
        for name, path in PAGES.items():
            found = _in_turns(plan, site.url + path, constant.url + path)
            rows.append(_ratio(f"{name}, of the same bytes from a constant", found, CONSTANT, answers[name]))
        known = _known(answers["article"])
        found = _in_turns(plan, site.url + PAGES["article"], constant.url + AGAIN, known)
        rows.append(_ratio("article that did not change (304), of a constant 304", found, None, again))
    return rows


def _nginx(bench: Bench, plan, site, answers: dict[str, Answer]) -> list[Row]:
    rows, folder = [], site.folder / "static" / "bench"
    folder.mkdir(parents=True)
    with bench.nginx(site) as proxy:
        at = f"http://127.0.0.1:{proxy.http}"
        connection = Connection(proxy.http, TO_HOST)
        for name, path in PAGES.items():
            answer = connection.good(path)
            (folder / f"{name}.bin").write_bytes(answer.body)
            found = _in_turns(plan, at + path, f"{at}/static/bench/{name}.bin", log=proxy.folder / "log")
            rows.append(_ratio(f"{name}, of the same bytes from a file", found, FILE, answer))
        connection.close()
    return rows


def _in_turns(plan, one: str, other: str, headers: dict[str, str] | None = None, log=None) -> Comparison:
    def asking(url: str) -> float:
        found = rate(url, plan.seconds, TO_HOST | (headers or {}))
        if log is not None:
            log.write_bytes(b"")  # some million lines
        return found

    for url in (one, other):
        address = urlsplit(url)
        ask_all(address.port, [address.path] * WARM_UP, BROWSER | TO_HOST | (headers or {}), time.monotonic() + 30)
    return compare(lambda: asking(one), lambda: asking(other), plan.turns)


def _ratio(what: str, found: Comparison, bound: float | None, answer: Answer) -> Row:
    rates = f"{found.ones.median:,.0f} and {found.others.median:,.0f} a second"
    size = f", {len(answer.body):,} bytes" if answer.body else ""
    return Row(what, f"{found.ratios.shown()}: {rates}{size}", found.ratios.median, at_least=bound)


def _asked_again(again: Answer) -> Row:
    right = again.status == 304 and not again.body
    measured = f"answered by {again.status} and {len(again.body)} bytes of body"
    return Row("wrong answers to a browser that has the page", measured, 0 if right else 1, at_most=0)


def _head(whole: Answer, head: Answer) -> Row:
    own = ("date",)
    differ = [
        name for name in {*whole.headers, *head.headers} - {*own} if whole.headers.get(name) != head.headers.get(name)
    ]
    wrong = [*differ, *(["a body"] if head.body else []), *([str(head.status)] if head.status != 200 else [])]
    measured = f"differs in: {', '.join(sorted(wrong))}" if wrong else "the headers of GET, no body"
    return Row("what differs between HEAD and GET", measured, len(wrong), at_most=0)


def _clicks(bench: Bench, plan) -> Row:
    with bench.serve(bench.samples(), **COUNTED) as site:
        Connection(site.port, TO_HOST).good("/blog/")
        log = site.folder / "renders.log"
        before = log.read_text().count(PAGES["article"])
        paths = [f"{PAGES['article']}?fbclid={number:06d}&utm_source=news" for number in range(CLICKS)]
        found = ask_all(site.port, paths, BROWSER | TO_HOST, time.monotonic() + 120, people=8)
        if set(found.values()) != {200} or len(found) != CLICKS:
            raise CannotMeasure(f"Links with fbclid were answered by {set(found.values())}")
        renders = log.read_text().count(PAGES["article"]) - before
    workers = 2
    measured = f"{renders} for {CLICKS:,} different ones, in {workers} processes"
    return Row("renders of an article for links with fbclid", measured, renders, at_most=workers)
