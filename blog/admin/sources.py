"""Sources in the admin: a list with where each is used and whether its link is there; retired, never deleted."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone

from blog.clinic_time import full_day
from blog.models import LinkCheck, Post, Source
from blog.publishing.sources import live_uses, may_change_source, save_source, showing_source

from .source_sheet import SourceForm, source_urls
from .staff_model import StaffModelAdmin

LISTED_POSTS = 20


class LinkFilter(admin.SimpleListFilter):
    """Sources whose link is not there any more; retired ones stand in the list only when asked for."""

    title = "link"
    parameter_name = "link"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Gone, or offered no more."""
        return [("gone", "No longer there"), ("retired", "Offered no more")]

    def choices(self, changelist: ChangeList) -> Iterator[dict]:
        """Django's own, but that the first of them is no «All»: it leaves out what is offered no more."""
        first, *others = super().choices(changelist)
        return iter([first | {"display": "Offered"}, *others])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Source]) -> QuerySet[Source]:
        """Those that match; any other value gives all that are offered."""
        if self.value() == "retired":
            return queryset.filter(is_retired=True)
        offered = queryset.filter(is_retired=False)
        return offered.filter(url__in=LinkCheck.objects.gone()) if self.value() == "gone" else offered


class Sources(ChangeList):
    """The list of sources; two queries more for their uses and links, however many there are."""

    def get_results(self, request: HttpRequest) -> None:
        """One page, each source with how many live articles show it and what its link answered."""
        super().get_results(request)
        sources, uses = list(self.result_list), live_uses(timezone.now())
        checks = {check.url: check for check in LinkCheck.objects.filter(url__in=[source.url for source in sources])}
        for source in sources:
            source.uses, source.check = uses.get(source.pk, 0), checks.get(source.url)
        self.result_list = sources


@admin.register(Source)
class SourceAdmin(StaffModelAdmin):
    """What articles rest on."""

    form = SourceForm
    change_form_template = "admin/blog/source/change_form.html"
    fields = ("title", "publisher", "url", "accessed_on", "is_retired")
    list_display = ("title", "link_state", "used_in", "publisher", "seen_on", "record_number")
    list_filter = (LinkFilter,)
    search_fields = ("title", "publisher", "url")
    saved_words = "Saved."

    def get_urls(self) -> list[URLPattern]:
        """Django's own, after those of the sheet."""
        return [*source_urls(self.admin_site), *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[ChangeList]:
        """The list that knows uses and links."""
        return Sources

    def get_fields(self, request: HttpRequest, obj: Source | None = None) -> tuple[str, ...]:
        """Only one that is there can be retired."""
        return self.fields if obj is not None else self.fields[:-1]

    def has_change_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        """One that a safety note shows is changed by who may change that note; others read it."""
        if obj is None or obj.pk is None:
            return super().has_change_permission(request, obj)
        return may_change_source(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        """Never: an article may rest on it. It is retired instead."""
        return False

    @admin.display(description="In live articles")
    def used_in(self, source: Source) -> str:
        """How many live articles show it."""
        return str(source.uses)

    @admin.display(description="Link")
    def link_state(self, source: Source) -> str:
        """Whether the link was there when somebody or the program last looked."""
        return link_words(source, source.check)

    @admin.display(description="Seen on", ordering="accessed_on")
    def seen_on(self, source: Source) -> str:
        """The day on which somebody read it."""
        return f"{source.accessed_on:%B} {source.accessed_on.day}, {source.accessed_on.year}"

    @admin.display(description="Record number", ordering="pk")
    def record_number(self, source: Source) -> str:
        """By which a post's form knows it where no script runs."""
        return str(source.pk)

    def save_model(self, request: HttpRequest, obj: Source, form: BaseForm, change: bool) -> None:
        """Save through ``blog.publishing``, and say when readers see it."""
        save_source(request.user, obj, form.changed_data, timezone.now())
        shown = [article for article, is_old in showing_source(obj, timezone.now()) if is_old] if change else []
        articles = "1 live article shows" if len(shown) == 1 else f"{len(shown)} live articles show"
        wait = f" {articles} the old words until published again; they are listed below." if shown else ""
        request.staff_sentence = f"“{obj}”: saved.{wait}"

    def response_post_save_change(self, request: HttpRequest, obj: Source) -> HttpResponse:
        """Back to the form where articles still show the old words, else to the list."""
        if any(is_old for _, is_old in showing_source(obj, timezone.now())):
            return redirect("admin:blog_source_change", obj.pk)
        return super().response_post_save_change(request, obj)

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Django's own, with where the source is used and what its link answered."""
        source, now = context.get("original"), timezone.now()
        if source is not None:
            context |= uses_of(source, now)
        return super().render_change_form(request, context, *args, **kwargs)


def uses_of(source: Source, now: datetime) -> dict[str, object]:
    """For the form: live articles, those that show old words, drafts that list it, and the link's state."""
    stored = Source.objects.get(pk=source.pk)
    shown = showing_source(stored, now)
    live = {article.post_id for article, _ in shown}
    drafts = [post for post in posts_listing(stored) if post.pk not in live]
    check = LinkCheck.objects.filter(url=stored.url).first() if stored.url else None
    return {
        "live_articles": [article for article, _ in shown],
        "old_articles": [article for article, is_old in shown if is_old],
        "drafts": drafts[:LISTED_POSTS],
        "more_drafts": max(0, len(drafts) - LISTED_POSTS),
        "link_words": link_words(stored, check),
        "is_gone": check is not None and check.is_gone,
    }


def posts_listing(source: Source) -> list[Post]:
    """Posts whose working copy lists a source, the last saved first."""
    found = Post.objects.not_in_trash().exclude(sources=[]).order_by("-saved_at").only("title", "sources")
    return [post for post in found if source.pk in post.sources]


def link_words(source: Source, check: LinkCheck | None) -> str:
    """What is known of a source's link, in a few words."""
    if not source.url:
        return "No link"
    if check is None:
        return "Not looked at yet"
    when = full_day(check.checked_at)
    if check.is_gone:
        return f"No longer there on {when}: {check.answer}"
    return f"Did not answer on {when}: {check.answer}" if check.answer else f"There on {when}"
