"""What readers saw of a post on any day: the page for staff, and the file that can be handed over."""

from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from cast import DAY, HOUR, NOON, person
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from factories import make_picture
from lxml import html

from blog.models import (
    Author,
    Drug,
    MedicalReview,
    Override,
    Practice,
    Procedure,
    Publication,
    RecordVersion,
    Source,
    kept_record,
)
from blog.picture_files import finish_deletions
from blog.publishing import newest_revision, publish, record_consent, revoke, take_off

pytestmark = pytest.mark.django_db

FIRST, SECOND = NOON - 3 * DAY, NOON - DAY


@pytest.fixture
def clock(monkeypatch):
    """Set the moment at which shared records change."""
    frozen = SimpleNamespace(moment=FIRST - DAY)
    monkeypatch.setattr(kept_record, "timezone", SimpleNamespace(now=lambda: frozen.moment))
    return frozen


@pytest.fixture
def told(client, erin):
    """``told(post, moment)``: the words of the file about that moment, white space as single spaces."""
    client.force_login(erin)

    def words(post, moment) -> str:
        query = urlencode({"moment": moment.isoformat()})
        answer = client.get(f"/admin/blog/post/{post.pk}/as-it-stood/file/?{query}")
        assert answer.status_code == 200
        return " ".join(html.fromstring(answer.content.decode()).text_content().split())

    return words


@pytest.fixture
def story(clock, draft, rewrite, erin, rita):
    """A post that was published, whose records changed, that was published anew, and taken off."""
    Practice.objects.update(name="Birch Clinic", phone="(907) 555-0142", review_policy="may")
    author = Author.objects.create(name="Ada Ray", slug="ada-ray-rn", credentials="RN")
    study = Source.objects.create(title="A study of spread", publisher="A journal")
    drug = Drug.objects.create(
        brand_name="Vabotin", generic_name="vabotulin", drug_class="Toxins", sources=[study.pk], checked_by=author
    )
    peel = Procedure.objects.create(name="Peels")
    label = Source.objects.create(title="Label of Vabotin", publisher="FDA", url="https://example.org/label")
    body = "<p>Vabotin is painless for some.</p>"
    left_out = [{"record": "procedure", "id": peel.pk, "reason": "Only compared with"}]
    post = draft(
        "Vabotin, explained",
        author=author,
        body=body,
        sources=[label.pk],
        left_out_notes=left_out,
        now=FIRST - HOUR,
    )
    Override.objects.create(
        post=post,
        rule="promise",
        sentence="Vabotin is painless for some.",
        reason="It says for some",
        given_by=erin,
        given_at=FIRST - HOUR,
    )
    first = publish(erin, newest_revision(post), now=FIRST)
    day = timezone.localdate(FIRST)
    MedicalReview.objects.create(
        post=post,
        revision=first.revision,
        reviewer=Author.objects.create(name="Nell Ash", slug="nell-ash", credentials="RN", user=rita),
        signed_by=rita,
        signed_at=FIRST,
        digest=first.digest,
        reviewed_on=day,
        due_on=day + timedelta(days=365),
        withdrawn_at=SECOND - HOUR,
    )
    clock.moment = FIRST + DAY
    drug.boxed_warning = "It may spread from where it was put."
    drug.save()
    study.title = "A study, renamed"
    study.save()
    author.credentials = "NP"
    author.save()
    Practice.objects.update(phone="(907) 555-0199")
    publish(erin, rewrite(post, body="<p>Vabotin, in other words.</p>", now=SECOND - HOUR), now=SECOND)
    take_off(erin, post, "Out of date", now=NOON)
    return post


def test_every_word_and_shared_record_is_that_of_the_moment(told, story):
    first, between, second = (told(story, at) for at in (FIRST + HOUR, FIRST + DAY + HOUR, SECOND + HOUR))
    for text in (first, between):
        assert "Vabotin is painless for some." in text
        assert "in other words" not in text.partition("The record")[0]
    assert "Ada Ray, RN" in first and "(907) 555-0142" in first
    assert "may spread" not in first and "(907) 555-0199" not in first
    # On the page itself, and once more among the records behind it.
    assert between.count("It may spread from where it was put.") == 2
    assert "Ada Ray, NP" in between and "(907) 555-0199" in between
    assert "Vabotin, in other words." in second


def test_the_record_says_who_stands_behind_it(told, story):
    page, _, text = told(story, FIRST + HOUR).partition("The record Made on")
    assert "Clinically reviewed by" in page and "Nell Ash, RN" in page
    assert "Nell Ash, RN signed these words" in text and "(login rita)" in text
    assert "“Vabotin is painless for some.” Reason: It says for some (erin" in text
    assert "Label of Vabotin, FDA, https://example.org/label" in text
    assert "Safety note about Peels left out. Reason: Only compared with" in text
    # Records say each other by name, as they were called, and moments by the clinic's clock.
    assert "SourcesA study of spread (A journal)" in text and "Checked byAda Ray, RN" in text
    assert "Source: A study of spread (A journal) As it was since June 11, 2026, 12:00 pm." in text
    assert "The words in the rows have it today." in text
    before, since = text.split("What was done since")
    assert "Published" in before and "Out of date" in since
    # The reason was for a sentence that is gone, and the signature was withdrawn.
    later = told(story, SECOND + HOUR)
    assert "It says for some" not in later
    assert "named no medical reviewer" in later and "reviewed by" not in later


