"""What was done in public, to logins and to the practice: to read and not to change."""

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst

from blog.clinic_time import spoken, zone_label
from blog.models import AuditEntry, Post

from .staff_model import StaffModelAdmin

LISTED_ACTS = 100


class WhoDidIt(admin.RelatedOnlyFieldListFilter):
    """People who did anything."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.title = "who did it"


class WhoseLogin(admin.RelatedOnlyFieldListFilter):
    """People to whose login something was done."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.title = "whose login"


class When(admin.DateFieldListFilter):
    """Today, the last days, this month, this year."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.title = "when"


@admin.register(AuditEntry)
class AuditEntryAdmin(StaffModelAdmin):
    """Who did what, newest first. ``?post=…`` shows one post's entries."""

    list_display = ("done_at", "act", "post_link", "who", "effect", "reason")
    list_display_links = ("done_at",)
    list_filter = (("at", When), "act", ("actor", WhoDidIt), ("person", WhoseLogin))
    list_select_related = ("post", "actor", "person")
    list_per_page = 50
    search_fields = ("about", "actor__username", "person__username", "reason")
    search_help_text = "Title, user name or reason"
    fields = ("done_at", "act", "post_link", "who", "effect", "reason")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Entries are made by the acts themselves."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """What happened stays as it was written down."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """What happened stays written down."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The list under a short name."""
        return super().changelist_view(request, {"title": "Record"} | (extra_context or {}))

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """Without the articles' text, which no column shows."""
        return super().get_queryset(request).defer("post__body")

    @admin.display(description=f"Done ({zone_label()})", ordering="at")
    def done_at(self, entry: AuditEntry) -> str:
        """When somebody did it."""
        return capfirst(spoken(entry.at, timezone.now(), zone=False))

    @admin.display(description="About")
    def post_link(self, entry: AuditEntry) -> str:
        """The post by its title of that day, as a link while it is there; or the person."""
        if entry.post is None:
            login = entry.person.get_username() if entry.person else ""
            return f"{entry.about} ({login})" if login not in ("", entry.about) else entry.about
        # A release before this record of titles wrote none.
        title = entry.about or entry.post.title
        return format_html('<a href="{}">{}</a>', reverse("admin:blog_post_change", args=[entry.post_id]), title)

    @admin.display(description="By", ordering="actor__username")
    def who(self, entry: AuditEntry) -> str:
        """The person; acts of commands on the server have none."""
        return entry.actor.get_username() if entry.actor else "A command on the server"

    @admin.display(description="Readers see it from")
    def effect(self, entry: AuditEntry) -> str | None:
        """When readers see the act's effect, where that is another moment."""
        return _effect(entry, timezone.now())


def acts_on(post: Post, now: datetime) -> list[dict]:
    """What was done in public to a post, the newest first, in words for its history page. One query."""
    found = AuditEntry.objects.filter(post=post).select_related("actor")
    return [
        {
            "words": entry.get_act_display(),
            "at": capfirst(spoken(entry.at, now, zone=False)),
            "by": entry.actor.get_username() if entry.actor else "a command on the server",
            "effect": _effect(entry, now) or "",
            "reason": entry.reason,
        }
        for entry in found[:LISTED_ACTS]
    ]


def _effect(entry: AuditEntry, now: datetime) -> str | None:
    moment = entry.takes_effect_at
    return None if moment is None or moment == entry.at else capfirst(spoken(moment, now, zone=False))
