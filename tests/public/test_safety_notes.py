"""The safety note of an article: there because the text names something, merged, and with a way to reach somebody."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import change_post, make_author, make_post, make_practice
from html_pages import get

from blog.models import Drug, Post, Procedure, Publication, Source

pytestmark = pytest.mark.django_db
SAFETY = "//section[h2/@id='safety']"
PHONE = {"phone": "(907) 555-0142", "hours": "Monday to Friday", "after_hours_text": "Nurse line (907) 555-0199"}


def safety(client, slug="article") -> str:
    return get(client, f"/blog/{slug}/").one(SAFETY)


def test_a_named_brand_brings_its_whole_note(client, shipped_records):
    make_practice(**PHONE, booking_url="https://book.example.com/")
    make_post("Article", body="<p>Ask about Botox.</p>")
    page = get(client, "/blog/article/")
    note = page.one(SAFETY)
    expected = [
        "Safety note",
        "Botulinum toxins",
        "Botox and Botox Cosmetic (ona\u00adbotulinum\u00adtoxinA)",
        "Boxed warning (the strongest warning on a U.S. drug label).",
        "The effect can spread",
        "Emergency after treatment: call 911 if",
        "you have trouble breathing, swallowing or speaking",
        "Call 911 at any hour.",
        "Urgent after treatment: call us the same day if",
        "an eyelid or a brow droops",
        "(907) 555-0142 Monday to Friday. Nurse line (907) 555-0199",
        "Botox: full label",
        "Botox Cosmetic: full label",
        "MedlinePlus",
    ]
    places = [note.find(part) for part in expected]
    assert -1 not in places and places == sorted(places), dict(zip(expected, places, strict=True))
    assert note.count("trouble breathing") == note.count("The effect can spread") == 1
    assert {"tel:911", "tel:+19075550142", "tel:+19075550199"} <= set(page.all(f"{SAFETY}//a/@href"))
    assert page.all("//p[@class='help']/a/@href") == ["#safety"]
    assert "hecked" not in note, "nobody has checked it, and nothing says so to readers"
    assert page.html.index('id="safety"') < page.html.index("Book a visit</a>", page.html.index("<article"))


def test_one_note_a_class_and_a_procedure_and_their_risks(client, shipped_records):
    make_post("Article", body="<p>Dysport, Xeomin and a filler.</p>")
    page = get(client, "/blog/article/")
    assert page.all(f"{SAFETY}//div[contains(@class,'note')]/h3") == ["Botulinum toxins", "Dermal fillers"]
    assert page.one(f"{SAFETY}/h2") == "Safety notes"
    ways = [f"#{key}" for key in page.all(f"{SAFETY}//div[contains(@class,'note')]/h3/@id")]
    assert page.all(f"{SAFETY}//div[contains(@class,'jumps')]//a/@href") == ways and len(set(ways)) == 2
    text = page.one(SAFETY)
    assert "Serious risks. A filler can block a blood vessel" in text and "onabotulinum" not in text.replace(
        "\u00ad", ""
    )
    assert page.all(f"{SAFETY}//p[@class='call']/a") == ["Call 911"] * 2, "no practice's number is known"


def test_what_differs_within_a_class_says_whose_it_is(client):
    one = {"drug_class": "Toxins", "boxed_warning": "It may spread.", "call_911_if": ["you choke."]}
    Drug.objects.create(brand_name="Vabotin", generic_name="vabotulin", **one)
    Drug.objects.create(
        brand_name="Wobotin", generic_name="wobotulin", **one | {"call_911_if": ["You choke", "it burns"]}
    )
    Drug.objects.create(
        brand_name="Zebotin",
        generic_name="zebotulin",
        drug_class="toxins",
        label_checked_on="2026-03-02",
        label_url="https://example.com/label",
    )
    make_post("Article", body="<p>Vabotin, Wobotin, Zebotin</p>")
    page = get(client, "/blog/article/")
    assert page.all(f"{SAFETY}//div[contains(@class,'note')]/h3") == ["Toxins"]
    text = page.one(SAFETY)
    assert "Boxed warning for Vabotin and Wobotin (the strongest warning on a U.S. drug label). It may spread." in text
    assert page.all(f"{SAFETY}//div[contains(@class,'emergency')]//li") == ["you choke.", "it burns"]
    assert "Zebotin: full label, checked March 2, 2026" in text
    assert not page.all(f"{SAFETY}//div[contains(@class,'urgent')]")


def test_who_signed_is_said_once_every_record_of_the_note_is_signed(client):
    rita = make_author("Rita Vale", credentials="MD")
    values = {"generic_name": "vabotulin", "drug_class": "Toxins", "call_911_if": ["you choke"]}
    Drug.objects.create(brand_name="Vabotin", **values, checked_by=rita, checked_on="2026-06-02")
    other = Drug.objects.create(brand_name="Wobotin", **values)
    make_post("Article", body="<p>Vabotin, Wobotin</p>")
    assert "Checked by" not in safety(client)
    other.checked_by, other.checked_on = rita, "2026-06-02"
    other.save()
    assert safety(client).count("Checked by Rita Vale, MD on June 2, 2026.") == 1


def test_a_page_keeps_the_notes_with_which_it_was_published(client, shipped_records):
    post = make_post("Article", body="<p>Dysport</p>")
    Drug.objects.filter(brand_name="Dysport").update(boxed_warning="Other words.", is_retired=True)
    assert "Other words." in safety(client), "its words are those of today"
    change_post(Post.objects.get(pk=post.pk), body="<p>Dysport still</p>")
    make_practice(**PHONE)
    assert get(client, "/blog/article/").one(f"{SAFETY}/h2") == "Problem after a treatment?"


def test_an_article_that_an_earlier_release_published_has_its_notes_too(client, shipped_records):
    make_post("Article", body="<p>Dysport</p>")
    Publication._base_manager.filter(title="Article")._update(
        [(Publication._meta.get_field(name), None, value) for name, value in (("digest", ""), ("shown_drugs", []))]
    )
    assert "abo\u00adbotulinum\u00adtoxinA" in safety(client)


def test_left_out_and_by_hand(client, shipped_records):
    dysport, peel = Drug.objects.get(brand_name="Dysport"), Procedure.objects.get(name="Chemical peels")
    make_post(
        "Article",
        body="<p>Dysport</p>",
        procedures=[peel.pk],
        left_out_notes=[{"record": "drug", "id": dysport.pk, "reason": "It is only in a quote"}],
    )
    page = get(client, "/blog/article/")
    assert page.all(f"{SAFETY}//div[contains(@class,'note')]/h3") == ["Chemical peels"]
    assert "quote" not in page.text


def test_notes_cost_no_query_in_a_warm_process_and_one_after_a_change(client, shipped_records):
    make_post("Article", body="<p>Dysport and fillers</p>")
    make_post("Other", body="<p>Nothing of it</p>")

    def asked(slug) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/blog/{slug}/")
        return len(queries)

    asked("article"), asked("other")
    assert asked("article") == asked("other")
    Source.objects.update(publisher="Other")
    assert asked("article") <= 8
    Source.objects.update(publisher="Another")
    after_a_change = asked("other")
    Source.objects.update(publisher="One more")
    assert asked("article") == after_a_change + 1
    assert "One more" in safety(client)


def test_words_of_a_record_are_text(client):
    Drug.objects.create(
        brand_name="Vab<otin",
        generic_name="<b>x",
        drug_class="<i>",
        boxed_warning="<script>1</script>",
        call_911_if=["<a href=x>"],
        label_url="https://example.com/?a=1&b=2",
    )
    make_post("Article", drugs=[Drug.objects.get().pk])
    assert "<script>1</script>" in safety(client)


@pytest.mark.parametrize("address", ["/feed/", "/feed/atom/", "/feed/json/"])
def test_feeds_say_that_there_is_one_and_where(client, shipped_records, address):
    make_post("Article", body="<p>Dysport</p>")
    assert "/blog/article/#safety" in client.get(address).content.decode()
    change_post(Post.objects.get(), body="<p>Nothing</p>")
    assert "#safety" not in client.get(address).content.decode()
