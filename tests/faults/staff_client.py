"""Somebody of the staff against a real server: forms are read from the pages and sent back as they stand."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from http.cookiejar import CookieJar

import lxml.html
from live_site import LiveSite


@dataclass(frozen=True)
class Answer:
    """What came back; ``path`` is where it came from, after redirects."""

    status: int
    headers: Message
    body: bytes
    path: str

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def words(self) -> str:
        """What a person reads of the page."""
        return " ".join(lxml.html.fromstring(self.text).text_content().split())

    def json(self):
        return json.loads(self.body)

    def form(self, xpath: str = "//form[@method='post']") -> dict[str, str]:
        """The fields of the last form that is found, as a browser would send them."""
        return dict(_values(lxml.html.fromstring(self.text).xpath(xpath)[-1]))


def _values(form: lxml.html.FormElement) -> Iterator[tuple[str, str]]:
    for field in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
        kind = field.get("type", "text")
        if field.tag == "select":
            chosen = field.xpath("./option[@selected]") or field.xpath("./option")[:1]
            yield field.get("name"), chosen[0].get("value", "") if chosen else ""
        elif field.tag == "textarea":
            yield field.get("name"), (field.text or "").removeprefix("\n")
        elif kind not in ("checkbox", "radio", "file") or field.get("checked") is not None:
            yield field.get("name"), field.get("value", "on" if kind in ("checkbox", "radio") else "")


def eventually(is_so: Callable[[], object], seconds: float = 15) -> bool:
    """Whether it becomes so within these seconds."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def picture_parts(picture: bytes, words: dict[str, str]) -> tuple[str, bytes]:
    """What a browser sends of a form with a picture in the field ``file``: its kind, and the bytes."""
    border = "border-of-the-parts"
    body = b"".join(
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in words.items()
    )
    head = 'Content-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body += f"--{border}\r\n{head}".encode() + picture + f"\r\n--{border}--\r\n".encode()
    return f"multipart/form-data; boundary={border}", body


class Staff:
    """One browser. Raises ``OSError`` or ``http.client.HTTPException`` where the server breaks off."""

    def __init__(self, site: LiveSite, timeout: float = 40) -> None:
        self.site, self.timeout, self.jar = site, timeout, CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)
        )

    def ask(self, path: str, data: bytes | dict | None = None, **headers: str) -> Answer:
        if isinstance(data, dict):
            data = urllib.parse.urlencode(data).encode()
        request = urllib.request.Request(self.site.url + path, data, headers)
        try:
            answer = self.opener.open(request, timeout=self.timeout)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return Answer(answer.status, answer.headers, answer.read(), urllib.parse.urlsplit(answer.url).path)

    def sign_in(self, **more: str) -> "Staff":
        fields = self.ask("/admin/login/").form() | {"username": self.site.username, "password": self.site.password}
        fields.pop("shared", None)  # ticked on the page, as it is for whoever looks at it
        assert self.ask("/admin/login/", fields | more).path == "/admin/"
        return self

    def again(self) -> "Staff":
        """Another window of the same login, which can be used beside this one."""
        other = Staff(self.site, self.timeout)
        for cookie in self.jar:
            other.jar.set_cookie(cookie)
        return other

    @property
    def token(self) -> str:
        return next(cookie.value for cookie in self.jar if cookie.name == "csrftoken")

    def upload(self, picture: bytes, **words: str) -> Answer:
        """Take a picture into the library through the photo sheet's address."""
        kind, body = picture_parts(picture, {"alt_text": "A field", "depicts": "nobody", **words})
        headers = {"Content-Type": kind, "X-CSRFToken": self.token}
        return self.ask("/admin/blog/image/upload/", body, **headers)

    def publish(self, pk: int) -> Answer:
        """Press the button of the publishing screen for what it shows."""
        address = f"/admin/blog/post/{pk}/publish/"
        return self.ask(address, self.ask(address).form("//form[.//input[@name='revision']]") | {"go": "1"})


class Window:
    """The editing screen of a post with its script's autosave."""

    def __init__(self, staff: Staff, pk: int, person: int) -> None:
        self.staff, self.pk, self.turn = staff, pk, 0
        self.address = f"/admin/blog/post/{pk}/change/"
        page = staff.ask(self.address)
        self.fields = page.form("//form[@id='post_form']") | {"window": f"window-{pk}", "_as": str(person)}

    def autosave(self, **typed: str) -> Answer:
        """Bring what was typed; what the server says is known at the next call."""
        self.turn += 1
        self.fields |= typed | {"_turn": str(self.turn)}
        answer = self.staff.ask(f"/admin/blog/post/{self.pk}/autosave/", self.fields)
        if answer.status == 200:
            said = answer.json()
            known = {"open_revision": "open", "open_version": "version", "base": "base"}
            self.fields |= {name: "" if said[key] is None else str(said[key]) for name, key in known.items()}
        return answer

    def save(self, **typed: str) -> Answer:
        """Press «Save draft»."""
        return self.staff.ask(self.address, self.fields | typed | {"_continue": "1"})
