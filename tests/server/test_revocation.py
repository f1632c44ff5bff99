"""A patient's picture before and after the consent is revoked: from a real gunicorn, through the shipped nginx."""

import json
import re
import signal
import subprocess
import sys

import pytest
from live_site import ROOT
from proxy import HOST, eventually

PATIENT = """
import json
from datetime import date
from io import BytesIO
from django.contrib.auth.models import User
from PIL import Image as Pillow
from blog import publishing
from blog.models import Author, FileDeletion, Image, PhotoConsent, Post
from blog.pictures import add_picture
actor = publishing.Operator()
"""
MAKE = """
consent = publishing.record_consent(actor, reference="C-2026-014", scope="blog", signed_on=date(2026, 1, 5))
file = BytesIO()
Pillow.linear_gradient("L").resize((400, 300)).convert("RGB").save(file, "JPEG")
image, _ = add_picture(file.getvalue(), alt_text="A brow", depicts="patient", consent=consent)
author, _ = Author.objects.get_or_create(name="Ada Ray", slug="ada-ray", credentials="RN")
post = Post(title="Lines", slug="lines", author=author, body="<p>Words.</p>", hero_image=image, hero_alt="A brow")
publishing.save_draft(actor, post, [])
publishing.publish(actor, publishing.newest_revision(post))
"""
REVOKE = "publishing.revoke(actor, PhotoConsent.objects.get())"
# As a power cut between the commit and the first file: nothing that runs at the end of a process runs.
KILLED = "import os, signal\nfrom medspa.storage import WholeFileStorage\n"
KILLED += "WholeFileStorage.delete = lambda self, name: os.kill(os.getpid(), signal.SIGKILL)\n"
STATE = """
print(json.dumps({"revoked": PhotoConsent.objects.get().revoked_at is not None,
    "renditions": Image.objects.get(depicts="patient").renditions, "waiting": FileDeletion.objects.count()}))
"""


@pytest.fixture(scope="module")
def site(serve):
    site = serve(f"http://{HOST}")
    site.python(PATIENT + MAKE)
    return site


@pytest.fixture(scope="module")
def proxy(site, put_in_front):
    return put_in_front(site)


def files(site):
    return {path for folder in ("private", "masters") for path in (site.folder / folder).glob("[!.]*")}


def test_a_revocation_walked_with_the_page_and_the_file(site, proxy):
    page = proxy.get("/blog/lines/")
    address = re.search(r"/blog/pictures/[0-9]+/[0-9a-z.-]+\.jpg", page.text)[0]
    name = address.rpartition("/")[2]
    before = proxy.get(address)
    assert before.status == 200 and before.body[:2] == b"\xff\xd8" and before.headers["content-type"] == "image/jpeg"
    assert before.headers["cache-control"] == "private, no-cache" and "expires" not in before.headers
    assert before.headers["x-robots-tag"] == "noindex, noimageindex"
    tag = before.headers["etag"]
    again = proxy.get(address, headers={"If-None-Match": tag})
    assert (again.status, again.body, again.headers["cache-control"]) == (304, b"", "private, no-cache")
    # Each of these requests came to the site itself: nginx kept nothing of the first one.
    assert eventually(lambda: site.log.count(f"GET {address}") == 2)
    for path in (f"/media/{name}", f"/private/{name}", f"/media/../private/{name}", f"/static/../private/{name}"):
        assert proxy.get(path).status in (400, 404), path

    there = files(site)
    assert there and any(path.name == name for path in there)
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", PATIENT + KILLED + REVOKE]
    killed = subprocess.run(command, cwd=ROOT, env=site.environment, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    # The act was kept, and the files are still there; from this moment nobody gets one.
    state = json.loads(site.python(PATIENT + STATE).splitlines()[-1])
    assert (state["revoked"], state["renditions"], state["waiting"]) == (True, [], len(there))
    assert files(site) == there
    for headers in (
        {},
        {"If-None-Match": tag},
        {"If-None-Match": "*"},
        {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    ):
        gone = proxy.get(address, headers=headers)
        assert gone.status == 404 and b"\xff\xd8" not in gone.body, headers
        assert gone.headers["cache-control"] == "private, no-cache"
    # The page around it may come from nginx for one second more; the file, above, for none.
    known = {"If-None-Match": page.headers["etag"]}
    assert eventually(lambda: proxy.get("/blog/lines/", headers=known).status == 200)
    page = proxy.get("/blog/lines/", headers=known)
    assert page.status == 200 and "This picture is no longer shown." in page.text
    assert "/blog/pictures/" not in page.text and "A brow" not in page.text
    assert eventually(lambda: "/blog/pictures/" not in proxy.get("/blog/").text)

    # Whoever starts next finishes it.
    site.run("prepare")
    assert files(site) == set()
    assert json.loads(site.python(PATIENT + STATE).splitlines()[-1])["waiting"] == 0


def test_a_picture_that_was_deleted_or_replaced_leaves_no_file_behind_a_kill(site):
    def photo(color):
        return (
            "file = BytesIO()\n"
            f"Pillow.new('RGB', (300, 200), '{color}').save(file, 'JPEG')\n"
            f"image, _ = add_picture(file.getvalue(), alt_text='{color}', depicts='nobody')\n"
        )

    def media():
        return {path.name for path in (site.folder / "media").glob("[!.]*")}

    site.python(PATIENT + photo("teal") + photo("navy"))
    delete = "Image.objects.get(alt_text='teal').delete()\nfrom blog.picture_files import finish_deletions\n"
    replace = "publishing.replace_picture(actor, Image.objects.get(alt_text='navy'), image)"
    kept = media()
    for act in (delete + "finish_deletions()", photo("olive") + replace):
        command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", PATIENT + KILLED + act]
        killed = subprocess.run(command, cwd=ROOT, env=site.environment, capture_output=True, text=True)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert kept < media()
    site.run("prepare")
    named = site.python(PATIENT + "print([one['name'] for image in Image.objects.all() for one in image.renditions])")
    assert media() == {name for name in media() if name in named} and media()


def test_without_the_database_no_file_is_given(serve, put_in_front):
    site = serve(f"http://{HOST}")
    site.python(PATIENT + MAKE)
    proxy = put_in_front(site)
    address = re.search(r"/blog/pictures/[0-9]+/[0-9a-z.-]+\.jpg", proxy.get("/blog/lines/").text)[0]
    tag = proxy.get(address).headers["etag"]
    (site.folder / "db.sqlite3").rename(site.folder / "away.sqlite3")
    (site.folder / "db.sqlite3").mkdir()
    for headers in ({}, {"If-None-Match": tag}):
        answer = proxy.get(address, headers=headers)
        assert answer.status == 503 and b"\xff\xd8" not in answer.body and "retry-after" in answer.headers
