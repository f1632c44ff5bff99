"""Public records whose earlier words are kept, so that any day's page can be shown again."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from .public_record import PublicQuerySet, PublicRecord, public_write

Record = TypeVar("Record", bound="KeptRecord")


class RecordVersion(models.Model):
    """What a shared record said from the moment ``since`` on, until its next version: every column, as JSON holds it.

    ``record`` is the model's name («drug»), ``record_id`` its key. Written by ``KeptRecord`` in the transaction of the
    change; never changed, never deleted.
    """

    record = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    values = models.JSONField(encoder=DjangoJSONEncoder)
    since = models.DateTimeField()

    class Meta:
        ordering = ["-since", "-pk"]
        indexes = [models.Index(fields=["record", "record_id", "-since", "-id"], name="record_version_at")]

    def __str__(self) -> str:
        return f"{self.record} {self.record_id} since {self.since:%Y-%m-%d %H:%M}"


class KeptQuerySet(PublicQuerySet):
    """Bulk writes that keep versions like single ones."""

    def update(self, **values) -> int:
        """Django's own; moves the stamp and keeps what the records say now."""
        with public_write():
            keys = list(self.order_by().values_list("pk", flat=True))
            changed = super().update(**values)
            keep_versions(self.model._base_manager.filter(pk__in=keys))
            return changed

    update.alters_data = True

    def bulk_create(self, *args, **kwargs) -> list[models.Model]:
        """Django's own; moves the stamp and keeps what the records say."""
        with public_write():
            made = super().bulk_create(*args, **kwargs)
            keep_versions(made)
            return made

    def bulk_update(self, objs: Iterable[models.Model], *args, **kwargs) -> int:
        """Django's own; moves the stamp and keeps what the records say now."""
        with public_write():
            changed = super().bulk_update(objs, *args, **kwargs)
            keep_versions(self.model._base_manager.filter(pk__in=[one.pk for one in objs]))
            return changed

    bulk_update.alters_data = True


class KeptRecord(PublicRecord):
    """Base of the records that many pages share: a drug, a person, the practice. Each save keeps a version."""

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        """Django's own; moves the stamp, and keeps what the record says now where that is new."""
        with public_write():
            super().save(*args, **kwargs)
            # What is stored counts: an instance may hold columns that ``update_fields`` left alone.
            keep_versions(type(self)._base_manager.filter(pk=self.pk))


def values_of(record: models.Model) -> dict[str, object]:
    """Every column of a record, by column name, as JSON gives it back."""
    raw = {field.attname: field.value_from_object(record) for field in record._meta.concrete_fields}
    raw = {
        name: str(value) if isinstance(value, models.fields.files.FieldFile) else value for name, value in raw.items()
    }
    return json.loads(json.dumps(raw, cls=DjangoJSONEncoder))


def keep_versions(records: Iterable[models.Model]) -> None:
    """Keep what these records of one model say, where their last version says something else."""
    for record in records:
        label, values = record._meta.model_name, values_of(record)
        last = RecordVersion.objects.filter(record=label, record_id=record.pk).first()
        if last is None or last.values != values:
            RecordVersion.objects.create(record=label, record_id=record.pk, values=values, since=timezone.now())


def version_at(record: KeptRecord, at: datetime) -> RecordVersion | None:
    """What a record said at the moment ``at`` (aware): the version in force, else the earliest that is known."""
    versions = RecordVersion.objects.filter(record=record._meta.model_name, record_id=record.pk)
    return versions.filter(since__lte=at).first() or versions.last()


def as_of(record: Record, at: datetime) -> Record:
    """A copy of a record as it was at the moment ``at`` (aware), never to be saved; see ``version_at``.

    A column that is newer than that version has its default.
    """
    version = version_at(record, at)
    if version is None:
        return record
    copy = type(record)()
    for field in record._meta.concrete_fields:
        if field.attname in version.values:
            setattr(copy, field.attname, field.to_python(version.values[field.attname]))
    copy._state.adding = False
    return copy
