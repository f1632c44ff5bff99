"""A clinician's signature under exact words: who may give it, what it says on the page, and how it ends."""

from datetime import date, timedelta
from unittest import mock

import pytest
from cast import DAY, HOUR, MINUTE, NOON, clinician, person
from django.contrib.auth.models import User
from django.utils.timezone import localdate

from blog import reading
from blog.clinic_time import months_later
from blog.models import (
    AuditEntry,
    Author,
    ChangeStamp,
    Drug,
    Mail,
    MedicalReview,
    Post,
    Practice,
    Procedure,
    Publication,
    Review,
)
from blog.publishing import (
    NotAllowed,
    Operator,
    OtherWords,
    Refused,
    affected_by,
    approve,
    due,
    duplicate,
    keep_aside,
    lapse_for,
    live_without_review,
    may_decide,
    needs_review_again,
    newest_revision,
    publish,
    queue_for,
    restore,
    send_back,
    submit,
    who_decides,
    why_not_sign,
    withdraw,
    withdraw_all,
)

pytestmark = pytest.mark.django_db
TODAY = localdate(NOON)


@pytest.fixture(autouse=True)
def may(db):
    Practice.objects.update_or_create(pk=1, defaults={"review_policy": "may"})


def rule(policy):
    Practice.objects.filter(pk=1).update(review_policy=policy)


@pytest.fixture
def doctor(rita):
    """Rita, as a physician."""
    clinician(rita)
    return rita


@pytest.fixture
def other_doctor(db):
    rolf = person("rolf", "Medical reviewer")
    clinician(rolf)
    return rolf


@pytest.fixture
def asked(draft, wilma):
    def make(title="How lasers work", now=NOON, actor=wilma, **values):
        post = draft(title, actor=actor, **values)
        submit(wilma if actor == wilma else actor, newest_revision(post), now=now)
        return Post.objects.get(pk=post.pk)

    return make


@pytest.fixture
def reviewed(asked, doctor, erin):
    """A live article that Rita has signed: ``reviewed("Title", body=…)`` gives the post."""

    def make(title="How lasers work", months=12, at=None, **values):
        post = asked(title, **values)
        approve(doctor, newest_revision(post), months=months, now=NOON)
        publish(erin, newest_revision(post), at=at, now=NOON)
        return post

    return make


def label(post, now=NOON + HOUR):
    """What the page says of its review at a moment: label, name, days; None for nothing."""
    reading.forget_practice()
    page = reading.article_page(reading.find_article(Post.objects.get(pk=post.pk).slug, now), now)
    found = page.reviewed
    return found and (found.label, found.reviewer.byline, found.reviewed_on, found.due_on)


def acts(post, *wanted):
    found = AuditEntry.objects.filter(post=post, act__in=wanted).order_by("pk")
    return list(found.values_list("act", flat=True))


