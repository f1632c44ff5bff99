"""Small servers on this computer for tests: a web server over http or https, and a mail server."""

import contextlib
import http.server
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate


@contextlib.contextmanager
def running(server: socketserver.BaseServer) -> Iterator[int]:
    """Serve while the block runs; gives the port."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def web_server(answer: dict[str, str], status: int = 200, late: float = 0, context: ssl.SSLContext | None = None):
    """A web server that answers everything with this status and these headers, its clock ``late`` seconds behind."""

    class Handler(http.server.BaseHTTPRequestHandler):
        asked: list[str] = []
        sent: list[tuple[str, bytes]] = []  # how each body is compressed, and the body

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.sent.append((self.headers.get("Content-Encoding", ""), body))
            self.do_GET()

        def do_GET(self):
            self.asked.append(self.path)
            self.send_response_only(status)
            for name, value in {"Date": formatdate(usegmt=True), "Content-Length": "0", **answer}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args):
            pass

    if late:
        answer = {"Date": formatdate(time.time() - late, usegmt=True), **answer}

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self):
            connection, address = super().get_request()
            if context is not None:
                connection.settimeout(5)
                connection = context.wrap_socket(connection, server_side=True)
            return connection, address

        def handle_error(self, request, client_address):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    server.asked, server.sent = Handler.asked, Handler.sent
    return server


def page_server():
    """A web server whose pages say how long a proxy may keep them, as this site's do to a proxy that asks for it.

    ``asked`` lists what was asked for: method, path and query, packing. What it answers from then on is set on it:
    ``status``; ``keep`` and ``stale``, seconds; ``headers``, more of them; ``late``, the seconds it takes; ``body``.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            server = self.server
            packing = self.headers.get("Accept-Encoding", "")
            server.asked.append((self.command, self.path, packing))
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            time.sleep(server.late)
            self.send_response_only(server.status)
            if server.keep and "X-Accel" in self.headers:
                self.send_header("Cache-Control", f"stale-if-error={server.stale}")
                self.send_header("X-Accel-Expires", str(server.keep))
            usual = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", "Content-Type": "text/html"}
            packed = {"Content-Encoding": packing} if packing else {}
            body = server.body + packing.encode()
            about = {"ETag": f'"1-{packing}"', "Content-Length": str(len(body))}
            for name, value in {**usual, **packed, **about, **server.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_POST = answer

        def log_message(self, *args):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    server.asked, server.headers, server.body = [], {}, b"a page "
    server.status, server.keep, server.stale, server.late = 200, 60, 500, 0
    return server


def mail_server(*, password: str = ""):
    """A mail server that takes every mail; with ``password``, only after a login that has it.

    Addresses in the set ``refused`` are refused for good.
    """

    class Handler(socketserver.StreamRequestHandler):
        said: list[str] = []
        refused: set[str] = set()

        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def handle(self):
            import base64

            self.say("220 here")
            in_mail = False
            for raw in self.rfile:
                line = raw.decode("utf-8", "replace").strip()
                self.said.append(line)
                if in_mail:
                    in_mail = line != "."
                    if not in_mail:
                        self.say("250 taken")
                elif line.upper().startswith("EHLO"):
                    self.say("250-here\r\n250 AUTH PLAIN" if password else "250 here")
                elif line.upper().startswith("AUTH PLAIN"):
                    sent = base64.b64decode(line.split()[2]).decode().split("\0")[-1]
                    self.say("235 welcome" if sent == password else "535 no such login")
                elif line.upper() == "DATA":
                    in_mail = True
                    self.say("354 go on")
                elif line.upper().startswith("RCPT TO:") and line[9:-1] in self.refused:
                    self.say("550 nobody of that name")
                elif line.upper() == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 fine")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    server.said, server.refused = Handler.said, Handler.refused
    return server


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """A server that takes connections and never says a word; gives its port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]
