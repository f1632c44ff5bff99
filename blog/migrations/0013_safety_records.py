"""The safety records that every installation starts with: botulinum toxins, fillers, lasers, peels, microneedling.

Their words lie in ``blog/records/``. They are unsigned, and their labels unchecked, until somebody of the clinic does
that. A record of that name that is there already is the clinic's, and stays as it is. Sources come as «offer it no
more»: an article that cites one says on which day somebody read it, and so far nobody has.
"""

import json
import tomllib
from pathlib import Path

from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations
from django.db.models import F
from django.utils import timezone

FOLDER = Path(__file__).resolve().parent.parent / "records"


def read(name):
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


def load(apps, schema_editor):
    sources = _sources(apps)
    drugs = read("drugs.toml")
    made = [_record(apps, "Drug", "brand_name", drugs["common"] | one, sources) for one in drugs["drug"]] + [
        _record(apps, "Procedure", "name", one, sources) for one in read("procedures.toml")["procedure"]
    ]
    _keep_versions(apps, [one for one in [*sources.values(), *made] if one is not None])
    # Historical models do not move the stamp themselves.
    stamps = apps.get_model("blog", "ChangeStamp").objects
    stamps.get_or_create(pk=1)
    stamps.filter(pk=1).update(value=F("value") + 1)


def _sources(apps):
    Source = apps.get_model("blog", "Source")
    found, read_on = {}, None
    for key, values in read("sources.toml").items():
        if key == "accessed_on":
            read_on = values
            continue
        known = Source.objects.filter(url=values["url"]).first()
        found[key] = known or Source.objects.create(accessed_on=read_on, is_retired=True, **values)
    return found


def _record(apps, model, name, values, sources):
    Model = apps.get_model("blog", model)
    if Model.objects.filter(**{f"{name}__iexact": values[name]}).exists():
        return None
    return Model.objects.create(**values | {"sources": [sources[key].pk for key in values["sources"]]})


def _keep_versions(apps, records):
    RecordVersion = apps.get_model("blog", "RecordVersion")
    now = timezone.now()
    for record in records:
        of_it = {"record": record._meta.model_name, "record_id": record.pk}
        if not RecordVersion.objects.filter(**of_it).exists():
            raw = {field.attname: field.value_from_object(record) for field in record._meta.concrete_fields}
            values = json.loads(json.dumps(raw, cls=DjangoJSONEncoder))
            RecordVersion.objects.create(**of_it, values=values, since=now)


class Migration(migrations.Migration):
    dependencies = [("blog", "0012_medical_trust_roles")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
