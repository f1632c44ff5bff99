"""Running the rules."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib import import_module
from itertools import islice
from pkgutil import iter_modules

from blog.models import ArticleFields

from . import rules
from .build import Known, candidate_of
from .candidate import Candidate
from .finding import Finding, Severity
from .rule import Check

# Of one rule no more are shown: whoever mends these sees the next ones.
MOST_OF_A_RULE = 50
# The words first, then who signs them, then what stands around them; every other field after these.
_FIELDS = ("title", "subtitle", "key_points", "body", "excerpt", "author", "hero_image", "hero_alt", "hero_caption")
_ORDER = [Severity.MUST_FIX, Severity.NEEDS_REASON, Severity.WORTH_A_LOOK]


@cache
def all_checks() -> tuple[Check, ...]:
    """Every rule in ``blog.checks.rules``, by severity, then by name. A new module there is a new rule."""
    modules = [import_module(f"{rules.__name__}.{found.name}") for found in iter_modules(rules.__path__)]
    checks = [Check(module.RULE, module.find) for module in modules]
    return tuple(sorted(checks, key=lambda check: (_ORDER.index(check.rule.severity), check.rule.name)))


def checks_for(kind: str) -> list[Check]:
    """The rules that an article of this kind answers to: health information to all, news of the clinic to most."""
    is_health = kind == ArticleFields.Kind.HEALTH_INFORMATION
    return [check for check in all_checks() if is_health or not check.rule.health_only]


def findings_of(candidate: Candidate) -> list[Finding]:
    """What the rules find, with the reasons that hold: what must be fixed first, then field by field.

    Asks no database.
    """
    found = []
    for check in checks_for(candidate.kind):
        for finding in islice(check.find(candidate), MOST_OF_A_RULE):
            reason = candidate.reasons.get((finding.rule, finding.sentence), "") if finding.sentence else ""
            can_stand = finding.severity == Severity.NEEDS_REASON
            found.append(replace(finding, reason=reason) if reason and can_stand else finding)
    return sorted(found, key=lambda one: (_ORDER.index(one.severity), _place(one.field)))


def _place(field: str) -> int:
    return _FIELDS.index(field) if field in _FIELDS else len(_FIELDS)


def check(
    article: ArticleFields,
    *,
    now: datetime | None = None,
    goes_live: datetime | None = None,
    known: Known | None = None,
) -> list[Finding]:
    """What the rules find in an article, with this database's phrases, records and reasons; see ``candidate_of``."""
    return findings_of(candidate_of(article, now=now, goes_live=goes_live, known=known))


def found_nothing(kind: str, findings: Sequence[Finding]) -> int:
    """How many other rules an article of this kind was held against, which found nothing."""
    return len(checks_for(kind)) - len({finding.rule for finding in findings})