class TestSigning:
    def test_an_approval_is_the_signature(self, asked, doctor, erin):
        post = asked()
        request = approve(doctor, newest_revision(post), now=NOON)
        signed = MedicalReview.objects.get()
        assert (signed.request, signed.revision, signed.signed_by) == (request, newest_revision(post), doctor)
        assert (signed.reviewer, signed.reviewed_on, signed.due_on) == (doctor.author, TODAY, date(2027, 6, 15))
        publication = publish(erin, newest_revision(post), now=NOON)
        assert publication.digest == signed.digest
        assert label(post) == ("Medically reviewed by", "Rita Moss, MD", TODAY, date(2027, 6, 15))
        assert acts(post, "approved", "medically_reviewed") == ["medically_reviewed", "approved"]

    def test_it_is_named_on_a_page_that_an_earlier_release_put_live(self, asked, doctor, erin):
        post = asked()
        with mock.patch("blog.publishing.release.digest_of", return_value=""):
            live = publish(erin, newest_revision(post), now=NOON)
        submit(erin, newest_revision(post), now=NOON + MINUTE)
        approve(doctor, newest_revision(post), now=NOON + MINUTE)
        again = Publication.objects.exclude(pk=live.pk).get()
        assert (again.released_by, again.published_at, again.body) == (erin, live.published_at, live.body)
        assert label(post) == ("Medically reviewed by", "Rita Moss, MD", TODAY, date(2027, 6, 15))

    @pytest.mark.parametrize(
        ("license_type", "said"),
        [
            *((name, "Medically") for name in ("MD", "D.O.", "np", "PA")),
            *((name, "Clinically") for name in ("RN", "", "MDX")),
        ],
    )
    def test_the_license_says_what_kind_of_review_it_was(self, reviewed, doctor, license_type, said):
        Author.objects.filter(user=doctor).update(license_type=license_type)
        assert label(reviewed())[0] == f"{said} reviewed by"

    @pytest.mark.parametrize(("months", "until"), [(1, date(2026, 7, 15)), (36, date(2029, 6, 15))])
    def test_it_is_due_when_the_clinician_says(self, asked, doctor, months, until):
        approve(doctor, newest_revision(asked()), months=months, now=NOON)
        assert MedicalReview.objects.get().due_on == until

    @pytest.mark.parametrize("months", [0, 37, -1])
    def test_not_later_than_in_three_years(self, asked, doctor, months):
        post = asked()
        with pytest.raises(Refused, match="1 to 36 months"):
            approve(doctor, newest_revision(post), months=months, now=NOON)
        assert not MedicalReview.objects.exists() and post.reviews.get().outcome == "waiting"

    @pytest.mark.parametrize(
        ("day", "months", "later"),
        [
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2028, 1, 31), 1, date(2028, 2, 29)),
            (date(2028, 2, 29), 12, date(2029, 2, 28)),
            (date(2026, 12, 15), 1, date(2027, 1, 15)),
            (date(2026, 8, 31), 36, date(2029, 8, 31)),
            (date(2026, 11, 30), 3, date(2027, 2, 28)),
        ],
    )
    def test_months_end_where_a_month_ends(self, day, months, later):
        assert months_later(day, months) == later

    def test_the_day_is_the_clinics(self, asked, doctor):
        late_evening = NOON.replace(day=16, hour=7)  # 11 pm on June 15 in Alaska
        approve(doctor, newest_revision(asked()), now=late_evening)
        assert MedicalReview.objects.get().reviewed_on == TODAY

    @pytest.mark.parametrize(("policy", "kind"), [("nobody_yet", "health_information"), ("may", "clinic_news")])
    def test_else_it_is_a_colleagues_look(self, asked, rita, erin, policy, kind):
        rule(policy)
        post = asked(kind=kind)
        assert who_decides(newest_revision(post)) == [rita] and may_decide(rita, newest_revision(post))
        assert [one.post for one in queue_for(rita, NOON)] == [post]
        approve(rita, newest_revision(post), now=NOON)
        publish(erin, newest_revision(post), now=NOON)
        assert not MedicalReview.objects.exists() and label(post) is None

    def test_something_that_changed_while_reading_is_not_signed(self, asked, doctor):
        post = asked(body="<p>Vabotin relaxes.</p>")
        with pytest.raises(OtherWords, match="Something on this page changed"):
            approve(doctor, newest_revision(post), digest="0" * 64, now=NOON)
        assert not MedicalReview.objects.exists()


