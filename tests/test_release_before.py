"""While a release replaces another, the one before still serves, and still writes."""

import uuid

import pytest
from django.db import connection
from factories import make_post

from blog.models import Post

pytestmark = pytest.mark.django_db

# What is new on articles since the release before.
NEW = {"disclosure", "cta_heading", "cta_text", "canonical_url"}


def test_it_can_save_without_knowing_the_new_columns():
    post = make_post(live=False)
    known = [field.column for field in Post._meta.local_concrete_fields if field.column not in NEW | {"id"}]
    values = [{"slug": "%s", "uuid": "%s"}.get(column, f'"{column}"') for column in known]
    new = uuid.uuid4()
    given = {"slug": "another", "uuid": new.hex if connection.vendor == "sqlite" else str(new)}
    names = ", ".join(f'"{column}"' for column in known)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO blog_post ({names}) SELECT {', '.join(values)} FROM blog_post WHERE id = %s",
            [*(given[column] for column in known if column in given), post.pk],
        )
    saved = Post.objects.get(slug="another")
    assert {getattr(saved, name) for name in NEW} == {""}
