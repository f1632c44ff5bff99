"""nginx with the shipped configuration, on ports of its own, and a name server that tells it where the site is."""

import http.client
import os
import shutil
import signal
import socket
import socketserver
import ssl
import struct
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from live_site import ROOT, LiveSite, free_port

HOST = "blog.example.com"


def need(program: str) -> str:
    """The path of a program; without it the test is skipped, or fails where ``CI`` is ``true``."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        reason = f"{program} was not found. On Debian or Ubuntu: sudo apt install {program}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return found


class ServedSite(LiveSite):
    """A site at ``site_url`` that listens behind a proxy; ready when its own health check says so."""

    def __init__(self, folder: Path, site_url: str, address: str = "127.0.0.1", port: int | None = None) -> None:
        super().__init__(folder)
        self.port = port or self.port
        self.environment |= {
            "SITE_URL": site_url,
            "BIND": f"{address}:{self.port}",
            "FORWARDED_ALLOW_IPS": "*",
            "SECRET_KEY": "only for tests, and long enough for every check of its length",
            "ACCESS_LOG": "-",
            "COUNT_READS": "proxy",
            # What the site is told about who is asking.
            "GUNICORN_CMD_ARGS": "--access-logformat '%(r)s by %({x-forwarded-proto}i)s for %({x-forwarded-for}i)s'",
            "WEB_CONCURRENCY": "1",
        }

    def answers(self) -> bool:
        """Whether the container's own health check passes."""
        done = subprocess.run(
            ["python3", ROOT / "deploy/healthcheck.py"], env=self.environment, capture_output=True, text=True
        )
        return done.returncode == 0


class NameServer:
    """Answers every question for an IPv4 address with ``addresses``, as Docker's does with a service's containers."""

    def __init__(self) -> None:
        self.addresses = ["127.0.0.1"]
        names = self

        class Answer(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                asked, reply = self.request
                question = asked[12 : asked.index(b"\0", 12) + 5]
                addresses = names.addresses
                header = asked[:2] + struct.pack(">5H", 0x8180, 1, len(addresses), 0, 0)
                records = (b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 1, 4) + socket.inet_aton(a) for a in addresses)
                reply.sendto(header + question + b"".join(records), self.client_address)

        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Answer)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Answer:
    """What came back: ``headers`` by their names in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass
class Proxy:
    """nginx, started by deploy/nginx/start.sh as the container starts it."""

    folder: Path
    environment: dict[str, str]
    http: int = field(default_factory=free_port)
    https: int = field(default_factory=free_port)
    health: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start nginx; returns once it listens."""
        nginx = need("nginx")
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                ["sh", ROOT / "deploy/nginx/start.sh"],
                env={
                    "PATH": f"{Path(nginx).parent}:{os.environ['PATH']}",
                    "RUN": str(self.folder / "run"),
                    "CACHE": str(self.folder / "cache"),
                    "COUNTS_DIR": str(self.folder / "reads"),
                    "CERTIFICATES": str(self.folder / "certificates"),
                    "CHALLENGES": str(self.folder / "challenges"),
                    "LOOK_AGAIN_SECONDS": "0.2",
                    "NAMES_KEPT": "1s",
                    "HTTP_PORT": str(self.http),
                    "HTTPS_PORT": str(self.https),
                    "HEALTH_PORT": str(self.health),
                    **self.environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 15
        while not self.listens():
            assert self.process.poll() is None and time.monotonic() < deadline, f"nginx did not start.\n{self.log}"
            time.sleep(0.05)

    def listens(self) -> bool:
        """Whether the container's health check would pass."""
        try:
            return self.get("/", port=self.health).status == 200
        except OSError:
            return False

    def stop(self) -> None:
        """Stop nginx and what start.sh left beside it."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=15)
            self.process = None

    @property
    def log(self) -> str:
        """What nginx wrote."""
        return (self.folder / "log").read_text()

    def get(self, path: str, *, method="GET", host=HOST, headers=None, body=None, port=None, tls=False) -> Answer:
        """One request, on a connection of its own. Raises ``OSError`` where no answer comes."""
        if tls:
            connection = http.client.HTTPSConnection("127.0.0.1", self.https, timeout=20, context=trusting())
            connection.sock = self.tls_connection()
        else:
            connection = http.client.HTTPConnection("127.0.0.1", port or self.http, timeout=20)
        try:
            connection.request(method, path, body, {"Host": host, "Accept": "text/html", **(headers or {})})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def tls_connection(
        self, name: str = HOST, protocols: tuple[str, ...] = ("http/1.1",), newest=None
    ) -> ssl.SSLSocket:
        """An encrypted connection that asks for the host ``name``."""
        context = trusting()
        context.set_alpn_protocols(list(protocols))
        if newest:
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = newest
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=10)
        return context.wrap_socket(plain, server_hostname=name)

    def give_certificate(self, common_name: str = HOST) -> None:
        """Put a throwaway certificate where certbot would put one."""
        folder = self.folder / "certificates" / "live" / "blog"
        folder.mkdir(parents=True, exist_ok=True)
        key, certificate = folder / "new-key.pem", folder / "new.pem"
        make_certificate(certificate, key, common_name, f"DNS:{common_name}")
        key.replace(folder / "privkey.pem")
        certificate.replace(folder / "fullchain.pem")

    def logs(self, text: str) -> bool:
        """Whether nginx writes the text within a few seconds."""
        return eventually(lambda: text in self.log)


def make_certificate(certificate: Path, key: Path, common_name: str, alternative: str) -> None:
    """Make a throwaway certificate that signs itself, for a name such as ``DNS:blog.example.com``."""
    command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split()
    names = ["-subj", f"/CN={common_name}", "-addext", f"subjectAltName={alternative}"]
    files = ["-keyout", key, "-out", certificate]
    subprocess.run([need("openssl"), *command, *names, *files], check=True, capture_output=True)


def trusting() -> ssl.SSLContext:
    """A client that accepts throwaway certificates."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def eventually(holds, seconds: float = 10) -> bool:
    """Whether something comes true within some seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def environment(site: LiveSite, names: NameServer, **more: str) -> dict[str, str]:
    """What the proxy in front of a site is started with."""
    return {
        "SITE_URL": site.environment["SITE_URL"],
        "WEB": f"web.test:{site.port}",
        "RESOLVER": names.address,
        "FILES": str(site.folder),
        **more,
    }
