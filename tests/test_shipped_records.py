"""The safety records that every installation starts with, and whose name stands under a record's words."""

import pytest
from cast import NOON
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from factories import make_author
from safety_records import load_shipped_records

from blog.models import ChangeStamp, Drug, Procedure, RecordVersion, Source

pytestmark = pytest.mark.django_db
GENERICS = {
    "Botox": "onabotulinumtoxinA",
    "Botox Cosmetic": "onabotulinumtoxinA",
    "Daxxify": "daxibotulinumtoxinA-lanm",
    "Dysport": "abobotulinumtoxinA",
    "Jeuveau": "prabotulinumtoxinA-xvfs",
    "Xeomin": "incobotulinumtoxinA",
}


def everything() -> list:
    return [*Drug.objects.all(), *Procedure.objects.all()]


def test_they_are_whole_sourced_and_unsigned(shipped_records):
    assert dict(Drug.objects.values_list("brand_name", "generic_name")) == GENERICS
    assert set(Procedure.objects.values_list("name", flat=True)) == {
        "Chemical peels",
        "Dermal fillers",
        "Laser and light treatments",
        "Microneedling",
    }
    for record in everything():
        record.full_clean()
        assert record.call_911_if and record.call_us_same_day_if and not record.is_retired, record
        assert (record.checked_by, record.checked_on) == (None, None), record
        found = Source.objects.in_bulk(record.sources).values()
        assert found and all(source.url.startswith("https://") and source.publisher for source in found), record
    for drug in Drug.objects.all():
        assert "life-threatening" in drug.boxed_warning and drug.label_url.startswith("https://dailymed.nlm.nih.gov/")
        assert drug.label_checked_on is None, "nobody of the clinic has read it yet"


def test_what_they_say_is_kept_from_the_start_and_pages_hear_of_it(db):
    before = ChangeStamp.current()
    load_shipped_records()
    assert ChangeStamp.current() > before
    for record in [*everything(), *Source.objects.all()]:
        versions = RecordVersion.objects.filter(record=record._meta.model_name, record_id=record.pk)
        assert len(versions) == 1, record


def test_what_a_clinic_has_written_is_not_written_over(db):
    own = Drug.objects.create(brand_name="BOTOX", generic_name="ours", drug_class="Ours", label_url="")
    source = Source.objects.create(title="Ours", url="https://medlineplus.gov/botox.html")
    load_shipped_records()
    load_shipped_records()
    own.refresh_from_db()
    assert (own.generic_name, own.call_911_if) == ("ours", [])
    assert Drug.objects.count() == 6 and Procedure.objects.count() == 4
    assert source.pk in Drug.objects.get(brand_name="Dysport").sources


def signed() -> Drug:
    drug = Drug.objects.create(brand_name="Vabotin", generic_name="vabotulin", drug_class="Toxins")
    drug.checked_by, drug.checked_on = make_author("Rita Vale", credentials="MD"), localdate(NOON)
    drug.save()
    assert Drug.objects.get().checked_by
    return drug


@pytest.mark.parametrize(
    "change",
    [
        lambda drug: (setattr(drug, "boxed_warning", "Another."), drug.save()),
        lambda drug: (setattr(drug, "call_911_if", ["it spreads"]), drug.save(update_fields=["call_911_if"])),
        lambda drug: Drug.objects.update(generic_name="other"),
        lambda drug: (setattr(drug, "sources", [3]), Drug.objects.bulk_update([drug], ["sources"])),
    ],
    ids=["saved", "one column saved", "updated", "updated in bulk"],
)
def test_a_signature_goes_with_the_words_whatever_way_they_are_saved(change):
    change(signed())
    drug = Drug.objects.get()
    assert (drug.checked_by, drug.checked_on) == (None, None)


def test_a_signature_stays_while_the_words_do():
    drug = signed()
    drug.other_names, drug.is_retired, drug.boxed_warning = ["Vab"], True, "  "
    drug.save()
    Drug.objects.update(is_retired=False)
    assert Drug.objects.get().checked_by.name == "Rita Vale"


def test_lists_that_are_no_lists_are_refused():
    with pytest.raises(ValidationError):
        Drug(brand_name="Vabotin", generic_name="x", drug_class="y", sources="3").full_clean()
