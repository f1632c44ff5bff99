"""Where the editing form's script brings words that nobody has saved yet, and learns that they are kept.

Answers are JSON with a ``state``, and the form's script hands each to the page as the event ``autosave-answer``:

- ``saved`` (200): ``post``, ``open``, ``version``, ``base`` (what the window says next time), ``saved`` and ``readers``
  (the save line), ``address`` (of the post's form), ``trashed``;
- ``kept`` (200): the words stand among the versions, ``mine``; nothing else changed;
- ``conflict``, ``stale`` (409): a colleague saved, or the same person wrote on elsewhere; ``sentence``, ``who``,
  ``newest`` (the other revision), ``mine`` (the one in which these words are kept);
- ``signed_out``, ``other_person`` (401): nothing was kept; ``who`` is logged in now;
- ``refused`` (403), ``gone`` (410): nothing can be kept here; ``sentence``.
"""

from datetime import datetime

from django.contrib import admin
from django.http import HttpRequest, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from blog import publishing
from blog.models import Post

from .post_form import number_in, seen_in
from .post_state import readers_of_draft, saved_words
from .post_words import typed_words

# The highest number that the column holds on every database.
LAST_TURN = 2**31 - 1


def autosave_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses for the post admin's ``get_urls``. Autosave answers who is signed out, instead of a login page."""
    screens = AutosaveScreens(model_admin)
    autosave = never_cache(require_POST(screens.autosave))
    return [
        path("add/autosave/", autosave, name="blog_post_autosave_new"),
        path("<int:pk>/autosave/", autosave, name="blog_post_autosave"),
        path("back/", model_admin.admin_site.admin_view(screens.back), name="blog_post_back"),
    ]


class AutosaveScreens:
    """The views of one post admin."""

    def __init__(self, model_admin: admin.ModelAdmin) -> None:
        self.site = model_admin.admin_site

    def back(self, request: HttpRequest) -> TemplateResponse:
        """Where a login in a new window ends: the window with the text is told, and goes on."""
        return TemplateResponse(
            request, "admin/blog/post/back.html", {**self.site.each_context(request), "title": "You are back"}
        )

    def autosave(self, request: HttpRequest, pk: int | None = None) -> JsonResponse:
        """Keep what the form holds now. Without ``pk`` it is a new post's, which comes into being with it."""
        now, user = timezone.now(), request.user
        if not self.site.has_permission(request):
            return JsonResponse({"state": "signed_out", "who": ""}, status=401)
        if str(user.pk) != request.POST.get("_as"):
            return JsonResponse({"state": "other_person", "who": publishing.name_of(user)}, status=401)
        try:
            return self._keep(request, pk, now)
        except publishing.NotThere as gone:
            return JsonResponse({"state": "gone", "sentence": str(gone)}, status=410)
        except (publishing.EditConflict, publishing.StaleWindow) as refused:
            return JsonResponse(
                {
                    "state": "stale" if isinstance(refused, publishing.StaleWindow) else "conflict",
                    "sentence": str(refused),
                    "who": publishing.name_of(refused.newest.saved_by) if refused.newest.saved_by else "",
                    "newest": refused.newest.pk,
                    "mine": refused.mine.pk if refused.mine else None,
                },
                status=409,
            )
        except publishing.Refused as refused:
            return JsonResponse({"state": "refused", "sentence": str(refused)}, status=403)

    def _keep(self, request: HttpRequest, pk: int | None, now: datetime) -> JsonResponse:
        user, data = request.user, request.POST
        seen, turn = seen_in(data), min(number_in(data, "_turn") or 0, LAST_TURN)
        if pk is None:
            values, typed = typed_words(data, None, user, now)
            kept = publishing.start_post(user, values, typed, window=seen.window, turn=turn, now=now)
            return self._saved(kept, "Only staff can see it.", now)
        # The one read of an ordinary autosave: the right to write, and what readers see meanwhile.
        post = Post.objects.with_staff_word(now).select_related("author").defer("body").filter(pk=pk).first()
        if post is None:
            raise publishing.NotThere("This post was removed meanwhile. Your text stands here; save it as a new post.")
        values, typed = typed_words(data, post, user, now)
        if data.get("_beside"):
            mine = publishing.keep_aside(user, post, values, typed, base_id=seen.base_id, now=now)
            return JsonResponse({"state": "kept", "mine": mine.pk})
        if data.get("_instead"):
            publishing.set_own_aside(user, post, now)
        kept = publishing.autosave(user, post, values, typed, seen=seen, turn=turn, now=now)
        readers = readers_of_draft(post.live_since, post.scheduled_for, post.last_live, now)
        return self._saved(kept, readers, now, trashed=post.trashed_at is not None)

    def _saved(self, kept: publishing.Kept, readers: str, now: datetime, *, trashed: bool = False) -> JsonResponse:
        address = reverse("admin:blog_post_change", args=[kept.post_id], current_app=self.site.name)
        autosave = reverse("admin:blog_post_autosave", args=[kept.post_id], current_app=self.site.name)
        return JsonResponse(
            {
                "state": "saved",
                "post": kept.post_id,
                "open": kept.open_id,
                "version": kept.version,
                "base": kept.base_id,
                "saved": saved_words(kept.saved_at, now),
                "readers": readers,
                "address": address,
                "autosave": autosave,
                "trashed": trashed,
            }
        )
