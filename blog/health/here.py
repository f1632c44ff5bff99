"""What this computer knows at once: database, backups, disk, settings, static files, mails, the daily work."""

import filecmp
import os
import shutil
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Subquery
from django.utils import timezone
from django.utils.text import get_text_list

from blog import outbox
from blog.backup import unfinished
from blog.clinic_time import spoken
from blog.models import DailyRun

from .finding import LOOK, OK, WRONG, Finding

GB = 1000**3
HOUR = 3600
DAY = 24 * HOUR
DISK_WRONG = 0.05, 0.5 * GB
DISK_LOOK = 0.10, 2 * GB
BACKUP_LOOK, BACKUP_WRONG = 2 * DAY, 7 * DAY
# Daily work that is done each day was done less than this long ago, whenever one looks.
DAILY_LOOK = timedelta(days=2)
# Whoever sets a site up has other things to do first.
NEW_SITE = timedelta(days=5)
# Django's names of checks for: a weak secret key, DEBUG left on, no host named.
SETTINGS_WRONG = {
    "security.W009": "SECRET_KEY is short or easy to guess: set a long random text (everybody has to log in again).",
    "security.W018": "DEBUG is on and shows the site's inside to everybody: unset it.",
    "security.W020": "ALLOWED_HOSTS is empty: set it to the site's host names.",
}


def database() -> Finding:
    """Whether it answers and is prepared for this release."""
    where = "DATABASE_URL" if connection.vendor == "postgresql" else str(connection.settings_dict["NAME"])
    try:
        executor = MigrationExecutor(connection)
        if not executor.loader.applied_migrations:
            return Finding(
                WRONG, f"It is empty. On a new site run manage.py migrate; else look whether {where} is the right one."
            )
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if missing:
            steps = "1 step is" if missing == 1 else f"{missing} steps are"
            return Finding(WRONG, f"It answers, but {steps} missing for this release: run manage.py migrate.")
        return _sqlite() if connection.vendor == "sqlite" else Finding(OK, f"PostgreSQL {_version()} answers.")
    except (DatabaseError, InterfaceError) as error:
        reason = " ".join(str(error).split())
        return Finding(WRONG, f"It cannot be used ({reason}). Look at {where} and whether its server or disk is there.")


def _version() -> str:
    major, minor = divmod(connection.pg_version, 10000)
    return f"{major}.{minor}"


def _sqlite() -> Finding:
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    if mode == "wal":
        return Finding(OK, "SQLite answers.")
    return Finding(LOOK, f"SQLite answers, but in {mode} mode, in which readers wait: put its file on a local disk.")


def backup() -> Finding:
    """How old the newest backup is, and the newest copy where they are copied; whether a restoring was cut off."""
    if name := unfinished():
        return Finding(WRONG, f"Restoring {name} was cut off, so not all of it is here. Run manage.py restore again.")
    if settings.BACKUP_DIR is None:
        return Finding(LOOK, "No backup folder is set, so nobody can say how old the newest backup is: set BACKUP_DIR.")
    found = _newest_in(settings.BACKUP_DIR, "BACKUP_DIR", "backup")
    if found.level != OK or settings.BACKUP_COPY_TO is None:
        return found
    copied = _newest_in(settings.BACKUP_COPY_TO, "BACKUP_COPY_TO", "copied backup")
    return found if copied.level == OK else copied


def _newest_in(folder: Path, setting: str, what: str) -> Finding:
    """How old the newest file in the folder is; folders in it are not looked into."""
    if not folder.is_dir():
        return Finding(WRONG, f"The {what} folder {folder} is not there. Look at {setting} and at the disk.")
    newest: tuple[float, str] | None = None
    for found in folder.iterdir():
        # A name with a leading dot is a backup that is still being written, or one that was cut off.
        if not found.name.startswith(".") and found.is_file() and (status := found.stat()).st_size:
            newest = max(newest or (0.0, ""), (status.st_mtime, found.name))
    if newest is None:
        return Finding(WRONG, f"There is no {what} in {folder}. Make one now.")
    age = time.time() - newest[0]
    words = f"The newest {what} is {age_in_words(age)} old ({newest[1]})"
    if age >= BACKUP_WRONG:
        return Finding(WRONG, f"{words}. Make one now, and look why none was made since.")
    return Finding(LOOK, f"{words}. Look why none was made since.") if age >= BACKUP_LOOK else Finding(OK, f"{words}.")


