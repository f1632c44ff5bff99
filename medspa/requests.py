"""What is refused before anything else looks at a request."""

from collections.abc import Callable
from http import HTTPStatus

from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed, JsonResponse
from django.template.loader import render_to_string

STAFF = "/admin/"
METHODS = ("GET", "HEAD")
STAFF_METHODS = (*METHODS, "POST", "OPTIONS")
# The largest body in bytes, as in deploy/nginx/site.conf: readers send nothing, staff a picture with words around it.
LARGEST, LARGEST_FROM_STAFF = 16 * 1024, 30 * 1024 * 1024
TOO_LARGE = "This file is larger than 25 MB. Save a smaller copy and upload that."
# What browsers send by themselves when a reader taps a number to call: nobody reads anything there.
TAPS, TAP_METHODS = "/tap/", ("POST",)


class RefuseOddRequests:
    """Middleware: host and method are judged first, and text that no database can hold is refused.

    - A host that is not ours, and a method that no page here knows (TRACE, PUT, invented ones), end here. Public
      pages are only read: a POST there gets 405 before anything asks for a CSRF token that they never hand out. Only
      where browsers tell of taps, a POST passes, and nothing else does.
    - Public pages are the same for everybody: no cookie that a browser sends reaches them, and none is set.
    - A body that is larger than nginx would let through is refused with 413, unread, where there is no nginx either.
    - A NUL character in path or query string gets 400: PostgreSQL cannot store it, and no honest link has it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or hand on."""
        request.get_host()  # raises DisallowedHost, which Django answers with 400
        is_staff_side = request.path.startswith(STAFF)
        if not is_staff_side:
            request.META.pop("HTTP_COOKIE", None)
        if _announced(request) > (LARGEST_FROM_STAFF if is_staff_side else LARGEST):
            return _too_large(request)
        methods = STAFF_METHODS if is_staff_side else TAP_METHODS if request.path.startswith(TAPS) else METHODS
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest("Bad request: the address has a character that cannot be used.")
        return self.get_response(request)


def _announced(request: HttpRequest) -> int:
    """The bytes that a body is said to have. Of one that does not say it, Django reads none."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def _too_large(request: HttpRequest) -> HttpResponse:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    headers = {"Content-Security-Policy": build_policy(), "Cache-Control": "no-store"}
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": TOO_LARGE, "field": "file"}, status=status, headers=headers)
    return HttpResponse(render_to_string("413.html"), status=status, headers=headers)
