"""Who checks health articles before they go live: what each choice would do here and now, in words for the form."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import get_text_list

from blog import publishing
from blog.models import Author, MedicalReview, Publication

from .post_review import named

NAMED_POSTS = 5
STAYS = " What is live stays live, and stands in the work list until somebody signs it."


def policy_help(now: datetime) -> SafeString:
    """A line for each choice, with what it changes; and whether anybody is there to review."""
    unreviewed = _unreviewed(now)
    lines = [
        ("Nobody yet.", "No page, list or screen for publishing speaks of reviews; writers can still ask a colleague."),
        ("A clinician may.", f"Publishing without a review stays possible. {_live_words(unreviewed)}"),
        (
            "A clinician must.",
            "No health article goes live without a review, by no way. News of the clinic needs none. "
            f"{_live_words(unreviewed)}{STAYS if unreviewed else ''} "
            f"{_scheduled_words(publishing.scheduled_without_review(now))}",
        ),
    ]
    listed = format_html_join("", "<strong>{}</strong> {}<br>", lines)
    return format_html("{}{}", listed, _who_reviews())


def _unreviewed(now: datetime) -> int:
    """How many live health articles nobody has signed as they stand, whatever the practice says of reviews today."""
    signed = MedicalReview.objects.standing().under(OuterRef("post"), OuterRef("digest"), OuterRef("author"))
    live = Publication.objects.live(now).filter(kind=Publication.Kind.HEALTH_INFORMATION, post__is_sample=False)
    return live.filter(~Exists(signed.order_by())).order_by().count()


def _live_words(count: int) -> str:
    if not count:
        return "No live health article is unreviewed."
    articles = "1 live health article is" if count == 1 else f"{count} live health articles are"
    return f"{articles} unreviewed now."


def _scheduled_words(waiting: list) -> str:
    if not waiting:
        return "No scheduled post is unreviewed."
    return f"Not scheduled any more by that: {_titles([one.title for one in waiting])}. Their drafts stay."


def _titles(titles: list[str]) -> str:
    quoted = [f"“{title}”" for title in titles[:NAMED_POSTS]]
    more = len(titles) - NAMED_POSTS
    return get_text_list([*quoted, f"{more} more"] if more > 0 else quoted, "and")


def _who_reviews() -> SafeString:
    may = User.objects.with_perm("blog.decide_review", backend="django.contrib.auth.backends.ModelBackend")
    ready = Author.objects.filter(is_medical_reviewer=True, is_sample=False, user__in=may.filter(is_staff=True))
    names = [author.byline for author in ready.exclude(credentials="").order_by("name")]
    authors = reverse("admin:blog_author_changelist")
    if names:
        return format_html('{} can review: <a href="{}">Authors</a>.', named(names), authors)
    return format_html(
        "<strong>Nobody can review yet.</strong> It takes a person under "
        '<a href="{}">Authors</a> with “Reviews articles”, credentials and a login, whose role is Medical reviewer.',
        authors,
    )
