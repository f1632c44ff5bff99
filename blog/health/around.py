"""What takes a moment: the site's own address and certificate, the mail server, the clock, reading a database file.

Nothing but SITE_URL, the mail server and the database is contacted; each call ends after ``SECONDS``.
"""

import http.client
import ipaddress
import smtplib
import socket
import sqlite3
import ssl
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection
from django.http.request import validate_host
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from blog import orphan_files, picture_files
from blog.clinic_time import clock as time_of_day
from blog.clinic_time import spoken, today, zone_label

from .finding import LOOK, OK, WRONG, Finding

SECONDS = 5
# Up to this size (bytes) a SQLite file is read through, which takes some seconds at most.
READ_THROUGH = 500 * 1000**2
MARK = "X-Site"
CERTIFICATE_LOOK, CERTIFICATE_WRONG = 14, 3  # days
CLOCK_LOOK, CLOCK_WRONG = 10, 60  # seconds
# How long a file may take to go that was written down to.
ON_THEIR_WAY = timedelta(hours=1)
EXPIRED, NOT_YET, OTHER_NAME = 10, 9, {62, 64}  # OpenSSL's numbers


def site_mark() -> str:
    """What every process of this site answers with at /healthz: the same for all that share its secret key."""
    return salted_hmac("blog.health", "this very site").hexdigest()[:16]


def site_address() -> Finding:
    """Whether SITE_URL answers, and whether what answers is this very site."""
    site = _site()
    if not validate_host(_host(site), settings.ALLOWED_HOSTS):
        return Finding(WRONG, f"ALLOWED_HOSTS does not have {site.hostname}, the host of SITE_URL: add it.")
    try:
        status, headers = _ask(site)
    except ssl.SSLCertVerificationError:
        return Finding(LOOK, f"{settings.SITE_URL} was not asked, because its certificate is not good: see there.")
    except (OSError, http.client.HTTPException) as error:
        return Finding(
            WRONG,
            f"{settings.SITE_URL} does not answer from here ({_reason(error)}). Open it on a phone: if it opens there, "
            "only this server cannot reach it; if not, look at the web server in front and at the name's DNS entry.",
        )
    if 300 <= status < 400:
        return Finding(WRONG, _leads_on(headers.get("Location", "")))
    if status != 200:
        return Finding(
            WRONG, f"{settings.SITE_URL} answers with the error {status}. Look at the logs of the web server."
        )
    if not constant_time_compare(headers.get(MARK, ""), site_mark()):
        return Finding(
            WRONG,
            f"Something else than this site answers at {settings.SITE_URL}. Look at SITE_URL, at the name's DNS entry, "
            "and whether all of its servers have the same SECRET_KEY.",
        )
    return Finding(OK, f"{settings.SITE_URL} answers, and it is this site.")


def _leads_on(address: str) -> str:
    if address.rstrip("/").startswith(settings.SITE_URL):
        return (
            f"{settings.SITE_URL} leads to itself for ever. The web server in front must send X-Forwarded-Proto, and "
            "FORWARDED_ALLOW_IPS must name it."
        )
    return f"{settings.SITE_URL} leads on to {address}: set SITE_URL to that address."


def certificate() -> Finding:
    """Whether browsers trust the certificate of SITE_URL, and for how long."""
    site = _site()
    if site.scheme != "https":
        if _is_this_computer(site):
            return Finding(OK, "None is needed: SITE_URL is http, which only this computer can read.")
        return Finding(
            LOOK, "SITE_URL is http, so passwords of staff travel in the open. Set up https and put it into SITE_URL."
        )
    try:
        with _connect(site) as raw, _context().wrap_socket(raw, server_hostname=site.hostname) as secured:
            ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(secured.getpeercert()["notAfter"]), UTC)
    except ssl.SSLCertVerificationError as error:
        return Finding(WRONG, f"Browsers warn of the site: {_why_not_trusted(error, site)}. Renew the certificate.")
    except OSError as error:
        return Finding(WRONG, f"{site.hostname} does not answer over https ({_reason(error)}).")
    days = (ends - timezone.now()) // timedelta(days=1)
    words = f"It is good for {'1 more day' if days == 1 else f'{days} more days'}"
    if days < CERTIFICATE_WRONG:
        return Finding(WRONG, f"{words}. Renew it now, and look why it does not renew itself.")
    if days < CERTIFICATE_LOOK:
        return Finding(LOOK, f"{words}. Look why it has not renewed itself.")
    return Finding(OK, f"{words}.")


def mail_server() -> Finding:
    """Whether the mail server answers and knows the site's login. Sends nothing."""
    if not settings.EMAIL_CONFIGURED:
        return Finding(
            LOOK, "None is set up, so links to log in have to be handed over: set EMAIL_URL and DEFAULT_FROM_EMAIL."
        )
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    mail = get_connection(timeout=SECONDS)
    try:
        mail.open()
        mail.close()
    except smtplib.SMTPAuthenticationError as error:
        return Finding(WRONG, f"{where} refuses the login ({error.smtp_code}). Look at user and password in EMAIL_URL.")
    except OSError as error:  # smtplib's errors are OSErrors
        return Finding(WRONG, f"{where} cannot be used ({_reason(error)}). Look at EMAIL_URL and at the mail server.")
    return Finding(
        OK, f"{where} answers and takes the login. To see a mail arrive: manage.py doctor --send-test ADDRESS"
    )


