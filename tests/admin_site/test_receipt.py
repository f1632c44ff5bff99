"""The receipt: what readers see after an act, said from the records, with all that its script needs to look itself."""

from datetime import timedelta

import pytest
from cast import DAY, HOUR
from django.urls import reverse
from staff_words import NOON, buttons, tree, words

from blog.models import Publication
from blog.publishing import newest_revision, publish, take_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def address(name, post):
    return reverse(f"admin:blog_post_{name}", args=[post.pk])


@pytest.fixture
def receipt(as_user, erin):
    client = as_user(erin)
    return lambda post: client.get(address("receipt", post))


@pytest.fixture
def live(draft, erin):
    post = draft()
    publish(erin, newest_revision(post), now=NOON - HOUR)
    return post


def looked_at(answer):
    """What the script is told to look for; None where it has nothing to do."""
    found = tree(answer).xpath("//*[@data-receipt]")
    names = ("receipt", "expect", "version", "listed", "seen")
    return tuple(found[0].get(f"data-{name}") for name in names) if found else None


def ways(answer):
    return tree(answer).xpath("//div[contains(@class,'st-ways')]/*/text()")


def test_live(receipt, live, client):
    answer = receipt(live)
    said = words(answer)
    assert "Live: How lasers work It is live." in said
    assert "By the records a reader sees this version since today 11:00 am, Alaska time." in said
    assert "Page http://127.0.0.1:8000/blog/how-lasers-work/" in said
    assert "Went live Today 11:00 am, Alaska time, by erin" in said
    assert ways(answer) == ["Open the live page", "Copy link", "Back to writing", "Back to the work list"]
    assert tree(answer).xpath("//a[text()='Take off the site…']/@href") == [address("take_off", live)]
    version = str(Publication.objects.get().pk)
    seen = "A reader sees this version since today 11:00 am, Alaska time."
    assert looked_at(answer) == ("/blog/how-lasers-work/", "live", version, "yes", seen)


def test_the_public_page_says_which_version_it_is(live, client, rewrite, erin):
    def version():
        return tree(client.get("/blog/how-lasers-work/")).xpath("//meta[@name='publication']/@content")

    first = version()
    assert first == [str(Publication.objects.get().pk)]
    rewrite(live, body="<p>Other words.</p>")
    assert version() == first, "a draft is no version"
    publish(erin, newest_revision(live), now=NOON)
    assert version() == [str(Publication.objects.live(NOON).get().pk)] != first
    assert not tree(client.get("/blog/")).xpath("//meta[@name='publication']")


def test_a_post_far_down_the_list_is_not_looked_for_on_the_blog_page(receipt, draft, erin):
    old = draft("Old", published_at=NOON - 900 * DAY)
    publish(erin, newest_revision(old), now=NOON)
    for number in range(10):
        publish(erin, newest_revision(draft(f"Newer {number}")), now=NOON)
    assert looked_at(receipt(old))[3] == ""


def test_scheduled(receipt, draft, erin, rewrite, as_user):
    post = draft()
    publish(erin, newest_revision(post), at=NOON + DAY, now=NOON)
    answer = receipt(post)
    said = words(answer)
    assert "Scheduled: How lasers work Scheduled for Tuesday 12:00 pm, Alaska time." in said
    assert "Until then readers see nothing of it. What is scheduled is fixed" in said
    assert "Goes live Tuesday 12:00 pm, Alaska time, scheduled by erin" in said
    assert buttons(answer) == ["Unschedule"] and looked_at(answer) is None
    editor = as_user(erin)
    assert "The draft has changed" not in said + words(editor.get(address("change", post)))
    rewrite(post, title="Changed")
    waiting = Publication.objects.get(post=post).revision_id
    look = tree(receipt(post)).xpath("//a[text()='See it as it will look']/@href")
    assert look == [f"{address('versions', post)}?to={waiting}"], "and not the draft, which moved on"
    for screen in ("change", "publish"):
        assert "The draft has changed since" in words(editor.get(address(screen, post)))
    assert "The draft has changed since it was scheduled. What is scheduled stays as it was" in words(receipt(post))


def test_a_change_scheduled_over_a_live_text(receipt, live, rewrite, erin):
    publish(erin, rewrite(live, title="Lasers"), at=NOON + DAY, now=NOON)
    answer = receipt(live)
    said = words(answer)
    assert "Scheduled for Tuesday" in said and "Until then readers see the text of today 11:00 am" in said
    first = Publication.objects.live(NOON).get()
    assert looked_at(answer)[:3] == ("/blog/how-lasers-work/", "live", str(first.pk))
    assert "It is live." not in said


def test_newer_words_in_the_draft_are_named(receipt, live, rewrite):
    assert "Your draft has newer words" not in words(receipt(live))
    rewrite(live, title="Lasers")
    assert "Your draft has newer words than readers see." in words(receipt(live))


def test_a_planned_end(receipt, live, erin):
    take_off(erin, live, "Offer ends", at=NOON + DAY, now=NOON)
    said = words(receipt(live))
    assert "It leaves the site on Tuesday 12:00 pm, Alaska time. Until then nothing changes for readers." in said


def test_off_the_site(receipt, live, erin, client):
    take_off(erin, live, "Out of date", now=NOON - timedelta(minutes=5))
    answer = receipt(live)
    said = words(answer)
    assert "Off the site: How lasers work It is off the site." in said
    assert "By the records it has been off the site since today 11:55 am, Alaska time." in said
    assert "Since today 11:55 am, Alaska time, by erin" in said
    assert "Out of date (readers never see it)" in said
    seen = "A reader who asks for it now is told so."
    assert looked_at(answer) == ("/blog/how-lasers-work/", "off", "", "no", seen)
    assert client.get("/blog/how-lasers-work/").status_code == 410
    assert "how-lasers-work" not in client.get("/blog/").content.decode()


def test_a_draft(receipt, draft):
    answer = receipt(draft())
    assert "Not public: How lasers work Readers see nothing of it yet." in words(answer)
    assert looked_at(answer) is None and "Publish…" in ways(answer)


def test_a_closed_site_is_said_and_not_looked_at(receipt, live, settings):
    settings.SITE_OPEN = False
    answer = receipt(live)
    assert "The site is closed to readers: only who has the password sees what is live" in words(answer)
    assert looked_at(answer) is None


def test_who_may_see_it(live, as_user, wilma, nora, client):
    assert client.get(address("receipt", live)).url.startswith("/admin/login/")
    assert as_user(nora).get(address("receipt", live)).status_code == 403
    answer = as_user(wilma).get(address("receipt", live))
    assert "It is live." in words(answer)
    assert "Take off the site…" not in words(answer) and buttons(answer) == ["Copy link"]
    assert as_user(wilma).get(reverse("admin:blog_post_receipt", args=[10**6])).status_code == 404


def test_a_title_with_markup_stays_text(receipt, draft, erin):
    post = draft("<script>alert(1)</script>")
    publish(erin, newest_revision(post), now=NOON)
    assert b"<script>alert(1)" not in receipt(post).content
