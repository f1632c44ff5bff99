"""Making a backup while people write: the database at one moment, then the files that it names.

Files are written before the rows that name them, are never changed, and their names are never used again; so what the
rows name can be read afterwards. One that has gone meanwhile went because somebody revoked a consent, replaced or
deleted a picture: then the backup begins anew, so that it holds neither that picture nor a row that misses it.
"""

import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from blog.reading.snapshot import snapshot

from .archive import ABSENT, CHECKSUMS, CHUNK, MANIFEST, Writer
from .failed import BackupFailed, Damaged, reason, size_in_words
from .picture_names import member_names, place_of
from .reading import FORMAT, VERSION, Contents, walk
from .tables import IMAGE, LEFT_OUT, as_json, columns, last_key, models_at, numbers_itself, rows
from .whole_file import from_the_disk, remove_leftovers, whole_file

# What has to stay free on the disk (bytes): the database may lie on the same one, and stops when it is full.
STAYS_FREE = 500 * 1000**2
TRIES = 3

Say = Callable[[str], object]


class Made(NamedTuple):
    """A backup that was made and read back. ``lost`` are files that rows name and the site does not have."""

    path: Path
    size: int
    contents: Contents
    lost: list[str]


class _Changed(Exception):
    """A picture went while the backup was made."""


class _Part(NamedTuple):
    """Where a table lies in the file of all of them."""

    member: str
    start: int
    size: int


def make(path: Path, now: datetime, say: Say) -> Made:
    """Make the backup of this site under exactly this name, and read it back; ``say`` gets lines of progress.

    Raises ``BackupFailed``; then nothing of it is left.
    """
    folder = path.parent
    if not folder.is_dir():
        raise BackupFailed(f"The folder {folder} is not there. Make it, or look whether its disk is mounted.")
    try:
        remove_leftovers(folder)
        for attempt in range(1, TRIES + 1):
            try:
                return _make(path, now, say, is_last=attempt == TRIES)
            except _Changed:
                say("A picture was removed meanwhile. Beginning anew, without it.")
    except Damaged as error:
        raise BackupFailed(
            f"No backup was made in {folder}: what was read back is not what was written ({error}). Nothing of it is "
            "left there, and earlier ones stay. Look at that disk."
        ) from error
    except OSError as error:
        where = f" at {error.filename}" if error.filename else ""
        raise BackupFailed(
            f"No backup was made in {folder} ({reason(error)}{where}). Nothing of it is left there, and earlier ones "
            "stay. Look at the disk and at who may write there, then try again."
        ) from error
    except (DatabaseError, InterfaceError) as error:
        raise BackupFailed(f"No backup was made: the database cannot be read ({reason(error)}).") from error
    raise AssertionError("the last try ends in one of these ways")


def _make(path: Path, now: datetime, say: Say, *, is_last: bool) -> Made:
    with ExitStack() as stack:
        file = stack.enter_context(whole_file(path))
        # Beside the backup, because there is room: without names, so they go with the process.
        data, names, absent, checksums = (
            stack.enter_context(tempfile.TemporaryFile(dir=path.parent)) for _ in range(4)
        )
        manifest, parts, pictures = _read_database(data, names, now)
        count, size = _measure(names)
        rows_words = f"{sum(table['rows'] for table in manifest['tables'])} rows of {len(parts)} tables"
        say(f"The database is read: {rows_words}. {count} files follow ({size_in_words(size)}).")
        _refuse_without_room(path.parent, size + data.tell())
        writer = Writer(file, checksums, now.timestamp())
        text = json.dumps(manifest, indent=1).encode()
        writer.add(MANIFEST, len(text), BytesIO(text))
        for part in parts:
            data.seek(part.start)
            writer.add(part.member, part.size, data)
        lost = _add_files(writer, names, absent, pictures, size, say, is_last=is_last)
        for member, spool in ((ABSENT, absent), (CHECKSUMS, checksums)):
            length = spool.tell()
            spool.seek(0)
            writer.add(member, length, spool)
        writer.end()
        from_the_disk(file)
        say("Reading it back …")
        contents = walk(file)
        made = Made(path, file.tell(), contents, lost)
    return made


