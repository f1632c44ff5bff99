"""Sources: adding one that articles may cite, changing it, and which live articles show what it said before."""

from datetime import date, datetime

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from blog.models import AuditEntry, Drug, Procedure, Publication, SafetyRecord, Source
from blog.models.public_record import public_write
from blog.models.safety_record import UNSIGNED
from blog.sources import source_at

from .access import Actor, NotAllowed
from .medical_review import lapse_for
from .record import record

# What a page shows of a source, and what a safety note does.
SHOWN = ("title", "publisher", "url", "accessed_on")
IN_A_NOTE = ("title", "publisher", "url")


def add_source(
    actor: Actor, *, title: str, publisher: str = "", url: str = "", accessed_on: date, now: datetime
) -> tuple[Source, bool]:
    """Add a source, and say whether it is new: one with the same address is there already, and is that source.

    Raises ``NotAllowed``. What the columns ask for is the caller's form to judge.
    """
    if not (actor.is_active and actor.has_perm("blog.add_source")):
        raise NotAllowed("Your login may not add sources. Pick one that is there, or ask for the Writer role.")
    with public_write():
        known = source_at(url)
        if known is not None:
            return known, False
        source = Source(title=title, publisher=publisher, url=url, accessed_on=accessed_on)
        save_source(actor, source, ["title"], now)
    return source, True


def save_source(actor: Actor, source: Source, changed: list[str], now: datetime) -> None:
    """Save a source, new or with other values in the columns ``changed`` (their names). Raises ``NotAllowed``.

    Readers see it with the next publication of each article that lists it; in safety notes at once. So who changes one
    on which a drug or procedure rests needs the right to change that, too: it loses the name of the clinician who
    signed it, and the articles that show it their review.
    """
    right = "blog.add_source" if source.pk is None else "blog.change_source"
    if not (actor.is_active and actor.has_perm(right)):
        raise NotAllowed("Your login may not change sources. Ask the person who manages logins for the Writer role.")
    with public_write():
        is_new = source.pk is None
        notes = [] if is_new or not set(IN_A_NOTE) & set(changed) else _resting_on(source)
        if not _may_change_all(actor, notes):
            raise NotAllowed("A safety note shows this source at once. Ask an editor to change it.")
        source.save()
        for one in notes:
            type(one).objects.filter(pk=one.pk).update(**UNSIGNED)
            lapse_for(one, now, actor)
        if changed:
            columns = (str(Source._meta.get_field(name).verbose_name) for name in changed)
            names = "added" if is_new else ", ".join(columns)
            record(actor, AuditEntry.Act.RECORD_CHANGED, at=now, reason=f"Source “{source}”: {names}")


def may_change_source(actor: Actor, source: Source) -> bool:
    """Whether the actor may change a source: one in a safety note only with the right to change that."""
    return actor.is_active and actor.has_perm("blog.change_source") and _may_change_all(actor, _resting_on(source))


def _may_change_all(actor: Actor, records: list[SafetyRecord]) -> bool:
    return all(actor.has_perm(f"blog.change_{one._meta.model_name}") for one in records)


def _resting_on(source: Source) -> list[SafetyRecord]:
    """The drugs and procedures whose notes list a source."""
    records = [*Drug.objects.exclude(sources=[]), *Procedure.objects.exclude(sources=[])]
    return [one for one in records if source.pk in one.sources]


def showing_source(source: Source, now: datetime) -> list[tuple[Publication, bool]]:
    """The live articles whose page lists a source, newest first, and whether each still shows earlier words of it."""
    # A key and what stands behind it in the column's text; PostgreSQL and SQLite put a list's parts in another order.
    marks = (f'"id": {source.pk},', f'"id": {source.pk}}}')
    listed = Q(text__contains=marks[0]) | Q(text__contains=marks[1])
    live = Publication.objects.live(now).annotate(text=Cast("shown_sources", TextField())).filter(listed)
    today = {name: getattr(source, name) for name in SHOWN[:-1]} | {"accessed_on": source.accessed_on.isoformat()}
    found = []
    for publication in live.newest_first().defer("body"):
        shown = next((one for one in publication.shown_sources if one["id"] == source.pk), None)
        if shown is not None:
            found.append((publication, any(shown[name] != today[name] for name in SHOWN)))
    return found


def live_uses(now: datetime) -> dict[int, int]:
    """How many live articles list each source, by its key. One query."""
    uses: dict[int, int] = {}
    for shown in Publication.objects.live(now).exclude(shown_sources=[]).values_list("shown_sources", flat=True):
        for one in shown:
            uses[one["id"]] = uses.get(one["id"], 0) + 1
    return uses
