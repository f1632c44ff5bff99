"""Two texts of a post side by side, place by place, as the conflict page shows them and puts them together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count

from django.forms import CheckboxInput, MultiWidget
from django.http import QueryDict
from django.utils.dateparse import parse_date

from blog.content.difference import Line, compare_html, compare_text
from blog.content.outline import cited_sources, image_ids
from blog.content.passages import THEIRS, THEIRS_FIRST, YOURS, YOURS_FIRST, Passage, passages, put_together
from blog.models import Author, Drug, Image, Post, Procedure, Revision, Source, Topic
from blog.publishing import slug_follows_title

from .post_changes import LABELS
from .post_form import PostForm

# What the photo is, and what is said of it, belong together.
PHOTO = ("hero_image", "hero_alt", "hero_is_decorative", "hero_caption")
# Everything else stands by itself, in the order of the form; tags, which are no column, come last.
FIELDS = (*(name for name in PostForm.Meta.fields if name not in PHOTO), "tag_words")


@dataclass(frozen=True)
class Piece:
    """Words of one side, and whether the other side has them, too. ``what`` names a line that is no paragraph."""

    text: str
    is_other: bool = False


@dataclass(frozen=True)
class Side:
    """One of the two texts at one place: its lines in pieces, and whether it stands as before either was written."""

    lines: list[list[Piece]]
    as_before: bool = False
    image: Image | None = None


@dataclass(frozen=True)
class Choice:
    """One way to settle a place."""

    value: str
    is_chosen: bool


@dataclass(frozen=True)
class Place:
    """A place where the two texts differ: a field, or a passage of the article."""

    key: str
    label: str
    theirs: Side
    yours: Side
    choices: list[Choice]
    remarks: list[str] = field(default_factory=list)
    number: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether somebody chose."""
        return any(choice.is_chosen for choice in self.choices)

    @property
    def mixed(self) -> list[Choice]:
        """The choices that take both."""
        return [choice for choice in self.choices if choice.value in (THEIRS_FIRST, YOURS_FIRST)]


@dataclass(frozen=True)
class Folded:
    """Passages in a row that both texts have, in plain lines."""

    lines: list[str]


