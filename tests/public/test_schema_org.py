"""Structured data of every kind of page, held against the vocabulary of schema.org."""

import json
from copy import deepcopy
from datetime import date

import pytest
from cast import clinician, person
from django.utils import timezone
from factories import make_author, make_editor, make_picture, make_post, make_practice, make_topic
from html_pages import get
from schema_org import wrong_in

from blog.models import Drug, MedicalReview, Procedure, Source
from blog.publishing import approve, newest_revision, publish, submit, withdraw

pytestmark = pytest.mark.django_db

SITE = "https://blog.example.com"
PAGES = {
    "index": "/blog/",
    "topic": "/topics/skin/",
    "tag": "/tags/light/",
    "author": "/authors/ada-ray/",
    "article": "/blog/how-toxins-work/",
    "news": "/blog/we-moved/",
    "bare article": "/blog/bare/",
}


@pytest.fixture(autouse=True)
def everything(settings):
    """A site with every kind of page, and an article with all that structured data can say."""
    settings.SITE_URL = SITE
    photo = make_picture(1300, 800, credit="Northlight")
    make_practice(phone="(907) 555-0142", address="1 Main St", logo=photo, website_url="https://www.example.com/")
    make_topic("Skin", description="All about skin.")
    author = make_author(
        credentials="RN, BSN",
        job_title="Nurse",
        license_type="RN",
        license_state="Alaska",
        bio="Ada writes.",
        photo=photo,
        same_as=["https://example.org/ada"],
    )
    Drug.objects.create(brand_name="Testox", generic_name="testotoxin", drug_class="Toxins")
    Drug.objects.create(brand_name="Otherox", generic_name="othertoxin", drug_class="Toxins")
    Procedure.objects.create(name="Needling", procedure_type="PercutaneousProcedure", body_location="Face")
    Procedure.objects.create(name="Face lift", procedure_type="SurgicalProcedure")
    label = Source.objects.create(title="The label", url="https://fda.example/label", accessed_on=date(2026, 11, 5))
    book = Source.objects.create(title="A book", accessed_on=date(2026, 11, 5))
    make_post(
        "How toxins work",
        subtitle="Slowly.",
        excerpt="In short.",
        body="<p>Testox (testotoxin), Otherox (othertoxin), needling or a face lift.</p>",
        topic="Skin",
        tags=("Light", "Heat"),
        author=author,
        sources=[label.pk, book.pk],
        hero_image=photo,
        hero_alt="A lamp",
        hero_caption="Seen at noon.",
    )
    make_post("We moved", kind="clinic_news", body="<p>To the next house.</p>")
    make_post("Bare", body="<p>Light.</p>")


def graph(client, path: str) -> dict:
    (text,) = get(client, path).tree.xpath("//head/script[@type='application/ld+json']/text()")
    return json.loads(text)


def nodes(client, path: str, kind: str) -> list[dict]:
    return [node for node in graph(client, path)["@graph"] if node["@type"] == kind]


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_it_keeps_to_the_vocabulary(client, path):
    assert wrong_in(graph(client, path)) == []


def test_an_article_names_what_it_is_about(client):
    address = f"{SITE}/blog/how-toxins-work/"
    (page,), (posting,) = (nodes(client, PAGES["article"], kind) for kind in ("MedicalWebPage", "BlogPosting"))
    assert page["medicalAudience"] == {"@type": "MedicalAudience", "audienceType": "Patient"}
    assert page["about"] == posting["about"] and len(page["about"]) == 4
    assert posting["citation"] == [
        {"@type": "CreativeWork", "name": "The label", "url": "https://fda.example/label"},
        {"@type": "CreativeWork", "name": "A book"},
    ]
    other, drug = nodes(client, PAGES["article"], "Drug")
    pk = Drug.objects.get(brand_name="Testox").pk
    assert other["name"] == "Otherox" and drug == {
        "@type": "Drug",
        "@id": f"{address}#drug-{pk}",
        "name": "Testox",
        "nonProprietaryName": "testotoxin",
        "proprietaryName": "Testox",
        "prescriptionStatus": "https://schema.org/PrescriptionOnly",
    }
    (needling,), (lift,) = (nodes(client, PAGES["article"], kind) for kind in ("MedicalProcedure", "SurgicalProcedure"))
    assert needling["procedureType"] == "https://schema.org/PercutaneousProcedure"
    assert (needling["name"], needling["bodyLocation"]) == ("Needling", "Face")
    assert lift["name"] == "Face lift" and "procedureType" not in lift


