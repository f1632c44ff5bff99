"""Files of pictures that no row names, and rows whose files are missing.

A picture's files are written before its row. A process that is killed in between leaves files that nobody will ever ask
for; some may show a patient. They are found by their names' shapes and by what the rows say, and removed once nothing
has touched them for a day, so that no upload, in whatever container, loses what it has just written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import storages
from django.db.models import Q

from blog.models import FileDeletion, Image

# No upload takes as long, and no restore stands half done for as long.
LEFT_ALONE = timedelta(hours=24)
# Killed uploads leave some files. More than this part of all, or this many where there are few, is another database.
FEW, PART = 40, 4
RENDITION = r"[0-9a-f]{24}-(?:16x9|4x3|1x1|own)-[0-9]{1,5}\.(?:avif|webp|jpg)"
MASTER = r"[0-9a-f]{32}\.(?:jpg|png)"
SHAPES = {"default": re.compile(RENDITION), "private": re.compile(RENDITION), "masters": re.compile(MASTER)}
# As ``medspa.storage`` calls a file until all its bytes are there.
UNFINISHED = re.compile(r"\.(.+)\.[0-9a-f]{16}")

StoredFile = tuple[str, str]  # the name of the storage in the settings, and the file's own


@dataclass(frozen=True)
class Standing:
    """How files and rows fit together. All sorted by name.

    ``missing`` has each file that a row names and that is not there, with its picture's number. ``orphans`` are whole
    files that no row names, ``unfinished`` those that were being written; both for longer than a day. ``known`` says
    how many files rows name.
    """

    missing: tuple[tuple[StoredFile, int], ...]
    orphans: tuple[StoredFile, ...]
    unfinished: tuple[StoredFile, ...]
    known: int

    @property
    def is_another_database(self) -> bool:
        """Whether so much belongs to no row that this may be the wrong database, or one that is being restored."""
        return len(self.orphans) > (max(FEW, self.known // PART) if self.known else 0)


def look(now: datetime) -> Standing:
    """Hold all files against all rows. Two queries, or three. Other names than ours are passed over."""
    # Files first: what gets its row meanwhile is then known. What gets its files meanwhile is looked for once more.
    there = {(storage, name) for storage in SHAPES for name in storages[storage].names()}
    owners = _owners()
    going = set(FileDeletion.objects.values_list("storage", "name"))
    missing = [file for file in owners.keys() - there if not storages[file[0]].exists(file[1])]
    still = _owners() if missing else {}
    nobodys = [file for file in there - owners.keys() - going if _is_left(file, now)]
    return Standing(
        missing=tuple(sorted((file, still[file]) for file in missing if file in still)),
        orphans=tuple(sorted(file for file in nobodys if SHAPES[file[0]].fullmatch(file[1]))),
        unfinished=tuple(sorted(file for file in nobodys if not SHAPES[file[0]].fullmatch(file[1]))),
        known=len(owners),
    )


def remove(files: Iterable[StoredFile], now: datetime) -> int:
    """Remove such files, but for those that somebody has touched meanwhile. Returns how many are gone."""
    return sum(storages[storage].remove_untouched(name, now - LEFT_ALONE) for storage, name in files)


def _owners() -> dict[StoredFile, int]:
    """Every file that must be there, and the number of its picture. A revoked picture's files are gone for good."""
    images = Image.objects.filter(Q(consent__isnull=True) | Q(consent__revoked_at__isnull=True))
    return {
        file: image.pk
        for image in images.only("pk", "master", "renditions").order_by().iterator(chunk_size=500)
        for file in image.files()
    }


def _is_left(file: StoredFile, now: datetime) -> bool:
    storage, name = file
    unfinished = UNFINISHED.fullmatch(name)
    is_ours = SHAPES[storage].fullmatch(unfinished[1] if unfinished else name)
    return bool(is_ours) and storages[storage].untouched_since(name, now - LEFT_ALONE)
