"""The checks on the publishing screen: what stops it, what a reason answers, and that nothing goes live by accident."""

from datetime import date, timedelta

import pytest
from cast import person
from django.urls import reverse
from staff_words import NOON, buttons, tree, words

from blog.models import Address, AuditEntry, Image, Override, PhotoConsent, Phrase, Post, Publication
from blog.publishing import give_reason, newest_revision, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

BODY = "<p>Light, slowly explained.</p><p>It is quick and painless.</p>"
SENTENCE = "It is quick and painless."
FIELD = "//textarea[starts-with(@name, 'reason-')]"


def address(name, post):
    return reverse(f"admin:blog_post_{name}", args=[post.pk])


@pytest.fixture
def promise(draft):
    """A draft with one promise."""
    Phrase.objects.get_or_create(kind=Phrase.Kind.PROMISE, words="painless")
    return draft(body=BODY)


@pytest.fixture
def erins(as_user, erin):
    return as_user(erin)


@pytest.fixture
def press(erins):
    """Press the button of a screen that was got before, with a reason in every field."""

    def use(screen, post, reason="", **sent):
        page = tree(screen)
        fields = {field.get("name"): reason for field in page.xpath(FIELD)}
        hidden = {
            one.get("name"): one.get("value") for one in page.xpath("//form[@data-release]//input[@type='hidden']")
        }
        when = {"when": "now", "date": "2026-11-24", "time": "09:00"}
        return erins.post(address("publish", post), hidden | when | fields | sent, follow=True)

    return use


def is_live(post):
    return Publication.objects.live(NOON).filter(post=post).exists()


class TestAReason:
    def test_the_screen_asks_for_it(self, erins, promise):
        screen = erins.get(address("publish", promise))
        said = words(screen)
        assert "0 must fix, 1 needs a reason" in said and "“It is quick and painless.” Change the sentence" in said
        assert "Your name, the time and this reason are kept with the post." in said
        assert "1 answer is missing: a reason." in said and buttons(screen) == ["Publish"]
        (way,) = tree(screen).xpath("//a[text()='Change the sentence']/@href")
        editor = tree(erins.get(address("change", promise)))
        assert way == address("change", promise) + "#" + editor.xpath("//li[@class='o']/a/@id")[0]

    @pytest.mark.parametrize("reason", ["", "   \n"])
    def test_without_it_nothing_goes_live(self, erins, promise, press, reason):
        answer = press(erins.get(address("publish", promise)), promise, reason)
        assert "Not published. 1 sentence needs a reason." in words(answer)
        assert not is_live(promise) and not Override.objects.exists()
        assert tree(answer).xpath(FIELD + "/@aria-invalid") == ["true"]

    def test_with_it_the_post_is_live_and_the_reason_kept(self, erins, erin, promise, press):
        press(erins.get(address("publish", promise)), promise, "Said by a patient, and marked as that")
        assert is_live(promise)
        kept = Override.objects.get()
        assert (kept.sentence, kept.given_by, kept.given_at) == (SENTENCE, erin, NOON)
        acts = list(AuditEntry.objects.filter(post=promise).order_by("pk").values_list("act", flat=True))
        assert acts[-2:] == [AuditEntry.Act.REASON_GIVEN, AuditEntry.Act.PUBLISHED]

    def test_a_refused_act_keeps_what_was_typed_and_no_reason(self, erins, promise, press, draft):
        screen = erins.get(address("publish", promise))
        other = draft("Another")
        Address.objects.update_or_create(slug=promise.slug, defaults={"post": other})
        answer = press(screen, promise, "Said by a patient")
        assert "Not published. The address" in words(answer)
        assert tree(answer).xpath(FIELD + "/text()") == ["Said by a patient"]
        assert not Override.objects.exists() and not is_live(promise)

    def test_a_colleague_who_saved_meanwhile_costs_no_reason(self, erins, promise, press, rewrite):
        screen = erins.get(address("publish", promise))
        rewrite(promise, title="Another title")
        answer = press(screen, promise, "Said by a patient")
        assert answer.status_code == 409 and not Override.objects.exists()
        form = {one.get("name"): one.get("value") for one in tree(answer).xpath("//form[@data-release]//input")}
        again = erins.post(address("publish", promise), form | {"again": "1"})
        assert "Publish: Another title" in words(again) and not is_live(promise)
        assert tree(again).xpath(FIELD + "/text()") == ["Said by a patient"]
        press(again, promise, "Said by a patient")
        assert is_live(promise)

    def test_one_that_holds_is_shown_with_who_and_when_and_can_be_replaced(self, erins, erin, promise, press):
        give_reason(erin, promise, "promise", SENTENCE, "Said by a patient", now=NOON - timedelta(hours=1))
        screen = erins.get(address("publish", promise))
        assert "erin, today 11:00 am, Alaska time: Said by a patient" in words(screen)
        assert "needs a reason" not in words(screen)
        press(screen, promise, "From a study")
        assert is_live(promise)
        assert list(Override.objects.values_list("reason", flat=True)) == ["From a study", "Said by a patient"]

    def test_one_that_holds_is_not_given_again(self, erins, erin, promise, press):
        give_reason(erin, promise, "promise", SENTENCE, "Said by a patient", now=NOON - timedelta(hours=1))
        press(erins.get(address("publish", promise)), promise, "Said by a patient")
        assert is_live(promise) and Override.objects.count() == 1


def test_what_appeared_meanwhile_is_said_and_stops_it(erins, draft, press):
    post = draft(body="<p>It is effortless.</p>")
    screen = erins.get(address("publish", post))
    assert "needs a reason" not in words(screen)
    Phrase.objects.create(kind=Phrase.Kind.PROMISE, words="effortless")
    answer = press(screen, post)
    assert "1 of these was not there when you opened this screen." in words(answer)
    assert "“It is effortless.” Change the sentence" in words(answer) and not is_live(post)
    press(answer, post, "A word of the maker")
    assert is_live(post)


def test_a_consent_that_ends_before_it_goes_live(erins, draft, press, picture):
    consent = PhotoConsent.objects.create(
        reference="NL-0007", signed_on=date(2026, 1, 2), expires_on=date(2026, 11, 25)
    )
    Image.objects.filter(pk=picture.pk).update(depicts="patient", consent=consent)
    post = draft(hero_image=picture, hero_alt="A lamp")
    screen = erins.get(address("publish", post))
    assert "must fix" in words(screen) and "0 must fix" in words(screen)
    refused = press(screen, post, when="later", date="2026-12-01")
    assert "its consent NL-0007 does not hold when this goes live" in words(refused)
    assert "Fix 1 thing first" in words(refused) and not Publication.objects.filter(post=post).exists()
    press(screen, post, when="later", date="2026-11-24")
    assert Publication.objects.filter(post=post).exists()


def test_the_reviewer_reads_the_same_list(as_user, erin, promise):
    rita = person("rita", "Medical reviewer")
    give_reason(erin, promise, "promise", SENTENCE, "Said by a patient", now=NOON - timedelta(hours=1))
    submit(erin, newest_revision(promise), now=NOON - timedelta(minutes=5))
    answer = as_user(rita).get(address("review", promise))
    said = words(answer)
    assert "Checks 0 must fix, " in said and "erin, today 11:00 am, Alaska time: Said by a patient" in said
    assert not tree(answer).xpath(FIELD) and Post.objects.count() == 1
