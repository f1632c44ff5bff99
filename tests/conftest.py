"""How tests run: on which database, in which folder, with which settings.

``TEST_ON=sqlite`` (the default) or ``TEST_ON=postgres`` chooses the database. PostgreSQL is the server that
``TEST_DATABASE_URL`` names (its user must be allowed to create databases), else one started for this run.
Nothing in the environment of the person who runs the tests changes the site's settings, and no test writes into var/.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = (
    "SECRET_KEY DEBUG ALLOWED_HOSTS SITE_URL DATABASE_URL PGOPTIONS TIME_ZONE TIME_ZONE_LABEL VAR_DIR STATIC_ROOT "
    "PORT BIND WEB_CONCURRENCY LOG_LEVEL LOG_FORMAT ACCESS_LOG FORWARDED_ALLOW_IPS GUNICORN_CMD_ARGS "
    "SITE_OPEN SITE_PASSWORD SECOND_FACTOR EMAIL_URL DEFAULT_FROM_EMAIL ERROR_EMAIL SENTRY_DSN BACKUP_DIR "
    "BACKUP_COPY_TO COUNTS_DIR COUNT_READS "
    "DJANGO_SUPERUSER_USERNAME DJANGO_SUPERUSER_PASSWORD DJANGO_SUPERUSER_EMAIL"
).split()


def _prepare_environment() -> None:
    for name in SETTINGS:
        os.environ.pop(name, None)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        home = tempfile.mkdtemp(prefix="blog-tests-")
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        os.environ["BLOG_TESTS_HOME"] = home
    on = os.environ.setdefault("TEST_ON", "sqlite")
    if on not in ("sqlite", "postgres"):
        raise pytest.UsageError(f"TEST_ON must be sqlite or postgres; it is {on!r}.")
    if on == "postgres":
        if not os.environ.get("TEST_DATABASE_URL"):
            from embedded_postgres import start

            os.environ["TEST_DATABASE_URL"] = start()  # found there by the processes of pytest-xdist
        os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
    var = Path(os.environ["BLOG_TESTS_HOME"], worker or "main")
    (var / "static").mkdir(parents=True)
    os.environ["VAR_DIR"] = str(var)
    os.environ["SECRET_KEY"] = "only for tests, and long enough for every check of its length"


def _prepare_django() -> None:
    from django.conf import settings

    if settings.configured:
        raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: the tests load the settings themselves.")
    sys.path.insert(0, str(ROOT))
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "medspa.settings"
    _ = settings.INSTALLED_APPS
    # Not left to be found: pytest-django would load the settings of pytest-xdist's processes before this file does.
    del os.environ["DJANGO_SETTINGS_MODULE"]
    # Beside these two, tests run with the settings of production.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow by design
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    django.setup()


_prepare_environment()
_prepare_django()

pytest_plugins = ["cast_fixtures"]


@pytest.fixture(scope="session", autouse=True)
def _tests_that_commit_can_clean_up():
    """The database guards the audit trail against deletion; only here, between two tests, the guard is lifted."""
    from importlib import import_module

    from django.db import connection

    guard = import_module("blog.migrations.0009_lasting_audit_trail")
    flush = connection.ops.execute_sql_flush

    def unguarded(statements):
        flush([*guard.unguard(connection.vendor), *statements, *guard.guard(connection.vendor)])

    connection.ops.execute_sql_flush = unguarded
    yield
    del connection.ops.execute_sql_flush


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """pytest-django's own; then the shipped safety records are taken out. ``shipped_records`` brings them."""
    from safety_records import remove_shipped_records

    with django_db_blocker.unblock():
        remove_shipped_records()


@pytest.fixture
def shipped_records(db):
    """The safety records with which every installation starts."""
    from safety_records import load_shipped_records

    load_shipped_records()


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """No test sees what a process keeps in memory from an earlier one's database."""
    from django.core.cache import cache

    from blog.health import ready
    from blog.reading import forget_kept, forget_moments, forget_practice

    cache.clear()
    ready.forget()
    forget_moments()
    forget_practice()
    forget_kept()


def pytest_terminal_summary(terminalreporter):
    """With -v: how many invented inputs each test has tried."""
    tried = getattr(sys.modules.get("fuzzing"), "tried", {})
    if tried and terminalreporter.config.option.verbose > 0:
        terminalreporter.section(f"{sum(tried.values()):,} invented inputs were tried")
        for test, times in sorted(tried.items()):
            terminalreporter.line(f"{times:>9,} {test}")
