"""What the editing screen tells its script about the people around: who else is here, and whether it fell behind."""

from datetime import datetime

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from blog import publishing
from blog.clinic_time import clock, spoken
from blog.models import Revision

from .here import here_words
from .post_form import seen_in


def presence_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The address of a window's signs of life, for the post admin's ``get_urls``."""
    view = model_admin.admin_site.admin_view(require_POST(presence))
    return [path("<int:pk>/presence/", view, name="blog_post_presence")]


@never_cache
def presence(request: HttpRequest, pk: int) -> HttpResponse:
    """A window has this post open (POST): answers who else has, and what the window does not know, as JSON.

    What a window knows comes as its form sends it. ``arriving`` comes with the first sign of life, ``leaving`` when it
    is closed.
    """
    now = timezone.now()
    seen = seen_in(request.POST)
    if not seen.window:
        return JsonResponse({"refused": "This window has no name."}, status=400)
    if "leaving" in request.POST:
        publishing.leave(request.user, pk, seen.window)
        return HttpResponse(status=204)
    try:
        around = publishing.beat(request.user, pk, seen.window, now, arriving="arriving" in request.POST)
    except publishing.NotThere as gone:
        return JsonResponse({"refused": str(gone)}, status=404)
    except publishing.NotAllowed as refused:
        return JsonResponse({"refused": str(refused)}, status=403)
    return JsonResponse(
        {
            "here": here_words(around.colleagues),
            "colleagues": [
                {"name": one.name, "since": spoken(one.since, now, zone=False), "writes": one.is_writing}
                for one in around.colleagues
            ],
            "newest": _said(around.newest, now),
            "own": _said(around.own, now),
            "behind": _behind(request, pk, around, seen, now),
        }
    )


def _said(draft: publishing.Draft | None, now: datetime) -> dict[str, object] | None:
    if draft is None:
        return None
    at = spoken(draft.saved_at, now, zone=False)
    return {"id": draft.pk, "version": draft.version, "by": draft.saved_by, "at": at}


def _behind(
    request: HttpRequest, pk: int, around: publishing.Around, seen: publishing.Seen, now: datetime
) -> dict[str, str] | None:
    """What a window says that fell behind, and where both texts are shown if words of its own were set aside."""
    newer = around.unknown_to(request.user, seen)
    if newer is None:
        return None
    mine = Revision.objects.filter(pk=seen.open_id, post=pk, saved_by=request.user, set_aside=True)
    both = reverse("admin:blog_post_conflict", args=[pk, seen.open_id]) if mine.exists() else ""
    is_today = timezone.localtime(newer.saved_at).date() == timezone.localtime(now).date()
    when = f"at {clock(newer.saved_at)}" if is_today else spoken(newer.saved_at, now, zone=False)
    if newer.saved_by_id == request.user.pk:
        said = f"You went on writing this post in another window {when}."
        rest = "Go on there, or load the newest words here."
    else:
        said = f"{newer.saved_by or 'Somebody'} saved this post {when}."
        rest = "Load the newest words before you go on."
    return {"sentence": f"{said} {'Your words are kept: look at both texts.' if both else rest}", "both": both}
