"""The second step of the login: setting it up, using it, losing it."""

import re
from base64 import b32decode
from io import StringIO

import lxml.html
import pytest
from cast import person
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken
from login_steps import (
    KEY,
    PASSWORD,
    acts,
    code,
    forget_last_code,
    is_in,
    log_in,
    said,
    with_an_app,
    wrong_code,
)
from test_start import manage, one_sentence

from blog.models import AuditEntry, TrustedDevice
from blog.people import change_rights
from blog.publishing import Operator
from blog.signing_in import second_factor

pytestmark = pytest.mark.django_db
SET_UP, CODE = "/admin/second-step/", "/admin/login/code/"


def key_on(answer) -> str:
    shown = re.search(r'id="second-step-key">([A-Z2-7 ]+)<', answer.content.decode())[1]
    return b32decode(shown.replace(" ", "")).hex()


def set_up_through_the_page(client) -> list[str]:
    key = key_on(client.get(SET_UP))
    answer = client.post(SET_UP, {"code": code(key=key)})
    return re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", answer.content.decode())


class TestFirstLogin:
    def test_where_it_is_required_it_comes_before_anything_else(self, client, wilma, required):
        assert log_in(client).url == SET_UP
        assert not is_in(client) and "_auth_user_id" not in client.session
        page = client.get(SET_UP)
        assert 'src="data:image/svg+xml' in page.content.decode() and "Set up the second step" in said(page)
        codes = set_up_through_the_page(client)
        assert len(set(codes)) == 10 and is_in(client)
        assert acts(wilma) == ["second_factor_set", "signed_in"]
        # Shown once: the codes stand on no page and in no table.
        assert not StaticToken.objects.filter(token__in=[code.replace("-", "") for code in codes]).exists()

    def test_where_it_is_optional_nobody_is_asked(self, client, wilma):
        assert log_in(client).url == "/admin/" and is_in(client)

    def test_a_code_that_does_not_match_sets_nothing_up(self, client, wilma, required):
        log_in(client)
        key = key_on(client.get(SET_UP))
        for typed in ("", "12345", "abcdef", "²²²²²²", code(steps=9, key=key)):
            assert "Not set up yet." in said(client.post(SET_UP, {"code": typed})), typed
        assert not second_factor.has_second_factor(wilma) and not is_in(client)
        assert key_on(client.get(SET_UP)) == key

    def test_a_key_that_somebody_else_saw_in_this_browser_is_not_theirs(self, client, wilma, required):
        person("mallory", "Writer")
        log_in(client, "mallory", shared="on")
        seen = key_on(client.get(SET_UP))
        log_in(client, shared="on")
        page = client.get(SET_UP)
        assert "wilma" in page.content.decode() and key_on(page) != seen

    def test_who_has_only_typed_the_password_replaces_no_second_step(self, wilma, with_app):
        with pytest.raises(second_factor.WrongCode, match="Start again"):
            second_factor.set_up(wilma, "ab" * 20, code(key="ab" * 20), timezone.now(), may_replace=False)
        assert second_factor.check(wilma, code()) == "code"

    def test_on_the_phone_itself_a_link_opens_the_app(self, client, wilma, required):
        log_in(client)
        page = lxml.html.fromstring(client.get(SET_UP).content.decode())
        (link,) = page.xpath("//a[contains(., 'Open it with the key')]/@href")
        assert link.startswith("otpauth://totp/") and page.get_element_by_id("second-step-key") is not None

    def test_from_the_invitation_to_the_work_list(self, client, required):
        out = StringIO()
        call_command("invite", "--name", "Dana Ruiz", "--role", "Writer", stdout=out)
        link = re.search(r"/admin/welcome/\S+", out.getvalue())[0]
        answer = client.post(
            client.get(link).url,
            {"new_password1": "quite long, indeed", "new_password2": "quite long, indeed"},
            follow=True,
        )
        assert 'value="dana.ruiz"' in answer.content.decode()
        assert log_in(client, "dana.ruiz", "quite long, indeed").url == SET_UP
        assert set_up_through_the_page(client) and is_in(client)

    def test_a_setting_that_is_no_word_of_ours_stops_the_start(self):
        done = manage("manage.py", "check", SECRET_KEY="x" * 60, SECOND_FACTOR="perhaps")
        assert "SECOND_FACTOR must be required or optional" in one_sentence(done.stderr)


