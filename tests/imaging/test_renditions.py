"""What goes out: every size a page has a place for, and none it has not."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_files import RED, fields, file, flag, near, opened
from PIL import Image, ImageChops, ImageFilter

from blog.imaging.renditions import CROPS, Rendition, crop_box, encode, plan, rendition_name
from blog.imaging.verify import verify

RATIOS = {"16x9": (16, 9), "4x3": (4, 3), "1x1": (1, 1), "own": None}
sides = st.integers(1, 4000)
parts = st.floats(0, 1)
# A busy machine must not fail a test of arithmetic.
unhurried = settings(deadline=None, max_examples=80, database=None)
DIGEST = "0123456789abcdef0123456789abcdef"


def widths(sizes, crop: str) -> list[int]:
    return [size.width for size in sizes if size.crop == crop]


def photo(width: int, height: int) -> Image.Image:
    """Something like a photo: soft shapes, an edge, and the grain of a sensor."""
    soft = Image.radial_gradient("L").resize((width, height))
    image = Image.merge("RGB", (soft, soft.transpose(Image.Transpose.ROTATE_180), ImageChops.invert(soft)))
    image.paste((190, 170, 160), (width // 3, height // 3, width // 2, height))
    grain = Image.effect_noise((width, height), 30).filter(ImageFilter.GaussianBlur(1.5)).convert("RGB")
    return ImageChops.add(image, grain, scale=1, offset=-128)


# Cutting


@unhurried
@given(sides, sides, st.sampled_from([(16, 9), (4, 3), (1, 1), None]), parts, parts)
def test_a_crop_lies_within_the_picture_and_is_as_large_as_its_ratio_allows(width, height, ratio, x, y):
    left, top, right, bottom = crop_box(width, height, ratio, (x, y))
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert right - left == width or bottom - top == height
    if ratio:
        wide, high = ratio
        assert abs((right - left) * high - (bottom - top) * wide) < max(wide, high) or 1 in (right - left, bottom - top)


@unhurried
@given(sides, sides, parts, parts)
def test_no_other_place_brings_the_focal_point_nearer_to_the_centre(width, height, x, y):
    left, top, right, _ = crop_box(width, height, (1, 1), (x, y))
    x, y = round(x, 3) * width, round(y, 3) * height

    def away(position, length, point):
        return abs(position + length / 2 - point)

    side = right - left
    assert all(away(left, side, x) <= away(other, side, x) for other in {max(left - 1, 0), min(left + 1, width - side)})
    assert all(away(top, side, y) <= away(other, side, y) for other in {max(top - 1, 0), min(top + 1, height - side)})


def test_the_focal_point_decides_which_side_is_kept():
    assert crop_box(1000, 500, (1, 1), (0, 0.5)) == (0, 0, 500, 500)
    assert crop_box(1000, 500, (1, 1), (0.5, 0.5)) == (250, 0, 750, 500)
    assert crop_box(1000, 500, (1, 1), (1, 0.5)) == (500, 0, 1000, 500)
    assert crop_box(500, 1000, (1, 1), (0.5, 0.9)) == (0, 500, 500, 1000)


def test_a_focal_point_outside_counts_as_at_the_edge_and_no_number_is_refused():
    assert crop_box(1000, 500, (1, 1), (7, -3)) == (500, 0, 1000, 500)
    outside, edge = (rendition_name(DIGEST, focal, "1x1", 320, "webp") for focal in ((7, -3), (1, 0)))
    assert outside == edge
    with pytest.raises(ValueError, match="focal"):
        crop_box(1000, 500, (1, 1), (float("nan"), 0.5))


# Which sizes


def test_a_large_picture_gets_the_sizes_that_pages_and_machines_ask_for():
    sizes = plan(3200, 1800)
    assert {crop: widths(sizes, crop) for crop in CROPS} == {
        "16x9": [800, 1200, 1712],
        "4x3": [400, 800, 1200],
        "1x1": [160, 320, 1200],
        "own": [800, 1320],
    }


def test_machines_get_each_crop_at_1200_as_jpeg():
    machine = {(s.crop, s.width, s.height) for s in plan(2000, 1500) if s.width == 1200 and "jpeg" in s.formats}
    assert machine == {("16x9", 1200, 675), ("4x3", 1200, 900), ("1x1", 1200, 1200)}


def test_sizes_that_only_machines_ask_for_exist_as_jpeg_only():
    formats = {(size.crop, size.width): size.formats for size in plan(3200, 1800)}
    assert formats["1x1", 1200] == formats["4x3", 1200] == ("jpeg",)
    assert formats["16x9", 1712] == ("avif", "webp")


@unhurried
@given(sides, sides)
def test_nothing_is_enlarged_and_every_crop_has_rising_widths_and_a_jpeg(width, height):
    sizes = plan(width, height)
    for crop in CROPS:
        own = [size for size in sizes if size.crop == crop]
        left, top, right, bottom = crop_box(width, height, RATIOS[crop], (0.5, 0.5))
        assert own
        assert all(1 <= size.width <= right - left and 1 <= size.height <= bottom - top for size in own)
        assert widths(own, crop) == sorted({size.width for size in own})
        assert any("jpeg" in size.formats for size in own)


def test_a_picture_below_the_smallest_width_gets_one_size_its_own_in_every_format():
    sizes = plan(120, 90)
    assert [(s.crop, s.width, s.height) for s in sizes] == [
        ("16x9", 120, 67),
        ("4x3", 120, 90),
        ("1x1", 90, 90),
        ("own", 120, 90),
    ]
    assert {size.formats for size in sizes} == {("avif", "webp", "jpeg")}


def test_a_picture_between_two_widths_gives_its_own_only_where_that_is_seen():
    assert widths(plan(1600, 900), "16x9") == [800, 1200, 1600]
    assert widths(plan(1250, 703), "16x9") == [800, 1200]


def test_only_the_crops_asked_for_are_planned_and_unknown_ones_refused():
    assert {size.crop for size in plan(3200, 1800, ["1x1"])} == {"1x1"}
    with pytest.raises(ValueError, match="unknown crop"):
        plan(3200, 1800, ["2x1"])


# The files


@pytest.fixture(scope="module")
def hero_seconds() -> list[float]:
    """The processor's time that `hero` took, filled in by it."""
    return []


