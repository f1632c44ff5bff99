"""A name for each request, by which its lines in the logs are found.

It is the proxy's own where that is trusted, so that nginx's line and the site's lines carry the same one; else it is
made here. Whatever is logged while the request is answered carries it (``medspa.logs``).
"""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from blog.networks import is_one_of

HEADER = "X-Request-ID"
# Digits of a hexadecimal number, with hyphens between if there must be some: nginx's are 32, a UUID has hyphens.
SANE = re.compile(r"(?=.{16,64}\Z)[0-9a-f]+(?:-[0-9a-f]+)*", re.IGNORECASE)
KEPT = "medspa.request_id"

_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The id of the request that this thread is answering; blank where there is none."""
    return _current.get()


def of(meta: dict) -> str:
    """The id of a request, the same however often one asks; ``meta`` is its WSGI environment, Django's ``META``.

    The page cache answers before Django; gunicorn's line about such a request gets its id here.
    """
    if KEPT not in meta:
        sent = str(meta.get("HTTP_X_REQUEST_ID", ""))
        believed = is_one_of(str(meta.get("REMOTE_ADDR", "")), settings.FORWARDED_ALLOW_IPS)
        meta[KEPT] = sent.lower() if believed and SANE.fullmatch(sent) else uuid.uuid4().hex
    return meta[KEPT]


class RequestId:
    """Middleware, before all others: gives the request its id, as ``request.request_id`` too.

    The id goes back as ``X-Request-ID`` with answers that say ``no-store``: the staff side's, and those that tell of
    trouble. What a cache may keep has none, because it would tell others the id of somebody else's request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand on; whatever is logged meanwhile carries the id."""
        request.request_id = of(request.META)
        before = _current.set(request.request_id)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(before)
        if "no-store" in response.headers.get("Cache-Control", ""):
            response.headers[HEADER] = request.request_id
        return response
