"""Every stock page of every record opens for who may do everything, and rubbish in an address never breaks one."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from staff_words import NOON, words

from blog.models import AuditEntry, Drug, PhotoConsent, Post, Procedure, Source, Tag, Topic
from blog.publishing import newest_revision, publish

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
NAMES = [model._meta.label_lower for model in MODELS]
RUBBISH = (
    "?q=%00",
    "?q=%F0%9F%92%89%20'%22%3C",
    "?q=" + "word%20" * 200,
    "?o=99.-abc",
    "?o=1.-2.3.x",
    "?p=-5",
    "?p=99999999999999999999",
    "?p=x",
    "?all=",
    "?e=1",
    "?status=rubbish",
    "?status=",
    "?topic=abc",
    "?topic=99999999999999999999",
    "?topic=-1",
    "?author=%E0%A4%A",
    "?mine=2&trash=3&status=live&status=draft",
    "?described=maybe",
    "?depicts__exact=nobody%27",
    "?is_active__exact=9",
    "?act__exact=x",
    "?title__regex=(",
    "?created_by__password__startswith=a",
    "?_popup=1",
    "?_to_field=password",
    "?changes=x&q=a&o=9",
    "?" + "a=b&" * 300,
    "?_changelist_filters=%00",
)


@pytest.fixture
def something_of_each(draft, erin, picture, author, root):
    topic = Topic.objects.create(name="Lasers", slug="lasers")
    post = draft(
        topic=topic, hero_image=picture, hero_alt="A lamp", tags=[Tag.objects.create(name="Light", slug="light")]
    )
    publish(erin, newest_revision(post), now=NOON)
    Drug.objects.create(brand_name="Vabotin", generic_name="vabotulin", drug_class="Toxins")
    Procedure.objects.create(name="Glow peel")
    Source.objects.create(title="The label")
    PhotoConsent.objects.create(reference="C-2026-014")
    assert AuditEntry.objects.exists() and Group.objects.exists()


@pytest.fixture
def client(as_user, root):
    return as_user(root)


def address(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_every_page_opens(something_of_each, client, model):
    found = model.objects.first()
    changelist = client.get(address(model, "changelist"))
    assert changelist.status_code == (302 if model._meta.model_name == "practice" else 200)
    assert client.get(address(model, "change", found.pk)).status_code == 200
    assert client.get(address(model, "history", found.pk)).status_code == 200
    may_add = model._meta.model_name not in ("practice", "auditentry")
    assert client.get(address(model, "add")).status_code == (200 if may_add else 403)
    assert client.get(address(model, "delete", found.pk)).status_code in (200, 403)
    assert client.get(f"/admin/{model._meta.app_label}/").status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_rubbish_in_the_address(something_of_each, client, model):
    client.raise_request_exception = True
    for query in RUBBISH:
        assert client.get(address(model, "changelist") + query).status_code in (200, 302, 400), query
    for key in ("0", "-1", "abc", "99999999999999999999", "1_000_000", "é"):
        for name in ("change", "delete", "history"):
            assert client.get(address(model, name, key)).status_code in (302, 403, 404), (name, key)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_only_those_with_the_right(something_of_each, as_user, nora, model):
    from django.test import Client

    found = model.objects.first()
    for name, args in (("changelist", ()), ("add", ()), ("change", (found.pk,)), ("delete", (found.pk,))):
        path = address(model, name, *args)
        assert Client().get(path).url.startswith("/admin/login/?next="), path
        answer = as_user(nora).get(path)
        assert answer.status_code == 403 or (model._meta.model_name == "practice" and name == "changelist"), path
    assert model.objects.filter(pk=found.pk).exists()


def test_nothing_is_deleted_in_bulk(something_of_each, root):
    request = type("Request", (), {"GET": {}, "user": root})()
    acting = {"set_topic", "add_tag", "remove_tag", "set_author", "trash", "take_off", "duplicate"}
    for model, model_admin in admin.site._registry.items():
        assert set(model_admin.get_actions(request)) == (acting if model is Post else set()), model


def test_the_wrong_key_is_explained(client):
    answer = client.get("/admin/blog/topic/999/change/", follow=True)
    assert answer.status_code == 200
    assert words(answer)
