"""Which addresses search engines should know, and when what stands there last changed.

A small blog has one sitemap. A large one has an index of sitemaps: number 0 names the lists, number N the articles of
the Nth so many posts ever begun. So an article stays in its file for as long as it lives, a file changes only when one
of its articles does, and none costs more than another, however many there are.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery
from django.urls import reverse

from blog.addresses import full_address
from blog.models import Author, Publication, PublicationTag, Tag, Topic
from blog.models.publication import PublicationQuerySet
from blog.pictures import machine_file

# The most that one sitemap may hold. Beyond that the oldest articles are left out, and found by their lists.
MAX_ADDRESSES = 50_000
# How many posts share a file of a large blog; up to as many live articles, one file holds everything.
POSTS_PER_FILE = 200
# The number of the file with the lists.
LISTS = 0


@dataclass(frozen=True)
class Entry:
    """A whole address, when its page changed (None: never yet), and the whole address of its main photo or ""."""

    address: str
    changed_at: datetime | None
    picture: str = ""


def is_large(now: datetime) -> bool:
    """Whether one file is too small for all that is live. One query, of the same cost at any number."""
    return Publication.objects.live(now).order_by()[POSTS_PER_FILE : POSTS_PER_FILE + 1].exists()


def files(now: datetime) -> list[Entry]:
    """The sitemaps of a large blog: the lists', then the articles', the oldest first. One query, over an index alone.

    A sitemap is listed if one of its articles is. It changed when one of them last appeared, changed or left.
    """
    live = Q(live_from__lte=now, live_until__gt=now, noindex=False)
    # Which of these own addresses is the article's is not asked here: one that moved since is rare, and no harm.
    live &= Q(canonical_url="") | Q(canonical_url__startswith=settings.SITE_URL)
    found = (
        Publication.objects.order_by()
        .values(number=(F("post") + POSTS_PER_FILE - 1) / POSTS_PER_FILE)
        .annotate(
            listed=Count("pk", filter=live),
            began=Max("live_from", filter=Q(live_from__lte=now)),
            ended=Max("live_until", filter=Q(live_until__lte=now)),
        )
    )
    listed = {one["number"]: max(filter(None, (one["began"], one["ended"]))) for one in found if one["listed"]}
    lists = Entry(_file(LISTS), max(listed.values(), default=None))
    return [lists, *(Entry(_file(number), listed[number]) for number in sorted(listed))]


def entries_of(number: int, now: datetime) -> list[Entry]:
    """What the sitemap of this number names, or nothing where there is no such one.

    Its articles, newest first, by one query. For number 0: the blog's own page and the lists in which search engines
    may find an article, by three; without the moments of their changes, for which every article would be asked.
    """
    if number == LISTS:
        return [Entry(full_address(reverse("blog:index")), None), *_lists(now)][:MAX_ADDRESSES]
    last = number * POSTS_PER_FILE
    if last > 2**62:  # no key of a database is as large
        return []
    of_these = _articles(now).filter(post__gt=last - POSTS_PER_FILE, post__lte=last, noindex=False)
    return [entry for article in of_these for entry in _entry(article)]


def _file(number: int) -> str:
    return full_address(reverse("blog:sitemap_part", args=[number]))


def _lists(now: datetime) -> list[Entry]:
    shown = Publication.objects.live(now).filter(noindex=False).order_by()
    tagged = PublicationTag.objects.filter(tag=OuterRef("pk"))
    has_one = {
        Author: Exists(shown.filter(author=OuterRef("pk"))),
        Tag: Exists(tagged.filter(Exists(shown.filter(pk=OuterRef("publication"))))),
        Topic: Exists(shown.filter(topic=OuterRef("pk"))),
    }
    found = (one for model, condition in has_one.items() for one in model.objects.filter(condition).order_by("slug"))
    return [Entry(full_address(one.get_absolute_url()), None) for one in found]


def _articles(now: datetime) -> PublicationQuerySet:
    columns = ("slug", "published_at", "updated_at", "canonical_url", "noindex")
    photo = ("renditions", "replaced_by", "depicts")
    live = Publication.objects.live(now).newest_first().select_related("hero_image")
    return live.only(*columns, *(f"hero_image__{name}" for name in photo))


def _entry(article: Publication) -> list[Entry]:
    """The article's line, none where it stands elsewhere first."""
    address = full_address(article.get_absolute_url())
    if article.canonical_url not in ("", address):
        return []
    photo = machine_file(article.hero_image)
    return [Entry(address, article.changed_at, full_address(photo.url) if photo else "")]


def entries(now: datetime) -> list[Entry]:
    """The blog's own page, topics, tags and authors, then articles, newest first. Two queries.

    An article is listed if search engines may show it and its own address is the canonical one; it changed when its
    page says so. A list is listed if search engines may show one of its live articles; it changed when one of them
    did, or first went live, whatever date it shows. A move from one list to another does not count.
    """
    first_seen = Publication.objects.filter(post=OuterRef("post")).order_by("live_from").values("live_from")[:1]
    live = _articles(now).annotate(
        first_seen=Subquery(first_seen),
        topic_slug=F("topic__slug"),
        author_slug=F("author__slug"),
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
            articles += _entry(article)
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
