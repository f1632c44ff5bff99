"""A picture may show a patient; and files of replaced pictures that a killed process left are written down to go."""

from django.db import migrations, models


def write_down_what_was_left(apps, schema_editor):
    Image, FileDeletion = apps.get_model("blog", "Image"), apps.get_model("blog", "FileDeletion")
    for image in Image.objects.filter(replaced_by__isnull=False).exclude(renditions=[]):
        for one in image.renditions:
            FileDeletion.objects.get_or_create(storage="default", name=one["name"])
        Image.objects.filter(pk=image.pk).update(renditions=[])


class Migration(migrations.Migration):
    dependencies = [("blog", "0013_safety_records")]

    operations = [
        migrations.AlterField(
            model_name="image",
            name="depicts",
            field=models.CharField(
                "who is in it",
                choices=[
                    ("nobody", "Nobody"),
                    ("colleague", "A colleague"),
                    ("model", "A model"),
                    ("patient", "A patient"),
                ],
                help_text="A patient needs a signed consent, known here by its number. Recognized by a tattoo or a "
                "story counts, too.",
                max_length=10,
            ),
        ),
        migrations.AlterModelOptions(
            name="photoconsent",
            options={
                "ordering": ["-signed_on", "-pk"],
                "permissions": [("revoke_photoconsent", "Can write down that a patient revoked a consent")],
                "verbose_name": "consent",
            },
        ),
        migrations.RunPython(write_down_what_was_left, migrations.RunPython.noop),
    ]
