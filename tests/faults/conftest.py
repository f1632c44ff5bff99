"""Real sites to which the worst is done: each test has its own, on the database of this run."""

import os
from contextlib import closing

import psycopg2
import pytest
from embedded_postgres import Server
from live_site import LiveSite, copy_of, prepared_site

ON = os.environ["TEST_ON"]
# What every site here begins with: an author's page for its login, and posts with two tags that readers see.
BEGIN = """
import json
from datetime import date
from io import BytesIO
from django.contrib.auth.models import User
from PIL import Image as Pillow
from blog import publishing
from blog.models import *
from blog.pictures import add_picture
staff = User.objects.get(username="staff")
"""
AUTHOR = """
author = Author.objects.create(name="Ada Ray", slug="ada-ray", user=staff)
tags = [Tag.objects.create(name=name, slug=name.lower()) for name in ("Light", "Lamps")]
def post(name, body):
    made = Post(title=name.title(), slug=name, author=author, body=body, kind="clinic_news")
    publishing.save_draft(staff, made, tags)
    publishing.publish(staff, publishing.newest_revision(made))
    return made.pk
"""


class FaultySite(LiveSite):
    """A site of one test. ``server`` is its PostgreSQL, or None; ``staff`` is the number of its one login."""

    server: Server | None = None

    def begin(self, code: str) -> str:
        """Run Python in the site, with ``staff``, ``author``, ``tags`` and ``post(name, body)``; the last line that it
        printed.
        """
        return self.python(BEGIN + AUTHOR + code).splitlines()[-1]

    def ask(self, code: str) -> str:
        """Run Python in the site, with what it began with in the database; the last line that it printed."""
        return self.python(BEGIN + code).splitlines()[-1]


@pytest.fixture(scope="session")
def _prepared_server():
    """A PostgreSQL with a prepared database as a template. What it says is kept, it keeps when it is killed."""
    server = Server(synchronous_commit="on")
    server.start()
    _run(server, "CREATE DATABASE blog")
    making = copy_of(prepared_site(), server.home / "site")
    making.environment["DATABASE_URL"] = server.url
    making.prepare()
    yield server
    server.stop()


def _run(server: Server, statement: str) -> None:
    with closing(psycopg2.connect(host=str(server.home), user="postgres", dbname="postgres")) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


@pytest.fixture
def site(request, tmp_path):
    """A prepared site, not served yet; stopped at the end."""
    prepared = prepared_site()
    site = copy_of(prepared, tmp_path / "var", FaultySite)
    if ON == "postgres":
        site.server = request.getfixturevalue("_prepared_server")
        name = tmp_path.name.replace("-", "_")[:40]
        _run(site.server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        _run(site.server, f'CREATE DATABASE "{name}" TEMPLATE blog')
        site.environment["DATABASE_URL"] = site.server.url.replace("/blog?", f"/{name}?")
    yield site
    site.stop()
