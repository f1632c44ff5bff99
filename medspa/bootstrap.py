"""What is settled before settings load: where state lives, the port, the secret key.

A site that runs from its own folder keeps its secret key in ``var/secret-key``, made by ``manage.py start``. Everywhere
else SECRET_KEY comes from the environment, and without it nothing starts.
"""

import os
import secrets
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from blog.management.var_folder import cannot_write, write_private

BASE_DIR = Path(__file__).resolve().parent.parent


def var_dir() -> Path:
    """The folder of everything the site writes."""
    return Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").absolute()


def whole_number(name: str, default: int, highest: int) -> int:
    """The environment variable ``name`` as a number from 1 to ``highest``. Raises ``ImproperlyConfigured``."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= highest):
        raise ImproperlyConfigured(f"{name} must be a whole number from 1 to {highest}; it is {text!r}.")
    return int(text)


def port() -> int:
    """The port on this computer that the site is served on."""
    return whole_number("PORT", 8000, 65535)


def workers() -> int:
    """How many processes serve the site."""
    return whole_number("WEB_CONCURRENCY", 2, 64)


def _key_file() -> Path:
    return var_dir() / "secret-key"


def secret_key() -> str:
    """SECRET_KEY from the environment, else the one kept in var/; blank where there is none."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    try:
        return _key_file().read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"The secret key in {_key_file()} cannot be read: {error}.") from error


def keep_secret_key() -> None:
    """Make a secret key in var/, readable by this user only, unless there is one. Raises ``ImproperlyConfigured``."""
    if secret_key():
        return
    try:
        _key_file().parent.mkdir(parents=True, exist_ok=True)
        write_private(_key_file(), secrets.token_urlsafe(48))
    except OSError as error:
        raise ImproperlyConfigured(cannot_write(var_dir(), error)) from error


def load_settings(*, keep_key: bool = False) -> None:
    """Load the settings; end the process with one sentence where they are wrong.

    With ``keep_key``, first make the secret key that a site running from its own folder needs.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medspa.settings")
    from django.conf import settings

    try:
        if keep_key:
            keep_secret_key()
        _ = settings.INSTALLED_APPS
        workers()
    except ImproperlyConfigured as error:
        sys.exit(f"The site cannot start. {error}")
