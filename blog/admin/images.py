"""The picture library: find, upload, describe, choose what stays when a picture is cropped, delete what is unused."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.db import transaction
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from blog import pictures
from blog.clinic_time import full_day
from blog.content.plain import tidy_line
from blog.imaging.refused import PictureRefused
from blog.imaging.verify import MAX_BYTES
from blog.models import Author, Image, Practice, Revision

from .picture_sheet import picture_urls
from .staff_model import StaffModelAdmin, error_note, listed_uses, posts_with

TOO_LARGE = "This file is larger than 25 MB. Save the picture as JPEG, or make it smaller, and upload it again."
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


class DescribedPicture(forms.ModelForm):
    """What every picture says about itself: a description, or that it is only decoration; and who is in it."""

    class Meta:
        model = Image
        fields = ("alt_text", "is_decorative", "depicts", "caption", "credit")
        labels = {"alt_text": "Describe this photo for someone who cannot see it", "depicts": "Who is in it?"}
        help_texts = {"alt_text": "Say what it shows. Do not start with “Image of”."}
        widgets = {"alt_text": forms.Textarea(attrs={"rows": 3}), "depicts": forms.RadioSelect}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "depicts" in self.fields:
            self.fields["depicts"].choices = Image.Depicts.choices

    def clean(self) -> dict:
        """Described or decorative, not both and not neither."""
        values = super().clean()
        if "alt_text" in values:
            values["alt_text"] = tidy_line(values["alt_text"])
        if values.get("is_decorative"):
            values["alt_text"] = ""
        elif "alt_text" in values and not values["alt_text"]:
            self.add_error("alt_text", "Describe this photo, or tick “Only decoration”.")
        return values


class UploadForm(DescribedPicture):
    """A new picture."""

    file = forms.FileField(
        label="Picture file",
        help_text="JPEG, PNG, WebP, AVIF or HEIC, up to 25 MB. Place, camera data and file name are removed.",
        widget=forms.FileInput(attrs={"accept": "image/*", "data-max-bytes": MAX_BYTES, "data-too-large": TOO_LARGE}),
        error_messages={"required": "Choose a file first."},
    )
    field_order = ("file",)


class PictureForm(DescribedPicture):
    """A picture of the library: its words, and the point that stays in every crop."""

    class Meta(DescribedPicture.Meta):
        fields = (*DescribedPicture.Meta.fields, "focal_x", "focal_y")
        labels = DescribedPicture.Meta.labels | {"focal_x": "From the left", "focal_y": "From the top"}
        help_texts = DescribedPicture.Meta.help_texts | {"focal_x": "", "focal_y": ""}
        widgets = DescribedPicture.Meta.widgets | {
            axis: forms.NumberInput(attrs={"type": "range", "min": "0", "max": "1", "step": "0.01"})
            for axis in ("focal_x", "focal_y")
        }

    def clean_focal_x(self) -> float:
        """A number from 0 to 1."""
        return self._inside("focal_x")

    def clean_focal_y(self) -> float:
        """A number from 0 to 1."""
        return self._inside("focal_y")

    def _inside(self, axis: str) -> float:
        value = self.cleaned_data[axis]
        if not 0 <= value <= 1:
            raise forms.ValidationError("Choose a point inside the picture.")
        return value


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
            "no": Q(alt_text="", is_decorative=False),
            "decoration": Q(is_decorative=True),
        }.get(self.value())
        return queryset if wanted is None else queryset.filter(wanted)


class Library(ChangeList):
    """The list of pictures, each with the number of posts that use it."""

    def get_results(self, request: HttpRequest) -> None:
        """One page of pictures and one more query for their uses."""
        super().get_results(request)
        images = list(self.result_list)
        uses = dict(
            Revision.objects.filter(images__in=images)
            .order_by()
            .values("images")
            .annotate(posts=Count("post", distinct=True))
            .values_list("images", "posts")
        )
        kept = {"preserved_filters": self.preserved_filters, "opts": self.opts}
        for image in images:
            image.used_in = uses.get(image.pk, 0)
            image.thumbnail = pictures.thumbnail_url(image)
            image.change_url = add_preserved_filters(kept, reverse("admin:blog_image_change", args=[image.pk]))
        self.result_list = images


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
    list_filter = (DescriptionFilter, "depicts")
    list_per_page = 24
    list_max_show_all = 0
    search_fields = ("alt_text", "caption", "credit")
    search_help_text = "Description, caption or credit"
    saved_words = "Saved. Posts that use it keep their own descriptions."

    def get_urls(self) -> list:
        """Django's own and those of the photo sheet in the post editor."""
        return [*picture_urls(self.admin_site), *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[ChangeList]:
        """The list with uses counted."""
        return Library

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Django's own; the page says something else when a filter leaves nothing than when there is nothing."""
        return super().changelist_view(request, {"filtered": bool(request.GET)} | (extra_context or {}))

    def uses_of(self, obj: Image) -> list[Model]:
        """Posts of which any version shows it, authors whose photo it is, and the practice."""
        practice = Practice.objects.filter(Q(logo=obj) | Q(share_image=obj))
        return [*posts_with(images=obj), *Author.objects.filter(photo=obj), *practice]

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
        details = {name: form.cleaned_data[name] for name in DescribedPicture.Meta.fields}
        try:
            image, is_new = pictures.add_picture(form.cleaned_data["file"].read(), uploaded_by=request.user, **details)
        except PictureRefused as refused:
            form.add_error("file", str(refused))
            return self._upload_page(request, form)
        if is_new:
            self.log_addition(request, image, [{"added": {}}])
            messages.success(request, "The picture is in the library.")
        else:
            messages.info(
                request, "The library had this picture already. Your new description was not used; change it below."
            )
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
                "screen_url": pictures.screen_url(image),
                "added_words": full_day(image.uploaded_at),
                **listed_uses(self.uses_of(image)),
            }
        response = super().change_view(request, object_id, form_url, about | (extra_context or {}))
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
        """Save the words; a new point of focus waits for ``change_view``, so that crops and point change together."""
        point = (obj.focal_x, obj.focal_y)
        stored = Image.objects.only("focal_x", "focal_y", "renditions").get(pk=obj.pk)
        if point != (stored.focal_x, stored.focal_y):
            obj.focal_x, obj.focal_y = stored.focal_x, stored.focal_y
            request.refocus = (obj, *point)
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        """Delete the row, and its files once that is sure."""
        super().delete_model(request, obj)
        transaction.on_commit(obj.delete_files)
