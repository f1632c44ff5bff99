"""Checks of an article before it is published: many small rules over one candidate.

Each rule is a module in ``rules``, found by being there. The same code runs beside the editor, at release, and in
``manage.py check_posts``.
"""

from .build import Known, candidate_of
from .candidate import Candidate
from .engine import all_checks, check, checks_for, findings_of, found_nothing
from .finding import Finding, Severity
from .rule import Check, Rule

__all__ = [
    "Candidate",
    "Check",
    "Finding",
    "Known",
    "Rule",
    "Severity",
    "all_checks",
    "candidate_of",
    "check",
    "checks_for",
    "findings_of",
    "found_nothing",
]
