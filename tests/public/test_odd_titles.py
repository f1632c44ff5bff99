"""Whatever staff put into a title, every page and the feed stay well formed and show it as they wrote it."""

import defusedxml.ElementTree
import pytest
from django.utils.html import escape
from factories import make_author, make_picture, make_post, make_practice
from html_pages import get

from blog.models import Tag, Topic

pytestmark = pytest.mark.django_db

TITLES = {
    "quotes": "\"Quotes\", 'apostrophes' and `ticks`",
    "script": "<script>alert(1)</script>",
    "closing": "</title></h1></a>--><!-- <b>bold",
    "ampersand": "Fish & chips &amp; &lt;more&gt; &copy",
    "emoji": "A visit 👩🏽‍⚕️ explained 💉🏳️‍🌈",
    "right to left": "ماذا يحدث في الزيارة الأولى؟",
    "one long word": "W" * 200,
    "two hundred characters": ("Eleven questions to ask before any injectable treatment " * 4)[:200].strip(),
    "combining marks": "Z̴̡̢̛a̸͎͋l̶̰̈g̵̬̔o̸̤͂ and e\u0301",
    "cdata": "Before ]]> after <![CDATA[ x",
    "template": "{{ 7|add:7 }} {% now 'Y' %} {# no #} %s %(x)d {0}",
    "address": "https://example.com/?a=1&b=2#c",
    "slashes": "C:\\new\\table / ../.. %2e%2e ?q=1",
    "other scripts": "肉毒杆菌 ボトックス Бото́кс ﷽",
}


@pytest.fixture(params=TITLES.values(), ids=TITLES)
def title(request) -> str:
    return request.param


def test_on_every_page_and_in_the_feed(client, title):
    make_practice()
    make_post(title, slug="odd", topic="Skin", tags=("Light",))
    make_post("Plain", topic="Skin")
    lists = [get(client, path) for path in ("/blog/", "/topics/skin/", "/tags/light/", "/authors/ada-ray/")]
    for page in lists:
        assert page.cards.count(title) == 1
    article = get(client, "/blog/odd/")
    assert article.one("//h1") == title
    assert article.one("//title") == f"{title} | Northlight"
    assert get(client, "/blog/plain/").more == [title]
    assert title in get(client, "/nothing/", 404).more

    feed = defusedxml.ElementTree.fromstring(client.get("/feed/").content)
    assert [item.findtext("title") for item in feed.iter("item")] == ["Plain", title]


def test_in_every_other_text(client, title):
    short = title[:50].strip()
    practice = {"name": short, "tagline": short, "blog_title": short, "blog_intro": title, "phone": short[:30]}
    make_practice(**practice, hours=short, after_hours_text=title, address=title, disclaimer=title)
    Topic.objects.create(slug="x", name=short, description=title)
    Tag.objects.create(slug="y", name=short)
    author = make_author("Ada Ray", credentials=short, job_title=short, bio=title)
    make_post(
        "Post",
        topic="x",
        tags=("y",),
        author=author,
        subtitle=title,
        excerpt=title,
        key_points=[title],
        seo_title=title,
        meta_description=title,
        hero_image=make_picture(),
        hero_alt=title,
        hero_caption=title,
    )
    page = get(client, "/blog/post/")
    assert page.one("//section[@aria-labelledby='key-points']//li") == title
    assert page.one("//figure//img/@alt") == page.one("//figcaption") == title
    assert page.one("//meta[@name='description']/@content") == title
    for path in ("/blog/", "/topics/x/", "/tags/y/", "/authors/ada-ray/"):
        assert short in get(client, path).text
    feed = defusedxml.ElementTree.fromstring(client.get("/feed/").content)
    assert feed.findtext("channel/title") == short
    # Feed readers take it for HTML.
    assert feed.findtext("channel/item/description") == escape(title)
