"""Answers public pages before Django sees the request, and hands everything else on."""

import hashlib
import io
from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve
from django.utils.http import parse_etags

from blog.reading.snapshot import no_snapshots
from medspa import request_ids
from medspa.release import release_id

from .encoding import PLAIN, best, compressed, plain
from .for_proxy import headers_for_proxy
from .period import Period, PeriodWatch
from .store import Form, Headers, Page, Store

Environ = dict
StartResponse = Callable[..., object]
Key = tuple

MEGABYTE = 1024 * 1024
# In memory, for each process. What readers search for is without bounds, so it may push out nothing but its like.
PAGES, SEARCHES = 32 * MEGABYTE, 4 * MEGABYTE
KEPT = {200: "200 OK", 301: "301 Moved Permanently", 410: "410 Gone"}
NOT_MODIFIED = "304 Not Modified"
LONGEST_QUERY = 1000
# Seconds that one reader waits for the page that another one's request is making.
PATIENCE = 10
# All that a page may be made of, beside its address: who asks, and how, must not get into what others are given.
MADE_OF = {"HTTP_X_FORWARDED_PROTO"}
# Headers that belong to one answer and not to the page.
NOT_KEPT = {"Content-Length", "ETag", "Vary", "X-Request-ID"}


class PageCache:
    """A WSGI application in front of Django's.

    - Host, scheme and method are judged first; what is not plainly a reader's request goes to Django, which refuses it.
    - A page's key is its path and the parameters that its view names (``public_page``); all else in the query is
      ignored and never reaches the view, so a thousand different ``fbclid`` make one page.
    - Kept are answers that a view made from one moment of the database (``made_of``) with status 200, 301 or 410.
    - Answers carry an ETag of content and release, and «not modified» is said for it.
    - After whatever staff sent, this process looks at once whether anything changed.

    ``watch`` and ``most`` (bytes of pages) are for tests.
    """

    def __init__(
        self, application: Callable, watch: PeriodWatch | None = None, most: int = PAGES, most_searches: int = SEARCHES
    ) -> None:
        self.application = application
        self.pages, self.searches = Store(most), Store(most_searches)
        self.watch = watch or PeriodWatch(self.clear)
        site = urlsplit(settings.SITE_URL)
        self._host = site.netloc
        self._hosts = {site.netloc}
        self._scheme = site.scheme
        self._release = release_id()

    def clear(self) -> None:
        """Let every page go."""
        self.pages.clear()
        self.searches.clear()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, from memory where that is right."""
        key = self._key(environ)
        if key is None:
            answer = self.application(environ, start_response)
            if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].startswith("/admin/"):
                self.watch.look_now()
            return answer
        store = self.searches if any(name == "q" for name, _ in key[1]) else self.pages
        period = self.watch.present()
        page = store.get(key) if period else None
        if page is not None and period.covers(page.stamp, page.made_at):
            return self._give(page, period, environ, start_response)
        with store.making(key, PATIENCE) as is_first:
            if not is_first and (period := self.watch.present()):
                page = store.get(key)
                if page is not None and period.covers(page.stamp, page.made_at):
                    return self._give(page, period, environ, start_response)
            return self._make(key, store, environ, start_response)

    # --- What is asked ------------------------------------------------------------------------------------------------

    def _key(self, environ: Environ) -> Key | None:
        """What tells this page from every other one; None for a request that is Django's alone."""
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or environ.get("SCRIPT_NAME") or path.startswith("/admin/"):
            return None
        if not self._is_ours(environ) or not (path.isascii() and query.isascii()) or len(query) > LONGEST_QUERY:
            return None
        if not query and (path, ()) in self.pages:
            return path, ()
        try:
            view = resolve(path).func
        except Resolver404:
            return None
        names = getattr(view, "parameters", None)
        if names is None or "%00" in query:
            return None
        # Of a parameter that comes twice Django takes the last one, as a dictionary does.
        try:
            sent = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
        except ValueError:
            return None
        return path, tuple((name, sent[name]) for name in names if name in sent)

    def _is_ours(self, environ: Environ) -> bool:
        host = environ.get("HTTP_HOST", "")
        if host not in self._hosts:
            if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
                return False
            if len(self._hosts) < 100:
                self._hosts.add(host)
        return self._scheme == "http" or environ.get("HTTP_X_FORWARDED_PROTO") == "https"

    # --- What is answered ---------------------------------------------------------------------------------------------

    def _make(self, key: Key, store: Store, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Let Django make the page, keep it if it may be kept, and give it."""
        request_ids.of(environ)  # given now, so that the line about this request has the id that Django logs by
        said: list = []
        with no_snapshots(self.watch.hangs()):
            response = self.application(self._bare(key, environ), lambda *status: said.extend(status))
        page = self._page(response)
        if page is None:
            start_response(*said)
            if environ["REQUEST_METHOD"] == "HEAD":
                response.close()
                return ()
            return response
        response.close()
        store.put(key, page)
        return self._give(page, self.watch.present(), environ, start_response)

    def _bare(self, key: Key, environ: Environ) -> Environ:
        """The request as everybody's: nothing of the one who happens to ask first."""
        _, parameters = key
        kept = {name: value for name, value in environ.items() if not name.startswith("HTTP_") or name in MADE_OF}
        return kept | {
            "REQUEST_METHOD": "GET",
            "HTTP_HOST": self._host,
            "QUERY_STRING": urlencode(parameters),
            "CONTENT_LENGTH": "",
            "CONTENT_TYPE": "",
            "wsgi.input": io.BytesIO(),
        }

    def _give(self, page: Page, period: Period | None, environ: Environ, start_response: StartResponse) -> tuple:
        form = page.forms.get(best(environ.get("HTTP_ACCEPT_ENCODING", ""))) or page.forms.get(PLAIN) or _plain(page)
        is_right = period is not None and period.covers(page.stamp, page.made_at)
        for_proxy = headers_for_proxy(self.watch.sure_for(period) if is_right else 0, environ)
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and page.status == KEPT[200] and _is_named(page, known):
            start_response(NOT_MODIFIED, [*for_proxy, *form.headers_of_304])
            return ()
        start_response(page.status, [*for_proxy, *form.headers])
        return () if environ["REQUEST_METHOD"] == "HEAD" else (form.body,)

    def _page(self, response: HttpResponse) -> Page | None:
        """The answer as a page to keep; None for one that is not to be kept."""
        made_of = getattr(response, "made_of", None)
        if made_of is None or response.status_code not in KEPT or response.cookies or response.get("Vary"):
            return None
        headers = [(name, value) for name, value in response.items() if name not in NOT_KEPT]
        etag = f"{hashlib.sha256(response.content).hexdigest()[:22]}-{self._release}"
        forms = {coding: _form(body, headers, etag, coding) for coding, body in compressed(response.content).items()}
        return Page(KEPT[response.status_code], *made_of, etag, forms)


def _form(body: bytes, headers: Headers, etag: str, coding: str) -> Form:
    tag = f'"{etag}-{coding}"' if coding else f'"{etag}"'
    own = [("ETag", tag), ("Vary", "Accept-Encoding")]
    of_body = [("Content-Length", str(len(body))), *([("Content-Encoding", coding)] if coding else [])]
    without_body = [(name, value) for name, value in headers if name != "Content-Type"]
    return Form(body, [*headers, *own, *of_body], [*without_body, *own])


def _plain(page: Page) -> Form:
    """For whoever understands no compression: made anew each time, because no browser is among them."""
    body = plain({coding: form.body for coding, form in page.forms.items()})
    compressed_one = next(iter(page.forms.values()))
    headers = [(name, value) for name, value in compressed_one.headers if name not in {*NOT_KEPT, "Content-Encoding"}]
    return _form(body, headers, page.etag, PLAIN)


def _is_named(page: Page, header: str) -> bool:
    """Whether an If-None-Match header names this page in any of its forms (RFC 9110, 13.1.2: compared weakly)."""
    etags = {f'"{page.etag}"', *(f'"{page.etag}-{coding}"' for coding in page.forms)}
    return any(known == "*" or known.removeprefix("W/") in etags for known in parse_etags(header))
