"""What public templates say with one word: pictures, days, addresses, share links, the article's body."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import quote, urlencode

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from blog.addresses import full_address, web_host
from blog.clinic_time import full_day, full_moment, machine_time
from blog.content.long_words import soften
from blog.models import Author, Image, Practice, Publication
from blog.models.practice import dialled
from blog.pictures import CARD, LEAD, LOGO, MORE, PORTRAIT, figure_for
from blog.read_lines import CALL

register = template.Library()
register.filter("full_moment", full_moment)
register.filter("machine_time", machine_time)
register.filter("full_address", full_address)

# As Django's json_script does; that one can say no other type than application/json.
_PHONE = re.compile(r"((?<![\d+(-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\d))", re.ASCII)
_NOT_IN_A_SCRIPT = {ord(character): f"\\u{ord(character):04X}" for character in "<>&"}
SLOTS = {"lead": LEAD, "card": CARD, "more": MORE, "portrait": PORTRAIT}


@register.filter
def cleaned_body(html: str) -> SafeString:
    """Let an article's HTML stand in the page as it is: the one place where a body is declared safe.

    It is, because ``blog.content.render`` made it, whose last step keeps only what one list of tags and attributes
    allows, whatever is stored. No other text of a page goes through here.
    """
    return mark_safe(html)


@register.filter
def soft(text: str) -> str:
    """A title or summary in which long names of drugs may break, so that none is wider than a phone."""
    return soften(text)


@register.simple_tag(takes_context=True)
def ping(context: Context, happened: str) -> str:
    """The attribute by which a browser tells that a link was tapped («call», «book»); nothing where nobody counts.

    It stands in no reader's way: the browser follows the link at once and tells beside it, whatever comes of that.
    """
    slug = context.get("counted_as")
    return format_html(' ping="{}"', reverse("tap", args=[happened, slug])) if slug else ""


@register.simple_tag(takes_context=True)
def with_numbers(context: Context, text: str) -> SafeString:
    """A line of text in which whole U.S. phone numbers can be tapped."""
    parts, counted = _PHONE.split(text), ping(context, CALL)
    parts[1::2] = [format_html('<a href="tel:{}"{}>{}</a>', dialled(one), counted, one) for one in parts[1::2]]
    return format_html_join("", "{}", ((part,) for part in parts))


@register.filter
def sentence(text: str) -> str:
    """A line with the full stop that its writer may have left out, so that another sentence can follow."""
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


@register.filter
def json_ld(data: Mapping[str, object]) -> SafeString:
    """Structured data as a block that no browser runs: the one other place where text is declared safe.

    It is, because JSON has no ``<``, ``>`` or ``&`` outside of its strings, and within them they stand escaped, so
    that nothing in a title ends the block.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(f'<script type="application/ld+json">{text.translate(_NOT_IN_A_SCRIPT)}</script>')


@register.inclusion_tag("blog/_picture.html")
def picture(image: Image | None, slot: str, eager: bool = False) -> dict[str, object]:
    """The picture as it stands in a slot by name, beside a text that says the same; nothing without a picture.

    ``eager`` is for the one picture that a reader sees first. Where a patient's consent does not hold, the slot stays
    bare.
    """
    return {"figure": figure_for(image, SLOTS[slot], timezone.now()), "alt": "", "eager": eager}


@register.inclusion_tag("blog/_picture.html")
def logo(practice: Practice) -> dict[str, object]:
    """The practice's logo, which says its name."""
    return {"figure": figure_for(practice.logo, LOGO, timezone.now()), "alt": practice.name, "eager": True}


@register.simple_tag
def day(moment: datetime) -> SafeString:
    """A moment as its day on the clinic's calendar: «November 12, 2026»."""
    return format_html('<time datetime="{}">{}</time>', timezone.localtime(moment).date().isoformat(), full_day(moment))


@register.simple_tag
def calendar_day(on: date) -> SafeString:
    """A day of the clinic's calendar that has no time: «November 12, 2026»."""
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), f"{on:%B} {on.day}, {on.year}")


@register.simple_tag
def page_address(path: str, page_number: int = 1, query: str = "") -> str:
    """The address of one page of a list, with what was searched for where it is a list of results."""
    asked = ({"q": query} if query else {}) | ({"page": page_number} if page_number > 1 else {})
    return path + (f"?{urlencode(asked)}" if asked else "")


@register.simple_tag
def share_links(article: Publication) -> list[tuple[str, str]]:
    """Names and addresses of plain links that share an article, none of which tracks anybody."""
    address = full_address(article.get_absolute_url())
    mail = urlencode({"subject": article.title, "body": address}, quote_via=quote)
    return [
        ("Email", f"mailto:?{mail}"),
        ("Facebook", "https://www.facebook.com/sharer/sharer.php?" + urlencode({"u": address})),
        ("X", "https://x.com/intent/post?" + urlencode({"url": address, "text": article.title})),
        ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?" + urlencode({"url": address})),
    ]


@register.filter
def profiles(author: Author) -> list[tuple[str, str]]:
    """The author's pages elsewhere as (name, address); the name is the host. Only web addresses are linked to."""
    hosts = ((web_host(address), address) for address in author.same_as)
    return [(host.removeprefix("www."), address) for host, address in hosts if host]
