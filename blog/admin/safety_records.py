"""Drugs and procedures: what patients are told about them, who has checked it, and where it is shown."""

from collections.abc import Sequence

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import DateField, Model, QuerySet, URLField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from blog import publishing, reading
from blog.content.plain import tidy_line
from blog.models import Drug, Procedure, SafetyRecord, Source
from blog.models.fields import ParagraphField
from blog.publishing import safety_records
from blog.publishing.medical_review import affected_by
from blog.reader_notes import notes_about

from .staff_model import StaffModelAdmin

LISTED = 10


def _counted(articles: int) -> str:
    return "1 reviewed article goes" if articles == 1 else f"{articles} reviewed articles go"


class LinesTextField(forms.CharField):
    """Short lines, one below the other. The form's value is the list; blank lines drop out."""

    widget = forms.Textarea(attrs={"rows": 7, "class": "vLargeTextField"})

    def prepare_value(self, value: object) -> str:
        """The lines below one another."""
        return "\n".join(value) if isinstance(value, list) else value or ""

    def to_python(self, value: str | None) -> list[str]:
        """The lines that have words."""
        return [line for typed in (value or "").splitlines() if (line := tidy_line(typed))]

    def run_validators(self, value: list[str]) -> None:
        """Nothing more: the validators of a text field do not fit a list."""

    def validate(self, value: list[str]) -> None:
        """No line is longer than a line of a list can be. Raises ``ValidationError``."""
        if any(len(line) > 300 for line in value):
            raise ValidationError("One of these lines is very long. Make two of it.")

    def has_changed(self, initial: object, data: object) -> bool:
        """Whether the lines differ from the stored list."""
        return (initial or []) != self.to_python(data)


