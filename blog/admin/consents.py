"""Patients' consents: each with its pictures and where they stand, and the screens on which one is revoked."""

from datetime import date, datetime

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from blog import pictures, publishing
from blog.clinic_time import spoken
from blog.models import FileDeletion, Image, PhotoConsent

from .consent_words import consent_state
from .images import listed_places
from .staff_model import StaffModelAdmin

DATE = {"format": "%Y-%m-%d", "attrs": {"type": "date"}}
# Files that the page after a revocation asks for as a reader would.
ASKED_FOR = 40
# Places of one picture that are listed; more are counted.
LISTED = 20


class ConsentForm(forms.ModelForm):
    """A consent: its number, where it holds, and for how long. Never a name."""

    class Meta:
        model = PhotoConsent
        fields = ("reference", "scope", "signed_on", "expires_on")
        labels = {"reference": "Number on the signed form", "scope": "Pictures may be shown on"}
        help_texts = {"reference": "The number alone, never a name. The form itself stays in your own files."}
        widgets = {
            "scope": forms.RadioSelect,
            "signed_on": forms.DateInput(**DATE),
            "expires_on": forms.DateInput(**DATE),
        }

    def clean_signed_on(self) -> date:
        """The day of signing, which has come."""
        day = self.cleaned_data["signed_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day lies ahead. Write the day on which the patient signed.")
        return day

    def clean(self) -> dict[str, object]:
        """The last day is not before the first."""
        values = super().clean()
        signed_on, expires_on = values.get("signed_on"), values.get("expires_on")
        if signed_on and expires_on and expires_on < signed_on:
            self.add_error("expires_on", "The last day is before the day of signing.")
        return values


