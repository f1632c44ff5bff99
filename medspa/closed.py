"""Before the opening: with SITE_OPEN=0 the public pages ask for a password."""

import base64
import binascii
from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare

ROBOTS = "User-agent: *\nDisallow: /\n"


class AskForPassword:
    """Middleware: while the site is closed, readers need SITE_PASSWORD; with the site open it does not run at all.

    - HTTP Basic asks: no cookie, no form, and every browser knows it. Any user name will do.
    - Free of it are the health check, static files, robots.txt (which sends all robots away) and the staff side, which
      has its own login.
    - Nothing that readers see is kept or listed anywhere: every other answer says ``no-store`` and ``noindex``.

    It stands before everything that could answer with more than a refusal, and behind Django's SecurityMiddleware, so
    that a password is asked for over https only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.SITE_OPEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer robots.txt, ask for the password, or let the request pass."""
        if request.path_info == "/robots.txt":
            return _private(HttpResponse(ROBOTS, content_type="text/plain"))
        if is_free(request.path_info):
            return self.get_response(request)
        return _private(self.get_response(request) if knows_password(request) else _ask())


def _ask() -> HttpResponse:
    headers = {
        "WWW-Authenticate": 'Basic realm="This blog opens soon", charset="UTF-8"',
        "Content-Security-Policy": build_policy(),
    }
    return HttpResponse(render_to_string("401.html"), status=401, headers=headers)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def is_free(path: str) -> bool:
    """Whether this path answers without the password."""
    return path in ("/healthz", "/admin") or path.startswith(("/admin/", settings.STATIC_URL))


def knows_password(request: HttpRequest) -> bool:
    """Whether the request brings the password, whatever the user name."""
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(sent, validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        return False
    return constant_time_compare(decoded.partition(b":")[2], settings.SITE_PASSWORD.encode())
