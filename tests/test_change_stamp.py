"""The change stamp moves with every write to anything that a public page reads."""

import re

import pytest
from cast import DAY, NOON
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate
from factories import make_practice
from public_pages import ADDRESSES, every_address

from blog import reading
from blog.models import (
    Author,
    ChangeStamp,
    Drug,
    Image,
    MedicalReview,
    PhotoConsent,
    Post,
    Practice,
    Procedure,
    Publication,
    PublicRecord,
    Source,
    Tag,
    Topic,
)
from blog.models.publication import FixedPublication
from blog.publishing import newest_revision, publish, take_off
from blog.reading import forget_practice
from blog.reading.snapshot import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich_site(draft, rewrite, erin, picture):
    """A site on which every kind of public page has something of everything to show."""
    topic = Topic.objects.create(name="Lasers", slug="lasers")
    tag = Tag.objects.create(name="Light", slug="light")
    body = f'<h2>One</h2><p>Text</p><figure><img data-image="{picture.pk}" alt="A lamp"></figure>'
    author = Author.objects.create(name="Bea Moss", slug="bea-moss", photo=picture)
    for number in range(12):
        post = draft(
            f"Post {number}", topic=topic, tags=[tag], body=body, author=author, hero_image=picture, hero_alt="A lamp"
        )
        publish(erin, newest_revision(post), now=NOON - DAY)
    take_off(erin, post, "Out of date", now=NOON)
    publish(erin, rewrite(Post.objects.get(title="Post 1"), slug="moved"), now=NOON)
    Source.objects.create(title="Label")
    Drug.objects.create(brand_name="Vabotin", generic_name="vabotulin", drug_class="Toxins")
    Procedure.objects.create(name="Glow peel")
    PhotoConsent.objects.create(reference="C-2026-001")
    day = localdate(NOON)
    MedicalReview.objects.create(
        post=post,
        revision=newest_revision(post),
        reviewer=author,
        signed_by=erin,
        signed_at=NOON,
        reviewed_on=day,
        due_on=day + DAY,
    )


def tables_read_by_public_pages(client) -> set[str]:
    tables = set()
    for address in [*every_address(), "/blog/?page=2", "/search/?q=post", "/search/?q=pots"]:
        if address == "/readyz":  # no page: it says whether the database is at this release
            continue
        forget_practice()
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        for query in queries:
            tables |= set(re.findall(r'"(\w+)"\."\w+"', query["sql"])) | set(
                re.findall(r'(?:FROM|JOIN)\s+"(\w+)"', query["sql"])
            )
    return tables & set(connection.introspection.table_names())


def test_every_table_that_a_public_page_reads_is_a_public_record(rich_site, client):
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    read = tables_read_by_public_pages(client)
    assert {
        "blog_publication",
        "blog_author",
        "blog_topic",
        "blog_tag",
        "blog_image",
        "blog_practice",
        "blog_searchentry",
    } <= read
    strangers = {name for name in read if not issubclass(models[name], PublicRecord)} - {ChangeStamp._meta.db_table}
    assert strangers == set(), "public pages read tables whose writes do not move the change stamp"


def public_models() -> list[type[PublicRecord]]:
    return [model for model in apps.get_models() if issubclass(model, PublicRecord)]


@pytest.mark.parametrize("model", public_models(), ids=lambda model: model.__name__)
def test_every_way_to_write_a_public_record_moves_the_stamp(model, rich_site):
    record = model.objects.first()
    assert record is not None
    field = next(f.name for f in model._meta.concrete_fields if f.name not in ("id", "post", "publication"))
    if model.__name__ == "Publication":
        field = "live_until"

    def moves(write) -> bool:
        before = ChangeStamp.current()
        with transaction.atomic():
            write()
        return ChangeStamp.current() > before

    assert moves(lambda: record.save(update_fields=[field]))
    assert moves(lambda: model.objects.filter(pk=record.pk).update(**{field: getattr(record, field)}))
    assert moves(lambda: model.objects.bulk_update([record], [field]))
    assert moves(lambda: model.objects.bulk_create([]))
    for delete in (record.delete, model.objects.filter(pk=record.pk).delete):
        try:
            with transaction.atomic():
                assert moves(delete)
                raise Undo
        except (Undo, ProtectedError, FixedPublication):
            pass


class Undo(Exception):
    """Ends a transaction whose work is not wanted."""


@pytest.mark.parametrize("model", [Author, Image, Tag, Topic, Publication], ids=lambda model: model.__name__)
def test_deleting_what_nothing_rests_on_moves_the_stamp(model, rich_site):
    before = ChangeStamp.current()
    if model is Publication:
        model.objects.filter(pk=-1).discard()
    else:
        new = (
            model(slug="new", name="New")
            if model is not Image
            else Image(digest="0", width=1, height=1, depicts="nobody")
        )
        models.QuerySet(model).bulk_create([new])
        assert ChangeStamp.current() == before
        new.delete()
    assert ChangeStamp.current() == before + 1


def test_a_failed_write_leaves_the_stamp_alone(rich_site):
    before = ChangeStamp.current()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Practice.objects.update(name="Half done")
        raise ZeroDivisionError
    assert ChangeStamp.current() == before


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_clinic_that_was_taken_back_stays_in_no_process():
    make_practice(phone="(907) 555-0142")
    topic = Topic.objects.create(name="Lasers", slug="lasers")
    with pytest.raises(RuntimeError), transaction.atomic():
        Practice.objects.update(phone="(907) 555-9999")
        assert reading.practice().phone == "(907) 555-9999"  # as a mail says it that the act writes
        raise RuntimeError
    topic.save()  # gets the stamp that the other write had
    assert reading.practice().phone == "(907) 555-0142"
    with snapshot():
        assert reading.practice().phone == "(907) 555-0142"


def test_writing_a_draft_does_not_move_the_stamp(rich_site, draft):
    before = ChangeStamp.current()
    draft("Only a draft")
    assert ChangeStamp.current() == before


def test_one_act_of_publishing_moves_the_stamp_once(draft, erin):
    post = draft()
    before = ChangeStamp.current()
    publish(erin, newest_revision(post))
    assert ChangeStamp.current() == before + 1


def test_a_changed_practice_shows_on_the_next_page(client, rich_site):
    client.get("/blog/")
    practice = Practice.objects.get()
    practice.name = "Birch Clinic"
    practice.save()
    assert "Birch Clinic" in client.get("/blog/").content.decode()


def test_the_walk_knows_every_public_address():
    from blog.urls import urlpatterns

    assert {pattern.name for pattern in urlpatterns} == set(ADDRESSES)
    assert reverse("blog:index") in every_address()
