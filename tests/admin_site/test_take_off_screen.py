"""Taking off the site, keeping on it, and the trash."""

from datetime import UTC, datetime

import pytest
from cast import DAY, HOUR, person
from django.urls import reverse
from staff_words import NOON, buttons, tree, words

from blog.models import AuditEntry, Post, Publication
from blog.publishing import newest_revision, publish, take_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def address(name, post):
    return reverse(f"admin:blog_post_{name}", args=[post.pk])


@pytest.fixture
def live(draft, erin):
    post = draft()
    publish(erin, newest_revision(post), now=NOON - 10 * DAY)
    return post


@pytest.fixture
def client(as_user, erin):
    return as_user(erin)


def is_live(post, now=NOON):
    return Publication.objects.live(now).filter(post=post).exists()


def press(client, post, **sent):
    sent = {"when": "now", "date": "2026-11-24", "time": "09:00", "reason": "Out of date"} | sent
    return client.post(address("take_off", post), sent, follow=True)


def test_the_screen_says_what_will_happen(client, live):
    answer = client.get(address("take_off", live))
    said = words(answer)
    assert "Take off the site: How lasers work" in said and "Live since November 13." in said
    assert "This page is no longer here" in said and "What cannot be recalled" in said
    assert buttons(answer) == ["Take off the site"]


def test_what_readers_will_see_is_what_they_see(client, live):
    said = words(client.get(address("take_off", live)))
    press(client, live)
    gone = tree(client.get("/blog/how-lasers-work/"))
    assert gone.xpath("string(//h1)") in said
    assert gone.xpath("string(//*[@class='lede'])") in said


def test_posts_that_link_to_it_are_named(client, live, draft, erin):
    other = draft("After the laser", body='<p>See <a href="/blog/how-lasers-work/">how it works</a>.</p>')
    assert "links to it" not in words(client.get(address("take_off", live))), "drafts do not count"
    publish(erin, newest_revision(other), now=NOON)
    assert "1 live post links to it: After the laser." in words(client.get(address("take_off", live)))


def test_now(client, live, erin):
    answer = press(client, live)
    assert "It is off the site." in words(answer)
    assert not is_live(live)
    entry = AuditEntry.objects.get(act=AuditEntry.Act.TAKEN_OFF)
    assert (entry.actor, entry.reason) == (erin, "Out of date")


def test_a_second_press_is_harmless(client, live):
    press(client, live)
    assert "there is nothing to take off" in words(press(client, live))
    assert AuditEntry.objects.filter(act=AuditEntry.Act.TAKEN_OFF).count() == 1


def test_at_a_set_time_and_kept_after_all(client, live):
    nine = datetime(2026, 11, 24, 18, tzinfo=UTC)
    answer = press(client, live, when="later")
    assert "It leaves the site on Tuesday 9:00 am, Alaska time." in words(answer)
    assert is_live(live) and not is_live(live, nine)
    answer = client.get(address("take_off", live))
    assert "Set to leave the site on Tuesday 9:00 am, Alaska time." in words(answer)
    assert "Keep it on the site" in buttons(answer)
    assert "Nothing changes for readers until" not in words(answer)
    assert "It stays on the site." in words(client.post(address("keep_on_site", live), follow=True))
    assert is_live(live, nine)
    assert "Nothing is set to leave the site." in words(client.post(address("keep_on_site", live), follow=True))


@pytest.mark.parametrize("reason", ["", "   ", "\u200b"])
def test_a_reason_is_needed(client, live, reason):
    answer = press(client, live, reason=reason)
    if reason.strip():
        return
    assert "Say in a few words why it goes." in words(answer)
    assert is_live(live)


@pytest.mark.parametrize("sent", [{"date": "2027-03-14", "time": "02:30"}, {"date": "2026-11-22"}, {"date": ""}])
def test_times_that_cannot_be_are_refused(client, live, sent):
    answer = press(client, live, when="later", **sent)
    assert "Still as it was." in words(answer)
    assert is_live(live, NOON + 400 * DAY)


def test_taking_off_unschedules_too_and_says_so(client, live, rewrite, erin):
    publish(erin, rewrite(live, title="Changed"), at=NOON + DAY, now=NOON)
    assert "Taking the post off now unschedules that, too." in words(client.get(address("take_off", live)))
    press(client, live)
    assert not is_live(live, NOON + 2 * DAY)


