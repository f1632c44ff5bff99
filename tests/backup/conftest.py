"""Sites that are backed up and restored, on the kinds of database that this run is for."""

import fcntl
import os
import secrets
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from backed_up_site import BackedUpSite


def made_once(name: str, make) -> BackedUpSite:
    """A site of this name, made by whichever process of the run asks first."""
    site = BackedUpSite(Path(os.environ["BLOG_TESTS_HOME"]) / name)
    with open(f"{site.folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not site.folder.exists():
            making = BackedUpSite(Path(f"{site.folder}-in-the-making"))
            make(making)
            making.folder.rename(site.folder)
    return site


def _migrate(site: BackedUpSite) -> None:
    site.folder.mkdir()
    site.run("prepare")


def _fill(site: BackedUpSite) -> None:
    shutil.copytree(made_once("empty", _migrate).folder, site.folder)
    site.python("import rich_site; rich_site.fill()")


@pytest.fixture(scope="session")
def rich() -> BackedUpSite:
    """A site with something in every table, on SQLite. Nobody changes it."""
    return made_once("rich", _fill)


@pytest.fixture
def rich_copy(rich, tmp_path):
    """The same, to be changed."""
    return _copy(rich, tmp_path / "rich")


@pytest.fixture
def empty(tmp_path):
    """A migrated site with nothing in it, on SQLite."""
    return _copy(made_once("empty", _migrate), tmp_path / "empty")


@pytest.fixture
def another_empty(tmp_path):
    """One more of them."""
    return _copy(made_once("empty", _migrate), tmp_path / "another")


@pytest.fixture
def nothing(tmp_path):
    """A site whose database has no tables: on SQLite, not even a file."""
    return BackedUpSite(tmp_path / "nothing")


@pytest.fixture(scope="session")
def rich_backup(rich) -> Path:
    """A backup of the rich site. Nobody changes it."""

    def make(site):
        site.folder.mkdir()
        rich.run("backup", "--to", str(site.folder))

    return next(made_once("rich-backups", make).folder.glob("blog-*.tar"))


@pytest.fixture(scope="session")
def restored(rich_backup, tmp_path_factory):
    """The rich site on the kind of database that this run is for, restored into none. Tests go on with it.

    ``said`` is what the command printed, ``first_rows`` and ``first_files`` are what it left.
    """
    site = BackedUpSite(tmp_path_factory.mktemp("restored") / "site")
    if os.environ["TEST_ON"] == "postgres":
        server, name = urlsplit(os.environ["TEST_DATABASE_URL"]), f"backup_{secrets.token_hex(4)}"
        site.environment["DATABASE_URL"] = server._replace(path=f"/{name}").geturl()
        admin = psycopg2.connect(server._replace(path="/postgres").geturl())
        admin.autocommit = True
        admin.cursor().execute(f"CREATE DATABASE {name}")
    site.said = site.run("restore", str(rich_backup))
    site.first_rows, site.first_files = site.rows(), site.files()
    yield site
    if os.environ["TEST_ON"] == "postgres":
        admin.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.close()


def _copy(site: BackedUpSite, folder: Path) -> BackedUpSite:
    shutil.copytree(site.folder, folder)
    return BackedUpSite(folder)
