"""Indexes that answer what pages of a large blog ask. The release before goes on without knowing them."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0016_daily_reads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="publication",
            name="publication_by_topic",
        ),
        migrations.RemoveIndex(
            model_name="publication",
            name="publication_by_author",
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["-at", "-id"], name="audit_newest"),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                fields=["topic", "-published_at", "-live_from", "-id", "live_until"], name="publication_in_topic"
            ),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                fields=["author", "-published_at", "-live_from", "-id", "live_until"], name="publication_under_author"
            ),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                fields=["post", "live_from", "live_until", "revision", "noindex", "canonical_url"],
                name="publication_of_post",
            ),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(
                condition=models.Q(("sealed_at__isnull", False), ("set_aside", False)),
                fields=["post", "-id"],
                name="revision_newest_draft",
            ),
        ),
    ]
