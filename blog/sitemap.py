"""Which addresses search engines should know, and when what stands there last changed."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Subquery
from django.urls import reverse

from blog.addresses import full_address
from blog.models import Publication, PublicationTag
from blog.pictures import machine_file

# The most that one sitemap may hold. Beyond that the oldest articles are left out, and found by their lists.
MAX_ADDRESSES = 50_000


@dataclass(frozen=True)
class Entry:
    """A whole address, when its page changed (None: never yet), and the whole address of its main photo or ""."""

    address: str
    changed_at: datetime | None
    picture: str = ""


def entries(now: datetime) -> list[Entry]:
    """The blog's own page, topics, tags and authors, then articles, newest first. Two queries.

    An article is listed if search engines may show it and its own address is the canonical one; it changed when its
    page says so. A list is listed if search engines may show one of its live articles; it changed when one of them
    did, or first went live, whatever date it shows. A move from one list to another does not count.
    """
    first_seen = Publication.objects.filter(post=OuterRef("post")).order_by("live_from").values("live_from")[:1]
    live = (
        Publication.objects.live(now)
        .newest_first()
        .select_related("hero_image")
        .only(
            "slug",
            "published_at",
            "updated_at",
            "canonical_url",
            "noindex",
            "hero_image__renditions",
            "hero_image__replaced_by",
            "hero_image__depicts",
        )
        .annotate(
            first_seen=Subquery(first_seen),
            topic_slug=F("topic__slug"),
            author_slug=F("author__slug"),
        )
    )
    tags = _tags(now)
    articles: list[Entry] = []
    newest: datetime | None = None
    lists: dict[tuple[str, str], datetime] = {}
    listed: set[tuple[str, str]] = set()
    # In chunks: at ten thousand articles they would fill the memory all at once.
    for article in live.iterator(chunk_size=500):
        changed = max(article.changed_at, article.first_seen)
        newest = max(newest or changed, changed)
        places = [("author", article.author_slug), *tags.get(article.pk, [])]
        if article.topic_slug is not None:
            places.append(("topic", article.topic_slug))
        for place in places:
            lists[place] = max(changed, lists.get(place, changed))
        if not article.noindex:
            listed.update(places)
            address = full_address(article.get_absolute_url())
            if article.canonical_url in ("", address):
                photo = machine_file(article.hero_image)
                articles.append(Entry(address, article.changed_at, full_address(photo.url) if photo else ""))
    index = Entry(full_address(reverse("blog:index")), newest)
    groups = [Entry(full_address(reverse(f"blog:{kind}", args=[slug])), lists[kind, slug]) for kind, slug in listed]
    return [index, *sorted(groups, key=lambda entry: entry.address), *articles][:MAX_ADDRESSES]


def _tags(now: datetime) -> dict[int, list[tuple[str, str]]]:
    """The tag lists on which each publication stands, by its key."""
    ties = PublicationTag.objects.filter(publication__in=Publication.objects.live(now).order_by())
    found: dict[int, list[tuple[str, str]]] = {}
    for pk, slug in ties.values_list("publication_id", "tag__slug").iterator():
        found.setdefault(pk, []).append(("tag", slug))
    return found
