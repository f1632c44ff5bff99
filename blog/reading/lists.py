"""Lists of live articles: pages of cards, what stands around an article, feeds."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, Value

from blog.addresses import full_address
from blog.content.outline import image_ids
from blog.content.render import render_for_feeds
from blog.models import (
    Author,
    Image,
    Practice,
    Publication,
    PublicationTag,
    Revision,
    Tag,
    Topic,
)
from blog.models.publication import PublicationQuerySet
from blog.pictures import (
    public_pictures,
)
from blog.sources import ShownSource, numbers, on_page

from .kept import kept
from .pieces import call_for, excerpt_of, link_addresses, patients_in

POSTS_PER_PAGE = 10
MORE_POSTS = 3
FEED_LENGTH = 20
# Characters of text in one feed: many readers refuse larger files. A single longer article still comes whole.
FEED_TEXT = 1_000_000


@dataclass(frozen=True)
class FeedArticle:
    """An article as feeds carry it whole: its text as HTML with whole addresses only, its tags, its short summary."""

    article: Publication
    html: str
    tags: Sequence[Tag]
    excerpt: str
    sources: Sequence[ShownSource]


def _cards_of(publications: PublicationQuerySet) -> PublicationQuerySet:
    return (
        publications.order_by()
        .select_related("author", "topic", "hero_image__consent")
        .defer("body", "key_points", "related_posts", "disclosure", "cta_text", "hero_image__caption")
    )


def _cards(now: datetime) -> PublicationQuerySet:
    return _cards_of(Publication.objects.live(now)).newest_first()


class LivePages(Paginator):
    """Live articles in pages, newest first, whose cost hardly grows with their number.

    How many there are is kept in the process. The keys of a page stand in an index, where they are counted off from
    the nearer end; of articles only those of the page are read.
    """

    def __init__(self, found: PublicationQuerySet, now: datetime, about: Hashable) -> None:
        super().__init__(found.newest_first(), POSTS_PER_PAGE)
        self._now, self._about = now, about

    @cached_property
    def count(self) -> int:
        """How many articles there are."""
        return kept(("count", self._about), self._now, self.object_list.count)

    def page(self, number: int) -> Page:
        """The page with this number. One query, beside that for ``count``."""
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        end = min(start + self.per_page, self.count)
        keys = self.object_list.values("pk")
        keys = keys.reverse()[self.count - end : self.count - start] if start > self.count - end else keys[start:end]
        cards = _newest_first(_cards_of(Publication.objects.filter(pk__in=keys))) if end else []
        return self._get_page(cards, number, self)


def posts(
    now: datetime, *, topic: Topic | None = None, tag: Tag | None = None, author: Author | None = None
) -> LivePages:
    """Live articles, newest first, in pages; all of them, or of one topic, tag or author."""
    found = Publication.objects.live(now)
    if topic is not None:
        found = found.filter(topic=topic)
    if tag is not None:
        found = found.filter(Exists(PublicationTag.objects.filter(publication=OuterRef("pk"), tag=tag)))
    if author is not None:
        found = found.filter(author=author)
    return LivePages(found, now, tuple(record and record.pk for record in (topic, tag, author)))


def newest_posts(now: datetime, count: int) -> list[Publication]:
    """The ``count`` newest live articles."""
    return list(_cards(now)[:count])


def feed_articles(now: datetime, clinic: Practice | None = None) -> list[FeedArticle]:
    """The newest live articles that may be indexed, whole. Four queries at most, however many pictures and links.

    There are ``FEED_LENGTH`` of them, or as many as ``FEED_TEXT`` has room for. Care cards in them end with the numbers
    of ``clinic``; without one, it is asked for where there is such a card.
    """
    found = (
        Publication.objects.live(now)
        .newest_first()
        .filter(noindex=False)
        .select_related("author", "topic", "hero_image")
        .prefetch_related("tags")[:FEED_LENGTH]
    )
    used = {pk for article in found for pk in image_ids(article.body)}
    images = {image.pk: image for image in Image.objects.filter(pk__in=used)}
    pictures, left_out = public_pictures(images, now), patients_in(images)
    links = link_addresses((article.body for article in found), now)
    articles: list[FeedArticle] = []
    room = FEED_TEXT
    for article in found:
        sources, address = on_page(article), full_address(article.get_absolute_url())
        html = render_for_feeds(article.body, pictures, address, links, call_for(clinic), numbers(sources))
        room -= len(html)
        if articles and room < 0:
            break
        articles.append(FeedArticle(article, html, list(article.tags.all()), excerpt_of(article, left_out), sources))
    return articles


def topics(now: datetime) -> list[Topic]:
    """Topics that have at least one live article, in their order."""
    live = Publication.objects.live(now).filter(topic=OuterRef("pk")).order_by()
    return list(Topic.objects.filter(Exists(live)))


def page_of(paginator: Paginator, number: str | None) -> Page | None:
    """The page with this number as a visitor typed it (None: the first), or None where there is no such page."""
    if number is None:
        return paginator.page(1)
    if not (number.isascii() and number.isdecimal() and len(number) < 7):
        return None
    wanted = int(number)
    return paginator.page(wanted) if 1 <= wanted <= paginator.num_pages else None


def around(
    article: Publication | Revision, tags: Iterable[Tag], now: datetime
) -> tuple[list[Publication], Publication | None, Publication | None]:
    """Where a reader can go from an article: three more posts, the previous post, and the next one. One query.

    More posts are those picked by hand first, then ones sharing the topic or a tag, then the newest. Previous and next
    are its neighbours by shown date; None at either end, and for a revision, which has no place in that order.
    """
    others = Publication.objects.live(now).exclude(post_id=article.post_id)
    # No id twice, and none that a database's key cannot hold, whatever an import brought.
    wanted = [pk for pk in dict.fromkeys(article.related_posts) if 0 < pk < 2**63]
    tagged = PublicationTag.objects.filter(publication=OuterRef("pk"), tag__in=[tag.pk for tag in tags if tag.pk])
    shares = Q(Exists(tagged))
    if article.topic_id is not None:
        shares |= Q(topic_id=article.topic_id)
    parts = [others.filter(post_id__in=wanted)]
    # Each takes as many as could be needed when the part before it gave one less than is wanted.
    enough = 2 * MORE_POSTS - 1
    parts += [others.filter(shares).newest_first()[:enough], others.newest_first()[:enough]]
    if isinstance(article, Publication):
        parts += [others.before(article).newest_first()[:1], others.after(article).newest_first().reverse()[:1]]
    # A slice cannot stand in a union on SQLite, but in a condition on the key it can.
    first, *rest = [
        _cards_of(Publication.objects.filter(pk__in=part.values("pk"))).annotate(part=Value(number))
        for number, part in enumerate(parts)
    ]
    found: list[list[Publication]] = [[] for _ in range(5)]
    for publication in first.union(*rest, all=True):
        found[publication.part].append(publication)
    picked, kin, newest, previous, following = found
    picked.sort(key=lambda publication: wanted.index(publication.post_id))
    chosen = {publication.pk: publication for publication in [*picked, *_newest_first(kin), *_newest_first(newest)]}
    more = list(chosen.values())[:MORE_POSTS]
    return more, previous[0] if previous else None, following[0] if following else None


def _newest_first(publications: Iterable[Publication]) -> list[Publication]:
    return sorted(publications, key=lambda one: (one.published_at, one.live_from, one.pk), reverse=True)
