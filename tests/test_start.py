"""From a fresh checkout to a served site: `make run`, `manage.py start`, and how each of them refuses."""

import io
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from live_site import OPENER, LiveSite, clean_environment, free_port

ROOT = Path(__file__).resolve().parent.parent
AS_ROOT = os.geteuid() == 0
once = pytest.mark.skipif(
    os.environ["TEST_ON"] != "sqlite", reason="asks no database of the run; SQLite's run tests it"
)


def one_sentence(text: str) -> str:
    """The text, after checking that it is a line for a person and no traceback."""
    text = text.strip()
    assert text and "Traceback" not in text and len(text.splitlines()) == 1, text
    return text


# --- The command, step by step --------------------------------------------------------------------


@pytest.fixture
def fresh(settings, tmp_path, monkeypatch):
    """A site whose var/ is not there yet. ``fresh()`` starts it, without serving, and gives what was printed."""
    settings.VAR_DIR = tmp_path / "var"
    settings.STATIC_ROOT = tmp_path / "var" / "static"
    for name in ("USERNAME", "PASSWORD", "EMAIL"):
        monkeypatch.delenv(f"DJANGO_SUPERUSER_{name}", raising=False)

    def start(*options):
        printed = io.StringIO()
        call_command("start", "--no-samples", "--no-serve", *options, stdout=printed)
        return printed.getvalue()

    start.var = settings.VAR_DIR
    return start


@pytest.mark.django_db
class TestLogin:
    def test_the_first_start_makes_a_login_with_every_role_and_says_it(self, fresh):
        printed = fresh()
        user = User.objects.get()
        kept = fresh.var / "login.txt"
        username, password = kept.read_text().split()
        assert (user.username, username) == ("staff", "staff")
        assert user.is_superuser and user.is_staff and user.check_password(password)
        assert set(user.groups.all()) == set(Group.objects.all()) != set()
        assert password in printed and "login.txt" in printed and "/admin/" in printed
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    def test_a_second_start_changes_nothing(self, fresh):
        fresh()
        users, kept = list(User.objects.values()), (fresh.var / "login.txt").read_text()
        printed = fresh()
        assert list(User.objects.values()) == users
        assert (fresh.var / "login.txt").read_text() == kept
        assert kept.split()[1] in printed

    def test_the_login_comes_from_the_environment_where_that_has_one(self, fresh, monkeypatch):
        monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "ada")
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "admin")
        printed = fresh()
        user = User.objects.get()
        assert user.username == "ada" and user.check_password("admin") and user.groups.exists()
        assert "ada" in printed
        assert not (fresh.var / "login.txt").exists()

    def test_a_name_alone_gets_a_random_password(self, fresh, monkeypatch):
        monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "ada")
        fresh()
        username, password = (fresh.var / "login.txt").read_text().split()
        assert username == "ada" and User.objects.get(username="ada").check_password(password)

    def test_a_later_start_never_resets_a_password_to_the_environments(self, fresh, monkeypatch):
        fresh()
        before = list(User.objects.values())
        monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "ada")
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "another password")
        fresh()
        assert list(User.objects.values()) == before

    def test_a_password_that_staff_changed_is_not_contradicted(self, fresh):
        fresh()
        old = (fresh.var / "login.txt").read_text().split()[1]
        user = User.objects.get()
        user.set_password("changed by its owner")
        user.save()
        assert old not in fresh()
        assert User.objects.get().check_password("changed by its owner")

    def test_a_start_cut_off_before_the_login_was_made_goes_on_with_the_kept_password(self, fresh):
        fresh()
        kept = (fresh.var / "login.txt").read_text()
        User.objects.all().delete()
        fresh()
        assert (fresh.var / "login.txt").read_text() == kept
        assert User.objects.get().check_password(kept.split()[1])

    @pytest.mark.parametrize("name", ["two words", "x" * 151])
    def test_a_name_that_cannot_be_one_is_refused(self, fresh, monkeypatch, name):
        monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", name)
        with pytest.raises(CommandError, match="DJANGO_SUPERUSER_USERNAME"):
            fresh()
        assert not User.objects.exists()

    def test_a_name_that_somebody_else_has_is_refused(self, fresh):
        User.objects.create_user("staff")
        with pytest.raises(CommandError, match="DJANGO_SUPERUSER_USERNAME"):
            fresh()
        assert not User.objects.get().is_superuser


