"""What runs inside a site that is measured, under ``inside_settings``: a counter, and addresses of the bench's own."""

import os
import time

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone

from blog import heads, reading, structured_data
from blog.models import public_write

RENDERS = "renders.log"


class Counting:
    """Says with each answer that Django makes how many queries and seconds it took, and notes that it was made."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response
        self.log = os.open(settings.VAR_DIR / RENDERS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = 0

        def count(execute, sql, *rest):
            nonlocal asked
            asked += sql.lstrip("( ").startswith(("SELECT", "WITH"))
            return execute(sql, *rest)

        os.write(self.log, f"{os.getpid()} {request.path}\n".encode())
        started = time.perf_counter()
        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response["X-Seconds"] = f"{time.perf_counter() - started:.6f}"
        response["X-Queries"] = str(asked)
        return response


def plain(request: HttpRequest, slug: str) -> HttpResponse:
    """An article as the plainest view would give it: the same questions, context and template, and nothing else."""
    now = timezone.now()
    found = reading.find_article(slug, now)
    practice = reading.practice()
    page = reading.article_page(found, now, clinic=practice)
    head = heads.article_head(practice, page)
    graph = structured_data.article_graph(practice, head, page)
    context = {"page": page, "practice": practice, "head": head, "structured_data": graph}
    return render(request, "blog/article.html", context)


def moved(request: HttpRequest) -> HttpResponse:
    """Moves the change stamp, as if something public had been written: nothing that is kept holds any more."""
    with public_write():
        pass
    return HttpResponse("ok")


urlpatterns = [
    path("bench/plain/<slug:slug>/", plain),
    path("bench/moved/", moved),
    path("", include("medspa.urls")),
]
handler404 = "blog.views.not_found"
handler500 = "blog.trouble.server_error"
