"""What comes in: only real still pictures, and of those only the pixels."""

import contextlib
import hashlib
import json
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import pytest
from picture_files import (
    GREEN,
    HEIC,
    RED,
    exif,
    fields,
    file,
    flag,
    gif_of_claimed_size,
    jpeg_segment,
    moving,
    near,
    opened,
    png_chunk,
    png_of_claimed_size,
    png_text,
    profile,
    webp_of_claimed_size,
    with_jpeg_segments,
    with_png_chunks,
)
from PIL import Image

from blog.imaging import heic, kinds
from blog.imaging import verify as module
from blog.imaging.verify import MASTER_MAX_SIDE, MAX_BYTES, MAX_SIDE, PictureRefused, verify

needs_heif = pytest.mark.skipif(not heic.available(), reason="pi-heif is not installed")
ROOT = Path(module.__file__).parents[2]
UPRIGHT = ["red", "green", "blue", "white"]
ACCEPTED = ["JPEG", "PNG", "WEBP", "AVIF", "GIF"]
WORDS = "PRIVATE"


def refusal(data: bytes) -> str:
    """The sentence with which this file is refused."""
    with pytest.raises(PictureRefused) as caught:
        verify(data)
    return str(caught.value)


# What is taken


@pytest.mark.parametrize("format", ACCEPTED)
def test_a_still_picture_of_each_usual_format_becomes_a_jpeg_of_the_same_size_and_colours(format):
    master = verify(file(flag(), format))
    assert (master.extension, master.width, master.height) == ("jpg", 64, 48)
    picture = opened(master.data)
    assert (picture.format, picture.size) == ("JPEG", (64, 48))
    assert fields(picture) == UPRIGHT


@needs_heif
def test_a_heic_picture_of_an_iphone_is_read():
    master = verify(HEIC)
    picture = opened(master.data)
    assert (master.extension, picture.size) == ("jpg", (64, 32))
    assert near(picture.getpixel((8, 8)), (200, 30, 30), 16)
    assert near(picture.getpixel((56, 8)), (20, 20, 220), 16)


def test_without_the_decoder_a_heic_picture_gets_a_sentence_that_helps_on_the_iphone(monkeypatch):
    monkeypatch.setattr(heic, "available", lambda: False)
    assert "Most Compatible" in refusal(HEIC)


@needs_heif
def test_a_heic_file_that_crashes_its_decoder_is_refused_and_the_site_lives():
    item = HEIC.index(b"Exif")
    assert "damaged" in refusal(HEIC[:item] + b"\x8bxif" + HEIC[item + 4 :])


@needs_heif
def test_a_heic_picture_over_the_limits_is_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_PIXELS", 64 * 32 - 1)
    assert "too large" in refusal(HEIC)


@needs_heif
def test_a_large_heic_picture_is_brought_down(monkeypatch):
    monkeypatch.setattr(module, "MASTER_MAX_SIDE", 32)
    assert (verify(HEIC).width, verify(HEIC).height) == (32, 16)


@needs_heif
def test_a_heic_decoder_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(heic, "MAX_SECONDS", 0.001)
    assert "damaged" in refusal(HEIC)


def test_of_a_phones_double_picture_the_first_is_taken():
    double = file(flag(), "MPO", save_all=True, append_images=[Image.new("RGB", (30, 20))])
    master = verify(double)
    assert (master.width, master.height) == (64, 48)
    assert fields(opened(master.data)) == UPRIGHT


def test_the_digest_is_that_of_the_bytes_and_the_same_file_gives_it_again():
    data = file(flag(), "PNG")
    master = verify(data)
    assert master.digest == hashlib.sha256(master.data).hexdigest()[:32]
    assert verify(data) == master


def test_a_master_is_itself_a_picture_that_is_taken():
    master = verify(file(flag(), "PNG"))
    assert verify(master.data).width == master.width


# Size


