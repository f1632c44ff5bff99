"""Waiting for what is promised within a second, but not at once."""

import time


def open_until(page, address, is_so):
    """Open an address until ``is_so(answer)``: each process of the site sees a change within a second, not at once."""
    deadline = time.monotonic() + 15
    while not is_so(page.goto(address)):
        assert time.monotonic() < deadline, page.locator("body").inner_text()
        time.sleep(0.1)
