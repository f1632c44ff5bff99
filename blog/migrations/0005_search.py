"""What the search looks in, filled with what is live or lies ahead."""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

from blog.content.outline import plain_text
from blog.content.words import spellings, terms

SQLITE = """
    CREATE VIRTUAL TABLE blog_searchentry USING fts5(
        title, lead, body, spellings UNINDEXED, text UNINDEXED, tokenize = 'ascii'
    )
"""
POSTGRESQL = """
    ALTER TABLE blog_searchentry ADD COLUMN document tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', lead), 'B')
        || setweight(to_tsvector('simple', body), 'D')
    ) STORED;
    CREATE INDEX search_document ON blog_searchentry USING gin (document);
"""


class CreateSearchTable(migrations.CreateModel):
    """A table for full-text search as each database has it."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(SQLITE)
        else:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            schema_editor.execute(POSTGRESQL)


def fill(apps, schema_editor):
    # As blog.search did it when this was written.
    entries = apps.get_model("blog", "SearchEntry").objects
    publications = apps.get_model("blog", "Publication").objects.filter(live_until__gt=timezone.now())
    found = publications.select_related("author", "topic").prefetch_related("tags").order_by("pk")
    for article in found.iterator(chunk_size=100):
        text = plain_text(article.body)[:100_000]
        names = [
            article.author.name,
            article.author.credentials,
            article.topic.name if article.topic else "",
            *(t.name for t in article.tags.all()),
        ]
        lead = "\n".join([article.excerpt, article.subtitle, *article.key_points, *names])
        entries.create(
            publication_id=article.pk,
            title=terms(article.title),
            lead=terms(lead),
            body=terms(text),
            spellings=" ".join(sorted(spellings(f"{article.title}\n{lead}"))),
            text="\n".join([*article.key_points, text]),
        )


class Migration(migrations.Migration):
    dependencies = [("blog", "0004_reading_side")]

    operations = [
        CreateSearchTable(
            name="SearchEntry",
            fields=[
                (
                    "publication",
                    models.OneToOneField(
                        db_column="rowid",
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="blog.publication",
                    ),
                ),
                ("title", models.TextField()),
                ("lead", models.TextField()),
                ("body", models.TextField()),
                ("spellings", models.TextField()),
                ("text", models.TextField()),
            ],
            options={"verbose_name_plural": "search entries"},
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
