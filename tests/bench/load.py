"""Who asks: wrk for many requests at once, a kept connection for one after the other, a member of staff."""

import http.client
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookiejar import CookieJar

import lxml.etree
import lxml.html

CONNECTIONS = 32
NO_WRK = "wrk was not found. On Debian or Ubuntu: sudo apt install wrk"
# What a phone's browser sends with its requests.
BROWSER = {
    "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "en-US,en;q=0.9",
}


class CannotMeasure(Exception):
    """Something is missing or answers otherwise than it should; the text says what."""


def rate(url: str, seconds: float, headers: dict[str, str], status: int = 200) -> float:
    """Answers a second at 32 kept connections. Raises ``CannotMeasure`` where one of them fails."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise CannotMeasure(NO_WRK)
    sent = [part for name, value in (BROWSER | headers).items() for part in ("-H", f"{name}: {value}")]
    # Two threads, so that the asking is not the limit where nginx answers.
    command = [
        wrk,
        "-t",
        "2",
        "-c",
        str(CONNECTIONS),
        "-d",
        f"{max(1, round(seconds))}s",
        "--timeout",
        "10s",
        *sent,
        url,
    ]
    said = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    wrong = re.search(r"Socket errors: (?!connect 0, read 0, write 0, timeout 0).*|Non-2xx or 3xx.*", said)
    if not found or wrong or float(found[1]) == 0:
        raise CannotMeasure(f"{url}: {wrong[0] if wrong else said.strip() or 'no answer'}")
    return float(found[1])


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds. ``headers`` are by their names in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


class Connection:
    """One kept connection to a port of this computer, opened anew where the server closed it."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self.headers = BROWSER | (headers or {})
        self._open = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> Answer:
        """One request."""
        for last in (False, True):
            try:
                started = time.perf_counter()
                self._open.request(method, path, headers=self.headers | (headers or {}))
                response = self._open.getresponse()
                body = response.read()
                took = time.perf_counter() - started
            except (http.client.RemoteDisconnected, ConnectionError):
                self._open.close()
                if last:
                    raise
            else:
                found = {name.lower(): value for name, value in response.getheaders()}
                return Answer(response.status, found, body, took)
        raise AssertionError("unreachable")

    def good(self, path: str) -> Answer:
        """One request that must be answered by 200."""
        answer = self.ask(path)
        if answer.status != 200:
            raise CannotMeasure(f"{path} was answered by {answer.status}")
        return answer

    def close(self) -> None:
        """Let go of the connection."""
        self._open.close()


def ask_all(port: int, paths: Iterable[str], headers: dict[str, str], until: float, people: int = 4) -> dict[str, int]:
    """Ask for all paths once, ``people`` at a time, not beyond the moment ``until`` (monotonic); their statuses."""
    waiting, found = iter(list(paths)), {}

    def person() -> None:
        connection = Connection(port, headers)
        for path in waiting:  # next() of a list's iterator is one step for all threads
            if time.monotonic() > until:
                break
            found[path] = connection.ask(path).status
        connection.close()

    together(person, people)
    return found


def together(act: Callable[[], None], people: int) -> None:
    """Do the same in several threads, and wait for all; the first error of any is raised."""
    with ThreadPoolExecutor(people) as pool:
        for done in [pool.submit(act) for _ in range(people)]:
            done.result()


def sitemaps(connection: Connection) -> list[str]:
    """The sitemap, and the parts that it names where it is one of parts."""
    whole = connection.good("/sitemap.xml").body
    found = lxml.etree.fromstring(whole).xpath("//*[local-name()='sitemap']/*[local-name()='loc']/text()")
    parts = [urllib.parse.urlsplit(address) for address in found]
    return ["/sitemap.xml", *(f"{part.path}?{part.query}" if part.query else part.path for part in parts)]


class Staff:
    """A member of staff with a browser that runs no script."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self.url = url
        self.cookies = CookieJar()
        no_proxy, cookies = urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        self._opener = urllib.request.build_opener(no_proxy, cookies)
        self.send("/admin/login/", "@id='login-form'", username=username, password=password)
        if not self.cookies:
            raise CannotMeasure("Nobody could sign in")

    def ask(self, path: str, fields: list[tuple[str, str]] | None = None) -> str:
        """Open a page, or send a form to it; the page that comes in the end."""
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            with self._opener.open(urllib.request.Request(self.url + path, data), timeout=60) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise CannotMeasure(f"{path} was answered by {error.code}") from None

    def form(self, path: str, form: str) -> dict[str, list[str]]:
        """What the page's form with this attribute (an XPath's condition) would send as it stands."""
        found = lxml.html.fromstring(self.ask(path)).xpath(f"//form[{form}]")
        if len(found) != 1:
            raise CannotMeasure(f"{path} has no form with {form}")
        fields: dict[str, list[str]] = {}
        for name, value in found[0].form_values():
            fields.setdefault(name, []).append(value)
        return fields

    def send(self, path: str, form: str, **changes: str) -> str:
        """Fill in a page's form and send it; the page that comes in the end."""
        fields = self.form(path, form) | {name: [value] for name, value in changes.items()}
        return self.ask(path, [(name, value) for name, values in fields.items() for value in values])

    def cookie(self) -> str:
        """The header by which the site knows this person."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)
