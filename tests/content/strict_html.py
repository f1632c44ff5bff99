"""A judge of stored bodies that shares nothing with the code it judges."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

# Written out, apart from the product's own table, so that a slip there is seen.
MAY_STAY = {
    **dict.fromkeys(
        "p h2 h3 h4 ul li strong em sub sup br blockquote figure figcaption table caption thead tbody tr".split(), ()
    ),
    "ol": ("start",),
    "a": ("href", "data-post", "data-fragment", "data-source"),
    "img": ("data-image", "alt"),
    "th": ("scope", "colspan", "rowspan"),
    "td": ("colspan", "rowspan"),
    "aside": ("data-box",),
}
BOXES = ("warning", "note", "care", "urgent", "emergency", "asks")


class Strict(HTMLParser):
    """Notes whatever may not stand in a stored body."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in MAY_STAY:
            self.wrong.append(tag)
        if tag not in ("br", "img"):
            self.open.append(tag)
        for name, value in attrs:
            if name not in MAY_STAY.get(tag, ()):
                self.wrong.append(f"{tag}[{name}]")
            if name == "href" and urlsplit(value).scheme not in ("http", "https", "mailto", "tel", ""):
                self.wrong.append(value)
            if name == "data-image" and not (value.isascii() and value.isdigit() and int(value) > 0):
                self.wrong.append(value)
        if tag == "aside" and (self.open != ["aside"] or dict(attrs).get("data-box") not in BOXES):
            self.wrong.append("a box of no kind, or within something else")
        if tag == "img" and "data-image" not in dict(attrs):
            self.wrong.append("img without data-image")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"stray </{tag}>")

    def handle_comment(self, data):
        self.wrong.append(f"comment {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment

    def handle_data(self, data):
        if any((ord(char) < 32 and char != "\n") or 0xD800 <= ord(char) < 0xE000 for char in data):
            self.wrong.append(f"control character in {data!r}")


def wrong_in(html: str) -> list[str]:
    """Everything in ``html`` that no stored body may hold."""
    parser = Strict()
    parser.feed(html)
    parser.close()
    return parser.wrong + parser.open
