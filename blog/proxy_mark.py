"""A word to the proxy in front: what readers see has changed, so drop the pages that you keep.

A proxy that keeps pages can show them while the site itself is away. A page that was taken off just before must not
come back that way, and then there is nobody left to ask. So the word is a file in the folder of pictures, which the
proxy reads anyway.
"""

import logging
import secrets
from pathlib import Path

from django.conf import settings

NAME = ".changed"
READABLE = 0o644

logger = logging.getLogger(__name__)


def tell_proxy() -> None:
    """Write a new word into the file; on a full disk take the file away, which is as good. Never raises.

    It belongs after the commit, so that nothing old is kept anew in between, and before whoever acted is told that it
    is done.
    """
    mark = Path(settings.MEDIA_ROOT, NAME)
    draft = mark.with_name(f"{NAME}.{secrets.token_hex(8)}")
    try:
        try:
            mark.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(f"{secrets.token_hex(8)}\n", "ascii")
            draft.chmod(READABLE)
            draft.replace(mark)
        except OSError:
            mark.unlink(missing_ok=True)
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        logger.warning("The proxy's mark could not be written: %s. Pages may be old should the site stop now.", error)


def current() -> str:
    """The word as it stands; blank where there is none yet, or none can be read."""
    try:
        return Path(settings.MEDIA_ROOT, NAME).read_text("ascii")
    except (OSError, ValueError):
        return ""
