"""The list of posts: find one, see where it stands, open it."""

from datetime import datetime
from html import escape

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from blog import publishing, reads
from blog.clinic_time import short, short_day, zone_label
from blog.models import Author, MedicalReview, Post, Publication, StaffWord, Topic
from blog.pictures import thumbnail_url
from blog.publishing.review_lists import AHEAD

from .audit import acts_on
from .here import in_list_words
from .post_bulk import StaffActionForm, offered_actions, undoable_acts
from .post_views import MOST_VIEWS, kept_query, views_of
from .practice_of import reviews_matter
from .staff_model import is_plain
from .work import is_mine, notes_on, what_lies_ahead, with_standing

CHIPS = {
    StaffWord.DRAFT: "",
    StaffWord.IN_REVIEW: "review",
    StaffWord.SCHEDULED: "sched",
    StaffWord.LIVE: "live",
    StaffWord.OFF_THE_SITE: "",
}
SEARCH_WORDS = 8
# What Django says when something is missing to an act on many posts.
STOCK_WORDS = {
    "Items must be selected in order to perform actions on them. No items have been changed.": (
        "Nothing was changed: no post is ticked. Tick those that you mean, then choose again."
    ),
    "No action selected.": "Nothing was changed. Choose what to do with the posts that are ticked.",
}


def is_number(text: str) -> bool:
    """Whether a text from an address can be a record's key."""
    return text.isascii() and text.isdecimal() and len(text) < 19


# Off the site and changes have no number: counting them would cost more with every post there is.
FIXED_VIEWS = (
    ("All", {}),
    ("Mine", {"mine": "1"}),
    ("Drafts", {"status": StaffWord.DRAFT.value}),
    ("In review", {"status": StaffWord.IN_REVIEW.value}),
    ("Scheduled", {"status": StaffWord.SCHEDULED.value}),
    ("Off the site", {"status": StaffWord.OFF_THE_SITE.value}),
    ("Changes not live", {"changes": "1"}),
    ("Trash", {"trash": "1"}),
)


class StatusFilter(admin.SimpleListFilter):
    """By the staff word."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Every word."""
        return StaffWord.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Posts with that word; a word that does not exist matches none. «Scheduled» finds those set to leave, too."""
        if self.value() is None:
            return queryset
        if self.value() == StaffWord.SCHEDULED:
            return queryset.filter(pk__in=what_lies_ahead(timezone.now()).values("post"))
        return queryset.called(self.value(), timezone.now())


class _KeyFilter(admin.SimpleListFilter):
    """By a related record, whose key stands in the address."""

    records: QuerySet

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in self.records.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        if self.value() is None:
            return queryset
        if not is_number(self.value()):
            raise IncorrectLookupParameters
        return queryset.filter(**{self.parameter_name: int(self.value())})


class TopicFilter(_KeyFilter):
    """By the topic of the draft."""

    title, parameter_name, records = "topic", "topic", Topic.objects.order_by("position", "name")


class AuthorFilter(_KeyFilter):
    """By the author of the draft."""

    title, parameter_name, records = "author", "author", Author.objects.order_by("name")


class _ViewFilter(admin.SimpleListFilter):
    """A filter that the row of views offers, so the side column does not."""

    template = "admin/blog/post/no_filter.html"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("1", "Yes")]


class MineFilter(_ViewFilter):
    """Posts that this person started, or that carry their name."""

    title, parameter_name = "mine", "mine"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Own posts; all without the filter."""
        return queryset.filter(is_mine(request.user)) if self.value() else queryset


class ChangesFilter(_ViewFilter):
    """Live posts of which readers see another text than the newest draft."""

    title, parameter_name = "changes not live", "changes"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Those posts; all without the filter."""
        if not self.value():
            return queryset
        queryset = queryset.with_staff_word(timezone.now()).filter(live_revision_id__isnull=False)
        return queryset.exclude(live_revision_id=F("newest_revision_id"))


class ReviewDueFilter(admin.SimpleListFilter):
    """By whether the medical review of what readers see is due soon or overdue; only where articles are reviewed."""

    title, parameter_name = "medical review", "review"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """One choice; none, and so no filter, where nobody reviews."""
        return [("due", "Due within 30 days, or overdue")] if reviews_matter(request) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Those posts; all without the filter."""
        if self.value() is None:
            return queryset
        now = timezone.now()
        day = timezone.localdate(now) + AHEAD
        # Beginning with the few signatures, so that the other articles are not looked at.
        concerned = MedicalReview.objects.standing().filter(due_on__lte=day).order_by().values("post")
        soon = reviewed_articles(now).filter(post__in=concerned, due_on__lte=day)
        return queryset.filter(pk__in=soon.values("post"))


class TrashFilter(_ViewFilter):
    """Posts that somebody threw away; they stand nowhere else."""

    title, parameter_name = "trash", "trash"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """What is in the trash; without the filter, what is not."""
        return queryset.filter(trashed_at__isnull=not self.value())


