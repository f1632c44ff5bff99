"""Wrong passwords and codes: who has to wait, and who has not."""

import base64

import pytest
from axes.models import AccessAttempt
from cast import person
from django.core import mail
from django.test import Client
from login_steps import PASSWORD, acts, code, is_in, log_in, said, wrong_code

from blog.models import AuditEntry

pytestmark = pytest.mark.django_db
WAIT = "wrong too often"
CODE = "/admin/login/code/"


def from_address(address: str, **more) -> Client:
    return Client(REMOTE_ADDR=address, **more)


def lock(name: str = "wilma", client: Client | None = None, tries: int = 8):
    """Wrong passwords, each from another address unless one browser is named; the last answer."""
    for number in range(tries):
        answer = log_in(client or from_address(f"203.0.113.{number}"), name, "wrong")
    return answer


class TestAccount:
    def test_after_eight_wrong_passwords_the_right_one_waits_too(self, wilma, later):
        assert WAIT not in said(lock(tries=7))
        answer = lock(tries=1)
        assert WAIT in said(answer) and answer.status_code == 429 and answer["Retry-After"] == "600"
        assert WAIT in said(log_in(from_address("198.51.100.1")))
        assert acts(wilma) == ["sign_in_locked"]
        later(minutes=11)
        client = from_address("198.51.100.1")
        assert log_in(client).status_code == 302 and is_in(client)

    def test_spellings_of_a_name_are_one_account(self, wilma):
        for number, name in enumerate(
            ("WILMA", " wilma ", "Wilma", "\uff57ilma", "wil\uff4da", "\u3000wilma", "wiLma")
        ):
            assert WAIT not in said(log_in(from_address(f"203.0.113.{number}"), name, "wrong")), name
        assert WAIT in said(log_in(from_address("198.51.100.1"), "\uff57ilma", "wrong"))
        assert acts(wilma) == ["sign_in_locked"], "whatever spelling was the last one"

    def test_a_name_that_nobody_has_is_answered_alike_at_every_step(self, wilma):
        strip = lambda answer, name: said(answer).replace(name, "NAME")  # noqa: E731
        for number in range(10):
            client = from_address(f"203.0.113.{number}")
            known, unknown = log_in(client, "wilma", "wrong"), log_in(client, "xilma", "wrong")
            assert known.status_code == unknown.status_code
            assert strip(known, "wilma") == strip(unknown, "xilma")
            assert {*known.headers} == {*unknown.headers} and {*known.cookies} == {*unknown.cookies}

    def test_a_name_that_nobody_has_takes_as_much_work(self, wilma, monkeypatch):
        from django.contrib.auth.hashers import MD5PasswordHasher

        worked = []
        encode = MD5PasswordHasher.encode
        monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: worked.append(1) or encode(*args))
        person("closed", "Writer").set_unusable_password()
        for name in ("wilma", "xilma"):
            worked.clear()
            log_in(Client(), name, "wrong")
            assert len(worked) == 1, name

    def test_going_on_does_not_lengthen_the_wait(self, wilma, later):
        lock()
        later(minutes=6)
        lock(tries=3)
        later(minutes=5)
        assert log_in(from_address("198.51.100.1")).status_code == 302

    def test_a_right_password_starts_the_count_anew(self, wilma):
        lock(tries=7)
        assert log_in(from_address("198.51.100.1")).status_code == 302
        assert WAIT not in said(lock(tries=7))

    def test_a_stranger_does_not_lock_staff_out_of_their_own_browser(self, wilma):
        own = from_address("192.0.2.7")
        log_in(own)
        own.post("/admin/logout/")
        lock()
        assert WAIT in said(log_in(from_address("192.0.2.7")))
        assert log_in(own).status_code == 302 and is_in(own)
        own.post("/admin/logout/")
        # That browser is counted by itself.
        assert WAIT in said(lock(client=own))
        # And its cookie is worth nothing for another name, nor when made up.
        person("erin", "Editor")
        lock("erin")
        assert WAIT in said(log_in(own, "erin"))
        made_up = from_address("192.0.2.8")
        made_up.cookies["known"] = own.cookies["known"].value[:-2] + "xx"
        assert WAIT in said(log_in(made_up))


