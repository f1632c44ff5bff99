"""The lines by which articles' readers are counted: which answers make one, how it looks, in which file it stands.

A line is ``1764268800.125 read after-a-peel``: the moment (seconds since 1970, UTC), what happened, and the article's
own part of its address. Nothing of who read: no address, no browser, no query. Whoever answers readers writes it:
gunicorn (``medspa/reads.py``) or nginx in front of it (``deploy/nginx/reads.conf``), by the same rules.

Floor 0: knows no model and no setting.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

KEPT = timedelta(days=60)
READ, CALL, BOOK = "read", "call", "book"
# Browsers begin so. Of the others that do, one of these words is in the name: nginx has the same list.
BROWSER = r"^Mozilla/5\.0 \("
NO_BROWSER = (
    r"(?<!cu)bot|crawl|spider|slurp|scrap|scan|fetch|preview|validat|monitor|check|verif|archiv|feed|\brss|audit|agent|"
    r"analy[sz]er|synthetic|optimi[sz]er|externalhit|headless|lighthouse|page ?speed|pingdom|gtmetrix|ptst/|phantom|"
    r"selenium|playwright|puppeteer|electron|inspect|google(?!app|wv)|compatible;|https?:|www\.|@|curl|python|libwww"
)
# What a browser says when it only gets a page in case somebody will open it.
AHEAD_OF_TIME = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")

_ARTICLE = re.compile(r"/blog/([-a-zA-Z0-9_]{1,255})/")
_TAP = re.compile(r"/tap/(call|book)/([-a-zA-Z0-9_]{1,255})/")
_LINE = re.compile(rb"([0-9]{9,11}(?:\.[0-9]{1,6})?) (read|call|book) ([-a-zA-Z0-9_]{1,255})\n")
_FILE = re.compile(r"reads-([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.[0-9a-f]+)?\.log")
_BROWSER, _NO_BROWSER = re.compile(BROWSER), re.compile(NO_BROWSER, re.IGNORECASE)


class Noted(NamedTuple):
    """What a line says: ``happened`` is READ, CALL or BOOK, ``at`` an aware moment."""

    at: datetime
    happened: str
    slug: str


def noted(request: Mapping[str, object], status: int | None) -> tuple[str, str] | None:
    """What happened and the article's slug, if an answer with this ``status`` to this WSGI request counts; else None.

    A read is a page of an article that was opened, whole or known from last time (304). No reads: HEAD, what a script
    fetched, what a browser got ahead of time, known bots. A tap is a browser's ping, whose answer is always 204.
    """
    path = request["PATH_INFO"]
    method = request["REQUEST_METHOD"]
    if method == "GET" and status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED) and (found := _ARTICLE.fullmatch(path)):
        is_opened = request.get("HTTP_SEC_FETCH_DEST", "document") == "document"
        counts = is_opened and not any(request.get(name) for name in AHEAD_OF_TIME)
        happened, slug = READ, found[1]
    elif method == "POST" and status == HTTPStatus.NO_CONTENT and (found := _TAP.fullmatch(path)):
        counts = request.get("CONTENT_TYPE") == "text/ping"
        happened, slug = found[1], found[2]
    else:
        return None
    return (happened, slug) if counts and is_browser(request.get("HTTP_USER_AGENT", "")) else None


@lru_cache(maxsize=1024)
def is_browser(name: str) -> bool:
    """Whether something that calls itself ``name`` (User-Agent) is no known bot."""
    return _BROWSER.match(name) is not None and _NO_BROWSER.search(name) is None


def line(at: float, happened: str, slug: str) -> bytes:
    """One line; ``at`` in seconds since 1970."""
    return f"{at:.3f} {happened} {slug}\n".encode("ascii")


def parsed(text: bytes) -> Noted | None:
    """What a line says; None for a line that nobody here wrote."""
    found = _LINE.fullmatch(text)
    if found is None:
        return None
    return Noted(datetime.fromtimestamp(float(found[1]), UTC), found[2].decode(), found[3].decode())


def file_name(at: float) -> str:
    """The file in which lines of the moment ``at`` (seconds since 1970) stand: one a day of UTC."""
    return f"reads-{datetime.fromtimestamp(at, UTC):%Y-%m-%d}.log"


def day_of(name: str) -> date | None:
    """The day (UTC) of a file of lines by its name, which may have got a mark before its end; None for another file."""
    found = _FILE.fullmatch(name)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def remove_old(folder: Path, now: float) -> None:
    """Remove files that nobody has counted for two months, so that they never fill the disk. Raises ``OSError``."""
    oldest = datetime.fromtimestamp(now, UTC).date() - KEPT
    for file in folder.iterdir():
        if (day := day_of(file.name)) and day < oldest:
            file.unlink(missing_ok=True)
