"""What article pages and feeds make of an article alike: its summary, its links, its numbers to call."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.template.loader import render_to_string
from django.urls import reverse

from blog.content.outline import first_words, post_links
from blog.models import (
    Image,
    Practice,
    Publication,
    Revision,
)

from .clinic import practice

EXCERPT_LENGTH = 180


def patients_in(images: Mapping[int, Image]) -> frozenset[int]:
    """Those of whom nothing is said outside of the page: what stands under them goes with them."""
    return frozenset(pk for pk, image in images.items() if image.is_private)


def call_for(clinic: Practice | None = None, counted_as: str = "") -> Callable[[str], str]:
    """How a care card of one kind (care, urgent, emergency) ends: the clinic's number and hours, 911 first.

    What the clinic has left blank is left out. Without ``clinic`` the answer asks for it, one query, when it is needed.
    Taps on its numbers are counted for the article whose address is ``counted_as``; blank for none.
    """

    def call(kind: str) -> str:
        is_emergency = kind == "emergency"
        context = {"practice": clinic or practice(), "is_emergency": is_emergency, "counted_as": counted_as}
        return render_to_string("blog/_care_call.html", context).strip()

    return call


def link_addresses(bodies: Iterable[str], now: datetime) -> dict[int, str]:
    """Where each post is that these bodies link to by its number, if readers can open it now. One query at most."""
    linked = {pk for body in bodies for pk in post_links(body)}
    if not linked:
        return {}
    live = Publication.objects.live(now).filter(post_id__in=linked).order_by()
    return {pk: reverse("blog:article", args=[slug]) for pk, slug in live.values_list("post_id", "slug")}


def excerpt_of(article: Publication | Revision, without: frozenset[int] = frozenset()) -> str:
    """The short summary, else the subtitle, else the first words of the text, no captions of pictures ``without``."""
    return article.excerpt or article.subtitle or first_words(article.body, EXCERPT_LENGTH, without)
