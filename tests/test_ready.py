"""/readyz says whether this process can serve, else why not, and asks the database at most once a second."""

import threading

import pytest
from django.db import DatabaseError, connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from blog.health import ready

pytestmark = pytest.mark.django_db


def answer(client) -> tuple[int, str]:
    response = client.get("/readyz")
    assert response["Cache-Control"] == "no-store" and response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.has_header("Retry-After") == (response.status_code == 503)
    return response.status_code, response.content.decode()


def test_a_prepared_database_is_ready(client):
    assert answer(client) == (200, "ready")
    assert client.post("/readyz").status_code == 405


def test_what_is_not_migrated_yet_is_not(client):
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("blog", "0001_initial")
    assert answer(client) == (503, "The database is not at this release: 1 step is missing.")
    recorder.record_unapplied("blog", "0002_nothing_of_ours")
    recorder.flush()
    ready.forget()
    status, said = answer(client)
    assert status == 503 and said.endswith("steps are missing.")


def test_a_newer_releases_database_is_good_enough(client):
    MigrationRecorder(connection).record_applied("blog", "9999_of_the_next_release")
    assert answer(client) == (200, "ready")


def test_it_costs_one_query_a_second_at_most(client, django_assert_num_queries, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(ready.time, "monotonic", lambda: now[0])
    for seconds, queries in ((0, 1), (0.9, 0), (0.2, 1), (0.5, 0)):
        now[0] += seconds
        with django_assert_num_queries(queries):
            for _ in range(20):
                assert answer(client)[0] == 200


def test_no_reason_tells_a_secret(client, monkeypatch, caplog):
    def refused(*args, **kwargs):
        raise DatabaseError("no password 'secret' for blog@db")

    monkeypatch.setattr(type(connections["default"]), "cursor", refused)
    assert answer(client) == (503, "The database cannot be used.")
    assert caplog.records == []  # whoever asks each second does not fill the log


def test_while_one_waits_for_the_database_the_others_are_answered(monkeypatch):
    now, may_go_on, looks = [100.0], threading.Event(), threading.Event()
    monkeypatch.setattr(ready.time, "monotonic", lambda: now[0])

    def hangs():
        looks.set()
        may_go_on.wait(10)
        return ["late"]

    monkeypatch.setattr(ready, "_look", hangs)
    waiting = threading.Thread(target=ready.what_is_missing)
    waiting.start()
    try:
        assert looks.wait(10)
        assert answer(Client()) == (503, "The database has not answered yet.")
    finally:
        may_go_on.set()
        waiting.join(10)
    assert answer(Client()) == (503, "late")
    now[0] += 2
    may_go_on.clear()
    looks.clear()
    waiting = threading.Thread(target=ready.what_is_missing)
    waiting.start()
    try:
        assert looks.wait(10)
        assert answer(Client()) == (503, "late")  # what was found last
        now[0] += 5
        assert answer(Client()) == (503, "The database has not answered yet.")
    finally:
        may_go_on.set()
        waiting.join(10)