class StateFilter(admin.SimpleListFilter):
    """Consents that hold, and those that do no more."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Holds, ended or revoked."""
        return [("holds", "Holds"), ("ended", "Ended"), ("revoked", "Revoked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PhotoConsent]) -> QuerySet[PhotoConsent]:
        """Those that match; unknown values match all."""
        live = PhotoConsent.objects.live(timezone.now()).values("pk")
        wanted = {
            "holds": queryset.filter(pk__in=live),
            "ended": queryset.filter(revoked_at__isnull=True).exclude(pk__in=live),
            "revoked": queryset.filter(revoked_at__isnull=False),
        }
        return wanted.get(self.value(), queryset)


@admin.register(PhotoConsent)
class PhotoConsentAdmin(StaffModelAdmin):
    """Consents by the day of signing, newest first."""

    form = ConsentForm
    change_form_template = "admin/blog/photoconsent/change_form.html"
    fields = ("reference", "scope", "signed_on", "expires_on")
    list_display = ("reference", "state", "pictures", "signed_on")
    list_filter = (StateFilter,)
    search_fields = ("reference",)
    search_help_text = "Consent number"
    saved_words = "Saved. Readers see it at once."

    def get_queryset(self, request: HttpRequest) -> QuerySet[PhotoConsent]:
        """Django's own, with the number of pictures."""
        return super().get_queryset(request).annotate(picture_count=Count("images"))

    @admin.display(description="State")
    def state(self, obj: PhotoConsent) -> str:
        """How it stands, in words."""
        return consent_state(obj, timezone.now())

    @admin.display(description="Pictures")
    def pictures(self, obj: PhotoConsent) -> int:
        """How many pictures it stands for."""
        return obj.picture_count

    def get_urls(self) -> list:
        """Django's own, and the two screens of a revocation."""
        site: AdminSite = self.admin_site
        own = [
            path("<int:pk>/revoke/", site.admin_view(self.revoke_view), name="blog_photoconsent_revoke"),
            path("<int:pk>/revoked/", site.admin_view(self.revoked_view), name="blog_photoconsent_revoked"),
        ]
        return [*own, *super().get_urls()]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, object]:
        """The next free number; the day of signing is nobody's guess."""
        return {"reference": publishing.next_reference(timezone.now()), "signed_on": None}

    def get_readonly_fields(self, request: HttpRequest, obj: PhotoConsent | None = None) -> tuple:
        """The number of a consent stays: it stands on paper. A revoked one stays as it is."""
        if obj is not None and obj.revoked_at is not None:
            return self.fields
        return ("reference",) if obj is not None else ()

    def has_delete_permission(self, request: HttpRequest, obj: PhotoConsent | None = None) -> bool:
        """Consents are kept: they say why a picture was shown."""
        return False

    def save_model(self, request: HttpRequest, obj: PhotoConsent, form: ConsentForm, change: bool) -> None:
        """Save through ``blog.publishing``, which checks the right and writes it down."""
        values = {name: form.cleaned_data[name] for name in ("scope", "signed_on", "expires_on")}
        try:
            if change:
                publishing.change_consent(request.user, obj, **values)
            else:
                obj.pk = publishing.record_consent(request.user, reference=form.cleaned_data["reference"], **values).pk
        except publishing.NotAllowed as refused:
            raise PermissionDenied(str(refused)) from refused
        request.staff_sentence = f"{obj}: {self.saved_words[0].lower()}{self.saved_words[1:]}"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Django's own, with the state and the pictures and where they stand."""
        obj = self.get_object(request, object_id)
        if obj is not None and obj.revoked_at is not None and request.method == "POST":
            messages.warning(request, "This consent was revoked, and stays as it is.")
            return redirect("admin:blog_photoconsent_change", obj.pk)
        about = _about(obj, request) if obj is not None and self.has_view_permission(request, obj) else {}
        return super().change_view(request, object_id, form_url, about | (extra_context or {}))

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what happens and what cannot be recalled (GET); end the consent now (POST)."""
        try:
            publishing.require_revoke(request.user)
        except publishing.NotAllowed as refused:
            return self.admin_site.refusal(request, str(refused))
        consent = get_object_or_404(PhotoConsent, pk=pk)
        if consent.revoked_at is not None:
            return redirect("admin:blog_photoconsent_revoked", pk)
        if request.method == "POST":
            asked = [
                pictures.for_readers(one.pk, file["name"]) for one in consent.images.all() for file in one.renditions
            ]
            try:
                publishing.revoke(request.user, consent)
            except publishing.Refused as refused:
                messages.info(request, str(refused))
            # Only for the next page, which asks for them as a reader would.
            request.session["revoked_files"] = {str(pk): asked[:ASKED_FOR]}
            return redirect("admin:blog_photoconsent_revoked", pk)
        return self._page(request, consent, "revoke.html", f"Revoke {consent}")

    def revoked_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What came of it: the files are gone, this is where they were, and these drafts still name them."""
        if not (publishing.may_revoke(request.user) or self.has_view_permission(request)):
            raise PermissionDenied
        consent = get_object_or_404(PhotoConsent.objects.select_related("revoked_by"), pk=pk)
        if consent.revoked_at is None:
            return redirect("admin:blog_photoconsent_revoke", pk)
        asked = request.session.get("revoked_files", {}).get(str(pk), [])
        waiting = FileDeletion.objects.filter(storage__in=("private", "masters")).exists()
        return self._page(request, consent, "revoked.html", f"{consent} is revoked", asked=asked, waiting=waiting)

    def _page(
        self, request: HttpRequest, consent: PhotoConsent, template: str, title: str, **more: object
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "consent": consent,
            **_about(consent, request),
            **more,
        }
        return TemplateResponse(request, f"admin/blog/photoconsent/{template}", context)


def _about(consent: PhotoConsent, request: HttpRequest) -> dict[str, object]:
    now = timezone.now()
    shown = [_shown(image, now) for image in consent.images.order_by("pk")]
    return {
        "state_words": consent_state(consent, now),
        "holds": consent.is_live(now),
        "consent_pictures": shown,
        "places_count": sum(one["count"] for one in shown),
        "may_revoke": publishing.may_revoke(request.user) and consent.revoked_at is None,
        "revoked_words": spoken(consent.revoked_at, now) if consent.revoked_at else "",
        "revoked_by": publishing.name_of(consent.revoked_by) if consent.revoked_at else "",
    }


def _shown(image: Image, now: datetime) -> dict[str, object]:
    places = listed_places(publishing.places_of(image, now))
    return {
        "image": image,
        "name": str(image),
        "url": reverse("admin:blog_image_change", args=[image.pk]),
        "thumbnail": pictures.thumbnail_url(image),
        "places": places[:LISTED],
        "more": max(0, len(places) - LISTED),
        "count": len(places),
    }
