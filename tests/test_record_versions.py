"""What shared records said is kept, whichever way they are written."""

import pytest

from blog.models import Author, Drug, RecordVersion, Tag

pytestmark = pytest.mark.django_db


def versions(record) -> list[dict]:
    """What a record said, oldest first."""
    found = RecordVersion.objects.filter(record=record._meta.model_name, record_id=record.pk)
    return [one.values for one in found.order_by("pk")]


def test_each_change_keeps_what_the_record_says_from_then_on():
    drug = Drug.objects.create(brand_name="Vabotin", generic_name="vabotulin", drug_class="Toxins")
    drug.boxed_warning = "It may spread."
    drug.save()
    assert [one["boxed_warning"] for one in versions(drug)] == ["", "It may spread."]
    drug.save()
    assert len(versions(drug)) == 2, "nothing new was said"


def test_writes_in_bulk_keep_it_too():
    one, two = Tag.objects.bulk_create([Tag(name="Sun", slug="sun"), Tag(name="Skin", slug="skin")])
    Tag.objects.filter(pk=one.pk).update(name="Sunlight")
    two.name = "Your skin"
    Tag.objects.bulk_update([two], ["name"])
    assert [said["name"] for said in versions(one)] == ["Sun", "Sunlight"]
    assert [said["name"] for said in versions(two)] == ["Skin", "Your skin"]


def test_columns_that_a_save_leaves_alone_are_kept_as_they_are_stored():
    author = Author.objects.create(name="Ada Ray", slug="ada-ray", credentials="RN")
    other = Author(pk=author.pk, name="Ada Moss", slug="ada-ray", credentials="MD")
    other.save(update_fields=["name"])
    assert (versions(author)[-1]["name"], versions(author)[-1]["credentials"]) == ("Ada Moss", "RN")
