"""Whole addresses: what others should know a page or file by, and where a link leads.

Floor 0: knows the setting of the public address, no model.
"""

from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve


def full_address(path: str) -> str:
    """The whole public address of a path on this site; an address that is whole already stays as it is."""
    return settings.SITE_URL + path if path.startswith("/") else path


def web_host(address: str) -> str:
    """The host of a web address, in small letters; empty where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""


class ArticleAddress(NamedTuple):
    """The address of an article of this blog, taken apart: its own part, and the id of a heading or blank."""

    slug: str
    fragment: str


def article_at(address: str) -> ArticleAddress | None:
    """Which article of this blog an address names, as ``/blog/<slug>/`` or whole; None for any other address.

    What stands behind a question mark counts for nothing on an article's page.
    """
    try:
        parts = urlsplit(address.strip())
        own = urlsplit(settings.SITE_URL)
        is_whole = bool(parts.scheme or parts.netloc)
        if is_whole and (parts.scheme not in ("http", "https") or parts.netloc.lower() != own.netloc.lower()):
            return None
        path = unquote(parts.path)
        found = resolve(path if path.endswith("/") else f"{path}/")
    except (ValueError, Resolver404):
        return None
    if found.view_name != "blog:article":
        return None
    return ArticleAddress(found.kwargs["slug"], unquote(parts.fragment))
