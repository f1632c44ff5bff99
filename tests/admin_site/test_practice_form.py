"""The practice's form: links to the website, pictures, and what is refused."""

from datetime import timedelta

import pytest
from cast import clinician
from django.utils import timezone
from factories import make_editor, make_picture, make_post, make_practice
from staff_words import words

from blog.models import MedicalReview, Practice
from blog.publishing import approve, newest_revision, publish, submit

pytestmark = pytest.mark.django_db
FORM = "/admin/blog/practice/1/change/"


@pytest.fixture
def save(as_user, mara):
    """Send the form with these fields: ``save(phone=…)`` gives the answer."""
    make_practice()
    client = as_user(mara)

    def send(**fields):
        return client.post(FORM, {"name": "Northlight", "blog_title": "Blog", **fields}, follow=True)

    return send


def links(*pairs: tuple[str, str]) -> dict[str, str]:
    """The boxes of the menu links as a browser sends them."""
    texts = [text for pair in pairs for text in pair]
    return {f"menu_links_{number}": text for number, text in enumerate([*texts, *[""] * (10 - len(texts))])}


def test_links_are_kept_in_their_order_and_blank_rows_drop_out(save):
    answer = save(**links(("Prices", "https://example.com/prices"), ("", ""), (" Team ", "example.com/team")))
    assert "“Northlight”: saved." in words(answer)
    assert Practice.objects.get().menu_links == [
        {"name": "Prices", "url": "https://example.com/prices"},
        {"name": "Team", "url": "https://example.com/team"},
    ]
    page = answer.content.decode()
    assert 'value="https://example.com/team"' in page
    assert 'aria-label="Link 2, address"' in page


@pytest.mark.parametrize(
    ("pair", "sentence"),
    [
        (("Prices", ""), "“Prices” has no address."),
        (("", "https://example.com"), "The link to https://example.com has no name."),
        (("Prices", "javascript://example.com/%0aalert(1)"), "is not a web address"),
        (("Prices", "https://exa mple.com"), "is not a web address"),
        (("A very long name for a menu", "https://example.com"), "too long for the menu"),
    ],
)
def test_a_link_that_cannot_work_is_refused_and_what_was_typed_stays(save, pair, sentence):
    answer = save(**links(("Team", "https://example.com/team"), pair))
    assert sentence in words(answer)
    assert "https://example.com/team" in answer.content.decode()
    assert Practice.objects.get().menu_links == []


def test_where_a_clinician_must_review_what_waits_unreviewed_is_called_off(save):
    now = timezone.now()
    waits, live = make_post("Waits", at=now + timedelta(days=1)), make_post("Live")
    said = words(save(review_policy="must"))
    assert "Not scheduled any more, because nobody has reviewed it: “Waits”." in said
    assert "1 live article has no review. What is live stays live." in said
    assert not waits.publications.exists() and live.publications.count() == 1
    assert "Not scheduled" not in words(save(review_policy="must", tagline="Skin"))


def test_a_form_that_was_open_before_a_clinician_had_to_review_changes_nothing_of_that(save):
    page = save(tagline="Skin").content.decode()
    assert 'name="initial-review_policy" value="nobody_yet"' in page
    save(review_policy="must")
    stale = {"review_policy": "nobody_yet", "initial-review_policy": "nobody_yet"}
    assert "saved" in words(save(tagline="Skin and hair", **stale))
    practice = Practice.objects.get()
    assert (practice.tagline, practice.review_policy) == ("Skin and hair", "must")
    save(review_policy="nobody_yet", **{"initial-review_policy": "must"})
    assert Practice.objects.get().review_policy == "nobody_yet"


def test_a_changed_disclaimer_ends_the_reviews_above_it(save, rita):
    clinician(rita)
    Practice.objects.update(review_policy="may")
    post = make_post("Read", live=False)
    submit(make_editor(), newest_revision(post))
    approve(rita, newest_revision(post))
    publish(make_editor(), newest_revision(post))
    save(review_policy="may", tagline="Skin", disclaimer=Practice.objects.get().disclaimer)
    assert MedicalReview.objects.standing().exists()
    save(review_policy="may", disclaimer="Ask your own clinician.")
    assert MedicalReview.objects.get().lapsed_because == "The disclaimer of Northlight changed."


def test_the_verification_code_is_only_the_code(save):
    answer = save(search_console_token='<meta name="google-site-verification" content="abc">')
    assert "the part after content=" in words(answer)
    assert "saved" in words(save(search_console_token="abc-DEF_123"))
    assert Practice.objects.get().search_console_token == "abc-DEF_123"


def test_a_logo_in_use_cannot_be_deleted(save, as_user, mara):
    logo = make_picture()
    assert "saved" in words(save(logo=logo.pk))
    answer = as_user(mara).post(f"/admin/blog/image/{logo.pk}/delete/", {"post": "yes"})
    assert "is in use, so it stays" in words(answer)
    assert "Northlight" in words(answer)


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        ("(907) 555-0142", "+19075550142"),
        ("+44 20 7946 0958", "+442079460958"),
        ("1-907-555-0142", "+19075550142"),
        ("907.555.0142 ext. 3", "+19075550142;ext=3"),
        ("", ""),
    ],
)
def test_the_phone_is_one_number_that_can_be_dialled(save, typed, link):
    assert "saved" in words(save(phone=typed))
    assert Practice.objects.get().phone_link == link


@pytest.mark.parametrize(
    "typed", ["907-555-0142 or 907-555-0199", "(907) 555-SKIN", "press 2", "ask at the desk", "555-0142"]
)
def test_what_no_phone_can_dial_is_refused_with_what_to_do(save, typed):
    answer = save(phone=typed)
    assert "Write one number that a phone can dial: (907) 555-0142" in words(answer)
    assert typed in answer.content.decode()
    assert Practice.objects.get().phone == ""
