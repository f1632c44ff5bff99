"""The publish screen: it says what will happen, does exactly that, and answers every refusal with a sentence."""

from datetime import UTC, datetime, timedelta

import pytest
from cast import DAY, HOUR
from django.urls import reverse
from staff_words import NOON, buttons, tree, words

from blog.models import AuditEntry, Author, Image, Post, Publication
from blog.publishing import Seen, autosave, drafts, newest_revision, publish, release, take_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def address(name, post):
    return reverse(f"admin:blog_post_{name}", args=[post.pk])


@pytest.fixture
def screen(as_user, erin):
    """Erin's publish screen: ``screen(post)`` gets it, ``screen(post, when=…)`` presses the button."""
    client = as_user(erin)

    def use(post, **sent):
        if not sent:
            return client.get(address("publish", post))
        sent = {"revision": newest_revision(post).pk, "date": "2026-11-24", "time": "09:00"} | sent
        return client.post(address("publish", post), sent, follow=True)

    use.client = client
    return use


def live_title(post, now=NOON):
    found = Publication.objects.live(now).filter(post=post).first()
    return found.title if found else None


class TestWhatItSays:
    def test_a_new_post_goes_live_now(self, screen, draft):
        answer = screen(draft("How lasers work"))
        said = words(answer)
        assert "Publish: How lasers work" in said
        assert "Nothing changes for readers until you press the button at the end." in said
        assert "Goes live now, 12:00 pm Alaska time." in said
        assert "Show “Updated" not in said, "nothing was public before"
        assert buttons(answer) == ["Publish"], "without the script the button's name fits both acts"

    def test_it_replaces_what_is_live(self, screen, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON - 170 * DAY)
        rewrite(post, title="Lasers, explained")
        said = words(screen(post))
        assert "It replaces the text that has been live since June 6." in said
        assert "Show “Updated November 23, 2026”" in said
        assert not tree(screen(post)).xpath("//input[@name='show_updated' and @checked]")

    @pytest.mark.parametrize(
        ("ago", "said"),
        [
            (HOUR, "today 11:00 am, Alaska time."),
            (6 * DAY, "Tuesday 12:00 pm, Alaska time."),
            (7 * DAY, "November 16."),
        ],
    )
    def test_a_text_of_these_days_is_called_by_its_time(self, screen, draft, rewrite, erin, ago, said):
        post = draft()
        publish(erin, newest_revision(post), now=NOON - ago)
        rewrite(post, title="Changed")
        assert f"It replaces the text that has been live since {said}" in words(screen(post))
        assert f"Live since {said}" in words(screen.client.get(address("take_off", post)))

    def test_it_comes_back(self, screen, draft, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON - 3 * DAY)
        take_off(erin, post, "Old", now=NOON - 2 * DAY)
        said = words(screen(post))
        assert "Off the site since Saturday 12:00 pm, Alaska time. It comes back at the same address." in said

    def test_the_shown_date(self, screen, draft):
        said = words(screen(draft(published_at=datetime(2025, 6, 2, 18, tzinfo=UTC))))
        assert "The page shows the date June 2, 2025" in said

    def test_what_was_typed_and_no_field_could_hold_is_not_left_out_unasked(self, screen, draft, erin):
        post = draft(author=Author.objects.create(name="Ada", slug="ada"))
        seen = Seen(newest_revision(post).pk, window="closed")
        typed = {"seo_title": "x" * 201}
        autosave(erin, post, {"body": "<p>Text</p>"}, typed, seen=seen, now=NOON - HOUR)
        answer = screen(post)
        assert "Must fix 1" in words(answer) and "would be left out" in words(answer)
        assert buttons(answer) == []
        assert tree(answer).xpath("//a[contains(@href, '#id_seo_title')]")

    def test_what_is_missing_turns_the_button_off(self, screen, draft, erin):
        post = draft(body="", author=None)
        answer = screen(post)
        assert "Must fix 2" in words(answer) and "There is no text yet." in words(answer)
        assert buttons(answer) == []
        assert "Fix 2 things first" in words(answer)

    def test_each_fix_leads_to_its_field(self, screen, draft, picture):
        post = draft(body="", author=None, hero_image=picture)
        links = tree(screen(post)).xpath("//ul[@class='st-checks']/li[@class='e']/a/@href")
        assert links == [address("change", post) + field for field in ("#id_body", "#id_author", "#id_hero_alt")]
        fields = tree(screen.client.get(address("change", post))).xpath("//@id")
        assert {"id_body", "id_author", "id_hero_alt"} <= set(fields)

    def test_nothing_new(self, screen, draft, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        answer = screen(post)
        assert "Readers see exactly this text already." in words(answer)
        assert buttons(answer) == []

    def test_a_planned_end(self, screen, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        take_off(erin, post, "Offer ends", at=NOON + 3 * DAY, now=NOON)
        rewrite(post, title="Changed")
        answer = screen(post)
        assert "Set to leave the site on Thursday 12:00 pm, Alaska time." in words(answer)
        assert "Keep it on the site" in buttons(answer)
        assert "Nothing changes for readers until" not in words(answer)
        screen.client.post(address("keep_on_site", post))
        assert "Set to leave" not in words(screen(post))

    def test_in_the_trash(self, screen, draft):
        post = draft()
        screen.client.post(address("trash", post))
        answer = screen(post)
        assert "This post is in the trash." in words(answer)
        assert buttons(answer) == []


class TestTheShortForm:
    def lines(self, answer):
        return [" ".join(line.text_content().split()) for line in tree(answer).xpath("//ul[@class='st-three']/li")]

    def test_nothing_to_fix_is_three_lines(self, screen, draft, picture):
        Image.objects.filter(pk=picture.pk).update(width=1600, height=900)
        news = {"kind": Post.Kind.CLINIC_NEWS, "excerpt": "We open at noon on Mondays from May on."}
        assert self.lines(screen(draft("How lasers work", hero_image=picture, hero_alt="A lamp", **news))) == [
            "Goes live now, 12:00 pm Alaska time. Readers see nothing of it yet.",
            "At 127.0.0.1:8000/blog/how-lasers-work/, signed by Ada Ray, RN.",
            "0 must fix. Nothing found.",
        ]
        assert tree(screen(Post.objects.get())).xpath("count(//section)") == 1

    def test_it_does_not_say_now_while_something_must_be_fixed(self, screen, draft):
        answer = screen(draft(body=""))
        assert self.lines(answer)[0] == "Goes live once 1 thing is fixed. Readers see nothing of it yet."
        assert "Goes live now" not in answer.content.decode()
        off = tree(answer).xpath("//a[text()='Fix 1 thing first']/@href")
        assert off == [address("change", Post.objects.get()) + "#id_body"]
        many = screen(draft("Two", body="", author=None))
        assert tree(many).xpath("//a[text()='Fix 2 things first']/@href") == ["#fix"]

    def test_what_the_draft_says_to_search_engines(self, screen, draft):
        said = words(screen(draft(canonical_url="https://journal.example/1", noindex=True)))
        assert "Search engines are sent to https://journal.example/1, as the post says." in said
        assert "Search engines are asked not to show it, as the post says." in said

    def test_a_made_up_name_signs_no_real_post(self, screen, draft):
        sample = Author.objects.create(name="Sample author", slug="sample-author", is_sample=True)
        post = draft(author=sample)
        assert "“Sample author” is a made-up name from the samples." in words(screen(post))
        assert "Not published. “Sample author” is a made-up name" in words(screen(post, when="now"))
        assert live_title(post) is None


class TestChanges:
    @pytest.fixture
    def live(self, draft, erin, picture):
        post = draft(body="<p>Light, slowly explained.</p>", hero_image=picture, hero_alt="A lamp")
        publish(erin, newest_revision(post), now=NOON - 9 * DAY)
        return post

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"body": "<p>Light, quickly explained.</p>"}, "1 word of the text changes. Everything else stays."),
            ({"body": "<p>Light explained.</p><p>More light.</p>"}, "3 words of the text change."),
            ({"body": "<p>Light, <em>slowly</em> explained.</p>"}, "Links, photos or formatting of the text change."),
            ({"title": "Lasers"}, "The title changes. Everything else stays."),
            (
                {"title": "Lasers", "hero_alt": "A desk", "hero_caption": "Ours", "body": "<p>Light explained.</p>"},
                "2 words of the text, the title and the main photo’s words change.",
            ),
        ],
    )
    def test_it_counts_what_changes_for_readers(self, screen, live, rewrite, values, said):
        rewrite(live, **values)
        assert said in words(screen(live))

    def test_the_button_names_the_act(self, screen, live, rewrite):
        rewrite(live, title="Lasers", slug="lasers")
        button = tree(screen(live)).xpath("//button[@data-act]")[0]
        assert (button.get("data-now"), button.get("data-later")) == ("Publish changes", "Schedule for {}")
        assert "Its address changes to /blog/lasers/. The old one leads there." in words(screen(live))


