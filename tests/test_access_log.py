"""The access log tells that pages were asked for, never what readers searched for."""

import contextlib
import os
import urllib.error

import pytest
from live_site import OPENER, copy_of, prepared_site


@pytest.mark.skipif(os.environ["TEST_ON"] != "sqlite", reason="has a database of its own; the run on SQLite tests it")
def test_what_readers_search_for_is_not_logged(tmp_path):
    site = copy_of(prepared_site(), tmp_path)
    site.environment |= {"ACCESS_LOG": "-", "LOG_LEVEL": "DEBUG"}
    site.start()
    try:
        for path in ("/search/?q=secretword", "/blog/"):
            request = f"{site.url}{path}"
            with OPENER.open(request) as answer:
                assert answer.status == 200
        for path in ("/admin/welcome/Mw/abc-def/", "/preview/abc-def/", "/blog/x%0a127.0.0.1%20forged/"):
            with contextlib.suppress(urllib.error.HTTPError):
                OPENER.open(f"{site.url}{path}").close()
    finally:
        site.stop()
    assert '"GET /search/" 200' in site.log
    assert '"GET /admin/welcome/*" ' in site.log
    assert '"GET /preview/*" 404' in site.log
    # Nor in the lines for whoever looks for a fault, nor in Django's own of pages that were not found.
    assert "abc-def" not in site.log
    assert '"GET /blog/x%0a127.0.0.1%20forged/" 404' in site.log
    assert "secretword" not in site.log
