"""The access log tells that pages were asked for, never what readers searched for."""

from live_site import OPENER, LiveSite


def test_what_readers_search_for_is_not_logged(tmp_path):
    site = LiveSite(tmp_path)
    site.environment |= {"ACCESS_LOG": "-", "LOG_LEVEL": "DEBUG"}
    site.prepare()
    site.start()
    try:
        for path in ("/search/?q=secretword", "/blog/"):
            request = f"{site.url}{path}"
            with OPENER.open(request) as answer:
                assert answer.status == 200
    finally:
        site.stop()
    assert '"GET /search/" 200' in site.log
    assert "secretword" not in site.log
