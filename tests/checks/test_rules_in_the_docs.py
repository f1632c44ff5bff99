"""The table of rules in docs/checks.md is the table of the rules that there are."""

from pathlib import Path

from blog.checks import Rule, Severity, all_checks

WORDS = {Severity.MUST_FIX: "must fix", Severity.NEEDS_REASON: "needs a reason", Severity.WORTH_A_LOOK: "worth a look"}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "checks.md"


def table() -> list[str]:
    return [line(check.rule) for check in all_checks()]


def line(rule: Rule) -> str:
    cells = (f"`{rule.name}`", rule.title, WORDS[rule.severity], "health" if rule.health_only else "all", rule.source)
    return f"| {' | '.join(cells)} |"


def test_the_table_of_the_docs_is_that_of_the_rules():
    assert [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")] == table()
