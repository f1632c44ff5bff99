"""The clinic itself: one record, so one form and no list."""

from django.contrib import admin
from django.db.models import URLField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from blog.models import Practice

from .staff_model import StaffModelAdmin


@admin.register(Practice)
class PracticeAdmin(StaffModelAdmin):
    """Who speaks on this blog and how to reach them."""

    fieldsets = (
        (None, {"fields": ("name", "tagline")}),
        ("The blog page", {"fields": ("blog_title", "blog_intro")}),
        (
            "How to reach you",
            {"fields": ("phone", "hours", "after_hours_text", "address", "website_url", "booking_url")},
        ),
        ("Under every article", {"fields": ("disclaimer",)}),
    )
    formfield_overrides = StaffModelAdmin.formfield_overrides | {URLField: {"assume_scheme": "https"}}
    saved_words = "Saved. Readers see it at once."

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one practice, and it is there from the start."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Practice | None = None) -> bool:
        """The practice cannot be deleted."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The form instead of a list of one."""
        Practice.objects.get_or_create(pk=1)
        return redirect("admin:blog_practice_change", 1)

    def response_post_save_change(self, request: HttpRequest, obj: Practice) -> HttpResponse:
        """Back to the form, which is all there is."""
        return redirect("admin:blog_practice_change", 1)
