"""What the logs look like, and what they never hold.

Each event and each request is one line of JSON, for machines; or text, for a person at a terminal. Whatever is written
goes through ``without_secrets`` first.
"""

import ipaddress
import json
import logging
import os
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings

from blog.networks import network_of
from medspa.request_ids import current

# A draft shown by link, and a link that sets a password: what follows in the path is the secret.
SECRET = re.compile(r"(/(?:preview|welcome)/)[^\s\"'<>]+", re.IGNORECASE)
# Letters, slashes and question marks of an address that are spelled as numbers: no page has such a link, and what
# follows may be a secret or a query all the same.
ODDLY_SPELLED = re.compile(r"(?<=[\w/.~-])%(?:2[5DEF]|3[0-9F]|[4-7][0-9A-F])[^\s\"'<>]*", re.IGNORECASE)
QUERY = re.compile(r"(?<=[\w/%~.-])\?\S+")  # of an address: what somebody searched for
CREDENTIALS = re.compile(r"(?<=://)[^\s/@]{1,500}@")
MAIL_ADDRESS = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,200}@[\w-]+(?:\.[\w-]+)+")
# gunicorn names the sender of a request that it cannot read. Whatever looks like an address is looked at closely.
ADDRESS = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\.\d{1,3}){0,3})(?![\w.]*\w)",
    re.IGNORECASE,
)
# Where a database tells of a row or a statement, it tells people's words.
ROW = re.compile(r"\b(DETAIL|CONTEXT|QUERY|LINE \d+):.*", re.DOTALL)
QUOTED = re.compile(r"(?<!\w)(?:(['\"])(?:.*?\1(?!\w)|.*\Z)|“[^”]*”?)", re.DOTALL)
# Errors whose words are names in the code or files, and never what somebody typed.
ABOUT_CODE = (AttributeError, ImportError, NameError, TypeError, OSError)

LONGEST_MESSAGE, LONGEST_TRACE = 8_000, 24_000
# Longer texts are not even searched: it would take time, and nobody reads them.
SEARCHED = 200_000
TRACE_BEGINS = "Traceback (most recent call last):\n"
CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"


def known_secrets() -> list[str]:
    """The secrets of this installation as they are: no line may hold one, wherever it slipped in."""
    database = settings.DATABASES["default"].get("PASSWORD") or ""
    mail = getattr(settings, "EMAIL_HOST_PASSWORD", "")
    first_login = os.environ.get("DJANGO_SUPERUSER_PASSWORD", "")
    found = [settings.SECRET_KEY, settings.SITE_PASSWORD, database, mail, first_login]
    return [secret for secret in found if len(secret) >= 6]


def without_secret_paths(text: str) -> str:
    """The text with a star for each secret of an address, however the address is spelled."""
    return ODDLY_SPELLED.sub("%*", SECRET.sub(r"\1*", text))


def without_secrets(text: str) -> str:
    """The text with a star for each secret of an address, each query, mail address and password in a URL.

    Of a network address its network stays.
    """
    text = without_secret_paths(text)
    text = QUERY.sub("?*", text)
    text = CREDENTIALS.sub("*@", text)
    text = MAIL_ADDRESS.sub("*@*", text)
    return ADDRESS.sub(_network, text)


def _network(found: re.Match) -> str:
    """The network of an address, if it is one of another computer; a colon that follows it is none of its own."""
    text = found[0]
    own = text[:-1] if text.endswith(":") and not text.endswith("::") else text
    try:
        address = ipaddress.ip_address(own)
    except ValueError:
        return text
    address = getattr(address, "ipv4_mapped", None) or address
    return text if address.is_loopback or address.is_unspecified else network_of(address) + text[len(own) :]


def said_by(error: BaseException) -> str:
    """What an error says, without what somebody typed: no value of a row, and of what it quotes only names of code."""
    try:
        text = str(error)
    except Exception:
        return "*"
    text = ROW.sub(r"\1: *", shortened(text, SEARCHED))
    return text if isinstance(error, ABOUT_CODE) else QUOTED.sub("*", text)


