"""What the checks found, as the staff's screens show it: in groups, in words, each line with the way to its place."""

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from blog import checks, publishing
from blog.checks import Finding, Severity
from blog.clinic_time import clock
from blog.models import ArticleFields, Revision

HAS_REASON = "has_reason"
# Each kind of finding: its name, its heading, its sign in front of a line, and how many lines are not folded away.
# What must be done is always seen; of what may be looked at, three; what is settled, on demand.
KINDS = (
    (Severity.MUST_FIX, "Must fix", "e", None),
    (Severity.NEEDS_REASON, "Needs a reason", "o", None),
    (Severity.WORTH_A_LOOK, "Worth a look", "w", 3),
    (HAS_REASON, "Has a reason", "r", 0),
)
SIGNS = {name: sign for name, _, sign, _ in KINDS}
# Where a field is on the editing screen, where that is not under its own name, and what the way there is called.
ANCHORS = {"hero_image": "id_hero_image_slot", "tags": "id_tag_words"}
# What no field holds: where it is mended, from the post's other screens.
SCREENS = {"review": "../ask-for-review/"}
NAMES = {
    "body": "the text",
    "excerpt": "short summary",
    "slug": "address",
    "hero_image": "photo",
    "hero_alt": "photo",
    "hero_is_decorative": "photo",
    "hero_caption": "photo",
    "published_at": "shown date",
    "tag_words": "tags",
    "key_points": "key points",
    "related_posts": "more posts",
    "seo_title": "title on Google",
    "meta_description": "text on Google",
    "canonical_url": "first address",
    "drugs": "medicines",
    "procedures": "medicines",
    "left_out_notes": "medicines",
    "cta_heading": "invitation",
    "cta_text": "invitation",
}


@dataclass(frozen=True)
class Line:
    """One finding on a screen. ``key`` tells it from every other; ``href`` and ``go`` are the way to its place."""

    finding: Finding
    sign: str

    @property
    def key(self) -> str:
        """The same for the same finding in another text, so that a link to it and whoever stands on it stay."""
        found = self.finding
        return short_hash(found.rule, found.field, found.quote, found.picture, found.nth, found.sentence)

    @property
    def leaves(self) -> bool:
        """Whether it is mended on a screen of its own, beside the editing screen."""
        return self.finding.field in SCREENS

    @property
    def href(self) -> str:
        """Its field on the editing screen, or its screen; blank where it is about the post as a whole."""
        field = self.finding.field
        return SCREENS.get(field) or (f"#{ANCHORS.get(field, f'id_{field}')}" if field else "")

    @property
    def from_elsewhere(self) -> str:
        """The same way from another screen: the panel's line, whose script goes on to the words; else the field."""
        found = self.finding
        if found.quote or (found.picture and found.field == "body") or not found.field:
            return f"#check-{self.key}"
        return self.href

    @property
    def go(self) -> str:
        """What the way there is called."""
        found = self.finding
        if found.field == "body" and found.picture:
            return "Go to photo"
        if found.field == "body" and found.quote:
            return "Go to sentence"
        return f"Go to {NAMES.get(found.field, found.field.replace('_', ' '))}" if found.field else ""

    def as_json(self) -> dict[str, object]:
        """What the panel's script puts in place of the line that the page came with."""
        own = {name: getattr(self, name) for name in ("key", "sign", "href", "go")}
        found = {name: getattr(self.finding, name) for name in ("message", "field", "quote", "nth", "picture")}
        return own | found


@dataclass(frozen=True)
class Group:
    """The findings of one kind: those that are seen, and those that are folded away."""

    name: str
    title: str
    sign: str
    first: int | None
    lines: tuple[Line, ...] = ()

    @property
    def seen(self) -> tuple[Line, ...]:
        """Those that are not folded away."""
        return self.lines[: self.first]

    @property
    def folded(self) -> tuple[Line, ...]:
        """Those that are."""
        return () if self.first is None else self.lines[self.first :]

    @property
    def more(self) -> str:
        """How many are folded away, as the name of what unfolds them."""
        count = len(self.folded)
        return f"{count} more" if self.first else "1 sentence" if count == 1 else f"{count} sentences"

    def as_json(self) -> dict[str, object]:
        """What the panel's script puts in place of the group that the page came with."""
        return {
            "seen": [line.as_json() for line in self.seen],
            "folded": [line.as_json() for line in self.folded],
            "more": self.more,
        }


