"""What stands around every page: header, footer, how to reach the clinic. What is blank leaves no trace."""

import pytest
from factories import make_picture, make_post, make_practice
from html_pages import get

pytestmark = pytest.mark.django_db


def buttons(page) -> list[tuple[str, str]]:
    return [(link.text_content(), link.get("href")) for link in page.tree.xpath("//a[@class='button']")]


def test_a_clinic_that_said_nothing_has_only_its_name(client):
    make_practice()
    page = get(client, "/blog/")
    assert page.all("//header//a") == ["Northlight", "Blog", "Search"]
    assert page.all("//footer//h2") == ["Blog"]
    assert page.all("//footer//a") == ["Northlight", "All posts", "RSS feed"]
    assert "In an emergency, call 911." in page.one("//footer")


def test_the_footer_says_how_to_reach_the_clinic(client):
    make_practice(
        phone="(907) 555-0142",
        hours="Monday to Friday",
        after_hours_text="Our nurse answers.",
        address="1 Main St\nAnchorage",
    )
    page = get(client, "/blog/")
    assert page.all("//footer//h2") == ["Visit or call", "Blog"]
    assert page.one("//footer//address") == "1 Main StAnchorage"
    assert page.one("//footer//p[@class='call']") == "(907) 555-0142 Monday to Friday Our nurse answers."
    assert page.one("//footer//p[@class='call']/a/@href") == "tel:+19075550142"


@pytest.mark.parametrize(
    ("known", "heading"),
    [({"phone": "555-0142"}, "Call"), ({"address": "1 Main St"}, "Visit"), ({"hours": "Monday to Friday"}, "Call")],
)
def test_the_footer_names_only_what_is_known(client, known, heading):
    make_practice(**known)
    page = get(client, "/blog/")
    assert page.all("//footer//h2") == [heading, "Blog"]
    assert next(iter(known.values())) in page.one("//footer")


def test_lists_offer_a_visit_and_articles_a_call(client):
    make_practice(phone="(907) 555-0142", booking_url="https://book.example.com/")
    make_post("How lasers work")
    assert buttons(get(client, "/blog/")) == [("Book a visit", "https://book.example.com/")]
    assert buttons(get(client, "/blog/how-lasers-work/")) == [
        ("Call (907) 555-0142", "tel:+19075550142"),
        ("Book a visit", "https://book.example.com/"),
    ]


@pytest.mark.parametrize(
    ("known", "button"),
    [
        ({"phone": "555-0142"}, ("Call 555-0142", "tel:5550142")),
        ({"booking_url": "https://book.example.com/"}, ("Book a visit", "https://book.example.com/")),
    ],
)
def test_where_only_one_is_known_it_stands_everywhere(client, known, button):
    make_practice(**known)
    make_post("How lasers work")
    for path in ("/blog/", "/blog/how-lasers-work/", "/nothing/"):
        assert buttons(get(client, path, 404 if path == "/nothing/" else 200)) == [button]


@pytest.mark.parametrize(
    ("line", "links"),
    [
        ("Call the nurse line at (907) 555-0178.", ["tel:+19075550178"]),
        ("907-555-0178 or 1 907 555 0179 <b>", ["tel:+19075550178", "tel:+19075550179"]),
        ("Same number: our nurse on call answers, 2026-11-27 to 2027.", []),
    ],
)
def test_numbers_in_the_after_hours_line_can_be_tapped(client, line, links):
    make_practice(phone="(907) 555-0142", after_hours_text=line)
    make_post("How lasers work")
    for place in ("//footer//p[@class='call']", "//*[@id='safety']/..//p[@class='call']"):
        page = get(client, "/blog/how-lasers-work/")
        assert line in page.one(place)
        assert page.all(f"{place}/a/@href") == ["tel:+19075550142", *links]


def test_a_phone_without_digits_is_no_link(client):
    make_practice(phone="Ask at the desk")
    page = get(client, "/blog/")
    assert page.one("//footer//p[@class='call']") == "Ask at the desk"
    assert "tel:" not in page.html


def test_the_clinics_website_is_linked_with_its_pages(client):
    make_practice(
        website_url="https://www.example.com/",
        menu_links=[
            {"name": "Prices", "url": "https://www.example.com/prices"},
            {"name": "Team & us", "url": "https://t"},
        ],
    )
    page = get(client, "/blog/")
    assert page.all("//nav[@aria-label='Northlight website']//a") == ["Website", "Prices", "Team & us"]
    assert page.all("//nav[@aria-label='Northlight website']//a/@href")[:2] == [
        "https://www.example.com/",
        "https://www.example.com/prices",
    ]


def test_a_logo_stands_for_the_name_and_says_it(client):
    make_practice(logo=make_picture())
    page = get(client, "/blog/")
    assert page.all("//header//a[@class='brand']//img/@alt") == ["Northlight"]
    assert page.one("//header//a[@class='brand']") == ""
    assert page.one("//footer//a[@class='brand']") == "Northlight"


def test_the_footer_names_director_and_policies(client):
    make_practice(
        medical_director="Pat Low, MD",
        editorial_policy_url="https://www.example.com/how-we-write",
        privacy_policy_url="https://www.example.com/privacy",
    )
    page = get(client, "/blog/")
    assert page.all("//footer//h2") == ["Medical director", "How we write"]
    assert "Pat Low, MD" in page.one("//footer")
    assert page.all("//footer//ul//a") == ["All posts", "Editorial policy", "Privacy policy", "RSS feed"]


def test_a_changed_practice_shows_on_the_next_page(client):
    make_practice()
    assert get(client, "/blog/").one("//header//a[@class='brand']") == "Northlight"
    make_practice(name="Southlight")
    assert get(client, "/blog/").one("//header//a[@class='brand']") == "Southlight"
