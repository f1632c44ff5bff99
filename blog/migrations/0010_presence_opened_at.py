import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0009_lasting_audit_trail"),
    ]

    operations = [
        migrations.AddField(
            model_name="presence",
            name="opened_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
    ]
