"""Restoring that is cut off, and backups of other releases."""

import os
import signal

import pytest

ON_POSTGRES = os.environ["TEST_ON"] == "postgres"
on_one = pytest.mark.skipif(ON_POSTGRES, reason="the same on both; once is enough")
KILL = """
import os, signal
from django.core.management import call_command
def kill(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
"""
AMONG_THE_FILES = """
from medspa.storage import WholeFileStorage
save, count = WholeFileStorage._save, []
def some(self, name, content):
    count.append(name)
    return save(self, name, content) if len(count) < 20 else kill()
WholeFileStorage._save = some
"""
AFTER_THE_ROWS = """
from blog import backup
backup.finish = kill
"""


@on_one
@pytest.mark.parametrize("when", [AMONG_THE_FILES, AFTER_THE_ROWS], ids=["among the files", "after the rows"])
def test_after_a_kill_the_site_says_so_and_the_same_command_ends_it(when, empty, rich, rich_backup):
    status, _ = empty.runs(f"{KILL}{when}call_command('restore', {str(rich_backup)!r})")
    assert status == -signal.SIGKILL
    posts, rows_are_in = empty.sql("SELECT count(*) FROM blog_post"), when is AFTER_THE_ROWS
    assert posts == [(5 if rows_are_in else 0,)] and len(empty.files()) >= 19
    if rows_are_in:
        said = empty.tries("doctor")[1]
        assert f"Restoring {rich_backup.name} was cut off" in said and "manage.py restore again" in said
    said = empty.run("restore", str(rich_backup))
    assert ("here already" in said) == rows_are_in
    after, before = empty.rows(), rich.rows()
    for table in ("blog.post", "blog.revision", "blog.publication", "blog.searchentry", "auth.user", "blog.image"):
        assert after[table] == before[table], table
    assert {name: data for name, data in empty.files().items() if "/." not in name} == rich.files()
    assert not (empty.folder / "restoring.json").exists()


@on_one
def test_pictures_without_a_database_are_not_written_over(empty, rich_backup):
    (empty.folder / "media").mkdir(exist_ok=True)
    (empty.folder / "media" / "photo.jpg").write_bytes(b"mine")
    status, said = empty.tries("restore", str(rich_backup))
    assert status == 1 and "nothing is written over what lies there" in said and "Move it away" in said
    assert empty.files() == {"media/photo.jpg": b"mine"} and empty.sql("SELECT count(*) FROM blog_post") == [(0,)]


@on_one
def test_a_backup_of_an_earlier_release(empty, another_empty, nothing, tmp_path):
    # As the release had it that knew no counts of readers and no phrases; by the code of this one, before the upgrade.
    empty.run("migrate", "blog", "0014", "-v0")
    topic = (
        "INSERT INTO blog_topic (name, slug, description, position, is_sample) VALUES ('Lasers', 'lasers', '', 1, 0)"
    )
    empty.sql(topic)
    empty.run("backup", "--to", str(tmp_path))
    backup = next(tmp_path.glob("*.tar"))
    assert "Everything is restored" in nothing.run("restore", str(backup))
    rows = nothing.rows()
    assert [row["name"] for row in rows["blog.topic"]] == ["Lasers"]
    assert rows["blog.phrase"] and rows["blog.dailyreads"] == [], "which the migrations since bring"

    # A migrated database is later than it, and one of a release that nobody has here is later than this one.
    before = another_empty.sql()
    status, said = another_empty.tries("restore", str(backup))
    assert status == 1 and "of an earlier release than this database" in said and "without tables" in said
    assert another_empty.sql() == before
    another_empty.sql("INSERT INTO django_migrations (app, name, applied) VALUES ('blog', '9999_later', '2026-01-01')")
    status, said = another_empty.tries("backup", "--to", str(tmp_path))
    assert status == 1 and "of a newer release than this one (blog.9999_later)" in said