class BothTexts:
    """Two revisions of one post beside each other, and what was chosen so far, by the keys of the places.

    ``theirs`` is what the post says, ``yours`` what the person had typed; ``before`` is what that was typed on.
    """

    def __init__(self, theirs: Revision, yours: Revision, choices: Mapping[str, str]) -> None:
        self.theirs, self.yours = texts_of(theirs), texts_of(yours)
        self.before = texts_of(yours.base) if yours.base else {}
        self.choices = choices
        if self.yours["slug"] == self.before.get("slug") or slug_follows_title(self.yours["title"], self.yours["slug"]):
            # An address that nobody typed follows the title by itself.
            self.yours["slug"] = self.theirs["slug"]

    @cached_property
    def passages(self) -> list[Passage]:
        """The article of both in passages."""
        return passages(self.theirs["body"], self.yours["body"])

    @cached_property
    def places(self) -> list[Place]:
        """Every place that differs, in the order of the editing screen."""
        return [part for part in self.parts if isinstance(part, Place)]

    @cached_property
    def parts(self) -> list[Place | Folded]:
        """The places, and between those in the article what both say."""
        found: list[Place | Folded] = []
        if any(self.theirs[name] != self.yours[name] for name in PHOTO):
            found.append(self._photo())
        for name in FIELDS:
            if name == "body":
                found += self._article()
            elif self.theirs[name] != self.yours[name]:
                found.append(self._field(name))
        numbers = count(1)
        return [replace(part, number=next(numbers)) if isinstance(part, Place) else part for part in found]

    @property
    def left(self) -> list[Place]:
        """The places where nothing is chosen yet."""
        return [place for place in self.places if not place.is_settled]

    @property
    def same_fields(self) -> int:
        """How many fields say the same in both."""
        return sum(self.theirs[name] == self.yours[name] for name in ("hero_image", *FIELDS))

    def merged(self) -> QueryDict:
        """What was chosen, as the editing screen's form would send it. Every place must be settled."""
        texts = {}
        for name in (*PHOTO, *FIELDS):
            key = "hero_image" if name in PHOTO else name
            texts[name] = (self.yours if self.choices.get(key) == YOURS else self.theirs)[name]
        texts["body"] = put_together(self.passages, self.choices)
        data = QueryDict(mutable=True)
        for name, text in texts.items():
            widget = PostForm.base_fields[name].widget
            if isinstance(widget, MultiWidget):
                for number, line in enumerate(text.split("\n")):
                    data[f"{name}_{number}"] = line
            elif text or not isinstance(widget, CheckboxInput):
                data[name] = text
        return data

    def _choices(self, key: str, values: Iterable[str] = (THEIRS, YOURS)) -> list[Choice]:
        return [Choice(value, self.choices.get(key) == value) for value in values]

    def _place(self, name: str, theirs: Side, yours: Side) -> Place:
        label = LABELS.get("tags" if name == "tag_words" else name, name)
        return Place(name, label, theirs, yours, self._choices(name))

    def _field(self, name: str) -> Place:
        sides = (self.theirs[name], self.yours[name])
        if name in _IN_WORDS:
            lines = [[[Piece(words, True)] if words else []] for words in map(_IN_WORDS[name], sides)]
        else:
            spans = compare_text(*sides)
            lines = [_lines([Line("", "", "changed", spans)], kind) for kind in ("removed", "added")]
        before = self.before.get(name)
        return self._place(name, *(Side(line, text == before) for line, text in zip(lines, sides, strict=True)))

    def _photo(self) -> Place:
        return self._place("hero_image", self._photo_of(self.theirs), self._photo_of(self.yours))

    def _photo_of(self, texts: dict[str, str]) -> Side:
        key = texts["hero_image"]
        image = Image.objects.filter(pk=key).first() if key.isdecimal() else None
        other = self.yours if texts is self.theirs else self.theirs
        lines = []
        if not key:
            lines.append([Piece("No main photo", True)])
        elif texts["hero_is_decorative"]:
            lines.append([Piece("Only decoration", not other["hero_is_decorative"])])
        elif texts["hero_alt"]:
            lines.append([Piece(texts["hero_alt"], texts["hero_alt"] != other["hero_alt"])])
        if texts["hero_caption"]:
            is_other = texts["hero_caption"] != other["hero_caption"]
            lines.append([Piece("Caption: "), Piece(texts["hero_caption"], is_other)])
        before = bool(self.before) and all(texts[name] == self.before[name] for name in PHOTO)
        return Side(lines, before, image)

    def _article(self) -> list[Place | Folded]:
        found: list[Place | Folded] = []
        if all(one.is_same for one in self.passages):
            return found
        used = {*image_ids(self.theirs["body"]), *image_ids(self.yours["body"])}
        pictures = {pk: str(image) for pk, image in Image.objects.in_bulk(used).items()}
        cited = Source.objects.in_bulk({*cited_sources(self.theirs["body"]), *cited_sources(self.yours["body"])})
        titles = {pk: source.title for pk, source in cited.items()}
        before = self.before.get("body", "")
        for one in self.passages:
            lines = compare_html(one.theirs, one.yours, pictures, sources=titles)
            if one.is_same:
                plain = [words for line in lines if (words := "".join(span.text for span in line.spans))]
                if not found or not isinstance(found[-1], Folded):
                    found.append(Folded([]))
                found[-1].lines.extend(plain or ["Picture"])
                continue
            theirs = Side(_lines(lines, "removed"), bool(one.theirs) and one.theirs in before)
            yours = Side(_lines(lines, "added"), bool(one.yours) and one.yours in before)
            label = f"Article, “{one.under}”" if one.under else "Article"
            remarks = [remark for line in lines for remark in line.remarks if line.change == "changed"]
            found.append(Place(one.key, label, theirs, yours, self._choices(one.key, one.choices), remarks))
        return found