@pytest.mark.django_db
def test_static_files_are_collected_again_only_when_they_changed(fresh):
    def times():
        return {path: path.stat().st_mtime_ns for path in (fresh.var / "static").rglob("*") if path.is_file()}

    (fresh.var / "static").mkdir(parents=True)
    (fresh.var / "static" / "staticfiles.json").touch()
    assert "Collecting" in fresh()
    (fresh.var / "static" / "staticfiles.json").touch()
    before = times()
    assert "Collecting" not in fresh()
    assert times() == before
    (fresh.var / "static-files").write_text("of another release")
    (fresh.var / "static" / "left-over.js").touch()
    assert "Collecting" in fresh()
    assert not (fresh.var / "static" / "left-over.js").exists()


def test_a_port_in_use_is_refused_before_anything_is_made(fresh, settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings.PORT = taken.getsockname()[1]
        with pytest.raises(CommandError, match=r"in use.*PORT=8001 make run"):
            call_command("start", stdout=io.StringIO())
    assert not fresh.var.exists()


def test_a_var_that_is_no_folder_is_refused(fresh):
    fresh.var.write_text("in the way")
    with pytest.raises(CommandError, match="VAR_DIR"):
        fresh()


@pytest.mark.skipif(AS_ROOT, reason="root may write everywhere")
def test_a_var_that_may_not_be_written_is_refused(fresh):
    fresh.var.mkdir(mode=0o500)
    with pytest.raises(CommandError, match="VAR_DIR"):
        fresh()


# --- The process ----------------------------------------------------------------------------------


def manage(*command, **environment):
    """Run manage.py with an environment of nothing but what is given."""
    basics = {name: value for name, value in clean_environment().items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=basics | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@once
@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80.5", "٨٠٠٠", "1e3", "9" * 5000])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    done = manage("manage.py", "start", PORT=port, VAR_DIR=str(tmp_path))
    assert done.returncode
    assert "PORT must be a whole number from 1 to 65535" in one_sentence(done.stderr)


@once
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SITE_URL", "blog.example.com"),
        ("SITE_URL", "https://blog.example.com/path"),
        ("SITE_URL", "http://127.0.0.1:many"),
        ("SITE_URL", "http://[::1"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://somewhere/blog"),
        ("DATABASE_URL", "postgres://user:password@host:port/blog"),
        ("TIME_ZONE", "Alaska"),
        ("EMAIL_URL", "mail.example.com"),
        ("EMAIL_URL", "https://mail.example.com"),
        ("EMAIL_URL", "smtp+tls://"),
        ("EMAIL_URL", "smtp+tls://user:password@mail.example.com:many"),
        ("EMAIL_URL", "memorymail://"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named_in_one_sentence(tmp_path, variable, value):
    done = manage("manage.py", "check", SECRET_KEY="a key", VAR_DIR=str(tmp_path), **{variable: value})
    assert done.returncode
    assert variable in one_sentence(done.stderr)


@once
@pytest.mark.parametrize("sender", ["", "Northlight", "nobody@", "<>"])
def test_e_mail_needs_to_come_from_somebody(tmp_path, sender):
    values = {"EMAIL_URL": "smtp+tls://user:password@mail.example.com", "DEFAULT_FROM_EMAIL": sender}
    done = manage("manage.py", "check", SECRET_KEY="a key", VAR_DIR=str(tmp_path), **values)
    assert done.returncode
    assert "DEFAULT_FROM_EMAIL" in one_sentence(done.stderr)


@once
def test_an_e_mail_address_becomes_djangos_settings(tmp_path):
    names = "HOST PORT HOST_USER HOST_PASSWORD USE_TLS USE_SSL"
    code = f"from django.conf import settings; print(*(getattr(settings, 'EMAIL_' + n) for n in {names.split()}))"
    found = {}
    for url in ("smtp+tls://me%40x:p%2Fw@mail.example.com", "smtp+ssl://mail.example.com", "smtp://127.0.0.1:2525"):
        values = {"EMAIL_URL": url, "DEFAULT_FROM_EMAIL": "Northlight <blog@example.com>", "VAR_DIR": str(tmp_path)}
        done = manage("manage.py", "shell", "--no-imports", "-c", code, SECRET_KEY="a key", **values)
        found[url] = done.stdout.strip() or done.stderr
    assert list(found.values()) == [
        "mail.example.com 587 me@x p/w True False",
        "mail.example.com 465   False True",
        "127.0.0.1 2525   False False",
    ]


@once
@pytest.mark.parametrize("command", [("manage.py", "check"), ("-m", "gunicorn", "-c", "python:medspa.gunicorn")])
def test_without_a_secret_key_nothing_starts(tmp_path, command):
    done = manage(*command, VAR_DIR=str(tmp_path), PORT=str(free_port()))
    assert done.returncode
    assert "SECRET_KEY is missing" in one_sentence(done.stderr)


@once
@pytest.mark.parametrize("value", ["many", "0", "-2"])
def test_a_number_of_workers_that_is_none_is_refused(tmp_path, value):
    done = manage("manage.py", "start", VAR_DIR=str(tmp_path), WEB_CONCURRENCY=value, PORT=str(free_port()))
    assert done.returncode
    assert "WEB_CONCURRENCY" in one_sentence(done.stderr)


@once
def test_a_database_that_does_not_answer_is_one_sentence(tmp_path):
    url = f"postgres://blog@127.0.0.1:{free_port()}/blog"
    done = manage("manage.py", "start", "--no-serve", VAR_DIR=str(tmp_path), DATABASE_URL=url)
    assert done.returncode
    assert "DATABASE_URL" in one_sentence(done.stderr)


@once
def test_a_var_in_the_way_is_one_sentence(tmp_path):
    (tmp_path / "var").write_text("a file")
    done = manage("manage.py", "start", VAR_DIR=str(tmp_path / "var"), PORT=str(free_port()))
    assert done.returncode
    assert "VAR_DIR" in one_sentence(done.stderr)


@once
def test_a_started_site_serves_until_ctrl_c(tmp_path):
    site = LiveSite(tmp_path / "var")
    del site.environment["SITE_URL"]
    command = [sys.executable, "manage.py", "start", "--no-samples"]
    with open(tmp_path / "printed", "w") as printed:
        server = subprocess.Popen(
            command, cwd=ROOT, env=site.environment, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed
        )
    try:
        deadline = time.monotonic() + 120
        while not site.answers():
            assert server.poll() is None and time.monotonic() < deadline, (tmp_path / "printed").read_text()
            time.sleep(0.1)
        with OPENER.open(f"{site.url}/admin/login/") as answer:
            assert answer.status == 200
        key = tmp_path / "var" / "secret-key"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600 and len(key.read_text()) > 50
        second = subprocess.run(command, cwd=ROOT, env=site.environment, capture_output=True, text=True)
        assert second.returncode and f"Port {site.port} is in use" in one_sentence(second.stderr)
    finally:
        server.send_signal(signal.SIGINT)
    assert server.wait(timeout=30) == 0
    text = (tmp_path / "printed").read_text()
    assert f"{site.url}/admin/" in text and "Traceback" not in text


# --- The Makefile ---------------------------------------------------------------------------------

TOOLS = ("sh", "make", "cmp", "cp", "rm", "mkdir", "chmod", "cat", "ln")

# Stands in for a Python: answers what the Makefile asks, and notes what it is told to make.
FAKE_PYTHON = """#!/bin/sh
case "$*" in
    *"import ensurepip"*) {has_venv} ;;
    *"sys.version_info <"*) {new_enough} ;;
    *version_info*) echo {version} ;;
    "-c ") ;;
    "-m venv --clear .venv") echo venv >> calls; rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    *"pip install"*) echo "pip" >> calls; {pip} ;;
    "manage.py start") echo start >> calls ;;
    *) echo "unexpected: $*"; exit 9 ;;
esac
"""


@pytest.fixture
def checkout(tmp_path):
    """A copy of the Makefile beside stand-ins for Python; only they and a few tools are on its path."""
    return Checkout(tmp_path / "a checkout", tmp_path / "bin")


class Checkout:
    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs = folder, programs
        folder.mkdir()
        programs.mkdir()
        for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
            shutil.copy(ROOT / name, folder)
        for tool in TOOLS:
            (programs / tool).symlink_to(shutil.which(tool))

    def add_python(self, name="python3", version="3.12.1", new_enough=True, has_venv=True, pip="true"):
        path = self.programs / name
        answers = {
            "version": version,
            "has_venv": str(has_venv).lower(),
            "new_enough": str(new_enough).lower(),
            "pip": pip,
        }
        path.write_text(FAKE_PYTHON.format(**answers))
        path.chmod(0o755)
        return path

    def make(self, *arguments):
        return subprocess.run(
            [self.programs / "make", *arguments],
            cwd=self.folder,
            env={"PATH": str(self.programs), "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def refused(self, *arguments) -> str:
        """What `make run` says instead of running."""
        done = self.make("run", *arguments)
        assert done.returncode
        lines = [line for line in done.stderr.splitlines() if not line.startswith("make")]
        return one_sentence("\n".join(lines))

    def calls(self) -> list[str]:
        """What the stand-ins were told to make since the last time."""
        path = self.folder / "calls"
        calls = path.read_text().split() if path.exists() else []
        path.unlink(missing_ok=True)
        return calls


@once
class TestMakeRun:
    def test_it_prepares_once_and_starts(self, checkout):
        checkout.add_python()
        assert checkout.make("run").returncode == 0
        assert checkout.calls() == ["venv", "pip", "start"]
        assert checkout.make("run").returncode == 0
        assert checkout.calls() == ["start"]

    def test_changed_requirements_are_installed(self, checkout):
        checkout.add_python()
        checkout.make("run")
        checkout.calls()
        with open(checkout.folder / "requirements.txt", "a") as file:
            file.write("# another\n")
        checkout.make("run")
        assert checkout.calls() == ["pip", "start"]

    def test_an_installation_that_was_cut_off_heals(self, checkout):
        checkout.add_python(pip="exit 1")
        assert "could not be installed" in checkout.refused()
        assert checkout.calls() == ["venv", "pip"]
        checkout.add_python()
        assert checkout.make("run").returncode == 0
        assert checkout.calls() == ["venv", "pip", "start"]

    def test_a_venv_whose_python_is_gone_heals(self, checkout):
        checkout.add_python()
        checkout.make("run")
        checkout.calls()
        (checkout.folder / ".venv" / "bin" / "python").unlink()
        assert checkout.make("run").returncode == 0
        assert checkout.calls() == ["venv", "pip", "start"]

    def test_an_old_python_is_refused(self, checkout):
        checkout.add_python(version="3.9.2", new_enough=False)
        said = checkout.refused()
        assert "3.11 or newer" in said and "3.9.2" in said and "PYTHON=" in said
        assert not (checkout.folder / ".venv").exists()

    def test_no_python_at_all_is_refused(self, checkout):
        assert "3.11 or newer" in checkout.refused()

    def test_a_newer_python_beside_an_old_one_is_found(self, checkout):
        checkout.add_python(version="3.9.2", new_enough=False)
        checkout.add_python("python3.12")
        assert checkout.make("run").returncode == 0

    def test_a_named_python_is_taken(self, checkout):
        checkout.add_python(version="3.9.2", new_enough=False)
        named = checkout.add_python("my python")
        assert checkout.make("run", f"PYTHON={named}").returncode == 0

    def test_a_python_without_venv_is_refused(self, checkout):
        checkout.add_python(has_venv=False)
        assert "python3-venv" in checkout.refused()

    @pytest.mark.skipif(AS_ROOT, reason="root may write everywhere")
    def test_a_folder_that_may_not_be_written_is_refused(self, checkout):
        checkout.add_python()
        checkout.folder.chmod(0o500)
        try:
            assert "cannot be written to" in checkout.refused()
        finally:
            checkout.folder.chmod(0o700)
