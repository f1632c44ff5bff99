"""Plain text from people: only characters that every page, feed and database can hold."""

import re
import unicodedata

# What XML 1.0 cannot carry (its production «Char»), and characters that turn the direction of what follows.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
_LINE_ENDS = re.compile(r"\r\n?|[\x85\u2028\u2029]")


def tidy_text(text: str) -> str:
    """Text of any number of lines without unprintable characters; blank where nothing visible is left."""
    text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text)).strip()
    visible = any(unicodedata.category(character)[0] not in "CZ" for character in text)
    return text if visible else ""


def tidy_line(text: str) -> str:
    """Like ``tidy_text``, in one line: white space of any kind becomes single spaces."""
    return " ".join(tidy_text(text).split())
