"""Settings: one module for every place the site runs.

What a deployment varies is an environment variable, listed in one table in README.md.
A missing essential, or a value that makes no sense, stops the start with one sentence.
"""

import re
import sys
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from medspa.bootstrap import BASE_DIR, port, secret_key, var_dir

env = environ.Env()


def _refuse(sentence: str) -> None:
    raise ImproperlyConfigured(sentence)


# State: database file, pictures, generated secret. Nothing outside this folder is written.
VAR_DIR = var_dir()

SECRET_KEY = secret_key()
if not SECRET_KEY:
    _refuse(
        "SECRET_KEY is missing. Set it to a long random text and keep it secret; "
        "`make run` makes one in var/ by itself."
    )

DEBUG = env.bool("DEBUG", default=False)

# Where `manage.py start` serves, on this computer only.
PORT = port()
SITE_URL = (env.str("SITE_URL", default="") or f"http://127.0.0.1:{PORT}").rstrip("/")
try:
    _site = urlsplit(SITE_URL)
    _is_address = _site.scheme in ("http", "https") and _site.hostname and _site.port != 0
except ValueError:
    _is_address = False
if not _is_address or _site.path or _site.query:
    _refuse(f"SITE_URL must look like https://blog.example.com, without a path; it is {SITE_URL!r}.")

ALLOWED_HOSTS = [_site.hostname, "localhost", "127.0.0.1", "[::1]", *env.list("ALLOWED_HOSTS", default=[])]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# Before the opening: 0 asks readers for SITE_PASSWORD on every public page (medspa/closed.py).
_open = env.str("SITE_OPEN", default="").strip() or "1"
if _open not in ("0", "1"):
    _refuse(f"SITE_OPEN must be 1 (everybody may read) or 0 (readers need SITE_PASSWORD); it is {_open!r}.")
SITE_OPEN = _open == "1"
SITE_PASSWORD = env.str("SITE_PASSWORD", default="")
if not SITE_OPEN and len(SITE_PASSWORD) < 8:
    _refuse("SITE_OPEN=0 needs SITE_PASSWORD: the password for readers until the opening, at least 8 characters.")

INSTALLED_APPS = [
    "medspa.apps.StaffConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "medspa.apps.StaticConfig",
    "django.forms",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "ckeditor",
    "csp",
    "blog",
]

