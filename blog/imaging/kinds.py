"""Which format bytes are in, judged from the bytes and never from a name.

Only what must be known before a decoder may see the bytes is read here. The
decoders themselves stay Pillow's and libheif's.
"""

import re
import struct
import zlib

from .refused import PictureRefused

JPEG, PNG, GIF, WEBP, AVIF, HEIC = "JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIC"

# Common encoders write about ten scans. Each further one makes libjpeg go over
# the whole picture again, so a small file with thousands of scans blocks a
# worker for minutes ("Two Issues with the JPEG Standard", libjpeg-turbo.org).
MAX_JPEG_SCANS = 100

# A segment holds up to 64 KB, so that 25 MB need no more than 400.
MAX_JPEG_SEGMENTS = 2_000

# Encoders cut 25 MB into chunks of 8 KB or more, which makes 3,200. Millions
# of tiny ones keep a worker busy for ten seconds.
MAX_PNG_CHUNKS = 20_000

DAMAGED = "This picture is damaged or incomplete and cannot be opened. Copy or export it again and upload the new copy."
_SAVE_AS = "Save it as JPEG or PNG and upload that."
_CONTRIVED = (
    "This picture is stored in an unusual way that takes too long to open. "
    "Open it in a picture program, save a new copy as JPEG or PNG and upload that."
)
_UNKNOWN = f"This file is not a picture that can be read here. {_SAVE_AS}"
_VIDEO = "This is a video. Take a still picture from it, as JPEG or PNG, and upload that."

# First bytes of what people upload by mistake, each with its sentence.
_FOREIGN = (
    (b"%PDF-", f"This is a PDF document, not a picture. {_SAVE_AS}"),
    (
        b"PK\x03\x04",
        "This is a zip archive or an office document, not a picture. Take the picture out of it and upload that.",
    ),
    (b"BM", f"This is a BMP picture, a format the blog does not take. {_SAVE_AS}"),
    (b"II*\0", f"This is a TIFF or camera raw picture, a format the blog does not take. {_SAVE_AS}"),
    (b"MM\0*", f"This is a TIFF or camera raw picture, a format the blog does not take. {_SAVE_AS}"),
    (b"8BPS", f"This is a Photoshop file. {_SAVE_AS}"),
    (b"\0\0\1\0", f"This is an icon file. {_SAVE_AS}"),
    (b"\xff\x0a", f"This is a JPEG XL picture, a format the blog does not take. {_SAVE_AS}"),
    (b"\0\0\0\x0cJXL ", f"This is a JPEG XL picture, a format the blog does not take. {_SAVE_AS}"),
    (b"\0\0\0\x0cjP  ", f"This is a JPEG 2000 picture, a format the blog does not take. {_SAVE_AS}"),
    (b"\x1aE\xdf\xa3", _VIDEO),
)
_SVG = f"This is an SVG drawing, which can carry programs. {_SAVE_AS}"
_PAGE = f"This is a web page or a text in markup, not a picture. {_SAVE_AS}"
_TEXT = "This is a text, not a picture. Choose a JPEG or PNG picture."

# Brands of ISO/IEC 23008-12 (HEIF) and of the AV1 Image File Format.
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}

_JPEG_MARKER = re.compile(rb"\xff([\x02-\xcf\xd8-\xfe])")
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA


def kind_of(data: bytes) -> str:
    """Name the picture format that ``data`` begins with.

    Args:
        data: the whole file.

    Returns:
        One of ``JPEG``, ``PNG``, ``GIF``, ``WEBP``, ``AVIF``, ``HEIC``. This
        says what to decode the bytes as; it does not promise that they decode.

    Raises:
        PictureRefused: the file is empty, or begins like anything else; the
            sentence names what it is wherever that can be told.
    """
    if not data:
        raise PictureRefused("This file is empty. Choose the picture again; it may not have been copied to the end.")
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if data[:4] == b"RIFF":
        if data[8:12] == b"WEBP":
            return WEBP
        raise PictureRefused(_VIDEO if data[8:12] == b"AVI " else _UNKNOWN)
    if data[4:8] == b"ftyp":
        return _kind_of_iso_media(data)
    for prefix, sentence in _FOREIGN:
        if data.startswith(prefix):
            raise PictureRefused(sentence)
    raise PictureRefused(_sentence_for_text(data))


