"""The access log tells that pages were asked for, never what readers searched for."""

import contextlib
import json
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
        for path in (
            "/admin/welcome/Mw/abc-def/",
            "/preview/abc-def/",
            "/preview%2Fabc-def/",
            "/%70review/abc-def/",
            "/blog/none/",
            "/blog/x%0a127.0.0.1%20forged/",
        ):
            with contextlib.suppress(urllib.error.HTTPError):
                OPENER.open(f"{site.url}{path}").close()
    finally:
        site.stop()
    lines = [json.loads(line) for line in site.log.splitlines()]
    asked = {line["path"]: line for line in lines if line["logger"] == "gunicorn.access"}
    assert asked["/search/"]["status"] == asked["/blog/"]["status"] == 200
    assert "/admin/welcome/*" in asked
    assert asked["/preview/*"]["status"] == 404
    assert asked["/preview%*"]["status"] == asked["/%*"]["status"] == 404
    # Nor in the lines for whoever looks for a fault, nor in Django's own of pages that were not found.
    assert "abc-def" not in site.log
    assert asked["/blog/x%0a127.0.0.1%20forged/"]["status"] == 404
    assert "secretword" not in site.log
    blog = asked["/blog/"]
    assert (blog["message"], blog["method"], blog["network"]) == ("GET /blog/ 200", "GET", "127.0.0.0")
    assert blog["bytes"] > 1000 and blog["ms"] >= 0
    # What Django says of a request carries the same id, whether the page cache asked for it or not.
    for path in ("/preview/*", "/blog/none/"):
        lost = [line for line in lines if line.get("request_id") == asked[path]["request_id"]]
        assert [line["logger"] for line in lost] == ["django.request", "gunicorn.access"]
    assert len({line["request_id"] for line in asked.values()}) == len(asked)
