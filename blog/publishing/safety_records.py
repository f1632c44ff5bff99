"""Safety records: who may change what patients are told about a drug or procedure, and who signs it."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import CharField, F, Q, Value
from django.utils import timezone

from blog.models import (
    AuditEntry,
    Author,
    Drug,
    Post,
    Procedure,
    Publication,
    RecordVersion,
    SafetyRecord,
    public_write,
)

from .access import Actor, NotAllowed, Refused, may_decide_review
from .medical_review import lapse_for
from .record import record as write_down


class RecordChanged(Refused):
    """Somebody changed the record after it was read."""


def newest_version(record: SafetyRecord) -> int | None:
    """The number of what a record says now; another one as soon as anything in it changes. One query."""
    versions = RecordVersion.objects.filter(record=record._meta.model_name, record_id=record.pk)
    return versions.values_list("pk", flat=True).first()


def save_record(
    actor: Actor, record: SafetyRecord, *, seen: int | None = None, now: datetime | None = None
) -> list[Post]:
    """Save a drug or procedure as it stands in ``record``; readers see it at once.

    Other words lose the name of the clinician who signed those before, and the articles that show them their review:
    returns those posts. ``seen`` is the version on which the changes were made. Raises ``NotAllowed``, and
    ``RecordChanged`` where that is not the newest any more.
    """
    verb = "add" if record.pk is None else "change"
    if not (actor.is_active and actor.has_perm(f"blog.{verb}_{record._meta.model_name}")):
        raise NotAllowed("Your login may read safety records, but not change them. Ask an editor to do it.")
    now = now or timezone.now()
    with public_write():
        stored = _held(record) if record.pk is not None else None
        if stored is not None and seen is not None:
            _require_seen(stored, seen)
        changed = _changed(record, stored)
        if not changed:
            return []
        has_other_words = stored is not None and record.words_changed_from(stored)
        record.save()
        what = f"{record._meta.verbose_name.capitalize()} “{record}”"
        reason = f"{what}: {', '.join(changed) if stored is not None else 'new'}"
        write_down(actor, AuditEntry.Act.RECORD_CHANGED, at=now, reason=reason)
        return lapse_for(record, now, actor) if has_other_words else []


def signer_of(actor: Actor) -> Author | None:
    """The clinician as whom a person may sign: with the right, credentials, and named as a reviewer; else None."""
    if not may_decide_review(actor) or actor.pk is None:
        return None
    return Author.objects.filter(user=actor.pk, is_medical_reviewer=True).exclude(credentials="").first()


def sign_record(
    actor: Actor, record: SafetyRecord, *, seen: int, read_the_label: bool = False, now: datetime | None = None
) -> None:
    """Write down that a clinician has checked exactly the words of the version ``seen``.

    ``read_the_label``: a drug's label was read for it today. Raises ``NotAllowed``, and ``RecordChanged`` where the
    words are other ones by now.
    """
    signer = signer_of(actor)
    if signer is None:
        raise NotAllowed(
            "Only a clinician signs these words: a login with the role Medical reviewer, whose page under Authors has "
            "credentials and says “reviews articles”."
        )
    now = now or timezone.now()
    with public_write():
        stored = _held(record)
        _require_seen(stored, seen)
        stored.checked_by, stored.checked_on = signer, timezone.localdate(now)
        fields = ["checked_by", "checked_on"]
        if read_the_label and isinstance(stored, Drug) and stored.label_url:
            stored.label_checked_on = stored.checked_on
            fields.append("label_checked_on")
        stored.save(update_fields=fields)
        reason = f"{stored._meta.verbose_name.capitalize()} “{stored}”"
        write_down(actor, AuditEntry.Act.RECORD_SIGNED, at=now, reason=reason)


def unchecked_records() -> list[tuple[str, str]]:
    """The records in use that no clinician has signed, as (model's name, record's name), by name. One query."""
    drugs, procedures = (
        model.objects.order_by()
        .filter(checked_by=None, is_retired=False)
        .values_list(Value(model._meta.model_name, CharField()), F(name))
        for model, name in ((Drug, "brand_name"), (Procedure, "name"))
    )
    return sorted(drugs.union(procedures, all=True), key=lambda row: row[1].casefold())


def showing(record: SafetyRecord, now: datetime) -> list[Publication]:
    """What readers see now or will see as it is scheduled, and that has the note of this record. By title."""
    # A list in a column cannot be looked into on SQLite; few articles have a list at all.
    column = "shown_drugs" if isinstance(record, Drug) else "shown_procedures"
    found = Publication.objects.filter(live_until__gt=now).exclude(Q(**{column: []}))
    rows = found.order_by("title", "pk").only("title", "slug", "post_id", "live_from", "live_until", "digest", column)
    return [one for one in rows if record.pk in getattr(one, column)]


def _held(record: SafetyRecord) -> SafetyRecord:
    return type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)


def _require_seen(stored: SafetyRecord, seen: int) -> None:
    if newest_version(stored) != seen:
        raise RecordChanged(
            "Somebody changed this record after you opened it. Nothing is saved. Read it once more, then try again."
        )


def _changed(record: SafetyRecord, stored: SafetyRecord | None) -> Sequence[str]:
    fields = [field for field in record._meta.concrete_fields if field.editable and not field.primary_key]
    return [
        str(field.verbose_name)
        for field in fields
        if stored is None or field.value_from_object(record) != field.value_from_object(stored)
    ]
