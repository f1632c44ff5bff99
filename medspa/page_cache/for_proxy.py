"""What a page says to a proxy in front that keeps pages for a moment: deploy/nginx/kept.conf."""

from .store import Headers

# A proxy that sends this header hears, too, for how long it may help out while the site is away.
ASKED = "HTTP_X_ACCEL"
# Seconds that a proxy may keep a page without asking.
KEEPS = 1


def headers_for_proxy(seconds: float, environ: dict) -> Headers:
    """The headers with a page that is right for so many more ``seconds``, whatever happens to the site.

    They stand in front of the page's own: nginx takes the first word about keeping, and every version reads these two
    in this order. It counts whole seconds of its clock and gives out until the last of them has passed, and it counts
    ``stale-if-error`` from the end of what it keeps without asking. So both are rounded down, and one second is left.
    """
    whole = int(seconds) - 1
    if whole < KEEPS:
        return [("X-Accel-Expires", "0")]
    helps_out = [("Cache-Control", f"stale-if-error={whole - KEEPS}")] if ASKED in environ else []
    return [*helps_out, ("X-Accel-Expires", str(KEEPS))]
