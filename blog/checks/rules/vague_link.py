"""Links that do not say where they lead."""

from collections.abc import Iterator

from blog.models import Phrase

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..matching import key
from ..rule import Rule

RULE = Rule("vague_link", Severity.WORTH_A_LOOK, "A link says “click here” or the like", "WCAG 2.4.4")


def find(candidate: Candidate) -> Iterator[Finding]:
    """Links of which the words say nothing by themselves, as somebody hears them in a list of links."""
    vague = {key(phrase.words): phrase.advice for phrase in candidate.words_of(Phrase.Kind.VAGUE_LINK)}
    for link in candidate.links:
        words = key(link.words.strip(" .,:;!?…→»›>()[]“”\"'"))
        if words in vague or words.startswith("click here"):
            advice = vague.get(words) or "Link the words that say where it leads."
            message = f"The link “{link.words}” does not say where it leads. {advice}"
            yield RULE.finding(message, "body", quote=link.words, nth=link.nth)