class PostChangeList(ChangeList):
    """Finds the keys of one page first, and only then where those posts stand: the cost does not grow with the blog."""

    def get_ordering_field(self, field_name: str) -> object:
        """Django's own, and the numbers of readers."""
        if field_name != "read":
            return super().get_ordering_field(field_name)
        return Coalesce(reads.of_posts(timezone.now())["reads"], 0)

    def get_results(self, request: HttpRequest) -> None:
        """One page of posts, each with its staff word and what its row shows."""
        super().get_results(request)
        found = self.paginator.object_list
        if isinstance(found, list):
            keys = self.paginator.page(self.page_num).object_list if self.multi_page else found
        else:
            keys = list(self.result_list.values_list("pk", flat=True))
        now = timezone.now()
        self.result_list = with_standing(keys, now, **reads.of_posts(now))
        here = publishing.open_elsewhere(request.user, keys, now)
        due = {}
        if reviews_matter(request):
            due = dict(reviewed_articles(now).filter(post__in=keys).values_list("post_id", "due_on"))
        kept = {"preserved_filters": self.preserved_filters, "opts": self.opts}
        for post in self.result_list:
            post.review_due_on = due.get(post.pk)
            post.sums = None if post.reads is None else reads.Sums(post.reads, post.calls, post.bookings)
            post.change_url = add_preserved_filters(kept, reverse("admin:blog_post_change", args=[post.pk]))
            may_restore = post.trashed_at is not None and publishing.may_edit(request.user, post)
            post.here_words = in_list_words(here[post.pk]) if post.pk in here else ""
            post.restore_url = reverse("admin:blog_post_restore", args=[post.pk]) if may_restore else ""