class TestWhoSigns:
    @pytest.mark.parametrize(
        ("lacks", "sentence"),
        [
            ({"user": None}, "no author record to sign with. Ask a manager to choose your login under Authors"),
            ({"is_medical_reviewer": False}, "Ask a manager to tick “Reviews articles” under Authors"),
            ({"credentials": ""}, "has no credentials. Ask a manager to add them under Authors"),
            ({"is_sample": True}, "no author record to sign with"),
        ],
    )
    def test_a_clinician_with_a_record_and_credentials(self, asked, doctor, lacks, sentence):
        post = asked()
        revision = newest_revision(post)
        assert who_decides(revision) == [doctor] and [one.post for one in queue_for(doctor, NOON)] == [post]
        Author.objects.filter(user=doctor).update(**lacks)
        doctor = User.objects.get(pk=doctor.pk)
        with pytest.raises(NotAllowed, match=sentence):
            approve(doctor, revision, now=NOON)
        assert not may_decide(doctor, revision) and who_decides(revision) == [] and queue_for(doctor, NOON) == []
        assert not MedicalReview.objects.exists() and post.reviews.get().outcome == "waiting"
        assert send_back(doctor, revision, "Say may", now=NOON).outcome == "sent_back"

    def test_rights_alone_sign_nothing(self, asked, erin):
        revision = newest_revision(asked())
        root = User.objects.create_superuser("root")
        for actor in (root, Operator(), erin):
            with pytest.raises(NotAllowed):
                approve(actor, revision, now=NOON)
        clinician(root)
        assert approve(User.objects.get(pk=root.pk), revision, now=NOON).outcome == "approved"

    @pytest.mark.parametrize("hand", ["started", "signs", "saved", "saved earlier", "saved before a restored text"])
    def test_nobody_with_a_hand_in_the_words_superusers_too(self, draft, rewrite, wilma, erin, hand):
        own = User.objects.create_superuser("own")
        name = clinician(own)
        own = User.objects.get(pk=own.pk)
        post = draft(actor=own if hand == "started" else erin, **({"author": name} if hand == "signs" else {}))
        if hand in ("saved", "saved earlier", "saved before a restored text"):
            mine = rewrite(post, actor=own, body="<p>Mine.</p>")
        if hand == "saved earlier":
            rewrite(post, actor=erin, title="Somebody else's title", now=NOON + MINUTE)
        if hand == "saved before a restored text":
            rewrite(post, actor=erin, body="<p>Nothing of it.</p>", now=NOON + MINUTE)
            restore(erin, post, mine, now=NOON + HOUR)
        revision = submit(erin, newest_revision(post), now=NOON + HOUR).revision
        with pytest.raises(NotAllowed, match="your own"):
            approve(own, revision, now=NOON + HOUR)
        assert who_decides(revision) == [] and queue_for(own, NOON) == [] and not may_decide(own, revision)

    def test_words_that_are_not_in_it_any_more_keep_nobody_out(self, draft, rewrite, erin, doctor):
        post = draft()
        before = newest_revision(post)
        as_root = User(pk=doctor.pk, is_superuser=True)  # the rights of that day are over
        rewrite(post, actor=as_root, body="<p>Mine.</p>")
        restore(erin, post, before, now=NOON + MINUTE)
        assert why_not_sign(doctor, newest_revision(post)) == ""

    def test_a_signature_of_somebody_else_covers_what_was_before(self, draft, rewrite, erin, doctor, other_doctor):
        post = draft()
        as_root = User(pk=doctor.pk, is_superuser=True)
        submit(erin, rewrite(post, actor=as_root, body="<p>Mine.</p>"), now=NOON)
        approve(other_doctor, newest_revision(post), now=NOON)
        newer = rewrite(post, title="A newer title", now=NOON + HOUR)
        assert why_not_sign(doctor, newer) == "", "others have read what was the doctor's"
        withdraw(other_doctor, MedicalReview.objects.get(), now=NOON + HOUR)
        assert "your own" in why_not_sign(doctor, newer)

    def test_words_set_aside_count_where_they_stand_in_the_text(self, draft, rewrite, erin, doctor):
        post = draft()
        as_root = User(pk=doctor.pk, is_superuser=True)
        values = {**newest_revision(post).article_values(), "body": "<p>Light.</p><p>Said by the doctor.</p>"}
        keep_aside(as_root, post, values, {}, base_id=newest_revision(post).pk, now=NOON)
        assert why_not_sign(doctor, newest_revision(post)) == "", "they stand beside the text"
        taken = rewrite(post, body="<p>More.</p><p>Said by the doctor.</p>")
        assert "your own" in why_not_sign(doctor, taken)

    def test_a_copy_of_an_article_is_still_who_wrote_it(self, draft, rewrite, erin, doctor, other_doctor):
        post = draft()
        as_root = User(pk=doctor.pk, is_superuser=True)
        rewrite(post, actor=as_root, body="<p>Mine.</p>")
        rewrite(post, title="Lasers", now=NOON + MINUTE)
        copy = duplicate(erin, post, NOON + HOUR)
        newest = rewrite(copy, title="Something else", now=NOON + 2 * HOUR)
        assert "your own" in why_not_sign(doctor, newest) and why_not_sign(other_doctor, newest) == ""

    def test_a_queue_asks_the_same_however_long_it_is(self, asked, doctor, django_assert_num_queries):
        for number in range(3):
            asked(f"Post {number}")
        doctor.has_perm("blog.view_post")
        with django_assert_num_queries(5):
            assert len(queue_for(doctor, NOON)) == 3
        for number in range(9):
            asked(f"More {number}")
        with django_assert_num_queries(5):
            assert len(queue_for(doctor, NOON)) == 12