class TestCode:
    def test_password_then_code(self, client, wilma, with_app):
        assert log_in(client).url == CODE
        assert not is_in(client) and "_auth_user_id" not in client.session
        field = client.get(CODE).content.decode()
        assert 'autocomplete="one-time-code"' in field and 'inputmode="numeric"' in field
        assert "That code did not match." in said(client.post(CODE, {"code": wrong_code()}))
        spaced = f"{code()[:3]} {code()[3:]}"
        assert client.post(CODE, {"code": spaced}).url == "/admin/" and is_in(client)

    @pytest.mark.parametrize("path", ["", "blog/post/", "blog/post/add/", "account/", "unlock/", "help/", "auth/user/"])
    def test_half_way_nothing_of_the_staff_side_answers(self, client, with_app, path):
        log_in(client)
        assert client.get(f"/admin/{path}").url.startswith("/admin/login/?next=")

    def test_a_code_works_once(self, with_app, wilma):
        first, second = Client(), Client()
        for client in (first, second):
            log_in(client)
        typed = code()
        assert first.post(CODE, {"code": typed}).status_code == 302
        assert "did not match" in said(second.post(CODE, {"code": typed}))

    def test_a_recovery_code_is_used_up(self, client, wilma, with_app):
        log_in(client)
        assert 'inputmode="numeric"' not in client.get(f"{CODE}?recovery").content.decode()
        answer = client.post(CODE, {"code": with_app[0].upper()}, follow=True)
        assert "That recovery code is used up. 9 recovery codes are left." in said(answer)
        assert "recovery_code_used" in acts(wilma)
        again = Client()
        log_in(again)
        assert "did not match, or was used before" in said(again.post(f"{CODE}?recovery", {"code": with_app[0]}))
        assert not is_in(again)

    def test_half_way_lasts_ten_minutes(self, client, with_app, later):
        log_in(client)
        later(minutes=11)
        answer = client.post(CODE, {"code": code()}, follow=True)
        assert "That took too long" in said(answer) and not is_in(client)

    @pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
    def test_half_way_ends_with_the_login(self, client, with_app, change):
        log_in(client)
        User.objects.filter(username="wilma").update(**change)
        assert client.post(CODE, {"code": code()}).url == "/admin/login/" and not is_in(client)

    def test_half_way_ends_with_another_password(self, client, wilma, with_app):
        log_in(client)
        wilma.set_password("another long one")
        wilma.save()
        assert client.post(CODE, {"code": code()}).url == "/admin/login/" and not is_in(client)

    def test_without_the_first_step_there_is_no_second(self, client, with_app):
        for path in (CODE, SET_UP):
            assert client.post(path, {"code": code()}).url == "/admin/login/"

    def test_who_has_an_app_cannot_set_up_another_half_way(self, client, with_app, wilma, required):
        log_in(client)
        assert client.get(SET_UP).url == CODE
        assert client.post(SET_UP, {"code": code()}).url == CODE

    def test_a_foreign_address_to_go_on_to_is_none(self, client, with_app):
        log_in(client, next="https://evil.example/")
        assert client.post(CODE, {"code": code()}).url == "/admin/"


class TestRememberedDevice:
    def remembered(self, wilma, **sent):
        client = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36"})
        log_in(client, **sent)
        client.post(CODE, {"code": code(), "remember": "on"})
        forget_last_code(wilma)
        client.post("/admin/logout/")
        return client

    def test_it_asks_for_no_code_for_thirty_days(self, wilma, with_app, later):
        client = self.remembered(wilma)
        device = TrustedDevice.objects.get()
        cookie = client.cookies[f"trusted-{wilma.pk}"]
        assert cookie["httponly"] and cookie.value not in device.digest and device.browser == "Chrome on Windows"
        assert AuditEntry.objects.get(act="device_trusted", person=wilma).reason == "Chrome on Windows"
        later(days=29)
        assert log_in(client).url == "/admin/" and is_in(client)
        client.post("/admin/logout/")
        later(days=2)
        assert log_in(client).url == CODE

    def test_a_shared_computer_is_never_remembered(self, wilma, with_app):
        client = Client()
        log_in(client, shared="on")
        assert "Remember this device" not in said(client.get(CODE))
        client.post(CODE, {"code": code(), "remember": "on"})
        assert is_in(client) and not TrustedDevice.objects.exists()

    def test_nor_does_a_remembered_one_help_when_it_is_shared(self, wilma, with_app):
        assert log_in(self.remembered(wilma), shared="on").url == CODE

    def test_it_is_one_person_s(self, wilma, with_app):
        client = self.remembered(wilma)
        erin = person("erin", "Editor")
        with_an_app(erin)
        client.cookies[f"trusted-{erin.pk}"] = client.cookies[f"trusted-{wilma.pk}"].value
        assert log_in(client, "erin").url == CODE

    def test_it_ends_with_a_login_that_is_closed(self, wilma, with_app):
        client = self.remembered(wilma)
        for is_active in (False, True):
            change_rights(Operator(), wilma, is_active=is_active)
        assert log_in(client).url == CODE

    def test_it_is_forgotten_on_the_account_page(self, wilma, with_app):
        client = self.remembered(wilma)
        log_in(client)
        assert "Chrome on Windows" in said(client.get("/admin/account/"))
        other = Client()
        other.force_login(person("erin", "Editor"))
        other.post(f"/admin/account/forget/{TrustedDevice.objects.get().pk}/")
        assert TrustedDevice.objects.exists()
        answer = client.post(f"/admin/account/forget/{TrustedDevice.objects.get().pk}/", follow=True)
        assert "Forgotten." in said(answer)
        client.post("/admin/logout/")
        assert log_in(client).url == CODE

    def test_a_new_password_or_a_reset_ends_it(self, wilma, with_app):
        client = self.remembered(wilma)
        log_in(client)
        new = "another quite long one"
        client.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
        assert not TrustedDevice.objects.exists() and is_in(client)
        with_an_app(wilma)
        log_in(client, password=new)
        client.post(CODE, {"code": code(), "remember": "on"})
        assert TrustedDevice.objects.exists()
        call_command("otp_reset", "wilma", stdout=StringIO())
        assert not TrustedDevice.objects.exists()


