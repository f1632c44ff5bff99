"""The daily work: what readers never wait for, done by ``manage.py daily`` once a day or more often.

A step is a function ``step(now) -> str`` in a module of its own, and its line in ``STEPS``. It may run any number of
times a day and after days on which it did not, and says in a few words for staff what it did. One that fails does not
stop the others. What came of each stands in its row of ``DailyRun``.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import DatabaseError, InterfaceError
from django.db.models import Q
from django.utils import timezone

from blog.models import DailyRun

from . import backup, consents_ending, files_to_delete, links, orphan_files, reads, reviews_due, trash, unsent_mail
from .not_done import NotDone

__all__ = ["STEPS", "NotDone", "Outcome", "run"]

Step = Callable[[datetime], str]

# In this order: mails that a step wrote are sent after it, and the backup, which may take long, holds what was done.
STEPS: dict[str, Step] = {
    "reviews_due": reviews_due.step,
    "trash": trash.step,
    "files_to_delete": files_to_delete.step,
    "orphan_files": orphan_files.step,
    "links": links.step,
    "consents_ending": consents_ending.step,
    "reads": reads.step,
    "unsent_mail": unsent_mail.step,
    "backup": backup.step,
}
# Whoever began a step longer ago than this and never ended it was stopped: the next one may take it over.
STALE = timedelta(hours=1)
LONGEST_WORDS = DailyRun._meta.get_field("words").max_length

logger = logging.getLogger(__name__)


class Outcome(NamedTuple):
    """What came of one step; ``words`` are for staff."""

    step: str
    went_well: bool
    words: str


def run(now: datetime) -> list[Outcome]:
    """Do every step as of the moment ``now`` (aware), and say what came of each. Never raises.

    A step that another process is doing at this moment is left to it.
    """
    return [_do(name, step, now) for name, step in STEPS.items()]


def _do(name: str, step: Step, now: datetime) -> Outcome:
    try:
        if not _claim(name, now):
            return Outcome(name, True, "Another process is doing this right now.")
        outcome = Outcome(name, *_result_of(name, step, now))
        mine = DailyRun.objects.filter(step=name, started_at=now)
        mine.update(ended_at=timezone.now(), went_well=outcome.went_well, words=outcome.words)
        return outcome
    except (DatabaseError, InterfaceError) as error:
        return Outcome(name, False, _shortened(f"The database cannot be used ({_line(error)})."))


def _claim(name: str, now: datetime) -> bool:
    """Take a step, by one conditional write, so that of two processes one has it."""
    DailyRun.objects.get_or_create(step=name, defaults={"started_at": now - 2 * STALE, "ended_at": now - 2 * STALE})
    free = Q(ended_at__isnull=False) | Q(started_at__lte=now - STALE)
    return DailyRun.objects.filter(free, step=name).update(started_at=now, ended_at=None) == 1


def _result_of(name: str, step: Step, now: datetime) -> tuple[bool, str]:
    try:
        return True, _shortened(step(now))
    except NotDone as error:
        return False, _shortened(str(error))
    except Exception as error:  # the other steps must still be done
        logger.exception("The step %s of the daily work failed", name)
        return False, _shortened(f"This could not be done ({type(error).__name__}: {_line(error)}).")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def _shortened(words: str) -> str:
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1]}…"
