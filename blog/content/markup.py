"""What HTML may be: one table, from which every list of allowed elements is made.

STORED is what editors may write and what the database holds. OUTPUT is what a page may show: STORED and what
rendering adds. The editor's own list is STORED and the little that the editing screen needs to show pictures.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

ANY = r".*"
NUMBER = r"[1-9][0-9]{0,17}"
SMALL_NUMBER = r"[1-9][0-9]{0,3}"
SPAN = r"[2-9]|[1-9][0-9]"
ID = r"[\w-]+"
FRAGMENT = r"[\w-]{1,100}"
BOX = "warning|note|care|urgent|emergency|asks"
BOX_LOOKS = "callout( callout--note)?|care( care--(urgent|emergency))?|asks"

URL_SCHEMES = frozenset({"http", "https", "mailto", "tel"})

# Elements that go with all they hold, because that is code, hidden or another document, never an article's words.
WITHOUT_CONTENT = frozenset(
    """script style head title meta link base xml template noscript noembed noframes iframe frame frameset object embed
    applet param svg math audio video source track canvas select option datalist textarea input del""".split()
)


@dataclass(frozen=True)
class Element:
    """What one element may carry: attribute names to the pattern that a whole value has to match.

    ``stored`` is None for an element that only rendering makes. ``output`` and ``editor`` come on top of ``stored``
    on a page and on the editing screen; ``editor_classes`` are the class names that the editor itself relies on.
    """

    stored: Mapping[str, str] | None = field(default_factory=dict)
    output: Mapping[str, str] = field(default_factory=dict)
    editor: Mapping[str, str] = field(default_factory=dict)
    editor_classes: tuple[str, ...] = ()


_REQUIRED = frozenset({"href", "data-box"})

_PLAIN = Element()
_HEADING = Element(output={"id": ID})
_CELL = {"colspan": SPAN, "rowspan": SPAN}

ELEMENTS: Mapping[str, Element] = {
    "p": Element(output={"class": "video|call"}),
    "h2": _HEADING,
    "h3": _HEADING,
    "h4": _HEADING,
    "ul": _PLAIN,
    "ol": Element({"start": SMALL_NUMBER}),
    "li": _PLAIN,
    "strong": _PLAIN,
    "em": _PLAIN,
    "sub": _PLAIN,
    "sup": _PLAIN,
    "br": _PLAIN,
    # A link leads to an address, or to a post by its number (and a heading in it), whatever address that has. One with
    # a source's key is a citation, and empty: its number is counted where it is shown.
    "a": Element(
        {"href": ANY, "data-post": NUMBER, "data-fragment": FRAGMENT, "data-source": NUMBER},
        output={
            "rel": "noopener",
            "id": r"cited-[1-9][0-9]?",
            "aria-label": r"Source [1-9][0-9]?",
            "ping": r"/tap/call/[-a-zA-Z0-9_]{1,255}/",
        },
        editor={"data-off": "yes"},
    ),
    "blockquote": _PLAIN,
    # A box says what kind it is; on a page it is a div with the looks of its kind.
    "aside": Element({"data-box": BOX}),
    "figure": Element(output={"class": "withheld"}, editor_classes=("image",)),
    "figcaption": _PLAIN,
    "img": Element(
        {"data-image": NUMBER, "alt": ANY},
        output={
            "src": ANY,
            "srcset": ANY,
            "sizes": ANY,
            "width": SMALL_NUMBER + "[0-9]?",
            "height": SMALL_NUMBER + "[0-9]?",
            "loading": "lazy",
            "decoding": "async",
        },
        editor={"src": ANY},
    ),
    "table": _PLAIN,
    "caption": _HEADING,
    "thead": _PLAIN,
    "tbody": _PLAIN,
    "tr": _PLAIN,
    "th": Element({"scope": "row|col", **_CELL}),
    "td": Element(_CELL),
    "span": Element(None),
    "div": Element(
        None,
        output={
            "class": "table|" + BOX_LOOKS,
            "role": "group",
            "tabindex": "0",
            "aria-labelledby": ID,
            "aria-label": "Table",
        },
    ),
    "picture": Element(None),
    "source": Element(None, output={"type": r"image/[a-z]+", "srcset": ANY, "sizes": ANY, "media": ANY}),
}


def accepts(tag: str, attribute: str, value: str) -> bool:
    """Whether a stored ``tag`` may carry ``attribute`` with this ``value``, scheme of an address aside."""
    rules = ELEMENTS[tag].stored or {}
    return attribute in rules and re.fullmatch(rules[attribute], value, re.DOTALL) is not None


def stored_rules() -> dict:
    """Keyword arguments of ``nh3.clean`` and ``nh3.Cleaner`` for STORED."""
    return _nh3_arguments({tag: element.stored for tag, element in ELEMENTS.items() if element.stored is not None})


def output_rules() -> dict:
    """Keyword arguments of ``nh3.clean`` and ``nh3.Cleaner`` for OUTPUT."""
    return _nh3_arguments({tag: {**(element.stored or {}), **element.output} for tag, element in ELEMENTS.items()})


def _nh3_arguments(rules: Mapping[str, Mapping[str, str]]) -> dict:
    patterns = {
        (tag, name): re.compile(pattern, re.DOTALL)
        for tag, attributes in rules.items()
        for name, pattern in attributes.items()
    }

    def keep(tag: str, name: str, value: str) -> str | None:
        pattern = patterns.get((tag, name))
        return value if pattern is not None and pattern.fullmatch(value) else None

    return {
        "tags": set(rules),
        "clean_content_tags": set(WITHOUT_CONTENT - rules.keys()),
        "attributes": {tag: set(attributes) for tag, attributes in rules.items()},
        "attribute_filter": keep,
        "url_schemes": set(URL_SCHEMES),
        "strip_comments": True,
        "link_rel": None,
    }


def allowed_content() -> dict[str, dict[str, list[str]]]:
    """The editor's list, in the object format of CKEditor 4's Advanced Content Filter (``config.allowedContent``).

    It is STORED, and three things on top that the server takes away again when the text comes in: ``img[src]``, without
    which a browser shows no picture, the class in ``figure(image)``, by which the editing screen styles its figures,
    and ``a[data-off]``, by which it marks links to posts that readers do not see. Never ``true``, which would switch
    the filter off and let any pasted markup run in the editor. A link needs its address (``!href``) and a box its kind;
    without one only the words stay.

    The result holds only dicts, lists and strings, fit for JSON.
    Format: https://ckeditor.com/docs/ckeditor4/latest/guide/dev_allowed_content_rules.html
    """
    rules: dict[str, dict[str, list[str]]] = {}
    for tag, element in ELEMENTS.items():
        if element.stored is None:
            continue
        rules[tag] = {}
        if attributes := [*element.stored, *element.editor]:
            rules[tag]["attributes"] = [f"!{name}" if name in _REQUIRED else name for name in attributes]
        if element.editor_classes:
            rules[tag]["classes"] = list(element.editor_classes)
    return rules