@dataclass(frozen=True)
class Checked:
    """What was found in an article at one moment, in words."""

    findings: tuple[Finding, ...]
    groups: tuple[Group, ...]
    others: int
    at: str

    def group(self, name: str) -> Group:
        """The findings of a kind."""
        return next(group for group in self.groups if group.name == name)

    def count(self, name: str) -> int:
        """How many of a kind."""
        return len(self.group(name).lines)

    @property
    def head(self) -> str:
        """The first thing to do, as a number."""
        if not self.count(Severity.MUST_FIX) and (reasons := self.count(Severity.NEEDS_REASON)):
            return _need_reasons(reasons)
        return self.must

    @property
    def tone(self) -> str:
        """The colour of ``head``, which says the same by its words."""
        if self.count(Severity.MUST_FIX):
            return "st-bad"
        return "st-warn" if self.count(Severity.NEEDS_REASON) else "st-ok"

    @property
    def must(self) -> str:
        """How many must be fixed; none is said, too."""
        return f"{self.count(Severity.MUST_FIX)} must fix"

    @property
    def beside(self) -> str:
        """The other numbers, to go on with after ``must``; blank where there are none."""
        parts = [""]
        if reasons := self.count(Severity.NEEDS_REASON):
            parts.append(_need_reasons(reasons))
        if looks := self.count(Severity.WORTH_A_LOOK):
            parts.append(f"{looks} worth a look")
        return ", ".join(parts)

    @property
    def says(self) -> str:
        """Every number, for whoever hears the page."""
        return self.must + self.beside

    @property
    def rest(self) -> str:
        """How many checks found nothing."""
        kind = "other " if self.findings else ""
        return f"{self.others} {kind}check{'' if self.others == 1 else 's'}: nothing found."

    def as_json(self) -> dict[str, object]:
        """What the panel's script shows in place of what the page came with."""
        about = {name: getattr(self, name) for name in ("head", "tone", "says", "rest", "at")}
        return about | {"groups": {group.name: group.as_json() for group in self.groups}}


def checked(
    article: ArticleFields, now: datetime, goes_live: datetime | None = None, besides: Collection[str] = ()
) -> Checked:
    """Check an article, stored or only typed, as readers would see it from a moment: at once, or later.

    ``besides`` are rules of which another part of the screen speaks.
    """
    if isinstance(article, Revision) and article.sealed_at is None and "tag_words" in article.typed:
        # Tags of words that are still open wait as they were typed until the draft is saved; nothing is unfinished.
        article = copy(article)
        article.typed = {name: raw for name, raw in article.typed.items() if name != "tag_words"}
    everything = publishing.findings_for_release(article, now=now, goes_live=goes_live)
    found = [finding for finding in everything if finding.rule not in besides]
    lines: dict[str, list[Line]] = {name: [] for name, *_ in KINDS}
    for finding in found:
        settled = finding.severity == Severity.NEEDS_REASON and not finding.stops
        name = HAS_REASON if settled else finding.severity
        lines[name].append(Line(finding, SIGNS[name]))
    return Checked(
        findings=tuple(found),
        groups=tuple(Group(name, title, sign, first, tuple(lines[name])) for name, title, sign, first in KINDS),
        others=checks.found_nothing(article.kind, everything),
        at=clock(now),
    )


NOTHING_YET = tuple(Group(name, title, sign, first) for name, title, sign, first in KINDS)


def short_hash(*parts: object) -> str:
    """A name for what a finding is about, fit for an address and a form."""
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()[:12]


def _need_reasons(count: int) -> str:
    return "1 needs a reason" if count == 1 else f"{count} need a reason"
