"""A backup and what comes back of it: every value of every table, every byte of every picture."""

import json
import os
import stat
import subprocess

import pytest
from backed_up_site import BackedUpSite
from django.apps import apps
from django.conf import settings
from django.db.models import FileField

from blog.backup.picture_names import FOLDERS
from blog.backup.tables import LEFT_OUT

ON_POSTGRES = os.environ["TEST_ON"] == "postgres"
# What only moves on, or tells of this very moment.
OTHER = {"blog.changestamp", *LEFT_OUT} - {"blog.searchentry"}
NEXT = """
import json
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from factories import make_post
from blog.models import AuditEntry, BulkAct, ChangeStamp
from django.utils import timezone
post = make_post("The next one", live=True)
act = BulkAct.objects.create(name="tag", words="x", at=timezone.now())
user = User.objects.create_user("newcomer")
try:
    with transaction.atomic():
        AuditEntry.objects.filter(pk=AuditEntry.objects.first().pk).update(reason="else")
    guarded = False
except DatabaseError as error:
    guarded = "never changed" in str(error)
print(json.dumps({"act": act.pk, "user": user.pk, "guarded": guarded, "stamp": ChangeStamp.current()}))
"""


def same(before: dict, after: dict) -> None:
    assert before.keys() == after.keys()
    for table in before.keys() - OTHER:
        assert after[table] == before[table], table


def go_on(site) -> dict:
    """What the next acts on the site get: keys, and the guard of the record."""
    return json.loads(site.python(NEXT).splitlines()[-1])


def test_everything_comes_back(rich, rich_backup, restored):
    before, files, after = rich.rows(), rich.files(), restored.first_rows
    blank = [table for table, rows in before.items() if not rows and not table.startswith("axes.")]
    assert blank == [], "give each a row in rich_site.py, so that its way through a backup is seen"
    same(before, after)
    assert restored.first_files == files and files
    assert "Everything is restored" in restored.said and "C-2026-014" in restored.said
    assert not any(after[table] for table in LEFT_OUT if table != "blog.searchentry")
    stamp = after["blog.changestamp"][0]["value"]
    assert stamp > before["blog.changestamp"][0]["value"] + 1_000_000

    went_on = go_on(restored)
    assert went_on["guarded"] and went_on["stamp"] > stamp
    # Each key is a higher one than any that was given out, also to rows that were gone before the backup.
    for key, table in (("act", "blog.bulkact"), ("user", "auth.user")):
        assert went_on[key] == max(row["id"] for row in before[table]) + 41

    status, said = restored.tries("restore", str(rich_backup))
    assert status == 1 and "This site is not empty" in said and "docs/operations.md" in said


@pytest.mark.skipif(not ON_POSTGRES, reason="the way from PostgreSQL")
def test_and_from_postgresql_to_sqlite(restored, empty, tmp_path):
    restored.run("backup", "--to", str(tmp_path))
    empty.run("restore", str(next(tmp_path.glob("blog-*.tar"))))
    same(restored.rows(), empty.rows())
    assert empty.files() == restored.files()


@pytest.mark.skipif(ON_POSTGRES, reason="about the file; once is enough")
def test_the_file_can_be_opened_without_this_program(rich_backup, tmp_path):
    assert stat.S_IMODE(os.stat(rich_backup).st_mode) == 0o600
    subprocess.run(["tar", "-xf", rich_backup, "-C", tmp_path], check=True)
    subprocess.run(["sha256sum", "--check", "--quiet", "checksums.sha256"], cwd=tmp_path, check=True)
    text = rich_backup.read_bytes()
    assert b"only for this test" not in text, "the secret key"
    assert (tmp_path / "manifest.json").read_text().count("Everybody signs in again.") == 1
    nowhere = BackedUpSite(tmp_path / "var")
    nowhere.environment["DATABASE_URL"] = "postgres://nobody@127.0.0.1:1/none"
    assert "5 posts, 3 pictures" in nowhere.run("restore", "--verify", str(rich_backup))


def test_every_field_of_files_is_known_to_backups():
    fields = [
        field for model in apps.get_models() for field in model._meta.get_fields() if isinstance(field, FileField)
    ]
    assert [str(field) for field in fields] == ["blog.Image.master"], "add the new one to blog/backup/picture_names.py"
    assert set(settings.STORAGES) - {"staticfiles"} == set(FOLDERS), "and this one to its folders"
