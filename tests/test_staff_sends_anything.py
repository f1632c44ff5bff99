"""Whatever the staff side's forms are sent: a page or a sentence, never trouble; nothing goes public, no word is lost.

The forms are those of the real pages, found by opening every one; scripts' addresses get the fields that scripts send.
"""

from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from django.db import transaction
from django.test import Client
from django.utils.datastructures import MultiValueDict
from fuzzing import many, odd_text, quiet, unescaped  # noqa: F401
from hypothesis import given
from hypothesis import strategies as st
from permissions_table import TABLE
from staff_world import World, address_of, named_addresses

from blog.models import Post, Publication, Revision

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet", "small_renditions")]
# Only a screen that asked first, or the answer to what somebody ordered there, brings something before readers.
MAKES_PUBLIC = {
    "/publish/": "the publishing screen",
    "/review/": "an approval that publishes as ordered",
    "/undo/": "a page that was taken off with others comes back",
    "/replace/": "the same text with another picture",
}
# The first has no field; the second asks the network.
LEFT_OUT = {"admin:logout", "admin:health"}
# What scripts send that stands in no form.
BY_SCRIPT = {
    "admin:blog_post_autosave_new": "admin:blog_post_add",
    "admin:blog_post_autosave": "admin:blog_post_change",
    "admin:blog_post_checks": "admin:blog_post_change",
    "admin:blog_post_presence": "admin:blog_post_change",
    "admin:blog_post_safety": "admin:blog_post_change",
    "admin:blog_post_preview": "admin:blog_post_change",
    "admin:blog_post_preview_new": "admin:blog_post_add",
    "admin:blog_image_upload": "admin:blog_image_add",
    "admin:blog_image_said": "admin:blog_image_change",
    "admin:blog_source_new": "admin:blog_source_add",
    "admin:lock": "admin:unlock",
}
EXTRA = (
    "_popup _to_field _save _publish _review _continue again next later action _as _beside _instead _turn _remove "
    "index seen at_0 at_1 post _selected_action"
).split()

ASKED = (
    "page q o p all e _changelist_filters topic author__id__exact status _popup _to_field next term app_label "
    "model_name field_name keys by of after as trash state at__year at__range pk__in topic__in id__exact version day"
).split()

value = odd_text | st.integers(0, 30).map(str) | st.sampled_from(("now", "later", "approve", "send_back", "patient"))
change = st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(("set", "set", "set", "drop", "twice")), value)
more = st.dictionaries(st.sampled_from(EXTRA), value, max_size=2)


def fields_of(form: lxml.html.FormElement) -> list[tuple[str, str]]:
    """What a browser would send with this form as it stands, with each of its buttons' names beside."""
    found = []
    for field in form.xpath(".//input | .//select | .//textarea | .//button[@name]"):
        if field.tag == "select":
            chosen = field.xpath("./option[@selected]") or field.xpath("./option")[:1]
            value = chosen[0].get("value", "") if chosen else ""
        else:
            value = (field.text or "") if field.tag == "textarea" else field.get("value", "")
        if field.get("name") and field.get("name") != "csrfmiddlewaretoken":
            found.append((field.get("name"), value))
    return list(dict(found).items())


