"""An article that is not kept yet, beside the plainest view that gives the same page."""

from load import Answer, Connection
from proxy import HOST
from results import Comparison, Row, Section, Spread
from servers import COUNTED, POSTGRES, SQLITE, Bench

QUERIES, NO_SLOWER = 8, 1.0
WARM_UP = 20
FIND = """
from django.utils import timezone
from blog.models import Publication
print(*Publication.objects.live(timezone.now()).order_by("pk").values_list("slug", flat=True)[:{count}])
"""


def measure(bench: Bench, plan) -> list[Section]:
    """Queries and time of an article that a process gives for the first time."""
    rows = [row for database in (SQLITE, POSTGRES) for row in _rows(bench, plan, database)]
    return [Section("An article that is not kept yet", rows)]


def _rows(bench: Bench, plan, database: str) -> list[Row]:
    data = bench.posts(plan.many, database)
    slugs = data.site().python(FIND.format(count=plan.articles + WARM_UP)).split()
    served: list[Answer] = []
    plain: list[Answer] = []
    with bench.serve(data, WEB_CONCURRENCY="1", **COUNTED) as site:
        connection = Connection(site.port, {"Host": HOST})
        for number, slug in enumerate(slugs):
            both = [(f"/blog/{slug}/", served), (f"/bench/plain/{slug}/", plain)]
            # By turns the one or the other comes first, and warms the database for both.
            for path, answers in both if number % 2 else reversed(both):
                answers.append(connection.good(path))
        connection.close()
    del served[:WARM_UP], plain[:WARM_UP]
    whole = Comparison(Spread([one.seconds for one in served]), Spread([one.seconds for one in plain]))
    django = Comparison(Spread([_inside(one) for one in served]), Spread([_inside(one) for one in plain]))
    queries = max(int(answer.headers["x-queries"]) for answer in served)
    return [
        Row(f"queries, {database}", f"{queries} at most, of {len(served)} articles", queries, at_most=QUERIES),
        _ratio(f"time until it is there, of a plain view, {database}", whole, NO_SLOWER),
        _ratio(f"of that Django's part alone, {database}", django, None),
    ]


def _inside(answer: Answer) -> float:
    return float(answer.headers["x-seconds"])


def _ratio(what: str, found: Comparison, bound: float | None) -> Row:
    measured = f"{found.ratio:.2f}: {found.ones.median * 1000:.1f} and {found.others.median * 1000:.1f} ms"
    return Row(what, measured, found.ratio, at_most=bound)
