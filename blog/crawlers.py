"""What search engines ask for: which pages there are, and where not to look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from blog.addresses import full_address
from blog.sitemap import entries
from blog.views import ask_again, public_page


@require_safe
@public_page()
def sitemap(request: HttpRequest) -> HttpResponse:
    """The sitemap, with pictures. No changefreq and no priority: search engines ignore them."""
    context = {"entries": entries(timezone.now())}
    return render(request, "blog/sitemap.xml", context, content_type="application/xml; charset=utf-8")


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
