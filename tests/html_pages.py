"""Reading pages in tests: a strict reader that knows what well-formed means here, and short ways to ask."""

import re
from collections import Counter
from html.parser import HTMLParser

import lxml.html

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BLOCKS = set(HEADINGS) | {
    "address",
    "article",
    "aside",
    "blockquote",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "section",
    "table",
    "ul",
}
CHILDREN = {"ul": {"li"}, "ol": {"li"}, "picture": {"source", "img"}, "dl": {"div", "dt", "dd"}, "tr": {"td", "th"}}
DATA = [("type", "application/ld+json")]
FORBIDDEN = {"style", "iframe", "object", "embed", "base"}
NAMES_AN_ID = ("aria-labelledby", "aria-describedby", "for")


class _Reader(HTMLParser):
    """Collects what a strict reader would complain about."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.faults: list[str] = []
        self.open: list[str] = []
        self.ids: Counter[str] = Counter()
        self.named: list[str] = []
        self.headings: list[int] = []
        self.blocks_of_data = 0

    def fault(self, text: str) -> None:
        self.faults.append(f"line {self.getpos()[0]}: {text}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        values = dict(attrs)
        if len(names) != len(set(names)):
            self.fault(f"<{tag}> has an attribute twice")
        for name in names:
            if name == "style" or name.startswith("on") or not re.fullmatch(r"[a-z][a-zA-Z-]*", name):
                self.fault(f"<{tag}> has the attribute {name}")
        # Structured data is no script: nothing runs it, and nothing in it may look like markup (handle_data).
        if tag in FORBIDDEN or (tag == "script" and attrs != DATA):
            self.fault(f"<{tag}> in a page")
        if tag == "script":
            self.blocks_of_data += 1
        if tag == "form" and (values.get("method", "get").lower() != "get" or values.get("action") != "/search/"):
            self.fault("a form that is not the search")
        if self.open and tag not in CHILDREN.get(self.open[-1], {tag}):
            self.fault(f"<{tag}> within <{self.open[-1]}>")
        if tag in BLOCKS and "p" in self.open:
            self.fault(f"<{tag}> within <p>")
        if tag == "a" and "a" in self.open:
            self.fault("a link within a link")
        if tag == "a" and not values.get("href"):
            self.fault("a link to nowhere")
        if tag == "img" and not {"alt", "src", "width", "height"} <= set(names):
            self.fault("<img> without alt, src, width or height")
        if values.get("id"):
            self.ids[values["id"]] += 1
        self.named += [values[name] for name in NAMES_AN_ID if values.get(name)]
        if (values.get("href") or "").startswith("#"):
            self.named.append(values["href"][1:])
        if tag in HEADINGS:
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.fault(f"</{tag}> closes <{self.open[-1] if self.open else 'nothing'}>")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "<" in data or "&" in data:
            self.fault(f"unescaped text: {data.strip()[:60]!r}")

    def handle_comment(self, data: str) -> None:
        self.fault(f"a comment: {data[:60]!r}")

    def unknown_decl(self, data: str) -> None:
        self.fault(f"a declaration: {data[:60]!r}")

    handle_pi = unknown_decl


def faults(html: str) -> list[str]:
    """Everything that a strict reader finds wrong with a whole page; empty for a good one."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    found = reader.faults + [f"<{tag}> is not closed" for tag in reader.open]
    found += [f"the id {name} stands {count} times" for name, count in reader.ids.items() if count > 1]
    found += [f"nothing has the id {name}" for name in reader.named if name not in reader.ids]
    if reader.blocks_of_data > 1:
        found.append("more than one block of data")
    if reader.headings.count(1) != 1:
        found.append("not exactly one h1")
    found += [
        f"h{level} follows h{before}"
        for before, level in zip(reader.headings, reader.headings[1:], strict=False)
        if level > before + 1
    ]
    if not html.startswith('<!DOCTYPE html>\n<html lang="en-US">'):
        found.append("no doctype or language")
    return found


class Page:
    """An answer as a reader sees it. Making one fails unless the page is well formed."""

    def __init__(self, response) -> None:
        self.html = response.content.decode()
        assert not (wrong := faults(self.html)), "\n".join(wrong)
        self.tree = lxml.html.fromstring(self.html)

    def all(self, path: str) -> list[str]:
        """The texts or attribute values that an XPath finds, in one line each."""
        found = self.tree.xpath(path)
        return [" ".join((item if isinstance(item, str) else item.text_content()).split()) for item in found]

    def one(self, path: str) -> str:
        """The single text or attribute value that an XPath finds."""
        found = self.all(path)
        assert len(found) == 1, f"{path}: {found}"
        return found[0]

    @property
    def text(self) -> str:
        """All visible text in one line."""
        return " ".join(self.tree.body.text_content().split())

    @property
    def cards(self) -> list[str]:
        """The titles of the post cards, in order."""
        return self.all("//article[contains(@class, 'card')]/h2")

    @property
    def more(self) -> list[str]:
        """The titles under «More posts» or among suggestions, in order."""
        return self.all("//*[@class='more']//h3")


def get(client, path: str, status: int = 200, **headers) -> Page:
    """Ask for a path, expect the status, read the page."""
    response = client.get(path, **headers)
    assert response.status_code == status, f"{path}: {response.status_code}"
    return Page(response)
