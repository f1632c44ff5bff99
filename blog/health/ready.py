"""Whether this process can serve: what ``/readyz`` says. Cheap, because anybody may ask, and as often as they like."""

import threading
import time
from functools import cache

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# Seconds for which an answer is given again. While one thread looks, the others say what was found last.
KEPT = 1.0
# A look that takes longer than this will find nothing good any more.
PATIENCE = 5.0

_looking = threading.Lock()
_found: tuple[float, list[str]] | None = None


def what_is_missing() -> list[str]:
    """Why this process cannot serve, a reason each; empty where it can. At most one query a second.

    The database answers, and is migrated to this release. A newer release may have migrated it further: the one before
    goes on serving.
    """
    global _found
    known, now = _found, time.monotonic()
    if known and now - known[0] < KEPT:
        return known[1]
    if not _looking.acquire(blocking=False):
        return known[1] if known and now - known[0] < PATIENCE else ["The database has not answered yet."]
    try:
        reasons = _look()
        _found = time.monotonic(), reasons
        return reasons
    finally:
        _looking.release()


def forget() -> None:
    """Look anew at the next question."""
    global _found
    _found = None


def _look() -> list[str]:
    try:
        applied = set(MigrationRecorder(connection).migration_qs.values_list("app", "name"))
    except (DatabaseError, InterfaceError):
        return ["The database cannot be used."]
    missing = len(_needed() - applied)
    if missing:
        steps = "1 step is" if missing == 1 else f"{missing} steps are"
        return [f"The database is not at this release: {steps} missing."]
    return []


@cache
def _needed() -> set[tuple[str, str]]:
    """The migrations of this release; they lie on the disk and do not change while a process runs."""
    return set(MigrationLoader(None).graph.nodes)
