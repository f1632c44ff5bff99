"""From a master to the files that browsers and machines load.

Which sizes exist is decided by the places a page has for them (in CSS pixels:
hero up to 856, lead card 738, card 392 and 104 on phones, body 660), times the
2 or 3 device pixels of today's screens. A phone's full width of 390 at 2 gives
800, at 3 gives 1,200; the hero of 856 at 2 gives 1,712. Sizes for screens of
one device pixel a CSS pixel and below 400 wide are left out: there are none.

Which formats exist at a size is decided by who would ask for it. Browsers take
AVIF, those of 2020 to 2023 WebP. JPEG is for the oldest, for feeds and mail,
one or two sizes a crop, and for machines (search engines, previews on social
media), which want each crop 1,200 wide. Nobody shows 1:1 and 4:3 that large
on a page, so those two are JPEG only.
"""

import hashlib
import io
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from PIL import Image

_MODERN = ("avif", "webp")
_ALL = ("avif", "webp", "jpeg")
_JPEG = ("jpeg",)

# Crop -> its ratio (None: the picture's own) and its widths (px) with formats.
_LADDERS = {
    "16x9": ((16, 9), ((800, _ALL), (1200, _ALL), (1712, _MODERN))),
    "4x3": ((4, 3), ((400, _MODERN), (800, _ALL), (1200, _JPEG))),
    "1x1": ((1, 1), ((160, _MODERN), (320, _ALL), (1200, _JPEG))),
    "own": (None, ((800, _ALL), (1320, _MODERN))),
}
CROPS = tuple(_LADDERS)

# Where a picture does not reach the next width, its own width takes that place
# if it is this much over the width before; less would not be seen.
WORTH_A_STEP = 1.2

# Part of every name: raise it whenever the bytes made from the same master
# change on purpose, since browsers keep renditions for good.
RECIPE = 1

# Quality and effort by format, so that the three look alike. AVIF below speed 8
# takes two to five times as long for files of the same size. One thread, so
# that an upload leaves the other cores to readers.
_OPTIONS = {
    "avif": {"quality": 54, "speed": 8, "subsampling": "4:2:0", "max_threads": 1},
    "webp": {"quality": 75, "method": 4},
    "jpeg": {"quality": 76, "progressive": True, "optimize": True, "subsampling": "4:2:0"},
}
EXTENSIONS = {"avif": "avif", "webp": "webp", "jpeg": "jpg"}


@dataclass(frozen=True)
class Size:
    """One size in which a picture is made: measures in px, and its formats."""

    crop: str
    width: int
    height: int
    formats: tuple[str, ...]


@dataclass(frozen=True)
class Rendition:
    """One encoded file.

    Attributes:
        crop: one of ``CROPS``.
        format: ``"avif"``, ``"webp"`` or ``"jpeg"``.
        width: px.
        height: px.
        data: the whole file, without metadata.
    """

    crop: str
    format: str
    width: int
    height: int
    data: bytes


