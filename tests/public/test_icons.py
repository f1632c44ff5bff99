"""Icons: what browsers and phones ask for by fixed addresses, whatever a page says, and what pages name."""

from io import BytesIO

import pytest
from django.conf import settings as site
from html_pages import get
from PIL import Image as Pillow

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "kind", "sizes"),
    [("/favicon.ico", "ICO", {(16, 16), (32, 32), (48, 48)}), ("/apple-touch-icon.png", "PNG", {(180, 180)})],
)
def test_icons_that_browsers_ask_for_blindly_are_there(client, path, kind, sizes):
    assert path in get(client, "/blog/").all("//link[contains(@rel, 'icon')]/@href")
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("image/")
    assert "max-age=" in response["Cache-Control"]
    icon = Pillow.open(BytesIO(b"".join(response.streaming_content)))
    assert icon.format == kind
    assert set(icon.info.get("sizes", [icon.size])) == sizes


def test_the_sharp_icon_changes_its_colours_in_the_dark():
    svg = (site.BASE_DIR / "static/blog/favicon.svg").read_text("utf-8")
    assert "prefers-color-scheme:dark" in svg
    assert "<script" not in svg and "http" not in svg.replace("http://www.w3.org/2000/svg", "")