def chain_of(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    """The error and those that led to it, the first one first, each with the words that join it to the one before."""
    found, seen = [(error, "")], set()
    while id(error) not in seen:
        seen.add(id(error))
        if error.__cause__ is not None:
            before, words = error.__cause__, CAUSE
        elif error.__context__ is not None and not error.__suppress_context__:
            before, words = error.__context__, CONTEXT
        else:
            break
        found[-1] = (error, words)
        found.append((before, ""))
        error = before
    return reversed(found)


def name_of(error: BaseException) -> str:
    """The full name of an error's class."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def trace_of(error: BaseException) -> str:
    """A traceback as Python writes it, without local variables, and of what errors say only what ``said_by`` gives."""
    parts = []
    for one, joined in chain_of(error):
        said = said_by(one)
        parts += [
            joined,
            TRACE_BEGINS,
            *traceback.format_tb(one.__traceback__),
            name_of(one),
            said and f": {said}",
            "\n",
        ]
    return "".join(parts).rstrip()


def shortened(text: str, longest: int) -> str:
    """The text, with its middle left out where it is too long."""
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]} … {len(text) - 2 * half} characters … {text[-half:]}"


def printable(text: str) -> str:
    """The text with everything escaped that could end a line, move a cursor or turn the direction of writing."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


class Lines(logging.Formatter):
    """What both forms share: an event as a few named values, clean and bounded. Never raises."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets = known_secrets()

    def event(self, record: logging.LogRecord) -> dict[str, str | int]:
        """Time in UTC, level, logger and message; the request's id, what it asked for and a traceback where known."""
        moment = datetime.fromtimestamp(record.created, UTC)
        found: dict[str, str | int] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.clean(ROW.sub(r"\1: *", _message(record))),
        }
        if request_id := _request_id(record):
            found["request_id"] = request_id
        for name, value in _asked(record).items():
            found[name] = value if isinstance(value, int) else self.clean(value)
        if record.exc_info and record.exc_info[1] is not None:
            found["trace"] = self.clean(trace_of(record.exc_info[1]), LONGEST_TRACE)
        return found

    def clean(self, text: str, longest: int = LONGEST_MESSAGE) -> str:
        """The text without secrets, bounded, and such that it can be encoded."""
        text = shortened(text, SEARCHED)
        for secret in self.secrets:
            text = text.replace(secret, "*")
        # Shortened only now: half of a secret would not be known for one.
        text = shortened(without_secrets(text), longest)
        return text.encode("utf-8", "backslashreplace").decode()


class JsonLines(Lines):
    """One line of JSON for each event, in ASCII: nothing in it can end the line or speak to a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The event as JSON."""
        return json.dumps(self.event(record))


class TextLines(Lines):
    """One line for a person at a terminal, in the local time; a traceback stands below it, moved in."""

    def format(self, record: logging.LogRecord) -> str:
        """The event as text; the first digits of the request's id stand at the end."""
        event = self.event(record)
        moment = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        line = f"{moment} {record.levelname} {record.name}: {event['message']}"
        if "network" in event:
            line += " {bytes} bytes {ms} ms {network}".format(**event)
        if "request_id" in event:
            line += f" [{str(event['request_id'])[:8]}]"
        return "\n  ".join(printable(one) for one in [line, *str(event.get("trace", "")).splitlines()])


FORMS = {"json": JsonLines, "text": TextLines}


def formatter(form: str) -> Lines:
    """The formatter of LOG_FORMAT."""
    return FORMS[form]()


class WithoutSecrets(logging.Formatter):
    """gunicorn's access log in a format that somebody asked for: as asked, but for secret parts of addresses."""

    def format(self, record: logging.LogRecord) -> str:
        """The line with a star for the secret part of an address."""
        return without_secret_paths(super().format(record))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # values that do not fit the message are no reason to lose it
        return str(record.msg)


def _asked(record: logging.LogRecord) -> dict[str, str | int]:
    """What the request asked for that an event is about; what else came with it is nobody's business."""
    request = getattr(record, "request", None)
    method, path = getattr(request, "method", None), getattr(request, "path", None)
    return getattr(record, "asked", None) or ({"method": method, "path": path} if method and path else {})


def _request_id(record: logging.LogRecord) -> str:
    # Django tells of a request that was not found after everything else, when nobody is answering it any more.
    return getattr(record, "request_id", "") or current() or getattr(getattr(record, "request", None), "request_id", "")
