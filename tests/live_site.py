"""A real site for tests: its own folder and database, served by the gunicorn configuration of production."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy cannot reach this computer's ports
USERNAME, PASSWORD = "staff", "a long password for tests"


def clean_environment() -> dict[str, str]:
    """The environment without what pytest, make or a person set for other purposes."""
    dropped = ("PYTEST_", "TEST_", "BLOG_TESTS_", "MAKE", "MFLAGS", "DATABASE_URL", "SECRET_KEY", "VAR_DIR", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(dropped)}


def free_port() -> int:
    """A port on this computer that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class LiveSite:
    """One site. ``url`` is its address; ``username`` and ``password`` sign in a superuser with every role.

    ``application`` is what gunicorn serves instead of the site's own, as ``module:name``.
    """

    username, password = USERNAME, PASSWORD
    application = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = clean_environment() | {
            "VAR_DIR": str(folder),
            "PORT": str(self.port),
            "SITE_URL": self.url,
            "DJANGO_SUPERUSER_USERNAME": USERNAME,
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        }
        self._server: subprocess.Popen | None = None

    def run(self, *command: str) -> str:
        """Run a management command on this site; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"manage.py {' '.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def python(self, code: str) -> str:
        """Run Python inside the site, such as ``from blog.models import …``; returns what it printed."""
        return self.run("shell", "--no-imports", "--command", code)

    def load_samples(self) -> None:
        """Add the sample articles, unless they are there."""
        self.run("load_samples")

    def prepare(self) -> None:
        """Make database, static files and staff login, as a first start does, without samples."""
        self.run("start", "--no-samples", "--no-serve")

    @property
    def log(self) -> str:
        """What the server wrote."""
        path = self.folder / "gunicorn.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def start(self) -> None:
        """Serve the site; returns once it answers."""
        with open(self.folder / "gunicorn.log", "ab") as log:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "python:medspa.gunicorn", *filter(None, [self.application])],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while not self.answers():
            assert self._server.poll() is None and time.monotonic() < deadline, f"The site did not start.\n{self.log}"
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether the site answers."""
        try:
            with OPENER.open(f"{self.url}/healthz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    @property
    def pid(self) -> int:
        """The number of the server's first process."""
        return self._server.pid

    def workers(self) -> list[int]:
        """The numbers of the processes that answer."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def kill(self) -> None:
        """End the server and its workers as a power cut would; the folder stays."""
        os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait()
        self._server = None

    def kill_first(self) -> None:
        """End the server's first process alone; its workers find that out."""
        os.kill(self.pid, signal.SIGKILL)
        self._server.wait()
        self._server = None

    def stop(self) -> None:
        """Stop serving; the folder stays."""
        if self._server is None:
            return
        self._server.terminate()
        try:
            self._server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._server = None


def copy_of(prepared: LiveSite, folder: Path, kind: type[LiveSite] = LiveSite) -> LiveSite:
    """A site of its own that begins as the prepared one; faster than preparing another."""
    site = kind(folder)
    shutil.copytree(
        prepared.folder, folder, ignore=shutil.ignore_patterns("static", "gunicorn.log"), dirs_exist_ok=True
    )
    site.environment["STATIC_ROOT"] = prepared.environment.get("STATIC_ROOT") or str(prepared.folder / "static")
    return site


def prepared_site(*, samples: bool = False) -> LiveSite:
    """A site after its first start, to be copied and never served; made once, whichever test of the run asks first."""
    home = Path(os.environ["BLOG_TESTS_HOME"])  # the same for every process of pytest-xdist
    site = LiveSite(home / ("prepared-with-samples" if samples else "prepared"))
    site.environment["STATIC_ROOT"] = str(home / "prepared-static")
    with open(f"{site.folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not site.folder.exists():
            making = LiveSite(Path(f"{site.folder}-in-the-making"))
            if samples:
                making = copy_of(prepared_site(), making.folder)
                making.load_samples()
            else:
                making.environment["STATIC_ROOT"] = site.environment["STATIC_ROOT"]
                making.prepare()
            making.folder.rename(site.folder)
    return site
