"""Putting a backup into an empty installation, or leaving that as it was.

First the whole file is read. Then, in one transaction, the rows go into the tables and the files to their places, and
only when every byte has proved right once more does the transaction end well: until then there is no row of it, and
files that no row names. What a killed process left is noted in a file beside the site's data, so that whoever looks is
told, and the same command can do it again.
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from blog.search_index import index_everything

from .archive import Member
from .failed import BackupFailed, Damaged, reason, size_in_words
from .picture_names import FOLDERS, place_of
from .reading import Contents, Table, Visitor, opened, walk
from .tables import LEFT_OUT, columns, go_on_after, insert, models_at

# What only people make: an installation with none of it is empty, whatever its migrations brought along.
MADE_BY_PEOPLE = (
    "auth.user blog.author blog.image blog.post blog.photoconsent blog.topic blog.tag blog.auditentry"
).split()
STAMP = "blog.changestamp"
# How far the stamp moves on at least; it counts writes, of which no site does a thousand a second.
STAMP_STEP = 1_000_000

Say = Callable[[str], object]


def unfinished() -> str | None:
    """The name of a backup whose restoring was cut off; None where none was."""
    try:
        return str(json.loads(_note().read_text("utf-8"))["name"])
    except (OSError, ValueError, KeyError, TypeError):
        return "a backup" if _note().exists() else None


def load(path: Path, say: Say) -> Contents:
    """Put a backup into this installation, which must be empty; its database is brought to the backup's state first.

    ``finish`` must follow, once the database is at this release. Raises ``BackupFailed``: then there is no row of it.
    """
    with opened(path) as file:
        contents = walk(file)
        say(in_words(contents))
        if unfinished() == path.name and not _is_empty():
            say("Its rows and files are here already. What is left is done now.")
            return contents
        _refuse_unless_empty()
        _refuse_without_room(contents)
        found = _bring_to(contents)
        _note().write_text(json.dumps({"name": path.name}), "utf-8")
        with tempfile.TemporaryFile("w+") as written:
            loading = _Loading(found, written, say)
            try:
                with transaction.atomic():
                    loading.walk(file)
            except BaseException:
                # Where the connection breaks at the very end, the rows may be in: then files and note stay, too.
                if _is_empty():
                    loading.take_back()
                    _note().unlink(missing_ok=True)
                raise
    return contents


def finish(now: datetime, say: Say) -> None:
    """Make what a backup does not hold, once the database is at this release: the index of the search."""
    index_everything(now, say)
    _note().unlink(missing_ok=True)


def in_words(contents: Contents) -> str:
    """What is in a backup, in a line."""
    posts, pictures = contents.rows_of("blog.post"), contents.rows_of("blog.image")
    missing = f", {contents.lost} of their files missing" if contents.lost else ""
    size = size_in_words(sum(contents.bytes_in.values()))
    return (
        f"The backup is whole: {contents.site_url}, {contents.made_at:%Y-%m-%d %H:%M} UTC, from {contents.database}; "
        f"{posts} posts, {pictures} pictures in {contents.files} files ({size}){missing}."
    )


class _Loading(Visitor):
    """Takes what goes by into tables and storages, inside a transaction."""

    def __init__(self, found: dict[str, type[models.Model]], written: Iterable[str], say: Say) -> None:
        self._models, self._written, self._say = found, written, say

    def walk(self, file: object) -> None:
        """Do it all. Raises ``BackupFailed``."""
        stamp = self._models[STAMP]._base_manager.aggregate(highest=models.Max("value"))["highest"] or 0
        _empty(self._models)
        contents = walk(file, self)
        kept = {table.name: table for table in contents.tables}
        if missing := self._models.keys() - kept.keys() - LEFT_OUT.keys():
            raise Damaged(f"It has no table {min(missing)}.")
        for name, table in kept.items():
            if table.last_key is not None:
                go_on_after(self._models[name], table.last_key)
        _move_stamp(self._models[STAMP], stamp)
        try:
            connection.check_constraints()
        except DatabaseError as error:
            raise Damaged(f"Its rows do not fit together ({reason(error)}).") from error

    def table(self, table: Table, rows: Iterator[list]) -> None:
        """Fill a table."""
        model = self._models.get(table.name)
        if model is None or set(columns(model)) != set(table.columns) or table.name in LEFT_OUT:
            raise Damaged(f"Its table {table.name} is not as its migrations make it.")
        try:
            insert(model, table.columns, rows)
        except (DatabaseError, ValueError, TypeError, AttributeError, OverflowError) as error:
            raise BackupFailed(
                f"This database does not take the rows of {table.name} ({reason(error)}). Nothing was changed."
            ) from error

    def file(self, member: Member) -> None:
        """Keep a file of a picture."""
        storage, name = place_of(member.name)
        self._written.write(f"{member.name}\n")
        try:
            storage.save(name, File(member, name))
        except OSError as error:
            raise BackupFailed(
                f"The pictures cannot be written here ({reason(error)}). Nothing was changed."
            ) from error

    def take_back(self) -> None:
        """Remove the files that came so far."""
        self._written.seek(0)
        for line in self._written:
            storage, name = place_of(line.rstrip("\n"))
            storage.delete(name)


def _note() -> Path:
    return settings.VAR_DIR / "restoring.json"


def _is_empty() -> bool:
    """Whether nothing that people make is in the database; a database without tables is empty, too."""
    loader = MigrationLoader(connection)
    known = loader.applied_migrations.keys() & loader.graph.nodes.keys()
    found = models_at(loader, known)
    return not any(found[name]._base_manager.exists() for name in MADE_BY_PEOPLE if name in found)


def _refuse_unless_empty() -> None:
    """Raise ``BackupFailed`` where somebody's work is: a backup never goes on top of it."""
    if not _is_empty():
        raise BackupFailed(
            "This site is not empty: it has logins, posts or pictures, and nothing is written over those. Restore into "
            "a new database and new folders; docs/operations.md says how."
        )
    if unfinished() is not None:
        return  # what lies there came from it: the same names have the same bytes
    for name in FOLDERS:
        folder = Path(storages[name].location)
        if folder.is_dir() and any(not one.name.startswith(".") for one in os.scandir(folder)):
            raise BackupFailed(
                f"The database is empty, but {folder} is not, and nothing is written over what lies there. Move it "
                "away, then run this again."
            )


