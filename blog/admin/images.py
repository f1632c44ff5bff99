"""The picture library: find, upload, describe, choose what stays when a picture is cropped, delete what is unused."""

from collections.abc import Iterable

from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, Model, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from blog import pictures, publishing, reading
from blog.clinic_time import full_day
from blog.imaging.refused import PictureRefused
from blog.imaging.verify import MAX_BYTES
from blog.models import Author, Image, Practice, Revision
from blog.picture_files import finish_after_commit

from .consent_words import consent_state
from .editor import image_address
from .picture_queue import queue_urls
from .picture_sheet import picture_urls
from .picture_words import TOO_LARGE, UNDESCRIBED, PictureForm, UploadForm
from .replace_screen import replace_urls
from .staff_model import LISTED_USES, StaffModelAdmin, error_note

# What is larger than this is not even read to its end, so that nobody keeps a worker busy with it.
UNREAD_ABOVE = 4 * MAX_BYTES


class PictureQuota(FileUploadHandler):
    """Stops taking an upload in as soon as its files are larger than a picture may be. The rest is read and dropped."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass data on. Raises ``StopUpload`` above the limit."""
        self.taken += len(raw_data)
        if self.taken > MAX_BYTES:
            self.request.upload_too_large = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave making the file to the next handler."""
        return None


class DescriptionFilter(admin.SimpleListFilter):
    """Pictures that still need a description."""

    title = "description"
    parameter_name = "described"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """With, without, or without needing one."""
        return [("yes", "Described"), ("no", "No description"), ("decoration", "Only decoration")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        """Those that match; unknown values match all."""
        wanted = {
            "yes": ~Q(alt_text=""),
            "no": UNDESCRIBED,
            "decoration": Q(is_decorative=True),
        }.get(self.value())
        return queryset if wanted is None else queryset.filter(wanted)


class UseFilter(admin.SimpleListFilter):
    """Pictures that stand somewhere or nowhere; those that were replaced stand in the list only when asked for."""

    title = "use"
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Used or not, or replaced by another one."""
        return [("used", "Used"), ("unused", "Not used yet"), ("replaced", "Replaced")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        """Those that match; any other value gives all that can be used."""
        if self.value() == "replaced":
            return queryset.filter(replaced_by__isnull=False)
        offered = queryset.filter(replaced_by__isnull=True)
        if self.value() not in ("used", "unused"):
            return offered
        idle = publishing.stands_nowhere()
        return offered.filter(idle if self.value() == "unused" else ~idle)


class Library(ChangeList):
    """The list of pictures, each with where it is used, and how many there are of each kind."""

    def get_queryset(self, request: HttpRequest, **kwargs) -> QuerySet[Image]:
        """Django's own, with the author whose photo it is, and whether the practice shows it."""
        here = OuterRef("pk")
        return (
            super()
            .get_queryset(request, **kwargs)
            .select_related("consent")
            .annotate(
                photo_of=Subquery(Author.objects.filter(photo=here).values("name")[:1]),
                is_idle=ExpressionWrapper(publishing.stands_nowhere(), BooleanField()),
                on_pages=Exists(Practice.objects.filter(Q(logo=here) | Q(share_image=here))),
            )
        )

    def get_results(self, request: HttpRequest) -> None:
        """One page of pictures, and a fixed number of queries for their uses."""
        super().get_results(request)
        images = list(self.result_list)
        posts = dict(
            Revision.objects.filter(images__in=images)
            .order_by()
            .values("images")
            .annotate(posts=Count("post", distinct=True))
            .values_list("images", "posts")
        )
        now = timezone.now()
        kept = {"preserved_filters": self.preserved_filters, "opts": self.opts}
        for image in images:
            count = posts.get(image.pk, 0)
            uses = [f"{count} post{'' if count == 1 else 's'}"] if count else []
            uses += [f"photo of {image.photo_of}"] if image.photo_of else []
            uses += ["the practice’s pages"] if image.on_pages else []
            image.uses = ", ".join(uses) or ("" if image.is_idle else "words that somebody is writing")
            image.thumbnail = pictures.thumbnail_url(image)
            image.consent_words = f"{image.consent}: {consent_state(image.consent, now)}" if image.consent else ""
            image.change_url = add_preserved_filters(kept, reverse("admin:blog_image_change", args=[image.pk]))
        self.result_list = images
        self.views = self._views()

    def _views(self) -> list[dict[str, object]]:
        offered = Q(replaced_by__isnull=True)
        counts = Image.objects.aggregate(
            all=Count("pk", filter=offered),
            unused=Count("pk", filter=offered & publishing.stands_nowhere()),
            bare=Count("pk", filter=UNDESCRIBED),
            replaced=Count("pk", filter=~offered),
        )
        views = [("All", {}, counts["all"]), ("Not used yet", {"use": "unused"}, counts["unused"])]
        views.append(("No description", {"described": "no"}, counts["bare"]))
        if counts["replaced"]:
            views.append(("Replaced", {"use": "replaced"}, counts["replaced"]))
        now = {name: value for name, value in self.params.items() if name in ("use", "described")}
        return [
            {
                "name": name,
                "count": count,
                "url": self.get_query_string(sent, remove=["use", "described", "p"]),
                "current": now == sent,
            }
            for name, sent, count in views
        ]


@admin.register(Image)
class ImageAdmin(StaffModelAdmin):
    """Pictures as tiles."""

    form = PictureForm
    change_form_template = "admin/blog/image/change_form.html"
    fieldsets = (
        (None, {"fields": ("alt_text", "is_decorative", "depicts", "caption", "credit")}),
        ("What must stay when it is cropped", {"fields": ("focal_x", "focal_y")}),
    )
    list_display = ("__str__",)
    list_filter = (UseFilter, DescriptionFilter, "depicts")
    list_per_page = 24
    list_max_show_all = 0
    search_fields = ("alt_text", "caption", "credit")
    search_help_text = "Description, caption, credit or number"
    saved_words = "Saved. Posts that use it keep their own descriptions."

    def get_urls(self) -> list:
        """Django's own, those of the photo sheet in the post editor, of the queue, and of replacing."""
        own = (*picture_urls(self.admin_site), *queue_urls(self.admin_site), *replace_urls(self.admin_site))
        return [*own, *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[ChangeList]:
        """The list with uses counted."""
        return Library

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Image], search_term: str
    ) -> tuple[QuerySet[Image], bool]:
        """Django's own, and the picture of which the number was typed; fields of other forms get no replaced ones."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        number = search_term.strip().removeprefix("#")
        if number.isascii() and number.isdecimal() and len(number) < 19:
            found |= queryset.filter(pk=int(number))
        if request.path == reverse("admin:autocomplete"):
            found = found.filter(replaced_by__isnull=True)
        return found, may_repeat

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Django's own; the page says something else when a filter leaves nothing than when there is nothing."""
        return super().changelist_view(request, {"filtered": bool(request.GET)} | (extra_context or {}))

    def uses_of(self, obj: Image) -> list[Model]:
        """Posts of which any version, or words that are being written, have it; authors, the practice, predecessors.

        And the consent that a patient revoked: the picture stays known by it, so that it does not come back.
        """
        places = publishing.places_of(obj, timezone.now())
        practice = Practice.objects.all() if places.practice else ()
        consent = [obj.consent] if obj.consent is not None and obj.consent.revoked_at is not None else ()
        return [*places.posts, *places.authors, *practice, *consent, *Image.objects.filter(replaced_by=obj)]

    def listed_uses(self, obj: Image, uses: Iterable[Model] = ()) -> dict:
        """Where a picture stands, each place with a word for readers' sake: «Live», «Draft», «Earlier versions»."""
        rows = listed_places(publishing.places_of(obj, timezone.now()))
        for image in Image.objects.filter(replaced_by=obj):
            url = reverse("admin:blog_image_change", args=[image.pk])
            rows.append({"name": str(image), "kind": "Replaced by this one", "url": url})
        if obj.consent is not None and obj.consent.revoked_at is not None:
            url = reverse("admin:blog_photoconsent_change", args=[obj.consent_id])
            rows.append({"name": str(obj.consent), "kind": "Revoked consent", "url": url})
        return {"uses": rows[:LISTED_USES], "more_uses": max(0, len(rows) - LISTED_USES)}

    @method_decorator(csrf_exempt)
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        """Upload a picture. A file that is too large is refused before it is taken in.

        The check of the token reads the whole request, so it comes after the quota and not before, in ``_upload``.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            if int(request.META.get("CONTENT_LENGTH") or 0) > UNREAD_ABOVE:
                return self._upload_page(request, UploadForm(), TOO_LARGE, status=413)
            request.upload_handlers.insert(0, PictureQuota(request))
        return self._upload(request)

    @method_decorator(csrf_protect)
    def _upload(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self._upload_page(request, UploadForm())
        form = UploadForm(request.POST, request.FILES)
        if getattr(request, "upload_too_large", False):
            return self._upload_page(request, UploadForm(request.POST.dict()), TOO_LARGE, status=413)
        if not form.is_valid():
            return self._upload_page(request, form)
        try:
            details = form.words(request.user)
            image, is_new = pictures.add_picture(form.cleaned_data["file"].read(), uploaded_by=request.user, **details)
        except (PictureRefused, publishing.Refused) as refused:
            form.add_error("file" if isinstance(refused, PictureRefused) else "new_reference", str(refused))
            return self._upload_page(request, form)
        if is_new:
            self.log_addition(request, image, [{"added": {}}])
            messages.success(request, "The picture is in the library.")
        else:
            kept = image.alt_text != details["alt_text"]
            messages.info(
                request,
                "The library had this picture already."
                + (" Your new description was not used; change it below." if kept else ""),
            )
        if replaced := _replaced_number(request):
            return redirect(f"{reverse('admin:blog_image_replace', args=[replaced])}?by={image.pk}")
        return redirect("admin:blog_image_change", image.pk)

    def _upload_page(
        self, request: HttpRequest, form: UploadForm, refusal: str = "", status: int = 200
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Add a picture",
            "opts": self.opts,
            "form": form,
            "refusal": refusal,
            "replaces": _replaced_number(request),
            "staff_errors": None if refusal else error_note(form),
        }
        return TemplateResponse(request, "admin/blog/image/upload.html", context, status=status)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Words and the point of focus. New crops are encoded after the words are saved, outside their transaction."""
        image = self.get_object(request, object_id)
        about = {}
        if image is not None and self.has_view_or_change_permission(request, image):
            about = {
                "screen_url": pictures.screen_url(image) or (image_address(image.pk) if image.replaced_by_id else ""),
                "added_words": full_day(image.uploaded_at),
                "consent_words": consent_state(image.consent, timezone.now()) if image.consent else "",
                "may_revoke": publishing.may_revoke(request.user) and image.consent and not image.consent.revoked_at,
                "may_replace": image.replaced_by_id is None and publishing.may_release(request.user),
                **self.listed_uses(image),
            }
        response = super().change_view(request, object_id, form_url, about | (extra_context or {}))
        if who := getattr(request, "who_is_in_it", None):
            try:
                publishing.say_of_picture(request.user, image, who(request.user))
            except publishing.Refused as refused:
                messages.error(request, f"The words are saved. Who is in it stays as it was. {refused}")
        if wanted := getattr(request, "refocus", None):
            try:
                pictures.refocus(*wanted)
            except (OSError, PictureRefused):
                messages.error(
                    request,
                    "The words are saved. The crops stay as they were, because the original file is not readable.",
                )
        return response

    def save_model(self, request: HttpRequest, obj: Image, form: PictureForm, change: bool) -> None:
        """Save the words. Who is in it and a new point of focus wait for ``change_view``: both make files."""
        point = (obj.focal_x, obj.focal_y)
        stored = Image.objects.only("focal_x", "focal_y", "renditions").get(pk=obj.pk)
        if point != (stored.focal_x, stored.focal_y):
            obj.focal_x, obj.focal_y = stored.focal_x, stored.focal_y
            request.refocus = (obj, *point)
        # Only these: somebody may be changing its files at this moment, or ending its consent.
        words = {name: form.cleaned_data[name] for name in ("alt_text", "is_decorative", "caption", "credit")}
        Image.objects.filter(pk=obj.pk).update(**words)
        request.who_is_in_it = form.who
        request.staff_sentence = f"“{obj}”: {self.saved_words[0].lower()}{self.saved_words[1:]}"

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        """Delete the row, and its files once that is sure."""
        super().delete_model(request, obj)
        finish_after_commit()


def _replaced_number(request: HttpRequest) -> int | None:
    """The picture in whose place an uploaded one comes, as the address says; None where it says nothing."""
    number = request.GET.get("replaces", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else None


def listed_places(places: publishing.Places) -> list[dict[str, str]]:
    """The places of a picture as rows for a template: name, kind and address of each."""
    rows = []
    for kind, posts in (
        ("Live", places.live),
        ("Scheduled", places.scheduled),
        ("Draft", places.drafts),
        ("Earlier versions", places.earlier),
    ):
        rows += [
            {"name": str(post), "kind": kind, "url": reverse("admin:blog_post_change", args=[post.pk])}
            for post in posts
        ]
    for author in places.authors:
        rows.append(
            {"name": str(author), "kind": "Author", "url": reverse("admin:blog_author_change", args=[author.pk])}
        )
    for field in places.practice:
        url = reverse("admin:blog_practice_change", args=[1])
        kind = f"Practice: {reading.practice().name}"
        rows.append({"name": publishing.PRACTICE_FIELDS[field], "kind": kind, "url": url})
    return rows
