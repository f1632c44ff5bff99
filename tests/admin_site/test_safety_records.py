"""Drugs and procedures on the staff side: kept, signed, and shown with what readers see of them."""

import pytest
from django.contrib.auth.models import User
from factories import make_author, make_editor, make_post, make_practice
from staff_words import words

from blog.models import AuditEntry, Drug, MedicalReview, Procedure, RecordVersion
from blog.publishing import approve, newest_revision, publish, submit

pytestmark = pytest.mark.django_db
CHANGE = "/admin/blog/drug/{}/change/"
SIGN = "/admin/blog/drug/{}/sign/"


@pytest.fixture
def drug():
    return Drug.objects.create(
        brand_name="Vabotin",
        generic_name="vabotulin",
        drug_class="Toxins",
        boxed_warning="It may spread.",
        call_911_if=["you choke"],
        label_url="https://example.com/label",
    )


@pytest.fixture
def reviewer(rita):
    make_author("Rita Vale", credentials="MD", user=rita, is_medical_reviewer=True)
    return rita


def version(record) -> int:
    return RecordVersion.objects.filter(record=record._meta.model_name, record_id=record.pk).first().pk


def form_of(drug: Drug, **changes) -> dict:
    fields = ("brand_name", "generic_name", "drug_class", "boxed_warning", "label_url")
    values = {name: getattr(drug, name) for name in fields}
    return {**values, "call_911_if": "\n".join(drug.call_911_if), "seen": version(drug), **changes}


def test_an_editor_changes_the_words_and_it_is_written_down(as_user, drug, reviewer):
    as_user(reviewer).post(SIGN.format(drug.pk), {"seen": version(drug), "label": "1"})
    drug.refresh_from_db()
    assert drug.checked_by.name == "Rita Vale" and drug.label_checked_on == drug.checked_on
    client = as_user(make_editor())
    page = client.get(CHANGE.format(drug.pk))
    assert "by Rita Vale, MD on" in words(page) and "I have checked these words" not in words(page)
    answer = client.post(
        CHANGE.format(drug.pk),
        form_of(drug, call_911_if="you choke\n\n  you   faint ", boxed_warning="It can kill."),
        follow=True,
    )
    assert "“Vabotin”: saved. Readers see it at once." in words(answer)
    drug.refresh_from_db()
    assert drug.call_911_if == ["you choke", "you faint"] and drug.checked_by is None
    entry = AuditEntry.objects.filter(act="record_changed").get()
    assert entry.actor == make_editor()
    assert (
        entry.reason.startswith("Drug “Vabotin”: ")
        and "call 911 if" in entry.reason
        and "boxed warning" in entry.reason
    )
    assert "generic name" not in entry.reason


def test_saving_what_is_there_keeps_the_signature_and_writes_nothing(as_user, drug, reviewer):
    as_user(reviewer).post(SIGN.format(drug.pk), {"seen": version(drug)})
    drug.refresh_from_db()
    as_user(make_editor()).post(CHANGE.format(drug.pk), form_of(drug))
    drug.refresh_from_db()
    assert drug.checked_by is not None and drug.label_checked_on is None
    assert not AuditEntry.objects.filter(act="record_changed").exists()


def test_a_colleagues_change_is_not_written_over(as_user, drug):
    seen = version(drug)
    drug.boxed_warning = "Changed meanwhile."
    drug.save()
    answer = as_user(make_editor()).post(CHANGE.format(drug.pk), form_of(drug, seen=seen, boxed_warning="Mine."))
    assert "Somebody changed this record while you had it open" in words(answer) and "Mine." in answer.content.decode()
    drug.refresh_from_db()
    assert drug.boxed_warning == "Changed meanwhile."


def test_the_words_that_were_read_are_the_ones_that_are_signed(as_user, drug, reviewer):
    seen = version(drug)
    Drug.objects.update(boxed_warning="Changed meanwhile.")
    answer = as_user(reviewer).post(SIGN.format(drug.pk), {"seen": seen}, follow=True)
    assert "Somebody changed this record" in words(answer)
    drug.refresh_from_db()
    assert drug.checked_by is None


