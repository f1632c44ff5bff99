"""The disk is full: what was to be saved is said not to be, stays in the page, and leaves nothing half-written."""

import io
import json
import os
import subprocess

import pytest
from PIL import Image as Pillow
from staff_client import Staff, Window

ON = os.environ["TEST_ON"]
WORDS = "<p>" + " ".join(["Words that need room."] * 12000) + "</p>"
STATE = """
from django.utils import timezone
from datetime import timedelta
from blog import orphan_files
found = orphan_files.look(timezone.now() + timedelta(hours=25))
print(json.dumps([
    list(Publication.objects.filter(post__slug="written").values_list("body", flat=True)),
    list(Revision.objects.filter(post__slug="written").order_by("pk").values_list("body", flat=True)),
    Image.objects.count(), len(found.missing), len(found.orphans) + len(found.unfinished),
]))
"""


@pytest.fixture
def small_disk(tmp_path):
    """The site's folder on a disk of its own: ``small_disk(left)`` fills it but for so many bytes, None makes room."""
    folder = tmp_path / "var"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    filler = folder / "filler"

    def fill(left: int | None) -> None:
        filler.unlink(missing_ok=True)
        if left is None:
            return
        with open(filler, "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                file.truncate(max(0, file.tell() - left))

    yield fill
    subprocess.run(["umount", "-l", str(folder)], check=True)


def photo() -> bytes:
    file = io.BytesIO()
    Pillow.effect_noise((900, 700), 60).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def files(site) -> set[str]:
    return {
        f"{path.parent.name}/{path.name}"
        for name in ("media", "masters", "private")
        for path in (site.folder / name).rglob("*")
    }


def test_a_clear_sentence_and_nothing_half(small_disk, site):
    first = "<p>Words of written.</p>"
    written = int(site.begin(f"post('unread', '<p>Other words.</p>'); print(post('written', {first!r}))"))
    site.environment["WEB_CONCURRENCY"] = "1"
    site.start()
    staff, reader = Staff(site).sign_in(), Staff(site)
    window = Window(staff, written, 1)
    assert staff.upload(photo()).status == 200
    pages = {path: reader.ask(path).body for path in ("/blog/", "/blog/written/", "/feed/")}
    before = files(site)

    # No room at all; then room for the original of a picture and for some of its files, but not for all.
    original = sum(path.stat().st_size for path in (site.folder / "masters").iterdir())
    others = sum(path.stat().st_size for path in (site.folder / "media").iterdir())
    for left in (0, original + others // 2):
        small_disk(left)
        refused = staff.upload(photo())
        assert refused.status in (400, 503), refused.text
        said = refused.json()["error"] if refused.status == 400 else refused.words
        assert "no room left" in said or "disk is full" in said, said
        assert files(site) == before, "what was written of it is gone again"
    assert {path: reader.ask(path).body for path in pages} == pages
    if ON == "sqlite":
        small_disk(0)
        # Another article is read, or says that it is not; never a half one.
        other = reader.ask("/blog/unread/")
        assert (other.status, "Other words." in other.text) in ((200, True), (503, False))
        kept = window.autosave(body=WORDS)
        assert kept.status == 503 and "disk is full" in kept.words
        saved = window.save(body=WORDS)
        assert saved.status == 503 and "Not saved yet" in saved.words
        assert "The server’s disk is full" in saved.words and "What you typed is kept in this page" in saved.words
        assert saved.form()["body"] == WORDS
        assert {path: reader.ask(path).body for path in pages} == pages

    small_disk(None)
    again = staff.upload(photo())
    assert again.status == 200
    if ON == "sqlite":
        assert "Not saved" not in staff.ask(window.address, saved.form()).words
        published = staff.publish(written)
        assert "It is live." in published.words
        assert "Words that need room." in reader.ask("/blog/written/").text
    publications, revisions, pictures, missing, orphans = json.loads(site.ask(STATE))
    assert (pictures, missing, orphans) == (2, 0, 0)
    if ON == "sqlite":
        assert sorted(publications) == sorted(revisions) == sorted([first, WORDS])
        assert "is whole" in str(site.ask("from blog.health import around; print(around.database_file())"))