def test_changed_rows_are_noticed(told, story):
    forged = story.publications.get(live_from=FIRST)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE blog_publication SET body = '<p>Forged.</p>' WHERE id = %s", [forged.pk])
    assert "do not have it today" in told(story, FIRST + HOUR)


def test_what_a_release_without_notes_published_has_those_that_readers_saw(told, story):
    blank = {"digest": "", "shown_drugs": []}
    Publication._base_manager._update(
        [(Publication._meta.get_field(name), None, value) for name, value in blank.items()]
    )
    assert "may spread" not in told(story, FIRST + HOUR)
    assert told(story, FIRST + DAY + HOUR).count("It may spread from where it was put.") == 2
    RecordVersion.objects.filter(record="drug", since__lt=FIRST).delete()
    assert "Medicine: Vabotin" not in told(story, FIRST + HOUR)


def test_the_page_lists_the_times_and_says_when_nothing_was_there(client, story, told):
    address = f"/admin/blog/post/{story.pk}/as-it-stood/"
    answer = client.get(address)
    text = answer.content.decode()
    assert "Readers saw nothing of this post on" in text
    assert "Off the site" in text and "3 records changed meanwhile" in " ".join(text.split())
    assert "This is what readers saw" in client.get(address, {"on": "2026-06-13", "at": "10:00"}).content.decode()
    assert "This is not a date" in client.get(address, {"on": "soon"}).content.decode()
    assert "Choose a day" in client.get(address, {"moment": "soon"}).content.decode()


def test_the_file_needs_nothing_else(client, erin, draft, picture):
    body = f'<p>Look:</p><figure><img data-image="{picture.pk}" alt="A lamp"></figure>'
    post = draft("With a lamp", body=body, hero_image=picture, hero_alt="A lamp")
    publish(erin, newest_revision(post), now=FIRST)
    client.force_login(erin)
    address = f"/admin/blog/post/{post.pk}/as-it-stood/file/?{urlencode({'moment': NOON.isoformat()})}"
    answer = client.get(f"{address}&download=1")
    assert "with-a-lamp-as-it-stood-2026-06-15" in answer["Content-Disposition"]
    page = html.fromstring(answer.content.decode())
    sources = page.xpath("//img/@src")
    assert len(sources) >= 2 and all(source.startswith("data:image/") for source in sources)
    assert not page.xpath("//link|//script|//source|//@srcset")
    assert "url(data:font/woff2" in page.xpath("string(//style)")
    for rendition in picture.renditions:
        default_storage.delete(rendition["name"])
    gone = html.fromstring(client.get(address).content.decode())
    assert "A picture stood here whose file is no longer kept: A lamp" in gone.text_content()


def test_only_who_may_see_who_did_what(client, story, wilma, rita):
    address = f"/admin/blog/post/{story.pk}/as-it-stood/"
    client.force_login(wilma)
    assert client.get(address).status_code == client.get(f"{address}file/").status_code == 403
    client.force_login(rita)
    assert client.get(address).status_code == 200


def test_a_long_life_is_one_list(client, erin, draft, rewrite, django_assert_max_num_queries):
    post = draft("Often changed")
    for number in range(12):
        moment = FIRST + number * HOUR
        publish(erin, rewrite(post, body=f"<p>Text {number}.</p>", now=moment - timedelta(minutes=1)), now=moment)
    client.force_login(erin)
    with django_assert_max_num_queries(60):
        assert client.get(f"/admin/blog/post/{post.pk}/as-it-stood/").content.count(b"Often changed") > 12


def test_a_patients_picture_is_in_it_for_as_long_as_its_file_is_kept(client, erin, draft, small_renditions):
    consent = record_consent(
        person("mia", "Manager"), reference="C-2026-014", scope="blog", signed_on=timezone.localdate()
    )
    image = make_picture(alt_text="A forehead", depicts="patient", consent=consent)
    body = f'<p>Lines.</p><figure><img data-image="{image.pk}" alt="A forehead"></figure>'
    post = draft("A forehead", body=body)
    publish(erin, newest_revision(post))
    client.force_login(erin)
    address = f"/admin/blog/post/{post.pk}/as-it-stood/file/"
    before = {"moment": timezone.now().isoformat()}
    assert 'src="data:image/' in client.get(address, before).content.decode()
    revoke(erin, consent)
    finish_deletions()
    page = html.fromstring(client.get(address, before).content.decode())
    assert "whose file is no longer kept: A forehead" in page.text_content()
    assert "This picture is no longer shown." in client.get(address).content.decode()
    listed = " ".join(client.get(f"/admin/blog/post/{post.pk}/as-it-stood/").content.decode().split())
    assert "Consent “C-2026-014”" in listed and "Picture “A forehead”" in listed
