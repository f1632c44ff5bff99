"""Help: the guide for staff, docs/writing.md, as a page of the staff side."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt


@dataclass(frozen=True)
class Guide:
    """The guide: its title, its parts as (id, heading), and all of it but the title as HTML."""

    title: str
    parts: tuple[tuple[str, str], ...]
    html: SafeString


def to_guide(text: str) -> Guide:
    """Markdown that begins with its title as a guide. HTML in the text stays text; headings get ids as on GitHub."""
    markdown = MarkdownIt("commonmark", {"html": False})
    # A title is three tokens: it opens, has words, closes.
    _, title, _, *tokens = markdown.parse(text)
    parts = []
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", slugify(inline.content))
            if opening.tag == "h2":
                parts.append((opening.attrGet("id"), inline.content))
    return Guide(title.content, tuple(parts), mark_safe(markdown.renderer.render(tokens, markdown.options, {})))


@cache
def guide() -> Guide:
    """The guide as it was when this process first asked for it."""
    return to_guide((settings.BASE_DIR / "docs" / "writing.md").read_text("utf-8"))
