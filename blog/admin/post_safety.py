"""The safety notes of a post while it is written: which there are and why, as its words say at this moment.

The form's script sends the words after a pause and gets them as JSON: ``notes`` (see ``notes_of``), and ``offered``,
the records that can be added by hand, as [key, name]. Nothing is stored by that: what is added, left out and put back
are columns of the article, saved with it.
"""

from collections.abc import Mapping

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, JsonResponse, QueryDict
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from blog import publishing, reading
from blog.models import ArticleFields, Drug, Revision, SafetyRecord, Source
from blog.reader_notes import SafetyNote, notes_about
from blog.safety_notes import attached, key_of

from .post_form import PostForm

# What the notes of an article follow from; the rest of the form is not asked.
WORDS = (
    "title",
    "subtitle",
    "key_points",
    "body",
    "hero_alt",
    "hero_caption",
    "disclosure",
    "cta_heading",
    "cta_text",
    "drugs",
    "procedures",
    "left_out_notes",
)


_NAMES = [f"saved_by__{name}" for name in ("first_name", "last_name", "username")]


def safety_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The address for the post admin's ``get_urls``; it asks for a login."""

    def safety(request: HttpRequest) -> JsonResponse:
        if not (request.user.has_perm("blog.change_post") or request.user.has_perm("blog.add_post")):
            raise PermissionDenied
        return JsonResponse(notes_of(_as_sent(request.POST)))

    view = model_admin.admin_site.admin_view(never_cache(require_POST(safety)))
    return [path("safety/", view, name="blog_post_safety")]


def notes_of_form(form: PostForm) -> dict[str, list]:
    """``notes_of`` for what a form shows: what was typed, or the words it opened with."""
    if form.is_bound:
        return notes_of(_as_sent(form.data))
    opened = {name: form[name].initial for name in WORDS}
    # What was typed and no column could hold comes back as it was typed; it names nothing yet.
    blank = Revision()
    fitting = {name: value for name, value in opened.items() if type(value) is type(getattr(blank, name))}
    return notes_of(Revision(**fitting))


def said_before_publishing(revision: Revision) -> list[str]:
    """A sentence for each note that this text brings, and for each that somebody left out: who, and why."""
    said = []
    for note in notes_of(revision)["notes"]:
        if note["why"] != "left out":
            said.append(f"Safety note for {note['names']}{' (not checked yet)' if not note['checked'] else ''}.")
            continue
        of_it = [one for one in revision.left_out_notes if f"{one['record']}-{one['id']}" in note["keys"]]
        said.append(
            f"{_who_left_out(revision, of_it)} left out the safety note for {note['names']}: “{note['reason']}”."
        )
    return said


def _who_left_out(revision: Revision, notes: list[dict]) -> str:
    versions = Revision.objects.filter(post=revision.post_id, pk__lte=revision.pk).exclude(left_out_notes=[])
    people = versions.order_by("-pk").select_related("saved_by").only("left_out_notes", *_NAMES)
    who = revision.saved_by
    for version in people:
        if not all(one in version.left_out_notes for one in notes):
            break
        who = version.saved_by
    return publishing.name_of(who)


def notes_of(article: ArticleFields) -> dict[str, list]:
    """The notes of an article, those left out too, and what else there is.

    ``notes`` is a list of dictionaries: ``keys`` and ``names`` of the records of one note, ``why`` (``named``, ``by
    hand`` or ``left out``), ``words`` (what names it) or ``reason``, ``checked`` (whether a clinician signed all of
    it), and ``parts``, its words as pairs of a heading and lines. All from the copy that this process holds.
    """
    reading.practice()
    known = reading.safety_records()
    found = attached(article, known.all)
    groups: dict[tuple[str, str, str], list[SafetyRecord]] = {}
    for record in known.all:
        key = key_of(record)
        if key in found.left_out:
            why, said = "left out", found.left_out[key]
        elif record in found.records:
            why, said = ("named", found.named_by[key]) if key in found.named else ("by hand", "")
        else:
            continue
        of = record.drug_class.casefold() if isinstance(record, Drug) else key
        groups.setdefault((why, of, said), []).append(record)
    there = {*found.left_out, *(key_of(record) for record in found.records)}
    return {
        "notes": [_in_words(why, said, group, known.sources) for (why, _, said), group in groups.items()],
        "offered": [[key_of(one), str(one)] for one in known.all if not one.is_retired and key_of(one) not in there],
    }


def _in_words(why: str, said: str, records: list[SafetyRecord], sources: Mapping[int, Source]) -> dict[str, object]:
    *before, last = [str(record) for record in records]
    drugs = [record for record in records if isinstance(record, Drug)]
    (note,) = notes_about(drugs, [record for record in records if record not in drugs], sources)
    return {
        "keys": [key_of(record) for record in records],
        "names": f"{', '.join(before)} and {last}" if before else last,
        "why": why,
        "words": said if why == "named" else "",
        "reason": said if why == "left out" else "",
        "checked": bool(note.checked),
        "parts": _parts(note),
    }


def _parts(note: SafetyNote) -> list[tuple[str, list[str]]]:
    parts = [
        (note.name, [f"{brands} ({generic})" for brands, generic in note.drugs]),
        *((f"Boxed warning for {about}" if about else "Boxed warning", [words]) for about, words in note.warnings),
        ("Serious risks", [note.risks] if note.risks else []),
        ("Call 911 if", list(note.call_911_if)),
        ("Call us the same day if", list(note.call_us_same_day_if)),
    ]
    return [(heading, lines) for number, (heading, lines) in enumerate(parts) if lines or number == 0]


def _as_sent(data: QueryDict) -> Revision:
    """An article of what a form holds, as far as it can be read. Nothing of it is stored."""
    values = {}
    for name in WORDS:
        field = PostForm.base_fields[name]
        raw = field.widget.value_from_datadict(data, {}, name)
        try:
            values[name] = field.clean(raw) if raw is not None else None
        except ValidationError:
            continue
    return Revision(**{name: value for name, value in values.items() if value is not None})
