"""The change stamp's and the practice's only rows."""

from django.db import migrations


def make_rows(apps, schema_editor):
    apps.get_model("blog", "ChangeStamp").objects.get_or_create(pk=1)
    apps.get_model("blog", "Practice").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("blog", "0001_initial")]

    operations = [migrations.RunPython(make_rows, migrations.RunPython.noop)]
