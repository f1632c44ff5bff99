"""The page with both texts: a colleague saved meanwhile, or the same person wrote on in another window.

Nothing is chosen beforehand and nothing is thrown away: the words that could not be saved are a version already when
the page shows them. What is chosen goes the way of every save, through the form of the post.
"""

import re
from datetime import datetime

from django.contrib import admin
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from blog import publishing
from blog.clinic_time import clock, spoken
from blog.content.passages import THEIRS, THEIRS_FIRST, YOURS, YOURS_FIRST
from blog.models import Post, Revision

from .both_texts import BothTexts
from .post_form import PostForm
from .post_words import typed_words

CHOICE = "choice-"
KEY = re.compile(r"[a-z0-9_-]{1,40}")
CHOICES = frozenset({THEIRS, YOURS, THEIRS_FIRST, YOURS_FIRST})
# In the session: the words that this person has settled, even where nothing of them was taken.
SETTLED = "both_texts_settled"


def conflict_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The address of the page, for the post admin's ``get_urls``. It asks for a login."""

    @never_cache
    def view(request: HttpRequest, pk: int, mine: int) -> HttpResponse:
        try:
            if request.method == "POST":
                with transaction.atomic():
                    return _save(model_admin, request, pk, mine)
            return _show(model_admin, request, pk, mine)
        except publishing.NotThere as gone:
            raise Http404 from gone
        except publishing.NotAllowed as refused:
            return model_admin.admin_site.refusal(request, str(refused))

    return [path("<int:pk>/conflict/<int:mine>/", model_admin.admin_site.admin_view(view), name="blog_post_conflict")]


def refused_save(model_admin: admin.ModelAdmin, request: HttpRequest, form: PostForm, now: datetime) -> HttpResponse:
    """Answer 409 to a save that met other words: keep what was sent among the versions, and show both texts."""
    post = publishing.lock_post(form.instance.pk)
    values, typed = typed_words(request.POST, post, request.user, now)
    mine = publishing.keep_aside(request.user, post, values, typed, base_id=form.seen.base_id, now=now)
    return _page(model_admin, request, post, mine, {}, now, status=409, kept_window=form.seen.window)


def left_aside(request: HttpRequest, post: Post, newest: Revision | None, now: datetime) -> dict[str, str] | None:
    """What the editing screen says of words that are not in the draft because a colleague saved, and nobody settled."""
    mine = publishing.words_left_aside(request.user, post, newest)
    if mine is None or request.session.get(SETTLED) == mine.pk:
        return None
    both = reverse("admin:blog_post_conflict", args=[post.pk, mine.pk])
    return {"who": publishing.name_of(newest.saved_by), "at": _when(mine.saved_at, now), "both": both}


def _show(model_admin: admin.ModelAdmin, request: HttpRequest, pk: int, mine_id: int) -> HttpResponse:
    post = Post.objects.filter(pk=pk).select_related("author").first()
    if post is None:
        raise Http404
    return _page(model_admin, request, post, _words_of(request, post, mine_id), {}, timezone.now())


def _save(model_admin: admin.ModelAdmin, request: HttpRequest, pk: int, mine_id: int) -> HttpResponse:
    """Save what was chosen, on top of exactly the words that the page showed."""
    now = timezone.now()
    post = publishing.lock_post(pk)
    mine = _words_of(request, post, mine_id)
    there = publishing.words_there(request.user, post)
    choices = _choices(request)
    if request.POST.get("seen") != _mark(there):
        return _page(model_admin, request, post, mine, choices, now, status=409, moved=True)
    both = BothTexts(there, mine, choices)
    if both.left:
        return _page(model_admin, request, post, mine, choices, now, refused=True)
    request.session[SETTLED] = mine.pk
    publishing.set_own_aside(request.user, post, now)
    newest = publishing.newest_revision(post)
    data = both.merged()
    data["base"] = str(newest.pk) if newest else ""
    # From here on it is the save of a form like any other, with everything that a form refuses.
    request.POST = data
    return model_admin.change_view(request, str(pk), reverse("admin:blog_post_change", args=[pk]))


def _words_of(request: HttpRequest, post: Post, mine_id: int) -> Revision:
    publishing.require_edit(request.user, post)
    mine = publishing.kept_words(request.user, post, mine_id)
    if mine is None or publishing.words_there(request.user, post) is None:
        raise Http404
    return mine


def _choices(request: HttpRequest) -> dict[str, str]:
    sent = {name.removeprefix(CHOICE): value for name, value in request.POST.items() if name.startswith(CHOICE)}
    return {key: value for key, value in sent.items() if KEY.fullmatch(key) and value in CHOICES}


def _mark(revision: Revision) -> str:
    """Which words the page showed."""
    return f"{revision.pk}.{revision.version}"


def _page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    post: Post,
    mine: Revision,
    choices: dict[str, str],
    now: datetime,
    *,
    status: int = 200,
    kept_window: str = "",
    moved: bool = False,
    refused: bool = False,
) -> HttpResponse:
    there = publishing.words_there(request.user, post)
    is_own = there.saved_by_id == request.user.pk
    who = publishing.name_of(there.saved_by)
    both = BothTexts(there, mine, choices)
    if not both.places:
        request.session[SETTLED] = mine.pk
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"You wrote “{post.title}” in two windows" if is_own else f"{who} saved this post before you",
        "post": post,
        "opts": model_admin.opts,
        "action": reverse("admin:blog_post_conflict", args=[post.pk, mine.pk]),
        "both": both,
        "seen": _mark(there),
        "is_own": is_own,
        "who": who,
        "there_at": _when(there.saved_at, now),
        "mine_at": _when(mine.saved_at, now),
        "not_saved": status == 409 or refused,
        "kept_window": kept_window,
        "moved": moved,
        "refused": refused,
    }
    return TemplateResponse(request, "admin/blog/post/conflict.html", context, status=status)


def _when(moment: datetime, now: datetime) -> str:
    is_today = timezone.localtime(moment).date() == timezone.localtime(now).date()
    return clock(moment) if is_today else spoken(moment, now, zone=False)
