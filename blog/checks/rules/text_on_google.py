"""What search engines show under the title."""

from collections.abc import Iterator
from itertools import dropwhile, takewhile

from blog.content.sentences import Kind

from ..candidate import Candidate
from ..finding import Finding, Severity
from ..rule import Rule

RULE = Rule(
    "text_on_google",
    Severity.WORTH_A_LOOK,
    "No text for Google, a long one, or one that another post has",
    "Google snippets",
)

LONGEST = 160
# What the paragraphs before a heading or list need to say what the article is about.
ENOUGH = 80


def find(candidate: Candidate) -> Iterator[Finding]:
    """Missing only where nothing can stand in for it; nothing for posts that are kept out of search engines.

    In its place stand the short summary, else the subtitle, else the first words of the text, as in every list of
    posts: only an article that opens with a line or two says too little there.
    """
    if candidate.noindex:
        return
    if not (candidate.meta_description or candidate.excerpt or candidate.subtitle or _opens_well(candidate)):
        yield RULE.finding(
            "There is no text for Google, and no short summary that could stand in. "
            "Write a short summary of 1 or 2 sentences.",
            "excerpt",
        )
    elif not candidate.meta_description and len(candidate.excerpt) > LONGEST:
        yield RULE.finding(
            f"Google shows the short summary, and cuts it: it has {len(candidate.excerpt)} characters, and about "
            f"{LONGEST} fit. Write a shorter text on Google.",
            "meta_description",
        )
    length = len(candidate.meta_description)
    if length > LONGEST:
        yield RULE.finding(
            f"The text on Google has {length} characters, and about {LONGEST} fit. Shorten it.",
            "meta_description",
        )
    if candidate.same_description:
        yield RULE.finding(
            f"“{candidate.same_description}” has the same text on Google. Say what is special about this post.",
            "meta_description",
        )


def _opens_well(candidate: Candidate) -> bool:
    words = dropwhile(lambda one: one.kind == Kind.HEADING, candidate.body)
    opening = takewhile(lambda one: one.kind == Kind.PARAGRAPH, words)
    return sum(len(one.text) for one in opening) >= ENOUGH
