"""``make look`` takes the pictures that it is asked for, and leaves no server behind."""

import look
from live_site import copy_of
from PIL import Image


def test_each_page_at_each_width_in_each_theme(browser, tmp_path, monkeypatch, _prepared_site):
    pictures, home = tmp_path / "pictures", tmp_path / "home"
    pictures.mkdir()
    home.mkdir()
    sites = []
    monkeypatch.setattr(look, "LiveSite", lambda folder: sites.append(copy_of(_prepared_site, folder)) or sites[-1])
    taken = look.look(browser, pictures, {"empty blog", "empty work", "server error"}, home)
    expected = {
        f"{page}-{width}-{theme}.png"
        for page in ("empty-blog", "staff-empty-work", "server-error")
        for width in (390, 1440)
        for theme in ("light", "dark")
    }
    assert set(taken) == expected == {path.name for path in pictures.iterdir()}
    for name in expected:
        with Image.open(pictures / name) as picture:
            assert picture.width == int(name.split("-")[-2]), name
    with (
        Image.open(pictures / "empty-blog-390-light.png") as day,
        Image.open(pictures / "empty-blog-390-dark.png") as night,
    ):
        assert day.height == night.height >= 844
        assert day.convert("L").getpixel((2, 300)) > 200 > 60 > night.convert("L").getpixel((2, 300))
    assert len(sites) == 1 and not any(site.answers() for site in sites)
