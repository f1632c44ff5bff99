"""From an article, stored or not, to a candidate. All that is asked of the database is asked here."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from blog.content.blocks import arrange
from blog.content.foreign import foreign, odd_headings
from blog.content.outline import Ids, headings
from blog.content.parts import Block, Figure, descend
from blog.content.phrases import plain
from blog.content.sentences import Kind, Part, parts, spans
from blog.digest import digest_on_page, shown_sources
from blog.models import (
    ArticleFields,
    Author,
    Image,
    MedicalReview,
    Override,
    Phrase,
    Post,
    Practice,
    Publication,
    SafetyRecord,
)
from blog.safety_notes import Attached, attached, known_records

from .candidate import Candidate, HeadingAt, PictureUse, Sentence, Signature
from .links import links_of

# Fields of plain text that readers, feeds or search engines show, in the order of the form.
FIELDS = (
    "title",
    "subtitle",
    "excerpt",
    "hero_alt",
    "hero_caption",
    "disclosure",
    "cta_heading",
    "cta_text",
    "seo_title",
    "meta_description",
)


@dataclass(frozen=True)
class Known:
    """What is the same for every article of this moment: phrases, records, who reviews."""

    phrases: dict[str, list[Phrase]]
    records: list[SafetyRecord]
    policy: str
    other_authors: bool

    @classmethod
    def read(cls) -> "Known":
        """Ask the database: five queries."""
        phrases: dict[str, list[Phrase]] = {}
        for phrase in Phrase.objects.filter(is_active=True):
            phrases.setdefault(phrase.kind, []).append(phrase)
        policy = Practice.objects.values_list("review_policy", flat=True).first()
        return cls(
            phrases,
            known_records(),
            policy or Practice.ReviewPolicy.NOBODY_YET,
            Author.objects.filter(is_sample=False).exists(),
        )


def candidate_of(
    article: ArticleFields,
    *,
    now: datetime | None = None,
    goes_live: datetime | None = None,
    known: Known | None = None,
) -> Candidate:
    """Everything that rules look at, for a post, a revision (saved or not) or a publication.

    ``goes_live`` is the moment from which readers would see it, where that is not ``now``. ``known`` saves the same
    questions for whoever looks at many articles.
    """
    now = now or timezone.now()
    goes_live = goes_live or now
    known = known or Known.read()
    post = article.pk if isinstance(article, Post) else article.post_id
    of_post = article if isinstance(article, Post) else (article.post if post else None)
    blocks = arrange(article.body)
    found = parts(blocks)
    own_ids = {one.id for one in headings(blocks, Ids())}
    texts = {name: " ".join(getattr(article, name).split()) for name in FIELDS}
    texts["key_points"] = "\n".join(" ".join(line.split()) for line in article.key_points)
    texts["body"] = "\n".join(part.text for part in found)
    pictures = _pictures(article, blocks, goes_live)
    is_sample = bool(of_post and of_post.is_sample)
    needs_review = article.kind == ArticleFields.Kind.HEALTH_INFORMATION and not is_sample
    notes = attached(article, known.records)
    sources = shown_sources(article)
    is_signed, signature = False, None
    if needs_review and post and known.policy != Practice.ReviewPolicy.NOBODY_YET:
        is_signed, signature = _signature(article, post, notes, sources, goes_live)
    return Candidate(
        post=post,
        kind=article.kind,
        title=texts["title"],
        now=now,
        goes_live=goes_live,
        texts=texts,
        sentences=tuple(sentences_of(texts, found, pictures)),
        headings=tuple(headings_of(found)),
        foreign=tuple(foreign(article.body)),
        odd_headings=tuple(odd_headings(article.body)),
        links=tuple(links_of(article, found, own_ids, post, goes_live)),
        pictures=tuple(pictures),
        has_text=bool(texts["body"]),
        unfinished=tuple(name for name in getattr(article, "typed", ()) if name != "sign_as"),
        author=article.author,
        is_sample=is_sample,
        other_authors=known.other_authors,
        excerpt=texts["excerpt"],
        subtitle=texts["subtitle"],
        seo_title=texts["seo_title"],
        meta_description=texts["meta_description"],
        noindex=article.noindex,
        same_description=_same_description(article, post, goes_live),
        published_at=article.published_at,
        sources=len(sources),
        notes=notes,
        records=tuple(known.records),
        policy=known.policy,
        needs_review=needs_review,
        is_signed=is_signed,
        signature=signature,
        phrases=known.phrases,
        reasons=_reasons(post),
    )


def sentences_of(
    texts: dict[str, str], found: Sequence[Part], pictures: Sequence[PictureUse] = ()
) -> Iterator[Sentence]:
    """All sentences of an article in reading order; ``texts`` are the words of its fields."""
    number = 0
    for name in ("title", "subtitle", "key_points"):
        for sentence in _of_field(name, texts[name], number):
            yield sentence
            number = sentence.part + 1
    place = 0
    for part in found:
        for start, end in spans(part.text):
            yield Sentence(part.text[start:end], "body", part.kind, part.section, place + start, number)
        place += len(part.text) + 1
        number += 1
    for use in pictures:
        if use.field == "body" and use.alt:
            for start, end in spans(use.alt):
                text = use.alt[start:end]
                yield Sentence(text, "body", Kind.ALT, use.section, -1, number, use.image)
            number += 1
    for name in FIELDS[2:]:
        for sentence in _of_field(name, texts[name], number):
            yield sentence
            number = sentence.part + 1


def headings_of(found: Sequence[Part]) -> Iterator[HeadingAt]:
    """The headings among the parts of a body, with their places in its words."""
    place = 0
    for part in found:
        if part.level:
            yield HeadingAt(part.level, part.text, place)
        place += len(part.text) + 1


def _of_field(name: str, text: str, number: int) -> Iterator[Sentence]:
    kind = Kind.HEADING if name in ("title", "seo_title", "cta_heading") else Kind.PARAGRAPH
    place = 0
    for line in text.split("\n"):
        for start, end in spans(line):
            yield Sentence(line[start:end], name, kind, "", place + start, number)
        place += len(line) + 1
        number += 1


# --- Pictures --------------------------------------------------------------------------------------------


def _pictures(article: ArticleFields, blocks: Iterable[Block], goes_live: datetime) -> list[PictureUse]:
    found: list[tuple[Figure, str]] = []
    section = ""
    for block in descend(blocks):
        if isinstance(block, Figure):
            found.append((block, section))
        elif getattr(block, "tag", "") in ("h2", "h3", "h4"):
            section = " ".join(plain(block.runs).split())
    keys = {figure.image for figure, _ in found} | ({article.hero_image_id} - {None})
    records = {}
    if keys:
        records = {one.pk: one for one in Image.objects.filter(pk__in=keys).select_related("consent")}

    def use(image: int, field: str, alt: str | None, is_decorative: bool, section: str, nth: int) -> PictureUse:
        record = records.get(image)
        consent = record.consent if record is not None else None
        return PictureUse(
            image, field, record, alt, is_decorative, section, nth, consent is not None and consent.is_live(goes_live)
        )

    uses = []
    if article.hero_image_id is not None:
        uses.append(
            use(article.hero_image_id, "hero_image", article.hero_alt or None, article.hero_is_decorative, "", 0)
        )
    seen: Counter[int] = Counter()
    for figure, section in found:
        uses.append(use(figure.image, "body", figure.alt, figure.alt == "", section, seen[figure.image]))
        seen[figure.image] += 1
    return uses


# --- Facts of the post -----------------------------------------------------------------------------------


def _signature(
    article: ArticleFields, post: int, notes: Attached, sources: Sequence[dict], goes_live: datetime
) -> tuple[bool, Signature | None]:
    """Whether a clinician stands by exactly these words, and the latest signature under them, overdue ones too."""
    digest = digest_on_page(article, notes, sources)
    day = timezone.localdate(goes_live)
    standing = MedicalReview.objects.standing().filter(post=post, digest=digest).select_related("reviewer")
    found = list(standing.order_by("-due_on", "-pk"))
    fit = [one for one in found if one.reviewer.credentials and one.reviewer_id != article.author_id]
    in_force = next((one for one in fit if one.reviewed_on <= day < one.due_on), None)
    latest = in_force or next(iter(fit or found), None)
    signature = Signature(latest.reviewer, latest.reviewed_on, latest.due_on) if latest is not None else None
    return in_force is not None, signature


def _same_description(article: ArticleFields, post: int | None, goes_live: datetime) -> str:
    """The title of another live post with the same text on Google; blank where there is none."""
    if not article.meta_description:
        return ""
    others = Publication.objects.live(goes_live).filter(meta_description=article.meta_description)
    return others.exclude(post=post).order_by("pk").values_list("title", flat=True).first() or ""


def _reasons(post: int | None) -> dict[tuple[str, str], str]:
    if post is None:
        return {}
    given = Override.objects.filter(post=post).order_by("given_at", "pk")
    return {
        (rule, " ".join(sentence.split())): reason
        for rule, sentence, reason in given.values_list("rule", "sentence", "reason")
    }
