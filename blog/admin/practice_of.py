"""The clinic, for everything that one request shows of it."""

from django.http import HttpRequest

from blog import reading
from blog.models import Practice


def practice_of(request: HttpRequest) -> Practice:
    """``reading.practice()``, asked for once a request: head, body and lists of a page speak of the same clinic."""
    if not hasattr(request, "staff_practice"):
        request.staff_practice = reading.practice()
    return request.staff_practice


def reviews_matter(request: HttpRequest) -> bool:
    """Whether the practice has health articles reviewed at all; where nobody does, no screen speaks of it."""
    return practice_of(request).review_policy != Practice.ReviewPolicy.NOBODY_YET
