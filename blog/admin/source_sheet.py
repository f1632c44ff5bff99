"""The source sheet's views: find a source that is there, and add one that is not."""

from datetime import date

from django import forms
from django.contrib.admin import AdminSite
from django.db.models import Q, QuerySet
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from blog.models import Source
from blog.models.article import MAX_SOURCES
from blog.publishing.access import NotAllowed
from blog.publishing.sources import add_source
from blog.sources import source_at

OFFERED = 8
LONGEST_QUESTION = 600


def source_urls(admin_site: AdminSite) -> list[URLPattern]:
    """The addresses of these views, for the urls of the admin's sources: behind the admin's login and CSRF check."""
    return [
        path("find/", admin_site.admin_view(require_GET(find)), name="blog_source_find"),
        path("new/", admin_site.admin_view(require_POST(new)), name="blog_source_new"),
    ]


class SourceForm(forms.ModelForm):
    """What staff say of a source."""

    url = forms.URLField(
        label="Link",
        required=False,
        widget=forms.URLInput(attrs={"class": "vTextField"}),
        assume_scheme="https",
        max_length=Source._meta.get_field("url").max_length,
        error_messages={"invalid": "This is no web address. Copy it from the browser’s address line."},
    )
    accessed_on = forms.DateField(
        label="Seen on",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=Source._meta.get_field("accessed_on").help_text,
        error_messages={"required": "Say on which day you read it.", "invalid": "Say on which day you read it."},
    )

    class Meta:
        model = Source
        fields = ["title", "publisher", "url", "accessed_on"]
        error_messages = {"title": {"required": "Write the title, as it stands over the page or paper itself."}}

    def clean_accessed_on(self) -> date:
        """A day that has come. Raises ``ValidationError``."""
        day = self.cleaned_data["accessed_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day lies ahead. Write the day on which you read it.")
        return day


def as_json(source: Source) -> dict[str, object]:
    """What the source sheet and the list beside the text know of a source."""
    return {
        "id": source.pk,
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "seen": source.accessed_on.isoformat(),
    }


def listed(keys: list[int]) -> list[Source]:
    """The sources with these keys, in this order; keys of none are left out."""
    found = Source.objects.in_bulk(keys[:MAX_SOURCES])
    return [found[pk] for pk in keys if pk in found]


def listed_in(form: forms.ModelForm) -> list[Source]:
    """The sources in a post's form, as stored or as typed."""
    return listed(_keys(str(form["sources"].value() or "")))


def _keys(text: str) -> list[int]:
    return [int(word) for word in text.split() if word.isascii() and word.isdecimal() and len(word) < 19]


def _best(question: str) -> QuerySet[Source]:
    found = Source.objects.filter(is_retired=False)
    for word in question.split()[:8]:
        found = found.filter(Q(title__icontains=word) | Q(publisher__icontains=word) | Q(url__icontains=word))
    return found.order_by("-pk")


def find(request: HttpRequest) -> JsonResponse:
    """Sources as JSON: ``sources``, each as ``as_json`` has it; the newest first.

    ``q`` is words of title, publisher or link, or a whole link, which names one source, however it is written. With
    ``keys`` («3 5») it is these, in this order, retired ones too. 403 without the right to see.
    """
    if not request.user.has_perm("blog.view_source"):
        return _refusal("Your login may not see the list of sources. Ask for the Writer role.", 403)
    if "keys" in request.GET:
        return JsonResponse({"sources": [as_json(source) for source in listed(_keys(request.GET["keys"]))]})
    question = request.GET.get("q", "")[:LONGEST_QUESTION].strip()
    known = source_at(question)
    found = [known] if known else _best(question)[:OFFERED]
    return JsonResponse({"sources": [as_json(source) for source in found], "exact": known is not None})


def new(request: HttpRequest) -> JsonResponse:
    """Add a source from the fields of ``SourceForm``; answers with it as ``as_json`` has it.

    One with the same address is found, not doubled, and keeps its own words (``known`` is true then).
    Errors are ``{"error": sentence, "field": name}`` with 400, 403 without the right.
    """
    form = SourceForm(request.POST)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        return _refusal(errors[0], 400, field)
    try:
        source, is_new = add_source(request.user, **form.cleaned_data, now=timezone.now())
    except NotAllowed as refused:
        return _refusal(str(refused), 403)
    return JsonResponse(as_json(source) | {"known": not is_new})


def _refusal(sentence: str, status: int, field: str = "") -> JsonResponse:
    return JsonResponse({"error": sentence, "field": field}, status=status)