class TestOnThePage:
    def test_only_while_the_live_words_are_the_signed_ones(self, reviewed, rewrite, erin):
        post = reviewed()
        publish(erin, rewrite(post, body="<p>Other words.</p>", now=NOON + HOUR), now=NOON + HOUR)
        assert label(post, NOON + 2 * HOUR) is None
        restore(erin, post, MedicalReview.objects.get().revision, now=NOON + 3 * HOUR)
        publish(erin, newest_revision(post), now=NOON + 3 * HOUR)
        assert label(post, NOON + 4 * HOUR), "the signed words are back, and so is the signature"

    def test_both_labels_leave_on_the_day_it_is_due(self, reviewed):
        post = reviewed(months=1)
        the_day = NOON + (date(2026, 7, 15) - TODAY)
        assert label(post, the_day - timedelta(hours=21)) and label(post, the_day - timedelta(hours=12)) is None

    def test_nothing_says_so_where_nobody_reviews(self, reviewed):
        post = reviewed()
        rule("nobody_yet")
        assert label(post) is None

    def test_nobody_is_named_who_signs_the_article_or_lost_the_credentials(self, reviewed, rewrite, erin, doctor):
        post = reviewed()
        Author.objects.filter(user=doctor).update(credentials="")
        assert label(post) is None
        Author.objects.filter(user=doctor).update(credentials="MD")
        rule("nobody_yet")  # else the checks refuse it
        publish(erin, rewrite(post, author=doctor.author, now=NOON + HOUR), now=NOON + HOUR)
        rule("may")
        assert label(post, NOON + 2 * HOUR) is None

    def test_a_preview_of_a_draft_claims_nothing(self, reviewed):
        revision = newest_revision(reviewed())
        assert reading.preview_page(revision, [], NOON).reviewed is None

    def test_a_page_of_an_earlier_moment_names_who_stood_by_it_then(self, reviewed, doctor):
        post = reviewed()
        withdraw(doctor, MedicalReview.objects.get(), now=NOON + DAY)
        assert label(post, NOON + HOUR) and label(post, NOON + 2 * DAY) is None


