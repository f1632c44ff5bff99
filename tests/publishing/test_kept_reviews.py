"""A signature that goes on over a correction of spelling or a replaced picture, and an order that it carries out."""

import pytest
from cast import DAY, HOUR, MINUTE, NOON, clinician, person
from django.contrib.auth.models import User
from factories import make_picture, missing_for_release

from blog import reading
from blog.checks import check
from blog.models import AuditEntry, Drug, Mail, MedicalReview, Post, Practice, Publication, Review
from blog.publishing import (
    NotAllowed,
    Operator,
    Order,
    Refused,
    approve,
    due,
    newest_revision,
    publish,
    queue_for,
    ready_to_publish,
    replace_picture,
    review_standing,
    set_review_policy,
    submit,
    take_back,
    withdraw,
)

pytestmark = pytest.mark.django_db
SLIP = "<p>You will recieve a call. Expect 20 units. It occured once.</p>"
RIGHT = SLIP.replace("recieve", "receive")


@pytest.fixture(autouse=True)
def doctor(rita, settings):
    settings.EMAIL_CONFIGURED, settings.SITE_URL = True, "https://blog.example.com"
    Practice.objects.update_or_create(pk=1, defaults={"review_policy": "must"})
    clinician(rita)
    User.objects.filter(pk=rita.pk).update(email="rita@example.com")
    return User.objects.get(pk=rita.pk)


@pytest.fixture
def reviewed(draft, doctor, erin):
    def make(title="How lasers work", body=SLIP, months=12, **values):
        post = draft(title, body=body, **values)
        submit(erin, newest_revision(post), now=NOON)
        approve(doctor, newest_revision(post), months=months, now=NOON)
        publish(erin, newest_revision(post), now=NOON)
        Mail.objects.all().delete()
        return post

    return make


def label(post, now):
    reading.forget_practice()
    found = reading.article_page(reading.find_article(Post.objects.get(pk=post.pk).slug, now), now).reviewed
    return found and (found.reviewer.name, found.reviewed_on, found.due_on)


def acts(post, *wanted):
    return list(AuditEntry.objects.filter(post=post, act__in=wanted).order_by("pk").values_list("act", "reason"))


