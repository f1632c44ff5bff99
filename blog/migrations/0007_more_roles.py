"""The role of the medical reviewer, the right to take off the site, and the titles in the record so far."""

from django.db import migrations
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Left

REVIEWER = (
    "view_post view_image view_tag view_topic view_author view_auditentry view_review decide_review take_off_post"
)
ROLES = {
    "Writer": "view_review",
    "Editor": "view_review take_off_post",
    "Medical reviewer": REVIEWER,
    "Manager": "view_review take_off_post",
}
# As the models name them; 0003_roles made the others.
NAMES = {
    "release_post": "Can publish and schedule",
    "take_off_post": "Can take off the site",
    "decide_review": "Can approve a text or send it back",
}
MODELS = {"decide_review": "review", "take_off_post": "post"}


def make_roles(apps, schema_editor):
    # As in 0003_roles: on a fresh database the permissions that the groups need are made here.
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    Group = apps.get_model("auth", "Group")
    for role, codenames in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        for codename in codenames.split():
            verb, _, noun = codename.partition("_")
            content_type, _ = ContentType.objects.get_or_create(app_label="blog", model=MODELS.get(codename, noun))
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type,
                codename=codename,
                defaults={"name": NAMES.get(codename, f"Can {verb} {noun}")},
            )
            group.permissions.add(permission)
    for codename, name in NAMES.items():
        Permission.objects.filter(content_type__app_label="blog", codename=codename).update(name=name)


def name_posts_in_record(apps, schema_editor):
    AuditEntry = apps.get_model("blog", "AuditEntry")
    Post, Revision = apps.get_model("blog", "Post"), apps.get_model("blog", "Revision")
    titles = [
        Subquery(model.objects.filter(pk=OuterRef(key)).values("title")[:1])
        for model, key in ((Revision, "revision_id"), (Post, "post_id"))
    ]
    AuditEntry.objects.filter(about="").update(about=Left(Coalesce(*titles, Value("")), 200))


class Migration(migrations.Migration):
    dependencies = [("blog", "0006_staff_side")]

    operations = [
        migrations.RunPython(make_roles, migrations.RunPython.noop),
        migrations.RunPython(name_posts_in_record, migrations.RunPython.noop),
    ]
