"""What a page costs with a hundred posts and with a hundred times as many, without the page cache."""

from statistics import median

from load import CannotMeasure, Connection, Staff, sitemaps
from proxy import HOST
from results import Row, Section
from servers import COUNTED, POSTGRES, SQLITE, UNCACHED, Bench, Data

FEW, TWICE = 100, 2.0
# Prints one address of each kind of page, of the topic, tag and author with the most posts.
FIND = """
import json
from django.db.models import Count
from django.utils import timezone
from many_posts import COMMON_WORD, RARE_WORD, SLIP
from blog.models import Publication
from blog.reading import POSTS_PER_PAGE
live = Publication.objects.live(timezone.now()).order_by()
def most(column):
    found = live.exclude(**{column: None}).values_list(column).annotate(posts=Count("pk")).order_by("-posts", column)
    return found[0]
def pages(kind, address, posts):
    last = -(-posts // POSTS_PER_PAGE)
    return {f"{kind}": address, f"{kind}, in the middle": f"{address}?page={last // 2 or 1}",
        f"{kind}, last page": f"{address}?page={last}"}
slugs = live.order_by("published_at", "pk").values_list("slug", flat=True)
found = {"article": f"/blog/{slugs.reverse()[0]}/", "the oldest article": f"/blog/{slugs[0]}/"}
found |= pages("index", "/blog/", live.count())
for kind, column in {"topic": "topic__slug", "tag": "tags__slug", "author": "author__slug"}.items():
    slug, posts = most(column)
    found |= pages(kind, f"/{kind}s/{slug}/", posts)
found |= {"search for a common word": f"/search/?q={COMMON_WORD}", "search for a rare word": f"/search/?q={RARE_WORD}"}
found |= {"search with a slip": f"/search/?q={SLIP}", "search that finds nothing": "/search/?q=qwertyuiop"}
found |= {"feed": "/feed/", "sitemap": "/sitemap.xml"}
print(json.dumps(found))
"""
STAFF = {
    "list of posts": "/admin/blog/post/",
    "list of posts, second page": "/admin/blog/post/?p=2",
    "search in the list": "/admin/blog/post/?q=brandelo",
    "first page of the staff": "/admin/",
}
RIGHT_AFTER = ("article", "index", "topic", "tag", "author", "search for a rare word")


def measure(bench: Bench, plan) -> list[Section]:
    """The cost of each kind of page at many posts, as a multiple of that at 100."""
    sections = [_section(bench, plan, plan.many, TWICE)]
    if plan.large:
        sections.append(_section(bench, plan, plan.large, None))
    return sections


def _section(bench: Bench, plan, count: int, bound: float | None) -> Section:
    costs = {}
    for database in (SQLITE, POSTGRES):
        few, many = bench.posts(FEW, database), bench.posts(count, database)
        for kind, pair in _costs(bench, plan, few, many).items():
            costs.setdefault(kind, {})[database] = pair
    rows = [_row(kind, found, bound) for kind, found in costs.items()]
    return Section(f"Cost with {count:,} posts, of that with {FEW} (without the page cache)", rows)


def _row(kind: str, found: dict[str, tuple[float, float]], bound: float | None) -> Row:
    ratios = {database: many / few for database, (few, many) in found.items()}
    shown = [
        f"{database} {ratios[database]:.2f} ({few * 1000:.1f} → {many * 1000:.1f} ms)"
        for database, (few, many) in found.items()
    ]
    return Row(kind, ", ".join(shown), max(ratios.values()), at_most=bound)


def _costs(bench: Bench, plan, few: Data, many: Data) -> dict[str, tuple[float, float]]:
    """Seconds of each kind of page, with few and with many posts; asked by turns."""
    served = {"application": UNCACHED, "WEB_CONCURRENCY": "1", **COUNTED}
    with bench.serve(few, **served) as one, bench.serve(many, **served) as other:
        asking = [Asking(one, few), Asking(other, many)]
        costs = {}
        for kind in asking[0].addresses:
            costs[kind] = _by_turns(asking, kind, plan.times)
        for kind in RIGHT_AFTER:
            costs[f"{kind}, first one after a change"] = _by_turns(asking, kind, plan.times, after_a_change=True)
        for one in asking:
            one.connection.close()
    return costs


def _by_turns(asking: list["Asking"], kind: str, times: int, after_a_change: bool = False) -> tuple[float, float]:
    for one in asking:
        one.ask(kind)
    turns = [tuple(one.ask(kind, after_a_change) for one in asking) for _ in range(times)]
    return median(turn[0] for turn in turns), median(turn[1] for turn in turns)


class Asking:
    """A kept connection to a site, as a member of staff, and its addresses by kind."""

    def __init__(self, site, data: Data) -> None:
        staff = Staff(site.url, site.username, site.password)
        own = {"Host": HOST, "Cookie": staff.cookie(), "Accept-Encoding": "identity"}
        self.connection = Connection(site.port, own)
        # Readers' pages do not look at cookies.
        self.addresses = data.ask(FIND) | {"the sitemap's last part": sitemaps(self.connection)[-1]} | STAFF

    def ask(self, kind: str, after_a_change: bool = False) -> float:
        """Seconds that Django took for this kind of page."""
        if after_a_change:
            self.connection.good("/bench/moved/")
        answer = self.connection.good(self.addresses[kind])
        if "x-seconds" not in answer.headers:
            raise CannotMeasure(f"{self.addresses[kind]} was not made by Django")
        return float(answer.headers["x-seconds"])
