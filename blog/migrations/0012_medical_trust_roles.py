"""What each role may do with sources, safety records, consents and phrases; and what shared records say today."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations
from django.utils import timezone

WRITER = "add_source change_source view_source view_drug view_procedure add_photoconsent view_photoconsent revoke_photoconsent"
EDITOR = f"{WRITER} add_drug change_drug add_procedure change_procedure change_photoconsent"
ROLES = {
    "Writer": WRITER,
    "Editor": EDITOR,
    "Medical reviewer": "view_source view_drug view_procedure view_photoconsent revoke_photoconsent view_medicalreview",
    "Manager": f"{EDITOR} view_phrase add_phrase change_phrase delete_phrase view_medicalreview",
}
NAMES = {"revoke_photoconsent": "Can write down that a patient revoked a consent"}
SHARED = ("practice", "author", "topic", "tag", "image")


def give_rights(apps, schema_editor):
    # As in 0003_roles: on a fresh database the permissions that the groups need are made here.
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    Group = apps.get_model("auth", "Group")
    for role, codenames in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        for codename in codenames.split():
            verb, _, noun = codename.partition("_")
            content_type, _ = ContentType.objects.get_or_create(app_label="blog", model=noun)
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type,
                codename=codename,
                defaults={"name": NAMES.get(codename, f"Can {verb} {noun}")},
            )
            group.permissions.add(permission)


def keep_first_versions(apps, schema_editor):
    RecordVersion = apps.get_model("blog", "RecordVersion")
    now = timezone.now()
    for name in SHARED:
        model = apps.get_model("blog", name)
        for values in model.objects.values(*[field.attname for field in model._meta.concrete_fields]).iterator():
            RecordVersion.objects.create(
                record=name,
                record_id=values[model._meta.pk.attname],
                values=json.loads(json.dumps(values, cls=DjangoJSONEncoder)),
                since=now,
            )


class Migration(migrations.Migration):
    dependencies = [("blog", "0011_medical_trust")]

    operations = [
        migrations.RunPython(give_rights, migrations.RunPython.noop),
        migrations.RunPython(keep_first_versions, migrations.RunPython.noop),
    ]
