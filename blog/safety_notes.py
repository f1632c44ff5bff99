"""Which drugs and procedures an article's page has a safety note about, and why.

A record is named by its own name and by those that it is also called. A generic name stands for every brand of that
drug, and a class («botulinum toxin») for every drug in it, unless the text says which one it means.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from blog.content.names import Names
from blog.content.outline import alt_texts, plain_text
from blog.models import ArticleFields, Drug, Procedure, SafetyRecord


@dataclass(frozen=True)
class Attached:
    """The records whose notes a page shows, in the order of their names.

    ``named`` are the keys («drug-3») of those that are there because the text names them, and ``named_by`` has the
    words that do; the others were added by hand. ``left_out`` maps the keys of records that the text names, and that a
    person left out, to the reason.
    """

    drugs: tuple[Drug, ...]
    procedures: tuple[Procedure, ...]
    named: frozenset[str]
    left_out: dict[str, str]
    named_by: dict[str, str] = field(default_factory=dict)

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
    """Every word that an article's page says, each part on lines of its own.

    The descriptions of pictures are among them: for whoever hears the page read, they are its words.
    """
    parts = [article.title, article.subtitle, *article.key_points, article.hero_alt, article.hero_caption]
    own_end = [article.disclosure, article.cta_heading, article.cta_text]
    return "\n".join([*parts, plain_text(article.body), *alt_texts(article.body), *own_end])


def named_in(text: str, records: Iterable[SafetyRecord]) -> dict[str, str]:
    """The keys of the records that a text names, each with the name by which it does, as the record has it."""
    records = list(records)
    shared: dict[tuple[str, str], list[Drug]] = {}
    spelled: dict[tuple[str, str], str] = {}
    for drug in (record for record in records if isinstance(record, Drug)):
        for kind, name in (*(("generic", name) for name in _generics(drug)), ("class", drug.drug_class)):
            of = (kind, name.casefold())
            shared.setdefault(of, []).append(drug)
            spelled.setdefault(of, name)
    wanted = {("own", key_of(record)): record.names for record in records} | {of: [spelled[of]] for of in shared}
    words = Names(wanted).find(text)
    found = {key: said for (kind, key), said in words.items() if kind == "own"}
    for wider in ("generic", "class"):
        # What several drugs share names them where none of those is named more closely.
        open_ones = {
            of: drugs
            for of, drugs in shared.items()
            if of[0] == wider and of in words and not any(key_of(drug) in found for drug in drugs)
        }
        for of, drugs in open_ones.items():
            found |= {key_of(drug): words[of] for drug in drugs}
    return found


def attached(article: ArticleFields, records: Iterable[SafetyRecord] | None = None) -> Attached:
    """What belongs under an article: what its text names and what was added by hand, without what was left out.

    Retired records attach no more. ``records`` are ``known_records()``, for callers that have them already.
    """
    records = known_records() if records is None else list(records)
    by_hand = {f"drug-{pk}" for pk in article.drugs} | {f"procedure-{pk}" for pk in article.procedures}
    given_up = {f"{one['record']}-{one['id']}": one["reason"] for one in article.left_out_notes}
    offered = [record for record in records if not record.is_retired]
    named = named_in(words_of(article), offered)
    shown = [record for record in offered if key_of(record) in (named.keys() | by_hand) - given_up.keys()]
    return Attached(
        drugs=tuple(record for record in shown if isinstance(record, Drug)),
        procedures=tuple(record for record in shown if isinstance(record, Procedure)),
        named=frozenset(named),
        left_out={key: reason for key, reason in given_up.items() if key in named},
        named_by=named,
    )


def _generics(drug: Drug) -> list[str]:
    """A generic name, and the same without the four letters that tell makers apart (-xvfs)."""
    return list(dict.fromkeys([drug.generic_name, re.sub(r"-[a-z]{4}$", "", drug.generic_name)]))


def keys(records: Sequence[SafetyRecord]) -> list[int]:
    """The keys of records of one kind, for a column."""
    return sorted(record.pk for record in records)
