"""Feeds of the newest articles, whole, in the three formats that feed readers know."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TextIO

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape, format_html, format_html_join
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from blog import reading
from blog.addresses import full_address
from blog.clinic_time import machine_time
from blog.models import Practice, Publication
from blog.pictures import machine_file
from blog.sources import ShownSource
from blog.views import public_page

LANGUAGE = "en-US"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
MEDIA_RSS = "http://search.yahoo.com/mrss/"
SAFETY_NOTE = "Safety note: serious risks, when to call 911, and when to call us"
CONTENT = "http://purl.org/rss/1.0/modules/content/"


class SteadyFeed(SyndicationFeed):
    """A feed whose bytes stay the same until an article changes, so that readers are told «not modified»."""

    def latest_post_date(self) -> datetime:
        """When an article last changed; Django's own says «now» for an empty feed."""
        return super().latest_post_date() if self.items else NEVER


class RssArticles(SteadyFeed, Rss201rev2Feed):
    """RSS 2.0 with each article's whole text (content:encoded) and picture (media:content)."""

    def rss_attributes(self) -> dict[str, str]:
        """The vocabularies used beside RSS's own."""
        return super().rss_attributes() | {"xmlns:content": CONTENT, "xmlns:media": MEDIA_RSS}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict) -> None:
        """Django's own, with the summary as the HTML that readers take it for, and what these feeds add."""
        super().add_item_elements(handler, item | {"description": escape(item["description"])})
        handler.addQuickElement("content:encoded", item["content"])
        add_picture(handler, item)


class AtomArticles(SteadyFeed, Atom1Feed):
    """Atom with each article's whole text and picture (media:content)."""

    def root_attributes(self) -> dict[str, str]:
        """The vocabularies used beside Atom's own."""
        return super().root_attributes() | {"xmlns:media": MEDIA_RSS}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict) -> None:
        """Django's own, which says that a summary is HTML, and what these feeds add."""
        super().add_item_elements(handler, item | {"description": escape(item["description"])})
        handler.addQuickElement("content", item["content"], {"type": "html"})
        add_picture(handler, item)


class JsonArticles(SyndicationFeed):
    """JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/."""

    content_type = "application/feed+json"

    def write(self, outfile: TextIO, encoding: str) -> None:
        """Write the feed; ``encoding`` is UTF-8, the only one that JSON has."""
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "description": self.feed["description"],
            "icon": full_address("/apple-touch-icon.png"),
            "favicon": full_address("/favicon.ico"),
            "language": self.feed["language"],
            "items": [self.item(item) for item in self.items],
        }
        json.dump(feed, outfile, ensure_ascii=False, indent=1)

    def item(self, item: dict) -> dict[str, object]:
        """One article."""
        picture = {"image": full_address(item["picture"].url)} if item["picture"] else {}
        return {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "content_html": item["content"],
            "summary": item["description"],
            **picture,
            "date_published": machine_time(item["pubdate"]),
            "date_modified": machine_time(item["updateddate"]),
            "authors": [{"name": item["author_name"], "url": item["author_link"]}],
            "tags": item["categories"],
            "language": self.feed["language"],
        }


def add_picture(handler: SimplerXMLGenerator, item: dict) -> None:
    """Add an article's main photo to an XML feed, if it has one."""
    if file := item["picture"]:
        measures = {"width": str(file.width), "height": str(file.height)}
        attributes = {"url": full_address(file.url), "type": "image/jpeg", "medium": "image", **measures}
        handler.addQuickElement("media:content", None, attributes)


@require_safe
@public_page()
def rss(request: HttpRequest) -> HttpResponse:
    """RSS 2.0 of the newest articles; each keeps its guid when its address changes."""
    return _feed(RssArticles, "blog:feed")


@require_safe
@public_page()
def atom(request: HttpRequest) -> HttpResponse:
    """The same as Atom."""
    return _feed(AtomArticles, "blog:feed_atom")


@require_safe
@public_page()
def json_feed(request: HttpRequest) -> HttpResponse:
    """The same as JSON Feed."""
    return _feed(JsonArticles, "blog:feed_json")


def _feed(kind: type[SyndicationFeed], name: str) -> HttpResponse:
    practice = reading.practice()
    feed = kind(
        title=practice.name,
        link=full_address(reverse("blog:index")),
        description=practice.blog_intro or practice.tagline or practice.blog_title,
        language=LANGUAGE,
        feed_url=full_address(reverse(name)),
    )
    for found in reading.feed_articles(timezone.now(), practice):
        article = found.article
        topic = [article.topic.name] if article.topic else []
        feed.add_item(
            title=article.title,
            link=full_address(article.get_absolute_url()),
            description=found.excerpt,
            author_name=article.author.name,
            author_link=full_address(article.author.get_absolute_url()),
            pubdate=timezone.localtime(article.published_at),
            updateddate=timezone.localtime(article.changed_at),
            unique_id=f"urn:uuid:{article.post_uuid}",
            unique_id_is_permalink=False,
            categories=list(dict.fromkeys([*topic, *(tag.name for tag in found.tags)])),
            content=found.html + _sources(found.sources) + _below(article, practice),
            picture=machine_file(article.hero_image),
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _sources(sources: Sequence[ShownSource]) -> str:
    """The sources by their numbers, which the text cites."""
    items = [format_html('<a href="{}">{}</a>', one.url, one.title) if one.url else one.title for one in sources]
    rows = format_html_join("", "<li>{}{}</li>", zip(items, (_by(one) for one in sources), strict=True))
    return format_html("\n<h2>Sources</h2>\n<ol>{}</ol>", rows) if sources else ""


def _by(source: ShownSource) -> str:
    return f". {source.publisher}" if source.publisher else ""


def _below(article: Publication, practice: Practice) -> str:
    """What must not be missing where a text is read away from its page.

    That there is a safety note, and where (there and not here, because here it would grow old); what the practice
    earns; the disclaimer.
    """
    below = [f"<p>{escape(text)}</p>" for text in (article.disclosure, practice.disclaimer) if text]
    if article.shown_drugs or article.shown_procedures:
        address = full_address(article.get_absolute_url())
        below.insert(0, f'<p><a href="{escape(address)}#safety">{SAFETY_NOTE}</a></p>')
    return "".join(f"\n{paragraph}" for paragraph in below)
