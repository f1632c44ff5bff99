"""HEIC, the format of iPhones, decoded in a process of its own.

libheif's Python binding can be brought to a segmentation fault by a damaged
file (pi-heif 1.4.0: an item whose type is not UTF-8), and a worker of the site
must not die of an upload. So this file is also a program: HEIC on its input,
PNG on its output, with bounded memory and time, without the site's environment
and so without its secrets. It imports nothing of the blog.
"""

import importlib.util
import io
import subprocess
import sys
from pathlib import Path

# Decoding 50 megapixels takes 350 MB and 3 s; threads reserve addresses beside.
MAX_ADDRESS_SPACE = 2 * 1024**3  # bytes
MAX_SECONDS = 30

# Pillow reads no larger colour profile from a PNG.
_MAX_PROFILE_BYTES = 1024 * 1024
_TOO_LARGE = 3


class TooLarge(Exception):
    """The picture's header tells measures over the limits."""


def available() -> bool:
    """Whether the decoder, an optional package, is installed."""
    return importlib.util.find_spec("pi_heif") is not None


def to_png(data: bytes, max_pixels: int, max_side: int, fit_side: int) -> bytes:
    """Decode the main picture of a HEIC file.

    Args:
        data: the whole file.
        max_pixels: the most width times height may be, px.
        max_side: the most width or height may be, px.
        fit_side: a picture with a longer side is scaled down to this, px.

    Returns:
        A PNG file, upright, with the HEIC's colour profile, if it has one.

    Raises:
        TooLarge: over ``max_pixels`` or ``max_side``.
        OSError: anything else, from a damaged file to a decoder that crashed
            or took too long.
    """
    command = [sys.executable, "-I", str(Path(__file__).resolve()), str(max_pixels), str(max_side), str(fit_side)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, env={}, timeout=MAX_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise OSError(f"no picture after {MAX_SECONDS} s") from None
    if done.returncode == _TOO_LARGE:
        raise TooLarge
    if done.returncode:
        raise OSError(f"the HEIC decoder ended with {done.returncode}")
    return done.stdout


def _limit_this_process() -> None:
    """Bound memory and time; where the system knows no limits, the caller's clock remains."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESS_SPACE, MAX_ADDRESS_SPACE))


def _main(max_pixels: int, max_side: int, fit_side: int) -> int:
    """Be the program: the picture from input to output, and the exit code."""
    _limit_this_process()
    import pi_heif

    options = pi_heif.options
    options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False
    heif = pi_heif.open_heif(io.BytesIO(sys.stdin.buffer.read()))
    width, height = heif.size
    if max(width, height) > max_side or width * height > max_pixels:
        return _TOO_LARGE
    # libheif has turned the picture by the container's own rule already.
    image = heif.to_pillow()
    profile = image.info.get("icc_profile")
    image.info = {}
    image.thumbnail((fit_side, fit_side), reducing_gap=3.0)
    keep = profile if profile and len(profile) <= _MAX_PROFILE_BYTES else None
    image.save(sys.stdout.buffer, "PNG", compress_level=1, icc_profile=keep)
    return 0


if __name__ == "__main__":
    sys.exit(_main(*map(int, sys.argv[1:])))
