"""The safety records that the product ships, for tests that need them; other tests start without any."""

from importlib import import_module

from django.apps import apps

from blog.models import Drug, Procedure, RecordVersion, Source


def load_shipped_records() -> None:
    """Put the shipped records into the database as the migration does."""
    import_module("blog.migrations.0013_safety_records").load(apps, None)


def remove_shipped_records() -> None:
    """Take them out again, so that a text about lasers has no note in a test about something else."""
    for model in (Drug, Procedure, Source):
        model._base_manager.all()._raw_delete("default")
    RecordVersion.objects.filter(record__in=["drug", "procedure", "source"]).delete()
