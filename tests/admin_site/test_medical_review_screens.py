"""A clinician's signature on the staff side: ordered, given, withdrawn, due, missing; nothing where nobody reviews."""

from datetime import date

import pytest
from cast import DAY, HOUR, MINUTE, clinician, person
from django.core.management import call_command
from django.urls import reverse
from factories import make_practice
from staff_words import NOON, buttons, rows, titles, tree, words

from blog.models import AuditEntry, Author, Drug, MedicalReview, Practice, Publication, Review
from blog.publishing import (
    approve,
    lapse_for,
    newest_revision,
    publish,
    submit,
    withdraw,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
MUST, MAY = Practice.ReviewPolicy.MUST, Practice.ReviewPolicy.MAY
WORK, LIST = "/admin/", "/admin/blog/post/"
TUESDAY = {"when": "later", "date": "2026-11-24", "time": "09:00"}


def address(name, post):
    return reverse(f"admin:blog_post_{name}", args=[post.pk])


@pytest.fixture
def may(db):
    return make_practice(review_policy=MAY)


@pytest.fixture
def must(db):
    return make_practice(review_policy=MUST)


@pytest.fixture
def rita(rita):
    clinician(rita)
    return rita


@pytest.fixture
def signed(draft, erin, rita):
    """Make a live article that Rita signed: ``signed("Title", months=6, ago=30 * DAY)``."""

    def make(title="How lasers work", months=12, ago=30 * DAY, **values):
        post = draft(title, now=NOON - ago - HOUR, **values)
        submit(erin, newest_revision(post), now=NOON - ago)
        approve(rita, newest_revision(post), months=months, now=NOON - ago + MINUTE)
        publish(erin, newest_revision(post), now=NOON - ago + 2 * MINUTE)
        return post

    return make


@pytest.fixture
def screen(as_user, erin):
    """Erin's publish screen: ``screen(post)`` gets it, ``screen(post, when=…)`` presses the button."""
    client = as_user(erin)

    def use(post, **sent):
        if not sent:
            return client.get(address("publish", post))
        sent = {"revision": newest_revision(post).pk, "date": "2026-11-24", "time": "09:00", "when": "now"} | sent
        return client.post(address("publish", post), sent, follow=True)

    use.client = client
    return use


def live(post, now=NOON):
    return Publication.objects.live(now).filter(post=post).first()


def cards(answer):
    """The cards of the first page: heading to the texts of its lines."""
    return {
        section.get("aria-labelledby"): [" ".join(line.text_content().split()) for line in section.xpath(".//li")]
        for section in tree(answer).xpath("//section[contains(@class,'st-card')]")
    }


class TestPublishing:
    def test_nothing_of_it_where_nobody_reviews_and_for_news(self, screen, draft, rita):
        assert "Medical review" not in words(screen(draft()))
        make_practice(review_policy=MAY)
        assert "Medical review" not in words(screen(draft("We moved", kind="clinic_news")))
        assert "Medical review" in words(screen(draft("Peels")))

    def test_one_of_two_ways_is_chosen_and_nothing_is_preselected(self, screen, may, draft, rita):
        post = draft()
        answer = screen(post)
        said = words(answer)
        assert "No clinician has reviewed this post yet. Choose one:" in said
        assert "1 answer is missing: the review." in said
        assert "Wait for rita." in said and "Do not wait. The page will not say “Medically reviewed by”" in said
        assert not tree(answer).xpath("//input[@name='review'][@checked]")
        assert buttons(answer)[-1] == "Publish or send"
        said = words(screen(post, when="now"))
        assert (
            "Not published. Choose whether it waits for the review, or not. Go to the review" in said
            and live(post) is None
        )
        assert not Review.objects.exists()

    def test_not_waiting_publishes_without_a_label(self, screen, may, draft):
        post = draft()
        assert "It is live." in words(screen(post, review="go"))
        assert live(post) is not None and not Review.objects.exists()

    def test_the_approval_carries_out_what_was_ordered(self, screen, may, draft, rita, as_user):
        post = draft(now=NOON - HOUR)
        said = words(screen(post, review="wait", **TUESDAY))
        ordered = "The approval puts it live, not before Tuesday 9:00 am, Alaska time, as erin ordered."
        assert f"Sent for review. {ordered}" in said
        assert f"The review is about the words of today 11:00 am. {ordered}" in said
        assert live(post) is None
        answer = screen(post)
        said = words(answer)
        assert "Goes live when rita approves it." in said and f"Waits for rita.{ordered}" in said
        assert buttons(answer) == ["Take it back"]
        page = as_user(rita).get(address("review", post))
        assert ordered in words(page)
        answer = as_user(rita).post(address("review", post), decision(page, "approve"), follow=True)
        assert "is approved, these exact words. It goes live Tuesday 9:00 am, Alaska time." in words(answer)
        assert live(post, NOON + DAY) is not None and live(post) is None

    def test_an_order_is_taken_back_with_one_button(self, screen, may, draft, rita):
        post = draft()
        screen(post, review="wait")
        screen.client.post(address("take_back", post))
        assert "Choose one:" in words(screen(post))

    def test_where_a_clinician_must_the_last_button_sends(self, screen, must, draft, rita):
        post = draft()
        answer = screen(post)
        assert buttons(answer)[-1] == "Send to rita"
        said = words(answer)
        assert "In this practice no health article goes live without it." in said and "must fix" in said
        assert "Do not wait" not in said
        assert "Sent for review. The approval puts it live, at once, as erin ordered." in words(
            screen(post, review="go")
        ), "no way around it, whatever is sent"
        assert live(post) is None

    def test_where_nobody_can_sign_it_says_so(self, screen, must, draft):
        answer = screen(draft())
        assert "Nobody here can sign these words yet. A manager sets a reviewer up under Authors." in words(answer)
        assert buttons(answer)[-1] == "Send to a reviewer"

    def test_something_to_fix_comes_first(self, screen, must, draft, rita):
        answer = screen(draft(body=""))
        assert "Fix 1 thing first" in words(answer) and "Send to rita" not in buttons(answer)

    def test_signed_words_need_no_question(self, screen, must, signed, draft, erin, rita, as_user):
        post = draft(now=NOON - HOUR)
        submit(erin, newest_revision(post), now=NOON - HOUR)
        approve(rita, newest_revision(post), now=NOON - MINUTE)
        answer = screen(post)
        assert "Medically reviewed by Rita Moss, MD on November 23, 2026; due November 23, 2027." in words(answer)
        assert "Medical review" not in [h.text for h in tree(answer).xpath("//h2")] and buttons(answer) == ["Publish"]
        assert "It is live." in words(screen(post, when="now"))

    def test_it_says_how_many_words_changed_since(self, screen, may, signed, rewrite):
        post = signed()
        rewrite(post, body="<p>Light, slowly and carefully explained.</p>", now=NOON - MINUTE)
        assert "Rita Moss, MD reviewed the text of October 24, 2026. 2 words have changed since. Choose one:" in words(
            screen(post)
        )

    def test_a_spelling_correction_keeps_the_review_and_asks_nothing(self, screen, must, signed, rewrite, capsys):
        post = signed(body="<p>Light, slowly explaned for everybody.</p>")
        rewrite(post, body="<p>Light, slowly explained for everybody.</p>", now=NOON - MINUTE)
        answer = screen(post)
        assert (
            "Only the spelling of 1 word changes, so the review by Rita Moss, MD of October 24, 2026 stays. Rita Moss "
            "is told, and can withdraw it." in words(answer)
        )
        call_command("check_posts", post.pk)
        said = [
            words(screen.client.get(address("change", post))),
            str(screen.client.post(address("checks", post), {"body": newest_revision(post).body}).json()),
            capsys.readouterr().out,
        ]
        assert [text for text in said if "a clinician must approve" in text or "photo" not in text] == []
        assert "It is live." in words(screen(post, when="now"))


def decision(page, which, **more):
    """What a browser sends from the reviewer's page."""
    form = tree(page)
    hidden = {field.get("name"): field.get("value") for field in form.xpath("//main//form//input[@type='hidden']")}
    return hidden | {"decision": which, "answer": ""} | more


class TestSigning:
    @pytest.fixture
    def asked(self, may, draft, erin, rita):
        post = draft("Little lines", now=NOON - HOUR)
        submit(erin, newest_revision(post), now=NOON - HOUR)
        return post

    def test_the_page_says_what_the_signature_means_and_when_it_is_due(self, as_user, rita, asked):
        client = as_user(rita)
        page = client.get(address("review", asked))
        said = words(page)
        assert "Ask for a review." not in said, "the checks ask nobody for what is being done here"
        assert "By approving you sign as Rita Moss, MD that you have read all of this page" in said
        assert "You sign as Rita Moss, MD that exactly the words of today 11:00 am, Alaska time are right." in said
        assert "Your name and the day go on the page once these words are live." in said
        options = [" ".join(one.text_content().split()) for one in tree(page).xpath("//select[@id='id_months']/option")]
        assert options == [
            "6 months: May 23, 2027",
            "12 months: November 23, 2027",
            "24 months: November 23, 2028",
            "36 months: November 23, 2029",
        ]
        assert tree(page).xpath("//option[@selected]/@value") == ["12"]
        client.post(address("review", asked), decision(page, "approve", months="24"))
        assert MedicalReview.objects.get().due_on == date(2028, 11, 23)

    def test_safety_notes_and_sources_are_on_it_and_a_change_meanwhile_is_read_first(
        self, as_user, rita, may, draft, erin
    ):
        drug = Drug.objects.create(
            brand_name="Lumizan",
            generic_name="lumizatoxin",
            drug_class="Toxins",
            boxed_warning="It can spread.",
            call_911_if=["You cannot swallow"],
        )
        post = draft("Lumizan, explained")
        submit(erin, newest_revision(post), now=NOON - HOUR)
        client = as_user(rita)
        page = client.get(address("review", post))
        said = words(page)
        assert "Lumizan (lumizatoxin)" in said and "It can spread." in said and "You cannot swallow" in said
        for record, change in (
            (drug, {"boxed_warning": "It never spreads."}),
            (may, {"disclaimer": "Ask nobody."}),
            (drug, {"is_retired": True}),
        ):
            for name, value in change.items():
                setattr(record, name, value)
            record.save()
            answer = client.post(address("review", post), decision(page, "approve"))
            assert answer.status_code == 409 and "Something on this page changed while you read." in words(answer)
            assert not MedicalReview.objects.exists()
            page = answer

    @pytest.mark.parametrize(
        ("details", "sentence"),
        [
            (None, "Your login has no author record to sign with."),
            ({"is_medical_reviewer": False}, "Your author record says nothing of reviews."),
            ({"credentials": ""}, "Your author record has no credentials."),
        ],
    )
    def test_who_may_not_sign_reads_why_in_place_of_the_button(self, as_user, asked, details, sentence):
        rolf = person("rolf", "Medical reviewer")
        if details is not None:
            clinician(rolf, **details)
        answer = as_user(rolf).get(address("review", asked))
        assert f"You cannot sign this. {sentence}" in words(answer)
        assert "Approve these exact words" not in buttons(answer)
        assert "Send back with this note" in buttons(answer), "sending back needs no credentials"

    def test_where_nobody_reviews_an_approval_is_no_signature(self, as_user, rita, asked):
        make_practice(review_policy="nobody_yet")
        client = as_user(rita)
        page = client.get(address("review", asked))
        assert "Your signature" not in words(page)
        answer = client.post(address("review", asked), decision(page, "approve"), follow=True)
        assert "An editor publishes it." in words(answer) and not MedicalReview.objects.exists()


class TestWithdrawing:
    def test_a_reviewer_withdraws_and_the_page_loses_the_label(self, as_user, rita, may, signed):
        post = signed()
        client = as_user(rita)
        page = client.get(address("withdraw_review", post))
        said = words(page)
        assert "You signed on October 24, 2026." in said
        assert "without “Medically reviewed by Rita Moss, MD” and without “Page last reviewed”" in said
        assert buttons(page) == ["Withdraw my review"]
        assert MedicalReview.objects.standing().exists(), "looking changes nothing"
        answer = client.post(address("withdraw_review", post), decision(page, ""), follow=True)
        assert "The review of “How lasers work” is withdrawn." in words(answer)
        assert not MedicalReview.objects.standing().exists()
        assert "There is no review to withdraw." in words(client.get(address("withdraw_review", post)))

    def test_a_manager_says_why_and_others_may_not(self, as_user, mara, erin, nora, must, signed, draft):
        answer = as_user(nora).get(address("withdraw_review", draft("Peels")))
        assert answer.status_code == 403 and "Peels" not in words(answer)
        post = signed()
        answer = as_user(erin).get(address("withdraw_review", post))
        assert answer.status_code == 403 and "Only whose review this is, or a manager" in words(answer)
        client = as_user(mara)
        page = client.get(address("withdraw_review", post))
        assert "it stands in the work list of those who publish" in words(page)
        sent = decision(page, "")
        assert "Not withdrawn. Say in a few words why." in words(client.post(address("withdraw_review", post), sent))
        client.post(address("withdraw_review", post), sent | {"because": "She left"})
        assert MedicalReview.objects.get().withdrawn_because == "She left"
        assert live(post) is not None

    def test_all_of_one_person_from_their_page(self, as_user, mara, erin, rita, may, signed):
        signed("One")
        signed("Two")
        reviewer = Author.objects.get(user=rita)
        form = reverse("admin:blog_author_change", args=[reviewer.pk])
        where = reverse("admin:blog_author_withdraw_reviews", args=[reviewer.pk])
        client = as_user(mara)
        assert tree(client.get(form)).xpath("//a[contains(.,'Withdraw all reviews of')]/@href") == [where]
        assert as_user(erin).get(where).status_code == 403 and as_user(rita).get(where).status_code == 200
        page = client.get(where)
        assert "One" in words(page) and "Two" in words(page) and "Withdraw all 2 reviews" in buttons(page)
        assert "Nothing is withdrawn. Say in a few words why." in words(client.post(where, {"because": " "}))
        answer = client.post(where, {"because": "License lost"}, follow=True)
        assert "The reviews of 2 articles are withdrawn. No page names Rita Moss, MD" in words(answer)
        assert not MedicalReview.objects.standing().exists()
        assert "Withdraw all reviews" not in words(answer), "there is none any more"
        assert AuditEntry.objects.filter(act="review_withdrawn", reason="License lost").count() == 2


class TestWorkList:
    def test_due_soon_and_overdue_for_publishers_all_and_for_reviewers_theirs(self, as_user, erin, rita, may, signed):
        signed("Late", months=1, ago=31 * DAY)
        signed("Soon", months=1, ago=10 * DAY)
        signed("Far", months=12, ago=10 * DAY)
        answer = as_user(erin).get(WORK)
        late, soon = cards(answer)["reviews-due"]
        assert late.startswith("Late") and "Was due November 23, 2026" in late
        assert soon.startswith("Soon") and "Due December 13, 2026" in soon
        assert (
            len(tree(answer).xpath("//section[@aria-labelledby='reviews-due']//span[contains(@class,'st-bad')]")) == 1
        )
        assert len(cards(as_user(rita).get(WORK))["reviews-due"]) == 2
        rolf = person("rolf", "Medical reviewer")
        clinician(rolf)
        assert "reviews-due" not in cards(as_user(rolf).get(WORK)), "they signed none of it"
        assert "reviews-due" not in cards(as_user(person("walt", "Writer")).get(WORK))

    def test_what_needs_a_review_again_says_which_record_changed(self, as_user, erin, rita, may, signed, rewrite):
        drug = Drug.objects.create(brand_name="Lumizan", generic_name="lumizatoxin", drug_class="Toxins")
        lapsed, withdrawn = signed("Lumizan, explained"), signed("Peels")
        rewrite(lapsed, title="Lumizan, in other words", now=NOON - DAY)
        lapse_for(drug, NOON - HOUR)
        withdraw(rita, MedicalReview.objects.get(post=withdrawn), "A new study", now=NOON - MINUTE)
        found = cards(as_user(erin).get(WORK))["review-again"]
        assert [line.split("Ask")[0] for line in found] == [
            "Lumizan, explained“Lumizan” changed.",
            "PeelsReview withdrawn: A new study",
        ]
        assert len(cards(as_user(rita).get(WORK))["review-again"]) == 2

    def test_live_without_a_review_only_where_a_clinician_must(self, as_user, erin, rita, draft, signed, may):
        signed("Signed")
        publish(erin, newest_revision(draft("Unsigned", now=NOON - DAY)), now=NOON - HOUR)
        publish(erin, newest_revision(draft("We moved", kind="clinic_news", now=NOON - DAY)), now=NOON - HOUR)
        assert "without-review" not in cards(as_user(erin).get(WORK))
        make_practice(review_policy=MUST)
        (line,) = cards(as_user(erin).get(WORK))["without-review"]
        assert line.startswith("UnsignedReaders see it, and nobody has reviewed it")
        assert "without-review" not in cards(as_user(rita).get(WORK))

    def test_where_nobody_reviews_one_quiet_sentence_for_who_can_choose(self, as_user, mara, erin, signed, may):
        sentence = "Nobody checks health articles before they go live. Choose who under Practice."
        signed("Late", months=1, ago=40 * DAY)
        assert sentence not in words(as_user(mara).get(WORK))
        make_practice(review_policy="nobody_yet")
        answer = as_user(mara).get(WORK)
        assert words(answer).count(sentence) == 1 and "reviews-due" not in cards(answer)
        assert sentence not in words(as_user(erin).get(WORK))
        as_user(mara).post(reverse("admin:set_up_tick", args=["review_policy"]))
        assert sentence not in words(as_user(mara).get(WORK)), "choosing that it stays so is choosing"


class TestPracticeForm:
    FORM = "/admin/blog/practice/1/change/"

    def test_it_says_ahead_what_a_choice_will_do(self, as_user, mara, draft, erin, may):
        publish(erin, newest_revision(draft("Live", now=NOON - DAY)), now=NOON - HOUR)
        publish(erin, newest_revision(draft("Waiting", now=NOON - DAY)), at=NOON + DAY, now=NOON - HOUR)
        said = words(as_user(mara).get(self.FORM))
        assert "1 live health article is unreviewed now. What is live stays live" in said
        assert "Not scheduled any more by that: “Waiting”. Their drafts stay." in said
        assert "Nobody can review yet. It takes a person under Authors with “Reviews articles”" in said
        clinician(person("rolf", "Medical reviewer"))
        assert "Rolf Moss, MD can review: Authors." in words(as_user(mara).get(self.FORM))

    def test_choosing_must_unschedules_what_nobody_reviewed_and_says_so(self, as_user, mara, draft, erin, may):
        post = draft("Waiting", now=NOON - DAY)
        publish(erin, newest_revision(post), at=NOON + DAY, now=NOON - HOUR)
        sent = {"name": "Northlight", "blog_title": "Blog", "review_policy": "must"}
        answer = as_user(mara).post(self.FORM, sent, follow=True)
        assert "Not scheduled any more, because nobody has reviewed it: “Waiting”." in words(answer)
        assert not Publication.objects.filter(post=post).exists()
        assert Practice.objects.get().review_policy == "must"


def test_the_list_of_posts_has_a_column_and_a_filter_only_where_articles_are_reviewed(
    as_user, erin, signed, draft, may
):
    signed("Late", months=1, ago=31 * DAY)
    signed("Far")
    draft("Draft")
    client = as_user(erin)
    found = {row[1].split(".")[0]: row[-1] for row in rows(client.get(LIST))}
    assert {title[:4]: due for title, due in found.items()} == {
        "Late": "Overdue: Nov 23, 2026",
        "FarO": "Oct 24, 2027",
        "Draf": "–",
    }
    assert titles(client.get(f"{LIST}?review=due")) == ["Late"]
    make_practice(review_policy="nobody_yet")
    page = client.get(LIST)
    assert "Review due" not in words(page) and "overdue" not in words(page)
    assert len(rows(page)[0]) == 6
