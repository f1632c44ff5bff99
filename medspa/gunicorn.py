"""How gunicorn serves the site: ``gunicorn -c python:medspa.gunicorn``."""

import logging
import os
from datetime import timedelta

from django.conf import settings
from gunicorn.glogging import Logger
from gunicorn.http.message import Request

from medspa import bootstrap
from medspa.logs import SECRET, WithoutSecrets
from medspa.reads import ReadsFile

bootstrap.load_settings()  # wrong settings end here with one sentence, not in every worker with a traceback

reads = ReadsFile(settings.COUNTS_DIR) if settings.COUNT_READS == "site" else None


class AccessLog(Logger):
    """gunicorn's own, without what is nobody's business: queries, and addresses that are a secret by themselves."""

    def setup(self, cfg: object) -> None:
        """gunicorn's own; what it says of a request that failed, or to somebody who looks for a fault, is no secret."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                own = handler.formatter or logging.Formatter()
                handler.setFormatter(WithoutSecrets(own._fmt, own.datefmt))

    def atoms(self, resp: object, req: Request, environ: dict, request_time: timedelta) -> dict:
        """gunicorn's own; ``U`` is the address as it came, so that nothing decoded can forge a line."""
        path = req.uri.partition("?")[0]
        return super().atoms(resp, req, environ, request_time) | {"U": SECRET.sub(r"\1*", path)}

    def access(self, resp: object, req: Request, environ: dict, request_time: timedelta) -> None:
        """gunicorn's own, which it calls after every answer; those that show somebody an article are counted."""
        if reads is not None:
            reads.note(environ, resp.status_code)
        super().access(resp, req, environ, request_time)


logger_class = AccessLog
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

# The access log belongs to the proxy in front; ACCESS_LOG=- writes one to standard output.
accesslog = os.environ.get("ACCESS_LOG") or None
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s "%(a)s"'
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "info").lower()