class TestAccount:
    @pytest.fixture
    def inside(self, client, wilma, with_app):
        log_in(client)
        client.post(CODE, {"code": code()})
        forget_last_code(wilma)
        return client

    def test_it_says_how_things_stand(self, inside):
        assert "10 recovery codes are left" in said(inside.get("/admin/account/"))

    def test_new_recovery_codes_replace_the_old(self, inside, wilma, with_app):
        answer = inside.post("/admin/account/recovery-codes/")
        fresh = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", answer.content.decode())
        assert len(fresh) == 10 and not {*fresh} & {*with_app}
        assert second_factor.check(wilma, with_app[1]) == ""
        assert second_factor.check(wilma, fresh[1]) == "recovery code"
        assert AuditEntry.objects.filter(act="recovery_codes_made", actor=wilma, person=wilma).count() == 1

    def test_another_phone_ends_the_first_and_other_sessions(self, inside, wilma, with_app):
        other = Client()
        log_in(other)
        other.post(CODE, {"code": code()})
        forget_last_code(wilma)
        assert is_in(other) and set_up_through_the_page(inside)
        assert not is_in(other) and is_in(inside)
        assert second_factor.check(wilma, code(key=KEY)) == ""

    def test_the_password_is_asked_for_when_it_was_typed_long_ago(self, inside, later):
        later(minutes=16)
        assert inside.get(SET_UP).url == f"/admin/unlock/?next={SET_UP.replace('/', '%2F')}"
        answer = inside.post("/admin/account/second-step-off/")
        assert "type your password once more" in said(answer)
        inside.post("/admin/account/second-step-off/", {"password_again": PASSWORD})
        assert not second_factor.has_second_factor(User.objects.get())

    def test_it_cannot_be_turned_off_where_it_is_required(self, inside, wilma, required):
        assert inside.post("/admin/account/second-step-off/").status_code == 403
        assert second_factor.has_second_factor(wilma)

    def test_when_it_becomes_required_who_has_none_starts_again(self, client, db, required):
        erin = person("erin", "Editor")
        client.force_login(erin)
        answer = client.get("/admin/blog/post/", follow=True)
        assert "Every login here needs a second step now." in said(answer) and not is_in(client)


class TestReset:
    def test_by_the_command(self, client, wilma, with_app, required):
        log_in(client)
        client.post(CODE, {"code": code()})
        assert is_in(client)
        out = StringIO()
        call_command("otp_reset", "Wilma", stdout=out)
        assert "The second step of “wilma” is reset." in out.getvalue()
        assert not is_in(client) and acts(wilma)[-1] == "second_factor_reset"
        assert log_in(client).url == SET_UP
        with pytest.raises(CommandError, match="There is no login “nobody”"):
            call_command("otp_reset", "nobody")

    def test_by_a_manager_on_the_login_s_page(self, client, wilma, with_app):
        mara = person("mara", "Manager")
        client.force_login(mara)
        assert "Reset it…" in said(client.get(f"/admin/auth/user/{wilma.pk}/change/"))
        path = f"/admin/auth/user/{wilma.pk}/second-step/"
        assert "asked you in person" in said(client.get(path)) and second_factor.has_second_factor(wilma)
        assert "is reset" in said(client.post(path, follow=True))
        assert not second_factor.has_second_factor(wilma)
        assert AuditEntry.objects.get(act="second_factor_reset").actor == mara

    def test_nobody_resets_upwards_nor_the_own_nor_without_the_right(self, client, wilma, with_app):
        mara, root = person("mara", "Manager"), User.objects.create_superuser("root", password=PASSWORD)
        for user in (mara, root):
            with_an_app(user)
        for actor, target in ((mara, root), (mara, mara), (root, root), (wilma, mara), (wilma, wilma)):
            client.force_login(actor)
            assert client.post(f"/admin/auth/user/{target.pk}/second-step/").status_code == 403
            assert second_factor.has_second_factor(target)
        client.force_login(User.objects.create_superuser("second", password=PASSWORD))
        client.post(f"/admin/auth/user/{root.pk}/second-step/")
        assert not second_factor.has_second_factor(root)


def test_no_form_over_keys_and_codes_is_left(client, db):
    client.force_login(User.objects.create_superuser("root", password=PASSWORD))
    index = client.get("/admin/").content.decode()
    for path in ("otp_totp", "otp_static", "axes"):
        assert client.get(f"/admin/{path}/").status_code == 404 and path not in index
