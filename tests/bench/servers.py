"""What is measured: sites with their data, gunicorn as ``make run`` starts it, a constant beside it, nginx in front.

All in one folder that goes at the end, with every process that was started here.
"""

import base64
import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from embedded_postgres import Server
from live_site import LiveSite, copy_of
from load import Answer, CannotMeasure
from proxy import HOST, NameServer, Proxy, environment

HERE = Path(__file__).parent
SQLITE, POSTGRES = "SQLite", "PostgreSQL"
SITE_URL = f"http://{HOST}"
# With these a site counts what it renders, and has the addresses of inside.py.
COUNTED = {"DJANGO_SETTINGS_MODULE": "inside_settings"}
UNCACHED, SAYS_WHO = "inside_wsgi:uncached", "inside_wsgi:says_who"
# What anybody has set for a site of their own stays out of it.
NOT_OURS = (
    "ACCESS_LOG BIND COUNT_READS COUNTS_DIR ERROR_EMAIL GUNICORN_CMD_ARGS SENTRY_DSN SITE_OPEN WEB_CONCURRENCY"
).split()
NO_NGINX = "nginx was not found. On Debian or Ubuntu: sudo apt install nginx"
# Of one connection, or of the moment: gunicorn and nginx write them anew.
OWN_HEADERS = ("connection", "date", "server", "transfer-encoding", "keep-alive")


@dataclass(frozen=True)
class Data:
    """A site's folder and database, ready to be served by any number of servers."""

    folder: Path
    environment: dict[str, str]

    def site(self, **more: str) -> LiveSite:
        """This site on a port of its own, not served yet."""
        site = LiveSite(self.folder)
        for name in NOT_OURS:
            site.environment.pop(name, None)
        own = {"FORWARDED_ALLOW_IPS": "127.0.0.1", "SITE_URL": SITE_URL}
        site.environment |= own | self.environment | more
        return site

    def ask(self, code: str) -> object:
        """Run Python inside the site; what it printed last, as JSON."""
        return json.loads(self.site().python(code).splitlines()[-1])


class Bench:
    """Makes data once and servers as often as asked; ends all of them."""

    def __init__(self) -> None:
        self._ending = contextlib.ExitStack()
        self.home = Path(self._ending.enter_context(tempfile.TemporaryDirectory(prefix="blog-bench-", dir="/tmp")))
        self.home.chmod(0o755)  # nginx, started by root, reads as another user
        self._made: dict[tuple, Data] = {}
        self._postgres: Server | None = None

    def close(self) -> None:
        """End and remove everything."""
        self._ending.close()

    # --- Data -------------------------------------------------------------------------------------

    def samples(self, database: str = SQLITE) -> Data:
        """The site that ``make run`` makes: with the sample articles."""
        return self._data(("samples", database), lambda site: site.load_samples())

    def posts(self, count: int, database: str = SQLITE) -> Data:
        """A site with so many live posts."""
        code = f"from many_posts import fill; fill({count:d})"
        return self._data((f"posts-{count}", database), lambda site: site.python(code))

    def _data(self, key: tuple[str, str], fill) -> Data:
        if key not in self._made:
            say(f"Making {key[0].replace('-', ' ')} on {key[1]} …")
            site = self._copy(*key)
            fill(site)
            self._settle(site, key[1])
            kept = ("STATIC_ROOT", "DATABASE_URL", "PYTHONPATH", "SECRET_KEY")
            self._made[key] = Data(
                site.folder, {name: site.environment[name] for name in kept if name in site.environment}
            )
        return self._made[key]

    def _copy(self, name: str, database: str) -> LiveSite:
        empty = self._empty()
        site = copy_of(empty, self.home / f"{name}-{database}")
        site.environment |= {"PYTHONPATH": str(HERE)}
        if database == POSTGRES:
            (site.folder / "db.sqlite3").unlink()
            if self._postgres is None:
                self._start_postgres()
                site.environment["DATABASE_URL"] = self._database("empty", "template1")
                site.run("start", "--no-samples", "--no-serve")
            site.environment["DATABASE_URL"] = self._database(name.replace("-", "_"), "empty")
        return site

    def _empty(self) -> LiveSite:
        site = LiveSite(self.home / "empty")
        site.environment["STATIC_ROOT"] = str(self.home / "static")
        if not site.folder.exists():
            say("Making a site …")
            site.folder.mkdir()
            site.prepare()
        return site

    def _start_postgres(self) -> None:
        self._postgres = Server()
        self._ending.callback(shutil.rmtree, self._postgres.home, ignore_errors=True)
        self._ending.callback(self._postgres.stop)
        self._postgres.start()

    def _database(self, name: str, like: str) -> str:
        with contextlib.closing(self.connect("postgres")) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        return self._postgres.url.replace("/blog?", f"/{name}?")

    def connect(self, database: str):
        """A connection to a database of the embedded server."""
        return psycopg2.connect(host=str(self._postgres.home), user="postgres", dbname=database)

    def _settle(self, site: LiveSite, database: str) -> None:
        # What autovacuum does by itself a minute after so much was written.
        if database == POSTGRES:
            site.python("from django.db import connection as c; c.cursor().execute('VACUUM ANALYZE')")

    def programs(self) -> dict[str, str]:
        """The versions of what is no Python package."""
        import sqlite3

        found = {SQLITE: sqlite3.sqlite_version}
        if self._postgres is not None:
            with contextlib.closing(self.connect("postgres")) as connection:
                found[POSTGRES] = str(connection.server_version // 10000)
        return found

    # --- Servers ----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def serve(self, data: Data, application: str = "", **more: str) -> Iterator[LiveSite]:
        """gunicorn with the shipped configuration, and the site's own application unless another one is named."""
        site = data.site(**more)
        site.application = application
        site.start()
        try:
            yield site
        finally:
            site.stop()

    @contextlib.contextmanager
    def constant(self, data: Data, answers: dict[str, Answer]) -> Iterator[LiveSite]:
        """The same gunicorn, which answers each path by exactly the status, headers and bytes of an answer."""
        folder = Path(tempfile.mkdtemp(prefix="constant-", dir=self.home))
        (folder / "answers.json").write_text(json.dumps({path: _packed(one) for path, one in answers.items()}))
        own = Data(folder, data.environment | {"SECRET_KEY": "only for a constant that signs nothing at all, ever"})
        with self.serve(own, "constant:application") as site:
            yield site

    @contextlib.contextmanager
    def nginx(self, site: LiveSite) -> Iterator[Proxy]:
        """The shipped nginx in front of a site."""
        if shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None:
            raise CannotMeasure(NO_NGINX)
        names = NameServer()
        proxy = Proxy(Path(tempfile.mkdtemp(prefix="proxy-", dir=self.home)), environment(site, names))
        proxy.folder.chmod(0o755)
        try:
            proxy.start()
            yield proxy
        finally:
            proxy.stop()
            names.stop()


def _packed(answer: Answer) -> list:
    headers = [(name.title(), value) for name, value in answer.headers.items() if name not in OWN_HEADERS]
    return [answer.status, headers, base64.b64encode(answer.body).decode()]


def say(sentence: str) -> None:
    """A line of progress."""
    print(sentence, flush=True)
