"""What an article rests on: its list of sources, what its text cites of them, and which addresses are the same."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

from blog.content.outline import cited_sources
from blog.models import ArticleFields, Publication, Revision, Source
from blog.models.article import MAX_SOURCES

# What is hung onto an address to follow its reader, and says nothing about the page.
_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid")


@dataclass(frozen=True)
class ShownSource:
    """A source as an article's page lists it, under its number."""

    number: int
    id: int
    title: str
    publisher: str
    url: str
    accessed_on: date


def sources_of(article: ArticleFields) -> list[int]:
    """The keys of an article's sources in order: its list, then what its text cites and the list does not have."""
    return list(dict.fromkeys([*article.sources, *cited_sources(article.body)]))[:MAX_SOURCES]


def list_cited(article: ArticleFields) -> None:
    """Add to an article's list what its text cites, where that is a source; saves nothing."""
    missing = [pk for pk in sources_of(article) if pk not in article.sources]
    if missing:
        known = set(Source.objects.filter(pk__in=missing).values_list("pk", flat=True))
        article.sources = [*article.sources, *(pk for pk in missing if pk in known)]


def shown_sources(article: ArticleFields) -> list[dict[str, object]]:
    """The article's sources in their order, as a publication freezes them. One query where there are any.

    Keys: id, title, publisher, url, accessed_on (an ISO day).
    """
    keys = sources_of(article)
    if not keys:
        return []
    found = Source.objects.in_bulk(keys)
    return [
        {
            "id": source.pk,
            "title": source.title,
            "publisher": source.publisher,
            "url": source.url,
            "accessed_on": source.accessed_on.isoformat(),
        }
        for pk in keys
        if (source := found.get(pk)) is not None
    ]


def on_page(article: Publication | Revision) -> list[ShownSource]:
    """The sources that an article's page lists: those that were published with it, of a revision those of today."""
    frozen = article.shown_sources if isinstance(article, Publication) else shown_sources(article)
    return [
        ShownSource(
            number, one["id"], one["title"], one["publisher"], one["url"], date.fromisoformat(one["accessed_on"])
        )
        for number, one in enumerate(frozen, start=1)
    ]


def numbers(sources: list[ShownSource]) -> dict[int, int]:
    """Each source's number by its key, for citations."""
    return {source.id: source.number for source in sources}


def same_address(url: str) -> str:
    """What two addresses of one page have in common; blank for what is no web address.

    Scheme, «www.», capitals of the host, a slash or «#» at the end, and what only follows readers make no other page.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    asked = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not pair[0].startswith(_TRACKING)]
    place = host if port in (None, 80, 443) else f"{host}:{port}"
    query = f"?{urlencode(asked)}" if asked else ""
    return f"{place}{parts.path.rstrip('/')}{query}"


def source_at(url: str) -> Source | None:
    """The source that has this address, however it is written; one that is offered before one that is not."""
    wanted = same_address(url)
    if not wanted:
        return None
    host = (urlsplit(url.strip()).hostname or "").removeprefix("www.")
    found = Source.objects.filter(url__icontains=host).order_by("is_retired", "pk")
    return next((source for source in found if same_address(source.url) == wanted), None)
