"""What a process holds after everything was read: every article, every page of every list, and many questions."""

import random
import time
from pathlib import Path

from load import CannotMeasure, Connection, ask_all, sitemaps, together
from proxy import HOST
from results import Row, Section
from servers import Bench

MOST = 150  # MB
HEADERS = {"Host": HOST}
UNPACKED = HEADERS | {"Accept-Encoding": "identity"}
FIND = """
from django.utils import timezone
from blog.models import Author, Publication, Tag, Topic
live = Publication.objects.live(timezone.now()).order_by("pk")
for slug in live.values_list("slug", flat=True):
    print(f"/blog/{slug}/")
for kind, model in {"topics": Topic, "tags": Tag, "authors": Author}.items():
    for slug in model.objects.values_list("slug", flat=True):
        print(f"list /{kind}/{slug}/")
print("list /blog/")
titles = " ".join(live.values_list("title", flat=True))
for word in sorted({word for word in titles.split() if word.isalpha()}):
    print(f"word {word}")
"""


def measure(bench: Bench, plan) -> list[Section]:
    """Memory of each worker after one crawl, and how much more after a second one."""
    data = bench.posts(plan.many)
    said = data.site().python(FIND).splitlines()
    articles = [line for line in said if line.startswith("/")]
    lists, words = ([line[5:] for line in said if line.startswith(kind)] for kind in ("list ", "word "))
    questions = _questions(words, plan.questions)
    with bench.serve(data) as site:
        at_start = _held(site)
        until = time.monotonic() + plan.crawl
        numbered = _every_number(site.port, lists, until)
        time_left = time.monotonic() < until
        others = ["/feed/", "/feed/atom/", "/feed/json/", "/robots.txt", *sitemaps(Connection(site.port, UNPACKED))]
        paths = [*others, *articles, *questions]
        random.Random(1).shuffle(paths)
        found = ask_all(site.port, paths, HEADERS, until)
        if wrong := {status for status in found.values() if status != 200}:
            raise CannotMeasure(f"Pages were answered by {wrong}")
        once = _held(site)
        again = ask_all(site.port, [*paths, *numbered], HEADERS, time.monotonic() + plan.crawl / 3)
        twice = _held(site)
    if set(at_start) != set(twice):
        raise CannotMeasure("A worker was replaced meanwhile")
    asked = f"{len(numbered) + len(found):,} of {len(numbered) + len(paths):,} pages"
    own = max(one["Pss"] for one in once.values())
    more = max(twice[pid]["Rss"] - once[pid]["Rss"] for pid in once)
    # Of a part of the pages nothing is promised.
    bound = MOST if len(found) == len(paths) and time_left else None
    beside = f", {own:.0f} MB with its share of what is shared, {_most(at_start):.0f} at the start"
    rows = [
        _row(f"after a crawl of {asked}", once, beside, bound),
        Row(f"more after {len(again):,} of them a second time", f"{more:+.1f} MB"),
        _row("after both", twice, "", bound),
    ]
    return [Section(f"Memory of each of {len(once)} processes", rows)]


def _most(held: dict[int, dict[str, float]]) -> float:
    return max(one["Rss"] for one in held.values())


def _row(what: str, held: dict[int, dict[str, float]], beside: str, bound: float | None) -> Row:
    return Row(what, f"{_most(held):.0f} MB resident{beside}", _most(held), at_most=bound, unit=" MB")


def _questions(words: list[str], count: int) -> list[str]:
    chance = random.Random(2)
    return [f"/search/?q={chance.choice(words)}+{chance.choice(words)}{number}" for number in range(count)]


def _every_number(port: int, lists: list[str], until: float) -> list[str]:
    """Read each list from its first page until there is no next one; the addresses that were there."""
    waiting, found = iter(lists), []

    def reader() -> None:
        connection = Connection(port, HEADERS)
        for address in waiting:
            number, path = 1, address
            while time.monotonic() < until:
                status = connection.ask(path).status
                if status == 404:
                    break
                if status != 200:
                    raise CannotMeasure(f"{path} was answered by {status}")
                found.append(path)
                number += 1
                path = f"{address}?page={number}"
        connection.close()

    together(reader, 4)
    return found


def _held(site) -> dict[int, dict[str, float]]:
    """Memory of each worker in MB: all that is resident, and its share where several processes have it together."""
    found = {}
    for pid in site.workers():
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        found[pid] = {
            line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith(("Rss:", "Pss:"))
        }
    return found