class TestItLeavesAgain:
    def test_going_live_and_leaving_by_one_press(self, screen, draft):
        post = draft()
        answer = screen(post, when="later", until_date="2026-12-01", until_time="17:00")
        assert "It leaves the site on December 1, 5:00 pm, Alaska time." in words(answer)
        nine, five = datetime(2026, 11, 24, 18, tzinfo=UTC), datetime(2026, 12, 2, 2, tzinfo=UTC)
        assert [live_title(post, moment) for moment in (nine, five - timedelta(seconds=1), five)] == [
            "How lasers work",
            "How lasers work",
            None,
        ]
        acts = AuditEntry.objects.filter(post=post).order_by("pk").values_list("act", "takes_effect_at", "reason")
        assert list(acts) == [("scheduled", nine, ""), ("take_off_scheduled", five, "Set when it was published")]

    def test_an_end_that_came_with_a_change_goes_with_it(self, screen, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON - DAY)
        rewrite(post, title="Changed")
        screen(post, when="later", until_date="2026-12-01")
        screen.client.post(address("unschedule", post))
        assert live_title(post, NOON + 4000 * DAY) == "How lasers work"

    def test_an_end_that_was_there_before_stays(self, screen, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON - DAY)
        take_off(erin, post, "Offer ends", at=NOON + 3 * DAY, now=NOON - HOUR)
        rewrite(post, title="Changed")
        screen(post, when="later")
        screen.client.post(address("unschedule", post))
        assert (live_title(post, NOON + 2 * DAY), live_title(post, NOON + 3 * DAY)) == ("How lasers work", None)

    def test_blank_it_stays(self, screen, draft):
        post = draft()
        screen(post, when="now", until_date="", until_time="09:00")
        assert live_title(post, NOON + 4000 * DAY)

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"until_date": "2026-11-24", "until_time": "09:00"}, "It would leave before it goes live."),
            ({"until_date": "2026-11-23", "until_time": "09:00"}, "It would leave before it goes live."),
            ({"until_date": "2027-03-14", "until_time": "02:30"}, "skip this time"),
            ({"until_date": "9999-12-31"}, "That is more than ten years away."),
            ({"until_date": "soon"}, "This is not a date."),
        ],
    )
    def test_days_that_cannot_be_are_refused(self, screen, draft, sent, said):
        post = draft()
        answer = screen(post, when="later", **sent)
        assert said in words(answer) and not Publication.objects.filter(post=post).exists()
        assert tree(answer).xpath("//details[@class='st-again' and @open]")

    def test_a_change_with_an_end_replaces_no_planned_one_unseen(self, screen, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON - DAY)
        take_off(erin, post, "Offer ends", at=NOON + 3 * DAY, now=NOON)
        rewrite(post, title="Changed")
        assert not tree(screen(post)).xpath("//input[@name='until_date']"), "the planned end is shown instead"
        screen(post, when="later")
        assert (live_title(post, NOON + 2 * DAY), live_title(post, NOON + 3 * DAY)) == ("Changed", None)


