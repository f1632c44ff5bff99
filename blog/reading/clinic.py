"""The clinic and what patients must know, as this process holds them: read again when the change stamp moved."""

from django.db import DatabaseError, InterfaceError, connection

from blog.models import Practice
from blog.reader_notes import Records, load_records

from .snapshot import current_stamp, stamp_of_snapshot

# With the stamp it was read at, and whether that is sure: what a writer reads may be taken back, and another write may
# get the same stamp then.
_practice: tuple[int, Practice, bool] | None = None
_records: tuple[int, Records] | None = None


def practice() -> Practice:
    """The clinic as pages show it: read again when the change stamp moved; the last known while the database is away.

    One query where nothing changed, none inside a snapshot. Raises the database's error only in a process that never
    reached it.
    """
    global _practice
    known = _practice
    try:
        stamp, is_sure = current_stamp(), stamp_of_snapshot() is not None or not connection.in_atomic_block
        if known is None or known[0] != stamp or (is_sure and not known[2]):
            found = Practice.objects.select_related("logo", "share_image").first()
            known = _practice = (stamp, found or Practice(), is_sure)
    except (DatabaseError, InterfaceError):
        if known is None:
            raise
    return known[1]


def safety_records() -> Records:
    """Drugs, procedures and their sources, as of the snapshot, or of the stamp that ``practice`` read last.

    One query where anything public changed since they were read, else none. The stamp was read before them, so they
    are never older than what it stands for.
    """
    global _records
    if _practice is None:
        practice()
    stamp, known = stamp_of_snapshot(), _records
    stamp = _practice[0] if stamp is None else stamp
    if known is None or known[0] != stamp:
        known = _records = (stamp, load_records())
    return known[1]


def known_practice() -> Practice | None:
    """The clinic as this process last read it, or None; asks nothing, for pages that must work without a database."""
    return _practice[1] if _practice is not None else None


def forget_practice() -> None:
    """Drop the in-process copies; for tests, whose databases come and go under one process."""
    global _practice, _records
    _practice = _records = None
