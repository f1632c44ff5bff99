"""What is refused before anything else looks at a request."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed

STAFF = "/admin/"
METHODS = ("GET", "HEAD")
STAFF_METHODS = (*METHODS, "POST", "OPTIONS")


class RefuseOddRequests:
    """Middleware: host and method are judged first, and text that no database can hold is refused.

    - A host that is not ours, and a method that no page here knows (TRACE, PUT, invented ones), end here. Public
      pages are only read: a POST there gets 405 before anything asks for a CSRF token that they never hand out.
    - Public pages are the same for everybody: no cookie that a browser sends reaches them, and none is set.
    - A NUL character in path or query string gets 400: PostgreSQL cannot store it, and no honest link has it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or hand on; an answer to HEAD carries no body."""
        response = self._answer(request)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            # Django counts the bytes of this answer; the header would speak of the page that is not sent.
            del response.headers["Content-Length"]
        elif request.method == "HEAD" and not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # raises DisallowedHost, which Django answers with 400
        is_staff_side = request.path.startswith(STAFF)
        if not is_staff_side:
            request.META.pop("HTTP_COOKIE", None)
        methods = STAFF_METHODS if is_staff_side else METHODS
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest("Bad request: the address has a character that cannot be used.")
        return self.get_response(request)
