"""Headers that every answer carries, whoever gives it: a page, a static file, a refusal."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

# What no page here uses, so that nothing that slips into one can either.
UNUSED_POWERS = (
    "accelerometer autoplay browsing-topics camera display-capture encrypted-media geolocation gyroscope hid "
    "idle-detection magnetometer microphone midi payment publickey-credentials-get screen-wake-lock serial usb "
    "xr-spatial-tracking"
).split()
PERMISSIONS_POLICY = ", ".join(f"{power}=()" for power in UNUSED_POWERS)

# Files that others may show: feed readers show pictures on pages of their own.
SHOWN_ELSEWHERE = ("/media/", "/static/")


class ProtectiveHeaders:
    """Middleware: who may embed what this site answers, and what its pages may never ask a browser for.

    Django and django-csp send the rest: HSTS, nosniff, referrer, opener, framing and content policies. An answer to
    HEAD carries no body, a refusal neither: on a connection that is kept, it would be taken for the next answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand on, and add what the answer does not say itself."""
        response = self.get_response(request)
        resource_policy = "cross-origin" if request.path.startswith(SHOWN_ELSEWHERE) else "same-origin"
        response.headers.setdefault("Cross-Origin-Resource-Policy", resource_policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            # Django counts the bytes of this answer; the header would speak of the page that is not sent.
            del response.headers["Content-Length"]
        elif request.method == "HEAD" and response.streaming:
            response.streaming_content = []  # the file itself is closed with the response
        elif request.method == "HEAD":
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response
