"""The database itself refuses to change or delete what the audit trail holds.

Restoring a backup writes the rows before the triggers, and whoever owns the database can lift them; nothing in this
code does. A later migration that makes SQLite copy this table has to make its triggers again: a test looks for them.
"""

from django.db import migrations

SENTENCE = "The audit trail is never changed or deleted."
SQLITE = {
    "blog_auditentry_update": "BEFORE UPDATE ON blog_auditentry",
    "blog_auditentry_delete": "BEFORE DELETE ON blog_auditentry",
    # «INSERT OR REPLACE» deletes without asking the trigger above.
    "blog_auditentry_replace": (
        "BEFORE INSERT ON blog_auditentry WHEN EXISTS (SELECT 1 FROM blog_auditentry WHERE id = NEW.id)"
    ),
}
POSTGRESQL = {
    "blog_auditentry_rows": "BEFORE UPDATE OR DELETE ON blog_auditentry FOR EACH ROW",
    "blog_auditentry_all": "BEFORE TRUNCATE ON blog_auditentry FOR EACH STATEMENT",
}


def guard(vendor: str) -> list[str]:
    """The statements that put the triggers up."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            for name, when in SQLITE.items()
        ]
    function = (
        "CREATE OR REPLACE FUNCTION blog_auditentry_stays() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    return [
        function,
        *(
            f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION blog_auditentry_stays()"
            for name, when in POSTGRESQL.items()
        ),
    ]


def unguard(vendor: str) -> list[str]:
    """The statements that take the triggers down."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER {name}" for name in SQLITE]
    return [
        *(f"DROP TRIGGER {name} ON blog_auditentry" for name in POSTGRESQL),
        "DROP FUNCTION blog_auditentry_stays()",
    ]


def put_up(apps, schema_editor):
    for statement in guard(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def take_down(apps, schema_editor):
    for statement in unguard(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("blog", "0008_revision_window")]

    operations = [
        migrations.AlterModelOptions(
            name="auditentry",
            options={
                "ordering": ["-at", "-pk"],
                "verbose_name": "entry in the record",
                "verbose_name_plural": "entries in the record",
            },
        ),
        migrations.RunPython(put_up, take_down),
    ]
