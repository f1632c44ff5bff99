"""A whole page read from one moment of the database, and the change stamp of that moment."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from blog.models import ChangeStamp

_inside = threading.local()


@contextmanager
def snapshot() -> Iterator[int]:
    """Read everything in the block as of one moment; gives the change stamp of that moment.

    Nobody is waited for and nobody has to wait. Inside a transaction of the caller's it is that transaction, whose own
    rules hold. PostgreSQL refuses writes in the block.
    """
    if getattr(_inside, "is_refused", False):
        raise OperationalError("It does not answer.")
    if connection.in_atomic_block:
        with _stamped() as stamp:
            yield stamp
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            with _stamped() as stamp:
                yield stamp
    else:
        with _deferred(), transaction.atomic(), _stamped() as stamp:
            yield stamp


@contextmanager
def no_snapshots(are_refused: bool) -> Iterator[None]:
    """Within it this thread gets no snapshot, if that is so: the database is known not to answer, and each who asked
    would wait for it in vain. Whoever asks gets an ``OperationalError`` at once.
    """
    _inside.is_refused = are_refused
    try:
        yield
    finally:
        _inside.is_refused = False


@contextmanager
def _deferred() -> Iterator[None]:
    """SQLite: begin without the writers' lock, which settings ask for and a reader would have to wait for."""
    connection.ensure_connection()
    usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        connection.transaction_mode = usual


@contextmanager
def _stamped() -> Iterator[int]:
    outer = getattr(_inside, "stamp", None)
    # SQLite's and PostgreSQL's snapshots begin with the first question, and this is it.
    _inside.stamp = ChangeStamp.current()
    try:
        yield _inside.stamp
    finally:
        _inside.stamp = outer


def stamp_of_snapshot() -> int | None:
    """The change stamp of the snapshot that this thread reads in; None outside of one."""
    return getattr(_inside, "stamp", None)


def current_stamp() -> int:
    """The change stamp as this thread sees it: the snapshot's, else of this very moment, which costs one query."""
    stamp = stamp_of_snapshot()
    return ChangeStamp.current() if stamp is None else stamp