class TestSpelling:
    def test_it_stays_with_its_days_and_its_reviewer_is_told(self, reviewed, rewrite, erin, doctor):
        post = reviewed()
        before = label(post, NOON + MINUTE)
        corrected = rewrite(post, body=RIGHT, now=NOON + DAY)
        assert missing_for_release(corrected) == {}
        publish(erin, corrected, now=NOON + DAY)
        assert label(post, NOON + DAY + HOUR) == before is not None
        kept = MedicalReview.objects.latest("pk")
        assert kept.carried_from == MedicalReview.objects.earliest("pk") and kept.revision == corrected
        assert acts(post, "review_carried") == [("review_carried", "“recieve” is now “receive”")]
        (mail,) = Mail.objects.all()
        assert mail.to == "rita@example.com" and "recieve → receive" in mail.body and "erin corrected" in mail.body
        assert f"https://blog.example.com/admin/blog/post/{post.pk}/withdraw-review/" in mail.body

    @pytest.mark.parametrize(
        "values",
        [
            {"body": RIGHT.replace("20", "30")},
            {"body": RIGHT.replace("once", "never")},
            {"body": SLIP + "<p>More.</p>"},
            {"title": "How a laser works"},
            {"key_points": ["Rest"]},
            {"subtitle": "Read before your visit"},
            {"drugs": True},
            {"hero_image": True},
        ],
        ids=lambda values: next(iter(values)),
    )
    def test_whatever_else_changed_needs_a_clinician(self, reviewed, rewrite, erin, values):
        drug = Drug.objects.create(brand_name="Vabotin", generic_name="vabotulin", drug_class="Toxins")
        post = reviewed()
        if "drugs" in values:
            values = {"drugs": [drug.pk], "body": RIGHT}
        if "hero_image" in values:
            values = {"hero_image": make_picture(), "hero_alt": "A lamp", "body": RIGHT}
        other = rewrite(post, now=NOON + DAY, **values)
        with pytest.raises(Refused, match="a clinician must approve these exact words"):
            publish(erin, other, now=NOON + DAY)
        Practice.objects.update(review_policy="may")
        publish(erin, other, now=NOON + DAY)
        assert label(post, NOON + 2 * DAY) is None and not Mail.objects.filter(subject__contains="spelling").exists()

    def test_ten_words_since_they_were_read_however_often(self, reviewed, rewrite, erin):
        slips = "recieve occured seperate accomodate definately beleive swellng treatmnt seriuos goverment enviroment"
        right = "receive occurred separate accommodate definitely believe swelling treatment serious government"
        right += " environment"
        body = "<p>" + " and ".join(slips.split()) + ".</p>"
        post = reviewed(body=body)
        for number, (slip, word) in enumerate(zip(slips.split(), right.split(), strict=True), start=1):
            body = body.replace(slip, word)
            moment = NOON + number * HOUR
            Practice.objects.update(review_policy="may")
            publish(erin, rewrite(post, body=body, now=moment), now=moment)
            assert (label(post, moment + MINUTE) is not None) == (number <= 10), number

    def test_whoever_withdraws_it_ends_every_further_one(self, reviewed, rewrite, erin, doctor):
        post = reviewed()
        publish(erin, rewrite(post, body=RIGHT, now=NOON + DAY), now=NOON + DAY)
        withdraw(doctor, MedicalReview.objects.latest("pk"), now=NOON + DAY)
        assert label(post, NOON + DAY + HOUR) is None
        with pytest.raises(Refused, match="exact words"):
            publish(
                erin, rewrite(post, body=RIGHT.replace("occured", "occurred"), now=NOON + 2 * DAY), now=NOON + 2 * DAY
            )
        assert publish(erin, rewrite(post, body=SLIP, now=NOON + 3 * DAY), now=NOON + 3 * DAY), (
            "these words stand signed"
        )

    def test_nobody_corrects_what_they_signed_and_keeps_their_name_there(self, reviewed, rewrite, erin, doctor):
        post = reviewed()
        as_root = User(pk=doctor.pk, is_superuser=True)
        corrected = rewrite(post, actor=as_root, body=RIGHT, now=NOON + DAY)
        with pytest.raises(Refused, match="exact words"):
            publish(erin, corrected, now=NOON + DAY)

    def test_not_past_the_day_it_was_due(self, reviewed, rewrite, erin):
        post = reviewed(months=1)
        with pytest.raises(Refused, match="exact words"):
            publish(erin, rewrite(post, body=RIGHT, now=NOON + DAY), at=NOON + 40 * DAY, now=NOON + DAY)


class TestPictures:
    @pytest.fixture
    def pictures(self):
        return make_picture(alt_text="An old jar"), make_picture(500, 300, alt_text="A new jar")

    def body(self, image):
        return f'<p>Text</p><figure><img data-image="{image.pk}" alt="A jar"></figure>'

    def test_another_picture_with_the_same_words_stays_signed_and_is_told(
        self, reviewed, pictures, erin, rewrite, doctor
    ):
        old, new = pictures
        post = reviewed(body=self.body(old), hero_image=old, hero_alt="A jar")
        newer = reviewed("Going on", body=self.body(old))
        rewrite(newer, title="Going on, later", now=NOON + MINUTE)
        before = [label(one, NOON + HOUR) for one in (post, newer)]
        replace_picture(erin, old, new, now=NOON + DAY)
        assert [label(one, NOON + DAY + HOUR) for one in (post, newer)] == before and None not in before
        assert acts(post, "review_carried") == [("review_carried", "Only a picture was replaced.")]
        told = Mail.objects.filter(subject__startswith="A picture in").order_by("subject")
        assert [mail.subject for mail in told] == [
            "A picture in “Going on” was replaced",
            "A picture in “How lasers work” was replaced",
        ]
        assert {mail.to for mail in told} == {doctor.email} and f"/post/{post.pk}/withdraw-review/" in told[1].body
        assert due(NOON + 340 * DAY)[0].review_id == MedicalReview.objects.filter(post=post).latest("pk").pk

    def test_other_words_about_it_need_a_clinician(self, reviewed, pictures, erin):
        old, new = pictures
        post = reviewed(body=self.body(old))
        with pytest.raises(Refused, match="“How lasers work” would describe the new picture in other words"):
            replace_picture(erin, old, new, own_words=True, now=NOON + DAY)
        assert label(post, NOON + 2 * DAY) and not Publication.objects.filter(body__contains="A new jar").exists()
        Practice.objects.update(review_policy="may")
        replace_picture(erin, old, new, own_words=True, now=NOON + DAY)
        assert label(post, NOON + 2 * DAY) is None

    def test_what_was_live_unreviewed_can_lose_a_picture(self, draft, pictures, erin):
        old, new = pictures
        Practice.objects.update(review_policy="may")
        post = draft(body=self.body(old))
        publish(erin, newest_revision(post), now=NOON)
        Practice.objects.update(review_policy="must")
        replace_picture(erin, old, new, now=NOON + DAY)
        assert f'"{new.pk}"' in Publication.objects.live(NOON + DAY + HOUR).get(post=post).body

    def test_an_approved_draft_stays_approved_and_a_waiting_one_waits(self, draft, pictures, erin, doctor):
        old, new = pictures
        approved, waiting = draft("One", body=self.body(old)), draft("Two", body=self.body(old))
        for post in (approved, waiting):
            submit(erin, newest_revision(post), now=NOON)
        approve(doctor, newest_revision(approved), now=NOON)
        replace_picture(erin, old, new, now=NOON + DAY)
        assert [one.post for one in queue_for(doctor, NOON + DAY)] == [waiting]
        assert review_standing(waiting, newest_revision(waiting)).waiting.revision == newest_revision(waiting)
        assert [one.post for one in ready_to_publish(erin, NOON + DAY)] == [approved]
        publish(erin, newest_revision(approved), now=NOON + DAY)
        assert label(approved, NOON + DAY + HOUR)


