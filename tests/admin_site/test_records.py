"""Topics, tags, the practice, and the record of what was done."""

import pytest
from cast import DAY, MINUTE
from django.urls import reverse
from staff_words import NOON, rows, tree, words

from blog.models import AuditEntry, ChangeStamp, Practice, Tag, Topic
from blog.publishing import keep_on_site, newest_revision, publish, take_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(as_user, erin):
    return as_user(erin)


@pytest.mark.parametrize("model", [Topic, Tag])
class TestTopicsAndTags:
    def page(self, model, name, *args):
        return reverse(f"admin:blog_{model._meta.model_name}_{name}", args=args)

    def test_made_changed_deleted_and_each_moves_the_stamp(self, client, model):
        stamps = [ChangeStamp.current()]
        answer = client.post(
            self.page(model, "add"), {"name": "Lasers", "slug": "lasers", "position": "1"}, follow=True
        )
        assert "“Lasers”: saved. Readers see it at once." in words(answer)
        stamps.append(ChangeStamp.current())
        found = model.objects.get()
        client.post(self.page(model, "change", found.pk), {"name": "Light", "slug": "light", "position": "1"})
        found.refresh_from_db()
        assert (found.name, found.slug) == ("Light", "lasers"), "the address is fixed"
        stamps.append(ChangeStamp.current())
        answer = client.post(self.page(model, "delete", found.pk), {"post": "yes"}, follow=True)
        assert "“Light” is deleted." in words(answer)
        stamps.append(ChangeStamp.current())
        assert stamps == sorted(set(stamps))

    def test_in_use_they_stay_even_if_only_an_earlier_version_has_them(self, client, draft, rewrite, model):
        found = model.objects.create(name="Lasers", slug="lasers")
        post = draft("Light", **({"topic": found} if model is Topic else {"tags": [found]}))
        post.tags.clear()
        rewrite(post, topic=None, title="Lamps")
        for answer in (
            client.get(self.page(model, "delete", found.pk)),
            client.post(self.page(model, "delete", found.pk), {"post": "yes"}),
        ):
            assert "“Lasers” is in use, so it stays" in words(answer)
            assert "Lamps" in words(answer)
        assert model.objects.exists()

    def test_a_refused_form_says_what_and_where(self, client, model):
        model.objects.create(name="Lasers", slug="lasers")
        answer = client.post(self.page(model, "add"), {"name": "Lasers", "slug": "no good", "position": "1"})
        assert "Not saved yet. 2 places need a look." in words(answer)
        assert "correct" not in words(answer).lower()
        assert tree(answer).xpath("//main//a[text()='Go to the first one']/@href") == ["#id_name"]
        assert tree(answer).xpath("//title")[0].text.strip().startswith("Error:")

    def test_who_may(self, as_user, wilma, model):
        answer = as_user(wilma).post(self.page(model, "add"), {"name": "Lasers", "slug": "lasers", "position": "1"})
        assert answer.status_code == (403 if model is Topic else 302)


class TestPractice:
    def test_one_form_and_no_list(self, as_user, mara):
        client = as_user(mara)
        assert client.get("/admin/blog/practice/").url == "/admin/blog/practice/1/change/"
        assert client.get("/admin/blog/practice/add/").status_code == 403
        assert client.post("/admin/blog/practice/1/delete/", {"post": "yes"}).status_code == 403

    def test_saving_shows_on_every_page(self, as_user, mara, client):
        before = ChangeStamp.current()
        sent = {"name": "Northlight", "blog_title": "Blog"}
        answer = as_user(mara).post("/admin/blog/practice/1/change/", sent, follow=True)
        assert "“Northlight”: saved. Readers see it at once." in words(answer)
        assert ChangeStamp.current() > before
        assert "Northlight" in client.get("/blog/").content.decode()

    def test_who_may(self, as_user, erin, wilma, client):
        for user in (erin, wilma):
            assert as_user(user).post("/admin/blog/practice/1/change/", {"name": "Mine now"}).status_code == 403
        assert Practice.objects.get().name != "Mine now"


class TestRecord:
    @pytest.fixture
    def entry(self, draft, erin):
        post = draft("Light")
        publish(erin, newest_revision(post))
        take_off(erin, post, "Out of date")
        return AuditEntry.objects.first()

    def test_who_did_what_and_why(self, client, entry):
        found = rows(client.get("/admin/blog/auditentry/"))
        assert [row[1:4] for row in found] == [
            ["Taken off the site", "Light", "erin"],
            ["Published", "Light", "erin"],
        ]
        assert found[0][5] == "Out of date"

    def test_it_cannot_be_changed(self, as_user, root, entry):
        client = as_user(root)
        path = reverse("admin:blog_auditentry_change", args=[entry.pk])
        assert client.get(path).status_code == 200
        assert client.post(path, {"reason": "Nothing happened"}).status_code == 403
        assert client.post(reverse("admin:blog_auditentry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
        entry.refresh_from_db()
        assert entry.reason == "Out of date"


@pytest.mark.usefixtures("at_noon")
class TestHistoryOfAPost:
    @pytest.fixture
    def post(self, draft, erin):
        post = draft("Light")
        publish(erin, newest_revision(post), now=NOON - DAY)
        take_off(erin, post, "<b>Offer</b> ends", at=NOON + DAY, now=NOON)
        return post

    def history(self, client, post):
        return client.get(reverse("admin:blog_post_history", args=[post.pk]))

    def test_what_was_done_in_public_the_newest_first(self, as_user, wilma, post):
        answer = self.history(as_user(wilma), post)
        found = tree(answer).xpath("//section[@aria-labelledby='acts']//li")
        assert [" ".join(" ".join(line.itertext()).split()) for line in found] == [
            "Scheduled to leave the site : Tuesday 12:00 pm Reason: <b>Offer</b> ends Today 12:00 pm, by erin",
            "Published Sunday 12:00 pm, by erin",
        ]
        assert "All times are Alaska time." in words(answer)

    def test_of_a_draft(self, client, draft):
        assert "Readers never saw this post." in words(self.history(client, draft()))

    def test_who_may(self, as_user, nora, post):
        answer = self.history(as_user(nora), post)
        assert answer.status_code == 403
        assert "Offer" not in answer.content.decode()

    def test_its_cost_does_not_grow(self, client, post, rewrite, erin, django_assert_max_num_queries):
        keep_on_site(erin, post)
        for number in range(12):
            publish(erin, rewrite(post, title=f"Light {number}"), now=NOON + number * MINUTE)
        self.history(client, post)
        with django_assert_max_num_queries(10):
            self.history(client, post)
