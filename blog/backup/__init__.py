"""Backups: one file with everything that must not be lost, made while people write, and put back into an empty site.

The file is a plain tar archive, so that it can be opened without this program:

- ``manifest.json``: what it is, of which site, when, at which migrations, and what is left out and why;
- ``database/<table>.jsonl``: a line of JSON for each row, the same whichever database it came from;
- ``files/media|masters|private/<name>``: the files that pictures name, in the order of their rows;
- ``absent.jsonl``: the files that rows name and that were not there;
- ``checksums.sha256``: of all the others, as ``sha256sum --check`` reads it. Being last, it also shows the file's end.

``writing`` makes it, ``reading`` goes through it and believes nothing, ``restoring`` puts it back.
"""

from .failed import BackupFailed
from .names import daily_ones, file_name, superfluous
from .reading import Contents, verify
from .restoring import finish, in_words, load, unfinished
from .second_place import copy_to
from .writing import Made, make

__all__ = [
    "BackupFailed",
    "Contents",
    "Made",
    "copy_to",
    "daily_ones",
    "file_name",
    "finish",
    "in_words",
    "load",
    "make",
    "superfluous",
    "unfinished",
    "verify",
]
