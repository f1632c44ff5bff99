"""Whether the links that articles rely on are still there: the pages of sources, and the labels of drugs.

Links in the words of articles are not looked at here. What is asked is chosen by staff and answered by anybody, so this
asks public addresses only: a name is looked up once, every address it has must be public, and the connection goes to
one of exactly those, also after each redirect. Nothing of an answer is kept but its status.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urljoin, urlsplit

from blog.models import Drug, LinkCheck, Source

SECONDS = 10  # for each step of one question
LONGEST = 30  # for one question with all its steps
ALL_TOGETHER = 120  # no question is begun after this time
AT_ONCE = 4
MOST_REDIRECTS = 5
PORTS = {"http": 80, "https": 443}
# Somebody is there, and does not let programs in, or not now: no sign that the page is gone.
SHUT_TO_PROGRAMS = frozenset({401, 402, 403, 405, 406, 407, 408, 409, 412, 418, 421, 423, 425, 426, 428, 429, 451})
HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; link check of a clinic's blog)", "Accept": "*/*"}
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
# All that the internet gives out of the new addresses (RFC 4291, 2.4); what else there is belongs to one network.
_GIVEN_OUT = ipaddress.ip_network("2000::/3")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
MayAsk = Callable[[Address, int], bool]


@dataclass(frozen=True)
class Answer:
    """What a link answered. ``wrong`` is blank for a page that is there; ``is_heard`` says that somebody answered.

    Neither wrong nor heard: nobody could look.
    """

    wrong: str = ""
    is_heard: bool = True


class _NotAsked(Exception):
    """An address that is not asked, and why."""


def is_public(address: Address, port: int) -> bool:
    """Whether a machine on the open internet answers there, where the web answers."""
    inner = [address]
    if isinstance(address, ipaddress.IPv6Address):
        # An old address within a new one.
        within = address.ipv4_mapped or address.sixtofour
        within = ipaddress.IPv4Address(address.packed[-4:]) if address in _TRANSLATED else within
        if within is None and address not in _GIVEN_OUT:
            return False
        inner += [within] if within else []
    return port in PORTS.values() and all(one.is_global and not one.is_multicast for one in inner)


def links_to_check() -> list[str]:
    """Every link that articles rely on: of sources and drugs that are still offered."""
    sources = Source.objects.filter(is_retired=False).exclude(url="").values_list("url", flat=True)
    labels = Drug.objects.filter(is_retired=False).exclude(label_url="").values_list("label_url", flat=True)
    return list(dict.fromkeys([*sources, *labels]))


def check_links(now: datetime, *, may_ask: MayAsk = is_public, seconds: float = ALL_TOGETHER) -> str:
    """Look at the links, those first that were looked at longest ago, and write down what they answered.

    Where nobody answers at all, this machine has no network, and nothing is written down. Returns a sentence.
    """
    links = links_to_check()
    LinkCheck.objects.exclude(url__in=links).delete()
    known = {check.url: check for check in LinkCheck.objects.all()}
    never = [url for url in links if url not in known]
    looked_at = sorted((url for url in links if url in known), key=lambda url: known[url].checked_at)
    answers = ask_all([*never, *looked_at], may_ask, seconds)
    if not links:
        return "There is no link to look at."
    if not any(answer.is_heard for answer in answers.values()):
        return "Could not look: nothing out there answered. Nothing was written down."
    answers = {url: answer for url, answer in answers.items() if answer.is_heard or answer.wrong}
    for url, answer in answers.items():
        before = known.get(url)
        since = (before.failing_since if before and before.answer else now) if answer.wrong else None
        values = {"checked_at": now, "answer": answer.wrong, "failing_since": since}
        LinkCheck.objects.update_or_create(url=url, defaults=values)
    wrong = sum(bool(answer.wrong) for answer in answers.values())
    left = len(links) - len(answers)
    rest = f" {left} are left for the next time." if left else ""
    return f"{len(answers)} of {len(links)} links looked at, {wrong} did not answer as they should.{rest}"


def ask_all(urls: Iterable[str], may_ask: MayAsk, seconds: float) -> dict[str, Answer]:
    """Ask each link, few at once and never two of one host; those whose turn does not come in time are left out."""
    deadline = time.monotonic() + seconds
    by_host: dict[str, list[str]] = {}
    for url in urls:
        by_host.setdefault(_host(url), []).append(url)

    def ask_host(links: list[str]) -> dict[str, Answer]:
        return {url: ask(url, may_ask) for url in links if time.monotonic() < deadline}

    answers: dict[str, Answer] = {}
    with ThreadPoolExecutor(AT_ONCE, "link-check") as pool:
        for done in as_completed([pool.submit(ask_host, links) for links in by_host.values()]):
            answers |= done.result()
    return answers


def ask(url: str, may_ask: MayAsk = is_public) -> Answer:
    """What a link answers, redirects followed."""
    ends = time.monotonic() + LONGEST
    try:
        for _ in range(MOST_REDIRECTS + 1):
            status, location = _status(url, may_ask, ends)
            if not (300 <= status < 400 and location):
                return Answer(_words(status))
            url = urljoin(url, location)
        return Answer("it leads on and on")
    except _NotAsked as reason:
        return Answer(str(reason), is_heard=False)
    except ssl.SSLCertVerificationError:
        return Answer("browsers do not trust its certificate")
    except socket.gaierror as error:
        return Answer("" if error.errno == socket.EAI_AGAIN else "there is no such site", is_heard=False)
    except (OSError, http.client.HTTPException, ValueError):
        return Answer("it does not answer", is_heard=False)


def _words(status: int) -> str:
    if status < 400 or status in SHUT_TO_PROGRAMS:
        return ""
    if status >= 500:
        return f"the site has trouble ({status})"
    return f"the page is not there ({status})"


def _status(url: str, may_ask: MayAsk, ends: float) -> tuple[int, str]:
    """Status and the address it leads on to. Asks for the head alone; for the page where that is refused."""
    status, location = _ask_once("HEAD", url, may_ask, ends)
    # Many sites answer HEAD wrongly; what counts is what a reader would get.
    return _ask_once("GET", url, may_ask, ends) if status >= 400 else (status, location)


def _ask_once(method: str, url: str, may_ask: MayAsk, ends: float) -> tuple[int, str]:
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None:
        raise _NotAsked("it is no plain web address")
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection = _Connection(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], may_ask)
    # A server that sends a letter now and then must not hold this for ever.
    alarm = threading.Timer(left, connection.cut)
    alarm.daemon = True
    alarm.start()
    try:
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=?~-._')}" if parts.query else ""
        connection.request(method, path + query, headers=HEADERS)
        with connection.getresponse() as answer:
            if connection.was_cut:
                raise TimeoutError
            return answer.status, answer.headers.get("Location", "")
    finally:
        alarm.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was looked up and judged; never to whatever the name means a moment later."""

    def __init__(self, scheme: str, host: str, port: int, may_ask: MayAsk) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self.default_port = PORTS[scheme]
        self.is_secure = scheme == "https"
        self.may_ask = may_ask
        self.was_cut = False

    def connect(self) -> None:
        """Look the name up, refuse it if any address of it is not public, and connect to the first that answers."""
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(entry[4][0].partition("%")[0] for entry in found))
        if not all(self.may_ask(ipaddress.ip_address(address), self.port) for address in addresses):
            raise _NotAsked("it leads to a place that is not public")
        raw = self._first_that_answers(addresses)
        self.sock = raw
        if self.is_secure:
            self.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=self.host)

    def _first_that_answers(self, addresses: list[str]) -> socket.socket:
        for address in addresses[:2]:
            try:
                return socket.create_connection((address, self.port), SECONDS)
            except OSError as error:
                failed = error
        raise failed

    def cut(self) -> None:
        """End it from another thread."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
