"""How long a proxy may keep a page: nginx counts whole seconds, and no page may outlive its end."""

import pytest

from medspa.page_cache.for_proxy import ASKED, headers_for_proxy


def given_out(received: float, keep: int, stale: int) -> tuple[float, float]:
    """Until when nginx gives out what came at ``received``: without asking, and while the site is away."""
    last = int(received) + keep  # nginx: valid_sec = now + keep, and expired once valid_sec < now, all in whole seconds
    return last + 1, last + stale + 1


@pytest.mark.parametrize("received", [0.0, 0.001, 0.4, 0.999, 1000.5])
@pytest.mark.parametrize("seconds", [-5, 0, 0.5, 1.9, 2, 2.1, 2.999, 3, 4.5, 599.9, 600, float(10**8)])
def test_no_page_is_given_out_past_its_end(received, seconds):
    said = headers_for_proxy(seconds, {ASKED: "on"})
    if said == [("X-Accel-Expires", "0")]:
        assert seconds < 2
        return
    (first, stale), (second, keep) = said  # in this order, or nginx 1.22 believes neither
    assert (first, second) == ("Cache-Control", "X-Accel-Expires") and keep == "1"
    fresh_until, stale_until = given_out(received, int(keep), int(stale.removeprefix("stale-if-error=")))
    assert fresh_until <= received + seconds and stale_until <= received + seconds
    assert stale_until > received + seconds - 2


def test_who_is_no_such_proxy_hears_nothing_of_errors():
    assert headers_for_proxy(600, {}) == [("X-Accel-Expires", "1")]
