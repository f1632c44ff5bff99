"""A login and a link to set its password: the command, who may do it, the page, and a forgotten password."""

import io
import re
import threading

import pytest
from cast import person
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from blog import people
from blog.publishing import NotAllowed

pytestmark = pytest.mark.django_db
LONG = "three lamps and a stone"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "https://blog.example.com"
    settings.EMAIL_CONFIGURED = False


@pytest.fixture
def with_mail(settings):
    settings.EMAIL_CONFIGURED = True
    settings.DEFAULT_FROM_EMAIL = "blog@example.com"


def invite(*options: str) -> str:
    printed = io.StringIO()
    call_command("invite", *options, stdout=printed)
    return printed.getvalue()


def link_in(text: str) -> str:
    """The path of the one link in a text."""
    (link,) = re.findall(r"https://blog\.example\.com(/admin/welcome/\S+)", text)
    return link


def words(response) -> str:
    text = re.sub(r"<head>.*?</head>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r" ([.,])", r"\1", " ".join(text.split()))


def set_password(client: Client, link: str, password: str = LONG):
    opened = client.get(link)
    assert opened.status_code == 302
    return client.post(opened.url, {"new_password1": password, "new_password2": password}, follow=True)


class TestCommand:
    def test_it_makes_a_login_without_a_password_and_prints_a_link(self):
        printed = invite("--name", "Dana Ruiz", "--role", "writer", "--role", "Editor")
        user = User.objects.get()
        assert (user.username, user.first_name, user.last_name, user.email) == ("dana.ruiz", "Dana", "Ruiz", "")
        assert user.is_staff and user.is_active and not user.is_superuser and not user.has_usable_password()
        assert sorted(group.name for group in user.groups.all()) == ["Editor", "Writer"]
        assert "The login “dana.ruiz” is made. Role: Writer, Editor." in printed
        assert "Give this link to Dana Ruiz. It sets the password, works once, and ends after 3 days:" in printed
        assert "No e-mail address is known" in printed
        assert set_password(Client(), link_in(printed)).status_code == 200
        assert Client().login(username="dana.ruiz", password=LONG)

    def test_the_clinics_first_login_may_do_everything(self):
        assert "Role: everything." in invite("--email", "Dana@Example.COM", "--everything")
        user = User.objects.get()
        assert (user.username, user.email, user.is_superuser) == ("dana", "Dana@example.com", True)

    def test_an_address_that_somebody_put_on_another_login_gives_it_no_rights(self):
        planted = person("boss.reserve", "Writer")
        User.objects.filter(pk=planted.pk).update(email="boss@example.com")
        for rights in (("--everything",), ("--role", "Manager")):
            with pytest.raises(CommandError, match=r"“boss\.reserve” has this e-mail .* more rights.*--username NAME"):
                invite("--name", "New Boss", "--email", "boss@example.com", *rights)
        planted.refresh_from_db()
        assert not planted.is_superuser and [group.name for group in planted.groups.all()] == ["Writer"]
        assert "new link" in invite("--email", "boss@example.com", "--role", "Writer")

    def test_who_is_raised_above_all_roles_chooses_a_new_password(self):
        person("dana", "Writer")
        assert Client().login(username="dana", password="not a short one")
        invite("--username", "dana", "--everything")
        dana = User.objects.get(username="dana")
        assert dana.is_superuser and not dana.has_usable_password()

    @pytest.mark.parametrize(("seconds", "words"), [(3600, "1 hour"), (129600, "36 hours"), (86400, "1 day")])
    def test_it_says_how_long_the_link_works(self, settings, seconds, words):
        settings.PASSWORD_RESET_TIMEOUT = seconds
        assert f"ends after {words}:" in invite("--name", "Dana", "--role", "Writer")

    def test_a_name_that_somebody_has(self):
        invite("--name", "Dana Ruiz", "--email", "dana@example.com", "--role", "Writer")
        assert "“dana.ruiz2” is made" in invite("--name", "Dana Ruiz", "--email", "d2@example.com", "--role", "Writer")
        with pytest.raises(CommandError, match=r"There is a login “dana\.ruiz” already.*--username NAME"):
            invite("--name", "Dana Ruiz", "--role", "Writer")
        assert User.objects.count() == 2

    def test_the_same_person_again_gets_a_new_link_and_the_old_one_stops(self):
        first = link_in(invite("--name", "Dana Ruiz", "--email", "dana@example.com", "--role", "Writer"))
        for options in (["--email", "DANA@example.com"], ["--username", "dana.ruiz"], ["--username", "Dana.Ruiz"]):
            printed = invite(*options)
            assert "“dana.ruiz” was there already and stays the same; here is a new link. Role: Writer." in printed
        assert User.objects.count() == 1
        assert "no longer works" in words(Client().get(first))
        assert set_password(Client(), link_in(printed)).status_code == 200

    def test_who_has_a_password_keeps_it_until_the_link_is_used(self):
        wilma = person("wilma", "Writer")
        printed = invite("--username", "wilma", "--role", "Editor")
        wilma.refresh_from_db()
        assert wilma.check_password("not a short one") and wilma.groups.count() == 2
        set_password(Client(), link_in(printed))
        wilma.refresh_from_db()
        assert wilma.check_password(LONG)

    def test_a_closed_login_stays_closed_unless_it_is_opened(self):
        wilma = person("wilma", "Writer")
        User.objects.update(is_active=False)
        with pytest.raises(CommandError, match=r"“wilma” is closed.*Add --reopen"):
            invite("--username", "wilma")
        wilma.refresh_from_db()
        assert not wilma.is_active
        link = link_in(invite("--username", "wilma", "--reopen"))
        wilma.refresh_from_db()
        assert wilma.is_active and not wilma.has_usable_password()
        assert set_password(Client(), link).status_code == 200

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ([], "Say whom to invite"),
            (["--name", "Dana"], "at least one role. Add --role Writer"),
            (["--name", "Dana", "--role", "Boss"], "no role “Boss”. There are: .*Writer"),
            (["--email", "dana", "--role", "Writer"], "“dana” is not an e-mail address"),
            (["--name", "Dana", "--username", "two words", "--role", "Writer"], "The username cannot be “two words”"),
            (["--name", "Дана", "--role", "Writer"], "No user name can be made.*Add --username"),
            (["--name", "x" * 200, "--username", "x", "--role", "Writer"], "The first name cannot be"),
            (["--username", "wilma", "--email", "other@example.com"], "belongs to somebody else"),
            (["--email", "shared@example.com"], "More than one login has this e-mail address: “a”, “b”"),
        ],
    )
    def test_what_cannot_be_done_is_one_sentence(self, options, sentence):
        User.objects.create_user("wilma", "wilma@example.com")
        for name in "ab":
            User.objects.create_user(name, "shared@example.com")
        with pytest.raises(CommandError, match=sentence) as refused:
            invite(*options)
        assert "\n" not in str(refused.value)
        assert User.objects.count() == 3

    def test_it_is_sent_where_e_mail_is_set_up(self, with_mail):
        printed = invite("--name", "Dana Ruiz", "--email", "dana@example.com", "--role", "Writer")
        (sent,) = mail.outbox
        assert (sent.to, sent.from_email) == (["dana@example.com"], "blog@example.com")
        assert "Hello Dana," in sent.body and "Your user name is: dana.ruiz" in sent.body and "3 days" in sent.body
        assert link_in(sent.body) == link_in(printed)
        assert "It was also sent to dana@example.com." in printed

    def test_without_e_mail_it_says_that_nothing_was_sent(self):
        printed = invite("--name", "Dana", "--email", "dana@example.com", "--role", "Writer")
        assert "E-mail is not set up here (EMAIL_URL)" in printed and link_in(printed)
        assert mail.outbox == []

    def test_a_mail_server_that_is_down_stops_nothing(self, with_mail, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        printed = invite("--name", "Dana", "--email", "dana@example.com", "--role", "Writer")
        assert "It could not be sent to dana@example.com (" in printed and "give it to the person yourself" in printed
        assert set_password(Client(), link_in(printed)).status_code == 200

    def test_a_name_of_the_practice_cannot_break_the_mail(self, with_mail):
        from blog.models import Practice

        Practice.objects.update(name="Skin & Light <b>")
        invite("--name", "Dana", "--email", "dana@example.com", "--role", "Writer")
        assert mail.outbox[0].subject == "Your login for the blog of Skin & Light <b>"


class TestWhoMay:
    @pytest.mark.parametrize("name", ["wilma", "erin", "nora"])
    def test_without_the_right_nobody_is_invited(self, request, name):
        actor = request.getfixturevalue(name)
        before = User.objects.count()
        for wanted in ({"name": "Dana", "roles": ["Writer"]}, {"username": name}):
            with pytest.raises(NotAllowed):
                people.invite(actor, **wanted)
        assert User.objects.count() == before

    def test_a_manager_invites_but_not_above_all_roles(self):
        mara = person("mara", "Manager")
        assert people.invite(mara, name="Dana", roles=["Manager"]).is_new
        with pytest.raises(NotAllowed):
            people.invite(mara, name="Dora", everything=True)
        with pytest.raises(NotAllowed):
            people.invite(mara, username="mara", everything=True)
        assert not User.objects.filter(is_superuser=True).exists()

    def test_a_manager_gets_no_link_to_a_login_above_all_roles(self):
        mara, root = person("mara", "Manager"), User.objects.create_superuser("root", "root@example.com", LONG)
        for wanted in ({"username": "root"}, {"email": "root@example.com"}):
            with pytest.raises(NotAllowed):
                people.invite(mara, **wanted)
        root.refresh_from_db()
        assert root.check_password(LONG)
        assert people.invite(root, username="mara", everything=True).user.is_superuser

    def test_a_closed_login_invites_nobody(self):
        root = User.objects.create_superuser("root", password=LONG)
        root.is_active = False
        with pytest.raises(NotAllowed):
            people.invite(root, name="Dana", everything=True)


class TestPage:
    @pytest.fixture
    def link(self):
        return link_in(invite("--name", "Dana Ruiz", "--email", "dana@example.com", "--role", "Writer"))

    def test_opening_it_signs_nobody_in_and_hides_the_token(self, client, link):
        answer = client.get(link)
        token = link.rstrip("/").rpartition("/")[2]
        assert answer.status_code == 302 and token not in answer.url
        page = client.get(answer.url)
        assert "Your user name is dana.ruiz" in words(page) and token not in page.content.decode()
        assert "At least 10 characters, not only digits." in words(page)
        for found in (answer, page):
            assert "no-store" in found["Cache-Control"] and found["Referrer-Policy"] == "same-origin"
            assert "script-src 'self'" in found["Content-Security-Policy"]
        assert "_auth_user_id" not in client.session
        assert client.get("/admin/").status_code == 302
        assert not User.objects.get().has_usable_password()

    def test_then_one_logs_in(self, client, link):
        answer = set_password(client, link)
        assert answer.redirect_chain[-1][0] == "/admin/login/"
        assert "Your password is set. Log in with it." in words(answer)
        assert "_auth_user_id" not in client.session
        client.post("/admin/login/", {"username": "dana.ruiz", "password": LONG, "next": "/admin/"})
        assert "_auth_user_id" in client.session

    def test_a_weak_or_mistyped_password_is_explained(self, client, link):
        address = client.get(link).url
        for first, second, sentence in (
            ("short", "short", "too short"),
            ("dana.ruiz.1", "dana.ruiz.1", "too similar to the username"),
            (LONG, LONG + "!", "The two are not the same."),
            ("", "", "This field is required."),
        ):
            said = words(client.post(address, {"new_password1": first, "new_password2": second}))
            assert sentence in said and "Not set yet." in said
        assert not User.objects.get().has_usable_password()

    def test_a_used_link_says_what_to_do(self, client, link):
        set_password(client, link)
        said = words(Client().get(link))
        assert "This link no longer works" in said and "works once, and for 3 days" in said
        assert "ask for a new one: the person who invited you can make it" in said

    def test_an_old_link_says_what_to_do(self, client, link, settings):
        settings.PASSWORD_RESET_TIMEOUT = -1
        assert "This link no longer works" in words(client.get(link))

    def test_a_page_left_open_too_long_sets_nothing(self, client, link, settings):
        address = client.get(link).url
        settings.PASSWORD_RESET_TIMEOUT = -1
        answer = client.post(address, {"new_password1": LONG, "new_password2": LONG})
        assert "This link no longer works" in words(answer)
        assert not User.objects.get().has_usable_password()

    @pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
    def test_a_closed_login_gets_no_password(self, client, link, change):
        address = client.get(link).url
        User.objects.update(**change)
        for answer in (client.post(address, {"new_password1": LONG, "new_password2": LONG}), Client().get(link)):
            assert "This link no longer works" in words(answer)
        assert not User.objects.get().has_usable_password()

    @pytest.mark.parametrize(
        "path", ["MQ/x", "MQ/set-password", "%F0%9F%92%89/x-y", "MQ/" + "9" * 900, "OTk5OTk5OTk5/x"]
    )
    def test_an_invented_link_is_a_page_too(self, client, link, path):
        answer = client.get(f"/admin/welcome/{path}/")
        assert answer.status_code == 200 and "This link no longer works" in words(answer)


class TestForgotten:
    @pytest.fixture
    def wilma(self, with_mail):
        wilma = person("wilma", "Writer")
        wilma.email = "wilma@example.com"
        wilma.save()
        return wilma

    def ask(self, client, email: str):
        answer = client.post("/admin/forgotten/", {"email": email}, follow=True)
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and "send_mail" in repr(getattr(thread, "_target", "")):
                thread.join(10)
        return answer

    def test_a_link_is_sent_and_works(self, client, wilma):
        assert "/admin/forgotten/" in client.get("/admin/login/").content.decode()
        answer = self.ask(client, "WILMA@example.com")
        assert "If a login here has that address, a mail with a link is on its way" in words(answer)
        (sent,) = mail.outbox
        assert sent.to == ["wilma@example.com"] and "Your user name is: wilma" in sent.body and "3 days" in sent.body
        set_password(Client(), link_in(sent.body))
        wilma.refresh_from_db()
        assert wilma.check_password(LONG)

    def test_an_address_that_nobody_has_is_answered_the_same(self, client, wilma):
        known, unknown = self.ask(client, "wilma@example.com"), self.ask(client, "nobody@example.com")
        assert known.content == unknown.content and known.redirect_chain == unknown.redirect_chain
        assert [sent.to for sent in mail.outbox] == [["wilma@example.com"]]

    def test_asking_again_and_again_sends_one_mail(self, client, wilma):
        answers = {self.ask(client, "wilma@example.com").content for _ in range(3)}
        assert len(answers) == len(mail.outbox) == 1

    def test_a_closed_login_gets_no_mail_and_an_invited_one_does(self, client, wilma):
        User.objects.create_user("closed", "closed@example.com", LONG, is_staff=True, is_active=False)
        User.objects.create_user("reader", "reader@example.com", LONG)
        invite("--name", "Dana", "--email", "dana@example.com", "--role", "Writer")
        mail.outbox.clear()
        for name in ("closed", "reader", "dana"):
            self.ask(client, f"{name}@example.com")
        assert [sent.to for sent in mail.outbox] == [["dana@example.com"]]

    def test_a_host_that_a_visitor_names_is_in_no_link(self, client, wilma, settings):
        settings.ALLOWED_HOSTS = ["*"]
        client.post("/admin/forgotten/", {"email": "wilma@example.com"}, HTTP_HOST="evil.example")
        self.ask(client, "nobody@example.com")
        assert "evil" not in mail.outbox[0].body and link_in(mail.outbox[0].body)

    def test_the_answer_does_not_wait_for_the_mail(self, client, wilma, settings, monkeypatch):
        gate = threading.Event()
        send = "django.core.mail.backends.locmem.EmailBackend.send_messages"
        monkeypatch.setattr(send, lambda *args: gate.wait(30))
        try:
            assert client.post("/admin/forgotten/", {"email": "wilma@example.com"}).status_code == 302
            assert not gate.is_set()
        finally:
            gate.set()

    def test_a_mail_server_that_is_down_is_told_to_nobody(self, client, wilma, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        assert self.ask(client, "wilma@example.com").content == self.ask(client, "nobody@example.com").content

    def test_without_e_mail_the_pages_say_who_helps(self, client):
        assert "A person who manages logins here can give you a new one." in words(client.get("/admin/login/"))
        person("wilma", "Writer")
        for answer in (client.get("/admin/forgotten/"), client.post("/admin/forgotten/", {"email": "a@example.com"})):
            assert "Ask the person who manages logins here" in words(answer) and "<form" not in words(answer)
        assert mail.outbox == []


def test_every_role_of_the_blog_can_be_given():
    for role in Group.objects.all():
        invite("--name", f"New {role.name}", "--role", role.name)
    assert User.objects.count() == Group.objects.count() > 2
    assert timezone.now() > User.objects.latest("date_joined").date_joined
