"""What readers get: from a publication (or, for staff, a revision) and one moment to everything a page needs.

Nothing here reads a working copy. Functions take ``now`` (aware datetime), once per request, and never write.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db import DatabaseError, InterfaceError
from django.db.models import Exists, OuterRef, Q

from blog.content.outline import Heading, first_words, image_ids
from blog.content.render import render
from blog.models import Author, ChangeStamp, Image, Practice, Publication, PublicationTag, Revision, Tag, Topic
from blog.pictures import Figure, body_pictures, hero_figure

POSTS_PER_PAGE = 10
MORE_POSTS = 3
CONTENTS_FROM = 4
EXCERPT_LENGTH = 180


@dataclass(frozen=True)
class Moved:
    """The article answers at another address now."""

    slug: str


@dataclass(frozen=True)
class Gone:
    """The article was here and has been taken off the site."""


@dataclass(frozen=True)
class ArticlePage:
    """Everything an article page shows. ``article`` is the publication, or the revision in a preview."""

    article: Publication | Revision
    hero: Figure | None
    body_html: str
    outline: Sequence[Heading]
    tags: Sequence[Tag]
    more: Sequence[Publication]
    excerpt: str

    @property
    def description(self) -> str:
        """The text for search engines: the editor's own, else the summary."""
        return self.article.meta_description or self.excerpt

    @property
    def contents(self) -> list[Heading]:
        """The main headings to list before the text, where there are enough of them to be worth a list."""
        main = [heading for heading in self.outline if heading.level == 2]
        return main if len(main) >= CONTENTS_FROM else []


_practice: tuple[int, Practice] | None = None


def practice() -> Practice:
    """The clinic as pages show it: read again when the change stamp moved; the last known while the database is away.

    One query where nothing changed. Raises the database's error only in a process that never reached it.
    """
    global _practice
    try:
        stamp = ChangeStamp.current()
        if _practice is None or _practice[0] != stamp:
            _practice = (stamp, Practice.objects.select_related("logo", "share_image").first() or Practice())
    except (DatabaseError, InterfaceError):
        if _practice is None:
            raise
    return _practice[1]


def forget_practice() -> None:
    """Drop the in-process copy; for tests, whose databases come and go under one process."""
    global _practice
    _practice = None


def _cards(now: datetime):
    return (
        Publication.objects.live(now)
        .newest_first()
        .select_related("author", "topic", "hero_image")
        .defer("body", "key_points", "related_posts", "hero_image__caption")
    )


def posts(
    now: datetime, *, topic: Topic | None = None, tag: Tag | None = None, author: Author | None = None
) -> "Paginator[Publication]":
    """Live articles, newest first, in pages; all of them, or of one topic, tag or author."""
    found = _cards(now)
    if topic is not None:
        found = found.filter(topic=topic)
    if tag is not None:
        found = found.filter(Exists(PublicationTag.objects.filter(publication=OuterRef("pk"), tag=tag)))
    if author is not None:
        found = found.filter(author=author)
    return Paginator(found, POSTS_PER_PAGE)


def newest_posts(now: datetime, count: int) -> list[Publication]:
    """The ``count`` newest live articles."""
    return list(_cards(now)[:count])


def feed_posts(now: datetime, count: int) -> list[Publication]:
    """The ``count`` newest live articles that may be indexed, with what a feed needs."""
    return list(_cards(now).filter(noindex=False)[:count])


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


def find_article(slug: str, now: datetime) -> Publication | Moved | Gone | None:
    """What answers at ``/blog/<slug>/`` now: an article, where it moved, that it is gone, or None for nothing ever.

    An old address is answered by the latest past publication that had it, so there are no chains and no loops.
    """
    live = Publication.objects.live(now).order_by()
    found = live.filter(slug=slug).select_related("author", "author__photo", "topic", "hero_image").first()
    if found is not None:
        return found
    past = Publication.objects.filter(slug=slug, live_from__lte=now).order_by("-live_from").values("post_id").first()
    if past is None:
        return None
    present = live.filter(post_id=past["post_id"]).values("slug").first()
    return Moved(present["slug"]) if present else Gone()


def article_page(article: Publication | Revision, now: datetime) -> ArticlePage:
    """Build an article page. The same function serves readers, previews and evidence."""
    pictures = {image.pk: image for image in Image.objects.filter(pk__in=image_ids(article.body))}
    rendered = render(article.body, body_pictures(pictures))
    tags = list(article.tags.all())
    return ArticlePage(
        article=article,
        hero=hero_figure(article.hero_image),
        body_html=rendered.html,
        outline=rendered.outline,
        tags=tags,
        more=more_posts(article, tags, now),
        excerpt=excerpt_of(article),
    )


def excerpt_of(article: Publication | Revision) -> str:
    """The short summary, else the subtitle, else the first words of the text."""
    return article.excerpt or article.subtitle or first_words(article.body, EXCERPT_LENGTH)


def more_posts(article: Publication | Revision, tags: Iterable[Tag], now: datetime) -> list[Publication]:
    """Three other live articles: those picked by hand first, then ones sharing the topic or a tag, then the newest."""
    others = _cards(now).exclude(post_id=article.post_id)
    # No id twice, and none that a database's key cannot hold, whatever an import brought.
    wanted = [pk for pk in dict.fromkeys(article.related_posts) if 0 < pk < 2**63]
    picked = {found.post_id: found for found in others.filter(post_id__in=wanted)} if wanted else {}
    chosen = [picked[pk] for pk in wanted if pk in picked]
    tagged = PublicationTag.objects.filter(publication=OuterRef("pk"), tag__in=list(tags))
    shares = Q(Exists(tagged))
    if article.topic_id is not None:
        shares |= Q(topic_id=article.topic_id)
    for source in (others.filter(shares), others):
        if len(chosen) >= MORE_POSTS:
            break
        known = [found.post_id for found in chosen]
        chosen += source.exclude(post_id__in=known)[: MORE_POSTS - len(chosen)]
    return chosen[:MORE_POSTS]
