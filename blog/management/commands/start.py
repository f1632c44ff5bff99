"""``manage.py start``: from a fresh checkout to a served site; what ``make run`` ends with."""

import hashlib
import os
import secrets
import socket
import sys
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections, transaction

from blog.management.database import bring_up_to_date
from blog.management.var_folder import require_writable, write_private

# Without characters that are easily mistaken for one another when read from a screen.
PASSWORD_LETTERS = "abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXYZ2346789"
PASSWORD_LENGTH = 16


class Command(BaseCommand):
    """Prepare what is missing, then serve. A second start changes nothing."""

    help = (
        "Prepare the database, static files, samples and a staff login where they are missing, "
        "then serve the site on this computer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Options of the command."""
        parser.add_argument("--no-samples", action="store_true", help="do not load the sample articles")
        parser.add_argument("--no-serve", action="store_true", help="prepare everything, but do not serve")

    def handle(self, *args, **options) -> None:
        """Take the steps, each with a line of progress."""
        address = ("127.0.0.1", settings.PORT)
        if not options["no_serve"]:
            require_free(address)
        require_writable(settings.VAR_DIR)
        require_writable(settings.PRIVATE_ROOT)
        self.say("Preparing the database …")
        bring_up_to_date()
        if static_files_changed():
            self.say("Collecting static files …")
            collect_static_files()
        if not options["no_samples"]:
            self.say("Looking after the sample articles …")
            call_command("load_samples", stdout=self.stdout)
        login = ensure_login()
        self.say(
            "",
            "Ready.",
            f"  Blog      {settings.SITE_URL}/",
            f"  Staff     {settings.SITE_URL}/admin/",
            *(f"  {line}" for line in login),
        )
        if options["no_serve"]:
            return
        served_on = f"http://{address[0]}:{address[1]}"
        if served_on != settings.SITE_URL:
            self.say(f"  Served on {served_on}")
        self.say("Next: sign in on the staff page and write a first post. Ctrl-C here stops the site.", "")
        serve(address)

    def say(self, *lines: str) -> None:
        """Print lines at once, also where the output is a file or a pipe."""
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def require_free(address: tuple[str, int]) -> None:
    """Raise ``CommandError`` unless a server can listen on the address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            probe.bind(address)
        except PermissionError:
            raise CommandError(
                f"This user may not listen on port {address[1]}. Choose one above 1023: PORT=8001 make run"
            ) from None
        except OSError:
            other = 8001 if address[1] != 8001 else 8002
            raise CommandError(
                f"Port {address[1]} is in use, perhaps by this site in another window. "
                f"Stop that, or choose another port: PORT={other} make run"
            ) from None


def static_files_changed() -> bool:
    """Whether static files are other ones than at the last collection."""
    try:
        return _static_stamp().read_text("utf-8") != static_fingerprint() or not _manifest().exists()
    except FileNotFoundError:
        return True


def collect_static_files() -> None:
    """Collect, hash and compress the static files; note which ones, when that is finished."""
    fingerprint = static_fingerprint()
    # Emptied first, so that nothing stays served that a newer release left out; but only where nothing else can lie.
    own_folder = Path(settings.STATIC_ROOT).absolute() == settings.VAR_DIR / "static"
    call_command("collectstatic", verbosity=0, interactive=False, clear=own_folder)
    _static_stamp().write_text(fingerprint, "utf-8")


def static_fingerprint() -> str:
    """A digest of every static file's name, size and time, and of the release of what prepares them."""
    digest = hashlib.sha256(f"{version('Django')} {version('whitenoise')} {settings.STATIC_ROOT}".encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list(settings_ignored()), key=lambda found: found[0]):
            status = os.stat(storage.path(path))
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def settings_ignored() -> list[str]:
    """The patterns that ``collectstatic`` leaves out."""
    from django.apps import apps

    return apps.get_app_config("staticfiles").ignore_patterns


def _static_stamp() -> Path:
    return settings.VAR_DIR / "static-files"


def _manifest() -> Path:
    return Path(settings.STATIC_ROOT) / "staticfiles.json"


def ensure_login() -> list[str]:
    """Make the first staff login, with every role, unless there is a superuser.

    Returns lines that say how to sign in.
    """
    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return _known_login()
    username = os.environ.get("DJANGO_SUPERUSER_USERNAME") or "staff"
    password = os.environ.get("DJANGO_SUPERUSER_PASSWORD")
    lines = [f"Login     {username}", "Password  the one in DJANGO_SUPERUSER_PASSWORD"]
    if not password:
        # Kept before the login is made: a start that is cut off between the two uses it at the next one.
        _, password = _kept_login()
        password = password or "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(PASSWORD_LENGTH))
        write_private(_login_file(), f"{username}\n{password}")
        lines[1] = f"Password  {password}   (kept in {_shown(_login_file())})"
    user = get_user_model()(
        username=username,
        email=os.environ.get("DJANGO_SUPERUSER_EMAIL", ""),
        is_staff=True,
        is_superuser=True,
    )
    user.set_password(password)
    try:
        user.full_clean()
    except ValidationError as error:
        raise CommandError(
            f"The login {username!r} cannot be made: {' '.join(error.messages)} "
            "Set DJANGO_SUPERUSER_USERNAME to another name."
        ) from None
    with transaction.atomic():
        user.save()
        user.groups.set(Group.objects.all())
    return lines


def _known_login() -> list[str]:
    username, password = _kept_login()
    user = get_user_model().objects.filter(username=username, is_superuser=True, is_active=True).first()
    if user is None or not user.check_password(password):
        return ["Login     the one you have"]
    return [f"Login     {username}", f"Password  {password}   (kept in {_shown(_login_file())})"]


def _kept_login() -> tuple[str, str]:
    try:
        username, password = _login_file().read_text("utf-8").split("\n")[:2]
    except (OSError, ValueError):
        return "", ""
    return username, password


def _login_file() -> Path:
    return settings.VAR_DIR / "login.txt"


def _shown(path: Path) -> Path:
    return path.relative_to(settings.BASE_DIR) if path.is_relative_to(settings.BASE_DIR) else path


def serve(address: tuple[str, int]) -> None:
    """Become gunicorn."""
    connections.close_all()
    paths = [str(settings.BASE_DIR), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-m", "gunicorn", "-c", "python:medspa.gunicorn", "--bind", f"{address[0]}:{address[1]}"]
    os.execve(sys.executable, command, environment)