class PostList:
    """Mixin for the admin of posts: everything of the change list, and the history of one post."""

    list_display = ("picture", "title_cell", "status", "author_cell", "when", "read")
    list_display_links = None
    list_filter = (StatusFilter, TopicFilter, AuthorFilter, ReviewDueFilter, MineFilter, ChangesFilter, TrashFilter)
    list_per_page = 25
    list_max_show_all = 0
    show_full_result_count = False
    search_fields = ("title", "body", "tags__name")
    search_help_text = "Title, text or tag"
    ordering = ("-saved_at", "-pk")
    action_form = StaffActionForm
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/blog/post/change_list.html"

    def has_delete_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        """A post is taken off the site or moved to the trash, never deleted here."""
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """What an address may filter by: values, not patterns."""
        return is_plain(lookup, value) and super().lookup_allowed(lookup, value, request)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """The columns; one more where articles are reviewed."""
        return (*self.list_display, "review_due") if reviews_matter(request) else self.list_display

    def get_actions(self, request: HttpRequest) -> dict:
        """What this person may do to the posts that are ticked."""
        return offered_actions(request)

    def get_action_choices(self, request: HttpRequest, default_choices: list | None = None) -> list[tuple[str, str]]:
        """Django's own, in the house's words."""
        return super().get_action_choices(request, [("", "Choose what to do")])

    def message_user(self, request: HttpRequest, message: str, *args, **kwargs) -> None:
        """Django's own, in the house's words."""
        super().message_user(request, STOCK_WORDS.get(str(message), message), *args, **kwargs)

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[ChangeList]:
        """The list that looks up where posts stand page by page."""
        return PostChangeList

    def get_paginator(self, request: HttpRequest, queryset: QuerySet[Post], per_page: int, **kwargs) -> Paginator:
        """Django's own; where words are looked for in texts, over the keys that were found, so that it is done once."""
        found = list(queryset.values_list("pk", flat=True)) if request.GET.get("q") else queryset
        return super().get_paginator(request, found, per_page, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Post], search_term: str
    ) -> tuple[QuerySet[Post], bool]:
        """Posts that have every word in title, text or a tag. Returns them, and that none comes twice."""
        for word in search_term.split()[:SEARCH_WORDS]:
            tagged = Post.tags.through.objects.filter(post=OuterRef("pk"), tag__name__icontains=word)
            in_html = escape(word, quote=False)
            queryset = queryset.filter(Q(title__icontains=word) | Q(body__icontains=in_html) | Q(Exists(tagged)))
        return queryset, False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Django's own with the row of views, and what can still be undone."""
        query = kept_query(request.GET.urlencode())
        own = views_of(request)
        about = {
            "title": "Posts",
            "views": self._views(request, is_own=query in [view.query for view in own]),
            "own_views": [{"view": view, "current": view.query == query} for view in own],
            "query_to_save": query if query and len(own) < MOST_VIEWS else "",
            "undoable": undoable_acts(request, timezone.now()),
            "most_posts": publishing.MOST_POSTS,
            "filtered": bool(request.GET),
            "in_trash": "trash" in request.GET,
        }
        return super().changelist_view(request, about | (extra_context or {}))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Django's own log of edits, after what was done in public."""
        post = self.get_object(request, unquote(object_id))
        acts = {"acts": acts_on(post, timezone.now()), "zone": zone_label()} if post is not None else {}
        return super().history_view(request, object_id, acts | (extra_context or {}))

    def _views(self, request: HttpRequest, *, is_own: bool) -> list[dict]:
        counts = _counts(request, timezone.now())
        chosen = {key: request.GET[key] for key in ("mine", "status", "changes", "trash") if key in request.GET}
        # Where nobody reviews, no empty view tells of reviews.
        no_reviews = not counts["In review"] and not reviews_matter(request)
        return [
            {
                "name": name,
                "count": counts.get(name),
                "query": "?" + "&".join(f"{key}={value}" for key, value in match.items()),
                "current": chosen == match and not is_own,
            }
            for name, match in FIXED_VIEWS
            if not (no_reviews and name == "In review")
        ]

    @admin.display(description=format_html('<span class="visually-hidden">{}</span>', "Picture"))
    def picture(self, post: Post) -> str:
        """The main photo, small."""
        if url := thumbnail_url(post.hero_image) if post.hero_image else "":
            return format_html('<img src="{}" alt="" loading="lazy">', url)
        return format_html('<span class="st-quiet small">{}</span>', "No photo")

    @admin.display(description="Title", ordering="title")
    def title_cell(self, post: Post) -> str:
        """The title; under it what is unusual, and on a phone what other columns say."""
        lines = [*filter(None, [post.here_words]), *notes_on(post)]
        if post.restore_url:
            lines[-1] = format_html('{}. <a href="{}">Take out of the trash…</a>', lines[-1], post.restore_url)
        return format_html(
            '<a href="{}">{}</a>{}<span class="st-phone">{}</span>',
            post.change_url,
            post.title,
            format_html_join("", '<span class="st-sub st-quiet small">{}</span>', ((line,) for line in lines)),
            format_html_join(". ", "{}", ((line,) for line in self._on_a_phone(post))),
        )

    def _on_a_phone(self, post: Post) -> list[str]:
        due, sums = self.review_due(post), post.sums
        lines = [self.when(post)]
        lines += [format_html("Review: {}", due)] if due else []
        return [*lines, f"Read {reads.number(sums.reads, 'time')} in 30 days"] if sums else lines

    @admin.display(description="Status")
    def status(self, post: Post) -> str:
        """The staff word as a chip."""
        word = StaffWord(post.staff_word)
        return format_html('<span class="st-chip {}">{}</span>', CHIPS[word], word.label)

    @admin.display(description="Author", ordering="author__name", empty_value="Nobody yet")
    def author_cell(self, post: Post) -> str | None:
        """Who signs it."""
        return post.author.name if post.author else None

    @admin.display(description="Review due", empty_value="–")
    def review_due(self, post: Post) -> str | None:
        """When the medical review of what readers see is due; red when late."""
        if post.review_due_on is None:
            return None
        words = f"{post.review_due_on:%b} {post.review_due_on.day}, {post.review_due_on.year}"
        if post.review_due_on > timezone.localdate(post.seen_at):
            return words
        return format_html('<span class="st-bad">Overdue: {}</span>', words)

    @admin.display(description="Read, last 30 days", ordering="read", empty_value="–")
    def read(self, post: Post) -> str | None:
        """How often it was read, with the taps as title text; nothing where nothing was counted."""
        if post.sums is None:
            return None
        return format_html('<span title="{}">{}</span>', reads.in_words(post.sums), f"{post.sums.reads:,}")

    @admin.display(description="Published")
    def when(self, post: Post) -> str:
        """The date readers see, or when it goes live."""
        if post.scheduled_for:
            return capfirst(short(post.scheduled_for, post.seen_at))
        if post.shown_date:
            return short_day(post.shown_date)
        return "Not yet"


def reviewed_articles(now: datetime) -> QuerySet[Publication]:
    """What readers see and a clinician signed, each with ``due_on``, when that is due again."""
    signed = MedicalReview.objects.standing().under(OuterRef("post"), OuterRef("digest"), OuterRef("author"))
    latest = signed.order_by("-due_on", "-pk").values("due_on")[:1]
    live = Publication.objects.live(now).filter(kind=Publication.Kind.HEALTH_INFORMATION)
    return live.order_by().annotate(due_on=Subquery(latest)).filter(due_on__isnull=False)


def _counts(request: HttpRequest, now: datetime) -> dict[str, int]:
    kept = Q(trashed_at__isnull=True)
    publications = Publication.objects.filter(post=OuterRef("pk"))
    counts = Post.objects.order_by().aggregate(
        All=Count("pk", filter=kept),
        Mine=Count("pk", filter=kept & is_mine(request.user)),
        Drafts=Count("pk", filter=kept & Q(state=Post.State.DRAFT) & ~Exists(publications)),
        in_review=Count(
            "pk", filter=kept & Q(state=Post.State.IN_REVIEW) & ~Exists(publications.filter(live_from__gt=now))
        ),
        Scheduled=Count("pk", filter=Q(pk__in=what_lies_ahead(now).values("post"))),
        Trash=Count("pk", filter=~kept),
    )
    return counts | {"In review": counts["in_review"]}