class TestWithdrawing:
    def test_the_label_leaves_at_once_and_the_page_stays(self, reviewed, doctor):
        rule("must")
        post, before = reviewed(), ChangeStamp.current()
        assert withdraw(doctor, MedicalReview.objects.get(), now=NOON + HOUR) == [post]
        assert ChangeStamp.current() > before and label(post, NOON + 2 * HOUR) is None
        assert reading.find_article(post.slug, NOON + 2 * HOUR).title == post.title
        assert [one.post for one in live_without_review(NOON + 2 * HOUR)] == [post]
        (again,) = needs_review_again(NOON + 2 * HOUR)
        assert again.withdrawn_because == "By the reviewer, who gave no reason." and again.ended_at == NOON + HOUR
        assert acts(post, "review_withdrawn") == ["review_withdrawn"]

    def test_by_whose_it_is_or_a_manager_with_a_reason(self, reviewed, doctor, other_doctor, erin):
        post = reviewed()
        signed = MedicalReview.objects.get()
        for stranger in (other_doctor, erin, Operator()):
            if not isinstance(stranger, Operator):
                with pytest.raises(NotAllowed, match="Only whose review this is"):
                    withdraw(stranger, signed, "Wrong", now=NOON)
        mara = person("mara", "Manager")
        with pytest.raises(Refused, match="Say in a few words why"):
            withdraw(mara, signed, " ", now=NOON)
        assert label(post)
        withdraw(mara, signed, "The dose is wrong", now=NOON + MINUTE)
        assert label(post) is None and MedicalReview.objects.get().withdrawn_because == "The dose is wrong"
        with pytest.raises(Refused, match="does not stand any more"):
            withdraw(doctor, MedicalReview.objects.get(), now=NOON + HOUR)

    def test_signing_twice_is_withdrawn_once(self, reviewed, doctor, erin):
        post = reviewed()
        submit(erin, newest_revision(post), now=NOON + DAY)
        approve(doctor, newest_revision(post), now=NOON + DAY)
        withdraw(doctor, MedicalReview.objects.latest("pk"), now=NOON + DAY)
        assert label(post, NOON + 2 * DAY) is None

    def test_all_of_a_clinician_who_leaves(self, reviewed, doctor, other_doctor, asked, erin):
        posts = [reviewed("One"), reviewed("Two")]
        kept = asked("Three")
        approve(other_doctor, newest_revision(kept), now=NOON)
        publish(erin, newest_revision(kept), now=NOON)
        with pytest.raises(NotAllowed):
            withdraw_all(other_doctor, doctor.author, "She left", now=NOON)
        mara = person("mara", "Manager")
        assert withdraw_all(mara, doctor.author, "She left the practice", now=NOON + MINUTE) == posts
        assert [label(post) for post in posts] == [None, None] and label(kept)

    def test_an_approval_is_none_any_more(self, asked, doctor, erin):
        from blog.publishing import ready_to_publish, review_standing

        post = asked()
        approve(doctor, newest_revision(post), now=NOON)
        assert ready_to_publish(erin, NOON) and review_standing(post, newest_revision(post)).approved
        withdraw(doctor, MedicalReview.objects.get(), now=NOON)
        assert not ready_to_publish(erin, NOON) and not review_standing(post, newest_revision(post)).approved

    def test_a_clinicians_no_to_the_same_words_ends_it(self, reviewed, other_doctor, erin):
        post = reviewed()
        plain = person("paul", "Medical reviewer")
        for who, stays in ((plain, True), (other_doctor, False)):
            submit(erin, newest_revision(post), now=NOON + MINUTE)
            send_back(who, newest_revision(post), "The dose is wrong", now=NOON + MINUTE)
            assert (label(post) is not None) == stays

    def test_where_a_clinician_must_what_waits_for_its_minute_is_called_off(self, reviewed, doctor):
        rule("must")
        post = reviewed(at=NOON + DAY)
        withdraw(doctor, MedicalReview.objects.get(), now=NOON + HOUR)
        assert not post.publications.exists()
        assert acts(post, "scheduled", "unscheduled") == ["scheduled", "unscheduled"]


