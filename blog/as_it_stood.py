"""What readers saw of a post at any moment, rebuilt from rows: the words, pictures, labels and shared records of then.

With it: who wrote, reviewed and released it, on what sources, and which checks were overridden for what reason. The
answer to a question that comes years later, from a patient, a board or a court: what did you say on that day?
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from blog.clinic_time import full_date, full_moment
from blog.content.outline import plain_text
from blog.content.plain import tidy_text
from blog.digest import digest_of_shown
from blog.models import (
    AuditEntry,
    Drug,
    Image,
    KeptRecord,
    MedicalReview,
    Override,
    Post,
    Practice,
    Procedure,
    Publication,
    RecordVersion,
    Revision,
    SafetyRecord,
    Source,
    as_of,
    version_at,
)
from blog.reader_notes import Records
from blog.reading import ArticlePage, article_page
from blog.reviewed import Reviewed
from blog.safety_notes import attached, key_of, known_records

# What every column list of a shared record leaves out: keys, files and bookkeeping of our own.
_NOT_SAID = frozenset(
    """id is_sample position renditions master digest uploaded_by_id user_id focal_x focal_y width height
    search_console_token""".split()
)


@dataclass(frozen=True)
class Shared:
    """A record that the page shared with others, as it was: its kind and name, its words, and since when it said so.

    ``words`` are pairs of a column's name and what stood in it; blank ones are left out. ``is_first`` marks a version
    that is the oldest one kept, so that what was said before it is not known.
    """

    kind: str
    name: str
    words: Sequence[tuple[str, str]]
    since: datetime | None
    is_first: bool


@dataclass(frozen=True)
class AsItStood:
    """Everything about a post's page at the moment ``at``. ``publication`` is None where readers saw none.

    ``wrote`` are the saved versions whose words are in it since the version that was public before, oldest first.
    ``review`` is the signature that the page named. ``left_out`` are safety notes that it left out, with the reason.
    ``acts`` are the entries of the record up to the moment, oldest
    first, ``since`` those after it. ``words_are_whole`` says whether the words still have the fingerprint that was
    written down when they were released; None for releases before fingerprints.
    """

    at: datetime
    post: Post
    practice: Practice
    acts: Sequence[AuditEntry]
    since: Sequence[AuditEntry]
    publication: Publication | None = None
    page: ArticlePage | None = None
    review: MedicalReview | None = None
    wrote: Sequence[Revision] = ()
    overrides: Sequence[Override] = ()
    left_out: Sequence[tuple[str, str]] = ()
    shared: Sequence[Shared] = ()
    words_are_whole: bool | None = None


@dataclass(frozen=True)
class Period:
    """A stretch of time in which readers saw one publication, or, without one, that it was not on the site.

    ``moments`` are when a record that the page shows changed meanwhile, with the record's name, oldest first.
    """

    start: datetime
    end: datetime | None
    publication: Publication | None
    moments: Sequence[tuple[datetime, str]] = ()


def as_it_stood(post: Post, at: datetime) -> AsItStood:
    """What readers saw of ``post`` at the moment ``at`` (aware). Reads only; nothing is written down.

    Records of which no version of that day is kept are shown as the oldest version says.
    """
    acts = list(post.audit.select_related("actor", "revision").order_by("at", "pk"))
    practice = as_of(Practice.objects.first() or Practice(), at)
    found = {
        "at": at,
        "post": post,
        "practice": practice,
        "acts": [act for act in acts if act.at <= at],
        "since": [act for act in acts if act.at > at],
    }
    live = Publication.objects.live(at).filter(post=post)
    publication = live.select_related("author", "topic", "hero_image", "revision", "released_by").first()
    if publication is None:
        return AsItStood(**found)
    records = [publication.author, publication.topic, publication.hero_image, *publication.tags.all()]
    told_of = _told_of(publication, at)
    records += told_of
    for name in ("author", "topic", "hero_image"):
        if (record := getattr(publication, name)) is not None:
            setattr(publication, name, _as_it_was(record, at))
    tags = [as_of(tag, at) for tag in publication.tags.all()]
    seen: list[KeptRecord] = []

    def as_they_were(current: Iterable[KeptRecord]) -> list[KeptRecord]:
        listed = list(current)
        seen.extend(listed)
        return [_as_it_was(record, at) for record in listed]

    told = _records_at(told_of, at)
    page = article_page(publication, at, tags=tags, shared=as_they_were, records=told, clinic=practice)
    review = _review_shown(publication, practice, at)
    label = Reviewed(review.reviewer, review.reviewed_on, review.due_on) if review is not None else None
    records = [record for record in (practice, *records, *seen, *told.sources.values()) if record is not None]
    return AsItStood(
        **found,
        publication=publication,
        page=replace(page, reviewed=label),
        review=review,
        wrote=_written(publication),
        overrides=_overrides(publication),
        left_out=_left_out(publication, at),
        shared=[_shared(record, at) for record in {(type(one), one.pk): one for one in records}.values()],
        words_are_whole=_is_whole(publication),
    )


def _as_it_was(record: KeptRecord, at: datetime) -> KeptRecord:
    """The record as it was then; a patient's picture with its consent as that was."""
    copy = as_of(record, at)
    if isinstance(copy, Image) and copy.consent is not None:
        copy.consent = as_of(copy.consent, at)
    return copy