def test_a_larger_picture_is_brought_down_in_proportion():
    master = verify(file(flag(6400, 1600), "JPEG"))
    assert (master.width, master.height) == (MASTER_MAX_SIDE, MASTER_MAX_SIDE // 4)
    assert opened(master.data).size == (master.width, master.height)
    assert fields(opened(master.data)) == UPRIGHT


def test_a_tall_picture_turned_by_its_exif_is_measured_as_it_is_seen():
    master = verify(file(flag(4000, 1000), "JPEG", exif=exif(6)))
    assert (master.width, master.height) == (MASTER_MAX_SIDE // 4, MASTER_MAX_SIDE)


def test_a_small_picture_is_never_enlarged():
    assert opened(verify(file(flag(2, 2), "PNG")).data).size == (2, 2)


def test_a_line_one_pixel_high_stays_one_pixel_high():
    assert opened(verify(file(flag(MAX_SIDE, 1), "PNG")).data).size == (MASTER_MAX_SIDE, 1)


# Upright


@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_of_the_eight_ways_a_camera_is_held_ends_upright(orientation):
    turned_back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = flag() if turned_back is None else flag().transpose(turned_back)
    picture = opened(verify(file(stored, "JPEG", exif=exif(orientation))).data)
    assert picture.size == (64, 48)
    assert fields(picture) == UPRIGHT


@pytest.mark.parametrize("format", ["PNG", "WEBP", "AVIF"])
def test_orientation_counts_in_every_format_that_has_it(format):
    stored = flag().transpose(Image.Transpose.ROTATE_90)
    assert fields(opened(verify(file(stored, format, exif=exif(6))).data)) == UPRIGHT


@pytest.mark.parametrize("broken", [b"MM\0*\xff\xff\xff\xff" + b"\xff" * 40, b"no TIFF header at all", b""])
def test_broken_exif_costs_the_picture_nothing(broken):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for format in ("JPEG", "WEBP"):
            master = verify(file(flag(), format, exif=b"Exif\0\0" + broken))
            assert fields(opened(master.data)) == UPRIGHT


# Colour


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_colours_are_converted_by_the_profile_the_picture_brings(format):
    stored = Image.new("RGB", (32, 32), (255, 0, 0))
    seen = opened(verify(file(stored, format, icc_profile=profile(swapped=True))).data).getpixel((16, 16))
    assert near(seen, (0, 255, 0))


def test_the_profile_counts_where_a_picture_has_a_palette():
    stored = Image.new("RGB", (32, 32), (255, 0, 0)).convert("P")
    seen = opened(verify(file(stored, "PNG", icc_profile=profile(swapped=True))).data).getpixel((16, 16))
    assert near(seen, (0, 255, 0))


def test_the_profile_counts_where_a_picture_is_transparent_too():
    stored = Image.new("RGBA", (32, 32), (255, 0, 0, 128))
    seen = opened(verify(file(stored, "PNG", icc_profile=profile(swapped=True))).data).getpixel((16, 16))
    assert near(seen, (0, 255, 0, 128))


@pytest.mark.parametrize("broken", [b"no profile at all", profile()[:200], b"\0" * 500])
def test_a_broken_profile_is_ignored(broken):
    assert fields(opened(verify(file(flag(), "JPEG", icc_profile=broken)).data)) == UPRIGHT


def test_a_printers_cmyk_picture_becomes_rgb():
    stored = Image.new("CMYK", (32, 32), (0, 255, 255, 0))
    picture = opened(verify(file(stored, "JPEG")).data)
    assert picture.mode == "RGB"
    assert near(picture.getpixel((16, 16)), (255, 0, 0))


def test_sixteen_bits_a_pixel_are_scaled_and_not_clipped():
    stored = Image.new("I;16", (32, 32), 0x8000)
    assert near(opened(verify(file(stored, "PNG")).data).getpixel((16, 16)), (128, 128, 128), 2)


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_black_and_white_and_palettes_become_plain_colour(mode):
    picture = opened(verify(file(Image.new("RGB", (32, 32), "white").convert(mode), "PNG")).data)
    assert picture.mode == "RGB"
    assert near(picture.getpixel((16, 16)), (255, 255, 255))


# Transparency


def half_transparent() -> Image.Image:
    image = flag().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 32, 48))
    return image


@pytest.mark.parametrize("format", ["PNG", "WEBP", "AVIF", "GIF"])
def test_what_is_transparent_stays_so_as_png(format):
    master = verify(file(half_transparent(), format))
    picture = opened(master.data)
    assert (master.extension, picture.format, picture.mode) == ("png", "PNG", "RGBA")
    assert picture.getpixel((8, 8))[3] == 0
    assert picture.getpixel((56, 8))[3] == 255