class TestChangedRecords:
    @pytest.fixture
    def drug(self):
        return Drug.objects.create(brand_name="Vabotin", generic_name="vabotulin", drug_class="Toxins")

    @pytest.fixture(autouse=True)
    def _with_mail(self, settings, doctor):
        settings.EMAIL_CONFIGURED = True
        doctor.email = "rita@example.com"
        doctor.save()

    def test_reviews_of_what_shows_a_drug_end(self, reviewed, asked, doctor, drug, rewrite, erin, wilma):
        named, chosen = reviewed("One", body="<p>Vabotin relaxes.</p>"), reviewed("Two", drugs=[drug.pk])
        stranger, never_live = reviewed("Three"), asked("Four", body="<p>Of Vabotin.</p>")
        approve(doctor, newest_revision(never_live), now=NOON)
        rewrite(chosen, title="Two, going on", now=NOON + MINUTE)
        Mail.objects.all().delete()
        assert [post.title for post in affected_by(drug, NOON + HOUR)] == ["Four", "One", "Two, going on"]
        lapse_for(drug, NOON + HOUR, erin)
        assert [label(post, NOON + 2 * HOUR) is None for post in (named, chosen, stranger)] == [True, True, False]
        ended = MedicalReview.objects.exclude(lapsed_at=None)
        assert {one.post for one in ended} == {named, chosen, never_live}
        assert {one.lapsed_because for one in ended} == {"“Vabotin” changed."}
        assert acts(named, "review_lapsed") == ["review_lapsed"] and not acts(stranger, "review_lapsed")
        # The live text that is the newest draft waits again; one with a newer draft is listed.
        assert [one.post for one in queue_for(doctor, NOON)] == [named]
        assert [one.post for one in needs_review_again(NOON + 2 * HOUR)] == [chosen]
        (mail,) = Mail.objects.all()
        assert mail.subject == "“Vabotin” changed. Please review again" and "3 articles" in mail.body

    def test_a_procedure_too(self, reviewed):
        peel = Procedure.objects.create(name="Glow peel", other_names=["light peel"])
        post = reviewed(body="<p>A light peel.</p>")
        lapse_for(peel, NOON + HOUR)
        assert label(post, NOON + 2 * HOUR) is None and affected_by(peel, NOON) == []

    def test_the_disclaimer_stands_under_everything(self, reviewed):
        posts = [reviewed("One"), reviewed("Two")]
        assert affected_by(Practice.objects.get(), NOON + HOUR) == posts
        lapse_for(Practice.objects.get(), NOON + HOUR)
        assert [label(post, NOON + 2 * HOUR) for post in posts] == [None, None]

    def test_where_nobody_reviews_nobody_hears_of_it(self, reviewed, drug, doctor):
        reviewed(body="<p>Vabotin relaxes.</p>")
        rule("nobody_yet")
        Mail.objects.all().delete()
        assert affected_by(drug, NOON) == []
        lapse_for(drug, NOON + HOUR)
        assert not Mail.objects.exists() and not Review.objects.filter(outcome="waiting").exists()
        rule("may")
        assert not MedicalReview.objects.standing().exists(), "its words are other ones all the same"

    def test_what_was_scheduled_where_a_clinician_must_waits_with_its_order(self, reviewed, drug, doctor, erin):
        rule("must")
        post = reviewed(body="<p>Vabotin relaxes.</p>", at=NOON + DAY)
        lapse_for(drug, NOON + HOUR, erin)
        assert not post.publications.exists()
        request = post.reviews.get(outcome="waiting")
        assert (request.ordered_by, request.not_before) == (erin, NOON + DAY)
        approve(doctor, newest_revision(post), now=NOON + 2 * HOUR)
        assert post.publications.get().live_from == NOON + DAY


class TestLists:
    def test_due_within_thirty_days_or_overdue(self, reviewed, rewrite, erin):
        soon, later, over = reviewed("Soon", months=2), reviewed("Later", months=12), reviewed("Over", months=1)
        moment = NOON + timedelta(days=35)
        assert [(one.post, one.due_on) for one in due(moment)] == [
            (over, date(2026, 7, 15)),
            (soon, date(2026, 8, 15)),
        ]
        assert due(NOON) == [] or [one.post for one in due(NOON)] == [over]
        rule("nobody_yet")
        assert due(moment) == [] and later.title == "Later"

    def test_must_lists_what_was_live_before(self, draft, erin, reviewed):
        old, news = draft("Old"), draft("News", kind="clinic_news")
        for post in (old, news):
            publish(erin, newest_revision(post), now=NOON)
        reviewed("Read")
        assert live_without_review(NOON + HOUR) == []
        rule("must")
        assert [one.post for one in live_without_review(NOON + HOUR)] == [old]

    def test_each_asks_once(self, reviewed, doctor, django_assert_num_queries):
        rule("must")
        for number in range(6):
            reviewed(f"Post {number}", months=1)
        for signed in MedicalReview.objects.all()[:3]:
            withdraw(doctor, signed, now=NOON)
        # The last one asks first whether there is such a rule at all.
        for look, size, questions in ((due, 3, 1), (needs_review_again, 3, 1), (live_without_review, 3, 2)):
            with django_assert_num_queries(questions):
                found = look(NOON + HOUR)
                assert len([(one.post.title, one.author.name) for one in found]) == size
