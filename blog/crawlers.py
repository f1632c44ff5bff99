"""What search engines ask for: which pages there are, and where not to look."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from blog.addresses import full_address
from blog.sitemap import Entry, entries, entries_of, files, is_large
from blog.views import ask_again, public_page


@require_safe
@public_page()
def sitemap(request: HttpRequest) -> HttpResponse:
    """The sitemap, with pictures; of a large blog the index of its sitemaps.

    No changefreq and no priority: search engines ignore them.
    """
    now = timezone.now()
    if is_large(now):
        return _xml(request, "blog/sitemaps.xml", files(now))
    return _xml(request, "blog/sitemap.xml", entries(now))


@require_safe
@public_page()
def sitemap_part(request: HttpRequest, number: str) -> HttpResponse:
    """One of the sitemaps of a large blog."""
    now = timezone.now()
    found = entries_of(int(number), now) if is_large(now) else []
    if not found:
        raise Http404
    return _xml(request, "blog/sitemap.xml", found)


def _xml(request: HttpRequest, template: str, found: list[Entry]) -> HttpResponse:
    return render(request, template, {"entries": found}, content_type="application/xml; charset=utf-8")


@require_safe
@ask_again
def robots(request: HttpRequest) -> HttpResponse:
    """Keeps crawlers out of the staff side and names the sitemap.

    The search is not named: its pages say noindex, and who may not read a page cannot read that on it. An address
    that is only shut here is listed all the same once somebody links to it, with the words that they searched for.
    """
    lines = [
        "User-agent: *",
        f"Disallow: {reverse('admin:index')}",
        "",
        f"Sitemap: {full_address(reverse('blog:sitemap'))}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
