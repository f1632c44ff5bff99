"""The first steps of a new clinic: done by itself where the product can see it, else ticked by a person."""

import smtplib

import pytest
from cast import person
from django.core import mail
from django.urls import reverse
from staff_words import tree, words

from blog.models import Author, Post, Practice, SampleContent, SetUpStep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
STEPS = "/admin/first-steps/"
TITLES = [
    "Name of the practice",
    "Phone",
    "Hours",
    "After hours",
    "Booking link",
    "Link to your website",
    "Time zone",
    "People",
    "Medical review",
    "Test e-mail",
    "Backup",
    "Samples",
]


@pytest.fixture
def client(as_user, mara):
    mara.email = "mara@example.com"
    mara.save()
    return as_user(mara)


@pytest.fixture
def mail_works(settings):
    settings.EMAIL_CONFIGURED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "blog@example.com"


def step(answer, title):
    """The line of a step: its words, and the buttons on it."""
    for line in tree(answer).xpath("//ul[@class='st-list']/li"):
        if line.xpath("./span/strong/text()") == [title]:
            return " ".join(" ".join(line.itertext()).split())
    return ""


def listed(answer, section):
    return tree(answer).xpath(f"//section[@aria-labelledby='{section}']//li/span/strong/text()")


def press(client, name, **sent):
    return client.post(f"{STEPS}{name}/", sent, follow=True)


def test_a_new_clinic_sees_all_that_is_left_on_its_first_page(client):
    answer = client.get("/admin/")
    assert listed(answer, "first-steps") == TITLES[:-1]
    assert "First steps 1 of 12 done All steps" in words(answer)
    assert listed(client.get(STEPS), "done") == ["Samples"]


def test_with_other_work_only_the_next_steps_stand_there(client, draft, mara):
    draft(actor=mara)
    answer = client.get("/admin/")
    assert listed(answer, "first-steps") == TITLES[:3]
    assert tree(answer).xpath("//section[@aria-labelledby='first-steps']//a[text()='All steps']/@href") == [STEPS]


def test_only_for_who_looks_after_the_practice(as_user, erin, wilma):
    for user in (erin, wilma):
        browser = as_user(user)
        assert "First steps" not in words(browser.get("/admin/"))
        assert browser.get(STEPS).status_code == 403
        assert browser.post(f"{STEPS}backup/").status_code == 403
        assert browser.post(f"{STEPS}test-mail/").status_code == 403
    assert not SetUpStep.objects.exists() and not mail.outbox


@pytest.mark.parametrize(
    ("title", "field", "value"),
    [
        ("Name of the practice", "name", "Aurora Skin"),
        ("Phone", "phone", "(907) 555-0177"),
        ("Hours", "hours", "Weekdays"),
        ("After hours", "after_hours_text", "Call 555-0178"),
        ("Booking link", "booking_url", "https://example.org/book"),
        ("Link to your website", "website_url", "https://example.org"),
        ("Medical review", "review_policy", "must"),
    ],
)
def test_what_the_practice_says_is_done_by_itself(client, title, field, value):
    assert "Done" not in step(client.get(STEPS), title)
    link = tree(client.get(STEPS)).xpath(f"//li[span/strong='{title}']//a/@href")[0]
    assert link == f"/admin/blog/practice/1/change/#id_{field}"
    assert f'id="id_{field}' in client.get(link).content.decode()
    practice = Practice.objects.get()
    setattr(practice, field, value)
    practice.save()
    assert "Done" in step(client.get(STEPS), title)
    assert "Take the tick back" not in step(client.get(STEPS), title)


def test_what_the_samples_say_is_not_the_clinic_s(client):
    practice = Practice.objects.get()
    practice.name, practice.phone = "Northlight Med Spa", "(907) 555-0142"
    practice.save()
    assert "“(907) 555-0142” came with the samples. It is one tap away" in step(client.get(STEPS), "Phone")
    assert {"Name of the practice", "Phone"} <= set(listed(client.get(STEPS), "left"))


@pytest.mark.parametrize(
    ("name", "title", "button"),
    [
        ("phone", "Phone", "We show none"),
        ("website", "Link to your website", "We have none"),
        ("time_zone", "Time zone", "That is right"),
        ("review_policy", "Medical review", "Leave it so"),
        ("test_mail", "Test e-mail", "We do without"),
        ("backup", "Backup", "Somebody looks after it"),
    ],
)
def test_ticked_and_the_tick_taken_back(client, name, title, button):
    assert f"{button} : {title}" in step(client.get(STEPS), title)
    answer = press(client, name)
    assert f"“{title}” is ticked." in words(answer)
    assert "Ticked by mara on November 23." in step(answer, title) and title in listed(answer, "done")
    assert title not in listed(client.get("/admin/"), "first-steps")
    press(client, name)
    answer = press(client, name, undo="1")
    assert f"“{title}” is open again." in words(answer) and title in listed(answer, "left")


