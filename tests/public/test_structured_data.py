"""Structured data: schema.org's words, only for what the page shows, and nothing that breaks out of its block."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from factories import change_post, make_author, make_picture, make_post, make_practice, make_topic
from html_pages import Page, get

pytestmark = pytest.mark.django_db

SITE = "https://blog.example.com"
LONG_AGO = datetime(2026, 1, 15, 21, 0, tzinfo=UTC)
PAGES = ("/blog/", "/topics/skin/", "/tags/light/", "/authors/ada-ray/", "/blog/how-lasers-work/")

# What schema.org lets each type carry, of what is used here; «!» marks what must be there.
WEB_PAGE = "@id! url! name! description! inLanguage! breadcrumb! publisher!"
TYPES = {
    "CollectionPage": WEB_PAGE,
    "ProfilePage": f"{WEB_PAGE} mainEntity!",
    "MedicalWebPage": f"{WEB_PAGE} datePublished! dateModified! mainEntity! medicalAudience! primaryImageOfPage",
    "MedicalAudience": "audienceType!",
    "EducationalOccupationalCredential": "name!",
    "BlogPosting": "@id! headline! alternativeHeadline description! image datePublished! dateModified! author! "
    "publisher! mainEntityOfPage! articleSection keywords inLanguage!",
    "BreadcrumbList": "@id! itemListElement!",
    "ListItem": "position! name! item!",
    "Person": "@id! name! url! jobTitle honorificSuffix sameAs description image hasCredential",
    "MedicalBusiness": "@id! name! url! logo telephone address",
    "ImageObject": "@id url! width! height! caption creditText",
}
ADDRESSES = {"@id", "url", "item", "image", "sameAs"}
SHOWN = {
    *("name", "headline", "alternativeHeadline", "caption", "creditText", "jobTitle", "honorificSuffix"),
    *("articleSection", "keywords", "telephone", "address"),
}


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def everything():
    """An article, an author, a topic and a practice with every field filled."""
    photo = make_picture(1300, 800, credit="Northlight")
    make_practice(
        phone="(907) 555-0142",
        address="1 Main St\nAnchorage",
        website_url="https://www.example.com/",
        logo=make_picture(301, 300),
        blog_intro="Answers,\nslowly.",
    )
    make_topic("Skin", description="All about skin.")
    post = make_post(
        "How lasers work",
        subtitle="Slowly\nexplained.",
        excerpt="In short.",
        topic="Skin",
        tags=("Light", "Heat"),
        author=make_author(
            credentials="RN",
            job_title="Nurse",
            bio="Ada\n\nwrites.",
            photo=photo,
            same_as=["https://example.org/ada", "not an address"],
        ),
        hero_image=photo,
        hero_alt="A lamp",
        hero_caption="Seen at noon.",
        now=LONG_AGO,
    )
    change_post(post, show_updated=True, key_points=["New."], now=LONG_AGO + timedelta(days=3))


def graph(page: Page) -> dict[str, dict]:
    """The nodes of a page's graph by type."""
    (text,) = page.tree.xpath("//head/script[@type='application/ld+json']/text()")
    data = json.loads(text)
    assert data.keys() == {"@context", "@graph"} and data["@context"] == "https://schema.org"
    nodes = {node["@type"]: node for node in data["@graph"]}
    assert len(nodes) == len(data["@graph"])
    return nodes


