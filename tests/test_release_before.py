"""While a release replaces another, the one before still serves, and still writes."""

import uuid

import pytest
from django.db import connection
from factories import make_post

from blog.models import AuditEntry, Post, Revision
from blog.publishing import newest_revision

pytestmark = pytest.mark.django_db

# What is new since a release before.
LISTS = {"sources": [], "drugs": [], "procedures": [], "left_out_notes": []}
NEW = {
    Post: {"disclosure": "", "cta_heading": "", "cta_text": "", "canonical_url": "", **LISTS},
    Revision: {
        "version": 0,
        "set_aside": False,
        "typed": {},
        "window": "",
        "turn": 0,
        "restored_from_id": None,
        "disclosure": "",
        **LISTS,
    },
    AuditEntry: {"about": "", "person_id": None},
}


def saved_without_the_new(model, row, **given):
    """A copy of ``row`` as a release that does not know the new columns writes it, with other values in some."""
    known = [field.column for field in model._meta.local_concrete_fields if field.column not in NEW[model]]
    known.remove("id")
    values = ["%s" if column in given else f'"{column}"' for column in known]
    names, table = ", ".join(f'"{column}"' for column in known), model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} WHERE id = %s",
            [*(given[column] for column in known if column in given), row.pk],
        )
    return model.objects.order_by("pk").last()


def test_it_can_save_without_knowing_the_new_columns():
    post = make_post()
    new = uuid.uuid4()
    given = {"slug": "another", "uuid": new.hex if connection.vendor == "sqlite" else str(new)}
    rows = {Post: post, Revision: newest_revision(post), AuditEntry: AuditEntry.objects.get()}
    for model, row in rows.items():
        saved = saved_without_the_new(model, row, **(given if model is Post else {}))
        assert saved.pk != row.pk
        assert {name: getattr(saved, name) for name in NEW[model]} == NEW[model]
