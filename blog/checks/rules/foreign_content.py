"""Code and pictures of other sites."""

from collections.abc import Iterator

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule("foreign_content", Severity.MUST_FIX, "A script, a frame, or a picture from another site", "privacy")

_WHAT = {"script": "A script", "img": "A picture from another site"}


def find(candidate: Candidate) -> Iterator[Finding]:
    """What would let another site see who reads this. Saving takes it away; an import or an old text may hold it."""
    for one in candidate.foreign:
        what = _WHAT.get(one.tag, "Something embedded from another site")
        where = f" ({one.address[:100]})" if one.address and not one.address.startswith("data:") else ""
        what_to_do = "Add the picture to the library and use it from there." if one.tag == "img" else "Take it out."
        yield RULE.finding(
            f"{what}{where} stands in the text, and would tell others who reads here. {what_to_do}", "body"
        )
