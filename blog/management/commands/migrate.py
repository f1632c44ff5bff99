"""``manage.py migrate``: Django's own, but one at a time, however many containers run it at once."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

# Any number will do, as long as nothing else in this database asks PostgreSQL for the same one.
LOCK_NUMBER = 7_013_201_911
LOOK_AGAIN_SECONDS = 0.25
PATIENCE_SECONDS = 15 * 60


class Command(DjangoMigrate):
    """Bring the database up to date. Whoever comes second waits, and then finds nothing to do."""

    help = f"{DjangoMigrate.help} Only one at a time migrates a database; others wait for it."

    def handle(self, *args, **options) -> None:
        """Django's own, holding the database's lock. Raises ``CommandError`` after waiting in vain."""
        if options["check_unapplied"] or options["plan"]:
            super().handle(*args, **options)
            return
        with alone(options.get("database") or DEFAULT_DB_ALIAS, self.stdout.write):
            super().handle(*args, **options)


@contextmanager
def alone(alias: str, say: Callable[[str], object]) -> Iterator[None]:
    """Hold the lock of the database ``alias``, waiting for it; ``say`` tells once that somebody else has it.

    Raises ``CommandError`` after waiting in vain.
    """
    connection = connections[alias]
    if connection.vendor == "postgresql":
        take, give_back = _postgres_lock(connection)
    elif connection.vendor == "sqlite" and not connection.is_in_memory_db():
        take, give_back = _file_lock(Path(connection.settings_dict["NAME"]))
    else:
        yield
        return
    deadline = time.monotonic() + PATIENCE_SECONDS
    told = False
    while not take():
        if not told:
            say("Another process is bringing this database up to date. Waiting for it …")
            told = True
        if time.monotonic() > deadline:
            raise CommandError(
                f"Another process has been migrating this database for {PATIENCE_SECONDS // 60} minutes. "
                "Look at what it says, stop it if it hangs, then run this again."
            )
        time.sleep(LOOK_AGAIN_SECONDS)
    try:
        yield
    finally:
        give_back()


def _postgres_lock(connection: BaseDatabaseWrapper) -> tuple[Callable[[], bool], Callable[[], None]]:
    """A lock of this session: it goes with the connection, so a process that dies leaves none behind.

    It is asked for again and again. A session that waits inside ``pg_advisory_lock`` holds a snapshot meanwhile, and
    ``CREATE INDEX CONCURRENTLY`` in the migration it waits for would wait for that: for ever.
    """

    def ask(function: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [LOCK_NUMBER])
            return cursor.fetchone()[0]

    def give_back() -> None:
        # After a broken connection there is nothing to give back.
        if connection.is_usable():
            ask("pg_advisory_unlock")

    return lambda: ask("pg_try_advisory_lock"), give_back


def _file_lock(database: Path) -> tuple[Callable[[], bool], Callable[[], None]]:
    """A lock on a file beside the database: SQLite's own cannot be held across several transactions."""
    database.parent.mkdir(parents=True, exist_ok=True)
    file = open(database.with_name(f"{database.name}.migrating"), "a")  # noqa: SIM115 - held until given back

    def take() -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    return take, file.close
