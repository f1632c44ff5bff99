"""What readers get: from a publication (or, for staff, a revision) and one moment to everything a page needs.

Nothing here reads a working copy. Functions take ``now`` (aware datetime), once per request, and never write.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.db import DatabaseError, InterfaceError
from django.db.models import Exists, OuterRef, Q, Value
from django.template.loader import render_to_string
from django.urls import reverse

from blog.addresses import full_address
from blog.content.outline import Heading, first_words, image_ids, post_links
from blog.content.render import render, render_for_feeds
from blog.models import (
    Author,
    ChangeStamp,
    Drug,
    Image,
    Practice,
    Procedure,
    Publication,
    PublicationTag,
    Revision,
    Tag,
    Topic,
)
from blog.models.publication import PublicationQuerySet
from blog.pictures import (
    RESULTS_DIFFER,
    Figure,
    PrivateAddress,
    body_pictures,
    for_readers,
    hero_figure,
    public_pictures,
    words_instead,
)
from blog.reader_notes import Records, SafetyNote, load_records, may_have_notes, notes_about
from blog.reviewed import Reviewed, current_review, with_review
from blog.sources import ShownSource, numbers, on_page

POSTS_PER_PAGE = 10
MORE_POSTS = 3
FEED_LENGTH = 20
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
    """Everything an article page shows. ``article`` is the publication, or the revision in a preview.

    ``hero_instead`` is what stands in the place of a main photo that is not to be seen, without its words.
    """

    article: Publication | Revision
    hero: Figure | None
    hero_instead: str
    body_html: str
    outline: Sequence[Heading]
    tags: Sequence[Tag]
    more: Sequence[Publication]
    previous: Publication | None
    next: Publication | None
    excerpt: str
    sources: Sequence[ShownSource] = ()
    # The numbers of those that the text cites.
    cited: frozenset[int] = frozenset()
    # The drugs and procedures of another day; None for those of today, which this process holds.
    records: Records | None = None
    reviewed: Reviewed | None = None

    @property
    def hero_note(self) -> str:
        """A sentence that the page puts under the main photo by itself."""
        return RESULTS_DIFFER if self.hero and self.article.hero_image.is_before_after else ""

    @property
    def version(self) -> str:
        """What tells this publication from every other one; blank in a preview, which is none."""
        return str(self.article.pk) if isinstance(self.article, Publication) else ""

    @property
    def description(self) -> str:
        """The text for search engines: the editor's own, else the summary."""
        return self.article.meta_description or self.excerpt

    @property
    def contents(self) -> list[Heading]:
        """The main headings to list before the text, where there are enough of them to be worth a list."""
        main = [heading for heading in self.outline if heading.level == 2]
        return main if len(main) >= CONTENTS_FROM else []

    # These ask the copy that this process holds, when a page first needs them: see ``safety_records``.
    @cached_property
    def _shown(self) -> tuple[tuple[Drug, ...], tuple[Procedure, ...]]:
        return (self.records or safety_records()).shown_on(self.article) if may_have_notes(self.article) else ((), ())

    @property
    def drugs(self) -> tuple[Drug, ...]:
        """The drugs that the page has a safety note about, by name."""
        return self._shown[0]

    @property
    def procedures(self) -> tuple[Procedure, ...]:
        """The procedures that the page has a safety note about, by name."""
        return self._shown[1]

    @cached_property
    def safety_notes(self) -> list[SafetyNote]:
        """What patients must know about what the text names: one note for each class of drugs and each procedure."""
        if not (self.drugs or self.procedures):
            return []
        return notes_about(self.drugs, self.procedures, (self.records or safety_records()).sources)


@dataclass(frozen=True)
class FeedArticle:
    """An article as feeds carry it whole: its text as HTML with whole addresses only, its tags, its short summary."""

    article: Publication
    html: str
    tags: Sequence[Tag]
    excerpt: str
    sources: Sequence[ShownSource]


# From records as they are to records as they were.
Shared = Callable[[Iterable], list]

_practice: tuple[int, Practice] | None = None
_records: tuple[int, Records] | None = None


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


def safety_records() -> Records:
    """Drugs, procedures and their sources, as of the stamp that ``practice`` read last in this process.

    One query where anything public changed since they were read, else none. The stamp was read before them, so they
    are never older than what it stands for.
    """
    global _records
    if _practice is None:
        practice()
    stamp = _practice[0]
    if _records is None or _records[0] != stamp:
        _records = (stamp, load_records())
    return _records[1]


def known_practice() -> Practice | None:
    """The clinic as this process last read it, or None; asks nothing, for pages that must work without a database."""
    return _practice[1] if _practice is not None else None


def forget_practice() -> None:
    """Drop the in-process copies; for tests, whose databases come and go under one process."""
    global _practice, _records
    _practice = _records = None


def _cards_of(publications: PublicationQuerySet) -> PublicationQuerySet:
    return (
        publications.order_by()
        .select_related("author", "topic", "hero_image__consent")
        .defer("body", "key_points", "related_posts", "disclosure", "cta_text", "hero_image__caption")
    )