class TestOrders:
    TUESDAY = NOON + DAY

    @pytest.fixture
    def ordered(self, draft, erin, wilma):
        def make(order, title="How lasers work"):
            post = draft(title, actor=wilma)
            submit(erin, newest_revision(post), order=order, now=NOON)
            return post

        return make

    def test_an_approval_publishes_not_before_its_time(self, ordered, doctor, erin):
        until = self.TUESDAY + 10 * DAY
        post = ordered(Order(self.TUESDAY, until))
        request = approve(doctor, newest_revision(post), now=NOON + HOUR)
        publication = post.publications.get()
        assert request.published == publication and publication.released_by == erin
        assert (publication.live_from, publication.live_until) == (self.TUESDAY, until)
        assert acts(post, "publish_ordered", "scheduled") == [
            ("publish_ordered", ""),
            ("scheduled", "As ordered: when approved"),
        ]
        assert label(post, self.TUESDAY + HOUR)

    @pytest.mark.parametrize("order", [Order(), Order(NOON + HOUR)])
    def test_at_once_without_a_time_or_past_it(self, ordered, doctor, order):
        post = ordered(order)
        approve(doctor, newest_revision(post), now=NOON + 2 * HOUR)
        assert post.publications.get().live_from == NOON + 2 * HOUR

    def test_it_needs_the_right_to_publish(self, draft, wilma):
        post = draft(actor=wilma)
        for actor in (wilma, Operator()):
            with pytest.raises(NotAllowed):
                submit(actor, newest_revision(post), order=Order(), now=NOON)
        with pytest.raises(Refused, match="before it goes live"):
            submit(User.objects.create_superuser("root"), newest_revision(post), order=Order(None, NOON), now=NOON)
        assert not Review.objects.exists()

    @pytest.mark.parametrize("why", ["closed", "demoted", "newer words", "out of time"])
    def test_what_cannot_be_done_never_costs_the_approval(self, ordered, doctor, erin, rewrite, why):
        User.objects.filter(pk=erin.pk).update(email="erin@example.com")
        post = ordered(Order(None, NOON + 2 * DAY) if why == "out of time" else Order())
        read = newest_revision(post)
        match why:
            case "closed":
                User.objects.filter(pk=erin.pk).update(is_active=False)
            case "demoted":
                erin.groups.clear()
            case "newer words":
                rewrite(post, actor=erin, title="Going on", now=NOON + MINUTE)
        Mail.objects.all().delete()
        request = approve(doctor, read, now=NOON + 3 * DAY)
        assert request.outcome == "approved" and request.published is None and not post.publications.exists()
        assert MedicalReview.objects.standing().count() == 1
        ((_, said),) = acts(post, "order_not_done")
        expected = {"newer words": "Newer words were saved since", "out of time": "leave the site before it goes live"}
        assert expected.get(why, "erin may not publish any more") in said
        assert said in Mail.objects.get(subject__contains="not published").body

    @pytest.mark.parametrize("ends", ["taken back", "newer words sent"])
    def test_it_is_gone_with_its_request(self, ordered, doctor, erin, wilma, rewrite, ends):
        post = ordered(Order())
        if ends == "taken back":
            take_back(wilma, post, now=NOON)
        else:
            rewrite(post, actor=wilma, title="Newer", now=NOON + MINUTE)
        submit(wilma, newest_revision(post), now=NOON + HOUR)
        approve(doctor, newest_revision(post), now=NOON + HOUR)
        assert not post.publications.exists() and not acts(post, "order_not_done")

    def test_it_can_be_given_to_what_waits_already(self, draft, wilma, erin, doctor):
        post = draft(actor=wilma)
        submit(wilma, newest_revision(post), "Please", now=NOON)
        submit(erin, newest_revision(post), order=Order(self.TUESDAY), now=NOON + HOUR)
        request = post.reviews.get()
        assert (request.note, request.submitted_by, request.ordered_by) == ("Please", wilma, erin)
        assert approve(doctor, newest_revision(post), now=NOON + HOUR).published.live_from == self.TUESDAY


