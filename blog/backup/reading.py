"""Going through a backup from its first byte to its last, believing nothing of it.

What may follow is always known: the manifest names the tables, the rows of the pictures name the files, and each has
its place. So nothing that does not belong there is ever looked at, whatever it is called.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from .archive import ABSENT, CHECKSUMS, CHUNK, MANIFEST, Member, Reader
from .failed import BackupFailed, Damaged, reason
from .picture_names import member_names
from .tables import IMAGE, Node

FORMAT, VERSION = "medspa-blog backup", 1
LONGEST_MANIFEST, LONGEST_LINE = 16 * CHUNK, 64 * CHUNK
HIGHEST_KEY = 2**63 - 1
_TABLE = re.compile(r"[a-z_]+\.[a-z_]+", re.ASCII)
_PICTURE = re.compile(r"files/(media|masters|private)/[0-9a-z][0-9a-z.-]*", re.ASCII)


@dataclass(frozen=True)
class Table:
    """What the manifest says of one table. ``last_key`` is None where its keys do not come from the database."""

    name: str
    columns: list[str]
    rows: int
    last_key: int | None


@dataclass
class Contents:
    """What is in a backup: moments aware, sizes in bytes. ``lost`` files are those that the site itself missed."""

    made_at: datetime
    site_url: str
    database: str
    migrations: set[Node]
    tables: list[Table]
    files: int = 0
    lost: int = 0
    bytes_in: dict[str, int] = field(default_factory=dict)  # by folder

    def rows_of(self, name: str) -> int:
        """How many rows a table has."""
        return sum(table.rows for table in self.tables if table.name == name)


class Visitor:
    """Is shown what goes by; this one only lets it."""

    def begin(self, contents: Contents) -> None:
        """The manifest is read."""

    def table(self, table: Table, rows: Iterator[list]) -> None:
        """A table, with its rows."""

    def file(self, member: Member) -> None:
        """A file of a picture."""


def verify(path: Path) -> Contents:
    """Read a backup through, and say what is in it. Raises ``BackupFailed`` unless it is whole, byte for byte."""
    with opened(path) as file:
        return walk(file)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A backup to be read. Whatever is wrong with it in the block becomes a ``BackupFailed`` that names it."""
    try:
        with path.open("rb") as file:
            yield file
    except Damaged as error:
        raise BackupFailed(f"{path.name} cannot be used. {error} Nothing was changed; take another backup.") from error
    except OSError as error:
        raise BackupFailed(f"{path} cannot be read ({reason(error)}). Nothing was changed.") from error


def walk(file: BinaryIO, visitor: Visitor | None = None) -> Contents:
    """Go through the whole file, showing it to ``visitor``. Raises ``Damaged`` at the first thing that is wrong;
    only once it returns has everything proved right.
    """
    visitor = visitor or Visitor()
    file.seek(0)
    reader = Reader(file)
    with tempfile.TemporaryFile() as seen, tempfile.TemporaryFile() as expected, tempfile.TemporaryFile() as missing:
        with _next(reader, MANIFEST, seen) as member:
            contents = _contents(member)
        visitor.begin(contents)
        for table in contents.tables:
            with _next(reader, f"database/{table.name}.jsonl", seen) as member:
                rows = _rows(table, member, expected)
                visitor.table(table, rows)
                for _ in rows:  # what it left
                    pass
        expected.seek(0)
        for line in expected:
            name = line.decode().rstrip("\n")
            if reader.peek() != name:
                missing.write(line)
                continue
            with _next(reader, name, seen) as member:
                visitor.file(member)
            folder = name.split("/")[1]
            contents.bytes_in[folder] = contents.bytes_in.get(folder, 0) + member.size
            contents.files += 1
        with _next(reader, ABSENT, seen) as member:
            _compare(missing, _absent(member, contents), "is missing in it.")
        with _next(reader, CHECKSUMS, None) as member:
            _compare(seen, (line.decode("utf-8", "replace") for line in _lines(member)), "is not as it was written.")
        reader.at_end()
    return contents