class TestNow:
    def test_it_is_live_and_says_where(self, screen, draft):
        post = draft()
        answer = screen(post, when="now")
        assert answer.redirect_chain == [(address("receipt", post), 302)]
        assert "It is live." in words(answer)
        assert tree(answer).xpath("//a[text()='Open the live page']/@href") == ["/blog/how-lasers-work/"]
        assert live_title(post) == "How lasers work"

    def test_a_second_press_is_harmless(self, screen, draft):
        post = draft()
        screen(post, when="now")
        answer = screen(post, when="now")
        assert "Readers see exactly this text already." in words(answer)
        assert Publication.objects.filter(post=post).count() == 1

    @pytest.mark.parametrize("ticked", [True, False])
    def test_readers_are_told_of_an_update_only_if_ticked(self, screen, draft, rewrite, erin, ticked):
        post = draft()
        publish(erin, newest_revision(post), now=NOON - 9 * DAY)
        rewrite(post, title="Changed")
        screen(post, when="now", **({"show_updated": "on"} if ticked else {}))
        publication = Publication.objects.live(NOON).get(post=post)
        assert (publication.title, publication.updated_at) == ("Changed", NOON if ticked else None)

    def test_what_is_missing_refuses_even_a_forced_press(self, screen, draft):
        post = draft(body="")
        answer = screen(post, when="now")
        assert "Not published. There is no text yet." in words(answer)
        assert live_title(post) is None

    def test_a_shown_date_in_the_future(self, screen, draft):
        answer = screen(draft(published_at=NOON + DAY), when="now")
        assert "Not published. The shown date is later than the moment it goes live." in words(answer)

    def test_an_address_that_belongs_to_another_post(self, screen, draft, erin):
        first = draft("How lasers work")
        publish(erin, newest_revision(first), now=NOON)
        second = draft("Another", slug="how-lasers-work-2")
        from blog.models import Address

        Address.objects.create(slug="how-lasers-work-2", post=first)
        assert "Not published. The address “how-lasers-work-2” belongs to" in words(screen(second, when="now"))


