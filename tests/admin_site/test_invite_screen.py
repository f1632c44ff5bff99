"""Inviting a colleague on a screen: login, author page, a link that is shown once; and plain words about logins."""

import re

import pytest
from cast import person
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from staff_words import buttons, tree, words

from blog.models import AuditEntry, Author, Mail

pytestmark = pytest.mark.django_db
INVITE = "/admin/invite/"
LONG = "three lamps and a stone"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "https://blog.example.com"


@pytest.fixture
def client(as_user, mara):
    return as_user(mara)


def role(*names):
    return [Group.objects.get(name=name).pk for name in names]


def send(client, *roles, **sent):
    return client.post(INVITE, {"name": "Dana Ray", "roles": role(*roles), **sent})


def link_on(answer) -> str:
    (link,) = tree(answer).xpath("//input[@id='id_link']/@value")
    return link.removeprefix("https://blog.example.com")


class TestInviting:
    def test_it_is_found_at_the_list_of_logins_by_who_may(self, client, as_user, erin):
        assert tree(client.get("/admin/auth/user/")).xpath(f"//a[@href='{INVITE}']")
        assert as_user(erin).get(INVITE).status_code == 403
        assert send(as_user(erin), "Writer").status_code == 403
        assert not User.objects.filter(first_name="Dana").exists()

    def test_each_role_has_its_sentence(self, client, as_user, root):
        said = words(client.get(INVITE))
        assert "Writer. Writes posts and changes own ones. Never publishes." in said
        assert "Medical reviewer. Approves a text or sends it back" in said
        assert "It works once, for 3 days." in said
        assert "May do everything" not in said and "May do everything" in words(as_user(root).get(INVITE))

    def test_login_author_page_and_link(self, client):
        answer = send(client, "Writer", "Medical reviewer", credentials="RN", job_title="Nurse injector")
        said = words(answer)
        assert "A link for Dana RayThe login is made. User name: dana.ray. May do: Writer, Medical reviewer." in said
        assert "It works once, for 3 days, and is shown only now." in said
        assert "Nothing is sent by e-mail: give the link to Dana yourself." in said
        assert "no-store" in answer["Cache-Control"]
        user = User.objects.get(username="dana.ray")
        author = Author.objects.get()
        assert (author.byline, author.job_title, author.user, author.slug) == (
            "Dana Ray, RN",
            "Nurse injector",
            user,
            "dana-ray",
        )
        entry = AuditEntry.objects.get()
        assert (entry.act, entry.about, entry.actor.username) == ("invited", "Dana Ray", "mara")
        assert entry.reason == "Writer, Medical reviewer"
        browser = Client()
        form = browser.get(link_on(answer)).url
        answer = browser.post(form, {"new_password1": LONG, "new_password2": LONG}, follow=True)
        assert tree(answer).xpath("//input[@name='username']/@value") == ["dana.ray"], "no need to type it again"
        assert tree(answer).xpath("//input[@autofocus]/@name") == ["password"]
        assert not tree(browser.get("/admin/login/")).xpath("//input[@name='username']/@value"), "said once"

    def test_the_link_goes_through_the_outbox_where_there_is_e_mail(self, client, settings):
        settings.EMAIL_CONFIGURED = True
        answer = send(client, "Writer", email="dana@example.com")
        assert "It is also on its way by e-mail to dana@example.com." in words(answer)
        (mail,) = Mail.objects.all()
        assert mail.to == "dana@example.com" and link_on(answer) in mail.body and "3 days" in mail.body

    def test_an_author_of_that_name_is_asked_about(self, client):
        page = Author.objects.create(name="Dana Ray", slug="dana", credentials="MD")
        answer = send(client, "Writer")
        said = words(answer)
        assert "Is this Dana Ray on the site already?" in said and "Not saved yet" in said
        assert "Yes, the author page “Dana Ray” is theirs (MD)" in said
        assert not User.objects.filter(username="dana.ray").exists()
        assert not tree(answer).xpath("//input[@name='author' and @checked]"), "nothing is preselected"
        send(client, "Writer", author="dana")
        page.refresh_from_db()
        assert page.user.username == "dana.ray" and Author.objects.count() == 1

    def test_or_it_is_somebody_else(self, client):
        Author.objects.create(name="Dana Ray", slug="dana-ray")
        send(client, "Writer", author="new")
        assert [author.slug for author in Author.objects.order_by("pk")] == ["dana-ray", "dana-ray-2"]
        assert Author.objects.get(slug="dana-ray-2").user.username == "dana.ray"

    def test_a_page_that_has_a_login_is_never_offered(self, client, wilma):
        page = Author.objects.create(name="Dana Ray", slug="dana-ray", user=wilma)
        answer = send(client, "Writer", author="dana-ray")
        assert "The login is made." in words(answer)
        page.refresh_from_db()
        assert page.user == wilma and Author.objects.count() == 2

    def test_who_neither_writes_nor_reviews_gets_no_page(self, client):
        keeper = Group.objects.create(name="Keeper of logins")
        client.post(INVITE, {"name": "Dana Ray", "roles": [keeper.pk]})
        assert User.objects.filter(username="dana.ray").exists() and not Author.objects.exists()

    @pytest.mark.parametrize(
        ("sent", "sentence"),
        [
            ({"name": " "}, "Write the name of the person."),
            ({"email": "dana"}, "This is not an e-mail address."),
            ({"roles": []}, "Say what the person may do: at least one role."),
            ({"roles": [99999]}, "not one of the available choices"),
            ({"name": "Дана"}, "No user name can be made from this."),
            ({"email": "shared@example.com"}, "would get more rights"),
            ({"credentials": "x" * 60}, "at most 50 characters"),
        ],
    )
    def test_what_cannot_be_done_is_said_where_it_is(self, client, sent, sentence):
        User.objects.create_user("shared", "shared@example.com")
        before = User.objects.count()
        answer = client.post(INVITE, {"name": "Dana Ray", "roles": role("Writer")} | sent)
        assert sentence in words(answer) and "Not saved yet." in words(answer)
        assert User.objects.count() == before and not Author.objects.exists()

    def test_nobody_rises_above_all_roles_by_a_manager(self, client, as_user, root):
        send(client, "Writer", everything="on")
        assert not User.objects.get(username="dana.ray").is_superuser
        answer = as_user(root).post(INVITE, {"name": "Dora Day", "everything": "on"})
        assert "May do: everything." in words(answer) and User.objects.get(username="dora.day").is_superuser

    def test_an_address_that_is_known_gets_a_new_link(self, client):
        first = link_on(send(client, "Writer", email="dana@example.com"))
        answer = send(client, "Writer", email="Dana@example.com")
        assert "Links made for this login before do not work any more." in words(answer)
        assert User.objects.filter(email="dana@example.com").count() == 1
        assert "no longer works" in words(Client().get(first)) and link_on(answer) != first