@pytest.fixture(scope="module")
def hero(hero_seconds) -> list[Rendition]:
    master = verify(file(photo(3200, 1800), "JPEG")).data
    began = time.process_time()
    renditions = list(encode(master))
    hero_seconds.append(time.process_time() - began)
    return renditions


def test_every_planned_file_is_made_and_is_what_it_says(hero):
    planned = [(s.crop, format, s.width, s.height) for s in plan(3200, 1800) for format in s.formats]
    assert [(r.crop, r.format, r.width, r.height) for r in hero] == planned
    for rendition in hero:
        picture = opened(rendition.data)
        assert picture.format.lower() == rendition.format
        assert picture.size == (rendition.width, rendition.height)


def test_a_phones_hero_stays_below_60_kilobytes_even_where_a_photo_is_grainy(hero):
    sizes = {r.format: len(r.data) for r in hero if (r.crop, r.width) == ("16x9", 800)}
    assert set(sizes) == {"avif", "webp", "jpeg"}
    assert all(size < 60_000 for size in sizes.values()), sizes


def test_jpegs_appear_at_once_and_sharpen(hero):
    assert all(opened(r.data).info.get("progressive") for r in hero if r.format == "jpeg")


def test_no_file_carries_metadata(hero):
    for rendition in hero:
        assert not set(opened(rendition.data).info) & {"exif", "icc_profile", "xmp", "comment", "dpi"}
        assert b"Exif" not in rendition.data


def test_metadata_of_a_master_made_elsewhere_does_not_pass_either():
    master = file(flag(200, 150), "JPEG", comment="PRIVATE", icc_profile=b"PRIVATE" * 20, exif=b"Exif\0\0PRIVATE")
    assert b"PRIVATE" in master
    assert all(b"PRIVATE" not in rendition.data for rendition in encode(master))


def test_a_whole_set_takes_seconds_and_not_minutes(hero, hero_seconds):
    assert len(hero) == sum(len(size.formats) for size in plan(3200, 1800))
    # About 2.5 s of one core; the room above is for slower machines.
    assert hero_seconds[0] < 8


