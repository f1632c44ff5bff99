"""A site that commands are run on, and what is in it."""

import contextlib
import os
import pickle
import sqlite3
import subprocess
import sys
from pathlib import Path

from live_site import ROOT, LiveSite

TESTS = ROOT / "tests"
FOLDERS = ("media", "masters", "private")


class BackedUpSite(LiveSite):
    """A site that commands are run on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.environment |= {
            "SECRET_KEY": "only for this test",
            "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS / "backup")]),
        }

    def tries(self, *command: str, **options) -> tuple[int, str]:
        """Run a command that may fail: its status, and what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )
        assert "Traceback" not in done.stdout, done.stdout
        return done.returncode, done.stdout

    def runs(self, code: str) -> tuple[int, str]:
        """Run Python inside the site that may not end well."""
        return self.tries("shell", "--no-imports", "--command", code)

    def rows(self) -> dict[str, list[dict]]:
        """Every value of every table."""
        path = self.folder / "rows.pickle"
        self.python(f"import rich_site; rich_site.dump({str(path)!r})")
        try:
            return pickle.loads(path.read_bytes())
        finally:
            path.unlink()

    def sql(self, *statement: object) -> list[tuple]:
        """Ask the SQLite file itself; without a statement, everything that stands in it."""
        with contextlib.closing(sqlite3.connect(self.folder / "db.sqlite3")) as opened:
            if not statement:
                return [(line,) for line in opened.iterdump()]
            found = opened.execute(*statement).fetchall()
            opened.commit()
            return found

    def files(self) -> dict[str, bytes]:
        """Every file of a picture, drafts of such files too; not the word to nginx that something changed."""
        return {
            f"{folder}/{path.name}": path.read_bytes()
            for folder in FOLDERS
            for path in sorted((self.folder / folder).glob("*"))
            if path.name != ".changed"
        }
