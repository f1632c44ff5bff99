"""What readers are told about drugs and procedures: one note for each class of drugs, and for each procedure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import CharField, DateField, F, JSONField, QuerySet, TextField, Value

from blog.models import Author, Drug, Procedure, Publication, Revision, SafetyRecord, Source
from blog.safety_notes import attached


@dataclass(frozen=True)
class Records:
    """Every drug, procedure and source by its key, as this process holds them; retired ones too."""

    drugs: Mapping[int, Drug] = field(default_factory=dict)
    procedures: Mapping[int, Procedure] = field(default_factory=dict)
    sources: Mapping[int, Source] = field(default_factory=dict)

    @property
    def all(self) -> list[SafetyRecord]:
        """Drugs, then procedures, as ``blog.safety_notes.known_records`` has them."""
        return [*self.drugs.values(), *self.procedures.values()]

    def shown_on(self, article: Publication | Revision) -> tuple[tuple[Drug, ...], tuple[Procedure, ...]]:
        """The records whose notes an article's page has: as they were frozen with it; else as its words ask for."""
        if _is_frozen(article):
            return (
                tuple(drug for pk, drug in self.drugs.items() if pk in article.shown_drugs),
                tuple(one for pk, one in self.procedures.items() if pk in article.shown_procedures),
            )
        # A preview, or what a release published that knew no notes yet.
        found = attached(article, self.all)
        return found.drugs, found.procedures


