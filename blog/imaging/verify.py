"""From foreign bytes to a clean master, or to a sentence why not.

Nothing of the file that came in is kept: it is decoded to pixels, and those
are encoded again. So no metadata, no appended file and no trick in a header
lives on in the master.
"""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image, ImageCms

from . import heic
from .kinds import (
    AVIF,
    DAMAGED,
    GIF,
    HEIC,
    JPEG,
    PNG,
    WEBP,
    check_jpeg_structure,
    check_png_structure,
    kind_of,
    webp_size,
)
from .refused import PictureRefused

__all__ = ["Master", "PictureRefused", "verify"]

# A photo of 50 megapixels in good JPEG is 15 to 20 MB.
MAX_BYTES = 25 * 1024 * 1024

# Phones take up to 50 megapixels, wide panoramas of theirs just under 60.
MAX_PIXELS = 60_000_000

# Drawn and exported pictures are smaller than a camera's, while their decoders
# hold the whole picture several times, at four bytes a pixel: WebP needs 450 MB
# for this many, about what the worst JPEG (CMYK, progressive) needs for 60.
MAX_PIXELS_DRAWN = 25_000_000

# The longest side a phone's panorama has (16,382 px), and that WebP can hold.
MAX_SIDE = 16_384

# Twice the widest place on a page (856 px) is 1,712 px. The rest is room for
# crops: a 4:3 picture of this width still fills 1,712 px after losing half.
MASTER_MAX_SIDE = 3_200

# At 92 without colour subsampling, encoding once more is not seen, not even
# in the red edges and skin tones that 4:2:0 blurs first.
MASTER_QUALITY = 92

# Printers' CMYK profiles are 0.5 to 2.5 MB; what is larger is no profile.
MAX_PROFILE_BYTES = 4 * 1024 * 1024

_MEGABYTE = 1024 * 1024
_CAMERA_KINDS = {JPEG, HEIC}
_ORIENTATION_TAG = 0x0112

# EXIF 2.32, tag Orientation: how to turn the stored pixels upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_MOVING = (
    "This picture moves, and the blog shows still pictures only. Save one frame of it as JPEG or PNG and upload that."
)
_NO_HEIC = (
    "This is an iPhone picture in HEIC format, which cannot be read here. On the iPhone, "
    "share the photo, tap Options, choose Most Compatible, and upload the JPEG this gives."
)


@dataclass(frozen=True)
class Master:
    """A picture this house encoded itself: upright, sRGB, without metadata.

    Attributes:
        data: the whole file, JPEG or, where something is transparent, PNG.
        extension: ``"jpg"`` or ``"png"``.
        width: in pixels, as seen; at most ``MASTER_MAX_SIDE``.
        height: in pixels, as seen; at most ``MASTER_MAX_SIDE``.
        digest: the first 32 hexadecimal digits of the SHA-256 of ``data``.
    """

    data: bytes
    extension: str
    width: int
    height: int
    digest: str


def verify(data: bytes) -> Master:
    """Decode a picture that somebody uploaded, and encode it afresh.

    Takes JPEG (also the first picture of a phone's MPO), PNG, WebP, AVIF and
    GIF that do not move, and HEIC where pi-heif is installed. The result is
    upright, in sRGB, at most ``MASTER_MAX_SIDE`` px a side, never enlarged,
    and holds pixels only: no EXIF, XMP, IPTC, comment, profile or thumbnail,
    nothing appended, and no colour hidden below full transparency.

    Args:
        data: the whole file as it came in, at most ``MAX_BYTES`` bytes.

    Returns:
        The master. The same input gives the same bytes with the same Pillow.

    Raises:
        PictureRefused: always this, whatever is wrong with the bytes.
    """
    if len(data) > MAX_BYTES:
        raise PictureRefused(
            f"This file is {len(data) / _MEGABYTE:.0f} MB; at most {MAX_BYTES // _MEGABYTE} MB can be taken. "
            "Save a smaller copy as JPEG and upload that."
        )
    kind = kind_of(data)
    try:
        return _encode(_decode(data, kind))
    except PictureRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise PictureRefused(_too_large(kind)) from None
    except Exception as error:
        # Decoders of foreign bytes raise nearly every type there is, and for
        # the person who uploads they all mean the same.
        raise PictureRefused(DAMAGED) from error


