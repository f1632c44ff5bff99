"""How much the tests with invented inputs try, and what they invent.

Ordinarily few examples, the same in every run and on every machine. ``HYPOTHESIS_PROFILE=long`` tries many times as
many, others in each run, and remembers in .hypothesis/ what failed.
"""

import functools
import logging
import os
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
TIMES = 40 if IS_LONG else 1
# How many inputs each test has tried; conftest.py tells it at the end of a run with -v.
tried: Counter[str] = Counter()
# Markup that must never stand in a page as it was sent.
MARKS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'-alert(1)-'<svg onload=alert(1)>")
ODD = (
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "٣",
    "9" * 26,
    "2147483648",
    "9223372036854775808",
    "NaN",
    "None",
    "null",
    "[]",
    "{}",
    "1,2,3",
    "on",
    "\x00",
    "a\x00b",
    "\r\nSet-Cookie: x=1",
    "\ud7ff\ufffe",
    "\u202e\u2066",
    "💉" * 30,
    "' OR 1=1 --",
    "{{7*7}}{% debug %}",
    "../../../etc/passwd",
    "javascript:alert(1)",
    "//evil.example/",
    "https://evil.example/",
    "2026-02-30",
    "2026-11-01",
    "02:30",
    "0001-01-01",
    "9999-12-31",
    "x" * 5000,
    *MARKS,
)


def many(examples: int) -> Callable[[Callable], Callable]:
    """So many examples in an ordinary run."""
    how = settings(
        max_examples=examples * TIMES,
        derandomize=not IS_LONG,
        database=settings.default.database if IS_LONG else None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )

    def begin(check: Callable) -> Callable:
        inner = check.hypothesis.inner_test
        name = f"{inner.__module__}: {inner.__qualname__.partition('.<locals>')[0]}"

        @functools.wraps(inner)
        def counted(*args, **kwargs) -> None:
            tried[name] += 1
            inner(*args, **kwargs)

        check.hypothesis.inner_test = counted
        return how(check)

    return begin


# What somebody could type, paste or send by a program; no half characters, which no form can carry.
odd_text = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def unescaped(body: str) -> list[str]:
    """The marks that stand in a page just as they were sent."""
    return [mark for mark in MARKS if mark in body]


@pytest.fixture
def quiet():
    """Thousands of refusals are written into no log: that would take longer than the refusals."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
