"""The editing screen through HTTP, as a browser without scripts would use it."""

import lxml.html
import pytest
from cast import person
from django.test import Client
from django.urls import reverse
from factories import make_author, make_editor

ADD = "/admin/blog/post/add/"


class Screen:
    """One person's browser on the editing screen. Forms are read from the page and sent back as they stand."""

    def __init__(self, user) -> None:
        self.user = user
        self.client = Client()
        self.client.force_login(user)

    def open(self, post=None):
        """Get the form of a post, or of a new one."""
        self.answer = self.client.get(reverse("admin:blog_post_change", args=[post.pk]) if post else ADD)
        self.read()
        return self

    def read(self) -> None:
        self.page = lxml.html.fromstring(self.answer.content.decode())
        forms = self.page.xpath("//form[@id='post_form']")
        self.fields = dict(_values(forms[0])) if forms else {}
        self.text = " ".join(self.page.text_content().split())

    def send(self, button="_continue", value="1", **changes):
        """Press a button of the form, with some fields changed; a field that is None is left out."""
        data = {name: text for name, text in ({**self.fields, **changes, button: value}).items() if text is not None}
        self.sent = data
        self.answer = self.client.post(self.answer.request["PATH_INFO"], data)
        if self.answer.status_code == 200:
            self.read()
        return self.answer

    def errors(self, name: str) -> str:
        return " ".join(self.page.xpath(f"//ul[@id='id_{name}_error']//text()")).strip()

    @property
    def save_line(self) -> str:
        return " ".join(self.page.get_element_by_id("save-line").text_content().split())

    @property
    def note(self) -> str:
        notes = self.page.xpath("//*[@id='form-note']")
        return " ".join(notes[0].text_content().split()) if notes else ""


def _values(form):
    """What a browser would send: names and values of the fields as they stand."""
    for field in form.xpath(".//input | .//select | .//textarea"):
        kind = field.get("type", "text")
        if field.tag == "select":
            chosen = field.xpath("./option[@selected]") or field.xpath("./option")[:1]
            yield field.get("name"), chosen[0].get("value", "")
        elif field.tag == "textarea":
            yield field.get("name"), (field.text or "").removeprefix("\n")
        elif kind not in ("checkbox", "radio") or field.get("checked") is not None:
            yield field.get("name"), field.get("value", "on" if kind in ("checkbox", "radio") else "")


@pytest.fixture
def editor(db):
    return Screen(make_editor())


@pytest.fixture
def writer(db):
    wilma = person("wilma", "Writer")
    make_author("Wilma Fox", user=wilma)
    return Screen(wilma)


@pytest.fixture
def screen_of():
    return Screen