def test_a_transparent_colour_of_a_palette_or_of_plain_rgb_stays_transparent():
    palette = file(flag().convert("P", palette=Image.Palette.ADAPTIVE), "PNG", transparency=0)
    plain = file(flag(), "PNG", transparency=RED)
    for data in (palette, plain):
        assert opened(verify(data).data).getchannel("A").getextrema() == (0, 255)


def test_an_alpha_channel_that_hides_nothing_gives_a_jpeg():
    assert verify(file(flag().convert("RGBA"), "PNG")).extension == "jpg"


def test_what_was_rubbed_out_cannot_be_brought_back_from_below():
    rubbed_out = flag().convert("RGBA")
    rubbed_out.putalpha(Image.new("L", (64, 48), 0))
    picture = opened(verify(file(rubbed_out, "PNG")).data)
    assert picture.getextrema() == ((0, 0), (0, 0), (0, 0), (0, 0))


# Nothing private stays


def private_jpeg() -> bytes:
    data = file(flag(), "JPEG", exif=exif(1, WORDS), icc_profile=profile(WORDS), comment=WORDS + "-com")
    return with_jpeg_segments(
        data,
        jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>PRIVATE-xmp</x:xmpmeta>"),
        jpeg_segment(0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x10PRIVATE-iptc    "),
        jpeg_segment(0xE0, b"JFXX\0\x13\x01\x01PRIVATE-thumbnail"),
        jpeg_segment(0xE2, b"MPF\0PRIVATE-mpf"),
    )


def private_png() -> bytes:
    return file(flag(), "PNG", exif=exif(1, WORDS), icc_profile=profile(WORDS), pnginfo=png_text(WORDS))


def private_gif() -> bytes:
    data = file(flag(), "GIF", comment=b"PRIVATE-comment")
    return data[:-1] + b"!\xff\x0bXMP DataXMP\x0bPRIVATE-xmp\0;"


def private(format: str) -> bytes:
    return file(flag(), format, exif=exif(1, WORDS), icc_profile=profile(WORDS), xmp=b"PRIVATE-xmp")


def private_transparent_png() -> bytes:
    return file(half_transparent(), "PNG", exif=exif(1, WORDS), icc_profile=profile(WORDS), pnginfo=png_text(WORDS))


PRIVATE_FILES = {
    "jpeg": private_jpeg,
    "png": private_png,
    "transparent png": private_transparent_png,
    "gif": private_gif,
    "webp": lambda: private("WEBP"),
    "avif": lambda: private("AVIF"),
    "heic": lambda: HEIC,
}


@pytest.mark.parametrize("name", [pytest.param(n, marks=needs_heif if n == "heic" else ()) for n in PRIVATE_FILES])
def test_no_metadata_of_any_kind_stays_in_the_master(name):
    data = PRIVATE_FILES[name]()
    assert WORDS.encode() in data, "the test must put its words in first"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of the made-up MPF segment.
        master = verify(data)
    assert WORDS.encode() not in master.data
    for trace in (b"Exif", b"http://", b"ICC_PROFILE", b"8BIM", b"MPF", b"iCCP", b"eXIf", b"tEXt", b"zTXt", b"iTXt"):
        assert trace not in master.data
    assert not set(opened(master.data).info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("format", ACCEPTED)
@pytest.mark.parametrize("tail", [b"<script>alert('PRIVATE')</script>", b"PK\x03\x04PRIVATE.zip", b"%PDF-1.7 PRIVATE"])
def test_a_second_file_hung_behind_the_picture_does_not_come_along(format, tail):
    try:
        master = verify(file(flag(), format) + tail)
    except PictureRefused:
        return  # Some formats have no room behind them, which is as good.
    assert b"PRIVATE" not in master.data


# What is refused, and how


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"Dear all, the picture follows.", "is a text"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "SVG drawing"),
        (b"\xef\xbb\xbf  <svg onload='alert(1)'/>", "SVG drawing"),
        (b"<!doctype html><script>alert(1)</script>", "web page"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF document"),
        (b"PK\x03\x04\x14\0\0\0", "zip archive"),
        (file(flag(), "BMP"), "BMP"),
        (file(flag(), "TIFF"), "TIFF"),
        (file(flag(), "ICO", sizes=[(16, 16)]), "icon"),
        (b"8BPS\0\1" + bytes(30), "Photoshop"),
        (b"\xff\x0a" + bytes(30), "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(30), "JPEG 2000"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(30), "video"),
        (b"RIFF\0\0\0\0AVI LIST", "video"),
        (b"\x1aE\xdf\xa3" + bytes(30), "video"),
        (b"\0\0\0\x14ftypmif1\0\0\0\0miaf" + bytes(30), "not a picture"),
        (b"RIFF\0\0\0\0WAVEfmt ", "not a picture"),
        (bytes(range(256)), "not a picture"),
    ],
)
def test_what_is_no_picture_for_a_page_is_called_by_its_name(data, says):
    assert says in refusal(data)


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP", "AVIF"])
def test_moving_pictures_are_refused(format):
    assert "moves" in refusal(moving(format))


def test_a_file_over_the_limit_is_refused_with_its_size():
    assert "26 MB" in refusal(file(flag(), "JPEG") + bytes(MAX_BYTES + 1024 * 1024 - 1000))


@pytest.mark.parametrize(
    "data",
    [
        png_of_claimed_size(50_000, 50_000),
        png_of_claimed_size(5_100, 5_000),
        png_of_claimed_size(MAX_SIDE + 1, 10),
        webp_of_claimed_size(16_000, 16_000),
        webp_of_claimed_size(8_000, 8_000),
        gif_of_claimed_size(20_000, 20_000),
        gif_of_claimed_size(6_000, 6_000),
    ],
    ids=["png bomb", "png just over", "too wide", "webp bomb", "webp over", "gif bomb", "gif over"],
)
def test_more_pixels_than_can_be_held_are_refused_before_they_are_decoded(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert "too large" in refusal(data)


def test_a_camera_may_have_more_pixels_than_a_drawing():
    wide = flag(8_000, 3_200)
    assert verify(file(wide, "JPEG")).width == MASTER_MAX_SIDE
    assert "25 megapixels" in refusal(file(wide, "PNG", compress_level=1))


def test_a_camera_picture_over_its_own_limit_is_refused():
    data = bytearray(file(flag(), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = (8_000).to_bytes(2, "big") + (8_000).to_bytes(2, "big")
    assert "60 megapixels" in refusal(bytes(data))


@pytest.mark.parametrize("format", [*ACCEPTED, pytest.param("HEIC", marks=needs_heif)])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_file_that_was_cut_off_is_refused(format, part):
    noise = Image.effect_noise((128, 96), 90).convert("RGB")
    data = HEIC if format == "HEIC" else file(noise, format)
    sentence = refusal(data[: int(len(data) * part)])
    assert "damaged or incomplete" in sentence
    assert "again" in sentence


@pytest.mark.parametrize("place", ["pixels", "checksum"])
def test_a_png_whose_bytes_were_changed_on_the_way_is_refused(place):
    data = bytearray(file(flag(), "PNG"))
    data[data.index(b"IDAT") + 12 if place == "pixels" else data.index(b"IEND") - 5] ^= 0x10
    assert "damaged" in refusal(bytes(data))


@pytest.mark.parametrize("name", [b"zTXt", b"iCCP"])
def test_a_png_whose_text_or_profile_unpacks_to_gigabytes_is_refused(name):
    packed = zlib.compressobj(9)
    bomb = b"".join(packed.compress(bytes(1 << 20)) for _ in range(64)) + packed.flush()
    data = with_png_chunks(file(flag(), "PNG"), png_chunk(name, b"note\0\0" + bomb))
    assert "damaged" in refusal(data)


def test_a_png_in_millions_of_crumbs_is_refused_at_once():
    crumbs = png_chunk(b"tEXt", b"a\0b") * (kinds.MAX_PNG_CHUNKS + 1)
    assert "takes too long" in refusal(with_png_chunks(file(flag(), "PNG"), crumbs))


def test_a_jpeg_of_thousands_of_scans_is_refused_at_once():
    data = file(flag(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    assert "takes too long" in refusal(data[:last] + data[last:-2] * kinds.MAX_JPEG_SCANS + b"\xff\xd9")


def test_a_jpeg_of_thousands_of_segments_is_refused_at_once():
    segments = jpeg_segment(0xEF, b"") * (kinds.MAX_JPEG_SEGMENTS + 1)
    assert "takes too long" in refusal(with_jpeg_segments(file(flag(), "JPEG"), segments))


@pytest.mark.parametrize("failure", [MemoryError(), RuntimeError("deep in a decoder"), Image.DecompressionBombError()])
def test_whatever_a_decoder_raises_becomes_a_refusal(monkeypatch, failure):
    def fails(*_args, **_options):
        raise failure

    monkeypatch.setattr(module.Image, "open", fails)
    assert refusal(file(flag(), "JPEG"))


def test_warnings_made_errors_still_end_in_a_refusal_or_a_picture():
    odd = [
        gif_of_claimed_size(10_000, 10_000),
        with_jpeg_segments(file(flag(), "JPEG"), jpeg_segment(0xE2, b"MPF\0broken")),
        with_jpeg_segments(file(flag(), "JPEG"), jpeg_segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\x09\x01\x12")),
        with_png_chunks(file(flag(), "PNG"), png_chunk(b"acTL", bytes(8))),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for data in odd:
            with contextlib.suppress(PictureRefused):
                verify(data)


def test_every_sentence_is_short_and_says_what_to_do():
    sentences = [refusal(data) for data in (b"", b"text", b"%PDF-", b"PK\x03\x04", moving("GIF"), b"\xff\xd8\xff")]
    for sentence in sentences:
        assert sentence.endswith(".")
        assert len(sentence) < 240
        assert any(word in sentence for word in ("upload", "Choose"))


# What it costs and leaves behind


_OTHERS = """
import sys
from PIL import Image, ImageFile
def seen():
    return Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, "HEIF" in Image.OPEN
before = seen()
from blog.imaging.verify import verify
verify(sys.stdin.buffer.read())
sys.exit(seen() != before)
"""


@pytest.mark.parametrize("data", [pytest.param(HEIC, marks=needs_heif), file(flag(), "JPEG")], ids=["heic", "jpeg"])
def test_nothing_is_changed_for_other_users_of_pillow(data):
    assert subprocess.run([sys.executable, "-c", _OTHERS], input=data, cwd=ROOT, check=False).returncode == 0


def test_this_floor_imports_no_django():
    code = "import sys, blog.imaging.verify, blog.imaging.renditions; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


_MEASURE = """
import json, sys, warnings
from blog.imaging.verify import PictureRefused, verify
from PIL import features
warnings.simplefilter("ignore")
def peak():
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024
data = sys.stdin.buffer.read()
before = peak()
try:
    outcome = verify(data).width
except PictureRefused as refused:
    outcome = str(refused)
print(json.dumps([peak() - before, outcome]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured the Linux way")
@pytest.mark.parametrize(
    ("make", "megabytes"),
    [
        (lambda: file(Image.new("RGB", (9_400, 6_380), RED), "JPEG"), 160),
        (lambda: file(Image.new("CMYK", (6_600, 4_500)), "JPEG", progressive=True), 320),
        (lambda: file(Image.new("RGBA", (5_000, 5_000), (*GREEN, 90)), "WEBP", method=0), 550),
        (lambda: png_of_claimed_size(50_000, 50_000), 30),
        (lambda: webp_of_claimed_size(16_000, 16_000), 30),
        (lambda: gif_of_claimed_size(12_000, 12_000), 30),
    ],
    ids=["60 MP jpeg", "30 MP worst jpeg", "25 MP webp", "png bomb", "webp bomb", "gif bomb"],
)
def test_the_largest_pictures_and_the_bombs_take_bounded_memory(make, megabytes):
    done = subprocess.run([sys.executable, "-c", _MEASURE], input=make(), cwd=ROOT, capture_output=True, check=True)
    grown, outcome = json.loads(done.stdout)
    assert grown <= megabytes
    assert outcome == MASTER_MAX_SIDE or "too large" in outcome
