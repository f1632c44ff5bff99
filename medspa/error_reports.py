"""Errors are told to somebody: by e-mail (ERROR_EMAIL), and to a service that speaks Sentry's language (SENTRY_DSN).

What is told is built here from the log's own line, so nothing is in it that may not be in the log: no form, cookie,
header or query, no value of a variable. Nobody waits for it, and where it cannot be told, the log says so.
"""

import logging
import threading
import time
import traceback
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from medspa.bootstrap import BASE_DIR
from medspa.logs import Lines, chain_of, name_of, printable, said_by, shortened
from medspa.release import release_id

logger = logging.getLogger(__name__)

HOUR, DAY = 3600.0, 24 * 3600.0
A_DAY = 20
KINDS = 500
OWN = tuple(str(BASE_DIR / folder) for folder in ("blog", "medspa"))
LONGEST_SUBJECT = 120


class ErrorReports(logging.Handler):
    """A handler for the log that tells what is an error, each kind of it once in a while."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seldom = Seldom()

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of the event in a thread of its own, unless it was told lately or is no fault of the site."""
        try:
            # A refused request is logged as an error, too, and anybody can send one.
            if getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR) < HTTPStatus.INTERNAL_SERVER_ERROR:
                return
            untold = self.seldom.untold(kind_of(record))
            if untold is None:
                return
            event = self.lines.event(record)
            error = record.exc_info[1] if record.exc_info else None
            told = told_to_sentry(event, error, self.lines) if settings.SENTRY_DSN else None
            # No daemon: a command that ends with an error still tells of it.
            threading.Thread(target=self._tell, args=(event, error, untold, told), name="error report").start()
        except Exception as error:
            logger.warning("An error could not be told: %s", name_of(error))

    @cached_property
    def lines(self) -> Lines:
        """What is in a line of the log."""
        return Lines()

    @cached_property
    def sentry(self) -> "Sentry":
        """The talk with the service; made when there is something to tell."""
        return Sentry()

    def _tell(self, event: dict, error: BaseException | None, untold: int, told: dict | None) -> None:
        if settings.ERROR_EMAIL:
            try:
                mail(event, error, untold).send()
            except Exception as trouble:  # whatever the mail server does
                logger.warning("An error could not be told by e-mail: %s: %s", name_of(trouble), said_by(trouble))
        if told is not None:
            try:
                self.sentry.tell(told)
            except Exception as trouble:
                logger.warning("An error could not be told to SENTRY_DSN: %s", name_of(trouble))


class Seldom:
    """Lets each kind of error pass once an hour, and no more than a number of them a day, in its own process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._told: deque[float] = deque()
        self._kinds: OrderedDict[tuple, tuple[float, int]] = OrderedDict()

    def untold(self, kind: tuple) -> int | None:
        """How many of this kind were not told since the last one that was; None where this one is not, either."""
        now = self.clock()
        with self._lock:
            while self._told and self._told[0] <= now - DAY:
                self._told.popleft()
            told_at, untold = self._kinds.pop(kind, (now - HOUR, 0))
            pass_on = told_at <= now - HOUR and len(self._told) < A_DAY
            self._kinds[kind] = (now, 0) if pass_on else (told_at, untold + 1)
            if len(self._kinds) > KINDS:
                self._kinds.popitem(last=False)
            if pass_on:
                self._told.append(now)
            return untold if pass_on else None


def kind_of(record: logging.LogRecord) -> tuple:
    """What makes two errors one kind: class and line of our code it came from; without an error, the line that logs."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return record.name, str(record.msg), record.lineno
    return (name_of(error), *place_of(error.__traceback__))


def place_of(trace: TracebackType | None) -> tuple[str, int]:
    """The file and line where an error happened: the last one of our own code that it came through."""
    found = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(trace)]
    ours = [place for place in found if place[0].startswith(OWN)]
    return (ours or found or [("", 0)])[-1]