class TestNewLink:
    def make(self, client, user):
        return client.post(reverse("admin:auth_user_new_link", args=[user.pk]), follow=True)

    def test_from_the_page_of_a_login(self, client, wilma):
        assert "Make a new link…" in buttons(client.get(reverse("admin:auth_user_change", args=[wilma.pk])))
        answer = self.make(client, wilma)
        assert "A link for wilma" in words(answer) and "goes on working until the link is used" in words(answer)
        assert Client().get(link_on(answer)).status_code == 302
        assert client.get(reverse("admin:auth_user_new_link", args=[wilma.pk])).status_code == 405

    def test_not_for_a_closed_login(self, client, wilma):
        User.objects.filter(pk=wilma.pk).update(is_active=False)
        said = words(self.make(client, wilma))
        assert "is closed, and a link would not open it. Open it in the list of logins" in said

    def test_not_for_one_above_all_roles_and_not_by_others(self, client, as_user, wilma, erin, root):
        assert self.make(client, root).status_code == 403
        assert self.make(as_user(erin), wilma).status_code == 403
        assert self.make(client, User(pk=99999)).status_code == 404


class TestRecord:
    def change(self, client, user, **sent):
        return client.post(reverse("admin:auth_user_change", args=[user.pk]), {"username": user.username, **sent})

    def test_roles_and_closed_logins_are_written_down(self, client, wilma):
        self.change(client, wilma, is_active="on", groups=role("Editor"))
        self.change(client, wilma, groups=role("Editor"))
        self.change(client, wilma, is_active="on", groups=role("Editor"))
        self.change(client, wilma, is_active="on", groups=role("Editor"), first_name="Wilma")
        found = AuditEntry.objects.order_by("pk").values_list("act", "person__username", "actor__username", "reason")
        assert list(found) == [
            ("rights_changed", "wilma", "mara", "Writer → Editor"),
            ("login_closed", "wilma", "mara", ""),
            ("login_opened", "wilma", "mara", ""),
        ]

    def test_so_is_another_address_for_links(self, client, wilma):
        self.change(client, wilma, is_active="on", groups=[], email="mara@example.com", username="wilma2")
        found = AuditEntry.objects.filter(person=wilma).order_by("pk").values_list("actor__username", "reason")
        words = "user name: wilma → wilma2, e-mail address: none → mara@example.com"
        assert list(found)[:1] == [("mara", words)]

    def test_so_is_a_login_made_with_a_password(self, client):
        sent = {"username": "new", "password1": LONG, "password2": LONG}
        client.post("/admin/auth/user/add/", sent)
        assert AuditEntry.objects.values_list("act", "about").get() == ("invited", "new")


class TestWords:
    """Nothing of Django's own words about logins that staff cannot know."""

    STOCK = re.compile(
        r"password-based|LDAP|Single Sign-On|algorithm|pbkdf2|salt|hash|By groups|superuser|150 characters",
        re.I,
    )

    def test_no_stock_words_on_the_pages_of_logins(self, client, wilma, mara):
        pages = ["/admin/auth/user/", "/admin/auth/user/add/", "/admin/password_change/", INVITE]
        pages += [reverse(f"admin:auth_user_{name}", args=[wilma.pk]) for name in ("change", "password_change")]
        for page in pages:
            answer = client.get(page)
            assert answer.status_code == 200 and not self.STOCK.findall(words(answer)), page
            rules = [text for text in tree(answer).xpath("//text()") if "at least 10 characters" in text]
            assert len(rules) <= 1, f"{page} says the rules of passwords {len(rules)} times"

    def test_the_filters_have_plain_names(self, client):
        person("rolf", "Writer")
        said = words(client.get("/admin/auth/user/"))
        assert "By role" in said and "By whether the login is open" in said

    def test_a_password_can_still_be_set_for_somebody(self, as_user, root, wilma):
        path = reverse("admin:auth_user_password_change", args=[wilma.pk])
        answer = as_user(root).post(path, {"password1": LONG, "password2": LONG + "!"})
        assert "Not set yet." in words(answer)
        as_user(root).post(path, {"password1": LONG, "password2": LONG, "set-password": "1"})
        wilma.refresh_from_db()
        assert wilma.check_password(LONG)
