"""Whether the site is well: one plain line for each thing that can quietly go wrong.

The same lines serve ``manage.py doctor`` and the admin. A new one is a function without arguments that gives a
``Finding``, and its place in one of two tables: HERE for what is known at once on this computer, AROUND for what takes
a network or a moment. A look never raises, and one around never takes longer than ``DEADLINE``.
"""

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from django.db import connection

from . import around, here
from .finding import LOOK, OK, WRONG, Finding

__all__ = ["AROUND", "DEADLINE", "HERE", "LOOK", "OK", "WRONG", "Finding", "Line", "look_around", "look_here"]

Check = Callable[[], Finding]

HERE: dict[str, Check] = {
    "Database": here.database,
    "Backup": here.backup,
    "Disk": here.disk,
    "Settings": here.safe_settings,
    "Static files": here.static_files,
    "Mails": here.mails,
    "Daily work": here.daily_work,
}
AROUND: dict[str, Check] = {
    "Address": around.site_address,
    "Certificate": around.certificate,
    "E-mail": around.mail_server,
    "Clock": around.clock,
    "Files to delete": around.files_to_delete,
    "Picture files": around.picture_files_there,
    "Database file": around.database_file,
}
# Seconds for everything in AROUND together. Each network call has its own shorter limit; this one also ends what has
# none, such as a name server that does not answer.
DEADLINE = 12.0


class Line(NamedTuple):
    """One line of the report."""

    subject: str
    level: str
    sentence: str


def look_here() -> list[Line]:
    """What this computer knows at once: a few milliseconds, and at most six cheap queries."""
    return [Line(subject, *_result_of(check)) for subject, check in HERE.items()]


def look_around(deadline: float | None = None) -> list[Line]:
    """What takes a network or a moment, all at the same time; ends after ``deadline`` seconds (None: ``DEADLINE``)."""
    found: dict[str, Finding] = {}

    def look(subject: str, check: Check) -> None:
        found[subject] = _result_of(check)
        connection.close()  # a thread has one of its own

    # Daemons: one that hangs in the system's own name look-up must not keep a command from ending.
    threads = [threading.Thread(target=look, args=item, daemon=True) for item in AROUND.items()]
    for thread in threads:
        thread.start()
    end = time.monotonic() + (DEADLINE if deadline is None else deadline)
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    late = Finding(WRONG, "No answer came in time. Look at this server's network and its name server.")
    return [Line(subject, *found.get(subject, late)) for subject in AROUND]


def _result_of(check: Check) -> Finding:
    try:
        return check()
    except Exception as error:  # a look at a broken site must itself go on
        reason = " ".join(str(error).split())
        return Finding(WRONG, f"This could not be looked at ({type(error).__name__}: {reason}).")