def mail(event: dict, error: BaseException | None, untold: int) -> EmailMessage:
    """The mail about an event: what happened, where, and how its other lines are found."""
    what = event["message"]
    if error is not None:
        file, line = place_of(error.__traceback__)
        what = f"{type(error).__qualname__} in {_short(file)}, line {line}"
    facts = {
        "Time": event["time"],
        "Message": event["message"],
        "Request": f"{event['method']} {event['path']}" if "path" in event else "",
        "Its number": event.get("request_id", ""),
        "Release": release_id(),
        "Not told since the last mail": str(untold or ""),
    }
    body = [
        f"Something went wrong on {settings.SITE_URL}.",
        "\n".join(f"{name}: {value}" for name, value in facts.items() if value),
        event.get("trace", ""),
        f"Each process of the site writes about one error at most once an hour, and no more than {A_DAY} mails a day. "
        "The log has each of them; the lines of one request are found by its number.",
    ]
    subject = shortened(printable(f"[{urlsplit(settings.SITE_URL).hostname}] {what}"), LONGEST_SUBJECT)
    text = "\n\n".join(part for part in body if part) + "\n"
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, text, None, settings.ERROR_EMAIL, headers=headers, connection=get_connection())


# All that is ever sent to SENTRY_DSN.
TOLD = "event_id timestamp level logger platform logentry exception tags request release environment sdk".split()
MOST_FRAMES = 60


class Sentry:
    """The talk with the service that SENTRY_DSN names. It is loaded only where there is one."""

    def __init__(self) -> None:
        import sentry_sdk

        # Nothing is gathered by itself: no integration, no breadcrumbs, no sessions, no measuring. Nothing that names a
        # person is sent unless one asks for it, and before_send lets through only what was built here.
        self.client = sentry_sdk.Client(
            dsn=settings.SENTRY_DSN,
            default_integrations=False,
            auto_enabling_integrations=False,
            max_request_body_size="never",
            include_local_variables=False,
            max_breadcrumbs=0,
            auto_session_tracking=False,
            send_client_reports=False,
            enable_metrics=False,
            enable_backpressure_handling=False,
            spotlight=False,
            server_name="",
            release=release_id(),
            before_send=lambda event, hint: {name: event[name] for name in TOLD if name in event},
        )
        self.client.transport.on_dropped_event = self._lost

    def tell(self, told: dict) -> None:
        """Send an event, and wait some seconds until it is gone."""
        self.client.capture_event(told)
        self.client.flush(timeout=settings.EMAIL_TIMEOUT)

    def _lost(self, reason: str) -> None:
        logger.warning("An error could not be told to SENTRY_DSN: %s", reason)


def told_to_sentry(event: dict, error: BaseException | None, lines: Lines) -> dict:
    """The same as in the mail, as Sentry's events are built."""
    told = {
        "level": "fatal" if event["level"] == "CRITICAL" else "error",
        "logger": event["logger"],
        "timestamp": event["time"],
        "logentry": {"formatted": event["message"]},
        "tags": {"request_id": event["request_id"]} if "request_id" in event else {},
    }
    if "path" in event:
        told["request"] = {"method": event["method"], "url": settings.SITE_URL + event["path"]}
    if error is not None:
        told["exception"] = {"values": [_exception(one, lines) for one, _ in chain_of(error)]}
    return told


def _exception(error: BaseException, lines: Lines) -> dict:
    frames = [
        {
            "filename": _short(frame.filename),
            "function": frame.name,
            "lineno": frame.lineno,
            "context_line": frame.line,
            "in_app": frame.filename.startswith(OWN),
        }
        for frame in traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    ]
    said = lines.clean(said_by(error))
    kind = type(error)
    return {"type": kind.__qualname__, "module": kind.__module__, "value": said, "stacktrace": {"frames": frames}}


def _short(file: str) -> str:
    """The path of a file below the folder that its package or this project lies in."""
    path = Path(file)
    for folder in (BASE_DIR, *(one for one in path.parents if one.name == "site-packages")):
        if path.is_relative_to(folder):
            return str(path.relative_to(folder))
    return file