def age_in_words(seconds: float) -> str:
    """«less than an hour», «5 hours», «3 days»."""
    if seconds < HOUR:
        return "less than an hour"
    count, unit = (int(seconds // HOUR), "hour") if seconds < 2 * DAY else (int(seconds // DAY), "day")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def disk() -> Finding:
    """How much room is left where the site writes; of several disks, the fullest."""
    found = {}
    for folder in (Path(settings.MEDIA_ROOT), settings.VAR_DIR):  # on one disk, the second names it
        while not folder.exists():
            folder = folder.parent
        found[os.stat(folder).st_dev] = (folder, shutil.disk_usage(folder))
    folder, room = min(found.values(), key=lambda one: one[1].free / one[1].total)
    share = room.free / room.total
    words = f"{room.free / GB:.1f} of {room.total / GB:.0f} GB are free at {folder} ({share:.0%})."
    if share < DISK_WRONG[0] or room.free < DISK_WRONG[1]:
        return Finding(WRONG, f"{words} When it is full, nothing can be saved: make room now.")
    if share < DISK_LOOK[0] or room.free < DISK_LOOK[1]:
        return Finding(LOOK, f"{words} Make room soon.")
    return Finding(OK, words)


def safe_settings() -> Finding:
    """Whether secret key, DEBUG and host names are as in production; by Django's own checks."""
    found = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
    sentences = [SETTINGS_WRONG[one.id] for one in found if one.id in SETTINGS_WRONG]
    return Finding(WRONG, " ".join(sentences)) if sentences else Finding(OK, "The secret key is strong, DEBUG is off.")


def static_files() -> Finding:
    """Whether the collected static files are those of this release."""
    root = Path(settings.STATIC_ROOT)
    stale = []
    for folder in settings.STATICFILES_DIRS:
        for file in sorted(Path(folder).rglob("*")):
            collected = root / file.relative_to(folder)
            if file.is_file() and not (collected.is_file() and filecmp.cmp(file, collected)):
                stale.append(file.name)
    has_names = bool(getattr(staticfiles_storage, "hashed_files", True))
    if stale or not has_names:
        which = f" ({get_text_list(stale[:3], 'and')}{' and others' if len(stale) > 3 else ''})" if stale else ""
        return Finding(WRONG, f"They are not those of this release{which}: run manage.py collectstatic, then restart.")
    return Finding(OK, f"They are collected in {root}.")


def mails() -> Finding:
    """Whether mails wait for the mail server, or were given up."""
    if not settings.EMAIL_CONFIGURED:
        return Finding(OK, "None is sent: EMAIL_URL is not set.")
    now = timezone.now()
    stands = outbox.standing(now)
    said = f" The mail server said: {stands.trouble.rstrip('.')}." if stands.trouble else ""
    if stands.given_up:
        lost = "1 mail was" if stands.given_up == 1 else f"{stands.given_up} mails were"
        also = f" {stands.waiting} more wait." if stands.waiting else ""
        return Finding(WRONG, f"{lost} not sent and given up.{also}{said} Look at EMAIL_URL, and tell people yourself.")
    if stands.waiting:
        wait = "1 mail has waited" if stands.waiting == 1 else f"{stands.waiting} mails have waited"
        since = spoken(stands.since, now)
        return Finding(LOOK, f"{wait} since {since}.{said} Tries go on for 3 days; manage.py send_mail tries now.")
    return Finding(OK, "None waits to be sent.")


def daily_work() -> Finding:
    """When ``manage.py daily`` last ran, and what it could not do. One query."""
    now = timezone.now()
    failed = DailyRun.objects.filter(ended_at__isnull=False, went_well=False)
    since_first_login = User.objects.order_by("date_joined").annotate(
        last=Subquery(DailyRun.objects.order_by("-started_at").values("started_at")[:1]),
        failed=Subquery(failed.values("words")[:1]),
    )
    first_login, last, said = since_first_login.values_list("date_joined", "last", "failed").first() or (now, None, "")
    if last is None:
        return Finding(
            OK if now - first_login < NEW_SITE else LOOK,
            "It was never done here: manage.py daily sends the mails about reviews that are due and clears the trash. "
            "Run it once a day; docs/operations.md says how.",
        )
    words = f"The daily work last ran {spoken(last, now)}."
    if said:
        return Finding(LOOK, f"{words} Not all of it went well: {said}")
    if now - last >= DAILY_LOOK:
        return Finding(LOOK, f"{words} Look why it has not run since; manage.py daily does it now.")
    return Finding(OK, words)