def _refuse_without_room(contents: Contents) -> None:
    needed: dict[int, int] = {}
    for name, folder in FOLDERS.items():
        place = Path(storages[name].location)
        place.mkdir(parents=True, exist_ok=True)
        device = place.stat().st_dev
        needed[device] = needed.get(device, 0) + contents.bytes_in.get(folder, 0)
        if (free := shutil.disk_usage(place).free) < needed[device]:
            raise BackupFailed(
                f"{place} has no room: {size_in_words(needed[device])} are needed, and {size_in_words(free)} are free. "
                "Nothing was changed."
            )


def _bring_to(contents: Contents) -> dict[str, type[models.Model]]:
    """Migrate an earlier database to the state that the backup is of; gives the models of that state."""
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    if unknown := sorted(contents.migrations - graph.nodes.keys()):
        raise BackupFailed(
            f"The backup is of a newer release than this one ({'.'.join(unknown[-1])}): use that release."
        )
    later = sorted((executor.loader.applied_migrations.keys() & graph.nodes.keys()) - contents.migrations)
    if later:
        raise BackupFailed(
            f"The backup is of an earlier release than this database ({'.'.join(later[0])} came since). Restore it "
            "into a database without tables, which this command brings to that state, and then to this release."
        )
    inner = {parent.key for node in contents.migrations for parent in graph.node_map[node].parents}
    executor.migrate(sorted(contents.migrations - inner))
    loader = MigrationLoader(connection)
    if loader.applied_migrations.keys() & graph.nodes.keys() != contents.migrations:
        raise BackupFailed("The state of its migrations cannot be made here. Use the release that it was made by.")
    return models_at(loader, contents.migrations)


def _empty(found: dict[str, type[models.Model]]) -> None:
    """Take out what migrations brought along; foreign keys are looked at when the transaction ends."""
    with connection.cursor() as cursor:
        for model in found.values():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")


def _move_stamp(stamps: type[models.Model], here: int) -> None:
    """Let the change stamp be one that nobody has seen: of this site, of this installation, or after an earlier
    restoring of the same backup. So the clock is in it.
    """
    stored = stamps._base_manager.aggregate(highest=models.Max("value"))["highest"] or 0
    value = max(max(stored, here) + STAMP_STEP, int(time.time() * 1000))
    if not stamps._base_manager.filter(pk=1).update(value=value):
        stamps._base_manager.create(pk=1, value=value)
    ContentType.objects.clear_cache()
