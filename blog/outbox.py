"""The outbox: mails are written in the transaction of the act that they tell of, and sent after it.

So a mail server that is down, or a process that is killed, loses none: a row of ``Mail`` waits until it was sent. There
is no daemon. What is due is sent at the next chance: right after an act that wrote a mail, by a short thread so that
nobody waits for a slow server; when somebody looks at the work list; and by ``manage.py send_mail``. Without
EMAIL_URL nothing is written at all, and no screen promises a mail.
"""

import logging
import smtplib
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Count, F, Min, Q
from django.template.loader import render_to_string
from django.utils import timezone

from blog import reading
from blog.models import Mail

# A mail that could not be sent waits for a minute, then three times as long each time, at most six hours.
FIRST_WAIT, GROWS, LONGEST_WAIT = timedelta(minutes=1), 3, timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(days=3)
# Far longer than one mail can take: each step of a talk with a server ends after EMAIL_TIMEOUT.
CLAIM = timedelta(minutes=5)
AT_ONCE = 50
# How long the line about the site's health goes on saying that a mail was given up.
REMEMBERED = timedelta(days=14)

logger = logging.getLogger(__name__)
_running, _next = threading.Lock(), threading.Lock()


def put(people: Iterable[User], subject: str, template: str, *, now: datetime, **about: object) -> list[Mail]:
    """Write a mail to each of these people who has an address; to be called in the transaction of the act.

    ``template`` gets ``user``, ``practice``, ``site_url`` and what is in ``about``. A mail with the same subject to the
    same person that was not sent yet is dropped: the newer one says what holds now. Call ``send_soon`` or ``send_now``
    then. Without e-mail set up nothing is written.
    """
    if not settings.EMAIL_CONFIGURED:
        return []
    practice, written = reading.practice(), []
    for user in people:
        if not user.email:
            continue
        context = {"user": user, "practice": practice, "site_url": settings.SITE_URL, **about}
        Mail.objects.filter(_unclaimed(now), to=user.email, subject=subject, sent_at=None).delete()
        body = render_to_string(f"admin/mail/{template}", context)
        written.append(Mail.objects.create(to=user.email, subject=subject, body=body, made_at=now, try_at=now))
    return written


def send_soon() -> None:
    """Send what is due in a thread of its own as soon as the running transaction is kept. Nobody waits for it."""
    if settings.EMAIL_CONFIGURED:
        transaction.on_commit(lambda: threading.Thread(target=_send_beside, name="outbox").start(), robust=True)


def look(now: datetime) -> None:
    """Send soon if anything is due; for a page that is opened often. One query, none where e-mail is not set up."""
    if settings.EMAIL_CONFIGURED and _due(now).exists():
        send_soon()


def send_due() -> int:
    """Send what is due, the oldest first, and give up what is too old. Returns how many mails went.

    Whatever number of processes does this at once, each mail is sent by one of them. Where the mail server does not
    answer, the rest waits for the next chance.
    """
    if not settings.EMAIL_CONFIGURED:
        return 0
    now, went = timezone.now(), 0
    too_old = Q(made_at__lte=now - GIVEN_UP_AFTER) & _unclaimed(now)
    Mail.objects.filter(too_old, try_at__isnull=False).update(try_at=None, claimed_until=None, body="")
    server = get_connection()
    try:
        for pk in list(_due(now).values_list("pk", flat=True)[:AT_ONCE]):
            outcome = _try(server, pk)
            went += outcome is _SENT
            if outcome is _AWAY:
                break
    finally:
        _hang_up(server)
    return went


def send_now(mail: Mail) -> str:
    """Send this one mail while the caller waits. Returns why it could not be sent; blank when it was."""
    server = get_connection()
    try:
        _try(server, mail.pk)
    finally:
        _hang_up(server)
    mail.refresh_from_db()
    return "" if mail.sent_at else mail.trouble or "somebody else is sending it at this moment"


@dataclass(frozen=True)
class Standing:
    """How many mails wait after a first try that failed, since when, and the last trouble; how many were given up."""

    waiting: int
    since: datetime | None
    given_up: int
    trouble: str