class TestAtASetTime:
    def test_it_appears_at_its_minute(self, screen, draft):
        post = draft()
        answer = screen(post, when="later")
        assert answer.redirect_chain == [(address("receipt", post), 302)]
        said = tree(answer).xpath("//p[@class='st-big']")
        assert [line.text_content() for line in said] == ["Scheduled for Tuesday 9:00 am, Alaska time."]
        nine = datetime(2026, 11, 24, 18, tzinfo=UTC)
        assert (live_title(post, nine - timedelta(seconds=1)), live_title(post, nine)) == (None, "How lasers work")

    def test_a_second_press_is_harmless(self, screen, draft):
        post = draft()
        screen(post, when="later")
        assert "Scheduled for Tuesday 9:00 am" in words(screen(post, when="later"))
        assert Publication.objects.filter(post=post).count() == 1

    def test_the_screen_shows_what_is_scheduled_and_takes_it_back(self, screen, draft, rewrite, erin):
        type(erin).objects.update(first_name="Erin", last_name="Moss")
        post = draft()
        screen(post, when="later")
        answer = screen(post)
        assert "Goes live Tuesday 9:00 am, Alaska time." in words(answer)
        assert "Scheduled by Erin Moss." in words(answer)
        assert "Nothing changes for readers until" not in words(answer), "it changes by itself"
        assert buttons(answer) == ["Unschedule"]
        rewrite(post, title="Changed")
        assert "The draft has changed since." in words(screen(post))
        answer = screen.client.post(address("unschedule", post), follow=True)
        assert "It is not scheduled any more." in words(answer)
        assert not Publication.objects.filter(post=post).exists()
        answer = screen.client.post(address("unschedule", post), follow=True)
        assert "Nothing is scheduled any more." in words(answer)

    def test_another_text_has_to_wait_until_it_is_unscheduled(self, screen, draft, rewrite):
        post = draft()
        screen(post, when="later")
        rewrite(post, title="Changed")
        answer = screen(post, when="now")
        assert "Not published. A version of this post is scheduled for" in words(answer)
        assert buttons(answer) == ["Unschedule"]
        assert live_title(post) is None

    def test_the_clinics_clock_is_changed_while_it_waits(self, screen, draft):
        post = draft()
        answer = screen(post, when="later", date="2027-03-15", time="09:00")
        assert "Scheduled for March 15, 2027, 9:00 am, Alaska time." in words(answer), "and not 8:00 or 10:00"
        nine = datetime(2027, 3, 15, 17, tzinfo=UTC)  # in winter it would be 18
        assert (live_title(post, nine - timedelta(seconds=1)), live_title(post, nine)) == (None, "How lasers work")

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"date": "2027-03-14", "time": "02:30"}, "skip this time"),
            ({"date": "2027-11-07", "time": "01:30"}, "show this time twice"),
            ({"date": "2026-11-23", "time": "11:59"}, "That time has passed."),
            ({"date": "2026-11-23", "time": "12:00"}, "That time has passed."),
            ({"date": "2026-11-22", "time": "12:00"}, "That day has passed."),
            ({"date": "0001-01-01", "time": "12:00"}, "That day has passed."),
            ({"date": "9999-12-31", "time": "12:00"}, "That is more than five years away."),
            ({"date": "", "time": "09:00"}, "Choose a date, or choose “Now”."),
            ({"date": "2026-11-24", "time": ""}, "Choose a time, or choose “Now”."),
            ({"date": "soon", "time": "09:00"}, "This is not a date."),
            ({"date": "2026-11-24", "time": "25:00"}, "This is not a time."),
            ({"date": "99999-01-01", "time": "09:00"}, "This is not a date."),
        ],
    )
    def test_times_that_cannot_be_are_refused(self, screen, draft, sent, said):
        post = draft()
        answer = screen(post, when="later", **sent)
        assert answer.status_code == 200
        assert said in words(answer)
        assert not Publication.objects.filter(post=post).exists()
        assert tree(answer).xpath("//input[@name='when' and @value='later' and @checked]"), "the choice is kept"

    def test_after_a_planned_end(self, screen, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        take_off(erin, post, "Offer ends", at=NOON + HOUR, now=NOON)
        rewrite(post, title="Changed")
        assert "The post leaves the site before that time." in words(screen(post, when="later"))


def test_a_moment_that_passed_while_the_press_waited_is_refused(screen, draft, at_noon, monkeypatch):
    post, lock = draft(), drafts.lock_post

    def wait_for_the_row(pk):
        at_noon(NOON + 2 * DAY)
        return lock(pk)

    monkeypatch.setattr(release, "lock_post", wait_for_the_row)
    assert "Not published." in words(screen(post, when="later"))
    assert not Publication.objects.filter(post=post).exists()


class TestConflicts:
    def test_somebody_saved_between_the_screen_and_the_press(self, screen, draft, rewrite, wilma):
        post = draft()
        shown = newest_revision(post).pk
        rewrite(post, title="Words that nobody looked at")
        answer = screen(post, when="now", revision=shown)
        assert answer.status_code == 409
        assert "Not published. erin saved this post" in words(answer)
        assert buttons(answer) == []
        assert address("change", post) in tree(answer).xpath("//main//a/@href")
        assert live_title(post) is None

    @pytest.mark.parametrize("revision", ["", "abc", "-1", "0", "99999999999999999999", "٣"])
    def test_a_revision_that_does_not_exist(self, screen, draft, revision):
        answer = screen(draft(), when="now", revision=revision)
        assert answer.status_code == 200
        assert "Not published." in words(answer)

    def test_the_revision_of_another_post(self, screen, draft):
        first, second = draft("First"), draft("Second")
        answer = screen(first, when="now", revision=newest_revision(second).pk)
        assert "did not say which text to publish" in words(answer)
        assert live_title(first) is None and live_title(second) is None

    def test_no_choice_of_time(self, screen, draft):
        assert "Choose when." in words(screen(draft(), when="whenever"))


SCREENS = ("publish", "take_off", "unschedule", "keep_on_site")
REFUSALS = {"take_off": "Your login may not take a post off the site. Ask an editor or a medical reviewer to do it."}


class TestWhoMay:
    @pytest.mark.parametrize("name", SCREENS)
    def test_only_who_may_publish(self, name, client, as_user, draft, erin, wilma, nora):
        post = draft(actor=wilma)
        publish(erin, newest_revision(post), now=NOON - DAY)
        answer = client.post(address(name, post))
        assert answer.status_code == 302 and answer.url.startswith("/admin/login/")
        for user in (wilma, nora):
            answer = as_user(user).post(address(name, post), {"when": "now", "reason": "No"})
            assert answer.status_code == 403
            assert REFUSALS.get(name, "Your login may write, but not publish or take off the site.") in words(answer)
        assert as_user(erin).post(address(name, post)).status_code in (200, 302)
        assert live_title(post) == "How lasers work"

    @pytest.mark.parametrize("name", ["publish", "take_off"])
    def test_looking_needs_the_right_too(self, name, as_user, draft, erin, wilma):
        post = draft()
        assert as_user(wilma).get(address(name, post)).status_code == 403
        assert as_user(erin).get(address(name, post)).status_code == 200

    @pytest.mark.parametrize("name", ["unschedule", "keep_on_site"])
    def test_acts_without_a_screen_are_not_looked_at(self, name, as_user, draft, erin):
        assert as_user(erin).get(address(name, draft())).status_code == 405

    @pytest.mark.parametrize("name", [*SCREENS, "trash", "restore"])
    @pytest.mark.parametrize("key", [10**6, 10**30])
    def test_a_post_that_does_not_exist(self, name, key, as_user, erin):
        assert as_user(erin).post(reverse(f"admin:blog_post_{name}", args=[key])).status_code == 404

    def test_a_press_from_elsewhere_is_refused(self, draft, erin):
        from django.test import Client

        client = Client(enforce_csrf_checks=True)
        client.force_login(erin)
        post = draft()
        sent = {"revision": newest_revision(post).pk, "when": "now"}
        assert client.post(address("publish", post), sent).status_code == 403
        assert live_title(post) is None


def test_a_name_with_markup_stays_text(screen, draft):
    author = Author.objects.create(name="<b>Bo</b>", slug="bo")
    answer = screen(draft("<script>alert(1)</script>", author=author))
    assert b"<script>alert(1)" not in answer.content
    assert Post.objects.count() == 1
