"""The blog's first page: newest first, topics to choose from, friendly when there is nothing yet."""

from datetime import timedelta

import pytest
from django.utils import timezone
from factories import make_picture, make_post, make_practice
from html_pages import get

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_the_bare_address_leads_to_the_blog(client):
    response = client.get("/")
    assert (response.status_code, response["Location"]) == (302, "/blog/")


def test_posts_stand_newest_first_by_the_day_they_show(client):
    now = timezone.now()
    make_post("Middle", now=now - 2 * DAY)
    make_post("Newest", now=now - DAY)
    make_post("Backdated", now=now, published_at=now - 9 * DAY)
    assert get(client, "/blog/").cards == ["Newest", "Middle", "Backdated"]


def test_drafts_and_scheduled_posts_are_not_there(client):
    make_post("Out in the open")
    make_post("Unfinished", live=False)
    make_post("Next week", live=False, at=timezone.now() + 7 * DAY)
    page = get(client, "/blog/")
    assert page.cards == ["Out in the open"]
    assert "Unfinished" not in page.html
    assert "Next week" not in page.html


def test_a_card_names_topic_title_summary_author_and_day(client):
    make_post(
        "How lasers work",
        topic="Skin health",
        excerpt="Light, and what it does.",
        hero_image=make_picture(),
        hero_alt="A lamp",
        now=timezone.now().replace(year=2026, month=1, day=2, hour=8, minute=59),
    )
    page = get(client, "/blog/")
    card = page.one("//article")
    # 08:59 UTC on January 2 is still January 1 at a clinic in Anchorage.
    assert card == "Skin health How lasers work Light, and what it does. Ada Ray, January 1, 2026"
    assert page.all("//article//time/@datetime") == ["2026-01-01"]
    assert page.all("//article//a/@href") == ["/topics/skin-health/", "/blog/how-lasers-work/"]
    assert page.all("//article//img/@alt") == [""]


def test_a_card_without_summary_shows_the_subtitle_else_nothing(client):
    make_post("Bare")
    make_post("With subtitle", subtitle="In two lines.")
    page = get(client, "/blog/")
    assert page.all("//p[@class='excerpt']") == ["In two lines."]


def test_a_post_without_a_picture_keeps_its_place_free(client):
    make_post("Bare")
    page = get(client, "/blog/")
    assert page.one("//article/div[@class='slot']") == ""
    assert page.all("//article//img") == []


def test_the_first_picture_loads_at_once_and_the_others_when_they_come_near(client):
    picture = make_picture()
    for number in range(3):
        make_post(f"Post {number}", hero_image=picture, hero_is_decorative=True)
    page = get(client, "/blog/")
    assert page.all("//img/@loading") == ["lazy", "lazy"]
    assert page.all("(//img)[1]/@fetchpriority") == ["high"]


def test_topics_with_a_live_post_can_be_chosen(client):
    make_post("One", topic="Skin health")
    make_post("Two", topic="Costs")
    make_post("Three", topic="Secret plans", live=False)
    page = get(client, "/blog/")
    assert page.all("//nav[@aria-label='Topics']//a") == ["All topics", "Costs", "Skin health"]
    assert page.all("//nav[@aria-label='Topics']//a[@aria-current='page']") == ["All topics"]


def test_an_empty_blog_is_a_friendly_page(client):
    page = get(client, "/blog/")
    assert page.one("//h1") == "Blog"
    assert "on its way" in page.text
    assert page.all("//nav/@aria-label") == ["Main"]


def test_it_says_what_the_clinic_says_of_itself(client):
    make_practice(blog_title="Straight answers", blog_intro="In plain words.", tagline="Articles from Anchorage.")
    page = get(client, "/blog/")
    assert page.one("//h1") == "Straight answers"
    assert page.one("//main//p[@class='lede']") == "In plain words."
    assert page.one("//title") == "Straight answers | Northlight"
    assert page.one("//meta[@name='description']/@content") == "Articles from Anchorage."


def test_the_head_names_the_full_address_and_the_feeds(client, settings):
    settings.SITE_URL = "https://blog.example.com"
    make_post()
    page = get(client, "/blog/?utm_source=mail")
    assert page.one("//link[@rel='canonical']/@href") == "https://blog.example.com/blog/"
    assert page.all("//link[@rel='alternate']/@href") == ["/feed/", "/feed/atom/", "/feed/json/"]
    assert page.one("//link[@rel='alternate'][@type='application/rss+xml']/@href") == "/feed/"
    assert page.one("//meta[@name='robots']/@content") == "max-image-preview:large"
    for link in page.tree.xpath("//link[@rel='alternate']"):
        assert client.get(link.get("href"))["Content-Type"].startswith(link.get("type"))
