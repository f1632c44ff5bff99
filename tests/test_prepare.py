"""What a server does for each release: `manage.py prepare`, however many do it at the same time."""

import os
import secrets
import subprocess
import sys
import time
from urllib.parse import urlsplit

import psycopg2
import pytest
from live_site import ROOT, LiveSite, free_port

ON_POSTGRES = os.environ["TEST_ON"] == "postgres"


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory):
    """A site whose database is empty, on the kind of database that this run is for."""
    site = LiveSite(tmp_path_factory.mktemp("site") / "var")
    site.environment["SECRET_KEY"] = "only for this test"
    if not ON_POSTGRES:
        yield site
        return
    server, name = urlsplit(os.environ["TEST_DATABASE_URL"]), f"empty_{secrets.token_hex(4)}"
    admin = psycopg2.connect(server._replace(path="/postgres").geturl())
    admin.autocommit = True
    admin.cursor().execute(f"CREATE DATABASE {name}")
    site.environment["DATABASE_URL"] = server._replace(path=f"/{name}").geturl()
    yield site
    admin.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.fixture(scope="module")
def prepared(empty_site):
    """What each of three processes, begun at once on the empty database, ended with."""
    return [ends(process) for process in [begin(empty_site, "prepare") for _ in range(3)]]


@pytest.fixture
def site(empty_site, prepared):
    """The site once it is prepared."""
    return empty_site


@pytest.fixture
def holder(site):
    """A process that is still migrating when another begins. A line on its input lets it finish."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", HOLDS],
        cwd=ROOT,
        env=site.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline().strip() == "holds"
    yield process
    process.kill()
    process.communicate()


HOLDS = """
import sys
from blog.management.commands import migrate
with migrate.alone("default", print):
    print("holds", flush=True)
    sys.stdin.readline()
"""


def begin(site, *command):
    return subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=site.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ends(process) -> tuple[int, str]:
    printed, _ = process.communicate(timeout=120)
    return process.returncode, printed


def test_three_at_once_prepare_an_empty_database_once(site, prepared):
    for code, printed in prepared:
        assert code == 0 and "ready for this release" in printed and "Traceback" not in printed, printed
    counted = site.python(
        "from django.db.migrations.recorder import MigrationRecorder as M;"
        "names = list(M.Migration.objects.values_list('app', 'name')); print(len(names), len(set(names)))"
    )
    applied, different = map(int, counted.split())
    assert applied == different > 15


def test_the_second_waits_says_so_and_goes_on(site, holder):
    second = begin(site, "migrate", "--verbosity=0")
    assert "Waiting for it" in second.stdout.readline()
    assert second.poll() is None
    holder.communicate("\n", timeout=30)
    assert ends(second)[0] == 0


def test_a_lock_whose_holder_died_is_free(site, holder):
    holder.kill()
    code, printed = ends(begin(site, "migrate", "--verbosity=0"))
    assert code == 0 and "Waiting" not in printed, printed


def test_it_brings_no_samples_and_no_login_but_says_how_the_first_is_made(site):
    assert "manage.py invite" in site.run("prepare")
    counted = site.python(
        "from django.contrib.auth.models import User; from blog.models import Post;"
        "print(User.objects.count(), Post.objects.count())"
        "; User.objects.create_user('mia', is_staff=True, password='x')"
    )
    assert counted.split() == ["0", "0"]
    said = site.run("prepare")
    assert "ready for this release" in said and "invite" not in said


def test_it_waits_for_a_database_that_is_not_there_yet_and_then_says_where_to_look(tmp_path):
    site = LiveSite(tmp_path)
    site.environment |= {"SECRET_KEY": "a key", "DATABASE_URL": f"postgres://blog@127.0.0.1:{free_port()}/blog"}
    started = time.monotonic()
    code, printed = ends(begin(site, "prepare", "--wait", "1.5"))
    assert code and "DATABASE_URL" in printed and "Traceback" not in printed
    assert time.monotonic() - started > 1.5