def periods(post: Post, now: datetime) -> list[Period]:
    """When readers saw what of a post, up to ``now``, newest first, the gaps between included."""
    found: list[Period] = []
    past = post.publications.filter(live_from__lte=now).defer("body").order_by("live_from")
    for publication in past.select_related("author", "topic", "hero_image", "released_by").prefetch_related("tags"):
        if found and found[-1].end is not None and found[-1].end < publication.live_from:
            found.append(Period(found[-1].end, publication.live_from, None))
        end = publication.live_until if publication.live_until <= now else None
        found.append(Period(publication.live_from, end, publication, _changes_of_records(publication, end or now)))
    if found and found[-1].end is not None:
        found.append(Period(found[-1].end, None, None))
    return found[::-1]


def _told_of(publication: Publication, at: datetime) -> list[SafetyRecord]:
    """The drugs and procedures that the page had notes about, as they are today."""
    if publication.digest:
        return [
            *Drug.objects.filter(pk__in=publication.shown_drugs),
            *Procedure.objects.filter(pk__in=publication.shown_procedures),
        ]
    # A release that knew no notes yet froze none: its page has those that its words ask of the records of the day.
    kept = RecordVersion.objects.filter(record__in=("drug", "procedure"), since__lte=at)
    there = {f"{record}-{pk}" for record, pk in kept.values_list("record", "record_id")}
    known = {key_of(record): record for record in known_records() if key_of(record) in there}
    found = attached(publication, [as_of(record, at) for record in known.values()])
    return [known[key_of(record)] for record in found.records]


def _records_at(told_of: Iterable[SafetyRecord], at: datetime) -> Records:
    were = [as_of(record, at) for record in told_of]
    for record in were:
        if record.checked_by is not None:
            record.checked_by = as_of(record.checked_by, at)
    sources = Source.objects.filter(pk__in={pk for record in were for pk in record.sources})
    return Records(
        drugs={record.pk: record for record in were if isinstance(record, Drug)},
        procedures={record.pk: record for record in were if isinstance(record, Procedure)},
        sources={source.pk: as_of(source, at) for source in sources},
    )


def _changes_of_records(publication: Publication, until: datetime) -> list[tuple[datetime, str]]:
    keys = {("author", publication.author_id), ("topic", publication.topic_id), ("practice", 1)}
    keys |= {("drug", pk) for pk in publication.shown_drugs} | {
        ("procedure", pk) for pk in publication.shown_procedures
    }
    images = Image.objects.filter(revisions=publication.revision_id).order_by()
    for image, consent in images.values_list("pk", "consent_id"):
        keys |= {("image", image), ("photoconsent", consent)}
    keys |= {("tag", tag.pk) for tag in publication.tags.all()}
    changed = RecordVersion.objects.filter(since__gt=publication.live_from, since__lt=until, record__in=dict(keys))
    found = [one for one in changed.order_by("since") if (one.record, one.record_id) in keys]
    return [(one.since, f"{_KINDS[one.record]} “{_name_in(one.values)}”") for one in found]


def _name_in(values: dict[str, object]) -> object:
    names = (values.get(column) for column in ("name", "brand_name", "alt_text", "reference"))
    return next((name for name in names if name), "")


