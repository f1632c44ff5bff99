"""The photo sheet's views: choose a picture of the library, upload one, and see one while editing."""

import logging
from io import BytesIO
from typing import IO

from django import forms
from django.contrib.admin import AdminSite
from django.contrib.auth.models import AbstractBaseUser
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from blog import publishing
from blog.imaging.refused import PictureRefused
from blog.imaging.verify import MAX_BYTES
from blog.models import Image
from blog.picture_files import open_rendition
from blog.pictures import add_picture, private_file, refocus, screen_file, thumbnail_url

from .consent_words import AboutWho, consent_label, shown_now
from .editor import image_address

TILES = 24
MAX_PAGE = 500
ROOM_FOR_WORDS = 64 * 1024
FOCAL = ("focal_x", "focal_y")
KINDS = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}

logger = logging.getLogger(__name__)


def picture_urls(admin_site: AdminSite) -> list[URLPattern]:
    """The addresses of these views, for the urls of the admin's pictures: behind the admin's login and CSRF check."""
    return [
        path("choose/", admin_site.admin_view(choose), name="blog_image_choose"),
        path("upload/", admin_site.admin_view(upload), name="blog_image_upload"),
        path("<int:pk>/said/", admin_site.admin_view(said), name="blog_image_said"),
        path("<int:pk>/private/<str:name>", admin_site.admin_view(private), name="blog_image_private"),
        path("<int:pk>/file/", admin_site.admin_view(file), name="blog_image_file"),
    ]


def found_pictures(words: str) -> QuerySet[Image]:
    """Pictures that can be used, newest first, whose description, caption or credit has all these words.

    A word that is a number also finds the picture with that number. A patient's is found while the consent holds.
    """
    offered = Image.objects.filter(replaced_by__isnull=True).exclude(renditions=[])
    images = shown_now(offered, timezone.now()).order_by("-uploaded_at", "-pk")
    for word in words[:200].split()[:8]:
        matches = Q(alt_text__icontains=word) | Q(caption__icontains=word) | Q(credit__icontains=word)
        number = word.removeprefix("#")
        if number.isascii() and number.isdecimal() and len(number) < 19:
            matches |= Q(pk=int(number))
        images = images.filter(matches)
    return images


class UploadForm(AboutWho, forms.ModelForm):
    """What staff say about a new picture: described or only decoration, and who is in it. Nothing is assumed."""

    class Meta:
        model = Image
        fields = ["alt_text", "is_decorative", "caption", "depicts", "focal_x", "focal_y"]
        error_messages = {
            "depicts": {
                "required": "Say who is in it.",
                "invalid_choice": "Say who is in it.",
            }
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for axis in FOCAL:
            self.fields[axis] = forms.FloatField(min_value=0, max_value=1, required=False)

    def clean(self) -> dict[str, object]:
        """A picture has a description, or is said to be only decoration. Raises ``ValidationError``."""
        cleaned = super().clean()
        for axis in FOCAL:
            # The middle, where nobody chose a point.
            cleaned[axis] = 0.5 if cleaned.get(axis) is None else cleaned[axis]
        if cleaned.get("is_decorative"):
            cleaned["alt_text"] = ""
        elif "alt_text" in cleaned and not cleaned["alt_text"]:
            self.add_error("alt_text", "Describe this photo for someone who cannot see it, or tick “Only decoration”.")
        return cleaned

    def words(self, actor: AbstractBaseUser) -> dict[str, object]:
        """What was said, by columns of ``Image``; a new consent is written down. Raises ``publishing.Refused``."""
        return {name: self.cleaned_data[name] for name in ("alt_text", "is_decorative", "caption")} | self.who(actor)


class PointForm(forms.Form):
    """The point that stays in every crop, of a picture whose words are not asked for again."""

    focal_x = forms.FloatField(min_value=0, max_value=1)
    focal_y = forms.FloatField(min_value=0, max_value=1)


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
        "described": image.is_described,
        "depicts": image.depicts,
        "focal": [image.focal_x, image.focal_y],
    }


