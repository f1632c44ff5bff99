"""The way in: every body passes here before it is stored, wherever it comes from."""

import nh3

from blog.content.blocks import ImageIdFromSrc, arrange
from blog.content.markup import stored_rules
from blog.content.phrases import PostFromHref
from blog.content.writing import Writer

# Some 50,000 words; cleaning the worst that fits takes about a second.
MAX_LENGTH = 300_000
_MAX_PASSES = 5

_sanitiser = nh3.Cleaner(**stored_rules())


class BodyTooLong(ValueError):
    """More text than an article can be. The message is a sentence for staff that says what to do."""

    def __init__(self, length: int) -> None:
        super().__init__(
            f"This text is too long to save: {length:,} characters, and the most is {MAX_LENGTH:,}. "
            "Pictures pasted into the text are the usual cause: take them out and add them from the picture library. "
            "If the words alone are that many, split them into several posts."
        )


def clean(
    html: str, image_id_from_src: ImageIdFromSrc | None = None, post_from_href: PostFromHref | None = None
) -> str:
    """``html`` as it may be stored: only elements and attributes of STORED, in one fixed form. Idempotent.

    Text is never lost for being badly marked up; old, wrong or word processors' markup becomes what it means.
    ``image_id_from_src`` may say which picture of the library an address belongs to; pictures from elsewhere go.
    ``post_from_href`` may say which post of this blog an address belongs to; such a link is kept by the post.

    Raises ``BodyTooLong`` above ``MAX_LENGTH`` characters, before or after; for any other ``str`` it never raises.
    """
    _measure(html)
    cleaned = _pass(html, image_id_from_src, post_from_href)
    for _ in range(_MAX_PASSES):
        # The sanitiser may take something away (a link's address) and so leave something to tidy.
        again = _pass(cleaned, image_id_from_src, post_from_href)
        if again == cleaned:
            break
        cleaned = again
    return cleaned


def _pass(html: str, image_id_from_src: ImageIdFromSrc | None, post_from_href: PostFromHref | None) -> str:
    written = Writer().write(arrange(html, image_id_from_src, post_from_href))
    _measure(written)
    return _sanitiser.clean(written)


def _measure(html: str) -> None:
    if len(html) > MAX_LENGTH:
        raise BodyTooLong(len(html))
