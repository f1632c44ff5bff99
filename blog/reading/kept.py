"""What this process has found out about what is live, kept until a change or the clock can make it wrong."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from .moments import next_moment
from .snapshot import current_stamp

# Whoever walks through all the lists of a blog does not fill the memory.
MOST = 500
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class _Kept:
    """Answers that are right at the stamp ``stamp``, from ``since`` until just before ``until``."""

    stamp: int
    since: datetime
    until: datetime
    answers: dict[Hashable, object] = field(default_factory=dict)


_kept: _Kept | None = None


def kept(question: Hashable, now: datetime, ask: Callable[[], Answer]) -> Answer:
    """What ``ask`` answers about what is live at ``now``, asked once until the change stamp moves or a post appears.

    Appearing and leaving at a set time count alike. The stamp is read before the answer, so that no answer is older
    than what its stamp stands for. The answer is shared by all who ask: nobody may change it. No query where it holds,
    inside a snapshot.
    """
    global _kept
    stamp, held = current_stamp(), _kept
    if held is None or held.stamp != stamp or not held.since <= now < held.until:
        held = _kept = _Kept(stamp, now, next_moment(now))
    if question in held.answers:
        return held.answers[question]
    answer = ask()
    if len(held.answers) >= MOST:
        # Others, never emptied: another thread may be about to take one of these out.
        held = _kept = _Kept(held.stamp, held.since, held.until)
    held.answers[question] = answer
    return answer


def forget_kept() -> None:
    """Drop the in-process answers; for tests, whose databases come and go under one process."""
    global _kept
    _kept = None