class TestAddress:
    def test_one_address_may_be_wrong_forty_times_whatever_the_names(self, wilma):
        client = from_address("203.0.113.9")
        for number in range(39):
            assert WAIT not in said(log_in(client, f"name{number}", "wrong"))
        log_in(client, "name", "wrong")
        assert WAIT in said(log_in(client)) and WAIT in said(log_in(from_address("203.0.113.9")))
        assert log_in(from_address("203.0.113.10")).status_code == 302

    def test_a_forged_header_is_no_address(self, wilma):
        for number in range(40):
            headers = {"x-forwarded-for": f"198.51.100.{number}", "forwarded": f"for=198.51.100.{number}"}
            log_in(from_address("203.0.113.9", headers=headers), f"name{number}", "wrong")
        assert WAIT in said(log_in(from_address("203.0.113.9", headers={"x-forwarded-for": "192.0.2.99"})))

    @pytest.mark.parametrize("proxies", [["10.0.0.5"], ["10.0.0.0/8", "::1"], ["*"]])
    def test_the_proxy_in_front_is_believed_for_what_it_added_itself(self, wilma, settings, proxies):
        settings.FORWARDED_ALLOW_IPS = proxies
        for number in range(40):
            sent = {"x-forwarded-for": f"198.51.100.{number}, 203.0.113.9"}
            log_in(from_address("10.0.0.5", headers=sent), f"name{number}", "wrong")
        there = {"x-forwarded-for": "203.0.113.9"}
        assert WAIT in said(log_in(from_address("10.0.0.5", headers=there)))
        assert log_in(from_address("10.0.0.5", headers={"x-forwarded-for": "203.0.113.8"})).status_code == 302

    def test_an_ipv6_network_is_one_address(self, wilma):
        for number in range(40):
            log_in(from_address(f"2001:db8:1:2:{number}::1"), f"name{number}", "wrong")
        assert WAIT in said(log_in(from_address("2001:db8:1:2:ffff::9")))
        assert log_in(from_address("2001:db8:1:3::9")).status_code == 302

    @pytest.mark.parametrize("address", ["", "not an address", "::ffff:203.0.113.9"])
    def test_odd_addresses_are_no_trouble(self, wilma, address):
        assert log_in(from_address(address), password="wrong").status_code == 200
        assert log_in(from_address(address)).status_code == 302


class TestCode:
    def test_five_wrong_codes(self, wilma, with_app, later):
        client = Client()
        log_in(client)
        for _ in range(4):
            assert "did not match" in said(client.post(CODE, {"code": wrong_code()}))
        answer = client.post(CODE, {"code": wrong_code()})
        assert WAIT in said(answer) and answer.status_code == 429
        assert WAIT in said(client.post(CODE, {"code": code()}))
        other = Client()
        log_in(other)
        assert WAIT in said(other.post(CODE, {"code": with_app[0]}))
        assert "sign_in_locked" in acts(wilma) and not is_in(other)
        later(minutes=11)
        log_in(other)
        assert other.post(CODE, {"code": with_app[0]}).status_code == 302


class TestTheRest:
    def test_a_password_asked_again_counts_like_one_at_the_login(self, wilma):
        client = Client()
        log_in(client, shared="on")
        client.post("/admin/lock/")
        for _ in range(8):
            answer = client.post("/admin/unlock/", {"password_again": "wrong"})
        assert WAIT in said(answer)
        assert WAIT in said(client.post("/admin/unlock/", {"password_again": PASSWORD})) and not is_in(client)

    def test_links_for_a_forgotten_password(self, wilma, settings):
        settings.EMAIL_CONFIGURED = True
        answers = {
            Client(REMOTE_ADDR=f"203.0.113.{number}").post("/admin/forgotten/", {"email": " W@Example.com"}).url
            for number in range(9)
        }
        assert answers == {"/admin/forgotten/sent/"}
        wilma.email = "w@example.com"
        wilma.save()
        Client().post("/admin/forgotten/", {"email": "w@example.com"})
        assert mail.outbox == []

    def test_the_readers_password_before_the_opening(self, settings, db):
        settings.SITE_OPEN, settings.SITE_PASSWORD = False, "opens in march"

        def ask(password, address="203.0.113.9"):
            sent = base64.b64encode(f":{password}".encode()).decode()
            return from_address(address, HTTP_AUTHORIZATION=f"Basic {sent}").get("/blog/")

        assert {ask("wrong").status_code for _ in range(40)} == {401}
        answer = ask("opens in march")
        assert answer.status_code == 429 and answer["Retry-After"] == "600" and "no-store" in answer["Cache-Control"]
        assert ask("opens in march", "203.0.113.10").status_code == 200


def test_no_password_and_no_name_is_kept_or_logged(wilma, caplog):
    caplog.set_level("DEBUG")
    for number in range(9):
        log_in(from_address(f"203.0.113.{number}"), "hunter2-in-the-wrong-field", "a secret password")
    kept = " ".join(str(value) for row in AccessAttempt.objects.values() for value in row.values())
    for secret in ("hunter2", "a secret password"):
        assert secret not in kept and secret not in caplog.text
    assert not AuditEntry.objects.exists()


def test_old_rows_are_swept(wilma, later):
    lock(tries=5)
    assert AccessAttempt.objects.count() == 5
    later(minutes=11)
    log_in(from_address("198.51.100.1"))
    assert AccessAttempt.objects.count() == 0


def test_a_login_asks_the_database_little(wilma, django_assert_max_num_queries):
    lock(tries=7)
    with django_assert_max_num_queries(26):
        assert log_in(from_address("198.51.100.1")).status_code == 302