@pytest.mark.parametrize("name", ["name", "samples", "rubbish"])
def test_what_the_product_sees_by_itself_cannot_be_ticked(client, name):
    assert client.post(f"{STEPS}{name}/").status_code == 404
    assert not SetUpStep.objects.exists()


def test_the_time_zone_is_shown_with_the_time_there(client):
    line = step(client.get(STEPS), "Time zone")
    assert "Staff schedule in Alaska time (America/Anchorage), where it is 12:00 pm on November 23." in line
    assert "TIME_ZONE" in line


def test_people(client, mara):
    link = tree(client.get(STEPS)).xpath("//li[span/strong='People']//a/@href")[0]
    assert link.startswith(reverse("admin:blog_author_add")) and f"user={mara.pk}" in link
    press(client, "people")
    assert "People" in listed(client.get(STEPS), "left"), "first one's own page"
    Author.objects.create(name="Mara", slug="mara", user=mara)
    answer = client.get(STEPS)
    assert "People" in listed(answer, "done") and "Ticked by mara" in step(answer, "People")
    press(client, "people", undo="1")
    assert "I work alone" in step(client.get(STEPS), "People")
    person("dana", "Writer")
    assert "1 colleague has a login, too." in step(client.get(STEPS), "People")
    assert "People" in listed(client.get(STEPS), "done")


def test_a_mail_that_the_server_took(client, mail_works):
    assert "Send one to mara@example.com" in step(client.get(STEPS), "Test e-mail")
    answer = press(client, "test-mail", back="work")
    assert "The mail server took a test for mara@example.com." in words(answer)
    assert [(sent.to, sent.from_email) for sent in mail.outbox] == [(["mara@example.com"], "blog@example.com")]
    assert "Test e-mail" in listed(client.get(STEPS), "done")


def test_a_mail_that_the_server_refused(client, mail_works, monkeypatch):
    def refuse(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected("Connection\nclosed")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    assert "The mail server did not take it: Connection closed." in words(press(client, "test-mail"))
    assert "Test e-mail" in listed(client.get(STEPS), "left")


def test_without_mail_and_without_an_address(client, mara, mail_works, settings):
    mara.email = ""
    mara.save()
    assert "Your login has no e-mail address" in step(client.get(STEPS), "Test e-mail")
    assert "Nothing was sent" in words(press(client, "test-mail"))
    settings.EMAIL_CONFIGURED = False
    line = step(client.get(STEPS), "Test e-mail")
    assert "Whoever runs the server sets EMAIL_URL" in line and "Send a test" not in line
    assert not mail.outbox and not SetUpStep.objects.exists()


def test_a_fresh_backup_is_seen(client, settings, tmp_path):
    assert "No backup folder is set" in step(client.get(STEPS), "Backup")
    settings.BACKUP_DIR = tmp_path
    (tmp_path / "monday.tar").write_text("words")
    answer = client.get(STEPS)
    assert "Backup" in listed(answer, "done") and "The newest backup is" in step(answer, "Backup")


def test_samples_are_there_until_they_are_removed(client, draft):
    SampleContent.objects.create()
    draft()
    Post.objects.update(is_sample=True)
    assert tree(client.get(STEPS)).xpath("//li[span/strong='Samples']//a/@href") == ["/admin/samples/remove/"]
    client.post("/admin/samples/remove/")
    assert "Samples" in listed(client.get(STEPS), "done")


def test_done_it_leaves_the_first_page_and_stays_to_be_found(client, mara):
    Practice.objects.update(name="Aurora Skin")
    Author.objects.create(name="Mara", slug="mara", user=mara)
    for name in ("phone", "hours", "after_hours", "booking", "website", "time_zone", "people", "review_policy"):
        press(client, name)
    for name in ("test_mail", "backup"):
        assert "First steps" in words(client.get("/admin/"))
        press(client, name)
    assert "First steps" not in words(client.get("/admin/"))
    assert STEPS in tree(client.get("/admin/blog/practice/1/change/")).xpath("//main//a/@href")
    answer = client.get(STEPS)
    assert "12 of 12 done. There is nothing left to do here." in words(answer)
    assert listed(answer, "done") == TITLES


def test_looking_ticks_nothing(client):
    assert client.get(f"{STEPS}backup/").status_code == 405
    assert client.get(f"{STEPS}test-mail/").status_code == 405


def test_who_checks_is_chosen_in_practice(client):
    form = tree(client.get("/admin/blog/practice/1/change/")).get_element_by_id("practice_form")
    assert form.xpath(".//input[@name='review_policy'][@checked]/@value") == ["nobody_yet"]
    said = " ".join(form.text_content().split())
    assert "Who checks health articles before they go live?" in said
    for words_of_choice in ("Nobody yet", "A clinician may", "A clinician must"):
        assert words_of_choice in said
    client.post("/admin/blog/practice/1/change/", {"name": "Aurora", "blog_title": "Blog", "review_policy": "may"})
    assert Practice.objects.get().review_policy == "may"
    client.post("/admin/blog/practice/1/change/", {"name": "Aurora", "blog_title": "Blog"})
    assert Practice.objects.get().review_policy == "may", "left out, it stays"
