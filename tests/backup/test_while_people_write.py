"""A backup that is made while others write, killed, without room, or while a consent is revoked."""

import os
import signal
import subprocess
import sys
import tarfile
import time

import pytest
from django.apps import apps
from django.utils import timezone
from live_site import ROOT

from blog.backup import BackupFailed, make
from blog.backup.reading import Visitor, opened, walk

ON_POSTGRES = os.environ["TEST_ON"] == "postgres"
on_one = pytest.mark.skipif(ON_POSTGRES, reason="about files; once is enough")
MODELS = {model._meta.label_lower: model for model in apps.get_models(include_auto_created=True)}
# Publishes, uploads and deletes until it is stopped; first says that it began.
BUSY = """
from django.utils import timezone
from factories import change_post, make_picture, make_post, make_tag
from blog.models import Image
from blog.picture_files import finish_deletions
number = 0
while True:
    number += 1
    picture = make_picture(100 + number % 400, 80, alt_text=f"Picture {number}")
    names = {"tags": (f"tag {number}",), "topic": f"topic {number}"}
    post = make_post(f"Post {number}", hero_image=picture, hero_alt="A lamp", **names)
    change_post(post, body=f"<p>{'word ' * 2000}</p>")
    spare = make_picture(600, 90 + number % 500, alt_text="Spare")
    spare.delete()
    finish_deletions()
    print(number, flush=True)
"""


class ForeignKeys(Visitor):
    """Collects every key and everything that points at one."""

    def __init__(self):
        self.keys, self.pointing = {}, []

    def table(self, table, rows):
        model = MODELS[table.name]
        relations = [f for f in model._meta.local_concrete_fields if f.is_relation and f.db_constraint]
        own = self.keys.setdefault(table.name, set())
        for row in rows:
            values = dict(zip(table.columns, row, strict=True))
            own.add(values[model._meta.pk.attname])
            for field in relations:
                if values[field.attname] is not None:
                    self.pointing.append((table.name, field.related_model._meta.label_lower, values[field.attname]))


def looked_through(path):
    """See that every foreign key leads to a row, and that every file is there that a row names."""
    seen = ForeignKeys()
    with opened(path) as file:
        contents = walk(file, seen)
    assert contents.lost == 0 and len(seen.pointing) > 100
    assert [one for one in seen.pointing if one[2] not in seen.keys[one[1]]] == []


# The posts are read; before their revisions are, it waits until others have published two more.
SLOW = """
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from django.db import connection
from django.utils import timezone
from blog import backup
from blog.backup import writing
from blog.models import Publication
real = writing.rows
def count():
    try:
        return Publication.objects.count()
    finally:
        connection.close()
def slowly(model):
    if model._meta.label_lower == "blog.revision":
        with ThreadPoolExecutor(1) as thread:  # which has a connection of its own
            before, deadline = thread.submit(count).result(), time.monotonic() + 60
            while thread.submit(count).result() < before + 2:
                assert time.monotonic() < deadline, "nobody can write meanwhile"
                time.sleep(0.1)
    return real(model)
writing.rows = slowly
backup.make(Path("{folder}") / "blog.tar", timezone.now(), print)
print("made")
"""


def test_it_is_of_one_moment_while_people_write(request, tmp_path):
    site = request.getfixturevalue("restored" if ON_POSTGRES else "rich_copy")
    busy = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", BUSY],
        cwd=ROOT,
        env=site.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    with busy:
        try:
            assert busy.stdout.readline()
            status, said = site.runs(SLOW.format(folder=tmp_path))
        finally:
            busy.kill()
    assert status == 0 and said.endswith("made\n"), said
    looked_through(tmp_path / "blog.tar")


def member(backup, name):
    with tarfile.open(backup) as archive:
        return archive.extractfile(name).read()


KILLED = """
import os, signal
from blog.backup import {module}
{module}.{name} = lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGKILL)
from django.core.management import call_command
call_command({command})
"""


@on_one
def test_a_killed_backup_has_no_name_and_the_next_one_clears_up(rich, tmp_path):
    code = KILLED.format(module="writing", name="walk", command=f"'backup', '--to', {str(tmp_path)!r}")
    status, _ = rich.runs(code)
    assert status == -signal.SIGKILL
    left = [path.name for path in tmp_path.iterdir()]
    assert len(left) == 1 and left[0].startswith(".blog-") and left[0].endswith(".part")
    (tmp_path / ".blog-else.part").mkdir()  # nobody's
    rich.run("backup", "--to", str(tmp_path))
    assert sorted(path.name[:6] for path in tmp_path.iterdir()) == [".blog-", "blog-2"]
    assert len(list(tmp_path.glob("blog-*.tar"))) == 1 and list(tmp_path.glob(".*")) == [tmp_path / ".blog-else.part"]


@on_one
def test_without_room_there_is_a_sentence_and_nothing_left(rich, tmp_path):
    def little(size):
        import resource

        return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    status, said = rich.tries("backup", "--to", str(tmp_path), preexec_fn=little(100_000))
    assert status == 1 and "No backup was made in" in said and "no room is left there" in said
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BackupFailed, match="is not there"):
        make(tmp_path / "none" / "blog.tar", timezone.now(), print)


@on_one
def test_a_revocation_meanwhile_is_in_it_and_a_lost_file_is_said(rich_copy, tmp_path):
    code = (
        "from django.core.management import call_command\n"
        "from blog import publishing\n"
        "from blog.backup import writing\n"
        "from blog.models import PhotoConsent\n"
        "measure = writing._measure\n"
        "def revoked(names):\n"
        "    for consent in PhotoConsent.objects.filter(revoked_at=None):\n"
        "        publishing.revoke(publishing.Operator(), consent)\n"
        "    return measure(names)\n"
        "writing._measure = revoked\n"
        f"call_command('backup', '--to', {str(tmp_path)!r})\n"
    )
    status, said = rich_copy.runs(code)
    assert status == 0 and "Beginning anew" in said, said
    backup = next(tmp_path.glob("*.tar"))
    looked_through(backup)
    consents = member(backup, "database/blog.photoconsent.jsonl")
    assert b"2026-0" in consents and consents.count(b"null") == 2, "revoked, by nobody, without a last day"

    lost = sorted((rich_copy.folder / "media").glob("[!.]*"))[0]
    lost.unlink()
    backup.unlink()
    time.sleep(1)  # the name tells seconds
    status, said = rich_copy.tries("backup", "--to", str(tmp_path))
    assert status == 1 and f"this site has lost (1): media/{lost.name}" in said, said
    backup = next(tmp_path.glob("*.tar"))
    assert member(backup, "absent.jsonl").count(b'"missing"') == 1
    assert "1 of their files missing" in rich_copy.run("restore", "--verify", str(backup))
