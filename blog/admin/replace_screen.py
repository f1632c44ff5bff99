"""The screen that replaces a picture everywhere: choose the other one, see what will change, and do it."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import get_text_list

from blog import pictures, publishing
from blog.models import Image

from .picture_sheet import found_pictures
from .picture_words import UNDESCRIBED

OFFERED = 24


def replace_urls(site: AdminSite) -> list[URLPattern]:
    """The address of the screen, for the urls of the admin's pictures."""

    def view(request: HttpRequest, pk: int) -> HttpResponse:
        return replace(site, request, pk)

    return [path("<int:pk>/replace/", site.admin_view(view), name="blog_image_replace")]


def replace(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    """Without ``by`` in the address: choose. With it: say what will change (GET), then change it (POST)."""
    try:
        publishing.require_release(request.user)
    except publishing.NotAllowed as refused:
        return site.refusal(request, str(refused))
    old = get_object_or_404(Image, pk=pk)
    sent = request.POST if request.method == "POST" else request.GET
    number = sent.get("by", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    new = Image.objects.filter(pk=int(number)).first() if is_number else None
    if request.method != "POST" or new is None:
        return _page(site, request, old, new)
    try:
        places = publishing.replace_picture(request.user, old, new, own_words=sent.get("words") == "own")
    except publishing.Refused as refused:
        return _page(site, request, old, new, str(refused), 409)
    messages.success(request, f"Replaced in {in_words(places)}. Readers see the new picture at once.")
    return redirect("admin:blog_image_change", new.pk)


def in_words(places: publishing.Places) -> str:
    """How many places of each kind: «2 live posts, 1 draft and the logo of the practice»."""
    counted = [
        (len(places.live), "live post"),
        (len(places.scheduled), "scheduled post"),
        (len(places.drafts), "draft"),
        (len(places.authors), "author"),
    ]
    parts = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in counted if count]
    parts += [name[0].lower() + name[1:] for name in map(publishing.PRACTICE_FIELDS.get, places.practice)]
    return get_text_list(parts, "and") or "0 places"


def _page(
    site: AdminSite, request: HttpRequest, old: Image, new: Image | None, refusal: str = "", status: int = 200
) -> HttpResponse:
    places = publishing.places_of(old, timezone.now())
    context = {
        **site.each_context(request),
        "title": f"Replace everywhere: {old}",
        "opts": Image._meta,
        "old": old,
        "new": new,
        "refusal": refusal,
        "places": places,
        "places_in_words": in_words(places),
        "practice": [publishing.PRACTICE_FIELDS[name] for name in places.practice],
        "old_url": pictures.thumbnail_url(old),
        "new_url": pictures.thumbnail_url(new) if new else "",
        "may_upload": request.user.has_perm("blog.add_image"),
    }
    if new is None:
        words = request.GET.get("q", "")
        found = Paginator(found_pictures(words).exclude(UNDESCRIBED).exclude(pk=old.pk), OFFERED).get_page(
            request.GET.get("page")
        )
        for image in found:
            image.thumbnail = pictures.thumbnail_url(image)
        context |= {"found": found, "q": words}
    return TemplateResponse(request, "admin/blog/image/replace.html", context, status=status)
