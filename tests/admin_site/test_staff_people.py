"""Logins, roles and authors."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse
from django.utils import timezone
from staff_words import tree, words

from blog.models import Author, ChangeStamp, MedicalReview
from blog.publishing import newest_revision, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(as_user, root):
    return as_user(root)


@pytest.fixture
def keeper(mara):
    """Mara with the rights over logins, but not above all roles."""
    mara.user_permissions.set(Permission.objects.filter(content_type__app_label="auth", content_type__model="user"))
    return mara


def user_page(user, name="change"):
    return reverse(f"admin:auth_user_{name}", args=[user.pk])


class TestLogins:
    def test_a_new_one_is_staff_and_has_no_rights_yet(self, client):
        sent = {
            "username": "new",
            "password1": "a long one, indeed",
            "password2": "a long one, indeed",
            "usable_password": "true",
        }
        answer = client.post("/admin/auth/user/add/", sent, follow=True)
        assert "The login “new” is made. Now choose its roles" in words(answer)
        user = User.objects.get(username="new")
        assert user.is_staff and not user.is_superuser and not user.get_all_permissions()

    def test_roles_are_offered_with_a_sentence(self, client, wilma):
        said = words(client.get(user_page(wilma)))
        assert "Writer. Writes posts and changes own ones. Never publishes." in said
        assert "Manager. Does what an editor does, and looks after the practice, the people and their logins." in said

    def test_roles_are_given_and_logins_closed(self, client, wilma):
        editor = Group.objects.get(name="Editor")
        client.post(user_page(wilma), {"username": "wilma", "is_active": "on", "groups": [editor.pk]})
        wilma = User.objects.get(pk=wilma.pk)
        assert wilma.has_perm("blog.release_post") and wilma.is_staff
        client.post(user_page(wilma), {"username": "wilma", "groups": [editor.pk]})
        assert not User.objects.get(pk=wilma.pk).is_active

    def test_a_manager_gives_roles_but_no_power_above_them(self, as_user, wilma, mara, root):
        editor = Group.objects.get(name="Editor")
        sent = {"username": "wilma", "is_active": "on", "groups": [editor.pk], "is_superuser": "on"}
        as_user(mara).post(user_page(wilma), sent)
        wilma = User.objects.get(pk=wilma.pk)
        assert wilma.has_perm("blog.release_post") and not wilma.is_superuser
        as_user(mara).post(user_page(mara), {"username": "mara", "is_active": "on", "is_superuser": "on"})
        assert not User.objects.get(pk=mara.pk).is_superuser
        as_user(mara).post(user_page(root), {"username": "gone"})
        assert User.objects.get(pk=root.pk).is_active and User.objects.get(pk=root.pk).username == root.username

    def test_nobody_is_deleted(self, client, wilma):
        assert client.post(user_page(wilma, "delete"), {"post": "yes"}).status_code == 403
        assert User.objects.filter(pk=wilma.pk).exists()

    def test_nobody_closes_the_own_login(self, client, root):
        client.post(user_page(root), {"username": "root"})
        root.refresh_from_db()
        assert root.is_active and root.is_superuser

    def test_who_keeps_logins_does_not_rise_above_all_roles(self, as_user, keeper, wilma):
        client = as_user(keeper)
        for user in (keeper, wilma):
            client.post(user_page(user), {"username": user.username, "is_active": "on", "is_superuser": "on"})
        assert not User.objects.filter(is_superuser=True).exists()

    def test_logins_above_all_roles_are_safe_from_others(self, as_user, keeper, root):
        client = as_user(keeper)
        before = User.objects.get(pk=root.pk)
        assert client.post(user_page(root), {"username": "taken"}).status_code == 403
        path = reverse("admin:auth_user_password_change", args=[root.pk])
        assert client.get(path).status_code == 403
        sent = {"password1": "a long one, indeed", "password2": "a long one, indeed", "usable_password": "true"}
        assert client.post(path, sent).status_code == 403
        assert User.objects.get(pk=root.pk).password == before.password


class TestRoles:
    def test_the_list_says_what_each_may_do(self, client, erin):
        said = words(client.get("/admin/auth/group/"))
        assert "Editor" in said and "Changes all posts, publishes them" in said

    @pytest.mark.parametrize("role", ["Writer", "Editor", "Medical reviewer", "Manager"])
    def test_a_role_that_is_saved_as_it_stands_keeps_every_right(self, client, role):
        group = Group.objects.get(name=role)
        before = set(group.permissions.values_list("codename", flat=True))
        address = reverse("admin:auth_group_change", args=[group.pk])
        ticked = tree(client.get(address)).xpath("//input[@name='permissions'][@checked]/@value")
        client.post(address, {"permissions": ticked})
        assert set(group.permissions.values_list("codename", flat=True)) == before != set()

    def test_the_houses_roles_stay(self, client):
        writer = Group.objects.get(name="Writer")
        path = reverse("admin:auth_group_delete", args=[writer.pk])
        assert client.post(path, {"post": "yes"}).status_code == 403
        rights = [permission.pk for permission in writer.permissions.all()]
        client.post(reverse("admin:auth_group_change", args=[writer.pk]), {"name": "Boss", "permissions": rights})
        writer.refresh_from_db()
        assert writer.name == "Writer" and writer.permissions.count() == len(rights)


class TestAuthors:
    SENT = {"name": "Ada Ray", "slug": "ada-ray", "credentials": "RN", "same_as": ""}

    def test_a_new_one(self, as_user, mara):
        before = ChangeStamp.current()
        sent = self.SENT | {"same_as": "https://example.com/ada\r\n\r\n  http://example.org  "}
        answer = as_user(mara).post("/admin/blog/author/add/", sent, follow=True)
        assert "“Ada Ray”: saved. Readers see it at once." in words(answer)
        assert Author.objects.get().same_as == ["https://example.com/ada", "http://example.org"]
        assert ChangeStamp.current() > before

    @pytest.mark.parametrize(
        "line", ["example.com", "javascript:alert(1)", "https://", "ftp://example.com", "x" * 3000]
    )
    def test_profiles_are_web_addresses(self, as_user, mara, line):
        answer = as_user(mara).post("/admin/blog/author/add/", self.SENT | {"same_as": line})
        assert "is not a web address" in words(answer)
        assert not Author.objects.exists()

    def test_a_reviewer_needs_credentials_and_a_login(self, as_user, mara, author, rita):
        client, form = as_user(mara), f"/admin/blog/author/{author.pk}/change/"
        sent = {"name": "Ada Ray", "is_medical_reviewer": "on", "license_type": "NP", "license_state": "Alaska"}
        answer = client.post(form, sent)
        assert "A reviewer needs credentials, such as MD or RN" in words(answer)
        assert "A reviewer signs with an own login. Choose the person’s login" in words(answer)
        author.refresh_from_db()
        assert not author.is_medical_reviewer
        client.post(form, sent | {"credentials": "NP", "user": rita.pk})
        author.refresh_from_db()
        assert (author.is_medical_reviewer, author.license_type, author.license_state) == (True, "NP", "Alaska")

    def test_credentials_stay_while_reviews_stand_on_them(self, as_user, mara, author, rita, draft):
        post, today = draft(), timezone.localdate()
        signed = MedicalReview.objects.create(
            post=post,
            revision=newest_revision(post),
            reviewer=author,
            signed_by=rita,
            signed_at=timezone.now(),
            digest="0" * 64,
            reviewed_on=today,
            due_on=today + timedelta(days=365),
        )
        client, form = as_user(mara), f"/admin/blog/author/{author.pk}/change/"
        assert "Withdraw those first" in words(client.post(form, {"name": "Ada Ray", "credentials": ""}))
        author.refresh_from_db()
        assert author.credentials == "RN"
        MedicalReview.objects.filter(pk=signed.pk).update(withdrawn_at=timezone.now())
        client.post(form, {"name": "Ada Ray", "credentials": ""})
        author.refresh_from_db()
        assert author.credentials == ""

    def test_lines_stand_in_the_form_as_lines(self, as_user, mara, author):
        Author.objects.update(same_as=["https://a.example", "https://b.example"])
        answer = as_user(mara).get(reverse("admin:blog_author_change", args=[author.pk]))
        assert tree(answer).get_element_by_id("id_same_as").text.strip() == "https://a.example\nhttps://b.example"

    def test_the_address_is_fixed(self, as_user, mara, author):
        path = reverse("admin:blog_author_change", args=[author.pk])
        as_user(mara).post(path, self.SENT | {"name": "Ada May", "slug": "other"})
        author.refresh_from_db()
        assert (author.name, author.slug) == ("Ada May", "ada-ray")

    def test_the_public_page_is_offered_while_there_is_one(self, as_user, mara, author, draft, erin):
        path = reverse("admin:blog_author_change", args=[author.pk])
        assert "View on site" not in words(as_user(mara).get(path))
        publish(erin, newest_revision(draft()))
        assert "View on site" in words(as_user(mara).get(path))

    def test_in_use_it_stays(self, as_user, mara, draft, author):
        post = draft("Light")
        path = reverse("admin:blog_author_delete", args=[author.pk])
        answer = as_user(mara).post(path, {"post": "yes"})
        assert "“Ada Ray” is in use, so it stays" in words(answer) and "Light" in words(answer)
        assert Author.objects.exists() and post.author_id == author.pk

    def test_unused_it_goes(self, as_user, mara, author):
        path = reverse("admin:blog_author_delete", args=[author.pk])
        answer = as_user(mara).post(path, {"post": "yes"}, follow=True)
        assert "“Ada Ray” is deleted." in words(answer)
        assert not Author.objects.exists()
