"""Links that lead nowhere on this site."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("dead_link", Severity.MUST_FIX, "A link leads to a draft, or to no page of this blog", "house")


def find(candidate: Candidate) -> Iterator[Finding]:
    """Links to posts that readers do not see, to addresses without a page, and to headings that this page lacks."""
    for link in candidate.links:
        if link.target == "draft":
            why = f"leads to “{link.title}”, which readers do not see"
            what = "Publish that post first, or take the link out."
        elif link.target == "gone":
            why = (
                f"leads to {link.address}, where this blog has no page" if link.address else "leads to no post any more"
            )
            what = "Link to the right page, or take the link out."
        elif link.target == "here":
            why, what = "leads to a heading that is not in this article", "Link to the right one, or take the link out."
        else:
            continue
        yield RULE.finding(f"The link “{link.words}” {why}. {what}", "body", quote=link.words, nth=link.nth)
