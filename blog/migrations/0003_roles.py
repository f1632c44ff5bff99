"""The groups Writer, Editor and Manager with their permissions."""

from django.db import migrations

WRITER = "add_post change_post view_post add_image change_image view_image add_tag view_tag view_topic view_author"
EDITOR = (
    f"{WRITER} change_any_post release_post delete_image change_tag delete_tag add_topic change_topic delete_topic "
    "view_auditentry"
)
MANAGER = (
    f"{EDITOR} add_author change_author delete_author change_practice view_practice add_user change_user view_user"
)
ROLES = {"Writer": WRITER, "Editor": EDITOR, "Manager": MANAGER}
NAMES = {
    "change_any_post": "Can edit posts of others",
    "release_post": "Can publish, schedule and take off the site",
}


def make_roles(apps, schema_editor):
    # On a fresh database Django makes content types and permissions only after all migrations, so the ones that
    # the groups need are made here; Django finds them later and adds the rest.
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    Group = apps.get_model("auth", "Group")
    for role, codenames in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        for codename in codenames.split():
            model = codename.rpartition("_")[2]
            label = "auth" if model == "user" else "blog"
            content_type, _ = ContentType.objects.get_or_create(app_label=label, model=model)
            verb = codename.partition("_")[0]
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type,
                codename=codename,
                defaults={"name": NAMES.get(codename, f"Can {verb} {model}")},
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0002_one_row_tables"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