def test_who_signs(as_user, drug, erin, wilma, rita):
    for user in (erin, wilma, rita, User.objects.create_superuser("root", password="not a short one")):
        assert as_user(user).post(SIGN.format(drug.pk), {"seen": version(drug)}).status_code == 403, user
    author = make_author("Rita Vale", user=rita, is_medical_reviewer=True)
    assert as_user(rita).post(SIGN.format(drug.pk), {"seen": version(drug)}).status_code == 403, "no credentials"
    author.credentials = "MD"
    author.save()
    page = words(as_user(rita).get(CHANGE.format(drug.pk)))
    assert "I have checked these words" in page and "It may spread." in page and "you choke" in page
    assert "Save" not in page, "she may read, not change"
    as_user(rita).post(SIGN.format(drug.pk), {"seen": version(drug)})
    assert "Checked by Rita Vale, MD" in words(as_user(rita).get("/admin/blog/drug/"))
    assert AuditEntry.objects.get(act="record_signed").reason == "Drug “Vabotin”"
    assert as_user(rita).get(SIGN.format(drug.pk)).status_code == 405


def test_the_form_says_where_it_is_shown(as_user, drug):
    make_post("All about Vabotin")
    make_post("Vabotin again", live=False)
    page = words(as_user(make_editor()).get(CHANGE.format(drug.pk)))
    assert "1 article shows this note." in page and "All about Vabotin" in page and "Vabotin again" not in page


def test_nothing_is_deleted_and_new_ones_are_made(as_user, drug):
    client = as_user(make_editor())
    assert client.get(f"/admin/blog/drug/{drug.pk}/delete/").status_code == 403
    answer = client.post(
        "/admin/blog/procedure/add/",
        {
            "name": "Cold plasma",
            "procedure_type": "NoninvasiveProcedure",
            "call_us_same_day_if": "it burns",
        },
        follow=True,
    )
    assert "“Cold plasma”: saved." in words(answer)
    assert Procedure.objects.get().call_us_same_day_if == ["it burns"]
    assert AuditEntry.objects.get(act="record_changed").reason == "Procedure “Cold plasma”: new"


def test_the_first_page_says_how_many_wait_for_a_clinician(as_user, drug, reviewer, mara, wilma):
    assert "1 safety record is not checked yet" in words(as_user(mara).get("/admin/"))
    assert "1 safety record is not checked yet" in words(as_user(reviewer).get("/admin/"))
    assert "not checked yet" not in words(as_user(wilma).get("/admin/"))
    as_user(reviewer).post(SIGN.format(drug.pk), {"seen": version(drug)})
    assert "not checked yet" not in words(as_user(mara).get("/admin/"))
    assert "Vabotin" not in words(as_user(mara).get("/admin/blog/drug/?checked=no"))
    assert "Vabotin" in words(as_user(mara).get("/admin/blog/drug/?checked=yes"))


def test_other_words_put_reviewed_articles_back_into_review(as_user, drug, erin, reviewer):
    make_practice(review_policy="may")
    make_post("Something else")
    post = make_post("All about Vabotin", live=False)
    revision = newest_revision(post)
    submit(make_editor(), revision)
    approve(reviewer, revision)
    publish(make_editor(), newest_revision(post))
    client = as_user(make_editor())
    assert "1 reviewed article goes back into review when its words change." in words(
        client.get(CHANGE.format(drug.pk))
    )
    client.post(CHANGE.format(drug.pk), form_of(drug, other_names="Vab"))
    assert MedicalReview.objects.standing().count() == 1, "no word of the note is another one"
    drug.refresh_from_db()
    answer = client.post(CHANGE.format(drug.pk), form_of(drug, boxed_warning="It can kill."), follow=True)
    assert "Readers see it at once. 1 reviewed article goes back into review." in words(answer)
    assert not MedicalReview.objects.standing().exists()