MIDDLEWARE = [
    "medspa.request_ids.RequestId",
    "medspa.headers.ProtectiveHeaders",
    "django.middleware.security.SecurityMiddleware",
    "medspa.requests.RefuseOddRequests",
    "medspa.closed.AskForPassword",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "blog.admin.guard.StaffSession",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "medspa.urls"
WSGI_APPLICATION = "medspa.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Form widgets may have templates of their own in templates/.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database -------------------------------------------------------------------------------------

_database = {"ENGINE": "django.db.backends.sqlite3", "NAME": VAR_DIR / "db.sqlite3"}
if _database_url := env.str("DATABASE_URL", default=""):
    try:
        _is_known = _database_url.startswith(("sqlite:", "postgres:", "postgresql:"))
        _database = env.db_url_config(_database_url) if _is_known else {}
    except ValueError:
        _database = {}
DATABASES = {"default": _database}
if _database.get("ENGINE") == "django.db.backends.sqlite3":
    # Readers never wait for a writer (WAL); a saved word survives a power cut (FULL); a writer takes its
    # lock at the start and waits for another one instead of failing half-way (IMMEDIATE, timeout in seconds).
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    # Tests use a file too: in memory, threads share one cache and neither WAL nor waiting works.
    _database["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
elif _database.get("ENGINE") == "django.db.backends.postgresql":
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
    # A network that swallows what is sent is noticed within half a minute (libpq; seconds, the last in milliseconds).
    _waiting = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    _database["OPTIONS"] = _waiting | {"tcp_user_timeout": 25_000} | _database.get("OPTIONS", {})
else:
    _refuse("DATABASE_URL must name a SQLite file (sqlite:///…) or a PostgreSQL server (postgres://…).")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Time and language ----------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="America/Anchorage")
try:
    ZoneInfo(TIME_ZONE)
except (KeyError, ValueError, OSError):
    _refuse(f"TIME_ZONE must be a name such as America/Anchorage or Europe/Berlin; it is {TIME_ZONE!r}.")
# How staff call the clinic's time, in every sentence about publishing.
TIME_ZONE_LABEL = env.str(
    "TIME_ZONE_LABEL", default="Alaska time" if TIME_ZONE == "America/Anchorage" else "clinic time"
)

# --- Files ----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# What staff uploaded, cleaned, in full size: no web server may reach this folder.
MASTERS_ROOT = VAR_DIR / "masters"
# Pictures of patients, which only the site itself gives out, and asks each time whether it may: no web server either.
PRIVATE_ROOT = VAR_DIR / "private"
# Where backups are written; its newest file's age is part of the site's health.
BACKUP_DIR = Path(_folder).absolute() if (_folder := env.str("BACKUP_DIR", default="").strip()) else None
# Where the daily work copies each of them to: another disk, or another computer's, mounted here.
BACKUP_COPY_TO = Path(_folder).absolute() if (_folder := env.str("BACKUP_COPY_TO", default="").strip()) else None
# A line for each read of an article, until `manage.py daily` counts them; the proxy in front writes them where it has
# a cache of its own, because the site does not see what that one answers.
COUNTS_DIR = Path(env.str("COUNTS_DIR", default="").strip() or VAR_DIR / "reads").absolute()
COUNT_READS = env.str("COUNT_READS", default="").strip() or "site"
if COUNT_READS not in ("site", "proxy", "off"):
    _refuse(f"COUNT_READS must be site, proxy (nginx in front writes the lines) or off; it is {COUNT_READS!r}.")
STORAGES = {
    "default": {"BACKEND": "medspa.storage.WholeFileStorage"},
    "masters": {
        "BACKEND": "medspa.storage.WholeFileStorage",
        "OPTIONS": {"location": MASTERS_ROOT, "base_url": None},
    },
    "private": {
        "BACKEND": "medspa.storage.WholeFileStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None},
    },
    "staticfiles": {"BACKEND": "medspa.static.HashedStaticStorage"},
}
WHITENOISE_MAX_AGE = 3600
# Icons that browsers and phones ask for by a fixed address at the top, whatever a page says: /favicon.ico.
WHITENOISE_ROOT = BASE_DIR / "static" / "root"

# An upload of one picture is judged by blog/imaging (25 MB); everything above these is refused unread.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o644
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "medspa.uploads.UnnamedFileUploadHandler",
]

# --- Sign-in and cookies --------------------------------------------------------------------------

_https = _site.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
if _https:
    # A browser takes a cookie of such a name only from this very host: the clinic's other sites cannot slip one in.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
if _https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
LOGIN_URL = "admin:login"
AUTHENTICATION_BACKENDS = ["blog.signing_in.backend.StaffBackend"]
# Whether every login needs a second step (required), or only those whose person has set one up (optional).
SECOND_FACTOR = env.str("SECOND_FACTOR", default="").strip() or ("required" if _https else "optional")
if SECOND_FACTOR not in ("required", "optional"):
    _refuse(f"SECOND_FACTOR must be required or optional; it is {SECOND_FACTOR!r}.")
OTP_TOTP_ISSUER = _site.hostname
# Wrong codes are counted like wrong passwords, below; django-otp's own delays would grow without an end.
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0
_host = "__Host-" if _https else ""
KNOWN_BROWSER_COOKIE, TRUSTED_DEVICE_COOKIE = f"{_host}known", f"{_host}trusted-"
# On a shared computer: seconds without a touch until the screen is locked, and until publishing asks for the password.
LOCK_AFTER = 10 * 60
PASSWORD_IS_FRESH_FOR = 15 * 60
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # how long a link to set a password works, in seconds
CSRF_FAILURE_VIEW = "blog.admin.site.csrf_failure"
# Wrong passwords and codes, counted by django-axes in the database: blog/signing_in/attempts.py says how.
# The proxy in front whose X-Forwarded-For is believed. Without this, addresses are those of the connections themselves.
FORWARDED_ALLOW_IPS = [_one.strip() for _one in env.list("FORWARDED_ALLOW_IPS", default=[]) if _one.strip()]
AXES_HANDLER = "blog.signing_in.attempts.StaffAttempts"
AXES_USERNAME_CALLABLE = "blog.signing_in.attempts.account"
AXES_CLIENT_IP_CALLABLE = "blog.signing_in.attempts.address"
AXES_LOCKOUT_PARAMETERS = "blog.signing_in.attempts.limits"
AXES_FAILURE_LIMIT = "blog.signing_in.attempts.allowed"
AXES_COOLOFF_TIME = timedelta(minutes=10)
AXES_RESET_ON_SUCCESS = True
# Who goes on trying does not make the others wait longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# --- E-mail ---------------------------------------------------------------------------------------

