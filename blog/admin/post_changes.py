"""What differs between two states of a post, said for staff: every field, the text by its words, and the tags."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from blog.clinic_time import clock, full_day
from blog.content.difference import (
    Line,
    compare_html,
    compare_lists,
    compare_text,
    compare_values,
    sections,
)
from blog.content.outline import cited_sources, image_ids, post_links
from blog.models import ArticleFields, Author, Drug, Image, Post, Procedure, Source, Topic

# In the order in which the editing screen has them. A test holds that no column is missing.
LABELS = {
    "title": "Title",
    "slug": "Address",
    "hero_image": "Main photo",
    "hero_alt": "Description of the main photo",
    "hero_is_decorative": "Main photo is only decoration",
    "hero_caption": "Caption of the main photo",
    "subtitle": "Subtitle",
    "key_points": "Key points",
    "body": "Article",
    "excerpt": "Short summary",
    "topic": "Topic",
    "author": "Author",
    "tags": "Tags",
    "kind": "Kind",
    "published_at": "Shown date",
    "related_posts": "More posts",
    "disclosure": "Disclosure",
    "cta_heading": "Invitation",
    "cta_text": "Text of the invitation",
    "seo_title": "Title on Google",
    "meta_description": "Text on Google",
    "canonical_url": "First published at",
    "noindex": "Keep out of search engines",
    "sources": "Sources",
    "drugs": "Medicines added by hand",
    "procedures": "Procedures added by hand",
    "left_out_notes": "Safety notes left out",
}


@dataclass(frozen=True)
class Change:
    """One place that differs: a field, or of the article what stands under one heading.

    ``field`` is the column (or ``tags``), ``label`` its name on the screen. Text has ``lines``, all else has ``words``:
    «Lasers → Your visit».
    """

    field: str
    label: str
    lines: tuple[Line, ...] = ()
    words: str = ""


def changes(
    old: ArticleFields, new: ArticleFields, old_tags: Iterable[str] = (), new_tags: Iterable[str] = ()
) -> list[Change]:
    """What ``new`` has otherwise than ``old``, in the order of the editing screen.

    Both may be any record of an article: a revision, a publication, a working copy, saved or not. Tags are given by
    their names. At most one query for each kind of record that a changed field names.
    """
    found: list[Change] = []
    for name, label in LABELS.items():
        if name == "tags":
            found += _in_words(name, label, compare_lists(sorted(old_tags), sorted(new_tags)))
            continue
        column = ArticleFields._meta.get_field(name).attname
        before, after = getattr(old, column), getattr(new, column)
        if before == after:
            continue
        if name == "body":
            found += _in_article(before, after)
        elif name in _WORDS:
            found += _in_words(name, label, _WORDS[name](before, after))
        else:
            before, after = ("\n".join(value) if isinstance(value, list) else value for value in (before, after))
            found.append(Change(name, label, (Line("", "", "changed", compare_text(before, after)),)))
    return found


def _in_article(old: str, new: str) -> list[Change]:
    used = set(image_ids(old)) ^ set(image_ids(new))
    pictures = {pk: str(image) for pk, image in Image.objects.in_bulk(used).items()}
    linked = {*post_links(old), *post_links(new)}
    titles = dict(Post.objects.filter(pk__in=linked).values_list("pk", "title")) if linked else {}
    cited = Source.objects.in_bulk({*cited_sources(old), *cited_sources(new)})
    lines = compare_html(old, new, pictures, titles, {pk: source.title for pk, source in cited.items()})
    return [
        Change("body", f"Article, “{section.heading}”" if section.heading else "Article", section.lines)
        for section in sections(lines)
    ]


def _in_words(name: str, label: str, words: str) -> list[Change]:
    return [Change(name, label, words=words)] if words else []


def _yes_or_no(old: bool, new: bool) -> str:
    return compare_values("yes" if old else "no", "yes" if new else "no")


def _names(model: type[Model], keys: Iterable[int | None], gone: str) -> dict[int | None, str]:
    wanted = set(keys) - {None}
    known = model._default_manager.in_bulk(wanted)
    return {pk: str(known[pk]) if pk in known else gone for pk in wanted} | {None: ""}


def _of(model: type[Model], gone: str, blank: str = "none") -> Callable[[int | None, int | None], str]:
    def compare(old: int | None, new: int | None) -> str:
        names = _names(model, (old, new), gone)
        before, after = names[old], names[new]
        if before == after:
            after = f"another one, “{after}”"
        return compare_values(before, after, blank)

    return compare


def _posts(old: list[int], new: list[int]) -> str:
    titles = dict(Post.objects.filter(pk__in={*old, *new}).values_list("pk", "title"))
    before, after = ([f"“{titles.get(pk, f'post {pk}')}”" for pk in keys] for keys in (old, new))
    return compare_lists(before, after) or "another post of the same title"


def _kind(old: str, new: str) -> str:
    names = dict(ArticleFields.Kind.choices)
    return compare_values(names.get(old, old), names.get(new, new))


def _moment(old: datetime | None, new: datetime | None) -> str:
    days = [full_day(moment) if moment else "" for moment in (old, new)]
    if days[0] == days[1]:
        days = [f"{day}, {clock(moment)}" for day, moment in zip(days, (old, new), strict=True)]
    return compare_values(*days, "the day it first goes live")


def _records(model: type[Model]) -> Callable[[list[int], list[int]], str]:
    def compare(old: list[int], new: list[int]) -> str:
        names = {pk: str(record) for pk, record in model._default_manager.in_bulk({*old, *new}).items()}
        before, after = ([names.get(pk, f"record {pk}") for pk in keys] for keys in (old, new))
        return compare_lists(before, after) or "the same in another order"

    return compare


def _left_out(old: list[dict], new: list[dict]) -> str:
    models = {"drug": Drug, "procedure": Procedure}

    def said(notes: list[dict]) -> list[str]:
        found = [(models[one["record"]].objects.filter(pk=one["id"]).first(), one) for one in notes]
        return [f"{record or 'a record that is gone'}: {one['reason']}" for record, one in found]

    return compare_lists(said(old), said(new)) or "the same in another order"


_WORDS = {
    "hero_image": _of(Image, "a picture that is no longer in the library"),
    "topic": _of(Topic, "a topic that was deleted"),
    "author": _of(Author, "an author who was deleted", "nobody"),
    "hero_is_decorative": _yes_or_no,
    "noindex": _yes_or_no,
    "kind": _kind,
    "published_at": _moment,
    "related_posts": _posts,
    "sources": _records(Source),
    "drugs": _records(Drug),
    "procedures": _records(Procedure),
    "left_out_notes": _left_out,
}