def _lines(lines: Iterable[Line], kind: str) -> list[list[Piece]]:
    """The lines of one side: ``kind`` says what the other one has not, ``removed`` or ``added``."""
    found = []
    box = ""
    for line in lines:
        if line.change not in ("kept", "changed", kind):
            continue
        pieces = [Piece(span.text, span.kind == kind) for span in line.spans if span.kind in ("kept", kind)]
        if line.what == "picture":
            pieces = [Piece("Picture: "), *pieces] if pieces else [Piece("Picture without a description", True)]
        if line.change == kind and line.box and line.box != box:
            pieces = [Piece(f"In {line.box}: ", True), *pieces]
        box = line.box
        if pieces or line.what:
            found.append(pieces)
    return found


def texts_of(revision: Revision) -> dict[str, str]:
    """A revision as the texts of the form's fields, those that no column can hold included."""
    texts = {}
    for name in (*PHOTO, *FIELDS):
        typed = revision.typed.get(name)
        texts[name] = _typed_text(typed) if typed is not None else _TEXTS.get(name, _plain(name))(revision)
    words = [word for line in texts["tag_words"].split(",") if (word := " ".join(line.split()))]
    texts["tag_words"] = ", ".join(sorted(dict.fromkeys(words), key=str.casefold))
    return texts


def _typed_text(typed: object) -> str:
    if isinstance(typed, bool):
        return "on" if typed else ""
    return "\n".join(str(line) for line in typed if line) if isinstance(typed, list) else str(typed)


def _plain(name: str) -> Callable[[Revision], str]:
    def text(revision: Revision) -> str:
        value = getattr(revision, PostForm._meta.model._meta.get_field(name).attname)
        if isinstance(value, list):
            return "\n".join(str(line) for line in value)
        if isinstance(value, bool):
            return "on" if value else ""
        return "" if value is None else str(value)

    return text


def _day(revision: Revision) -> str:
    day = PostForm.base_fields["published_at"].prepare_value(revision.published_at)
    return day.isoformat() if day else ""


_TEXTS = {
    "published_at": _day,
    "tag_words": lambda revision: ", ".join(revision.tags.values_list("name", flat=True)),
    "left_out_notes": lambda revision: PostForm.base_fields["left_out_notes"].prepare_value(revision.left_out_notes),
}


def _name_in(model: type) -> Callable[[str], str]:
    def name(key: str) -> str:
        found = model.objects.filter(pk=key).first() if key.isdecimal() else None
        return str(found or key)

    return name


def _titles(keys: str) -> str:
    wanted = [key for key in keys.split("\n") if key.isdecimal()]
    titles = {str(pk): title for pk, title in Post.objects.filter(pk__in=wanted).values_list("pk", "title")}
    return "; ".join(titles.get(key, key) for key in wanted)


def _records_in(model: type) -> Callable[[str], str]:
    def names(keys: str) -> str:
        wanted = [key for key in keys.split() if key.isdecimal()]
        found = {str(pk): str(record) for pk, record in model.objects.in_bulk(wanted).items()}
        return "; ".join(found.get(key, key) for key in wanted) or "None"

    return names


_IN_WORDS = {
    "topic": lambda key: _name_in(Topic)(key) if key else "No topic yet",
    "author": lambda key: _name_in(Author)(key) if key else "Nobody yet",
    "kind": lambda kind: dict(Post.Kind.choices).get(kind, kind),
    "published_at": lambda day: full_date(day),
    "related_posts": lambda keys: _titles(keys) or "Nothing picked",
    "sources": _records_in(Source),
    "drugs": _records_in(Drug),
    "procedures": _records_in(Procedure),
    "noindex": lambda text: "Kept out of search engines" if text else "Search engines may show it",
}


def full_date(day: str) -> str:
    """A day of the form in words; what is no day as it was typed."""
    try:
        found = parse_date(day)
    except ValueError:
        found = None
    return f"{found:%B} {found.day}, {found.year}" if found else day or "The day it first goes live"
