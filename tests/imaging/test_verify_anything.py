"""Whatever bytes come in, the answer is a master or a refusal."""

import random

import pytest
from fuzzing import many
from hypothesis import given
from hypothesis import strategies as st
from picture_files import HEIC, exif, file, flag, png_text, profile

from blog.imaging.verify import Master, PictureRefused, verify

SEEDS = {
    "jpeg": file(flag(), "JPEG", exif=exif(6, "words"), icc_profile=profile(), progressive=True),
    "mpo": file(flag(), "MPO", save_all=True, append_images=[flag()]),
    "png": file(flag(), "PNG", exif=exif(6, "words"), icc_profile=profile(), pnginfo=png_text("words")),
    "palette png": file(flag().convert("P"), "PNG", transparency=0),
    "webp": file(flag().convert("RGBA"), "WEBP", exif=exif(6, "words"), icc_profile=profile()),
    "gif": file(flag(), "GIF", comment=b"words"),
    "avif": file(flag(), "AVIF", exif=exif(6, "words")),
    "heic": HEIC,
}
pytestmark = pytest.mark.filterwarnings("ignore")


def answer(data: bytes) -> None:
    """Verify, and let only the two answers pass."""
    try:
        master = verify(data)
    except PictureRefused as refused:
        assert str(refused)
    else:
        assert isinstance(master, Master)
        assert master.width >= 1
        assert master.height >= 1


def mutated(seed: bytes, chance: random.Random) -> bytes:
    """Change, drop, double or cut a few stretches of a valid file."""
    data = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data)) if chance.random() < 0.5 else chance.randrange(min(len(data), 120))
        length = chance.choice((1, 1, 1, 2, 4, 30))
        stretch = data[at : at + length]
        data[at : at + length] = chance.choice(
            (
                chance.randbytes(len(stretch)),
                b"\xff" * len(stretch),
                b"\0" * len(stretch),
                b"",
                stretch * 2,
                bytes(byte ^ 1 << chance.randrange(8) for byte in stretch),
            )
        )
        if chance.random() < 0.05:
            del data[at:]
        if not data:
            break
    return bytes(data)


@many(100)
@given(st.binary(max_size=400))
def test_any_bytes_get_an_answer(data):
    answer(data)


@many(100)
@given(
    st.sampled_from(
        [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\1\0\0WEBPVP8X", file(flag(), "AVIF")[:40]]
    ),
    st.binary(max_size=400),
)
def test_any_bytes_behind_the_right_beginning_get_an_answer(beginning, data):
    answer(beginning + data)


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_copies_of_real_pictures_get_an_answer(name):
    # Each HEIC starts a process, which takes a tenth of a second.
    @many(12 if name == "heic" else 100)
    @given(st.randoms(use_true_random=False))
    def check(chance):
        answer(mutated(SEEDS[name], chance))

    check()
