"""What the publishing screen says of the checks: what must be fixed, what asks for a reason, what may be looked at."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from blog import publishing
from blog.checks import Finding, Severity
from blog.clinic_time import spoken
from blog.models import Override, Post, Revision

from .checks_shown import Checked, Group, Line, checked, short_hash

PREFIX = "reason-"
MOST = 1000


@dataclass(frozen=True)
class Question:
    """A sentence that needs a reason, or has one. One reason answers what one rule found in one sentence.

    ``before``, ``quote`` and ``after`` are the sentence around the words in question. ``given`` is the reason that
    holds and ``by`` who gave it when; ``typed`` is what stands in its field.
    """

    finding: Finding
    messages: tuple[str, ...]
    key: str
    before: str
    quote: str
    after: str
    given: str
    by: str
    typed: str

    @property
    def name(self) -> str:
        """Its field in the form."""
        return PREFIX + short_hash(self.finding.rule, self.finding.sentence)

    @property
    def is_open(self) -> bool:
        """Whether the reason is missing."""
        return not (self.given or self.typed)


@dataclass(frozen=True)
class ReleaseChecks:
    """What was found in a text that may go live, and what is answered of it."""

    checked: Checked
    questions: tuple[Question, ...]

    @property
    def must_fix(self) -> Group:
        """What keeps the text from going live, whatever anybody says."""
        return self.checked.group(Severity.MUST_FIX)

    @property
    def worth_a_look(self) -> Group:
        """What stops nothing."""
        return self.checked.group(Severity.WORTH_A_LOOK)

    @property
    def open(self) -> list[Question]:
        """Sentences for which a reason is missing, and none is typed."""
        return [question for question in self.questions if question.is_open]

    @property
    def asked(self) -> list[Question]:
        """Sentences for which no reason holds yet."""
        return [question for question in self.questions if not question.given]

    @property
    def settled(self) -> list[Question]:
        """Sentences for which one does."""
        return [question for question in self.questions if question.given]

    @property
    def seen(self) -> str:
        """What the screen shows that would stop it, for the form: what appears later is told apart by it."""
        return " ".join(self._stopping())

    def refusal(self, seen: str) -> str:
        """Why the text cannot go live with these answers, in sentences; blank where nothing stops it.

        ``seen`` is what the screen showed to whoever pressed its button.
        """
        said = []
        must = self.must_fix.lines
        if must:
            said.append(must[0].finding.message if len(must) == 1 else f"{len(must)} things must be fixed first.")
        if count := len(self.open):
            said.append("1 sentence needs a reason." if count == 1 else f"{count} sentences need a reason.")
        if said and (late := len(set(self._stopping()) - set(seen.split()))):
            said.append(f"{late} of these {'was' if late == 1 else 'were'} not there when you opened this screen.")
        return " ".join(said)

    def keep_reasons(self, actor: User, post: Post, now: datetime) -> None:
        """Store the reasons that were typed, within the caller's transaction."""
        for question in self.questions:
            if question.typed and question.typed != question.given:
                found = question.finding
                publishing.give_reason(actor, post, found.rule, found.sentence, question.typed, now=now)

    def _stopping(self) -> list[str]:
        return [line.key for line in self.must_fix.lines] + [question.name for question in self.asked]


def release_checks(
    revision: Revision,
    now: datetime,
    goes_live: datetime | None = None,
    typed: Mapping[str, str] | None = None,
    besides: Collection[str] = (),
) -> ReleaseChecks:
    """Check a revision as readers would see it from ``goes_live``; ``typed`` is what the form holds.

    ``besides`` are rules of which another part of the screen speaks.
    """
    found = checked(revision, now, goes_live, besides)
    asked: dict[tuple[str, str], list[Finding]] = {}
    for finding in found.findings:
        if finding.severity == Severity.NEEDS_REASON:
            asked.setdefault((finding.rule, finding.sentence), []).append(finding)
    holding = _holding(revision, now) if any(some[0].reason for some in asked.values()) else {}
    return ReleaseChecks(found, tuple(_question(some, holding, typed or {}) for some in asked.values()))


def _question(findings: list[Finding], holding: Mapping[tuple[str, str], str], typed: Mapping[str, str]) -> Question:
    first = findings[0]
    at = max(first.sentence.find(first.quote), 0)
    name = PREFIX + short_hash(first.rule, first.sentence)
    return Question(
        finding=first,
        messages=tuple(dict.fromkeys(one.message for one in findings)),
        key=Line(first, "o").key,
        before=first.sentence[:at],
        quote=first.quote,
        after=first.sentence[at + len(first.quote) :],
        given=first.reason,
        by=holding.get((first.rule, first.sentence), ""),
        typed=typed.get(name, "").strip()[:MOST],
    )


def _holding(revision: Revision, now: datetime) -> dict[tuple[str, str], str]:
    """Who gave the latest reason for a rule and a sentence, and when."""
    given = Override.objects.filter(post=revision.post_id).select_related("given_by").order_by("given_at", "pk")
    return {
        (one.rule, " ".join(one.sentence.split())): (
            f"{publishing.name_of(one.given_by) if one.given_by else 'The server'}, {spoken(one.given_at, now)}"
        )
        for one in given
    }
