"""Applications for gunicorn: the site without what stands in front of Django, and the site that says who answers."""

import os

from medspa.wsgi import application as served  # isort: skip
from django.core.wsgi import get_wsgi_application

uncached = get_wsgi_application()


def says_who(environ, start_response):
    """The site as it is served; each answer names the process that gave it."""

    def start(status, headers, *rest):
        return start_response(status, [*headers, ("X-Worker", str(os.getpid()))], *rest)

    return served(environ, start)
