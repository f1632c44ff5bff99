"""An article's page, and what answers at its address."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from blog.content.outline import Heading, image_ids
from blog.content.render import render
from blog.models import (
    Drug,
    Image,
    Practice,
    Procedure,
    Publication,
    Revision,
    Tag,
)
from blog.pictures import (
    RESULTS_DIFFER,
    Figure,
    PrivateAddress,
    body_pictures,
    for_readers,
    hero_figure,
    words_instead,
)
from blog.reader_notes import Records, SafetyNote, may_have_notes, notes_about
from blog.reviewed import Reviewed, current_review, with_review
from blog.sources import ShownSource, numbers, on_page

from .clinic import safety_records
from .lists import around
from .pieces import call_for, excerpt_of, link_addresses, patients_in

CONTENTS_FROM = 4

# From records as they are to records as they were.
Shared = Callable[[Iterable], list]


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
    counted_as: str = "",
) -> ArticlePage:
    """Build an article page. The same function serves readers, previews and evidence.

    ``tags`` may name others than those stored with the article. ``shared`` turns records as they are into records as
    they were, for a page of another day, and ``records`` are the drugs and procedures of that day. A picture that was
    replaced everywhere is not shown, and none of a patient whose consent does not hold at ``now``; ``private`` makes
    the addresses of those that are, None where no patient is shown at all. Care cards end with the numbers of
    ``clinic``; without one, it is asked for where there is such a card, and taps on them are counted for the address
    ``counted_as``, which only the page that readers get has. Only a publication names who reviewed it: in a
    preview nothing is signed by that page.
    """
    used = shared(Image.objects.filter(pk__in=image_ids(article.body)).select_related("consent"))
    images = {image.pk: image for image in used if image.replaced_by_id is None}
    links, sources = link_addresses([article.body], now), on_page(article)
    pictures = body_pictures(images, now, private)
    rendered = render(article.body, pictures, links, call_for(clinic, counted_as), numbers(sources))
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
        excerpt=excerpt_of(article, patients_in(images)),
        sources=sources,
        cited=rendered.cited,
        records=records,
        reviewed=current_review(article, now) if isinstance(article, Publication) else None,
    )


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
