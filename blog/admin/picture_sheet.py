"""The photo sheet's views: choose a picture of the library, upload one, and see one while editing."""

import logging

from django import forms
from django.contrib.admin import AdminSite
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from blog.imaging.refused import PictureRefused
from blog.imaging.verify import MAX_BYTES
from blog.models import Image
from blog.pictures import add_picture, screen_file, thumbnail_url

from .editor import image_address

TILES = 24
MAX_PAGE = 500
ROOM_FOR_WORDS = 64 * 1024

logger = logging.getLogger(__name__)


def picture_urls(admin_site: AdminSite) -> list[URLPattern]:
    """The addresses of these views, for the urls of the admin's pictures: behind the admin's login and CSRF check."""
    return [
        path("choose/", admin_site.admin_view(choose), name="blog_image_choose"),
        path("upload/", admin_site.admin_view(upload), name="blog_image_upload"),
        path("<int:pk>/file/", admin_site.admin_view(file), name="blog_image_file"),
    ]


class UploadForm(forms.ModelForm):
    """What staff say about a new picture: described or only decoration, and who is in it. Nothing is assumed."""

    class Meta:
        model = Image
        fields = ["alt_text", "is_decorative", "caption", "depicts"]
        error_messages = {
            "depicts": {
                "required": "Say who is in it. Pictures of patients need a consent record and cannot be used yet.",
                "invalid_choice": "Say who is in it. Pictures of patients cannot be used yet.",
            }
        }

    def clean(self) -> dict[str, object]:
        """A picture has a description, or is said to be only decoration. Raises ``ValidationError``."""
        cleaned = super().clean()
        if cleaned.get("is_decorative"):
            cleaned["alt_text"] = ""
        elif "alt_text" in cleaned and not cleaned["alt_text"]:
            self.add_error("alt_text", "Describe this photo for someone who cannot see it, or tick “Only decoration”.")
        return cleaned


def as_json(image: Image) -> dict[str, object]:
    """What the photo sheet knows of a picture."""
    return {
        "id": image.pk,
        "src": image_address(image.pk),
        "thumbnail": thumbnail_url(image),
        "name": str(image),
        "alt_text": image.alt_text,
        "decorative": image.is_decorative,
        "caption": image.caption,
        "width": image.width,
        "height": image.height,
    }


@require_GET
def choose(request: HttpRequest) -> JsonResponse:
    """Pictures of the library, newest first, as JSON: ``images``, ``total`` and ``next`` (a page number or null).

    ``q`` narrows them to those whose description, caption or credit has all its words. 403 without the right to see.
    """
    if not request.user.has_perm("blog.view_image"):
        return _refusal("Your login may not see the picture library. Ask the person who manages logins.", 403)
    images = Image.objects.exclude(renditions=[]).order_by("-uploaded_at", "-pk")
    for word in request.GET.get("q", "")[:200].split()[:8]:
        images = images.filter(Q(alt_text__icontains=word) | Q(caption__icontains=word) | Q(credit__icontains=word))
    number = request.GET.get("page", "1")
    number = min(int(number), MAX_PAGE) if number.isascii() and number.isdecimal() and len(number) < 10 else 1
    pages = Paginator(images, TILES)
    page = pages.get_page(number)
    return JsonResponse(
        {
            "images": [as_json(image) for image in page],
            "total": pages.count,
            "next": page.next_page_number() if page.has_next() else None,
        }
    )


@csrf_exempt
@require_POST
def upload(request: HttpRequest) -> JsonResponse:
    """Take a picture into the library, see ``_take_in``. What is far too large is refused before any of it is read.

    Only therefore is the check against forged requests made here and not before: it would read the body.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES + ROOM_FOR_WORDS:
        return _too_large()
    return csrf_protect(_take_in)(request)


def _take_in(request: HttpRequest) -> JsonResponse:
    """Take a picture into the library: multipart with ``file`` and the fields of ``UploadForm``; answers with JSON.

    The same picture uploaded again is found, not doubled, and keeps its own description (``known`` is true then).
    Errors are ``{"error": sentence, "field": name}`` with 400, 403 without the right, 413 for a file too large.
    """
    if not request.user.has_perm("blog.add_image"):
        return _refusal("Your login may not add photos. Pick one from the library, or ask for the Writer role.", 403)
    sent = request.FILES.get("file")
    if sent is None:
        return _refusal("No photo came in. Choose it again.", 400, "file")
    if sent.size > MAX_BYTES:
        return _too_large()
    form = UploadForm(request.POST)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        return _refusal(errors[0], 400, field)
    try:
        image, is_new = add_picture(sent.read(), uploaded_by=request.user, **form.cleaned_data)
    except PictureRefused as error:
        return _refusal(str(error), 400, "file")
    return JsonResponse(as_json(image) | {"known": not is_new})


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A picture in its own ratio at about 800 px, at an address that never changes. 403 without the right to see."""
    if not request.user.has_perm("blog.view_image"):
        return HttpResponse("Your login may not see the picture library.", status=403, content_type="text/plain")
    image = get_object_or_404(Image, pk=pk)
    name = screen_file(image)
    if name is None:
        raise Http404("This picture has no files.")
    try:
        opened = default_storage.open(name)
    except FileNotFoundError as error:
        logger.error("The file %s of picture %s is missing.", name, pk)
        raise Http404("The file of this picture is missing.") from error
    response = FileResponse(opened, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _too_large() -> JsonResponse:
    sentence = f"This file is larger than {MAX_BYTES // 2**20} MB. Save a smaller copy and upload that."
    return _refusal(sentence, 413, "file")


def _refusal(sentence: str, status: int, field: str = "") -> JsonResponse:
    return JsonResponse({"error": sentence, "field": field}, status=status)
