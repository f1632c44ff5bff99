"""An article and everything that is known about it, for rules to look at. Built once; rules ask no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from blog.content.foreign import Foreign
from blog.content.sentences import Kind
from blog.models import Author, Drug, Image, Phrase, Practice, SafetyRecord
from blog.safety_notes import Attached


@dataclass(frozen=True)
class Sentence:
    """A sentence with single spaces, and where it stands.

    ``field`` is the form's field, ``section`` the heading above it in the text. ``start`` is its place in the words of
    that field (``Candidate.texts``), -1 where it stands beside them, as a picture's description does; ``picture`` is
    then that picture. ``part`` counts paragraphs, headings, items and the like over all fields.
    """

    text: str
    field: str
    kind: Kind
    section: str = ""
    start: int = 0
    part: int = 0
    picture: int = 0

    @property
    def place(self) -> str:
        """Where it stands, for the middle of a sentence: « in “At the visit”»; blank where the field says enough."""
        return f" in “{self.section}”" if self.section and self.kind != Kind.HEADING else ""


@dataclass(frozen=True)
class HeadingAt:
    """A heading of the text: level 2 to 4, its words, and where they begin in the words of the text."""

    level: int
    text: str
    start: int


@dataclass(frozen=True)
class Link:
    """A link in the text. ``address`` is blank where it leads to a post by number, which is then in ``post``.

    ``target`` says what readers find: «live», «draft» (a post that they do not see), «gone» (no page of this blog),
    «heading» (the page, but not that heading), «here» (a heading of this page that is not there), «elsewhere».
    """

    words: str
    address: str
    post: int
    target: str
    title: str
    section: str
    nth: int


@dataclass(frozen=True)
class PictureUse:
    """A picture at one place: as main photo (``field`` hero_image) or in the text. ``record`` is None where it is lost.

    ``alt`` is None where nothing was said. ``nth`` is which of its uses in the text, ``section`` the heading above it.
    """

    image: int
    field: str
    record: Image | None
    alt: str | None
    is_decorative: bool
    section: str = ""
    nth: int = 0
    is_consented: bool = False

    @property
    def name(self) -> str:
        """Which photo it is, for the beginning of a sentence: «The photo in “At the visit”»."""
        if self.field == "hero_image":
            return "The main photo"
        return f"The photo in “{self.section}”" if self.section else "A photo in the text"


@dataclass(frozen=True)
class Signature:
    """A clinician's signature under exactly these words, whose day may be over."""

    reviewer: Author
    reviewed_on: date
    due_on: date


@dataclass(frozen=True)
class Candidate:
    """An article that may go live at ``goes_live``, looked at on ``day`` of the clinic.

    ``texts`` holds the words of each field that readers, search engines or feeds see, ``sentences`` the same in
    sentences. ``unfinished`` are form fields with something that no column can hold. ``policy`` is who checks health
    articles; ``needs_review`` is false for news and samples, ``signature`` the latest one under these words.
    ``other_authors`` says whether the blog has authors of its own at all. ``phrases`` are the active ones by kind.
    ``reasons`` maps a rule's name and a sentence to the reason that a publisher gave.
    """

    post: int | None
    kind: str
    title: str
    now: datetime
    goes_live: datetime
    texts: Mapping[str, str] = field(default_factory=dict)
    sentences: Sequence[Sentence] = ()
    headings: Sequence[HeadingAt] = ()
    foreign: Sequence[Foreign] = ()
    odd_headings: Sequence[Foreign] = ()
    links: Sequence[Link] = ()
    pictures: Sequence[PictureUse] = ()
    has_text: bool = True
    unfinished: Sequence[str] = ()
    author: Author | None = None
    is_sample: bool = False
    other_authors: bool = True
    excerpt: str = ""
    subtitle: str = ""
    seo_title: str = ""
    meta_description: str = ""
    noindex: bool = False
    same_description: str = ""
    published_at: datetime | None = None
    sources: int = 0
    notes: Attached | None = None
    records: Sequence[SafetyRecord] = ()
    policy: str = Practice.ReviewPolicy.NOBODY_YET
    needs_review: bool = False
    is_signed: bool = False
    signature: Signature | None = None
    phrases: Mapping[str, Sequence[Phrase]] = field(default_factory=dict)
    reasons: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def body(self) -> list[Sentence]:
        """The sentences of the text itself, without the descriptions of pictures."""
        return [one for one in self.sentences if one.field == "body" and one.kind != Kind.ALT]

    @cached_property
    def drugs(self) -> list[Drug]:
        """The drugs that are known here."""
        return [record for record in self.records if isinstance(record, Drug)]

    def words_of(self, kind: Phrase.Kind) -> Sequence[Phrase]:
        """The phrases that a rule of this kind looks for."""
        return self.phrases.get(kind, ())

    def nth(self, sentence: Sentence, quote: str, start: int = 0) -> int:
        """Which occurrence of ``quote`` in its field it is that stands ``start`` characters into a sentence."""
        if sentence.start < 0:
            return 0
        return self.texts[sentence.field].count(quote, 0, sentence.start + start)