def standing(now: datetime) -> Standing:
    """How the outbox stands. Two queries at most."""
    waits = Q(sent_at=None, try_at__isnull=False) & (Q(tries__gt=0) | Q(made_at__lte=now - CLAIM))
    lost = Q(sent_at=None, try_at=None, made_at__gt=now - GIVEN_UP_AFTER - REMEMBERED)
    found = Mail.objects.aggregate(
        waiting=Count("pk", filter=waits), since=Min("made_at", filter=waits), given_up=Count("pk", filter=lost)
    )
    some = found["waiting"] or found["given_up"]
    last = Mail.objects.filter(waits | lost).exclude(trouble="").order_by("-made_at", "-pk").first() if some else None
    return Standing(**found, trouble=last.trouble if last else "")


_SENT, _REFUSED, _AWAY, _NOT_MINE = "sent", "refused", "away", "not mine"


def _send_beside() -> None:
    # At most one thread sends and one waits to: the waiting one will see whatever was written until then.
    if not _next.acquire(blocking=False):
        return
    try:
        with _running:
            _next.release()
            send_due()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("Mails wait, because the database cannot be used: %s", " ".join(str(error).split()))
    finally:
        connection.close()  # a thread has one of its own


def _unclaimed(now: datetime) -> Q:
    return Q(claimed_until=None) | Q(claimed_until__lte=now)


def _due(now: datetime) -> "Mail.objects":
    return Mail.objects.filter(_unclaimed(now), try_at__lte=now).order_by("made_at", "pk")


def _try(server: BaseEmailBackend, pk: int) -> str:
    now = timezone.now()
    # Whoever changes the row has the mail. Nothing is held while the server is talked to; a claim of a process that was
    # killed runs out.
    mine = _due(now).filter(pk=pk).order_by().update(claimed_until=now + CLAIM, tries=F("tries") + 1)
    if not mine:
        return _NOT_MINE
    mail = Mail.objects.get(pk=pk)
    try:
        server.open()
        _message(mail, server).send()
    except smtplib.SMTPRecipientsRefused as error:
        answers = [f"{code} {_words(said)}" for code, said in error.recipients.values()]
        for_good = all(500 <= code < 600 for code, _ in error.recipients.values())
        _keep(mail, now, " ".join(answers), for_good=for_good)
        return _REFUSED
    except ValueError as error:  # an address or a subject that no header can hold
        _keep(mail, now, _words(error), for_good=True)
        return _REFUSED
    except OSError as error:  # smtplib's errors are OSErrors
        _keep(mail, now, _words(error) or type(error).__name__)
        return _REFUSED if isinstance(error, smtplib.SMTPDataError) else _AWAY
    # What was sent is not kept: some mails have a link in them that sets a password.
    Mail.objects.filter(pk=pk).update(sent_at=timezone.now(), try_at=None, claimed_until=None, trouble="", body="")
    return _SENT


def _message(mail: Mail, server: BaseEmailBackend) -> EmailMessage:
    # The same mail has the same id at every try, so that mailboxes can tell when it comes twice: a process that is
    # killed right after the server took a mail cannot write that down any more.
    host = urlsplit(settings.SITE_URL).hostname
    headers = {"Message-ID": f"<{mail.pk}.{mail.made_at:%Y%m%d%H%M%S%f}@{host}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(mail.subject, mail.body, None, [mail.to], headers=headers, connection=server)


def _keep(mail: Mail, now: datetime, trouble: str, *, for_good: bool = False) -> None:
    wait = min(FIRST_WAIT * GROWS ** min(mail.tries - 1, 10), LONGEST_WAIT)
    for_good = for_good or now + wait >= mail.made_at + GIVEN_UP_AFTER
    left = {"try_at": None, "body": ""} if for_good else {"try_at": now + wait}
    own = Mail.objects.filter(pk=mail.pk, claimed_until=mail.claimed_until)
    own.update(claimed_until=None, trouble=trouble, **left)


def _words(said: object) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())


def _hang_up(server: BaseEmailBackend) -> None:
    try:
        server.close()
    except OSError as error:  # the mail is sent; the server does not say goodbye
        logger.info("The mail server did not close the talk: %s", _words(error))
