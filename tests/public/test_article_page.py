"""An article's page: everything there, in the order a patient needs it, and nothing that has no content."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from factories import change_post, make_author, make_editor, make_picture, make_post, make_practice
from html_pages import get

from blog.publishing import take_off

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LONG_AGO = datetime(2026, 1, 15, 21, 0, tzinfo=UTC)
SECTIONS = "<h2>One</h2><p>a</p><h2>Two</h2><h3>Deeper</h3><p>b</p><h2>Three</h2><p>c</p>"


def test_everything_stands_in_reading_order(client):
    make_practice(
        disclaimer="No replacement for your clinician.",
        phone="(907) 555-0142",
        hours="Monday to Friday",
        after_hours_text="Our nurse answers.",
        booking_url="https://book.example.com/",
    )
    make_post("Another post")
    make_post(
        "How lasers work",
        disclosure="We offer this as a paid service.",
        cta_heading="Unsure about light?",
        cta_text="Ask us.",
        subtitle="Slowly explained.",
        topic="Skin health",
        tags=("Light",),
        author=make_author("Bea Low", credentials="RN", bio="Bea writes.", job_title="Nurse injector"),
        hero_image=make_picture(credit="Northlight"),
        hero_alt="A lamp on a desk",
        hero_caption="Seen at noon.",
        key_points=["Light warms.", "Skin heals."],
        body=SECTIONS + "<h2>Four</h2><p>d</p>",
        now=LONG_AGO,
    )
    page = get(client, "/blog/how-lasers-work/")
    expected = [
        "Skip to main content",
        "Call (907) 555-0142",
        "Blog",
        "Skin health",
        "How lasers work",
        "Slowly explained.",
        "Bea Low, RN",
        "January 15, 2026",
        "Problem after a treatment? What to do",
        "Seen at noon.",
        "Image: Northlight",
        "Key points",
        "Light warms.",
        "Skin heals.",
        "On this page",
        "One",
        "Four",
        "Deeper",
        "Problem after a treatment?",
        "In an emergency, call 911",
        "(907) 555-0142 Monday to Friday Our nurse answers.",
        "About this page",
        "No replacement for your clinician.",
        "We offer this as a paid service.",
        "About the author",
        "Nurse injector",
        "Bea writes.",
        "Unsure about light?",
        "Ask us.",
        "Book a visit",
        "Tags",
        "Light",
        "Share",
        "Email",
        "LinkedIn",
        "Read on",
        "Next post Another post",
        "More posts",
        "Another post",
        "In an emergency, call 911.",
    ]
    position = 0
    for part in expected:
        position = page.text.find(part, position)
        assert position >= 0, part
        position += len(part)


def test_help_after_a_treatment_is_one_tap_away(client):
    make_practice(phone="(907) 555-0142")
    make_post("How lasers work", body="<h2>Safety</h2><p>Text</p>")
    page = get(client, "/blog/how-lasers-work/")
    assert page.one("//p[@class='help']/a/@href") == "#safety"
    assert page.all("//*[@id='safety']/..//a/@href") == ["tel:911", "tel:+19075550142"]
    assert page.one("//header//a[@class='button']/@href") == "tel:+19075550142"


def test_help_stands_there_too_when_the_only_number_is_for_after_hours(client):
    make_practice(after_hours_text="At night: (907) 555-0178.")
    make_post("How lasers work")
    page = get(client, "/blog/how-lasers-work/")
    assert page.all("//*[@id='safety']/..//a/@href") == ["tel:911", "tel:+19075550178"]
    assert page.one("//p[@class='help']/a/@href") == "#safety"


def test_the_one_invitation_comes_after_the_risks_in_the_practices_words(client):
    make_practice(
        phone="(907) 555-0142",
        booking_url="https://book.example.com/",
        cta_heading="Questions?",
        cta_text="Bring them.",
    )
    make_post("How lasers work")
    page = get(client, "/blog/how-lasers-work/")
    assert page.all("//a[@href='https://book.example.com/']") == ["Book a visit"]
    assert page.one("//*[@class='cta']/h2") == "Questions?"
    assert page.text.index("Problem after a treatment? In an emergency") < page.text.index("Questions?")


def test_neighbours_by_shown_date(client):
    make_practice()
    for number, title in enumerate(("Oldest", "Middle", "Newest")):
        make_post(title, now=LONG_AGO + number * DAY)
    make_post("Not yet", at=timezone.now() + DAY)
    make_post("Draft", live=False)
    take_off(make_editor(), make_post("Gone", now=LONG_AGO + DAY / 2), "old")

    def neighbours(slug):
        return get(client, f"/blog/{slug}/").all("//nav[@aria-labelledby='neighbours']//a")

    assert neighbours("middle") == ["Oldest", "Newest"]
    assert neighbours("oldest") == ["Middle"]
    assert neighbours("newest") == ["Middle"]
    page = get(client, "/blog/middle/")
    assert page.one("//a[@rel='prev']/@href") == "/blog/oldest/"
    assert page.one("//a[@rel='next']/@href") == "/blog/newest/"


def test_neighbours_of_posts_shown_on_the_same_moment_form_one_line(client):
    moment = LONG_AGO
    for title in ("One", "Two", "Three"):
        make_post(title, now=LONG_AGO, published_at=moment)
    line, slug = ["one"], "one"
    while following := get(client, f"/blog/{slug}/").all("//a[@rel='next']/@href"):
        slug = following[0].split("/")[2]
        line.append(slug)
    assert line == ["one", "two", "three"]


def test_a_bare_article_has_no_empty_parts(client):
    make_practice(disclaimer="")
    make_post("How lasers work")
    page = get(client, "/blog/how-lasers-work/")
    assert page.all("//h2") == ["Share", "Blog"]
    assert page.all("//figure") == page.all("//img") == page.all("//aside") == []
    assert page.all("//dt") == ["By", "Published"]
    assert page.all("//nav[@aria-label='Breadcrumb']//a") == ["Blog"]
    assert not page.tree.xpath("//main//*[not(node()) and not(self::path or self::source or self::img or self::br)]")


def test_the_title_stands_once_as_heading_and_in_the_browser(client):
    make_practice()
    make_post("How lasers work", seo_title="Lasers explained")
    page = get(client, "/blog/how-lasers-work/")
    assert page.one("//h1") == "How lasers work"
    assert page.one("//title") == "Lasers explained | Northlight"


@pytest.mark.parametrize(
    ("given", "description"),
    [
        ({"meta_description": "For Google.", "excerpt": "Summary.", "subtitle": "Sub."}, "For Google."),
        ({"excerpt": "Summary.", "subtitle": "Sub."}, "Summary."),
        ({"subtitle": "Sub."}, "Sub."),
        ({}, "Light, slowly explained."),
    ],
)
def test_search_engines_get_the_best_description_there_is(client, given, description):
    make_post("How lasers work", **given)
    page = get(client, "/blog/how-lasers-work/")
    assert page.one("//meta[@name='description']/@content") == description


@pytest.mark.parametrize(("noindex", "robots"), [(False, ""), (True, "noindex, ")])
def test_search_engines_may_or_may_not_list_it(client, noindex, robots):
    make_post("How lasers work", noindex=noindex)
    assert (
        get(client, "/blog/how-lasers-work/").one("//meta[@name='robots']/@content")
        == robots + "max-image-preview:large"
    )


def test_its_own_full_address_is_canonical_whatever_was_added(client, settings):
    settings.SITE_URL = "https://blog.example.com"
    make_post("How lasers work")
    page = get(client, "/blog/how-lasers-work/?fbclid=1&page=2")
    assert page.one("//link[@rel='canonical']/@href") == "https://blog.example.com/blog/how-lasers-work/"


def test_updated_shows_only_when_said_and_on_a_later_day(client):
    post = make_post("How lasers work", now=LONG_AGO)
    change_post(post, subtitle="A comma.", now=LONG_AGO + DAY)
    assert get(client, "/blog/how-lasers-work/").all("//dt") == ["By", "Published"]
    change_post(post, subtitle="Same day.", show_updated=True, now=LONG_AGO + timedelta(hours=1, days=1))
    page = get(client, "/blog/how-lasers-work/")
    assert page.all("//dl//dd") == ["Ada Ray", "January 15, 2026", "January 16, 2026"]


def test_an_update_on_the_day_of_publication_is_no_update(client):
    post = make_post("How lasers work", now=LONG_AGO)
    change_post(post, subtitle="Oh.", show_updated=True, now=LONG_AGO + timedelta(hours=1))
    assert get(client, "/blog/how-lasers-work/").all("//dt") == ["By", "Published"]


def test_days_are_the_clinics_days(client):
    make_post("How lasers work", now=datetime(2026, 3, 1, 8, 30, tzinfo=UTC))
    page = get(client, "/blog/how-lasers-work/")
    assert page.one("//dd/time") == "February 28, 2026"
    assert page.one("//dd/time/@datetime") == "2026-02-28"


def test_three_main_headings_need_no_list_and_four_get_one(client):
    make_post("Three", body=SECTIONS)
    make_post("Four", body=SECTIONS + "<h2>Four &amp; more</h2><p>d</p>")
    assert get(client, "/blog/three/").all("//nav[contains(@class, 'contents')]") == []
    page = get(client, "/blog/four/")
    links = page.tree.xpath("//nav[contains(@class, 'contents')]//a")
    assert [link.text for link in links] == ["One", "Two", "Three", "Four & more"]
    for link in links:
        assert page.one(f"//h2[@id='{link.get('href')[1:]}']") == link.text


def test_the_text_stands_as_html_and_what_it_may_not_hold_does_not(client):
    make_post("How lasers work", body='<p onclick="x()">Light <strong>warms</strong><script>alert(1)</script></p>')
    page = get(client, "/blog/how-lasers-work/")
    assert page.all("//div[@class='prose']//strong") == ["warms"]
    assert "alert" not in page.html


def test_the_main_photo_has_files_for_every_screen_and_a_description(client):
    make_post("How lasers work", hero_image=make_picture(1300, 800), hero_alt="A lamp on a desk")
    page = get(client, "/blog/how-lasers-work/")
    image = page.tree.xpath("//figure[@class='hero']//img")[0]
    assert image.get("alt") == "A lamp on a desk"
    assert image.get("loading") is None
    assert int(image.get("width")) * 9 == pytest.approx(int(image.get("height")) * 16, rel=0.02)
    assert page.all("//figure[@class='hero']//source/@type") == ["image/avif", "image/webp"]
    for source in page.all("//picture/*/@srcset"):
        for candidate in source.split(", "):
            assert client.get(candidate.split()[0]).status_code == 200


def test_a_decorative_photo_says_nothing(client):
    make_post("How lasers work", hero_image=make_picture(), hero_is_decorative=True)
    page = get(client, "/blog/how-lasers-work/")
    assert page.all("//figure//img/@alt") == [""]
    assert page.all("//figcaption") == []


def test_a_picture_in_the_text_is_shown_with_its_words(client):
    picture = make_picture()
    figure = f'<figure><img data-image="{picture.pk}" alt="A lamp"><figcaption>Lit.</figcaption></figure>'
    make_post(body=figure + "<p>Text</p>")
    page = get(client, "/blog/how-lasers-work/")
    assert page.all("//div[@class='prose']//img/@alt") == ["A lamp"]
    assert page.all("//div[@class='prose']//figcaption") == ["Lit."]


def test_author_topic_and_tags_lead_to_their_pages(client):
    make_post("How lasers work", topic="Skin health", tags=("Light", "Heat"))
    page = get(client, "/blog/how-lasers-work/")
    places = ("//dl//a", "//nav[@aria-label='Breadcrumb']//a", "//a[@rel='tag']")
    links = [link for place in places for link in page.all(place + "/@href")]
    assert links == ["/authors/ada-ray/", "/blog/", "/topics/skin-health/", "/tags/heat/", "/tags/light/"]
    for link in links:
        get(client, link)


def test_share_links_are_plain_and_carry_only_title_and_address(client, settings):
    settings.SITE_URL = "https://blog.example.com"
    make_post("Fish & chips? 100% “safe” + more", slug="fish")
    page = get(client, "/blog/fish/?utm_source=mail")
    shared = page.tree.xpath("//section[contains(@class, 'share')]//a")
    links = {link.text: urlsplit(link.get("href")) for link in shared}
    address, title = "https://blog.example.com/blog/fish/", "Fish & chips? 100% “safe” + more"
    sent = {name: {key: value for key, (value,) in parse_qs(link.query).items()} for name, link in links.items()}
    assert sent == {
        "Email": {"subject": title, "body": address},
        "Facebook": {"u": address},
        "X": {"url": address, "text": title},
        "LinkedIn": {"url": address},
    }
    assert links["Email"].scheme == "mailto"
    assert "+" not in links["Email"].query.replace("%2B", "")
    assert {link.scheme for name, link in links.items() if name != "Email"} == {"https"}


def test_an_old_address_leads_to_the_new_one(client):
    post = make_post("How lasers work", now=LONG_AGO)
    change_post(post, slug="lasers")
    response = client.get("/blog/how-lasers-work/")
    assert (response.status_code, response["Location"]) == (301, "/blog/lasers/")


def test_a_scheduled_change_shows_at_its_minute(client, monkeypatch):
    make_post("How lasers work", live=False, at=timezone.now() + DAY)
    get(client, "/blog/how-lasers-work/", 404)
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + 2 * DAY)
    get(client, "/blog/how-lasers-work/")


def test_what_was_taken_off_is_gone_and_its_page_does_not_name_it(client):
    post = make_post("Zanzibar treatment", topic="Zebra topic", tags=("Zither",), subtitle="Zinc")
    make_post("Still here")
    take_off(make_editor(), post, "no longer offered")
    page = get(client, "/blog/zanzibar-treatment/", 410)
    assert page.one("//h1") == "This page is no longer here"
    assert page.more == ["Still here"]
    for word in ("Zanzibar", "Zebra", "Zither", "Zinc", "offered"):
        assert word.lower() not in page.html.lower()
