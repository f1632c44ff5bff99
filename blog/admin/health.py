"""The screen about the health of the site, for those who look after the practice.

What this computer knows at once stands on the front page, too. What takes a network has this page of its own, so that
the front page never waits for a mail server; a small script brings its lines there afterwards. They are kept for some
minutes in each process, so that opening the front page again and again does not bother a mail server.
"""

import threading
import time

from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from blog import health
from blog.clinic_time import clock

REMEMBERED_FOR = 300  # seconds
BEING_LOOKED_AT = "This is being looked at right now. Load the page again in some seconds."
# Each level's word on the screen, and the look of its mark.
MARKS = {health.OK: ("OK", "live"), health.LOOK: ("Needs a look", "sched"), health.WRONG: ("Wrong", "bad")}

_lock = threading.Lock()
_remembered: tuple[float, list[health.Line]] | None = None


def may_see_health(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether the person looks after the practice, and so hears how the site is."""
    return user.has_perm("blog.change_practice")


def health_page(request: HttpRequest) -> HttpResponse:
    """Every line; ``?fresh`` looks at the network again at once."""
    if not may_see_health(request.user):
        raise PermissionDenied
    around, age = _look_around(fresh="fresh" in request.GET)
    context = {
        **admin.site.each_context(request),
        "title": "Health of the site",
        "here": shown(health.look_here()),
        "around": shown(around),
        "looked_at": clock(timezone.now() - timezone.timedelta(seconds=age)),
    }
    return TemplateResponse(request, "admin/health.html", context)


def shown(lines: list[health.Line]) -> list[dict]:
    """Lines for a template, each with the ``word`` for its level and the ``chip`` that the word stands in."""
    return [line._asdict() | dict(zip(("word", "chip"), MARKS[line.level], strict=True)) for line in lines]


def front_page_lines() -> dict:
    """What the front page shows: ``health``, known at once, and ``health_is_good``, when nobody need look at it."""
    lines = health.look_here()
    return {"health": shown(lines), "health_is_good": all(line.level == health.OK for line in lines)}


def _look_around(*, fresh: bool) -> tuple[list[health.Line], float]:
    """The lines that take a network, and how many seconds ago they were looked at."""
    global _remembered
    is_old = _remembered is None or time.monotonic() - _remembered[0] > REMEMBERED_FOR
    # One look at a time: who asks meanwhile gets what is known, so that a mail server that hangs holds up nobody else.
    if (fresh or is_old) and _lock.acquire(blocking=False):
        try:
            _remembered = (time.monotonic(), health.look_around())
        finally:
            _lock.release()
    if _remembered is None:
        return [health.Line("Network", health.LOOK, BEING_LOOKED_AT)], 0.0
    return _remembered[1], time.monotonic() - _remembered[0]
