"""Where the links of an article lead, as readers find it at the moment of going live."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import Resolver404, resolve, reverse

from blog.addresses import article_at, full_address
from blog.content.outline import RESERVED_IDS, outline
from blog.content.phrases import Mark, plain
from blog.content.sentences import Part
from blog.models import Address, ArticleFields, Post, Publication

from .candidate import Link


def links_of(
    article: ArticleFields, found: Iterable[Part], own_ids: set[str], post: int | None, goes_live: datetime
) -> list[Link]:
    """The links of an article and what readers find behind each, in five queries at most, however many there are.

    ``own_ids`` are the ids of its own headings.
    """
    texts = [(part, mark, words) for part in found for mark, words in _marked(part)]
    named = {mark.href: article_at(mark.href) for _, mark, _ in texts if mark.href}
    slugs = {one.slug for one in named.values() if one is not None}
    by_slug = {one.slug: one.post_id for one in Address.objects.filter(slug__in=slugs)} if slugs else {}
    wanted = {mark.post for _, mark, _ in texts if mark.post is not None} | set(by_slug.values())
    wanted = {pk for pk in wanted if 0 < pk < 2**63}
    live = {}
    if wanted or slugs:
        reachable = Publication.objects.live(goes_live).filter(Q(post__in=wanted) | Q(slug__in=slugs))
        live = {one.post_id: one for one in reachable.only("post_id", "slug", "title", "body").order_by()}
    by_slug |= {one.slug: one.post_id for one in live.values()}
    lost = wanted - live.keys() - {post}
    titles = dict(Post.objects.filter(pk__in=lost).values_list("pk", "title")) if lost else {}
    ids: dict[int, set[str]] = {}

    def target_of(mark: Mark) -> tuple[str, int, str]:
        href = mark.href or ""
        fragment, number = mark.fragment, mark.post
        if href.startswith("#"):
            return ("elsewhere" if href[1:] in own_ids | RESERVED_IDS | {"", "top"} else "here"), 0, ""
        if number is None:
            address = named[href]
            if address is None:
                return ("elsewhere" if _leads_somewhere(href, article) else "gone"), 0, ""
            fragment, number = address.fragment, by_slug.get(address.slug)
            if number is None:
                return ("live", post, "") if post and address.slug == article.slug else ("gone", 0, "")
        if number == post:
            return ("live" if not fragment or fragment in own_ids | RESERVED_IDS else "here"), number, ""
        if number not in live:
            return ("draft" if number in titles else "gone"), number, titles.get(number, "")
        if fragment and number not in ids:
            ids[number] = {one.id for one in outline(live[number].body)} | RESERVED_IDS
        is_there = not fragment or fragment in ids[number]
        return ("live" if is_there else "heading"), number, live[number].title

    seen: Counter[str] = Counter()
    links = []
    for part, mark, words in texts:
        target, number, title = target_of(mark)
        links.append(Link(words, mark.href or "", number or 0, target, title, part.section, seen[words]))
        seen[words] += 1
    return links


def _marked(part: Part) -> Iterator[tuple[Mark, str]]:
    for mark, runs in groupby(part.runs, key=lambda run: next((one for one in run.marks if one.tag == "a"), None)):
        if mark is not None and (words := " ".join(plain(list(runs)).split())):
            yield mark, words


def _leads_somewhere(href: str, article: ArticleFields) -> bool:
    """Whether an address is no page of this site that is not there; whatever lies elsewhere counts as there."""
    try:
        here = full_address(reverse("blog:article", args=[article.slug or "post"]))
        parts_of = urlsplit(urljoin(here, href))
        if parts_of.scheme not in ("http", "https") or parts_of.netloc != urlsplit(settings.SITE_URL).netloc:
            return True
        path = parts_of.path
        if path.startswith((settings.STATIC_URL, settings.MEDIA_URL)):
            return True
        resolve(path if path.endswith("/") else f"{path}/")
    except (ValueError, Resolver404):
        return False
    return True
