"""The audit trail: what stands in it stays, and staff with the right can read it."""

from importlib import import_module

import lxml.html
import pytest
from cast import person
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from factories import make_editor, make_post

from blog.models import AuditEntry, Post, Practice
from blog.publishing import Operator, record, remove_samples, take_off

GUARD = import_module("blog.migrations.0009_lasting_audit_trail")


@pytest.fixture
def entry(db):
    make_post("Light")
    return AuditEntry.objects.get()


def refused(sql: str, *values) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except DatabaseError as error:
        return GUARD.SENTENCE in str(error)
    return False


class TestTheDatabaseRefuses:
    def test_to_change_a_row(self, entry):
        assert refused("UPDATE blog_auditentry SET reason = 'other' WHERE id = %s", entry.pk)
        assert refused("UPDATE blog_auditentry SET act = act")
        with pytest.raises(DatabaseError, match=GUARD.SENTENCE), transaction.atomic():
            AuditEntry.objects.update(reason="other")
        assert AuditEntry.objects.get().reason == entry.reason

    def test_to_delete_a_row(self, entry):
        assert refused("DELETE FROM blog_auditentry WHERE id = %s", entry.pk)
        with pytest.raises(DatabaseError, match=GUARD.SENTENCE), transaction.atomic():
            AuditEntry.objects.all().delete()
        assert AuditEntry.objects.count() == 1

    def test_to_replace_a_row_or_empty_the_table(self, entry):
        columns = "id, act, at, reason, about"
        copy = f"SELECT {columns} FROM blog_auditentry"
        if connection.vendor == "sqlite":
            assert refused(f"INSERT OR REPLACE INTO blog_auditentry ({columns}) {copy}")
        else:
            again = f"INSERT INTO blog_auditentry ({columns}) {copy} ON CONFLICT (id) DO UPDATE SET reason = 'x'"
            assert refused(again)
            # Else PostgreSQL refuses for another reason: this transaction still has foreign keys to look at.
            assert refused("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE blog_auditentry")
        assert AuditEntry.objects.get().about == "Light"

    def test_but_takes_new_rows(self, entry):
        record(Operator(), AuditEntry.Act.PRACTICE_CHANGED, at=timezone.now(), reason="Phone")
        assert AuditEntry.objects.count() == 2

    def test_and_what_samples_leave_behind_stays_without_being_in_the_way(self, entry):
        Post.objects.update(is_sample=True)
        take_off(make_editor(), Post.objects.get(), reason="x", now=timezone.now())
        assert remove_samples(Operator()) == 1
        assert [one.about for one in AuditEntry.objects.all()] == ["Light", "Light"] and not Post.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_way_back_over_the_migration_and_forth_again():
    record(Operator(), AuditEntry.Act.PRACTICE_CHANGED, at=timezone.now(), reason="Phone")
    try:
        call_command("migrate", *GUARD.Migration.dependencies[0], verbosity=0)
        assert not refused("UPDATE blog_auditentry SET reason = 'Number'")
    finally:
        call_command("migrate", "blog", verbosity=0)
    assert refused("UPDATE blog_auditentry SET reason = 'other'")
    assert AuditEntry.objects.get().reason == "Number"


class TestThePage:
    @pytest.fixture
    def mara(self, db):
        client = Client()
        client.force_login(person("mara", "Manager"))
        return client

    def listed(self, client, query: str = "") -> str:
        answer = client.get(f"/admin/blog/auditentry/{query}")
        table = lxml.html.fromstring(answer.content.decode()).xpath("//table[@id='result_list']/tbody")
        return " ".join(table[0].text_content().split()) if table else ""

    def test_by_act_person_post_dates_and_words(self, mara, db):
        light, _ = make_post("Light"), make_post("Dark")
        wilma = person("wilma", "Writer")
        record(wilma, AuditEntry.Act.SIGNED_IN, at=timezone.now(), about=wilma)
        old = timezone.now() - timezone.timedelta(days=90)
        record(wilma, AuditEntry.Act.LOGIN_CLOSED, at=old, about=make_editor())
        everything = self.listed(mara)
        assert all(words in everything for words in ("Light", "Dark", "Logged in", "Login closed"))
        of_light = self.listed(mara, f"?post={light.pk}")
        assert "Light" in of_light and "Dark" not in of_light
        logins = self.listed(mara, "?act=signed_in")
        assert "Logged in" in logins and "Light" not in logins
        by_wilma = self.listed(mara, f"?actor__id__exact={wilma.pk}")
        assert "Logged in" in by_wilma and "Light" not in by_wilma
        assert "Login closed" in self.listed(mara, f"?person__id__exact={make_editor().pk}")
        week_ago = timezone.now() - timezone.timedelta(days=7)
        today = self.listed(mara, f"?at__gte={week_ago:%Y-%m-%d}%2000:00:00%2B00:00")
        assert "Light" in today and "Login closed" not in today
        assert "Dark" in self.listed(mara, "?q=dark") and "Light" not in self.listed(mara, "?q=dark")

    def test_an_entry_of_a_release_before_that_named_no_title(self, mara, db):
        AuditEntry.objects.create(act=AuditEntry.Act.TRASHED, at=timezone.now(), post=make_post("Light", live=False))
        assert "Light" in self.listed(mara)

    def test_who_may(self, db):
        for name, roles, status in (("erin", ("Editor",), 200), ("wilma", ("Writer",), 403), ("nora", (), 403)):
            client = Client()
            client.force_login(person(name, *roles))
            assert client.get("/admin/blog/auditentry/").status_code == status, name

    def test_a_changed_practice_says_what(self, mara, db):
        page = lxml.html.fromstring(mara.get("/admin/blog/practice/1/change/").content.decode())
        sent = dict(page.get_element_by_id("practice_form").form_values())
        sent |= {"phone": "(907) 555-0142", "hours": "Daily"}
        mara.post("/admin/blog/practice/1/change/", sent)
        assert Practice.objects.get().hours == "Daily"
        (entry,) = AuditEntry.objects.all()
        assert (entry.act, entry.reason, entry.actor) == ("practice_changed", "Phone, Hours", User.objects.get())
        mara.post("/admin/blog/practice/1/change/", sent)
        assert AuditEntry.objects.count() == 1
