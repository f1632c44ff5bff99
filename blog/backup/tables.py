"""The tables at some state of the migrations, and their values as JSON holds them and as a database takes them.

Models are those of the migrations and not those of the code: so a database can be read that has not been brought to
this release yet, and one can be filled that will be. No model's own ``save`` runs: a restored row is no new one.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.models import AutoField, BigAutoField

Node = tuple[str, str]  # app and name of a migration
IMAGE = "blog.image"
# Why a table is not in a backup.
LEFT_OUT = {
    "sessions.session": "Everybody signs in again.",
    "axes.accessattempt": "Wrong passwords are counted for minutes only, by people's addresses.",
    "axes.accessattemptexpiration": "Goes with it.",
    "axes.accessfailurelog": "Goes with it.",
    "axes.accesslog": "Goes with it.",
    "blog.presence": "Who has a post open at this very moment.",
    "blog.searchentry": "Made again from what is published.",
}
# Rows at a time: some of them hold a whole article.
AT_ONCE = 100


def models_at(loader: MigrationLoader, applied: Collection[Node]) -> dict[str, type[models.Model]]:
    """Every table with its model, by its label, as these migrations leave them; those of the left-out tables, too."""
    apps = loader.project_state(list(applied)).apps
    found = apps.get_models(include_auto_created=True)
    return {model._meta.label_lower: model for model in found if model._meta.managed and not model._meta.proxy}


def columns(model: type[models.Model]) -> list[str]:
    """Its columns, by name."""
    return [field.attname for field in model._meta.local_concrete_fields]


def rows(model: type[models.Model]) -> Iterator[tuple]:
    """The values of all its rows, by key."""
    return model._base_manager.order_by("pk").values_list(*columns(model)).iterator(chunk_size=AT_ONCE)


def as_json(value: object) -> str:
    """What JSON has no form of its own for. Raises ``TypeError`` for what no table holds so far."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"A backup knows no values of {type(value).__name__} yet.")


def insert(model: type[models.Model], names: list[str], given: Iterable[list]) -> int:
    """Put rows into a table as they are; ``names`` are the columns. Returns how many."""
    fields = [model._meta.get_field(name) for name in names]
    forms = [_form(field) for field in fields]
    quote = connection.ops.quote_name
    into = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(field.column) for field in fields)}) VALUES "
    at_once = max(1, min(AT_ONCE, 900 // len(fields)))
    place = f"({', '.join(['%s'] * len(fields))})"
    count, values, waiting = 0, [], 0

    def flush() -> None:
        with connection.cursor() as cursor:
            cursor.execute(into + ", ".join([place] * waiting), values)

    for row in given:
        values += [form(value) for form, value in zip(forms, row, strict=True)]
        waiting += 1
        count += 1
        if waiting == at_once:
            flush()
            values, waiting = [], 0
    if waiting:
        flush()
    return count


def _form(field: models.Field) -> Callable[[Any], Any]:
    """From JSON to what the database takes. Text stays letter by letter what it was."""
    kind = (field.target_field if field.is_relation else field).get_internal_type()
    ops = connection.ops
    if kind == "JSONField":
        return lambda value: None if value is None and field.null else ops.adapt_json_value(value, None)
    made = {
        "DateTimeField": lambda value: ops.adapt_datetimefield_value(datetime.fromisoformat(value)),
        "DateField": lambda value: ops.adapt_datefield_value(date.fromisoformat(value)),
        "UUIDField": lambda value: uuid.UUID(value) if connection.features.has_native_uuid_field else _hex(value),
    }.get(kind, lambda value: value)
    return lambda value: None if value is None else made(value)


def _hex(value: str) -> str:
    return uuid.UUID(value).hex


def numbers_itself(model: type[models.Model]) -> bool:
    """Whether the database gives its keys."""
    return isinstance(model._meta.pk, AutoField | BigAutoField)


def last_key(model: type[models.Model]) -> int:
    """The last key that was given out, to a row that may be gone by now; 0 for none."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT last_value, is_called FROM {_sequence(cursor, model)}")
            last, was_given = cursor.fetchone()
            return last if was_given else 0
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        found = cursor.fetchone()
        return found[0] if found else 0


def go_on_after(model: type[models.Model], last: int) -> None:
    """Let the next key be a higher one than ``last``, and than any in the table: records go by keys of gone rows."""
    highest = model._base_manager.aggregate(highest=models.Max("pk"))["highest"] or 0
    last = max(last, highest)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = _sequence(cursor, model)
            cursor.execute("SELECT setval(%s, %s, %s)", [sequence, max(last, 1), last > 0])
            return
        table = model._meta.db_table
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])


def _sequence(cursor: Any, model: type[models.Model]) -> str:
    quote = connection.ops.quote_name
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quote(model._meta.db_table), model._meta.pk.column])
    return cursor.fetchone()[0]
