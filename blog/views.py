"""The patients' face: pages that anybody may read. No view here knows who is looking."""

import logging
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus

from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_POST, require_safe

from blog import heads, reading, reviewed, structured_data
from blog import search as readers_search
from blog.health import ready
from blog.health.around import MARK, site_mark
from blog.models import Author, Tag, Topic
from blog.patients import patient_file
from blog.picture_files import open_rendition
from blog.reading.snapshot import snapshot

logger = logging.getLogger(__name__)


def ask_again(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a public view: a browser asks each time, and gets 304 where the answer is the same as last time.

    Without this it keeps a 301 or a 410 for ever, and whoever saw «gone» once would go on seeing it after the article
    is back. «The same» is told by the content alone (ETag): no date can tell it, because what is taken off or put back
    makes a page older, and a changed phone number is on every page.
    """
    return conditional_page(cache_control(no_cache=True)(view))


def public_page(*parameters: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorate a view whose answer depends on the address, these parameters, the database and the time alone.

    It is read from one moment of the database, and carries as ``made_of`` the change stamp of that moment and when it
    was begun, so that the page cache knows for how long it is right. What else stands in the query does not count.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            began = timezone.now()
            with snapshot() as stamp:
                try:
                    response = view(request, *args, **kwargs)
                except Http404 as nothing:
                    response = not_found(request, nothing)
            response.made_of = (stamp, began)
            return response

        page = ask_again(answer)
        page.parameters = parameters
        return page

    return decorate


# No search engine keeps a patient's picture, and nobody else does without asking.
PATIENT_PICTURE = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex, noimageindex"}
MEDIA_NAME = re.compile(r"[0-9a-z][0-9a-z.-]{0,150}\.(avif|webp|jpg)")
MEDIA_TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}


@require_safe
@ask_again
def home(request: HttpRequest) -> HttpResponse:
    """The bare address leads to the blog."""
    return redirect("blog:index")


@require_safe
@public_page("page")
def index(request: HttpRequest) -> HttpResponse:
    """The blog's own page: every live article, newest first."""
    now = timezone.now()
    return _list(request, now, "blog/index.html", reading.posts(now))


@require_safe
@public_page("page")
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """The articles of one topic."""
    now = timezone.now()
    found = get_object_or_404(Topic, slug=slug)
    return _list(request, now, "blog/topic.html", reading.posts(now, topic=found), topic=found)


@require_safe
@public_page("page")
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """The articles with one tag."""
    now = timezone.now()
    found = get_object_or_404(Tag, slug=slug)
    return _list(request, now, "blog/tag.html", reading.posts(now, tag=found), tag=found)


@require_safe
@public_page("page")
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """A person and the articles under their name."""
    now = timezone.now()
    found = get_object_or_404(Author.objects.select_related("photo"), slug=slug)
    return _list(request, now, "blog/author.html", reading.posts(now, author=found), author=found)


def _list(request: HttpRequest, now: datetime, template: str, paginator: Paginator, **about) -> HttpResponse:
    page = reading.page_of(paginator, request.GET.get("page"))
    # A topic, tag or person without a live article does not exist for readers: its name may belong to a draft.
    # But for a clinician whom a page names as its reviewer, with a link to here.
    exists = not about or paginator.count or (about.get("author") and reviewed.names_as_reviewer(about["author"], now))
    if page is None or not exists:
        raise Http404
    practice = reading.practice()
    head = heads.list_head(practice, page, **about)
    context = {
        "page": page,
        "page_numbers": paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "topics": reading.topics(now),
        "practice": practice,
        "head": head,
        "structured_data": structured_data.list_graph(practice, head, **about),
        **about,
    }
    return render(request, template, context)


@require_safe
@public_page()
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """An article; or where it moved (301), or that it is gone (410)."""
    now = timezone.now()
    found = reading.find_article(slug, now)
    if found is None:
        raise Http404
    if isinstance(found, reading.Moved):
        return redirect("blog:article", slug=found.slug, permanent=True)
    if isinstance(found, reading.Gone):
        return _suggestions(request, "blog/gone.html", HTTPStatus.GONE)
    practice = reading.practice()
    page = reading.article_page(found, now, clinic=practice, counted_as=found.slug)
    head = heads.article_head(practice, page)
    context = {
        "page": page,
        "practice": practice,
        "head": head,
        "structured_data": structured_data.article_graph(practice, head, page),
        "counted_as": found.slug,
    }
    return render(request, "blog/article.html", context)


@csrf_exempt
@require_POST
def tap(request: HttpRequest, happened: str, slug: str) -> HttpResponse:
    """A browser tells that the number to call, or the link to book, was tapped on an article's page.

    Nothing is read of the request, looked up or stored: what counts is the line of the server's own log. Nobody
    waits for this answer, and nothing depends on it.
    """
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_safe
@public_page("q", "page")
def search(request: HttpRequest) -> HttpResponse:
    """What readers look for, found in the live articles; without a question, the form."""
    now = timezone.now()
    answer = readers_search.search(request.GET.get("q", ""), now, request.GET.get("page"))
    if answer.page is None:
        raise Http404
    page = answer.page
    context = {
        "answer": answer,
        "page": page,
        "page_numbers": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "topics": [] if answer.results else reading.topics(now),
        "practice": reading.practice(),
    }
    return render(request, "blog/search.html", context)


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponse:
    """A picture file, where no web server in front serves them. Its name is its content's hash: keep it for ever."""
    if not MEDIA_NAME.fullmatch(name) or not default_storage.exists(name):
        raise Http404
    response = FileResponse(default_storage.open(name), content_type=MEDIA_TYPES[name.rpartition(".")[2]])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def patient_picture(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A file of a patient's picture, if readers may see it at this very moment; asked anew at each request.

    Nobody may keep it without asking again, and «not modified» is said only after all of that is sure. Without the
    database nothing is sure, and no file is given.
    """
    image = patient_file(pk, name, timezone.now())
    if image is None:
        return _no_picture()
    etag = f'"{name}"'
    try:
        with open_rendition(image, name) as file:
            response = HttpResponse(file.read(), content_type=MEDIA_TYPES[name.rpartition(".")[2]])
    except OSError:
        logger.exception("A file of picture %s cannot be read.", pk)
        return _no_picture()
    for header, value in {**PATIENT_PICTURE, "ETag": etag}.items():
        response.headers[header] = value
    return get_conditional_response(request, etag=etag, response=response)


def _no_picture() -> HttpResponse:
    sentence = "This picture is not shown."
    return HttpResponse(sentence, content_type="text/plain", status=404, headers=PATIENT_PICTURE)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Says that this process answers, and for which site; asks nothing else."""
    return HttpResponse("ok", content_type="text/plain", headers={MARK: site_mark()})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Says whether this process can serve, else why not, a line for each reason."""
    reasons = ready.what_is_missing()
    response = HttpResponse("\n".join(reasons) or "ready", content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    if reasons:
        response.status_code, response.headers["Retry-After"] = HTTPStatus.SERVICE_UNAVAILABLE, "30"
        response._has_been_logged = True  # whoever asks each second would fill the log
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 with ways on."""
    return _suggestions(request, "blog/not_found.html", HTTPStatus.NOT_FOUND)


def _suggestions(request: HttpRequest, template: str, status: HTTPStatus) -> HttpResponse:
    now = timezone.now()
    context = {
        "suggestions": reading.newest_posts(now, reading.MORE_POSTS),
        "topics": reading.topics(now),
        "practice": reading.practice(),
    }
    response = render(request, template, context, status=status)
    patch_cache_control(response, no_cache=True)
    return response