def _review_shown(publication: Publication, practice: Practice, at: datetime) -> MedicalReview | None:
    is_health = publication.kind == Publication.Kind.HEALTH_INFORMATION
    if not is_health or practice.review_policy == Practice.ReviewPolicy.NOBODY_YET:
        return None
    standing = MedicalReview.objects.in_force_at(at, timezone.localdate(at))
    found = standing.under(publication.post_id, publication.digest, publication.author_id)
    review = found.select_related("reviewer", "signed_by").order_by("-reviewed_on", "-pk").first()
    if review is not None:
        review.reviewer = as_of(review.reviewer, at)
    return review


def _written(publication: Publication) -> list[Revision]:
    """The versions between the one that was public before and this one, by what each was based on."""
    before = publication.post.publications.filter(live_from__lt=publication.live_from).order_by("-live_from").first()
    heads = Revision.objects.filter(post=publication.post_id).select_related("saved_by").defer("body")
    by_key = {head.pk: head for head in heads}
    chain, head = [], by_key.get(publication.revision_id)
    while head is not None and not (before is not None and head.pk == before.revision_id):
        chain.append(head)
        head = by_key.get(head.base_id)
    return chain[::-1]


def _overrides(publication: Publication) -> list[Override]:
    """The reasons in force when it was released: the newest for each sentence that stands in its words."""
    given = Override.objects.filter(post=publication.post_id, given_at__lte=publication.released_at)
    newest: dict[tuple[str, str], Override] = {}
    for one in given.select_related("given_by").order_by("-given_at", "-pk"):
        newest.setdefault((one.rule, one.sentence), one)
    text = _one_line(_words(publication))
    return [one for one in newest.values() if _one_line(one.sentence) in text]


def _left_out(publication: Publication, at: datetime) -> list[tuple[str, str]]:
    models = {"drug": Drug, "procedure": Procedure}
    return [
        (", ".join(_names(models[note["record"]], [note["id"]], at)), note["reason"])
        for note in publication.left_out_notes
    ]


def _words(publication: Publication) -> str:
    lines = [publication.title, publication.subtitle, publication.excerpt, *publication.key_points]
    return "\n".join([*lines, publication.hero_caption, publication.cta_text, plain_text(publication.body)])


def _one_line(words: str) -> str:
    return " ".join(tidy_text(words).split())


def _is_whole(publication: Publication) -> bool | None:
    if not publication.digest:
        return None
    now = digest_of_shown(publication, publication.shown_drugs, publication.shown_procedures, publication.shown_sources)
    return now == publication.digest


_KINDS = {
    "practice": "Practice",
    "author": "Author",
    "topic": "Topic",
    "tag": "Tag",
    "image": "Picture",
    "photoconsent": "Consent",
    "drug": "Medicine",
    "procedure": "Procedure",
    "source": "Source",
}
# Columns with keys of other records, which are said by name.
_KEYS = {"sources": Source, "drugs_shown": Drug, "procedures_shown": Procedure}


def _shared(record: KeptRecord, at: datetime) -> Shared:
    version = version_at(record, at)
    was, label = as_of(record, at), record._meta.model_name
    words = []
    for field in record._meta.concrete_fields:
        value = getattr(was, field.attname)
        if value in ("", None, [], False) or field.attname in _NOT_SAID:
            continue
        if field.attname == "checked_by_id":
            said = as_of(was.checked_by, at).byline
        elif field.is_relation:
            continue
        elif field.attname in _KEYS:
            said = _names(_KEYS[field.attname], value, at)
        else:
            said = getattr(was, f"get_{field.attname}_display", lambda value=value: value)()
        words.append((field.verbose_name, _in_words(said)))
    return Shared(
        kind=_KINDS.get(label, label),
        name=str(was),
        words=words,
        since=version.since if version else None,
        is_first=version is None or version.since > at,
    )


def _names(model: type[KeptRecord], keys: Sequence[int], at: datetime) -> list[str]:
    found = model.objects.in_bulk(keys)
    return [str(as_of(found[key], at)) for key in keys if key in found]


def _in_words(value: object) -> str:
    if value is True:
        return "yes"
    if isinstance(value, datetime):
        return full_moment(value)
    if isinstance(value, date):
        return full_date(value)
    if isinstance(value, list):
        return "\n".join(_in_words(one) for one in value)
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values())
    return str(value)