@require_GET
def choose(request: HttpRequest) -> JsonResponse:
    """Pictures of the library, newest first, as JSON: ``images``, ``total`` and ``next`` (a page number or null).

    ``q`` narrows them, see ``found_pictures``. 403 without the right to see.
    """
    if not request.user.has_perm("blog.view_image"):
        return _refusal("Your login may not see the picture library. Ask the person who manages logins.", 403)
    images = found_pictures(request.GET.get("q", ""))
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

    With ``later`` it is described afterwards, in the queue. The same picture uploaded again is found, not doubled, and
    keeps its own description (``known`` is true then).
    Errors are ``{"error": sentence, "field": name}`` with 400, 403 without the right, 413 for a file too large.
    """
    if not request.user.has_perm("blog.add_image"):
        return _refusal("Your login may not add photos. Pick one from the library, or ask for the Writer role.", 403)
    sent = request.FILES.get("file")
    if sent is None:
        return _refusal("No photo came in. Choose it again.", 400, "file")
    if sent.size > MAX_BYTES:
        return _too_large()
    words = {"depicts": ""}
    try:
        if "later" not in request.POST:
            form = UploadForm(request.POST)
            if not form.is_valid():
                return _first_error(form)
            words = form.words(request.user) | {axis: form.cleaned_data[axis] for axis in FOCAL}
        image, is_new = add_picture(sent.read(), uploaded_by=request.user, **words)
    except PictureRefused as error:
        return _refusal(str(error), 400, "file")
    except publishing.Refused as error:
        return _refusal(str(error), 400, "new_reference")
    return JsonResponse(as_json(image) | {"known": not is_new} | _consents(image))


def _consents(image: Image) -> dict[str, object]:
    """The consent of a patient's picture as the sheet offers it from now on, and the next free number."""
    if image.consent is None:
        return {}
    now = timezone.now()
    chosen = {"id": image.consent.pk, "label": consent_label(image.consent, now)}
    return {"consent": chosen, "next_reference": publishing.next_reference(now)}


@require_POST
def said(request: HttpRequest, pk: int) -> JsonResponse:
    """Keep the point of focus of a picture of the library, and what was said of one that nobody had described.

    Words of a picture that is described stay: each use has its own. Answers and refuses as ``_take_in``.
    """
    if not request.user.has_perm("blog.change_image"):
        return _refusal("Your login may not change pictures of the library. Ask for the Writer role.", 403)
    image = get_object_or_404(Image, pk=pk)
    form = PointForm(request.POST) if image.is_described else UploadForm(request.POST)
    if not form.is_valid():
        return _first_error(form)
    if not image.is_described:
        try:
            publishing.say_of_picture(request.user, image, form.words(request.user))
        except publishing.Refused as error:
            return _refusal(str(error), 400, "depicts")
    point = tuple(form.cleaned_data[axis] for axis in FOCAL)
    if point != (image.focal_x, image.focal_y):
        try:
            refocus(image, *point)
        except OSError:
            logger.exception("Picture %s could not be cropped anew.", pk)
            return _refusal("The crops stay as they were, because the original file is not readable.", 500)
    image = Image.objects.select_related("consent").get(pk=pk)
    return JsonResponse(as_json(image) | {"known": True} | _consents(image))


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A picture in its own ratio at about 800 px, at an address that never changes. 403 without the right to see."""
    if not request.user.has_perm("blog.view_image"):
        return HttpResponse("Your login may not see the picture library.", status=403, content_type="text/plain")
    image = get_object_or_404(Image, pk=pk)
    name = screen_file(image)
    try:
        if name is not None:
            opened = open_rendition(image, name)
        elif image.replaced_by_id is not None and (data := private_file(image)) is not None:
            # Kept to show what was published once.
            opened = BytesIO(data)
        else:
            raise Http404("This picture has no files.")
    except FileNotFoundError as error:
        logger.error("The file %s of picture %s is missing.", name, pk)
        raise Http404("The file of this picture is missing.") from error
    return _as_picture(opened, "image/jpeg", image)


@require_GET
def private(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A file of a picture that no web server hands out, for staff: whoever may see posts or pictures sees it."""
    if not (request.user.has_perm("blog.view_image") or request.user.has_perm("blog.view_post")):
        return HttpResponse("Your login may not see the picture library.", status=403, content_type="text/plain")
    image = get_object_or_404(Image, pk=pk)
    try:
        opened = open_rendition(image, name)
    except OSError as error:
        logger.error("The file %s of picture %s is missing.", name, pk)
        raise Http404("The file of this picture is missing.") from error
    if opened is None:
        raise Http404("This picture has no such file.")
    return _as_picture(opened, KINDS[name.rpartition(".")[2]], image)


def _as_picture(opened: IO[bytes], kind: str, image: Image) -> FileResponse:
    response = FileResponse(opened, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    response["Cache-Control"] = "private, no-store" if image.is_private else "private, max-age=3600"
    return response


def _first_error(form: forms.BaseForm) -> JsonResponse:
    field, errors = next(iter(form.errors.items()))
    return _refusal(errors[0], 400, field)


def _too_large() -> JsonResponse:
    sentence = f"This file is larger than {MAX_BYTES // 2**20} MB. Save a smaller copy and upload that."
    return _refusal(sentence, 413, "file")


def _refusal(sentence: str, status: int, field: str = "") -> JsonResponse:
    return JsonResponse({"error": sentence, "field": field}, status=status)
