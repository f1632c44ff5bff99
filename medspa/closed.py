"""Before the opening: with SITE_OPEN=0 the public pages ask for a password."""

import base64
import binascii
from collections.abc import Callable
from http import HTTPStatus

from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare

from blog.signing_in import attempts

FILES = (settings.STATIC_URL, settings.MEDIA_URL)
ROBOTS = "User-agent: *\nDisallow: /\n"


class AskForPassword:
    """Middleware: while the site is closed, readers need SITE_PASSWORD; with the site open it does not run at all.

    - HTTP Basic asks: no cookie, no form, and every browser knows it. Any user name will do.
    - Free of it are what tells of the site's health, static files, robots.txt (which sends all robots away), the staff
      side, which has its own login, and pictures: the staff side shows them, and nobody finds one without a page that
      names it.
    - Wrong passwords are counted by the address they come from; after too many it has to wait.
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
        tries = "Authorization" in request.headers and not is_staff_side(request.path_info)
        if tries and attempts.is_locked(request, attempts.READERS):
            return _private(_wait())
        if knows_password(request):
            response = self.get_response(request)
            return response if is_staff_side(request.path_info) else _private(response)
        if not (is_staff_side(request.path_info) or request.path_info.startswith(FILES)):
            if tries:
                attempts.count_failure(request, attempts.READERS)
            return _private(_ask())
        response = self.get_response(request)
        # The page for what is not there names the newest articles.
        if response.status_code == HTTPStatus.NOT_FOUND and not request.user.is_authenticated:
            return _private(_ask())
        return response


def _ask() -> HttpResponse:
    headers = {
        "WWW-Authenticate": 'Basic realm="This blog opens soon", charset="UTF-8"',
        "Content-Security-Policy": build_policy(),
    }
    return HttpResponse(render_to_string("401.html"), status=401, headers=headers)


def _wait() -> HttpResponse:
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    return HttpResponse(
        f"Too many wrong passwords came from here. Try again in {seconds // 60} minutes.",
        status=HTTPStatus.TOO_MANY_REQUESTS,
        content_type="text/plain; charset=utf-8",
        headers={"Retry-After": str(seconds), "Content-Security-Policy": build_policy()},
    )


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def is_staff_side(path: str) -> bool:
    """Whether a path belongs to the staff side, which has its own login, or tells of the site's health."""
    return path in ("/healthz", "/readyz", "/admin") or path.startswith("/admin/")


def knows_password(request: HttpRequest) -> bool:
    """Whether the request brings the password, whatever the user name."""
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(sent, validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        return False
    return constant_time_compare(decoded.partition(b":")[2], settings.SITE_PASSWORD.encode())
