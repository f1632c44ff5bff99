"""Which drugs and procedures an article's page has a safety note about, and why."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from blog.content.outline import plain_text
from blog.models import ArticleFields, Drug, Procedure, SafetyRecord


@dataclass(frozen=True)
class Attached:
    """The records whose notes a page shows, in the order of their names.

    ``named`` are the keys («drug-3») of those that are there because the text names them; the others were added by
    hand. ``left_out`` maps the keys of records that the text names, and that a person left out, to the reason.
    """

    drugs: tuple[Drug, ...]
    procedures: tuple[Procedure, ...]
    named: frozenset[str]
    left_out: dict[str, str]

    @property
    def records(self) -> tuple[SafetyRecord, ...]:
        """Drugs, then procedures."""
        return (*self.drugs, *self.procedures)


def known_records() -> list[SafetyRecord]:
    """Every drug and procedure, retired ones too. Two queries."""
    return [*Drug.objects.select_related("checked_by"), *Procedure.objects.select_related("checked_by")]


def key_of(record: SafetyRecord) -> str:
    """How forms and lists name a record: «drug-3»."""
    return f"{record._meta.model_name}-{record.pk}"


def words_of(article: ArticleFields) -> str:
    """Every word of an article in which a drug or a procedure may be named."""
    return "\n".join([article.title, article.subtitle, *article.key_points, plain_text(article.body)])


def is_named(record: SafetyRecord, text: str) -> bool:
    """Whether a text names a record, as a whole word, whatever its capitals; the plural counts too."""
    return any(_pattern(name).search(text) for name in record.names if name)


def attached(article: ArticleFields, records: Iterable[SafetyRecord] | None = None) -> Attached:
    """What belongs under an article: what its text names and what was added by hand, without what was left out.

    Retired records attach no more. ``records`` are ``known_records()``, for callers that have them already.
    """
    records = known_records() if records is None else list(records)
    text = words_of(article)
    by_hand = {f"drug-{pk}" for pk in article.drugs} | {f"procedure-{pk}" for pk in article.procedures}
    given_up = {f"{one['record']}-{one['id']}": one["reason"] for one in article.left_out_notes}
    offered = [record for record in records if not record.is_retired]
    named = {key_of(record) for record in offered if is_named(record, text)}
    shown = [record for record in offered if key_of(record) in (named | by_hand) - given_up.keys()]
    return Attached(
        drugs=tuple(record for record in shown if isinstance(record, Drug)),
        procedures=tuple(record for record in shown if isinstance(record, Procedure)),
        named=frozenset(named),
        left_out={key: reason for key, reason in given_up.items() if key in named},
    )


def _pattern(name: str) -> re.Pattern[str]:
    words = r"[\s-]+".join(re.escape(word) for word in name.split())
    return re.compile(rf"(?<!\w){words}(?:s|es|’s|'s)?(?!\w)", re.IGNORECASE)


def keys(records: Sequence[SafetyRecord]) -> list[int]:
    """The keys of records of one kind, for a column."""
    return sorted(record.pk for record in records)