def test_the_focal_point_is_what_the_square_shows():
    picture = Image.new("RGB", (900, 300), "white")
    picture.paste(RED, (0, 0, 300, 300))
    master = file(picture, "PNG")
    at_left = next(encode(master, (0.0, 0.5), ["1x1"]))
    at_right = next(encode(master, (1.0, 0.5), ["1x1"]))
    assert near(opened(at_left.data).convert("RGB").getpixel((80, 80)), RED)
    assert near(opened(at_right.data).convert("RGB").getpixel((80, 80)), (255, 255, 255))


def test_the_own_ratio_shows_the_whole_picture_wherever_the_focal_point_is():
    master = file(flag(1600, 400), "JPEG")
    for rendition in encode(master, (0.0, 1.0), ["own"]):
        assert fields(opened(rendition.data)) == ["red", "green", "blue", "white"]


def test_a_transparent_picture_stays_so_and_stands_on_white_as_jpeg():
    image = flag(400, 300).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 200, 300))
    seen = {r.format: opened(r.data) for r in encode(verify(file(image, "PNG")).data, crops=["own"])}
    assert seen["avif"].convert("RGBA").getpixel((50, 50))[3] == 0
    assert seen["webp"].convert("RGBA").getpixel((50, 50))[3] == 0
    assert near(seen["jpeg"].getpixel((50, 50)), (255, 255, 255))


def test_the_same_master_gives_the_same_bytes():
    master = file(flag(200, 150), "JPEG")
    assert list(encode(master)) == list(encode(master))


# Names


def test_a_name_is_plain_and_ends_as_its_format_does():
    for format, ending in (("avif", "avif"), ("webp", "webp"), ("jpeg", "jpg")):
        name = rendition_name(DIGEST, (0.5, 0.5), "16x9", 800, format)
        assert re.fullmatch(rf"[0-9a-z-]+-16x9-800\.{ending}", name)


def test_a_name_changes_with_all_that_changes_the_bytes():
    base = (DIGEST, (0.5, 0.5), "16x9", 800, "webp")
    others = [
        ("f" * 32, *base[1:]),
        (DIGEST, (0.501, 0.5), "16x9", 800, "webp"),
        (DIGEST, (0.5, 0.499), "16x9", 800, "webp"),
        (DIGEST, (0.5, 0.5), "4x3", 800, "webp"),
        (DIGEST, (0.5, 0.5), "16x9", 1200, "webp"),
        (DIGEST, (0.5, 0.5), "16x9", 800, "avif"),
    ]
    stems = {rendition_name(*each).split("-")[0] for each in [base, *others]}
    assert len(stems) == 7
    assert rendition_name(*base) == rendition_name(*base)


def test_a_new_recipe_gives_new_names(monkeypatch):
    before = rendition_name(DIGEST, (0.5, 0.5), "16x9", 800, "webp")
    monkeypatch.setattr("blog.imaging.renditions.RECIPE", 99)
    assert rendition_name(DIGEST, (0.5, 0.5), "16x9", 800, "webp") != before


def test_the_own_ratio_keeps_its_name_when_the_focal_point_moves():
    names = {rendition_name(DIGEST, focal, "own", 800, "webp") for focal in ((0, 0), (0.5, 0.5), (1, 1))}
    assert len(names) == 1


@unhurried
@given(parts, parts, sides, sides)
def test_focal_points_with_one_name_give_one_crop(x, y, width, height):
    twin = round(x, 3), round(y, 3)
    assert rendition_name(DIGEST, (x, y), "1x1", 320, "webp") == rendition_name(DIGEST, twin, "1x1", 320, "webp")
    assert crop_box(width, height, (1, 1), (x, y)) == crop_box(width, height, (1, 1), twin)


def test_an_unknown_crop_or_format_has_no_name():
    with pytest.raises(ValueError, match="crop"):
        rendition_name(DIGEST, (0.5, 0.5), "../etc", 800, "webp")
    with pytest.raises(ValueError, match="format"):
        rendition_name(DIGEST, (0.5, 0.5), "16x9", 800, "png")
