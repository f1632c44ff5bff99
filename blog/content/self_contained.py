"""A page made into one file that needs nothing else: no server, no network, no script."""

import base64
import re
from collections.abc import Callable
from urllib.parse import urljoin

from lxml import html

# What a page kept as evidence has no use for: scripts, pictures in other sizes, addresses for machines.
_LEFT_OUT = "//script|//link|//meta[@property]|//meta[starts-with(@name, 'twitter:')]"
_IN_CSS = re.compile(r"url\((['\"]?)([^'\")]+)\1\)")
_TYPES = {
    "avif": "image/avif",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
    "woff2": "font/woff2",
}

Files = Callable[[str], bytes | None]


def self_contained(page: str, style: str, files: Files, address: str) -> str:
    """One HTML document that holds its style and pictures within itself.

    ``style`` is the page's whole style sheet. ``files`` gives the bytes behind an address that the page names, or None
    where the file is gone: such a picture becomes a sentence. Links lead where they led, seen from ``address``.
    """
    root = html.document_fromstring(page)
    for element in root.xpath(_LEFT_OUT):
        element.drop_tree()
    # libxml2 takes what follows a source for its content, so only the element itself goes.
    for source in root.xpath("//source"):
        source.drop_tag()
    for image in root.iter("img"):
        data = files(image.get("src", ""))
        for name in ("srcset", "sizes", "loading", "decoding", "fetchpriority"):
            image.attrib.pop(name, None)
        if data is not None:
            image.set("src", data_address(image.get("src", ""), data))
        else:
            _say_gone(image)
    for link in root.xpath("//a[@href]"):
        if not link.get("href").startswith("#"):
            link.set("href", urljoin(address, link.get("href")))
    sheet = html.Element("style")
    sheet.text = style.replace("</", "<\\/")
    root.find("head").append(sheet)
    return html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")


def style_with_files(style: str, files: Files, address: str) -> str:
    """A style sheet that stood at ``address``, with the fonts and pictures it names within itself."""

    def within(match: re.Match[str]) -> str:
        name = match.group(2)
        data = None if name.startswith("data:") else files(urljoin(address, name))
        return match.group() if data is None else f"url({data_address(name, data)})"

    return _IN_CSS.sub(within, style)


def data_address(name: str, data: bytes) -> str:
    """Bytes as an address that holds them (RFC 2397); the ending of ``name`` says of what kind they are."""
    kind = _TYPES.get(name.partition("?")[0].rpartition(".")[2].lower(), "application/octet-stream")
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _say_gone(image: html.HtmlElement) -> None:
    words = image.get("alt") or "a picture without a description"
    image.tag, image.text = "em", f"[A picture stood here whose file is no longer kept: {words}]"
    for name in list(image.attrib):
        del image.attrib[name]
