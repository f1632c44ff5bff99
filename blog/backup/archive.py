"""The archive itself: a tar file of plain members, written and read member by member without holding any in memory."""

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from .failed import Damaged

MANIFEST, ABSENT, CHECKSUMS = "manifest.json", "absent.jsonl", "checksums.sha256"
CHUNK = 1024 * 1024
_BLOCK = tarfile.BLOCKSIZE
# Names are short and plain, and GNU's form holds any size: so a member is one block of header and its bytes, and
# nothing of what tar knows beside that (links, holes, longer names) is ever written, or read.
_FORM = tarfile.GNU_FORMAT


class Writer:
    """Adds members to an archive; ``checksums`` gets a line for each."""

    def __init__(self, file: BinaryIO, checksums: BinaryIO, made_at: float) -> None:
        self._file, self._checksums, self._made_at = file, checksums, made_at

    def add(self, name: str, size: int, content: BinaryIO) -> None:
        """Add ``size`` bytes of ``content``. Raises ``OSError`` where there are fewer."""
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o644, int(self._made_at)
        self._file.write(info.tobuf(_FORM, "ascii", "strict"))
        digest, left = hashlib.sha256(), size
        while left:
            chunk = content.read(min(CHUNK, left))
            if not chunk:
                raise OSError(f"{name} became shorter while it was read")
            digest.update(chunk)
            self._file.write(chunk)
            left -= len(chunk)
        self._file.write(bytes(-size % _BLOCK))
        self._checksums.write(f"{digest.hexdigest()}  {name}\n".encode())

    def end(self) -> None:
        """Mark the end, as tar does."""
        self._file.write(bytes(2 * _BLOCK))
        self._file.write(bytes(-self._file.tell() % tarfile.RECORDSIZE))


class Member(io.RawIOBase):
    """One member while it is read: its name, its size, and the digest of what was read so far."""

    def __init__(self, file: BinaryIO, name: str, size: int) -> None:
        super().__init__()
        self.name, self.size, self.left = name, size, size
        self.digest = hashlib.sha256()
        self._file = file

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:
        """Read on. Raises ``Damaged`` where the file ends too early."""
        chunk = self._file.read(min(len(buffer), self.left))
        if self.left and len(buffer) and not chunk:
            raise Damaged("It is cut off: the rest of it is missing.")
        buffer[: len(chunk)] = chunk
        self.digest.update(chunk)
        self.left -= len(chunk)
        return len(chunk)


class Reader:
    """Goes through an archive from the front, once. Every byte counts: padding must be as it was written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._length = os.fstat(file.fileno()).st_size

    def peek(self) -> str | None:
        """The name of the next member; None at the end. Raises ``Damaged``."""
        header = self._file.read(_BLOCK)
        self._file.seek(-len(header), io.SEEK_CUR)
        return self._info(header).name if header.strip(b"\0") else None

    @contextmanager
    def member(self) -> Iterator[Member]:
        """The next member; whatever of it is not read in the block is read after it. Raises ``Damaged``."""
        info = self._info(self._file.read(_BLOCK))
        found = Member(self._file, info.name, info.size)
        yield found
        while found.read(CHUNK):
            pass
        if self._file.read(-info.size % _BLOCK).strip(b"\0"):
            raise Damaged(f"It is damaged after {info.name}.")

    def at_end(self) -> None:
        """See that nothing follows. Raises ``Damaged``."""
        rest = self._file.read(2 * _BLOCK)
        if len(rest) < 2 * _BLOCK:
            raise Damaged("It is cut off at its very end.")
        while rest:
            if rest.strip(b"\0"):
                raise Damaged("Something follows its end.")
            rest = self._file.read(CHUNK)

    def _info(self, header: bytes) -> tarfile.TarInfo:
        if len(header) < _BLOCK:
            raise Damaged("It is cut off: the rest of it is missing.")
        try:
            info = tarfile.TarInfo.frombuf(header, "ascii", "strict")
        except (tarfile.HeaderError, UnicodeError, ValueError) as error:
            raise Damaged("It is damaged, or no backup of this blog.") from error
        if info.type != tarfile.REGTYPE or info.linkname:
            raise Damaged(f"It has something in it that is no plain file: {info.name!r}.")
        if not 0 <= info.size <= self._length:
            raise Damaged(f"It is cut off or damaged: {info.name!r} has a size that it cannot have.")
        return info