class TestPolicy:
    def test_must_calls_off_what_nobody_reviewed(self, draft, erin, reviewed, rewrite):
        good = reviewed("Good")
        Practice.objects.update(review_policy="may")
        waits, news, live = draft("Waits"), draft("News", kind="clinic_news"), draft("Live")
        for post in (waits, news):
            publish(erin, newest_revision(post), at=NOON + DAY, now=NOON)
        publish(erin, newest_revision(live), now=NOON)
        publish(erin, rewrite(good, body=RIGHT, now=NOON + MINUTE), at=NOON + DAY, now=NOON + MINUTE)
        mara = person("mara", "Manager")
        with pytest.raises(NotAllowed):
            set_review_policy(erin, "must", now=NOON + HOUR)
        change = set_review_policy(mara, "must", now=NOON + HOUR)
        assert change.unscheduled == (waits,) and [one.post for one in change.live_without_review] == [live]
        later = NOON + 2 * DAY
        assert {one.post for one in Publication.objects.live(later)} == {news, live, good}
        ((_, said),) = acts(waits, "unscheduled")
        assert said.startswith("From now on a clinician must review health articles first")
        assert set_review_policy(mara, "must", now=NOON + HOUR) == type(change)()
        assert Practice.objects.get().review_policy == "must"

    def test_a_record_that_is_new_since_ends_no_review_of_what_waits(self, draft, erin, doctor):
        post = draft(body="<p>Vabotin relaxes.</p>")
        submit(erin, newest_revision(post), now=NOON)
        approve(doctor, newest_revision(post), now=NOON)
        waits = publish(erin, newest_revision(post), at=NOON + DAY, now=NOON)
        Drug.objects.create(brand_name="Vabotin", generic_name="vabotulin", drug_class="Toxins")
        Practice.objects.update(review_policy="may")
        change = set_review_policy(person("mara", "Manager"), "must", now=NOON + HOUR)
        assert change.unscheduled == () and label(post, NOON + DAY + HOUR) is not None
        assert "review_required" not in {one.rule for one in check(waits, goes_live=NOON + DAY)}

    def test_a_change_of_kind_stands_in_the_record(self, draft, erin, rewrite):
        Practice.objects.update(review_policy="may")
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        Practice.objects.update(review_policy="must")
        publish(erin, rewrite(post, kind="clinic_news", now=NOON + HOUR), now=NOON + HOUR)
        said = "Kind changed from “Health information” to “Clinic news”."
        assert [reason for _, reason in acts(post, "published")] == ["", said]

    def test_so_does_one_after_a_clinician_was_asked(self, draft, erin, rewrite):
        post = draft()
        submit(erin, newest_revision(post), now=NOON)
        publish(erin, rewrite(post, kind="clinic_news", now=NOON + HOUR), now=NOON + HOUR)
        assert "Kind changed" in acts(post, "published")[0][1]
