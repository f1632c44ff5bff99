"""For how long pages are right: the change stamp, and the next moment at which something begins or ends by itself."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from blog import proxy_mark, reading
from blog.models import ChangeStamp
from blog.reading.snapshot import snapshot

logger = logging.getLogger(__name__)

# Seconds between two looks, and after how many without one a request looks itself: the thread may have too little time.
EVERY, AT_LEAST_EVERY = 0.25, 1.0
# While the database is away, pages go on being served for so many seconds after the last look that came back.
TRUSTED_FOR = 600
# A look that takes longer than so many seconds will not come back soon: the database stands still.
HANGS_AFTER = 3


class Period(NamedTuple):
    """A stretch of time in which a page stays the same, from ``since`` until just before ``until`` (aware).

    ``stamp`` is the change stamp of all of it.
    """

    stamp: int
    since: datetime
    until: datetime

    def covers(self, stamp: int, moment: datetime) -> bool:
        """Whether what is right under this stamp at this moment is right during the whole of it."""
        return stamp == self.stamp and self.since <= moment < self.until


class PeriodWatch:
    """What this process knows of the present period; looked at every 0.25 s by a thread, not by requests.

    With ``patience`` 0 there is no thread and every request looks, for tests. ``on_change`` is called when a new period
    begins. ``clock`` gives seconds that only go forward.
    """

    def __init__(
        self,
        on_change: Callable[[], None],
        patience: float = AT_LEAST_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_change, self._patience, self._clock = on_change, patience, clock
        self._period: Period | None = None
        self._tried_at = self._confirmed_at = float("-inf")
        self._looking = threading.Lock()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_away = False
        self._mark = ""

    def present(self) -> Period | None:
        """The period of this very moment, as far as this process knows; None where it cannot know.

        While the database is away that is the last known one, for ten minutes, never past its end, and not once another
        process has left word that it changed something. Looks itself
        only where nobody has done so for too long, or the known period has ended.
        """
        if self._thread is None and self._patience:
            self._start()
        now = timezone.now()
        tried = self._clock() - self._tried_at
        ended = self._period is not None and not self._period.since <= now < self._period.until
        # The first look of a process is waited for, or all who ask at its start would make the page.
        is_first = self._period is None and self._looking.locked()
        if is_first or tried >= self._patience or ((ended or self._period is None) and tried >= EVERY):
            self._look_unless_others_do(wait=1 if self._period is None else 0)
            now = timezone.now()
        period = self._period
        if period is None or not period.since <= now < period.until:
            return None
        return period if self._clock() - self._confirmed_at <= TRUSTED_FOR else None

    def sure_for(self, period: Period) -> float:
        """Seconds for which pages of this period may be given out even if nothing is heard of the database any more."""
        trusted = TRUSTED_FOR - (self._clock() - self._confirmed_at)
        return min(trusted, (period.until - timezone.now()).total_seconds())

    def hangs(self) -> bool:
        """Whether the database takes a connection and then says nothing. Asking it would only hold one more thread."""
        return self._looking.locked() and self._clock() - self._tried_at > HANGS_AFTER

    def look_now(self) -> None:
        """Look at once, after an act in this process: whoever did it shall see what came of it.

        Somebody may be looking already and have begun before the act; that is waited for, at most a second.
        """
        self._look_unless_others_do(wait=1)

    def _look_unless_others_do(self, wait: float) -> None:
        if self._looking.acquire(timeout=wait):
            try:
                self._look()
            finally:
                self._looking.release()

    def _look(self) -> None:
        # Only while ``_looking`` is held, so that an older answer never follows a newer one.
        self._tried_at = began = self._clock()
        mark = proxy_mark.current()
        _let_go()
        try:
            stamp, now = ChangeStamp.current(), timezone.now()
            if self._period is None or not self._period.covers(stamp, now):
                self._begin()
            self._confirmed_at, self._mark = began, mark
            if self._is_away:
                logger.info("The database is back.")
            self._is_away = False
        except (DatabaseError, InterfaceError) as error:
            if not self._is_away:
                logger.warning(
                    "The database is away; pages kept in memory are served: %s", " ".join(str(error).split())
                )
            self._is_away = True
            # Written after each change by whichever process made it, and still there to be read.
            if mark != self._mark:
                self._period = None
        finally:
            _let_go()

    def _begin(self) -> None:
        with snapshot() as stamp:
            now = timezone.now()
            self._period = Period(stamp, now, reading.next_moment(now))
        self._on_change()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="page cache", daemon=True)
                self._thread.start()

    def _watch(self) -> None:
        while True:
            with self._looking:
                try:
                    self._look()
                except Exception:
                    logger.exception("The page cache could not look whether anything changed")
            time.sleep(EVERY)


def _let_go() -> None:
    """Between two looks no connection is kept longer than settings say, so a database that was moved is noticed."""
    if not connection.in_atomic_block:
        close_old_connections()
