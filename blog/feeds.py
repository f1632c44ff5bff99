"""The RSS feed of the newest articles."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from blog import reading
from blog.models import Publication

FEED_LENGTH = 20


class _ArticleFeed(Feed):
    feed_type = Rss201rev2Feed

    def get_object(self, request: HttpRequest):
        return reading.practice()

    def title(self, practice) -> str:
        return practice.name

    def link(self) -> str:
        return settings.SITE_URL + reverse("blog:index")

    def feed_url(self) -> str:
        return settings.SITE_URL + reverse("blog:feed")

    def description(self, practice) -> str:
        return practice.blog_intro or practice.tagline or practice.blog_title

    def items(self) -> list[Publication]:
        return reading.feed_posts(timezone.now(), FEED_LENGTH)

    def item_title(self, item: Publication) -> str:
        return item.title

    def item_link(self, item: Publication) -> str:
        return settings.SITE_URL + item.get_absolute_url()

    def item_description(self, item: Publication) -> str:
        return item.excerpt or item.subtitle

    def item_guid(self, item: Publication) -> str:
        return f"urn:uuid:{item.post_uuid}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Publication):
        return item.published_at

    def item_updateddate(self, item: Publication):
        return item.changed_at

    def item_categories(self, item: Publication) -> list[str]:
        return [item.topic.name] if item.topic else []


_feed = _ArticleFeed()


@require_safe
@cache_control(no_cache=True)
def rss(request: HttpRequest) -> HttpResponse:
    """RSS 2.0 of the newest articles; each keeps its guid when its address changes."""
    return _feed(request)