@dataclass(frozen=True)
class SafetyNote:
    """One note on a page. What is said alike of several drugs of a class stands in it once.

    ``drugs`` are pairs of the brands and their generic name, ``warnings`` pairs of the brands that one is about (blank:
    all of the note) and its words. ``checked`` has who signed the words and when; blank unless all of them are signed.
    """

    name: str
    drugs: tuple[tuple[str, str], ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    risks: str = ""
    call_911_if: tuple[str, ...] = ()
    call_us_same_day_if: tuple[str, ...] = ()
    labels: tuple[Drug, ...] = ()
    sources: tuple[Source, ...] = ()
    checked: tuple[tuple[str, date], ...] = ()


def may_have_notes(article: Publication | Revision) -> bool:
    """Whether the records have to be asked for an article's notes; most publications say that they have none."""
    return not _is_frozen(article) or bool(article.shown_drugs or article.shown_procedures)


def _is_frozen(article: Publication | Revision) -> bool:
    return isinstance(article, Publication) and bool(article.digest)


def notes_about(
    drugs: Sequence[Drug], procedures: Sequence[Procedure], sources: Mapping[int, Source]
) -> list[SafetyNote]:
    """The notes for these records: classes of drugs in the order in which their first drug comes, then procedures."""
    classes: dict[str, list[Drug]] = {}
    for drug in drugs:
        classes.setdefault(drug.drug_class.casefold(), []).append(drug)
    about_drugs = [_about_class(of_class, sources) for of_class in classes.values()]
    about_procedures = [SafetyNote(name=one.name, risks=one.risks, **_in_common([one], sources)) for one in procedures]
    return about_drugs + about_procedures


def _about_class(drugs: list[Drug], sources: Mapping[int, Source]) -> SafetyNote:
    generics = _grouped(drugs, lambda drug: drug.generic_name)
    warnings = _grouped([drug for drug in drugs if drug.boxed_warning], lambda drug: drug.boxed_warning)
    return SafetyNote(
        name=drugs[0].drug_class,
        drugs=tuple((_brands(group), group[0].generic_name) for group in generics),
        warnings=tuple(
            ("" if len(group) == len(drugs) else _brands(group), group[0].boxed_warning) for group in warnings
        ),
        labels=tuple(drug for drug in drugs if drug.label_url),
        **_in_common(drugs, sources),
    )


def _in_common(records: Sequence[SafetyRecord], sources: Mapping[int, Source]) -> dict[str, tuple]:
    keys = dict.fromkeys(pk for record in records for pk in record.sources)
    signed = all(record.checked_by is not None and record.checked_on is not None for record in records)
    signers = dict.fromkeys((record.checked_by.byline, record.checked_on) for record in records) if signed else {}
    return {
        "call_911_if": _once(line for record in records for line in record.call_911_if),
        "call_us_same_day_if": _once(line for record in records for line in record.call_us_same_day_if),
        "sources": tuple(sources[pk] for pk in keys if pk in sources),
        "checked": tuple(signers),
    }


def _once(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple({line.rstrip(". ").casefold(): line for line in reversed([*lines])}.values())[::-1]


def _grouped(drugs: Sequence[Drug], said: Callable[[Drug], str]) -> list[list[Drug]]:
    groups: dict[str, list[Drug]] = {}
    for drug in drugs:
        groups.setdefault(" ".join(said(drug).split()).casefold(), []).append(drug)
    return list(groups.values())


def _brands(drugs: Sequence[Drug]) -> str:
    *before, last = [drug.brand_name for drug in drugs]
    return f"{', '.join(before)} and {last}" if before else last


# --- All of them by one query -----------------------------------------------------------------------------------

_LINE, _TEXT, _LIST, _DAY = CharField(), TextField(), JSONField(), DateField()
# The columns of the union: where each kind of record has them, and of which kind they are. What is None is blank.
_COLUMNS = {
    "called": (_LINE, {"drug": "brand_name", "procedure": "name", "source": "title"}),
    "second": (_LINE, {"drug": "generic_name", "procedure": "procedure_type", "source": "publisher"}),
    "third": (_LINE, {"drug": "drug_class", "procedure": "body_location"}),
    "warning": (_TEXT, {"drug": "boxed_warning", "procedure": "risks"}),
    "uses": (_TEXT, {"drug": "approved_uses"}),
    "link": (_LINE, {"drug": "label_url", "source": "url"}),
    "seen_on": (_DAY, {"drug": "label_checked_on", "source": "accessed_on"}),
    "names": (_LIST, {"drug": "other_names", "procedure": "other_names"}),
    "call_911": (_LIST, {"drug": "call_911_if", "procedure": "call_911_if"}),
    "call_us": (_LIST, {"drug": "call_us_same_day_if", "procedure": "call_us_same_day_if"}),
    "from_sources": (_LIST, {"drug": "sources", "procedure": "sources"}),
    "signed_on": (_DAY, {"drug": "checked_on", "procedure": "checked_on"}),
    "signer": (_LINE, {"drug": "checked_by__name", "procedure": "checked_by__name"}),
    "credentials": (_LINE, {"drug": "checked_by__credentials", "procedure": "checked_by__credentials"}),
    "retired": (None, {"drug": "is_retired", "procedure": "is_retired", "source": "is_retired"}),
}
_BLANK = {_LINE: "", _TEXT: "", _LIST: [], _DAY: None}


def load_records() -> Records:
    """All drugs, procedures and sources. One query, because a page after a change has room for no more."""
    kinds = (("drug", Drug), ("procedure", Procedure), ("source", Source))
    first, *rest = [_rows(model, kind) for kind, model in kinds]
    drugs, procedures, sources = {}, {}, {}
    for row in sorted(first.union(*rest, all=True), key=lambda row: (row["called"].casefold(), row["key"])):
        if row["kind"] == "source":
            sources[row["key"]] = Source(
                pk=row["key"],
                title=row["called"],
                publisher=row["second"],
                url=row["link"],
                accessed_on=row["seen_on"],
                is_retired=row["retired"],
            )
        elif row["kind"] == "drug":
            drugs[row["key"]] = Drug(
                brand_name=row["called"],
                generic_name=row["second"],
                drug_class=row["third"],
                boxed_warning=row["warning"],
                approved_uses=row["uses"],
                label_url=row["link"],
                label_checked_on=row["seen_on"],
                **_of_both(row),
            )
        else:
            procedures[row["key"]] = Procedure(
                name=row["called"],
                procedure_type=row["second"],
                body_location=row["third"],
                risks=row["warning"],
                **_of_both(row),
            )
    return Records(drugs, procedures, sources)


def _rows(model: type[Drug | Procedure | Source], kind: str) -> QuerySet:
    columns = {
        name: F(places[kind]) if kind in places else Value(_BLANK[of], of) for name, (of, places) in _COLUMNS.items()
    }
    return model.objects.order_by().values(kind=Value(kind, _LINE), key=F("pk"), **columns)


def _of_both(row: Mapping[str, object]) -> dict[str, object]:
    signer = Author(name=row["signer"], credentials=row["credentials"] or "") if row["signer"] else None
    return {
        "pk": row["key"],
        "other_names": row["names"],
        "call_911_if": row["call_911"],
        "call_us_same_day_if": row["call_us"],
        "sources": row["from_sources"],
        "checked_by": signer,
        "checked_on": row["signed_on"],
        "is_retired": row["retired"],
    }