def clock() -> Finding:
    """Whether this computer's clock agrees with the database server's and with the one at SITE_URL."""
    now = timezone.now()
    here = f"Here it is {time_of_day(now)} on {today(now)}, {zone_label()} ({settings.TIME_ZONE})"
    others = {"the database server": _database_clock(), settings.SITE_URL: _site_clock()}
    off = {name: abs(difference) for name, difference in others.items() if difference is not None}
    name, most = max(off.items(), key=lambda one: one[1], default=("", timedelta()))
    if most > timedelta(seconds=CLOCK_LOOK):
        level = WRONG if most > timedelta(seconds=CLOCK_WRONG) else LOOK
        return Finding(
            level,
            f"{here}, but the clock of {name} is {_span(most)} off. What is scheduled goes live at the wrong moment: "
            "turn on time synchronisation (NTP) on both.",
        )
    agrees = f", and the clock of {' and of '.join(off)} agrees" if off else ""
    return Finding(OK, f"{here}{agrees}.")


def files_to_delete() -> Finding:
    """Whether files of pictures that have to go are gone: after a revocation, a replacement or a deletion."""
    left, now = picture_files.waiting(), timezone.now()
    if left.count == 0:
        return Finding(OK, "None waits.")
    what = f"{left.count} {'file' if left.count == 1 else 'files'} of pictures"
    again = "manage.py prepare tries again."
    if left.trouble:
        return Finding(WRONG, f"{what} could not be deleted since {spoken(left.since, now)} ({left.trouble}). {again}")
    if now - left.since < ON_THEIR_WAY:
        return Finding(OK, f"{what} are on their way out.")
    return Finding(WRONG, f"{what} should be gone since {spoken(left.since, now)}. {again}")


def picture_files_there() -> Finding:
    """Whether every picture has its files, and every file its picture."""
    found = orphan_files.look(timezone.now())
    listed = "manage.py orphan_files lists them"
    if found.missing:
        (_, name), pk = found.missing[0]
        pictures = len({pk for _, pk in found.missing})
        whose = f"picture {pk}" if pictures == 1 else f"{pictures} pictures"
        count = "1 file is" if len(found.missing) == 1 else f"{len(found.missing)} files are"
        return Finding(WRONG, f"{count} missing, of {whose}, such as {name}. Put them back from a backup; {listed}.")
    if found.is_another_database:
        return Finding(
            LOOK,
            f"{len(found.orphans)} files belong to no picture, more than stopped uploads leave. Look whether "
            f"DATABASE_URL is the right database; {listed}.",
        )
    left = len(found.orphans) + len(found.unfinished)
    if left:
        return Finding(OK, f"Every picture has its files. The daily work removes {left} that belong to none.")
    return Finding(OK, "Every picture has its files.")


def database_file() -> Finding:
    """Whether a SQLite file is whole."""
    if connection.vendor != "sqlite":
        return Finding(OK, "PostgreSQL looks after its own files.")
    file = Path(connection.settings_dict["NAME"])
    try:
        size = file.stat().st_size
        if size > READ_THROUGH:
            return Finding(OK, f"{file} has {size / 1000**3:.1f} GB, too much to be read through here.")
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=SECONDS)) as opened:
            found = opened.execute("PRAGMA quick_check(1)").fetchone()[0]
    except (OSError, sqlite3.OperationalError) as error:
        return Finding(WRONG, f"{file} cannot be read ({_reason(error)}). Look at DATABASE_URL and at the disk.")
    except sqlite3.DatabaseError as error:
        found = _reason(error)
    if found != "ok":
        return Finding(WRONG, f"{file} is damaged ({found}). Stop the site and put the newest backup back.")
    return Finding(OK, f"{file} is whole.")


def _database_clock() -> timedelta | None:
    if connection.vendor != "postgresql":
        return None  # SQLite's is this computer's
    try:
        with connection.cursor() as cursor:
            before = timezone.now()
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0] - before
    except Exception:
        return None  # the line about the database says it


def _site_clock() -> timedelta | None:
    try:
        _, headers = _ask(_site())
        return parsedate_to_datetime(headers["Date"]) - timezone.now()
    except (OSError, http.client.HTTPException, ValueError, TypeError):
        return None  # the line about the address says it


def _site() -> SplitResult:
    return urlsplit(settings.SITE_URL)


def _host(site: SplitResult) -> str:
    return f"[{site.hostname}]" if ":" in (site.hostname or "") else site.hostname or ""


def _port(site: SplitResult) -> int:
    return site.port or (443 if site.scheme == "https" else 80)


def _is_this_computer(site: SplitResult) -> bool:
    try:
        return ipaddress.ip_address(site.hostname or "").is_loopback
    except ValueError:
        return site.hostname == "localhost"


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _connect(site: SplitResult) -> socket.socket:
    return socket.create_connection((site.hostname, _port(site)), timeout=SECONDS)


def _ask(site: SplitResult) -> tuple[int, http.client.HTTPMessage]:
    """The status and headers of the site's /healthz. Follows nothing, so no other host is ever asked."""
    host, port = site.hostname or "", _port(site)
    if site.scheme == "https":
        asking = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=_context())
    else:
        asking = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        asking.request("GET", "/healthz")
        answer = asking.getresponse()
        return answer.status, answer.headers
    finally:
        asking.close()


def _why_not_trusted(error: ssl.SSLCertVerificationError, site: SplitResult) -> str:
    if error.verify_code == EXPIRED:
        return "the certificate has run out"
    if error.verify_code == NOT_YET:
        return "the certificate is not valid yet, or this computer's clock is wrong"
    if error.verify_code in OTHER_NAME:
        return f"the certificate is for another name than {site.hostname}"
    return f"the certificate comes from nobody they know ({error.verify_message})"


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {SECONDS} seconds"
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(str(words).split()) or type(error).__name__


def _span(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    count, unit = (seconds, "second") if seconds < 120 else (seconds // 60, "minute")
    return f"{count} {unit}s"