def _read_database(data: BinaryIO, names: BinaryIO, now: datetime) -> tuple[dict, list[_Part], type[models.Model]]:
    """Write each table's rows into ``data``, and into ``names`` a line for each file that a picture's row names: the
    picture's key, or 0 where its consent is revoked and the file gone or about to go, and the file's name in here.
    """
    if not MigrationRecorder(connection).has_table():
        raise BackupFailed("No backup was made: the database is empty. Look at DATABASE_URL and VAR_DIR.")
    tables, parts = [], []
    with snapshot():
        loader = MigrationLoader(connection)
        applied = _known(loader)
        found = models_at(loader, applied)
        revoked = _revoked(found)
        for label, model in sorted(found.items()):
            if label in LEFT_OUT:
                continue
            start, count = data.tell(), 0
            for row in rows(model):
                count += 1
                data.write(json.dumps(row, default=as_json, ensure_ascii=False, separators=(",", ":")).encode())
                data.write(b"\n")
                if label == IMAGE:
                    picture = dict(zip(columns(model), row, strict=True))
                    key = 0 if picture.get("consent_id") in revoked else picture["id"]
                    for name in member_names(picture["master"], picture["renditions"]):
                        names.write(f"{key}\t{name}\n".encode())
            parts.append(_Part(f"database/{label}.jsonl", start, data.tell() - start))
            last = last_key(model) if numbers_itself(model) else None
            tables.append({"name": label, "columns": columns(model), "rows": count, "last_key": last})
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": now.isoformat(),
        "site_url": settings.SITE_URL,
        "database": f"{connection.display_name} {'.'.join(map(str, connection.get_database_version()))}",
        "migrations": sorted(applied),
        "tables": tables,
        "left_out": {label: why for label, why in LEFT_OUT.items() if label in found},
    }
    return manifest, parts, found[IMAGE]


def _known(loader: MigrationLoader) -> set[tuple[str, str]]:
    """The migrations that this database has. Raises ``BackupFailed`` where this release does not know it."""
    applied = set(loader.applied_migrations)
    if unknown := sorted(node for node in applied - loader.graph.nodes.keys() if node[0] in loader.migrated_apps):
        raise BackupFailed(
            f"No backup was made: the database is of a newer release than this one ({'.'.join(unknown[-1])}). "
            "Use the release that the site runs on."
        )
    return applied & loader.graph.nodes.keys()


def _revoked(found: dict[str, type[models.Model]]) -> set[int]:
    """The keys of consents that are revoked, where this database knows of consents."""
    consents = found.get("blog.photoconsent")
    if consents is None:
        return set()
    return set(consents._base_manager.filter(revoked_at__isnull=False).values_list("pk", flat=True))


def _measure(names: BinaryIO) -> tuple[int, int]:
    """How many files there are to add, and how many bytes they have."""
    count = size = 0
    names.seek(0)
    for line in names:
        key, member = _member(line)
        if not key:
            continue
        storage, name = place_of(member)
        try:
            size += storage.size(name)
            count += 1
        except FileNotFoundError:
            continue
    return count, size


def _refuse_without_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size + STAYS_FREE:
        raise BackupFailed(
            f"No backup was made in {folder}: it needs about {size_in_words(size)}, and of the {size_in_words(free)} "
            f"that are free, {size_in_words(STAYS_FREE)} have to stay so. Earlier ones stay. Make room, then try again."
        )


def _add_files(
    writer: Writer,
    names: BinaryIO,
    absent: BinaryIO,
    pictures: type[models.Model],
    size: int,
    say: Say,
    *,
    is_last: bool,
) -> list[str]:
    """Add the files; into ``absent`` a line for each that is not there. Returns those that the site should have."""
    lost: list[str] = []
    done, told = 0, 0
    names.seek(0)
    for line in names:
        key, member = _member(line)
        storage, name = place_of(member)
        if not key:
            absent.write(_is_absent(member, "removed"))
            continue
        try:
            with storage.open(name) as content:
                writer.add(member, content.size, content)
                done += content.size
        except FileNotFoundError:
            is_named = _still_names(pictures, key, member)
            if not is_named and not is_last:
                raise _Changed from None
            absent.write(_is_absent(member, "missing" if is_named else "removed"))
            if is_named:
                lost.append(member)
            continue
        if size > 100 * CHUNK and (tenths := 10 * done // size) > told:
            told = tenths
            say(f"{size_in_words(done)} of {size_in_words(size)} are written.")
    return lost


def _is_absent(member: str, why: str) -> bytes:
    return json.dumps({"file": member, "why": why}).encode() + b"\n"


def _member(line: bytes) -> tuple[int, str]:
    key, _, member = line.decode().rstrip("\n").partition("\t")
    return int(key), member


def _still_names(pictures: type[models.Model], key: int, member: str) -> bool:
    """Whether the picture's row still names this file, and no consent was revoked under it."""
    fields = {field.name for field in pictures._meta.get_fields()}
    rows = pictures._base_manager.filter(pk=key)
    if "consent" in fields:
        rows = rows.filter(consent__revoked_at__isnull=True)
    row = rows.values_list("master", "renditions").first()
    return row is not None and member in member_names(*row)
