"""The look at links: what an answer means, what is never asked, and what is written down when."""

import contextlib
import http.server
import ipaddress
import socket
import ssl
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import trustme
from small_servers import running, web_server

from blog import link_check
from blog.daily import STEPS
from blog.link_check import Answer, ask, check_links, is_public
from blog.models import Drug, LinkCheck, Source

MONDAY = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)


def may_ask_here(address, port):
    return address.is_loopback


@pytest.fixture
def server():
    """A web server on this computer; ``server.pages`` maps a path to (status, where it leads)."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append((self.command, self.path))
            status, location = server.pages.get(self.path, (404, ""))
            if callable(status):
                status = status(self.command)
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_GET

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.pages, server.asked = {}, []
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


class TestOneLink:
    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (200, ""),
            (204, ""),
            (401, ""),
            (403, ""),
            (429, ""),
            (404, "the page is not there (404)"),
            (410, "the page is not there (410)"),
            (400, "the page is not there (400)"),
            (500, "the site has trouble (500)"),
            (503, "the site has trouble (503)"),
        ],
    )
    def test_what_a_status_means(self, server, status, words):
        server.pages["/"] = (status, "")
        assert ask(server.url, may_ask_here) == Answer(words)

    def test_the_page_counts_where_the_head_is_refused(self, server):
        server.pages["/"] = (lambda method: 405 if method == "HEAD" else 200, "")
        assert ask(server.url + "/", may_ask_here) == Answer()
        assert server.asked == [("HEAD", "/"), ("GET", "/")]

    def test_redirects_are_followed_up_to_a_limit(self, server):
        server.pages |= {f"/{n}": (301, f"/{n + 1}") for n in range(9)}
        server.pages["/5"] = server.pages["/9"] = (200, "")
        assert ask(f"{server.url}/0", may_ask_here) == Answer()
        server.pages["/5"] = (302, "/6")
        assert ask(f"{server.url}/0", may_ask_here) == Answer("it leads on and on")

    def test_nobody_there(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        assert ask(f"http://127.0.0.1:{port}/", may_ask_here) == Answer("it does not answer", is_heard=False)
        assert ask("http://nothing.invalid/", may_ask_here).is_heard is False

    def test_a_server_that_never_ends_its_answer_is_left(self, monkeypatch):
        monkeypatch.setattr(link_check, "LONGEST", 0.4)
        with socket.create_server(("127.0.0.1", 0)) as listening:

            def drip():
                with contextlib.suppress(OSError):
                    connection, _ = listening.accept()
                    with connection:
                        connection.sendall(b"HTTP/1.1 200 OK\r\n")
                        while True:
                            connection.sendall(b"X-Slow: yes\r\n")
                            threading.Event().wait(0.1)

            threading.Thread(target=drip, daemon=True).start()
            assert ask(f"http://127.0.0.1:{listening.getsockname()[1]}/", may_ask_here).is_heard is False


class TestOnlyPublicAddresses:
    @pytest.mark.parametrize(
        "address",
        "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 ::1 fe80::1 fc00::1 "
        "::ffff:127.0.0.1 ::ffff:10.0.0.1 2002:7f00:1:: 64:ff9b::a00:1 2001:db8::1 ff02::1 "
        "::7f00:1 fec0::1 64:ff9b:1::a00:1 ::ffff:0:a00:1".split(),
    )
    def test_private_ones_are_not_public(self, address):
        assert not is_public(ipaddress.ip_address(address), 443)

    @pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
    def test_others_are_where_the_web_answers(self, address):
        assert is_public(ipaddress.ip_address(address), 80) and is_public(ipaddress.ip_address(address), 443)
        assert not is_public(ipaddress.ip_address(address), 22)

    @pytest.mark.parametrize(
        "url", ["{}/", "http://localhost:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://2130706433:{port}/"]
    )
    def test_this_computer_is_never_asked(self, server, url):
        server.pages["/"] = (200, "")
        answer = ask(url.format(server.url, port=server.server_address[1]))
        assert answer.wrong and not answer.is_heard and server.asked == []

    def test_a_redirect_is_no_way_around(self, server):
        port = server.server_address[1]
        server.pages |= {"/": (302, f"http://localhost:{port}/secret"), "/secret": (200, "")}
        asked = []

        def may_ask_once(address, port):
            asked.append(address)
            return len(asked) == 1

        assert ask(f"{server.url}/", may_ask_once) == Answer("it leads to a place that is not public", is_heard=False)
        assert server.asked == [("HEAD", "/")]

    def test_a_name_with_one_private_address_is_not_asked(self, monkeypatch):
        both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 80)) for host in ("8.8.8.8", "127.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: both)
        assert ask("http://rebound.example/") == Answer("it leads to a place that is not public", is_heard=False)

    def test_the_connection_goes_to_the_address_that_was_judged(self, server, monkeypatch):
        """A name that means another address a moment later."""
        port = server.server_address[1]
        server.pages["/"] = (200, "")
        looked_up = socket.getaddrinfo
        asked = []

        def once(host, *args, **kwargs):
            if host == "rebound.example":
                asked.append(host)
            return looked_up("127.0.0.1" if host == "rebound.example" else host, *args, **kwargs)

        monkeypatch.setattr(socket, "getaddrinfo", once)
        assert ask(f"http://rebound.example:{port}/", may_ask_here) == Answer() and asked == ["rebound.example"]

    @pytest.mark.parametrize(
        "url",
        ["ftp://example.com/", "file:///etc/passwd", "http://", "http://user:secret@example.com/", "//x/", "http://[/"],
    )
    def test_only_plain_web_addresses(self, url):
        assert not ask(url, lambda address, port: pytest.fail("asked")).is_heard

    def test_a_certificate_must_be_trusted(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
        with running(web_server({}, context=context)) as port:
            assert ask(f"https://127.0.0.1:{port}/", may_ask_here) == Answer("browsers do not trust its certificate")


@pytest.mark.django_db
class TestWhatIsWrittenDown:
    @pytest.fixture
    def sources(self, server):
        return {
            name: Source.objects.create(title=name, url=f"{server.url}/{name}", accessed_on=date(2026, 11, 1))
            for name in ("there", "gone")
        }

    def look(self, days=0, **how):
        return check_links(MONDAY + timedelta(days=days), **{"may_ask": may_ask_here, **how})

    def test_only_a_second_day_says_that_it_is_gone(self, server, sources):
        server.pages["/there"] = (200, "")
        assert self.look() == "2 of 2 links looked at, 1 did not answer as they should."
        assert self.look(0.1) and LinkCheck.objects.gone() == []
        self.look(1)
        assert LinkCheck.objects.gone() == [sources["gone"].url]
        assert LinkCheck.objects.get(url=sources["there"].url).answer == ""

    def test_one_good_look_begins_anew(self, server, sources):
        server.pages["/there"] = (200, "")
        self.look()
        server.pages["/gone"] = (200, "")
        self.look(1)
        server.pages["/gone"] = (404, "")
        self.look(2)
        assert LinkCheck.objects.gone() == []

    def test_without_a_network_nothing_is_marked(self, sources):
        for day in range(3):
            said = self.look(day, may_ask=is_public)
        assert said.startswith("Could not look") and not LinkCheck.objects.exists()

    def test_the_ones_that_waited_longest_come_first_and_time_is_bounded(self, server, sources):
        server.pages |= {"/there": (200, ""), "/gone": (200, "")}
        self.look()
        LinkCheck.objects.filter(url=sources["gone"].url).update(checked_at=MONDAY - timedelta(days=9))
        server.asked.clear()
        self.look(1)
        assert [path for _, path in server.asked] == ["/gone", "/there"]
        server.asked.clear()
        assert self.look(2, seconds=-1).startswith("Could not look") and server.asked == []

    def test_labels_too_but_nothing_that_is_offered_no_more(self, server, sources):
        Source.objects.filter(title="gone").update(is_retired=True)
        Drug.objects.create(brand_name="Testox", generic_name="t", drug_class="Tests", label_url=f"{server.url}/label")
        server.pages |= {"/there": (200, ""), "/label": (200, "")}
        self.look()
        assert {check.url for check in LinkCheck.objects.all()} == {f"{server.url}/there", f"{server.url}/label"}
        Source.objects.filter(title="there").update(url="")
        self.look(1)
        assert LinkCheck.objects.get().url == f"{server.url}/label"

    def test_it_is_a_step_of_the_daily_work(self):
        assert STEPS["links"](MONDAY) == "There is no link to look at."
