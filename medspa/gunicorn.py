"""How gunicorn serves the site: ``gunicorn -c python:medspa.gunicorn``."""

import os
from datetime import timedelta

from django.conf import settings
from gunicorn.glogging import Logger
from gunicorn.http.message import Request

from blog.networks import network_of, visitor
from medspa import bootstrap, request_ids
from medspa.error_reports import ErrorReports
from medspa.logs import WithoutSecrets, formatter, without_secret_paths
from medspa.reads import ReadsFile

bootstrap.load_settings()  # wrong settings end here with one sentence, not in every worker with a traceback

# What a page asks PostgreSQL ends after 30 seconds: a table that somebody holds must not come to hold every thread.
os.environ.setdefault("PGOPTIONS", "-c statement_timeout=30s")

reads = ReadsFile(settings.COUNTS_DIR) if settings.COUNT_READS == "site" else None


class Log(Logger):
    """gunicorn's own log in the form of all others (``medspa.logs``), one line for each request.

    A line about a request has no query, no address of a reader, and no address that is a secret by itself.
    """

    def setup(self, cfg: object) -> None:
        """gunicorn's own, with our form of lines; a format that somebody asks for by an argument stays theirs."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter(settings.LOG_FORMAT))
        if (settings.ERROR_EMAIL or settings.SENTRY_DSN) and not any(
            isinstance(handler, ErrorReports) for handler in self.error_log.handlers
        ):
            self.error_log.addHandler(ErrorReports())
        for handler in self.access_log.handlers:
            asked_for = WithoutSecrets(self.access_fmt) if cfg.access_log_format else formatter(settings.LOG_FORMAT)
            handler.setFormatter(asked_for)

    def access(self, resp: object, req: Request, environ: dict, request_time: timedelta) -> None:
        """gunicorn calls this after every answer: count who read an article, and write the line about the request."""
        # Of a request that gunicorn itself refuses there is the line of the answer only, and not every name about it.
        status = int(str(resp.status).split(None, 1)[0])
        if reads is not None and "PATH_INFO" in environ:
            reads.note(environ, status)
        if self.cfg.access_log_format or not self.access_log_enabled:
            super().access(resp, req, environ, request_time)
            return
        asked = {
            "method": str(req.method),
            # As it came, so that nothing decoded can forge a line; the formatter takes secrets out.
            "path": str(req.uri).partition("?")[0],
            "status": status,
            "bytes": int(getattr(resp, "sent", 0) or 0),
            "ms": round(request_time.total_seconds() * 1000),
            "network": network_of(visitor(environ, settings.FORWARDED_ALLOW_IPS)),
        }
        extra = {"asked": asked, "request_id": request_ids.of(environ)}
        self.access_log.info("%s %s %s", asked["method"], asked["path"], asked["status"], extra=extra)

    def atoms(self, resp: object, req: Request, environ: dict, request_time: timedelta) -> dict:
        """gunicorn's own, for another format; ``U`` is the address as it came, without secrets."""
        path = req.uri.partition("?")[0]
        return super().atoms(resp, req, environ, request_time) | {"U": without_secret_paths(path)}


logger_class = Log
wsgi_app = "medspa.wsgi:application"
bind = os.environ.get("BIND") or f"127.0.0.1:{bootstrap.port()}"
workers = bootstrap.workers()

# Threads, so that a reader on a slow line, or an editor's large upload, never holds a whole worker.
worker_class = "gthread"
threads = 4
keepalive = 5

# A worker that has not moved for a minute is replaced; one told to stop may finish what it is answering.
timeout = 60
graceful_timeout = 30

# A slow leak in any library ends with its worker; the jitter keeps workers from restarting together.
# High enough that a burst of readers, answered from memory, never waits for restarts.
max_requests = 500_000
max_requests_jitter = 100_000

# No page here needs a longer address or more headers than these.
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190

# Whose X-Forwarded-* headers gunicorn believes: a proxy on this computer, unless the environment names others.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1,::1"
# No header says where the site stands or what is asked for: gunicorn would take SCRIPT_NAME and PATH_INFO from such
# a proxy, and a proxy that hands on every header would take them from anybody.
forwarder_headers = ""

# Workers show that they live by touching a file: in memory, because a busy disk can hold a write for seconds.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None

# gunicorn's control socket would lie in the home folder, one for all sites of a user.
control_socket_disable = True

# The proxy in front writes a line for each request; ACCESS_LOG=- writes one here, too, to standard output.
accesslog = os.environ.get("ACCESS_LOG") or None
access_log_format = ""  # the form of all our logs
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "info").lower()