# Without EMAIL_URL nothing is sent, and the pages and commands that would send say so.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_TIMEOUT = 10
EMAIL_CONFIGURED = bool(_email_url := env.str("EMAIL_URL", default="").strip())
if EMAIL_CONFIGURED:
    _port = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}.get(_email_url.partition("://")[0])
    try:
        _email = env.email_url_config(_email_url) if _port else {}
    except ValueError:
        _email = {}
    if not _email.get("EMAIL_HOST"):
        _refuse("EMAIL_URL must look like smtp+tls://user:password@mail.example.com:587 (or smtp+ssl://, smtp://).")
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _email["EMAIL_BACKEND"], _email["EMAIL_HOST"], _email["EMAIL_PORT"] or _port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"] or "", _email["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS, EMAIL_USE_SSL = _email.get("EMAIL_USE_TLS", False), _email.get("EMAIL_USE_SSL", False)
    # Whom mails come from: “Northlight <blog@example.com>”, or the address alone.
    DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="").strip()
    try:
        validate_email(parseaddr(DEFAULT_FROM_EMAIL)[1])
    except ValidationError:
        _refuse(f"DEFAULT_FROM_EMAIL must be the address that mails come from; it is {DEFAULT_FROM_EMAIL!r}.")

# Readers get only what this site serves itself. The staff side has its own policy: blog/admin/site.py.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [NONE],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- Editor ---------------------------------------------------------------------------------------

# ckeditor.W001: the package warns that CKEditor 4 gets no more free fixes. It is asked for, so it is fenced in instead:
# docs/architecture.md, "The editor", says how, and tests/test_editor_fence.py holds the fence.
# axes.W002: its middleware would answer with a page of its own. The login page says itself that one must wait.
# security.W005, W021: HSTS for subdomains and preloading are promises for a whole domain. A blog beside a clinic's site
# must not decide for the clinic's other hosts.
SILENCED_SYSTEM_CHECKS = ["axes.W002", "ckeditor.W001", "security.W005", "security.W021"]
CKEDITOR_BASEPATH = "/static/ckeditor/ckeditor/"

# --- Logs -----------------------------------------------------------------------------------------

# Lines of JSON for machines; text where a person looks on.
LOG_FORMAT = env.str("LOG_FORMAT", default="").strip() or ("text" if sys.stderr and sys.stderr.isatty() else "json")
if LOG_FORMAT not in ("json", "text"):
    _refuse(f"LOG_FORMAT must be json or text; it is {LOG_FORMAT!r}.")

# Who is told of errors (medspa/error_reports.py): people by e-mail, a service that takes Sentry's reports.
ERROR_EMAIL = [_one.strip() for _one in env.list("ERROR_EMAIL", default=[]) if _one.strip()]
try:
    for _one in ERROR_EMAIL:
        validate_email(_one)
except ValidationError:
    _refuse(f"ERROR_EMAIL must be e-mail addresses, separated by commas; one is {_one!r}.")
if ERROR_EMAIL and not EMAIL_CONFIGURED:
    _refuse("ERROR_EMAIL needs EMAIL_URL: without a mail server nobody can be told of errors.")
SENTRY_DSN = env.str("SENTRY_DSN", default="").strip()
if SENTRY_DSN and not re.fullmatch(r"https?://[^\s/@:]+(:[^\s/@]*)?@[^\s/@]+(/\S+)?/[0-9]+", SENTRY_DSN):
    _refuse("SENTRY_DSN must be the address that the service gives, such as https://key@sentry.example.com/1.")
_reports = ["reports"] if ERROR_EMAIL or SENTRY_DSN else []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "medspa.logs.formatter", "form": LOG_FORMAT}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        **{_name: {"class": "medspa.error_reports.ErrorReports"} for _name in _reports},
    },
    "root": {"handlers": ["console", *_reports], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.server": {"level": "WARNING"}, "axes": {"level": "ERROR"}, "urllib3": {"level": "ERROR"}},
}