class SourcesField(forms.ModelMultipleChoiceField):
    """Sources by ticking them. The form's value is the list of their keys."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: object) -> list[int]:
        """The keys of the ticked ones."""
        return [source.pk for source in super().clean(value)]


class SafetyRecordForm(forms.ModelForm):
    """What drugs and procedures have in common. ``seen`` is the version of the record that the page shows."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    other_names = LinesTextField(
        label="Also called",
        required=False,
        help_text="One per line, as articles may spell it. Plurals, accents and capitals need no line of their own.",
    )
    call_911_if = LinesTextField(
        label="Call 911 if",
        required=False,
        help_text="One sign per line, as the end of that sentence: you have trouble breathing",
    )
    call_us_same_day_if = LinesTextField(
        label="Call us the same day if",
        required=False,
        help_text="One sign per line, as the end of that sentence: an eyelid droops",
    )
    sources = SourcesField(
        Source.objects.all(), label="Sources", required=False, help_text="What these words rest on. Readers see them."
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["seen"] = safety_records.newest_version(self.instance)

    def clean(self) -> dict[str, object]:
        """Refuse to write over what a colleague saved meanwhile. Raises ``ValidationError``."""
        cleaned = super().clean()
        seen = cleaned.get("seen")
        if self.instance.pk is not None and seen is not None and seen != self.initial["seen"]:
            raise ValidationError(
                "Somebody changed this record while you had it open. What you typed stands below: copy it, open the "
                "record again, and put it in."
            )
        return cleaned


class Checked(admin.SimpleListFilter):
    """Whether a clinician has signed the words."""

    title = "checked"
    parameter_name = "checked"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Sequence[tuple[str, str]]:
        return [("no", "Not checked yet"), ("yes", "Checked by a clinician")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "no":
            return queryset.filter(checked_by=None, is_retired=False)
        return queryset.exclude(checked_by=None) if self.value() == "yes" else queryset


class SafetyRecordAdmin(StaffModelAdmin):
    """One kind of safety record. Nothing is deleted: pages showed it."""

    form = SafetyRecordForm
    change_form_template = "admin/blog/safety_record/change_form.html"
    list_filter = (Checked,)
    list_select_related = ("checked_by",)
    saved_words = "Saved. Readers see it at once."
    formfield_overrides = StaffModelAdmin.formfield_overrides | {
        URLField: {"assume_scheme": "https", "widget": forms.URLInput(attrs={"class": "vTextField"})},
        # Django's own box counts the hours between a server and a browser, which a day does not have.
        DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
        ParagraphField: {"widget": AdminTextareaWidget(attrs={"rows": 6})},
    }

    class Media:
        css = {"all": ("staff/safety.css",)}

    def get_urls(self) -> list[URLPattern]:
        sign = self.admin_site.admin_view(require_POST(self.sign))
        return [path("<int:pk>/sign/", sign, name=f"blog_{self.opts.model_name}_sign"), *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: SafetyRecord | None = None) -> Sequence:
        """Who may only read reads the note itself."""
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return super().get_fieldsets(request, obj) if may_write else [(None, {"fields": ("other_names",)})]

    def save_model(self, request: HttpRequest, obj: SafetyRecord, form: SafetyRecordForm, change: bool) -> None:
        """Save through ``blog.publishing``, which writes it down."""
        lapsed = safety_records.save_record(request.user, obj, seen=form.cleaned_data.get("seen"))
        back = f" {_counted(len(lapsed))} back into review." if lapsed else ""
        request.staff_sentence = f"“{obj}”: saved. Readers see it at once.{back}"

    def sign(self, request: HttpRequest, pk: int) -> HttpResponse:
        """«I have checked these words», by a clinician (POST)."""
        record = get_object_or_404(self.model, pk=pk)
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        seen = request.POST.get("seen", "")
        try:
            safety_records.sign_record(
                request.user,
                record,
                seen=int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 19 else 0,
                read_the_label=bool(request.POST.get("label")),
            )
        except publishing.NotAllowed as refused:
            return self.admin_site.refusal(request, str(refused))
        except publishing.Refused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, f"“{record}”: checked by you today. Its note says so from now on.")
        return redirect(self._address("change", pk))

    def _address(self, name: str, *args: int) -> str:
        return reverse(f"admin:blog_{self.opts.model_name}_{name}", args=args)

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Django's own, with the note as readers see it, where it is shown, and who has checked it."""
        record: SafetyRecord | None = context.get("original")
        if record is not None:
            stored = self.get_object(request, str(record.pk))
            now = timezone.now()
            shown, reviewed = safety_records.showing(stored, now), affected_by(stored, now)
            by_kind = ([stored], []) if isinstance(stored, Drug) else ([], [stored])
            context |= {
                "record": stored,
                "note": notes_about(*by_kind, Source.objects.in_bulk(stored.sources))[0],
                "practice": reading.practice(),
                "articles": shown[:LISTED],
                "more_articles": max(0, len(shown) - LISTED),
                "article_count": len(shown),
                "would_lapse": _counted(len(reviewed)) if reviewed else "",
                "version": safety_records.newest_version(stored),
                "may_sign": safety_records.signer_of(request.user) is not None,
                "sign_address": self._address("sign", stored.pk),
                "is_drug": isinstance(stored, Drug),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="Checked", ordering="checked_on")
    def checked(self, record: SafetyRecord) -> str:
        """Who has signed the words, and when; what is not in use any more needs nobody."""
        if record.is_retired:
            return format_html('<span class="st-chip">{}</span>', "Not offered here any more")
        if record.checked_by is None:
            return format_html('<span class="st-chip sched">{}</span>', "Not checked yet")
        day = f"{record.checked_on:%B} {record.checked_on.day}, {record.checked_on.year}"
        return format_html('<span class="st-chip live">{}</span>', f"Checked by {record.checked_by.byline}, {day}")


@admin.register(Drug)
class DrugAdmin(SafetyRecordAdmin):
    """Medicines."""

    fieldsets = (
        (None, {"fields": ("seen", "brand_name", "generic_name", "drug_class", "other_names")}),
        ("What readers are told", {"fields": ("boxed_warning", "call_911_if", "call_us_same_day_if")}),
        ("What it rests on", {"fields": ("label_url", "label_checked_on", "sources", "approved_uses")}),
        ("In use", {"fields": ("is_retired",)}),
    )
    list_display = ("brand_name", "checked", "generic_name", "drug_class", "label_checked_on")
    search_fields = ("brand_name", "generic_name")


@admin.register(Procedure)
class ProcedureAdmin(SafetyRecordAdmin):
    """Treatments that are no drugs."""

    fieldsets = (
        (None, {"fields": ("seen", "name", "other_names", "procedure_type", "body_location")}),
        ("What readers are told", {"fields": ("risks", "call_911_if", "call_us_same_day_if")}),
        ("What it rests on", {"fields": ("sources",)}),
        ("In use", {"fields": ("is_retired",)}),
    )
    list_display = ("name", "checked", "procedure_type")
    search_fields = ("name",)