def webp_size(data: bytes) -> tuple[int, int]:
    """Read the canvas size of a WebP file without decoding it.

    The decoder takes memory for the whole canvas as soon as it is made, so
    the size has to be judged before. Layout: RFC 9649, sections 2.5 to 2.7.

    Args:
        data: bytes for which ``kind_of`` said ``WEBP``.

    Returns:
        (width, height) in pixels.

    Raises:
        PictureRefused: the header is cut off or not a WebP header.
    """
    chunk = data[12:16]
    if len(data) >= 30 and chunk == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if len(data) >= 30 and chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if len(data) >= 25 and chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise PictureRefused(DAMAGED)


def check_jpeg_structure(data: bytes) -> None:
    """Refuse a JPEG that is cut off, or built to keep a decoder busy.

    Args:
        data: bytes for which ``kind_of`` said ``JPEG``.

    Raises:
        PictureRefused: no end marker, more than ``MAX_JPEG_SCANS`` scans, or
            more than ``MAX_JPEG_SEGMENTS`` segments. What follows the end
            marker (second pictures, videos of phones) is not looked at.
    """
    position, scans = 2, 0
    for _ in range(MAX_JPEG_SEGMENTS):
        found = _JPEG_MARKER.search(data, position)
        if found is None:
            raise PictureRefused(DAMAGED)
        position, marker = found.end(), found[1][0]
        if marker == _EOI:
            return
        if marker == _SOI:
            continue
        scans += marker == _SOS
        if scans > MAX_JPEG_SCANS:
            break
        position += int.from_bytes(data[position : position + 2], "big")
    raise PictureRefused(_CONTRIVED)


def check_png_structure(data: bytes) -> None:
    """Refuse a PNG that is cut off, changed on its way, or cut to crumbs.

    Pillow checks no checksum of the pixels' own chunks while it decodes.

    Args:
        data: bytes for which ``kind_of`` said ``PNG``.

    Raises:
        PictureRefused: a wrong checksum, no end chunk, or more than
            ``MAX_PNG_CHUNKS`` chunks. What follows the end is not looked at.
    """
    position = 8
    for _ in range(MAX_PNG_CHUNKS):
        if position + 12 > len(data):
            raise PictureRefused(DAMAGED)
        end = position + 8 + int.from_bytes(data[position : position + 4], "big")
        checksum = zlib.crc32(memoryview(data)[position + 4 : end])
        if data[end : end + 4] != checksum.to_bytes(4, "big"):
            raise PictureRefused(DAMAGED)
        if data[position + 4 : position + 8] == b"IEND":
            return
        position = end + 4
    raise PictureRefused(_CONTRIVED)


def _kind_of_iso_media(data: bytes) -> str:
    """Tell AVIF, HEIC and video apart by the brands in the first box."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = [data[8:12], *(data[i : i + 4] for i in range(16, end, 4))]
    for brand in brands:
        if brand in _AVIF_BRANDS:
            return AVIF
        if brand in _HEIC_BRANDS:
            return HEIC
    raise PictureRefused(_UNKNOWN if brands[0] in {b"mif1", b"msf1"} else _VIDEO)


def _sentence_for_text(data: bytes) -> str:
    """Say whether bytes of no known format are a drawing, a page or a text."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"<"):
        return _SVG if b"<svg" in head else _PAGE
    printable = bytes(range(32, 127)) + b"\t\r\n\f"
    return _UNKNOWN if head.translate(None, printable) else _TEXT