def _decode(data: bytes, kind: str) -> Image.Image:
    """Return the pixels, upright, sRGB, within MASTER_MAX_SIDE, as RGB or RGBA."""
    if kind == HEIC:
        data, kind = _png_from_heic(data), PNG
    image = _open(data, kind)
    if kind == JPEG:
        # libjpeg then decodes at a half, a quarter or an eighth.
        image.draft(None, _fitting(image.size))
    image.load()
    profile = image.info.get("icc_profile")
    turn = _UPRIGHT.get(_orientation(image))

    image = _reduce_modes(image)
    if image.size != _fitting(image.size):
        image = image.resize(_fitting(image.size), Image.Resampling.LANCZOS, reducing_gap=3.0)
    image = _to_srgb(image, profile)
    return image.transpose(turn) if turn is not None else image


def _png_from_heic(data: bytes) -> bytes:
    """Have HEIC decoded outside this process, see ``heic``."""
    if not heic.available():
        raise PictureRefused(_NO_HEIC)
    try:
        return heic.to_png(data, MAX_PIXELS, MAX_SIDE, MASTER_MAX_SIDE)
    except heic.TooLarge:
        raise PictureRefused(_too_large(HEIC)) from None


def _open(data: bytes, kind: str) -> Image.Image:
    """Open a still picture whose header keeps the limits; nothing is decoded yet."""
    if kind == WEBP:
        _check_size(webp_size(data), kind)
    if kind == JPEG:
        check_jpeg_structure(data)
    if kind == PNG:
        check_png_structure(data)
    image = Image.open(io.BytesIO(data), formats=[kind])
    _check_size(image.size, kind)
    if kind in {PNG, GIF, WEBP, AVIF} and image.is_animated:
        raise PictureRefused(_MOVING)
    return image


def _check_size(size: tuple[int, int], kind: str) -> None:
    """Refuse measures (px) over the limits for this kind."""
    width, height = size
    if min(size) < 1:
        raise PictureRefused(DAMAGED)
    if max(size) > MAX_SIDE or width * height > _max_pixels(kind):
        raise PictureRefused(_too_large(kind, f" ({width:,} x {height:,} pixels)"))


def _max_pixels(kind: str) -> int:
    return MAX_PIXELS if kind in _CAMERA_KINDS else MAX_PIXELS_DRAWN


def _too_large(kind: str, measures: str = "") -> str:
    return (
        f"This picture is too large to open{measures}; at most {_max_pixels(kind) // 1_000_000} megapixels and "
        f"{MAX_SIDE:,} pixels a side can be taken. Save a smaller copy as JPEG and upload that."
    )


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size (px) within MASTER_MAX_SIDE, in proportion, never larger."""
    scale = min(1.0, MASTER_MAX_SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 (upright) where there is none to believe."""
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:
        # Broken EXIF is common in good photos, so it costs the photo nothing.
        return 1


def _reduce_modes(image: Image.Image) -> Image.Image:
    """Bring any mode of Pillow to one of L, RGB, CMYK and RGBA."""
    if image.mode.startswith("I;16"):
        # A plain conversion would clip at 255 rather than scale.
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image if image.mode in {"L", "RGB", "CMYK"} else image.convert("RGB")


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert by the embedded profile; by Pillow's plain rule if that fails."""
    if image.mode == "RGBA":
        red_green_blue = _to_srgb(image.convert("RGB"), profile)
        red_green_blue.putalpha(image.getchannel("A"))
        return red_green_blue
    if profile and len(profile) <= MAX_PROFILE_BYTES:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            pass  # A broken or foreign profile: browsers ignore it as well.
    return image.convert("RGB")


def _encode(image: Image.Image) -> Master:
    """Write RGB or RGBA pixels, and nothing but them, as a master."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    # A new image has none of the metadata that encoders copy from `info`.
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    out = io.BytesIO()
    if bare.mode == "RGBA":
        # What was rubbed out in a picture program is often still there.
        invisible = bare.getchannel("A").point(lambda alpha: 255 if alpha == 0 else 0)
        bare.paste((0, 0, 0, 0), mask=invisible)
        bare.save(out, "PNG", compress_level=6)
        extension = "png"
    else:
        bare.save(out, "JPEG", quality=MASTER_QUALITY, subsampling="4:4:4")
        extension = "jpg"
    encoded = out.getvalue()
    return Master(encoded, extension, bare.width, bare.height, hashlib.sha256(encoded).hexdigest()[:32])
