"""Who gets in where: every address of the URL map, asked by somebody of each kind, against ``permissions_table``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.test import Client
from permissions_table import ABOVE_ALL_ROLES, NOBODY, NOT_ANSWERED, OWN, TABLE
from public_pages import ADDRESSES
from staff_world import World, address_of, named_addresses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_doors_only")]
REFUSED = {401, 403, 404, 405}
# A request that is let in may write these on the way: who is there, and that somebody was wrong.
ON_THE_WAY = ("django_session", "axes_")
# The one page whose opening is written down: «opened» stands beside each link that shows a draft.
MAY_WRITE_WHEN_READ = {"preview"}
# Nothing of the request is read, so there is nothing to forge.
WITHOUT_TOKEN = {"tap"}
QUERY = {"admin:autocomplete": "?app_label=blog&model_name=author&field_name=photo"}


@pytest.fixture
def _doors_only(monkeypatch):
    """Pages stay unwritten: what counts is who gets to see one, and tests of the pages themselves write them."""
    monkeypatch.setattr(TemplateResponse, "rendered_content", "")


class Visitor:
    """One person's browser, in which every request begins as the first one after the login."""

    def __init__(self, kind: str, user: User | None) -> None:
        self.kind, self.user, self.client = kind, user, Client()
        if user is not None:
            self.client.force_login(user)
        self.cookies = {name: cookie.value for name, cookie in self.client.cookies.items()}

    def ask(self, method: str, address: str, sent: dict[str, object]) -> HttpResponse:
        self.client.cookies.clear()
        self.client.cookies.load(self.cookies)
        response = self.client.get(address) if method == "GET" else self.client.post(address, sent)
        if response.streaming:
            response.getvalue()  # read to its end, it closes its file
        return response

    def is_let_in(self, response: HttpResponse) -> bool:
        is_staff = self.user is not None and self.user.is_staff
        to_the_login = ("/admin/login/",) if is_staff else ("/admin/login/", "/admin/")
        away = response.status_code == 302 and response["Location"].partition("?")[0] in to_the_login
        return response.status_code not in REFUSED and not away


@contextmanager
def undone(prepare: Callable = int, *told: object) -> Iterator[list[str]]:
    """Whatever happens within has not happened afterwards; gives the tables that were written to for good.

    What ``prepare`` does before belongs to it, and is not counted.
    """
    done: list[str] = []

    def watch(execute, sql, params, many, context):
        words = [word.strip('"`;') for word in sql.split()[:5]]
        if words[0] in ("INSERT", "DELETE", "UPDATE"):
            table = words[1 if words[0] == "UPDATE" else 2]
            done.append("" if table.startswith(ON_THE_WAY) else table)
        elif words[0] == "SAVEPOINT":
            done.append(f"«{words[1]}")
        elif words[:2] == ["ROLLBACK", "TO"]:
            del done[done.index(f"«{words[3]}") :]
        return execute(sql, params, many, context)

    written: list[str] = []
    with transaction.atomic():
        prepare(*told)
        with connection.execute_wrapper(watch):
            yield written
        written += [table for table in done if table and table[0] != "«"]
        transaction.set_rollback(True)


def judged(world: World, visitor: Visitor, name: str, path: str, expected: tuple, *, keys=None, own=False) -> list[str]:
    """What is not as the table says, in sentences."""
    wrong = []
    for method, may in zip(("GET", "POST"), expected, strict=True):
        about = f"{visitor.kind}: {method} {name}{' of the own' if own else ''}"
        with undone(*((world.hand_over, name, visitor.user) if own else ())) as written:
            address = address_of(name, path, keys or world.keys(name)) + QUERY.get(name, "")
            response = visitor.ask(method, address, world.sent(name, visitor.user))
        is_in = visitor.is_let_in(response)
        if may is NOT_ANSWERED and visitor.user is not None and visitor.user.is_staff:
            if response.status_code != 405:
                wrong.append(f"{about} is answered with {response.status_code}")
        elif is_in != (visitor.kind in (may or NOBODY)):
            wrong.append(f"{about} {'is let in' if is_in else 'is refused'} with {response.status_code}")
        if written and name not in MAY_WRITE_WHEN_READ and (method == "GET" or not is_in):
            wrong.append(f"{about} has written to {written}")
    return wrong


def not_for_readers() -> dict[str, str]:
    public = {f"blog:{name}" for name in ADDRESSES}
    return {name: path for name, path in named_addresses().items() if name not in public}


def test_every_address_has_a_row_and_every_row_an_address():
    assert sorted(TABLE) == sorted(not_for_readers())
    assert not (set(OWN) | set(ABOVE_ALL_ROLES)) - set(TABLE)


def test_each_kind_of_person_gets_in_where_the_table_says():
    world = World()
    wrong = []
    addresses = not_for_readers()
    for kind, user in world.people().items():
        visitor = Visitor(kind, user)
        for name, path in addresses.items():
            wrong += judged(world, visitor, name, path, TABLE[name])
        for name, expected in ABOVE_ALL_ROLES.items():
            keys = {"pk": world.otto.pk, "id": world.otto.pk, "object_id": world.otto.pk}
            wrong += judged(world, visitor, name, addresses[name], expected, keys=keys)
        if kind in ("no role", "Writer", "Medical reviewer"):  # to the others every post is like their own
            for name, path in addresses.items():
                if name.startswith("admin:blog_post_") and "<" in path:
                    wrong += judged(world, visitor, name, path, OWN.get(name, TABLE[name]), own=True)
    assert not wrong, "\n".join(wrong)


def test_no_form_is_taken_without_the_token_of_its_page():
    world = World()
    root = world.people()["everything"]
    for user in (None, root):
        client = Client(enforce_csrf_checks=True)
        if user is not None:
            client.force_login(user)
        for name, path in not_for_readers().items():
            may = NOBODY if name in WITHOUT_TOKEN else TABLE[name][1] or NOBODY
            if "everything" in may if user else "nobody" in may:
                with undone():
                    response = client.post(address_of(name, path, world.keys(name)), world.sent(name, user))
                assert (name, response.status_code) == (name, 403)
