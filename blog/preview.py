"""A draft by secret link: for whoever was sent it, without a login, until it ends.

It is no public page: nothing leads here, nothing of it is kept anywhere, and it reads drafts.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blog import publishing, reading
from blog.clinic_time import day


@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The article as readers would see it, under a bar that says what it is; 404 for whatever does not work (any more).

    Every 404 here is the same, so that nobody learns whether there ever was such a link.
    """
    now = timezone.now()
    shown = publishing.open_preview_link(token, now)
    context = {"practice": reading.practice()}
    if shown is None:
        response = render(request, "blog/preview_ended.html", context, status=HTTPStatus.NOT_FOUND)
    else:
        page = reading.preview_page(shown.revision, shown.tags, now, context["practice"])
        context |= {"page": page, "by_link": True, "ends": day(shown.ends_at, now)}
        response = render(request, "blog/preview.html", context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
