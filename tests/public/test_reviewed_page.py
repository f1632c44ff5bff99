"""What an article page says of its review: two labels and two days, only while they are true."""

from datetime import timedelta

import pytest
from cast import clinician, person
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from factories import make_editor, make_picture, make_post, make_practice
from lxml import html

from blog.models import Drug, MedicalReview, Practice, Procedure, Source
from blog.publishing import approve, newest_revision, publish, submit, withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita(db):
    rita = person("rita", "Medical reviewer")
    clinician(rita, name="Rita Moss", license_type="RN", credentials="RN")
    return rita


@pytest.fixture
def reviewed(rita):
    """A live article with everything that a page can show, signed by Rita."""
    make_practice(review_policy="may", phone="(907) 555-0142", disclaimer="Ask your clinician.")
    picture = make_picture()
    drug = Drug.objects.create(brand_name="Vabotin", generic_name="vabotulin", drug_class="Toxins", label_url="")
    peel = Procedure.objects.create(name="Glow peel")
    sources = [Source.objects.create(title=f"Source {number}").pk for number in range(2)]
    picked = make_post("Picked")
    make_post("Kin", tags=("Light",))
    body = (
        f'<h2>One</h2><p>Vabotin (vabotulin) relaxes.</p><figure><img data-image="{picture.pk}" alt="A lamp"></figure>'
        f'<p>See <a data-post="{picked.pk}">this one</a>.</p>'
    )
    values = {"hero_image": picture, "hero_alt": "A lamp", "related_posts": [picked.pk], "sources": sources}
    post = make_post(
        "Article", live=False, topic="Skin", tags=("Light",), body=body, drugs=[drug.pk], procedures=[peel.pk], **values
    )
    now = timezone.now()
    submit(make_editor(), newest_revision(post), now=now)
    approve(rita, newest_revision(post), now=now)
    publish(make_editor(), newest_revision(post), now=now)
    return post


def rows(client, path="/blog/article/"):
    """What stands in the lists of facts on the page: label to words."""
    page = html.fromstring(client.get(path).content)
    facts = page.xpath("//dl/div")
    return {one.xpath("string(dt)"): " ".join(one.xpath("string(dd)").split()) for one in facts}


def test_it_names_the_reviewer_and_both_days_while_it_is_true(client, reviewed, rita):
    said, today = rows(client), timezone.localdate()
    assert said["Clinically reviewed by"] == "Rita Moss, RN"
    assert list(said)[:2] == ["By", "Clinically reviewed by"]
    assert said["Page last reviewed"] == f"{today:%B} {today.day}, {today.year}"
    assert said["Next review due"].endswith(str(today.year + 1))
    withdraw(rita, MedicalReview.objects.get())
    gone = {"Clinically reviewed by", "Page last reviewed", "Next review due"}
    assert rows(client).keys() == said.keys() - gone


def test_the_reviewers_name_leads_to_a_page_while_an_article_says_it(client, reviewed, rita):
    page = html.fromstring(client.get("/blog/article/").content)
    (link,) = page.xpath("//dt[text()='Clinically reviewed by']/../dd/a/@href")
    assert "Rita Moss, RN" in client.get(link).content.decode()
    withdraw(rita, MedicalReview.objects.get())
    assert client.get(link).status_code == 404


def test_about_this_page_stands_there_for_the_days_alone(client, reviewed):
    Practice.objects.update(disclaimer="")
    assert "About this page" in client.get("/blog/article/").content.decode() and "Next review due" in rows(client)


def test_where_nobody_reviews_no_word_says_so(client, reviewed):
    Practice.objects.update(review_policy="nobody_yet")
    assert "eviewed" not in client.get("/blog/article/").content.decode()


def test_a_page_with_everything_takes_eight_queries_at_most(client, reviewed):
    MedicalReview.objects.update(due_on=timezone.localdate() + timedelta(days=30))
    with CaptureQueriesContext(connection) as right_after_a_change:
        assert b"Next review due" in client.get("/blog/article/").content
    with CaptureQueriesContext(connection) as warm:
        client.get("/blog/article/")
    assert len(warm) <= len(right_after_a_change) <= 8
    assert len([query for query in warm if "medicalreview" in query["sql"]]) == 1
