"""How a page's bytes travel: compressed once, and given out in the form that a browser understands."""

import gzip

import brotli

# Bytes below which nothing is gained.
WORTH_IT = 200
BROTLI, GZIP, PLAIN = "br", "gzip", ""
_asked: dict[str, str] = {}


def compressed(body: bytes) -> dict[str, bytes]:
    """The body by content coding; ``PLAIN`` alone for a small one, which compressing would not shorten.

    A large one is not kept plain, because no browser asks for that: see ``plain``.
    """
    if len(body) < WORTH_IT:
        return {PLAIN: body}
    return {
        BROTLI: brotli.compress(body, mode=brotli.MODE_TEXT, quality=5),
        GZIP: gzip.compress(body, compresslevel=6, mtime=0),
    }


def plain(forms: dict[str, bytes]) -> bytes:
    """The body as it was before ``compressed``."""
    return forms[PLAIN] if PLAIN in forms else gzip.decompress(forms[GZIP])


def best(accepted: str) -> str:
    """The coding for an Accept-Encoding header: Brotli, else gzip, else none. Remembers what browsers usually say."""
    known = _asked.get(accepted)
    if known is None:
        known = _best(accepted)
        if len(_asked) < 256 and len(accepted) < 256:
            _asked[accepted] = known
    return known


def _best(accepted: str) -> str:
    codings = {}
    for part in accepted.split(","):
        coding, _, weight = part.partition(";")
        codings[coding.strip().lower()] = _is_wanted(weight)
    for coding in (BROTLI, GZIP):
        if codings.get(coding, codings.get("*", False)):
            return coding
    return PLAIN


def _is_wanted(weight: str) -> bool:
    name, _, value = weight.partition("=")
    try:
        return name.strip().lower() != "q" or float(value) > 0
    except ValueError:
        return False
