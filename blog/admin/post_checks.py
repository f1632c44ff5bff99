"""Where the editing form's script asks what the checks find in words as they are typed. Nothing is stored.

Answers are JSON with a ``state``: ``checked`` (200) with what ``Checked.as_json`` says; ``signed_out`` (401),
``refused`` (403), ``gone`` (410) otherwise, and the panel goes on showing what it knew.
"""

from django.contrib import admin
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from blog import publishing
from blog.models import Post

from .checks_shown import checked
from .post_preview import as_typed


def check_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The address for the post admin's ``get_urls``: of a stored post, or with 0 of one that is not stored yet."""
    screens = CheckScreens(model_admin)
    return [path("<int:pk>/checks/", never_cache(require_POST(screens.checks)), name="blog_post_checks")]


class CheckScreens:
    """The view of one post admin."""

    def __init__(self, model_admin: admin.ModelAdmin) -> None:
        self.site = model_admin.admin_site

    def checks(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Check what the form holds now, for whoever may write it."""
        if not self.site.has_permission(request):
            return JsonResponse({"state": "signed_out"}, status=401)
        now, post = timezone.now(), None
        try:
            if pk:
                post = Post.objects.filter(pk=pk).select_related("author", "topic", "hero_image").first()
                if post is None:
                    return JsonResponse({"state": "gone"}, status=410)
                publishing.require_edit(request.user, post)
            else:
                publishing.require_create(request.user)
        except publishing.NotAllowed:
            return JsonResponse({"state": "refused"}, status=403)
        article, _ = as_typed(request.POST, post, now)
        return JsonResponse({"state": "checked", **checked(article, now).as_json()})