@contextmanager
def _next(reader: Reader, name: str, seen: BinaryIO | None) -> Iterator[Member]:
    """The next member, which must be this one; ``seen`` gets its line of the checksums."""
    with reader.member() as member:
        if member.name != name:
            raise Damaged(f"In the place of {name} it has {member.name!r}.")
        yield member
    if seen is not None:
        seen.write(f"{member.digest.hexdigest()}  {name}\n".encode())


def _contents(member: Member) -> Contents:
    if member.size > LONGEST_MANIFEST:
        raise Damaged("Its first part is too long.")
    try:
        said = json.loads(member.read(LONGEST_MANIFEST))
        if said["format"] != FORMAT:
            raise Damaged("It is no backup of this blog.")
        if said["version"] > VERSION:
            raise BackupFailed("The backup was made by a newer release: use that one to restore it.")
        contents = Contents(
            made_at=datetime.fromisoformat(said["made_at"]),
            site_url=str(said["site_url"]),
            database=str(said["database"]),
            migrations={(str(app), str(name)) for app, name in said["migrations"]},
            tables=[_table(table) for table in said["tables"]],
        )
        # These words are said to the operator: none of them may speak to the terminal.
        if not all(map(str.isprintable, (contents.site_url, contents.database, *chain(*contents.migrations)))):
            raise ValueError
        return contents
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Damaged("What it says of itself cannot be read.") from error


def _table(said: dict) -> Table:
    table = Table(said["name"], list(map(str, said["columns"])), int(said["rows"]), said["last_key"])
    is_key = table.last_key is None or (isinstance(table.last_key, int) and 0 <= table.last_key <= HIGHEST_KEY)
    if not _TABLE.fullmatch(table.name) or not is_key:
        raise ValueError(table.name)
    return table


def _rows(table: Table, member: Member, expected: BinaryIO) -> Iterator[list]:
    """The rows of a table. Those of pictures say which files are to follow: ``expected`` gets a line for each."""
    count = 0
    for line in _lines(member):
        row = _parsed(line)
        if not isinstance(row, list) or len(row) != len(table.columns):
            raise Damaged(f"{table.name} has a row that does not fit.")
        count += 1
        if table.name == IMAGE:
            for name in _files_of(dict(zip(table.columns, row, strict=True))):
                expected.write(f"{name}\n".encode())
        yield row
    if count != table.rows:
        raise Damaged(f"{table.name} should have {table.rows} rows, and has {count}.")


def _files_of(picture: dict) -> list[str]:
    try:
        names = list(member_names(picture["master"], picture["renditions"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise Damaged("The rows of pictures cannot be read.") from error
    for name in names:
        if not _PICTURE.fullmatch(name):
            raise Damaged(f"A picture names a file that no picture has: {name!r}.")
    return names


def _lines(member: Member) -> Iterator[bytes]:
    rest = b""
    while chunk := member.read(CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise Damaged(f"{member.name} has a line that is too long.")
        yield from lines
    if rest:
        raise Damaged(f"{member.name} does not end as it should.")


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Damaged("A line in it cannot be read.") from error


def _absent(member: Member, contents: Contents) -> Iterator[str]:
    """The files that it says are not in it; those that the site had lost are counted."""
    for line in _lines(member):
        said = _parsed(line)
        if not isinstance(said, dict):
            raise Damaged("A line in it cannot be read.")
        contents.lost += said.get("why") == "missing"
        yield str(said.get("file"))


def _compare(ours: BinaryIO, given: Iterator[str], words: str) -> None:
    """Hold the lines that are to be against those that are given. Raises ``Damaged``, with these ``words``."""
    ours.seek(0)
    for line in ours:
        right = line.decode().rstrip("\n")
        if next(given, None) != right:
            raise Damaged(f"{right.rpartition('  ')[2]} {words}")
    if next(given, None) is not None:
        raise Damaged("It speaks of something that is not in it.")
