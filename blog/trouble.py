"""What people get when a page cannot be made: 503 while the database is away, 500 for a fault of ours.

Nothing here asks the database, and nothing here may fail.
"""

import errno
import logging
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from blog import reading

logger = logging.getLogger("blog.trouble")

RETRY_AFTER = 30
SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PROTOCOL,
}
# Classes of PostgreSQL's error codes: connection, transaction rolled back for another one's sake, too little of
# something, lock not to be had, stopped by an operator, trouble with the system. The others are faults in our SQL.
POSTGRESQL_AWAY = {"08", "40", "53", "55", "57", "58"}
DISK_FULL = "53100"  # PostgreSQL's
ROOM_TO_WORK = 64 * 1024  # bytes that SQLite needs for as little as a look
PLAIN = "Something went wrong on our side. Please try again in a few minutes. In an emergency, call 911."
STAFF = "/admin/"


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for an exception that nothing has caught: 503 where the database is away, else 500. Never raises."""
    try:
        error = sys.exc_info()[1]
        response = _away(request, error) if is_away(error) or is_full(error) else _broken(request)
    except Exception:
        logger.exception("The page for trouble could not be made")
        response = HttpResponse(PLAIN, status=500, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def is_away(error: BaseException | None) -> bool:
    """Whether an error means that the database cannot be used now, and may be soon, by itself."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        code = _code(cause)
        return code in SQLITE_AWAY or (code == sqlite3.SQLITE_ERROR and _file_is_missing())
    code = getattr(cause, "pgcode", None)  # None: no connection, so nothing that could send a code
    return code is None or code[:2] in POSTGRESQL_AWAY


def is_full(error: BaseException | None) -> bool:
    """Whether an error means that the disk of the database, or the one that this process writes to, has no room."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    cause = error.__cause__ if isinstance(error, OperationalError) else None
    if isinstance(cause, sqlite3.Error):
        # Where there is no room even for the files that SQLite lays beside its own, it speaks of anything but room.
        return is_away(error) and (_code(cause) == sqlite3.SQLITE_FULL or _has_no_room())
    return getattr(cause, "pgcode", None) == DISK_FULL


def _code(cause: sqlite3.Error) -> int:
    """SQLite's plain code; the extended one carries it in its lowest byte."""
    return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF


def _has_no_room() -> bool:
    try:
        return shutil.disk_usage(Path(connection.settings_dict["NAME"]).parent).free < ROOM_TO_WORK
    except OSError:
        return False


def _file_is_missing() -> bool:
    """Whether the SQLite file holds no table at all: where it is missing, SQLite makes an empty one."""
    path = quote(str(connection.settings_dict["NAME"]))
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
            return file.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    except sqlite3.Error:
        return True


def _broken(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("500.html", {"reference": _reference(request)}), status=500)


def _away(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    reason = " ".join(str(error).split())
    # A line is enough, but for a deadlock and for a question that took too long: those are ours to find.
    code = getattr(error.__cause__, "pgcode", None) or ""
    is_ours = code.startswith("40") or code == "57014"
    what = "disk is full" if is_full(error) else "database is away"
    logger.error("The %s, %s was answered with 503: %s", what, _asked(request), reason, exc_info=is_ours or None)
    if request.path.startswith(STAFF):
        template, context = "admin/away.html", {"is_full": is_full(error), **_sent(request)}
    else:
        template, context = "503.html", {"practice": reading.known_practice()}
    context["reference"] = _reference(request)
    response = HttpResponse(render_to_string(template, context), status=503, headers={"Retry-After": str(RETRY_AFTER)})
    response._has_been_logged = True  # Django would add a traceback for every request while the database is away
    return response


def _reference(request: HttpRequest) -> str:
    """By which the lines about this request are found in the log: the beginning of its id, short enough to read out."""
    return getattr(request, "request_id", "")[:8]


def _asked(request: HttpRequest) -> str:
    """What was asked for, for the log; of an address that can hold a secret only its pattern."""
    match = request.resolver_match
    return ascii(request.path if match is None or "token" not in match.kwargs else match.route)


def _sent(request: HttpRequest) -> dict:
    """What a form brought, to be sent once more from the page that says it was not saved; never a password."""
    if request.method != "POST":
        return {}
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    if any("password" in name for name, _ in sent):
        return {"is_login": True}
    return {"address": request.get_full_path(), "sent": sent, "has_files": bool(request.FILES)}