def test_it_names_only_what_the_page_shows(client):
    shown = get(client, PAGES["article"]).text.replace("­", "")
    for kind in ("Drug", "MedicalProcedure", "SurgicalProcedure"):
        for node in nodes(client, PAGES["article"], kind):
            assert node["name"] in shown and node.get("nonProprietaryName", "") in shown
    (posting,) = nodes(client, PAGES["article"], "BlogPosting")
    assert all(one["name"] in shown for one in posting["citation"])
    bare = {node["@type"]: node for node in graph(client, PAGES["bare article"])["@graph"]}
    assert not {"about", "citation"} & (bare["BlogPosting"].keys() | bare["MedicalWebPage"].keys())


def test_news_is_no_medical_page(client):
    (page,) = nodes(client, PAGES["news"], "WebPage")
    assert "medicalAudience" not in page and nodes(client, PAGES["news"], "MedicalWebPage") == []


def test_an_author_has_the_credentials_that_the_page_shows(client):
    (page,) = nodes(client, PAGES["author"], "ProfilePage")
    assert page["mainEntity"]["hasCredential"] == [
        {
            "@type": "EducationalOccupationalCredential",
            "name": "RN",
            "credentialCategory": "license",
            "validIn": {"@type": "AdministrativeArea", "name": "Alaska"},
        },
        {"@type": "EducationalOccupationalCredential", "name": "BSN"},
    ]
    assert "License: RN, Alaska" in get(client, PAGES["author"]).text


def test_who_reviewed_a_page_stands_on_the_page_while_it_is_true(client):
    make_practice(review_policy="may")
    rita = person("rita", "Medical reviewer")
    clinician(rita, name="Rita Roe", license_type="MD", credentials="MD", job_title="Director")
    now = timezone.now()
    revision = newest_revision(make_post("Reviewed", live=False, body="<p>Light.</p>", author=make_author()))
    submit(make_editor(), revision, now=now)
    approve(rita, revision, now=now)
    publish(make_editor(), revision, now=now)
    path = "/blog/reviewed/"
    (page,), (posting,) = (nodes(client, path, kind) for kind in ("MedicalWebPage", "BlogPosting"))
    assert page["reviewedBy"].pop("url").startswith(f"{SITE}/authors/")
    assert page["reviewedBy"].pop("@id").endswith("/#person")
    assert page["reviewedBy"] == {"@type": "Person", "name": "Rita Roe", "honorificSuffix": "MD"}
    assert page["lastReviewed"] == timezone.localdate(now).isoformat()
    assert not {"reviewedBy", "lastReviewed"} & posting.keys()
    assert wrong_in(graph(client, path)) == []
    withdraw(rita, MedicalReview.objects.get())
    (page,) = nodes(client, path, "MedicalWebPage")
    assert not {"reviewedBy", "lastReviewed"} & page.keys()


SLIPS = {
    "a type that is none": lambda page, posting: page.update({"@type": "HealthPage"}),
    "a property that is none": lambda page, posting: page.update(reviewer="x"),
    "a property of another type": lambda page, posting: posting.update(lastReviewed="2026-11-05"),
    "a superseded property": lambda page, posting: page.update(aspect="Causes"),
    "a value of another type": lambda page, posting: page.update(breadcrumb=7),
    "a node of another type": lambda page, posting: posting.update(author=[page["medicalAudience"]]),
    "a moment without a zone": lambda page, posting: posting.update(datePublished="2026-11-05T12:00:00"),
    "a moment for a day": lambda page, posting: page.update(lastReviewed="2026-11-05T12:00:00-09:00"),
    "a member of another list": lambda page, posting: page.update(
        about={"@type": "Drug", "prescriptionStatus": "https://schema.org/PercutaneousProcedure"}
    ),
    "an id that leads nowhere": lambda page, posting: page.update(mainEntity={"@id": "https://x.example/#none"}),
    "two nodes of one id": lambda page, posting: posting.update({"@id": page["@id"]}),
    "a blank": lambda page, posting: page.update(description=""),
    "an address that is none": lambda page, posting: page.update(url="/blog/"),
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_the_judge_sees(client, slip):
    broken = deepcopy(graph(client, PAGES["article"]))
    by_type = {node["@type"]: node for node in broken["@graph"]}
    slip(by_type["MedicalWebPage"], by_type["BlogPosting"])
    assert wrong_in(broken)
