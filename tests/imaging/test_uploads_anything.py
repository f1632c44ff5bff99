"""Whatever is uploaded as a picture: a picture without a past or a sentence; never trouble, and no file left behind."""

import random
from pathlib import Path

import pytest
from cast import person
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from fuzzing import many, quiet  # noqa: F401
from hypothesis import given
from hypothesis import strategies as st
from picture_files import exif, file, flag, moving, png_of_claimed_size, png_text, profile, with_jpeg_segments
from test_verify_anything import mutated

from blog.models import Image

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("quiet", "small_renditions"),
    pytest.mark.filterwarnings("ignore"),
]
PAST = b"QUILLWORT"
WORDS = PAST.decode()
SCRIPT = b"<script>alert(1)</script>"
SEEDS = {
    "jpeg": file(flag(), "JPEG", exif=exif(6, WORDS), icc_profile=profile(WORDS), comment=PAST),
    "png": file(flag(), "PNG", exif=exif(6, WORDS), pnginfo=png_text(WORDS)),
    "webp": file(flag().convert("RGBA"), "WEBP", exif=exif(6, WORDS), icc_profile=profile(WORDS)),
    "gif": file(flag(), "GIF", comment=PAST),
    "moving": moving("WEBP"),
    "metadata": with_jpeg_segments(file(flag(), "JPEG"), *[b"\xff\xe1\xff\xff" + b"QUILLWORT".ljust(65533)] * 40),
    "page and picture": file(flag(), "GIF", comment=SCRIPT) + SCRIPT + PAST,
    "picture and archive": file(flag(), "JPEG") + b"PK\x03\x04" + PAST * 50,
    "huge": png_of_claimed_size(60_000, 60_000),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "page": b"<!doctype html>" + SCRIPT,
    "nothing": b"",
}
NAMES = (
    "photo.jpg",
    "photo.svg",
    "photo.php.jpg",
    "../../photo.jpg",
    "photo.html",
    "\u202egpj.exe",
    "x" * 300,
    "a\x00b",
)
KINDS = ("image/jpeg", "image/svg+xml", "text/html", "application/octet-stream", "", "nonsense")
ABOUT = {"alt_text": "A flag", "depicts": "nobody", "caption": "", "credit": "", "focal_x": "0.5", "focal_y": "0.5"}


def stored() -> set[Path]:
    roots = (settings.MEDIA_ROOT, settings.MASTERS_ROOT, settings.PRIVATE_ROOT)
    return {path for root in roots for path in Path(root).rglob("*") if path.is_file()}


@pytest.mark.parametrize("address", ["/admin/blog/image/upload/", "/admin/blog/image/add/"])
def test_every_upload_becomes_a_clean_picture_or_a_sentence(address):
    client = Client()
    client.force_login(person("wilma", "Writer"))
    before = stored()
    taken = []

    @many(150)
    @given(
        st.sampled_from(sorted(SEEDS)), st.sampled_from(NAMES), st.sampled_from(KINDS), st.randoms(), st.integers(0, 3)
    )
    def check(seed, name, kind, chance, how_much):
        data = SEEDS[seed]
        if data and how_much > 1:
            data = mutated(data, random.Random(chance.randrange(10**9)))
        with transaction.atomic():
            answer = client.post(address, ABOUT | {"file": SimpleUploadedFile(name, data, kind)})
            files = stored() - before
            try:
                if "upload" in address:
                    sentence = answer.json().get("error", "")
                    assert answer.status_code == (400 if sentence else 200)
                    is_taken = not sentence
                else:
                    assert answer.status_code in (200, 302)
                    is_taken = answer.status_code == 302
                assert is_taken == Image.objects.exists() == bool(files)
                assert not any(PAST in path.read_bytes() or SCRIPT in path.read_bytes() for path in files)
                assert {path.suffix for path in files} <= {".jpg", ".png", ".webp", ".avif"}
                assert seed not in ("moving", "svg", "page", "nothing", "huge") or how_much > 1 or not is_taken
                taken.append(is_taken)
            finally:
                for path in files:
                    path.unlink()
            transaction.set_rollback(True)

    check()
    assert 10 < sum(taken) < len(taken) - 10, "some are taken, some refused"
