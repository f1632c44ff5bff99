"""Links to posts of this blog: the search behind the link sheet, and the list of links that lead nowhere."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET

from blog.content.editor import Target
from blog.models import Post, StaffWord
from blog.publishing import links

from .work import with_standing

OFFERED = 8
LONGEST_QUESTION = 200


def link_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses of these views, for the post admin's ``get_urls``. All ask for a login."""
    guarded = model_admin.admin_site.admin_view
    return [
        path("find/", guarded(require_GET(find)), name="blog_post_find"),
        path("dead-links/", guarded(_dead_links_page(model_admin)), name="blog_post_dead_links"),
    ]


def find(request: HttpRequest) -> JsonResponse:
    """Posts to link to, as JSON: ``posts``, each with ``id``, ``title``, ``address``, ``fragment``, ``live``, ``word``.

    ``q`` is words of the title, or an address of this blog, which names one post. Live ones come first, then the
    newest. 403 without the right to see posts.
    """
    if not (request.user.has_perm("blog.view_post") or request.user.has_perm("blog.change_post")):
        return JsonResponse({"error": "Your login may not see the list of posts."}, status=403)
    now = timezone.now()
    question = request.GET.get("q", "")[:LONGEST_QUESTION].strip()
    at = links.post_at(question) if question else None
    if at is not None:
        return JsonResponse({"posts": _as_json([at[0]], now, at[1])})
    found = Post.objects.not_in_trash()
    for word in question.split()[:8]:
        found = found.filter(title__icontains=word)
    return JsonResponse({"posts": _as_json(_best(found, now), now) if question else []})


def _best(found: QuerySet[Post], now: datetime) -> list[int]:
    live = found.filter(publications__live_from__lte=now, publications__live_until__gt=now)
    first = list(live.order_by("-saved_at", "-pk").values_list("pk", flat=True)[:OFFERED])
    rest = found.exclude(pk__in=first).order_by("-saved_at", "-pk").values_list("pk", flat=True)
    return first + list(rest[: OFFERED - len(first)])


def _as_json(keys: list[int], now: datetime, fragment: str = "") -> list[dict[str, object]]:
    targets = links.targets(keys, now)
    return [_described(post, targets[post.pk], fragment) for post in with_standing(keys, now)]


def _described(post: Post, target: Target, fragment: str) -> dict[str, object]:
    return {
        "id": post.pk,
        "title": post.title,
        "address": target.address,
        "fragment": fragment,
        "live": target.is_live,
        "word": where_it_stands(post),
    }


def where_it_stands(post: Post) -> str:
    """Where a post from ``with_standing`` stands, in one or two words: «Live», «Draft», «In the trash»."""
    if post.live_since:
        return StaffWord.LIVE.label
    return "In the trash" if post.trashed_at else StaffWord(post.staff_word).label


def _dead_links_page(model_admin: admin.ModelAdmin) -> Callable[[HttpRequest], HttpResponse]:
    def page(request: HttpRequest) -> HttpResponse:
        """Live articles with links that readers cannot follow, and what to do about each."""
        if not model_admin.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        dead = [*links.dead_links(now), *links.dead_addresses(now)]
        standing = {post.pk: post for post in with_standing(list({one.post.pk for one in dead if one.post}), now)}
        lines = [
            {
                "article": one.article,
                "target": standing[one.post.pk] if one.post else None,
                "word": where_it_stands(standing[one.post.pk]) if one.post else "",
                "address": one.address,
            }
            for one in dead
        ]
        context = {
            **model_admin.admin_site.each_context(request),
            "title": "Links that lead nowhere",
            "opts": model_admin.opts,
            "lines": lines,
        }
        return TemplateResponse(request, "admin/blog/post/dead_links.html", context)

    return page
