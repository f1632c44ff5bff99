"""Asks a page cache in front of Django as gunicorn does, without a server."""

import gzip
from contextlib import contextmanager
from dataclasses import dataclass
from wsgiref.util import setup_testing_defaults

import brotli
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from medspa.page_cache import PageCache
from medspa.page_cache.period import PeriodWatch


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress}
        return unpack.get(self.headers.get("Content-Encoding"), bytes)(self.body).decode()


@contextmanager
def one_connection():
    """Without Django's own look at connections around each request, which would end the transaction of a test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


class Asker:
    """One process: Django, its page cache, and how often Django was asked. ``seconds`` moves its steady clock."""

    def __init__(self, **options) -> None:
        self.rendered: list[str] = []
        self.seconds = 0.0
        django = get_wsgi_application()

        def counted(environ, start_response):
            self.rendered.append(environ["PATH_INFO"])
            return django(environ, start_response)

        self.cache = PageCache(counted, **options)
        self.cache.watch = PeriodWatch(self.cache.clear, patience=0, clock=lambda: self.seconds)

    def __call__(self, path: str, method: str = "GET", **headers: str) -> Answer:
        said: list = []
        path, _, query = path.partition("?")
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "127.0.0.1:8000"}
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        setup_testing_defaults(environ)
        with one_connection():
            result = self.cache(environ, lambda status, headers, exc_info=None: said.extend((status, headers)))
            body = b"".join(result)
            if hasattr(result, "close"):
                result.close()
        assert len({name for name, _ in said[1]}) == len(said[1]), "a header comes twice"
        return Answer(int(said[0].split()[0]), dict(said[1]), body)
