"""Picture files for the tests, made by code."""

import base64
import io
import struct
import zlib

from PIL import Image, ImageCms, PngImagePlugin

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (250, 250, 250)

# HEIC cannot be written by anything installed here. This one is 64 x 32 px,
# red on the left and blue on the right, its EXIF says PRIVATE-EXIF.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ADRpbG9jAAAAAERAAAIAAQAAAAAB4gABAAAAAAAAAGMAAgAAAAACRQABAAAAAAAAADIAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAA"
    "AAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAA"
    "kAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq"
    "5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xh"
    "cAAAAEAAAAABAAAAIAAAAAEAAAAAAAAAAv///+AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAA"
    "ABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAAnW1kYXQAAABfKAGvE4D1J4E//+ClR/+61nh+Dw0xP/8g/qP6maX/400nbgMEopge"
    "LVYcD3jj7LI1HIwXeh3BY2Jk9Q9qqiW0KKeRtH/wEeFD++BEFKn6fOW5l8ASP6131bFuB59924AAAAAGRXhpZgAATU0AKgAAAAgA"
    "AQEOAAIAAAANAAAAGgAAAABQUklWQVRFLUVYSUYAAA=="
)


def flag(width: int = 64, height: int = 48) -> Image.Image:
    """Four fields: red, green; blue, white. So each of eight ways up is told apart."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    image.paste(WHITE, (width // 2, height // 2, width, height))
    return image


def file(image: Image.Image, format: str, **options) -> bytes:
    """Write an image as a whole file."""
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    """Read any file back, decoded."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def fields(image: Image.Image) -> list[str]:
    """Name the colours of the four fields of a `flag`, row by row."""
    names = {RED: "red", GREEN: "green", BLUE: "blue", WHITE: "white"}
    rgb, (w, h) = image.convert("RGB"), image.size

    def nearest(point):
        seen = rgb.getpixel(point)
        return names[min(names, key=lambda colour: sum(abs(a - b) for a, b in zip(colour, seen, strict=True)))]

    return [nearest((x, y)) for y in (h // 4, 3 * h // 4) for x in (w // 4, 3 * w // 4)]


def near(colour, other, tolerance: int = 12) -> bool:
    """Whether two colours differ by no more than a lossy format makes them."""
    return all(abs(a - b) <= tolerance for a, b in zip(colour, other, strict=True))


def exif(orientation: int = 1, words: str = "") -> bytes:
    """EXIF with an orientation, words in two places, a GPS position and a thumbnail's words."""
    made = Image.Exif()
    made[0x0112] = orientation
    if words:
        made[0x010E] = words + "-description"
        made.get_ifd(0x8769)[0x9286] = words.encode() + b"-comment"
        made.get_ifd(0x8825)[0x001D] = words + "-gps"
    return made.tobytes()


def profile(words: str = "", swapped: bool = False) -> bytes:
    """An sRGB profile; `swapped` takes red for green; `words` are written into its description."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    if swapped:
        red, green = data.index(b"rXYZ"), data.index(b"gXYZ")
        data[red : red + 4], data[green : green + 4] = b"gXYZ", b"rXYZ"
    if words:
        data += words.encode()
        data[:4] = len(data).to_bytes(4, "big")
    return bytes(data)


def jpeg_segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def with_jpeg_segments(data: bytes, *segments: bytes) -> bytes:
    """Put segments right behind the start of a JPEG."""
    return data[:2] + b"".join(segments) + data[2:]


def png_chunk(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))


def with_png_chunks(data: bytes, *chunks: bytes) -> bytes:
    """Put chunks right behind the header chunk of a PNG."""
    return data[:33] + b"".join(chunks) + data[33:]


def png_of_claimed_size(width: int, height: int) -> bytes:
    """A tiny PNG that says it is as large as this."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(bytes(1000)))
        + png_chunk(b"IEND", b"")
    )


def webp_of_claimed_size(width: int, height: int) -> bytes:
    """A tiny WebP that says it is as large as this."""
    data = bytearray(file(flag().convert("RGBA"), "WEBP", exif=exif()))
    assert data[12:16] == b"VP8X"
    data[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(data)


def gif_of_claimed_size(width: int, height: int) -> bytes:
    """A tiny GIF that says it is as large as this."""
    data = bytearray(file(flag(), "GIF"))
    data[6:10] = struct.pack("<HH", width, height)
    return bytes(data)


def moving(format: str) -> bytes:
    """Two frames, shown one after the other."""
    return file(flag(), format, save_all=True, append_images=[flag().rotate(180)], duration=200)


def png_text(words: str) -> PngImagePlugin.PngInfo:
    """Words in all three kinds of a PNG's text, and as XMP."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", words + "-text")
    info.add_text("Description", words + "-ztext " * 40, zip=True)
    info.add_itxt("Author", words + "-itext")
    info.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{words}-xmp</x:xmpmeta>")
    return info
