"""What the screens about one post share: the post is looked up, refusals become pages, and each page knows its post."""

from collections.abc import Callable
from functools import wraps

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from blog import publishing
from blog.clinic_time import zone_label
from blog.models import Post


def screen(view: Callable) -> Callable:
    """Make ``view(self, request, post, now, …)`` of a ``PostScreens`` one that takes the post's key.

    Words at rest become the draft first. 404 where there is no such post, 403 with a sentence for whoever may not.
    """

    @wraps(view)
    def inner(self: "PostScreens", request: HttpRequest, pk: int, **numbers: int) -> HttpResponse:
        post, now = Post.objects.filter(pk=pk).select_related("author").first(), timezone.now()
        if post is None:
            raise Http404
        try:
            publishing.settle(post, now)
            return view(self, request, post, now, **numbers)
        except publishing.NotThere as gone:
            raise Http404 from gone
        except publishing.NotAllowed as refused:
            return self.site.refusal(request, str(refused))

    return inner


class PostScreens:
    """Screens of one post admin."""

    def __init__(self, model_admin: admin.ModelAdmin) -> None:
        self.model_admin = model_admin
        self.site = model_admin.admin_site

    def page(
        self, request: HttpRequest, template: str, post: Post, title: str, status: int = 200, **about: object
    ) -> HttpResponse:
        """A page of ``templates/admin/blog/post/`` about this post."""
        context = {
            **self.site.each_context(request),
            "title": title,
            "post": post,
            "opts": self.model_admin.opts,
            "zone": zone_label(),
            "may_release": publishing.may_release(request.user),
            **about,
        }
        return TemplateResponse(request, f"admin/blog/post/{template}", context, status=status)
