"""The receipt: what readers see after an act of publishing, looked at from the editor's own browser."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from blog import publishing, reading
from blog.addresses import full_address
from blog.clinic_time import spoken, zone_label
from blog.models import AuditEntry, Post, Publication

from .release_words import preview_address, versions_address
from .work import has_unpublished_changes, since, spoken_on, standing


def receipt(model_admin: admin.ModelAdmin) -> Callable[[HttpRequest, int], HttpResponse]:
    """The view of one post's receipt, for whoever may see posts.

    What it says is what the records say at this moment. Its script then asks for the public page without cookies and
    tells whether a reader gets exactly this: the version in the page's head, or 410 for what is off the site.
    """

    def view(request: HttpRequest, pk: int) -> HttpResponse:
        post = Post.objects.filter(pk=pk).first()
        if post is None:
            raise Http404
        if not model_admin.has_view_permission(request, post):
            raise PermissionDenied
        context = {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "may_release": publishing.may_release(request.user),
            "may_take_off": publishing.may_take_off(request.user),
            "zone": zone_label(),
            **_told(post, timezone.now()),
        }
        return TemplateResponse(request, "admin/blog/post/receipt.html", context)

    return view


def _told(post: Post, now: datetime) -> dict[str, object]:
    stands = standing(post, now)
    publications = post.publications.select_related("released_by")
    live = publications.live(now).first()
    waiting = publications.filter(live_from__gt=now).first()
    shown = waiting or live or publications.order_by("-live_from").first()
    state = "scheduled" if waiting else "live" if live else "off" if shown else "draft"
    heading = {"scheduled": "Scheduled", "live": "Live", "off": "Off the site", "draft": "Not public"}[state]
    path = (live or shown).get_absolute_url() if shown else ""
    title = (shown or stands).title
    return {
        "title": f"{heading}: {title}",
        "post": stands,
        "state": state,
        "live": live,
        "path": path,
        "address": full_address(path),
        "live_since": since(live.live_from, now) if live else "",
        "live_by": _name(live.released_by) if live else "",
        "scheduled_words": spoken(waiting.live_from, now) if waiting else "",
        "scheduled_by": _name(waiting.released_by) if waiting else "",
        "leaves_words": spoken_on(stands.leaves_at, now) if stands.leaves_at else "",
        "off_since": since(stands.last_live, now) if state == "off" else "",
        "taken_off": _taken_off(post) if state == "off" else None,
        "draft_changed": bool(waiting) and waiting.revision_id != stands.newest_revision_id,
        "draft_ahead": not waiting and has_unpublished_changes(stands),
        "is_looked_at": settings.SITE_OPEN and (bool(live) or state == "off"),
        "listed": _listed(post, live, now),
        "index": reverse("blog:index"),
        "preview": _as_it_will_look(post, waiting, stands) if waiting else "",
        "versions": versions_address(post),
    }


def _as_it_will_look(post: Post, waiting: Publication, stands: Post) -> str:
    """Where the scheduled text is seen: as a page while it is the newest draft, else among the versions."""
    if waiting.revision_id == stands.newest_revision_id:
        return preview_address(post)
    return f"{versions_address(post)}?to={waiting.revision_id}"


def _listed(post: Post, live: Publication | None, now: datetime) -> str:
    """Whether the blog's first page has to name the post: yes, no, or blank where it may stand further down."""
    if live is None:
        return "no"
    first = reading.newest_posts(now, reading.POSTS_PER_PAGE)
    return "yes" if any(one.post_id == post.pk for one in first) else ""


def _taken_off(post: Post) -> AuditEntry | None:
    acts = (AuditEntry.Act.TAKEN_OFF, AuditEntry.Act.TAKE_OFF_SCHEDULED)
    return post.audit.filter(act__in=acts).select_related("actor").order_by("-at", "-pk").first()


def _name(user: AbstractBaseUser | None) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""