def crop_box(
    width: int, height: int, ratio: tuple[int, int] | None, focal: tuple[float, float]
) -> tuple[int, int, int, int]:
    """Find the largest part of a picture in a ratio, around its focal point.

    Args:
        width: of the picture, px, at least 1.
        height: of the picture, px, at least 1.
        ratio: (wide, high), such as ``(16, 9)``, or None for the whole picture.
        focal: the point that matters most, as parts of width and height from
            the top left, each 0 to 1. What lies outside is moved to the edge.

    Returns:
        (left, top, right, bottom) in px, within the picture, as large as the
        ratio allows, the focal point as near to its centre as possible.

    Raises:
        ValueError: a measure below 1, or a focal point that is no number.
    """
    if width < 1 or height < 1:
        raise ValueError("a picture has at least one pixel")
    x, y = _settled(focal)
    if ratio is None:
        return 0, 0, width, height
    wide, high = ratio
    box_width = max(1, min(width, height * wide // high))
    box_height = max(1, min(height, width * high // wide))
    left = min(max(round(x * width - box_width / 2), 0), width - box_width)
    top = min(max(round(y * height - box_height / 2), 0), height - box_height)
    return left, top, left + box_width, top + box_height


def plan(width: int, height: int, crops: Collection[str] = CROPS) -> list[Size]:
    """List the sizes in which a picture of these measures is made.

    The focal point changes no size, so a page can be written from this alone.
    No size is larger than what the picture has for that crop. A picture below
    the smallest width gets exactly one size, its own, in all formats. Every
    crop has at least one JPEG. Widths rise within a crop.

    Args:
        width: of the master, px.
        height: of the master, px.
        crops: those wanted, of ``CROPS``.

    Raises:
        ValueError: a measure below 1, or an unknown crop.
    """
    return [size for crop in crops for size in _plan_crop(width, height, crop)]


def encode(
    master: bytes, focal: tuple[float, float] = (0.5, 0.5), crops: Collection[str] = CROPS
) -> Iterator[Rendition]:
    """Make all renditions of a master, one at a time.

    Each is scaled straight from the master. Where the master is transparent,
    AVIF and WebP stay so and JPEG stands on white. Memory: the master's pixels
    and those of one rendition.

    Args:
        master: the bytes of a ``verify.Master``; others are not defended from.
        focal: as in ``crop_box``.
        crops: those wanted, of ``CROPS``.

    Yields:
        What ``plan`` lists for the master, in its order.

    Raises:
        OSError: the bytes are no picture, as when a stored file is damaged.
        ValueError: an unknown crop, or a focal point that is no number.
    """
    with Image.open(io.BytesIO(master), formats=["JPEG", "PNG"]) as picture:
        picture.load()
        for size in plan(picture.width, picture.height, crops):
            ratio, _ = _LADDERS[size.crop]
            scaled = picture.resize(
                (size.width, size.height),
                Image.Resampling.LANCZOS,
                box=crop_box(picture.width, picture.height, ratio, focal),
                reducing_gap=3.0,
            )
            # Encoders copy comments and profiles from here.
            scaled.info = {}
            for format in size.formats:
                yield Rendition(size.crop, format, size.width, size.height, _encode(scaled, format))


def rendition_name(digest: str, focal: tuple[float, float], crop: str, width: int, format: str) -> str:
    """Name a rendition so that the name stands for its bytes for good.

    The name changes with the master, the crop, the width, the format, the
    focal point (except for ``own``, which is not cropped) and the ``RECIPE``,
    so whatever bears it may be served as immutable. The master's digest cannot
    be read from it.

    Args:
        digest: of the master, see ``verify.Master``.
        focal: as in ``crop_box``.
        crop: one of ``CROPS``.
        width: px.
        format: ``"avif"``, ``"webp"`` or ``"jpeg"``.

    Returns:
        A file name of the characters ``0-9 a-z - .`` only.

    Raises:
        ValueError: an unknown crop or format, or a focal point that is no number.
    """
    _ladder(crop)
    if format not in EXTENSIONS:
        raise ValueError(f"unknown format {format!r}")
    x, y = _settled(focal) if crop != "own" else (0.5, 0.5)
    identity = f"{RECIPE}|{digest}|{x:.3f}|{y:.3f}|{crop}|{width}|{format}"
    return f"{hashlib.sha256(identity.encode()).hexdigest()[:24]}-{crop}-{width}.{EXTENSIONS[format]}"


def _ladder(crop: str) -> tuple:
    if crop not in _LADDERS:
        raise ValueError(f"unknown crop {crop!r}")
    return _LADDERS[crop]


def _settled(focal: tuple[float, float]) -> tuple[float, float]:
    """Return the focal point within 0 to 1, to the thousandth that names tell apart."""
    if not all(math.isfinite(part) for part in focal):
        raise ValueError("a focal point is two numbers from 0 to 1")
    x, y = (round(min(max(part, 0.0), 1.0), 3) for part in focal)
    return x, y


def _plan_crop(width: int, height: int, crop: str) -> list[Size]:
    """List the sizes of one crop, see ``plan``."""
    ratio, steps = _ladder(crop)
    left, top, right, bottom = crop_box(width, height, ratio, (0.5, 0.5))
    box = right - left, bottom - top
    chosen: list[tuple[int, tuple[str, ...]]] = []
    for step, formats in steps:
        if step <= box[0]:
            chosen.append((step, formats))
            continue
        if not chosen:
            chosen.append((box[0], _ALL))
        elif box[0] >= WORTH_A_STEP * chosen[-1][0]:
            chosen.append((box[0], formats))
        break
    if not any("jpeg" in formats for _, formats in chosen):
        last, formats = chosen.pop()
        chosen.append((last, (*formats, "jpeg")))
    return [Size(crop, step, _height_at(step, box, ratio), formats) for step, formats in chosen]


def _height_at(width: int, box: tuple[int, int], ratio: tuple[int, int] | None) -> int:
    """Return the height (px) for a width of a crop, never over the box's own."""
    wide, high = ratio or box
    return max(1, min(box[1], round(width * high / wide)))


def _encode(image: Image.Image, format: str) -> bytes:
    """Encode RGB or RGBA pixels in one format."""
    if format == "jpeg" and image.mode == "RGBA":
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    out = io.BytesIO()
    image.save(out, format, **_OPTIONS[format])
    return out.getvalue()
