"""When a session begins, changes its key, and ends."""

import pytest
from cast import person
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from login_steps import PASSWORD, acts, code, forget_last_code, is_in, log_in, said

pytestmark = pytest.mark.django_db
NEW = "another quite long one"


def test_the_key_changes_at_each_step(client, with_app):
    client.get("/admin/welcome/MQ/x-y/", follow=True)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    keys = [session.session_key]
    log_in(client)
    keys.append(client.session.session_key)
    client.post("/admin/login/code/", {"code": code()})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3 and is_in(client)
    assert not Session.objects.filter(session_key__in=keys[:2]).exists()


def test_who_logs_in_over_somebody_else_gets_a_session_of_their_own(client, wilma):
    log_in(client)
    session = client.session
    session["hers"] = "draft"
    session.save()
    person("erin", "Editor")
    log_in(client, "erin")
    assert "hers" not in client.session and client.session["_auth_user_id"] == str(User.objects.get(username="erin").pk)


def test_log_out_ends_it_on_the_server(client, wilma):
    log_in(client)
    key = client.session.session_key
    client.post("/admin/logout/")
    stolen = Client()
    stolen.cookies["sessionid"] = key
    assert not is_in(stolen) and not Session.objects.filter(session_key=key).exists()


@pytest.fixture
def two(wilma):
    """Two browsers in which Wilma is logged in."""
    clients = Client(), Client()
    for client in clients:
        log_in(client)
    return clients


def test_a_new_password_ends_every_other_session(two, wilma):
    here, there = two
    sent = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert here.post("/admin/password_change/", sent).status_code == 302
    assert is_in(here) and not is_in(there)
    assert Session.objects.count() == 1 and acts(wilma)[-1] == "password_changed"


def test_whoever_finds_a_screen_open_cannot_try_all_old_passwords(two, wilma):
    sent = {"new_password1": NEW, "new_password2": NEW}
    for number in range(8):
        assert two[0].post("/admin/password_change/", sent | {"old_password": f"guess {number}"}).status_code == 200
    answer = two[0].post("/admin/password_change/", sent | {"old_password": PASSWORD})
    assert answer.status_code == 403 and "wrong too often" in said(answer)
    assert acts(wilma)[-1] == "sign_in_locked" and User.objects.get(pk=wilma.pk).check_password(PASSWORD)


def test_a_new_password_by_somebody_else_ends_all(two, wilma):
    root = Client()
    root.force_login(User.objects.create_superuser("root", password=PASSWORD))
    sent = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    root.post(f"/admin/auth/user/{wilma.pk}/password/", sent)
    assert not any(is_in(client) for client in two) and is_in(root)
    assert acts(wilma)[-1] == "password_changed"


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}, {"is_active": False, "is_staff": False}])
def test_a_closed_login_is_out_at_its_next_request_and_stays_out(two, wilma, change):
    User.objects.filter(pk=wilma.pk).update(**change)
    assert two[0].get("/admin/").status_code == 302
    assert two[1].post("/admin/blog/post/add/", {"title": "x"}).status_code == 302
    User.objects.filter(pk=wilma.pk).update(is_active=True, is_staff=True)
    assert not any(is_in(client) for client in two)


def test_a_login_closed_by_a_manager_has_no_session_left(two, wilma):
    mara = Client()
    mara.force_login(person("mara", "Manager"))
    mara.post(f"/admin/auth/user/{wilma.pk}/change/", {"username": "wilma"})
    assert not User.objects.get(pk=wilma.pk).is_active
    User.objects.filter(pk=wilma.pk).update(is_active=True)
    assert not any(is_in(client) for client in two) and is_in(mara)


def test_a_reset_second_step_ends_all(with_app, wilma):
    client = Client()
    log_in(client)
    client.post("/admin/login/code/", {"code": code()})
    forget_last_code(wilma)
    root = Client()
    root.force_login(User.objects.create_superuser("root", password=PASSWORD))
    root.post(f"/admin/auth/user/{wilma.pk}/second-step/")
    assert not is_in(client) and is_in(root)


def test_the_login_page_keeps_the_name_and_helps_password_managers(client, wilma):
    page = log_in(client, password="wrong").content.decode()
    assert 'value="wilma"' in page and 'autocomplete="username"' in page and 'autocomplete="current-password"' in page
    assert said(client.get("/admin/login/")).startswith("Log in")
    assert 'id="id_shared" checked' in client.get("/admin/login/").content.decode()
