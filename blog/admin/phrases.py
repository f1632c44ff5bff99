"""The words that the checks look for, and a box to try a sentence on them."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import escape

from blog.checks import Finding, all_checks, check
from blog.models import AuditEntry, Phrase, Revision
from blog.publishing import record

from .staff_model import StaffModelAdmin

LONGEST_TRY = 1000


class TryForm(forms.Form):
    """A sentence as it might stand in an article."""

    sentence = forms.CharField(
        label="Try a sentence",
        max_length=LONGEST_TRY,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class PhraseForm(forms.ModelForm):
    """A phrase with something to look for."""

    def clean_words(self) -> str:
        """Words, not marks alone, which stand in every sentence. Raises ``ValidationError``."""
        words = self.cleaned_data["words"]
        if not any(character.isalnum() for character in words):
            raise forms.ValidationError("Write at least one word. Marks alone stand in every sentence.")
        return words


@admin.register(Phrase)
class PhraseAdmin(StaffModelAdmin):
    """Phrases by kind. Whoever may not change them sees them."""

    form = PhraseForm
    change_list_template = "admin/blog/phrase/change_list.html"
    fields = ("kind", "words", "advice", "is_active")
    list_display = ("words", "advice", "is_active", "kind")
    list_filter = ("kind", "is_active")
    search_fields = ("words", "advice")
    list_per_page = 200
    saved_words = "Saved. The checks look for it from now on; what is live stays live."

    def get_urls(self) -> list[URLPattern]:
        """Django's own, and the box to try a sentence."""
        return [path("try/", self.admin_site.admin_view(self.try_view), name="blog_phrase_try"), *super().get_urls()]

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """What the checks find in one sentence. Nothing is stored."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TryForm(request.POST or None)
        found = _found_in(form.cleaned_data["sentence"]) if form.is_bound and form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "title": "Try a sentence",
            "opts": self.opts,
            "form": form,
            "found": found,
        }
        return TemplateResponse(request, "admin/blog/phrase/try.html", context)

    def save_model(self, request: HttpRequest, obj: Phrase, form: forms.ModelForm, change: bool) -> None:
        """Save, and write down what is another one now."""
        super().save_model(request, obj, form, change)
        if form.changed_data:
            what = ", ".join(str(form.fields[name].label).lower() for name in form.changed_data) if change else "new"
            _write_down(request, obj, what)

    def delete_model(self, request: HttpRequest, obj: Phrase) -> None:
        """Delete, and write it down."""
        _write_down(request, obj, "deleted")
        super().delete_model(request, obj)


def _write_down(request: HttpRequest, phrase: Phrase, what: str) -> None:
    reason = f"Phrase “{phrase}” ({phrase.get_kind_display()}): {what}"
    record(request.user, AuditEntry.Act.RECORD_CHANGED, at=timezone.now(), reason=reason)


def _found_in(sentence: str) -> list[tuple[Finding, str]]:
    """What rules about words find in a sentence, each with the title of its rule."""
    article = Revision(title="", body=f"<p>{escape(sentence)}</p>", key_points=[])
    titles = {one.rule.name: one.rule.title for one in all_checks()}
    return [
        (finding, titles[finding.rule])
        for finding in check(article)
        if finding.sentence and finding.field == "body" and finding.rule != "reading_grade"
    ]
