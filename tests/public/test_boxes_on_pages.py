"""Boxes on readers' pages and in feeds: the clinic's own numbers, filled in when the page is made."""

import json

import lxml.html
import pytest
from django.utils import timezone
from factories import change_post, make_post, make_practice

from blog.as_it_stood import as_it_stood
from blog.models import Practice

pytestmark = pytest.mark.django_db

BODY = "".join(
    f'<aside data-box="{kind}"><p>If</p><ul><li>it hurts</li></ul></aside>' for kind in ("care", "urgent", "emergency")
)
CLINIC = {
    "phone": "(907) 555-0142",
    "hours": "Monday to Friday, 9 am to 5 pm",
    "after_hours_text": "After hours, call (907) 555-0199.",
}


def calls(client) -> list[str]:
    found = lxml.html.fromstring(client.get("/blog/article/").content).xpath('//div[@class="prose"]//p[@class="call"]')
    return [" ".join(one.text_content().split()) for one in found]


@pytest.mark.parametrize(
    ("clinic", "ours", "emergency"),
    [
        (
            CLINIC,
            "(907) 555-0142 Monday to Friday, 9 am to 5 pm. After hours, call (907) 555-0199.",
            "Tell us later at (907) 555-0142, Monday to Friday, 9 am to 5 pm. After hours, call (907) 555-0199.",
        ),
        ({"phone": "(907) 555-0142"}, "(907) 555-0142", "Tell us later at (907) 555-0142."),
        (
            {"after_hours_text": "After hours, ask a hospital"},
            "After hours, ask a hospital.",
            "After hours, ask a hospital.",
        ),
        ({}, "", ""),
    ],
)
def test_a_care_card_ends_with_the_clinics_own_words_and_leaves_out_what_is_blank(client, clinic, ours, emergency):
    make_practice(**{"phone": "", "hours": "", "after_hours_text": "", **clinic})
    make_post("Article", body=BODY)
    first = "Call 911 at any hour. Do not drive yourself and do not wait for us."
    assert calls(client) == [*([ours, ours] if ours else []), f"{first} {emergency}".strip()]


def test_a_new_number_stands_in_every_box_at_once_and_every_number_can_be_tapped(client):
    make_practice(**CLINIC)
    post = make_post("Article", body=BODY)
    assert all("555-0142" in one for one in calls(client))
    before = timezone.now()
    practice = Practice.objects.get()
    practice.phone = "(907) 555-0155"
    practice.save()
    page = lxml.html.fromstring(client.get("/blog/article/").content)
    numbers = [link.get("href") for link in page.xpath('//div[@class="care care--emergency"]/p[@class="call"]/a')]
    assert numbers == ["tel:911", "tel:+19075550155", "tel:+19075550199"]
    assert "555-0142" not in page.text_content()
    (item,) = json.loads(client.get("/feed/json/").content)["items"]
    assert item["content_html"].count("(907) 555-0155") == 3 and "tel:911" in item["content_html"]
    assert as_it_stood(post, before).page.body_html.count("(907) 555-0142") == 3


def test_boxes_cost_no_question_more(client, django_assert_num_queries):
    make_practice(**CLINIC)
    post = make_post("Article", body="<p>a</p>")
    client.get("/blog/article/")
    with django_assert_num_queries(4):
        client.get("/blog/article/")
    change_post(post, body=BODY)
    client.get("/blog/article/")
    with django_assert_num_queries(4):
        client.get("/blog/article/")