def forms_of(client: Client, world: World, pages: tuple[str, ...] = ("",)) -> dict[str, list[tuple[str, str]]]:
    """Every address that takes a form, with the fields that its page sends: found by opening all pages.

    ``pages``: open only those whose names end so.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    addresses = {name: address_of(name, path, world.keys(name)) for name, path in named_addresses().items()}
    for name, path in named_addresses().items():
        reads, sends = TABLE.get(name, ((), ()))
        here = addresses[name]
        if sends and "everything" in sends and name not in LEFT_OUT:
            found.setdefault(here, list(world.sent(name, None).items()))
        if (
            not reads
            or "everything" not in reads
            or name in LEFT_OUT
            or not name.endswith(pages)
            or "<str:name>" in path
        ):
            continue
        answer = client.get(here)
        if answer.streaming or "text/html" not in answer["Content-Type"] or answer.status_code != 200:
            continue
        for form in lxml.html.fromstring(answer.content.decode()).xpath("//form[@method='post']"):
            to = urlsplit(urljoin(here, form.get("action") or here)).path
            if "logout" not in to:
                found[to] = list(dict([*found.get(to, []), *fields_of(form)]).items())
    for name, page in BY_SCRIPT.items():
        found[addresses[name]] = list(dict([*found[addresses[name]], *found[addresses[page]]]).items())
    return found


def mutated(fields: list[tuple[str, str]], changes: list, extra: dict[str, str]) -> MultiValueDict:
    """The form with some of its fields changed, left out or sent twice, and with some that it does not have."""
    sent = MultiValueDict({name: [value] for name, value in fields})
    for place, how, text in changes if fields else ():
        name = fields[int(place * len(fields))][0]
        if how == "drop":
            sent.pop(name, None)
        elif how == "twice":
            sent.appendlist(name, text)
        else:
            sent[name] = text
    for name, text in extra.items():
        sent[name] = text
    return sent


def public() -> set[int]:
    return set(Publication.objects.values_list("pk", flat=True))


@pytest.fixture
def world(db):
    return World()


def test_every_form_takes_anything(world):
    user = world.people()["everything"]
    client = Client()
    client.force_login(user)
    cookies = {name: cookie.value for name, cookie in client.cookies.items()}
    forms = forms_of(client, world)
    assert len(forms) > 80
    before = public()

    def attack(address, fields):
        @many(3)
        @given(st.lists(change, min_size=1, max_size=4), more, st.booleans())
        def check(changes, extra, as_oneself):
            sent = mutated(fields, changes, extra)
            if as_oneself:
                sent["_as"] = str(user.pk)  # as the form's script says it
            client.cookies.clear()
            client.cookies.load(cookies)
            with transaction.atomic():
                response = client.post(address, dict(sent.lists()))
                assert response.status_code < 500
                content = response.getvalue() if response.streaming else response.content
                if "text/html" in response.get("Content-Type", ""):
                    assert not unescaped(content.decode("utf-8", "replace"))
                assert public() <= before or any(part in address for part in MAKES_PUBLIC)
                transaction.set_rollback(True)

        check()

    for address, fields in forms.items():
        attack(address, fields)


def test_a_word_that_was_typed_is_stored_or_still_there(world):
    """The editing form: whatever else is wrong with what came, the text is kept, or stands in the page that answers."""
    client = Client()
    client.force_login(world.people()["everything"])
    forms = forms_of(client, world, pages=("blog_post_add", "blog_post_change"))

    def attack(address):
        fields = [(field, value) for field, value in forms[address] if field not in ("title", "body")]

        @many(20)
        @given(st.lists(change, max_size=4), more, odd_text)
        def check(changes, extra, title):
            sent = mutated(fields, changes, extra)
            sent["title"], sent["body"] = title, "<h2>Heading</h2><p>Quillwort in a text.</p>"
            with transaction.atomic():
                response = client.post(address, dict(sent.lists()))
                assert response.status_code < 500
                stored = Revision.objects.filter(body__contains="Quillwort").exists()
                assert stored or "Quillwort" in response.content.decode(), response.status_code
                assert stored or not Post.objects.filter(body__contains="Quillwort").exists()
                transaction.set_rollback(True)

        check()

    for name in ("admin:blog_post_add", "admin:blog_post_change"):
        attack(address_of(name, named_addresses()[name], world.keys(name)))


BODIES = (b"", b"\x00\xff", b"{", b"[]", b"a=" + b"x" * 100, b"--x\r\n", b"title=%ff%fe&body=%ED%A0%80&%00=%00")
KINDS = (
    "application/json",
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-7",
)


def test_every_form_takes_bodies_that_are_no_form(world):
    client = Client()
    client.force_login(world.people()["everything"])
    cookies = {name: cookie.value for name, cookie in client.cookies.items()}
    addresses = [
        address_of(name, path, world.keys(name))
        for name, path in named_addresses().items()
        if name in TABLE and TABLE[name][1] and name not in LEFT_OUT
    ]

    @many(120)
    @given(st.sampled_from(addresses), st.sampled_from(BODIES), st.sampled_from(KINDS))
    def check(address, body, kind):
        client.cookies.clear()
        client.cookies.load(cookies)
        with transaction.atomic():
            assert client.generic("POST", address, body, content_type=kind).status_code < 500
            transaction.set_rollback(True)

    check()


def test_every_list_takes_any_question(world):
    client = Client()
    client.force_login(world.people()["everything"])
    addresses = [
        address_of(name, path, world.keys(name))
        for name, path in named_addresses().items()
        if name in TABLE and TABLE[name][0] and name not in LEFT_OUT
    ]

    @many(150)
    @given(st.sampled_from(addresses), st.dictionaries(st.sampled_from(ASKED), value, max_size=3))
    def check(address, asked):
        with transaction.atomic():
            response = client.get(address, asked)
            assert response.status_code < 500
            content = response.getvalue() if response.streaming else response.content
            assert not unescaped(content.decode("utf-8", "replace")) or "html" not in response["Content-Type"]
            transaction.set_rollback(True)

    check()


@pytest.mark.parametrize("key", ["9" * 20, "2147483648"])
def test_a_number_that_no_record_has_is_not_there(world, key):
    """Larger than a database counts, and larger than the smaller kind of numbers."""
    client = Client()
    client.force_login(world.people()["everything"])
    cookies = {name: cookie.value for name, cookie in client.cookies.items()}
    numbers = dict.fromkeys(("pk", "object_id", "id", "number", "mine"), key)
    addresses = {name: path for name, path in named_addresses().items() if TABLE.get(name) and "<" in path}
    for name, path in addresses.items():
        address = address_of(name, path, world.keys(name) | numbers)
        for method in (client.get, client.post):
            client.cookies.clear()
            client.cookies.load(cookies)
            with transaction.atomic():
                assert method(address, world.sent(name, None)).status_code < 500, address
                transaction.set_rollback(True)