def _cards(now: datetime) -> PublicationQuerySet:
    return _cards_of(Publication.objects.live(now)).newest_first()


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


def feed_articles(now: datetime, clinic: Practice | None = None) -> list[FeedArticle]:
    """The newest live articles that may be indexed, whole. Four queries at most, however many pictures and links.

    Care cards in them end with the numbers of ``clinic``; without one, it is asked for where there is such a card.
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
    pictures, left_out = public_pictures(images, now), _patients(images)
    links = link_addresses((article.body for article in found), now)
    articles = []
    for article in found:
        sources, address = on_page(article), full_address(article.get_absolute_url())
        html = render_for_feeds(article.body, pictures, address, links, call_for(clinic), numbers(sources))
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


def find_article(slug: str, now: datetime) -> Publication | Moved | Gone | None:
    """What answers at ``/blog/<slug>/`` now: an article, where it moved, that it is gone, or None for nothing ever.

    An old address is answered by the latest past publication that had it, so there are no chains and no loops.
    """
    live = Publication.objects.live(now).order_by()
    found = with_review(live.filter(slug=slug), now)
    found = found.select_related("author", "author__photo", "topic", "hero_image__consent").first()
    if found is not None:
        return found
    past = Publication.objects.filter(slug=slug, live_from__lte=now).order_by("-live_from").values("post_id").first()
    if past is None:
        return None
    present = live.filter(post_id=past["post_id"]).values("slug").first()
    return Moved(present["slug"]) if present else Gone()


def article_page(
    article: Publication | Revision,
    now: datetime,
    *,
    tags: Sequence[Tag] | None = None,
    shared: Shared = list,
    records: Records | None = None,
    clinic: Practice | None = None,
    private: PrivateAddress | None = for_readers,
) -> ArticlePage:
    """Build an article page. The same function serves readers, previews and evidence.

    ``tags`` may name others than those stored with the article. ``shared`` turns records as they are into records as
    they were, for a page of another day, and ``records`` are the drugs and procedures of that day. A picture that was
    replaced everywhere is not shown, and none of a patient whose consent does not hold at ``now``; ``private`` makes
    the addresses of those that are, None where no patient is shown at all. Care cards end with the numbers of
    ``clinic``; without one, it is asked for where there is such a card. Only a publication names who reviewed it: in a
    preview nothing is signed by that page.
    """
    used = shared(Image.objects.filter(pk__in=image_ids(article.body)).select_related("consent"))
    images = {image.pk: image for image in used if image.replaced_by_id is None}
    links, sources = link_addresses([article.body], now), on_page(article)
    pictures = body_pictures(images, now, private)
    rendered = render(article.body, pictures, links, call_for(clinic), numbers(sources))
    tags = list(article.tags.all()) if tags is None else tags
    hero = article.hero_image
    more, previous, following = around(article, tags, now)
    return ArticlePage(
        article=article,
        hero=hero_figure(hero, now, private),
        hero_instead=words_instead(hero, now, private),
        body_html=rendered.html,
        outline=rendered.outline,
        tags=tags,
        more=more,
        previous=previous,
        next=following,
        excerpt=excerpt_of(article, _patients(images)),
        sources=sources,
        cited=rendered.cited,
        records=records,
        reviewed=current_review(article, now) if isinstance(article, Publication) else None,
    )


def _patients(images: Mapping[int, Image]) -> frozenset[int]:
    """Those of whom nothing is said outside of the page: what stands under them goes with them."""
    return frozenset(pk for pk, image in images.items() if image.is_private)


def preview_page(
    revision: Revision,
    tags: Sequence[Tag],
    now: datetime,
    clinic: Practice | None = None,
    *,
    private: PrivateAddress | None = None,
) -> ArticlePage:
    """The page that readers would get if this revision went live now. It may be one that is stored nowhere yet.

    Patients are shown where ``private`` makes addresses of their pictures, which is for staff alone.
    """
    public = Publication.objects.filter(post_id=revision.post_id).order_by("live_from")
    moments = list(public.values_list("live_from", "updated_at")) if revision.post_id else []
    if revision.published_at is None:
        revision.published_at = moments[0][0] if moments and moments[0][0] < now else now
    revision.updated_at = moments[-1][1] if moments else None
    return article_page(revision, now, tags=tags, clinic=clinic, private=private)


def call_for(clinic: Practice | None = None) -> Callable[[str], str]:
    """How a care card of one kind (care, urgent, emergency) ends: the clinic's number and hours, 911 first.

    What the clinic has left blank is left out. Without ``clinic`` the answer asks for it, one query, when it is needed.
    """

    def call(kind: str) -> str:
        context = {"practice": clinic or practice(), "is_emergency": kind == "emergency"}
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


def _newest_first(publications: list[Publication]) -> list[Publication]:
    return sorted(publications, key=lambda one: (one.published_at, one.live_from, one.pk), reverse=True)