def test_a_scheduled_post_leaves_only_after_it_came(client, draft, erin):
    post = draft()
    publish(erin, newest_revision(post), at=NOON + 2 * DAY, now=NOON)
    answer = client.get(address("take_off", post))
    assert [box.get("value") for box in tree(answer).xpath("//input[@name='when']")] == ["later"]
    assert "Choose a later time" in words(press(client, post, when="later"))
    assert "It leaves the site on" in words(press(client, post, when="later", date="2026-11-29"))


class TestAMedicalReviewer:
    """May end what readers see, and nothing else about it."""

    @pytest.fixture
    def rhea(self, as_user, db):
        return as_user(person("rhea", "Medical reviewer"))

    def test_takes_a_page_off_from_the_page_of_the_post(self, rhea, live):
        page = tree(rhea.get(address("change", live)))
        assert page.xpath("//a[text()='Take off the site…']/@href") == [address("take_off", live)]
        assert "It is off the site." in words(press(rhea, live)) and not is_live(live)
        assert AuditEntry.objects.get(act=AuditEntry.Act.TAKEN_OFF).actor.username == "rhea"

    def test_is_offered_nothing_else(self, rhea, live, erin):
        take_off(erin, live, "Offer ends", at=NOON + DAY, now=NOON)
        answer = rhea.get(address("take_off", live))
        assert "Set to leave the site on" in words(answer) and buttons(answer) == ["Take off the site"]
        assert tree(rhea.get(address("receipt", live))).xpath("//a[text()='Take off the site…']")
        for name in ("publish", "unschedule", "keep_on_site"):
            assert rhea.post(address(name, live)).status_code == 403


def test_who_may_only_write_is_not_offered_to_take_off(as_user, wilma, live):
    page = as_user(wilma).get(address("change", live)).content.decode()
    assert "Open the live page" in page and "Take off the site…" not in page


def test_publishing_again_brings_it_back(client, live, at_noon):
    press(client, live)
    at_noon(NOON + HOUR)
    assert "Publish again…" in words(client.get(address("receipt", live)))
    sent = {"when": "now", "revision": newest_revision(live).pk}
    assert "It is live." in words(client.post(address("publish", live), sent, follow=True))
    assert is_live(live, NOON + HOUR) and client.get("/blog/how-lasers-work/").status_code == 200


def test_nothing_to_take_off(client, draft):
    answer = client.get(address("take_off", draft()))
    assert "there is nothing to take off" in words(answer)
    assert buttons(answer) == []


class TestTrash:
    def test_away_and_back(self, client, draft):
        post = draft()
        assert buttons(client.get(address("trash", post))) == ["Move to the trash"]
        assert Post.objects.get().trashed_at is None, "looking changes nothing"
        answer = client.post(address("trash", post), follow=True)
        assert "“How lasers work” is in the trash. Take it out again…" in words(answer)
        assert buttons(client.get(address("restore", post))) == ["Take out of the trash"]
        answer = client.post(address("restore", post), follow=True)
        assert "It is out of the trash, as it was." in words(answer)
        assert Post.objects.get().trashed_at is None

    def test_what_readers_saw_does_not_go_there(self, client, live, erin):
        for _ in range(2):
            for ask in (client.get, client.post):
                answer = ask(address("trash", live))
                assert "Take it off the site instead" in words(answer)
                assert buttons(answer) == []
            take_off(erin, live, "Old", now=NOON) if is_live(live) else None
        assert Post.objects.get().trashed_at is None

    def test_a_second_press_is_harmless(self, client, draft):
        post = draft()
        client.post(address("trash", post))
        assert "It is in the trash already." in words(client.get(address("trash", post)))
        client.post(address("restore", post))
        assert client.post(address("restore", post)).status_code == 302
        assert AuditEntry.objects.filter(act=AuditEntry.Act.RESTORED).count() == 1

    @pytest.mark.parametrize("name", ["trash", "restore"])
    def test_own_drafts_only(self, name, draft, erin, wilma, nora, as_user):
        post = draft(actor=erin)
        from django.test import Client

        assert Client().post(address(name, post)).url.startswith("/admin/login/")
        for user in (wilma, nora):
            for ask in (as_user(user).get, as_user(user).post):
                assert ask(address(name, post)).status_code == 403
        own = draft("Own", actor=wilma)
        assert as_user(wilma).post(address(name, own)).status_code == 302
        assert Post.objects.get(pk=post.pk).trashed_at is None