def everywhere(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """(property, value) of everything in a graph, values of lists one by one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from everywhere(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from everywhere(inner, name)
        return
    yield name, value


def strings(page: Page) -> list[tuple[str, str]]:
    return [(name, value) for name, value in everywhere(graph(page)) if isinstance(value, str)]


def test_an_articles_graph(client, everything):
    page = get(client, "/blog/how-lasers-work/")
    nodes = graph(page)
    address = f"{SITE}/blog/how-lasers-work/"
    images = nodes["BlogPosting"].pop("image")
    assert [re.search(r"-(\w+)-\d+\.jpg$", image)[1] for image in images] == ["1x1", "4x3", "16x9"]
    assert nodes["BlogPosting"] == {
        "@type": "BlogPosting",
        "@id": f"{address}#article",
        "headline": "How lasers work",
        "alternativeHeadline": "Slowly explained.",
        "description": "In short.",
        "author": [
            {
                "@type": "Person",
                "@id": f"{SITE}/authors/ada-ray/#person",
                "name": "Ada Ray",
                "url": f"{SITE}/authors/ada-ray/",
                "jobTitle": "Nurse",
                "honorificSuffix": "RN",
                "sameAs": ["https://example.org/ada"],
            }
        ],
        "publisher": {"@id": f"{SITE}/#practice"},
        "mainEntityOfPage": {"@id": address},
        "articleSection": "Skin",
        "keywords": ["Heat", "Light"],
        "inLanguage": "en-US",
        "datePublished": "2026-01-15T12:00:00-09:00",
        "dateModified": "2026-01-18T12:00:00-09:00",
    }
    assert nodes["MedicalWebPage"] == {
        "@type": "MedicalWebPage",
        "@id": address,
        "url": address,
        "name": "How lasers work",
        "description": "In short.",
        "inLanguage": "en-US",
        "breadcrumb": {"@id": f"{address}#breadcrumb"},
        "publisher": {"@id": f"{SITE}/#practice"},
        "datePublished": "2026-01-15T12:00:00-09:00",
        "dateModified": "2026-01-18T12:00:00-09:00",
        "mainEntity": {"@id": f"{address}#article"},
        "medicalAudience": {"@type": "MedicalAudience", "audienceType": "Patient"},
        "primaryImageOfPage": {"@id": f"{address}#main-photo"},
    }
    assert nodes["ImageObject"] == {
        "@type": "ImageObject",
        "@id": f"{address}#main-photo",
        "url": images[2],
        "width": 1200,
        "height": 675,
        "caption": "Seen at noon.",
        "creditText": "Northlight",
    }
    assert [(item["name"], item["item"]) for item in nodes["BreadcrumbList"]["itemListElement"]] == [
        ("Blog", f"{SITE}/blog/"),
        ("Skin", f"{SITE}/topics/skin/"),
        ("How lasers work", address),
    ]
    assert nodes["MedicalBusiness"].pop("logo")["width"] == 301
    assert nodes["MedicalBusiness"] == {
        "@type": "MedicalBusiness",
        "@id": f"{SITE}/#practice",
        "name": "Northlight",
        "url": "https://www.example.com/",
        "telephone": "(907) 555-0142",
        "address": "1 Main St Anchorage",
    }


def test_what_is_blank_leaves_no_trace(client):
    make_practice(phone="Ask at the desk")
    make_post("How lasers work")
    nodes = graph(get(client, "/blog/how-lasers-work/"))
    assert nodes.keys() == {"MedicalWebPage", "BlogPosting", "BreadcrumbList", "MedicalBusiness"}
    assert nodes["MedicalBusiness"] == {
        "@type": "MedicalBusiness",
        "@id": f"{SITE}/#practice",
        "name": "Northlight",
        "url": f"{SITE}/blog/",
    }
    absent = {"image", "alternativeHeadline", "articleSection", "keywords"}
    assert not absent & nodes["BlogPosting"].keys() and "primaryImageOfPage" not in nodes["MedicalWebPage"]
    assert nodes["BlogPosting"]["author"][0].keys() == {"@type", "@id", "name", "url"}


@pytest.mark.parametrize(
    ("path", "kind", "name", "crumbs"),
    [
        ("/blog/", "CollectionPage", "Blog", ["/blog/"]),
        ("/topics/skin/", "CollectionPage", "Skin", ["/blog/", "/topics/skin/"]),
        ("/tags/light/", "CollectionPage", "Posts tagged “Light”", ["/blog/", "/tags/light/"]),
        ("/authors/ada-ray/", "ProfilePage", "Ada Ray, RN", ["/blog/", "/authors/ada-ray/"]),
    ],
)
def test_a_lists_graph(client, everything, path, kind, name, crumbs):
    nodes = graph(get(client, path))
    assert nodes.keys() == {kind, "BreadcrumbList", "MedicalBusiness"}
    assert (nodes[kind]["url"], nodes[kind]["name"]) == (SITE + path, name)
    assert [item["item"] for item in nodes["BreadcrumbList"]["itemListElement"]] == [SITE + crumb for crumb in crumbs]


def test_an_authors_page_is_about_the_person(client, everything):
    page = get(client, "/authors/ada-ray/")
    person = graph(page)["ProfilePage"]["mainEntity"]
    assert (person["@type"], person["name"], person["description"]) == ("Person", "Ada Ray", "Ada writes.")
    assert person["@id"] == graph(get(client, "/blog/how-lasers-work/"))["BlogPosting"]["author"][0]["@id"]
    assert person["image"]["width"] == person["image"]["height"]


def test_a_numbered_page_is_a_page_of_its_own(client, everything, monkeypatch):
    monkeypatch.setattr("blog.reading.lists.POSTS_PER_PAGE", 1)
    make_post("Another", topic="Skin")
    nodes = graph(get(client, "/topics/skin/?page=2&x=1"))
    assert nodes["CollectionPage"]["url"] == f"{SITE}/topics/skin/?page=2"
    assert nodes["CollectionPage"]["name"] == "Skin"


@pytest.mark.parametrize("path", PAGES)
def test_every_type_carries_what_it_must_and_only_what_it_may(client, everything, path):
    page = get(client, path)
    seen = 0
    for _, node in everywhere(graph(page)):
        if isinstance(node, dict) and "@type" in node:
            rules = TYPES[node["@type"]].split()
            must = {rule.rstrip("!") for rule in rules if rule.endswith("!")}
            may = {rule.rstrip("!") for rule in rules}
            assert must <= node.keys() - {"@type"} <= may, node["@type"]
            seen += 1
    assert seen >= 4


@pytest.mark.parametrize("path", PAGES)
def test_addresses_are_whole_dates_have_a_zone_and_references_lead_somewhere(client, everything, path):
    page = get(client, path)
    (text,) = page.tree.xpath("//script/text()")
    known = {node["@id"] for node in json.loads(text)["@graph"] if "@id" in node}
    for name, value in everywhere(json.loads(text)["@graph"]):
        if name in ADDRESSES and isinstance(value, str):
            assert re.match(r"https://[a-z.]+/", value), (name, value)
        if name.startswith("date"):
            assert datetime.fromisoformat(value).utcoffset() is not None
        if isinstance(value, dict) and value.keys() == {"@id"}:
            assert value["@id"] in known, name
    for image in {value for name, value in strings(page) if re.search(r"\.jpg$", value)}:
        assert b"".join(client.get(image.removeprefix(SITE)).streaming_content)


@pytest.mark.parametrize("path", PAGES)
def test_it_says_only_what_the_page_shows(client, everything, path):
    page = get(client, path)
    shown = page.text
    for heading in page.tree.xpath("//br"):
        heading.tail = " " + (heading.tail or "")
    shown = f"{shown} {page.text}"
    found = [(name, value) for name, value in strings(page) if name in SHOWN]
    assert len(found) >= 4
    assert [(name, value) for name, value in found if value not in shown] == []
    descriptions = {value for name, value in strings(page) if name == "description"}
    assert all(value in shown or value == page.one("//meta[@name='description']/@content") for value in descriptions)


def test_dates_are_those_of_the_page(client):
    post = make_post(now=LONG_AGO)
    change_post(post, subtitle="A comma.", now=LONG_AGO + timedelta(days=1))
    posting = graph(get(client, "/blog/how-lasers-work/"))["BlogPosting"]
    assert posting["datePublished"] == posting["dateModified"] == "2026-01-15T12:00:00-09:00"


HOSTILE = {
    "script": "</script><script>alert(1)</script>",
    "comment": "<!-- <script> --!> x",
    "quotes": "\"}]} ' \\ \\u003C /* //",
    "entities": "Fish &amp; chips &lt;/script&gt; & more",
    "cdata": "]]> <![CDATA[ x",
    "separators": "a b 💉 ﷽",
    "template": "{{ 7|add:7 }} {% now 'Y' %}",
}


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_nothing_in_a_text_ends_the_block(client, title):
    make_practice(name=title[:80], address=title)
    make_post(title, slug="odd", subtitle=title, topic=None, author=make_author(credentials=title[:50], bio=title))
    for path in ("/blog/odd/", "/blog/", "/authors/ada-ray/"):
        page = get(client, path)
        assert page.html.count("<script") == page.html.count("</script") == 1
        assert re.search(r"<script[^>]*>([^<>&]*)</script>", page.html)
        assert graph(page)["MedicalBusiness"]["name"] == " ".join(title[:80].split())
    assert graph(get(client, "/blog/odd/"))["BlogPosting"]["headline"] == " ".join(title.split())


def test_no_ratings_no_questions_and_nothing_for_sale(client, everything):
    for path in PAGES:
        html = get(client, path).html
        for word in ("Review", "Rating", "FAQPage", "HowTo", "Speakable", "offers"):
            assert f'"{word}' not in html, (path, word)
