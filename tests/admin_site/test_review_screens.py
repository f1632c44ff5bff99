"""Asking for a review, reading and deciding on one page, and what every screen says about it meanwhile."""

import pytest
from cast import HOUR, MINUTE, person
from django.contrib.auth.models import User
from django.urls import reverse
from staff_words import NOON, buttons, tree, words

from blog.models import Author, Post, Practice, Publication, Review
from blog.publishing import approve, newest_revision, publish, send_back, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
Outcome = Review.Outcome


def address(name, post):
    return reverse(f"admin:blog_post_{name}", args=[post.pk])


@pytest.fixture
def wilma(wilma):
    Author.objects.create(name="Wilma Fox", slug="wilma-fox", user=wilma)
    return wilma


@pytest.fixture
def post(draft, wilma):
    return draft("How lasers work", actor=wilma, author=wilma.author, now=NOON - HOUR)


@pytest.fixture
def asked(post, wilma):
    submit(wilma, newest_revision(post), "Look at the doses", now=NOON - 30 * MINUTE)
    return post


def outcome(post):
    return post.reviews.latest("pk").outcome


class TestAsking:
    def test_the_editing_screen_saves_first_and_then_asks(self, as_user, wilma, post):
        client = as_user(wilma)
        assert "Ask for review…" in buttons(client.get(address("change", post)))
        sent = {"base": newest_revision(post).pk, "title": "Lasers, explained", "body": post.body, "_review": "1"}
        answer = client.post(address("change", post), sent, follow=True)
        assert answer.redirect_chain == [(address("submit", post), 302)]
        assert "Ask for a review: Lasers, explained" in words(answer)
        assert not Review.objects.exists(), "asking is the next button"

    def test_it_says_what_is_read_and_by_whom(self, as_user, wilma, post, rita):
        said = words(as_user(wilma).get(address("submit", post)))
        assert "The words of today 11:00 am, Alaska time." in said and "Saved by wilma." in said
        assert "rita can approve them or send them back. No mail is sent from here, so tell them yourself." in said

    def test_it_promises_a_mail_only_where_one_goes(self, as_user, wilma, post, rita, settings):
        settings.EMAIL_CONFIGURED = True
        assert "A mail with a link" not in words(as_user(wilma).get(address("submit", post)))
        User.objects.filter(pk=rita.pk).update(email="rita@example.com", first_name="Rita", last_name="Ray")
        person("rolf", "Medical reviewer")
        said = words(as_user(wilma).get(address("submit", post)))
        assert "Rita Ray and rolf can approve them" in said or "rolf and Rita Ray can approve them" in said
        assert "A mail with a link is sent" in said

    def test_it_says_that_nobody_can_decide_yet(self, as_user, wilma, post):
        said = words(as_user(wilma).get(address("submit", post)))
        assert "Nobody here can approve these words yet. A manager can give a colleague the role" in said

    def test_it_sends_exactly_the_words_it_showed(self, as_user, wilma, post, rewrite, erin):
        client, shown = as_user(wilma), newest_revision(post).pk
        answer = client.post(address("submit", post), {"revision": shown, "note": "The doses"}, follow=True)
        assert "the review is about the words of today 11:00 am only" in words(answer)
        assert "In review since today 12:00 pm, Alaska time. The review is about the words of today 11:00 am." in words(
            answer
        )
        newer = rewrite(post, actor=erin, title="By Erin", now=NOON - MINUTE)
        answer = client.post(address("submit", post), {"revision": shown, "note": "Kept words"})
        assert answer.status_code == 409 and "Not sent. erin saved this post" in words(answer)
        assert "Kept words" in words(answer)
        assert tree(answer).xpath("//input[@name='revision']/@value") == [str(newer.pk)]
        assert Review.objects.count() == 1

    def test_asking_again_says_what_it_replaces(self, as_user, wilma, asked, rewrite):
        client = as_user(wilma)
        assert "These words wait for a review already" in words(client.get(address("submit", asked)))
        newer = rewrite(asked, actor=wilma, title="Lasers, explained", now=NOON - MINUTE)
        said = words(client.get(address("submit", asked)))
        assert "It is about the words of today 11:00 am. When you ask now, these newer words take their place." in said
        client.post(address("submit", asked), {"revision": newer.pk})
        assert Review.objects.get(outcome=Outcome.WAITING).revision == newer

    @pytest.mark.parametrize("key", ["", "x", "9" * 30, "-1"])
    def test_a_form_without_its_text_sends_nothing(self, as_user, wilma, post, key):
        answer = as_user(wilma).post(address("submit", post), {"revision": key})
        assert "did not say which text" in words(answer) and not Review.objects.exists()

    def test_who_may_not_gets_a_sentence(self, as_user, post, rita, nora):
        for user in (rita, nora, person("walt", "Writer")):
            answer = as_user(user).post(address("submit", post), {"revision": newest_revision(post).pk})
            assert answer.status_code == 403 and "belongs to somebody else" in words(answer)
        assert not Review.objects.exists()

    def test_it_is_taken_back_with_one_button(self, as_user, wilma, asked, erin, rita):
        assert as_user(rita).post(address("take_back", asked)).status_code == 403
        as_user(wilma).get(address("take_back", asked))
        assert outcome(asked) == Outcome.WAITING, "looking changes nothing"
        answer = as_user(wilma).post(address("take_back", asked), follow=True)
        assert "It does not wait for a review any more." in words(answer) and outcome(asked) == Outcome.TAKEN_BACK
        assert "any more. Look at it" in words(as_user(erin).post(address("take_back", asked), follow=True))

    def test_editors_find_it_beside_publishing_where_somebody_reviews(self, as_user, erin, wilma, post):
        def offered(user=erin):
            found = buttons(as_user(user).get(address("change", post)))
            assert ("Publish…" in found) == (user == erin)
            return "Ask for review…" in found

        assert not offered() and offered(wilma), "a writer's only way to hand a text on is always there"
        User.objects.create_superuser("root")
        assert not offered(), "every right there is makes nobody a reviewer"
        Practice.objects.update_or_create(pk=1, defaults={"review_policy": "may"})
        assert offered()
        Practice.objects.filter(pk=1).update(review_policy="nobody_yet")
        assert not offered()
        person("rita", "Medical reviewer")
        assert offered()


class TestDeciding:
    def test_the_page_shows_the_article_as_readers_will_see_it(self, as_user, rita, asked, rewrite, wilma):
        body = "<h2>When it works</h2><p>Four to six <strong>visits</strong>.</p><script>x()</script>"
        revision = rewrite(
            asked, actor=wilma, body=body, subtitle="In short", key_points=["Rest"], now=NOON - 20 * MINUTE
        )
        submit(wilma, revision, now=NOON - 10 * MINUTE)
        Practice.objects.update_or_create(
            pk=1, defaults={"hours": "Monday to Friday", "after_hours_text": "Our nurse on call answers"}
        )
        answer = as_user(rita).get(address("review", asked))
        said = words(answer)
        assert "Review: How lasers work" in said and "By Wilma Fox. wilma asked today 11:50 am, Alaska time." in said
        article = tree(answer).xpath("//section[@aria-labelledby='as-readers']")[0]
        assert article.xpath(".//div[@class='box'][contains(., 'Problem after')]//br/following-sibling::text()") == [
            "Monday to Friday",
            "Our nurse on call answers",
        ]
        assert article.xpath(".//h2[@id and text()='When it works']") and article.xpath(".//strong[text()='visits']")
        assert "In short" in article.text_content() and "x()" not in answer.content.decode()
        assert "All of it is new. Nobody has approved an earlier text, and readers see none." in said
        assert "Covers the words of today 11:40 am, Alaska time, nothing later." in said
        assert buttons(answer) == ["Send back with this note", "Approve these exact words"]

    def test_the_writers_note_stands_on_it(self, as_user, rita, asked):
        said = words(as_user(rita).get(address("review", asked)))
        assert "wilma asks you to look atLook at the doses" in said

    def test_what_changed_since_readers_text_is_marked(self, as_user, rita, post, rewrite, wilma, erin):
        publish(erin, newest_revision(post), now=NOON - 30 * MINUTE)
        newer = rewrite(
            post, actor=wilma, body="<p>Light, quickly explained.</p>", seo_title="Lasers", now=NOON - MINUTE
        )
        submit(wilma, newer, now=NOON)
        answer = as_user(rita).get(address("review", post))
        assert "What changed since the text that readers see since November 23 2 places" in words(answer)
        assert tree(answer).xpath("//del/text()") == ["slowly"]
        assert tree(answer).xpath("//ins/text()") == ["quickly", "Lasers"]
        assert "Take off the site…" in words(answer), "a reviewer may always do that"

    def test_an_approval_since_then_is_what_it_is_compared_with(self, as_user, rita, asked, rewrite, wilma):
        approve(rita, newest_revision(asked), now=NOON - 20 * MINUTE)
        newer = rewrite(asked, actor=wilma, title="Lasers, explained", now=NOON - 10 * MINUTE)
        submit(wilma, newer, now=NOON)
        said = words(as_user(rita).get(address("review", asked)))
        assert "What changed since the text that rita approved on November 23 1 place" in said

    def test_so_is_what_was_sent_back_and_its_note_stands_by(self, as_user, rita, asked, rewrite, wilma):
        send_back(rita, newest_revision(asked), "Say “may help”.", now=NOON - 20 * MINUTE)
        newer = rewrite(asked, actor=wilma, title="Lasers, explained", now=NOON - 10 * MINUTE)
        submit(wilma, newer, now=NOON)
        said = words(as_user(rita).get(address("review", asked)))
        assert "What changed since the text that rita sent back on November 23 1 place" in said
        assert "The note of that day: “Say “may help”.”" in said

    def test_approving(self, as_user, rita, asked, erin, wilma):
        sent = {"revision": newest_revision(asked).pk, "decision": "approve"}
        answer = as_user(rita).post(address("review", asked), sent, follow=True)
        assert "“How lasers work” is approved, these exact words. An editor publishes it." in words(answer)
        covered = "That covers exactly the words of today 11:00 am. Other words need a new review."
        assert covered in words(as_user(wilma).get(address("change", asked)))
        assert outcome(asked) == Outcome.APPROVED and not Publication.objects.exists()
        approved = "Approved by rita, today 12:00 pm, Alaska time."
        assert approved in words(as_user(erin).get(address("publish", asked)))
        assert approved in words(as_user(erin).get(address("change", asked)))
        assert approved in words(as_user(wilma).get(address("change", asked)))

    def test_other_words_are_not_approved(self, as_user, rita, asked, erin, wilma, rewrite):
        approve(rita, newest_revision(asked), now=NOON - 10 * MINUTE)
        rewrite(asked, actor=wilma, title="Lasers, explained", now=NOON - MINUTE)
        for name in ("publish", "change"):
            assert "Approved by" not in words(as_user(erin).get(address(name, asked)))

    def test_sending_back_needs_a_note_and_keeps_what_was_typed(self, as_user, rita, asked, wilma):
        client, sent = as_user(rita), {"revision": newest_revision(asked).pk, "decision": "send_back"}
        answer = client.post(address("review", asked), sent | {"answer": "  "})
        assert "Not sent back yet. Write what should change" in words(answer) and outcome(asked) == Outcome.WAITING
        answer = client.post(address("review", asked), sent | {"answer": "Say <b>may</b>,\nnot will."}, follow=True)
        assert "is sent back with your note. Readers see no change." in words(answer)
        answer = as_user(wilma).get(address("change", asked))
        assert "Sent back by rita, today 12:00 pm, Alaska time.Say <b>may</b>,not will." in words(answer)

    def test_the_note_goes_with_the_next_save(self, as_user, rita, asked, wilma, rewrite):
        send_back(rita, newest_revision(asked), "Say may", now=NOON - 10 * MINUTE)
        rewrite(asked, actor=wilma, title="Lasers may help", now=NOON - MINUTE)
        assert "Sent back" not in words(as_user(wilma).get(address("change", asked)))

    def test_newer_words_refuse_the_decision(self, as_user, rita, asked, wilma, rewrite):
        old = newest_revision(asked)
        newer = rewrite(asked, actor=wilma, title="Lasers, explained", now=NOON - 10 * MINUTE)
        submit(wilma, newer, now=NOON - MINUTE)
        for decision in ("approve", "send_back"):
            sent = {"revision": old.pk, "decision": decision, "answer": "Typed already"}
            answer = as_user(rita).post(address("review", asked), sent)
            assert answer.status_code == 409
            assert "Not decided. Newer words were sent for review while you read. Nothing was decided." in words(answer)
            assert tree(answer).xpath("//input[@name='revision']/@value") == [str(newer.pk)]
            assert tree(answer).get_element_by_id("id_answer").text.strip() == "Typed already"
        assert outcome(asked) == Outcome.WAITING

    def test_words_that_were_written_since_are_pointed_out(self, as_user, rita, asked, wilma, rewrite):
        rewrite(asked, actor=wilma, body="<p>Other words.</p>", now=NOON - MINUTE)
        said = words(as_user(rita).get(address("review", asked)))
        assert "The draft has gone on since. This page is about the words of today 11:00 am" in said
        assert "Other words" not in said and "slowly explained" in said
        assert "What was saved later is not part of it" in words(as_user(wilma).get(address("change", asked)))

    @pytest.mark.parametrize("sent", [{}, {"decision": "approve"}, {"decision": "publish", "revision": "1"}])
    def test_a_form_that_does_not_say_what_decides_nothing(self, as_user, rita, asked, sent):
        answer = as_user(rita).post(address("review", asked), sent)
        assert answer.status_code == 409 and outcome(asked) == Outcome.WAITING

    def test_own_words_are_shown_and_not_decided(self, as_user, asked, wilma, root):
        both = User.objects.get(pk=wilma.pk)
        both.is_superuser = True
        both.save()
        client = as_user(both)
        answer = client.get(address("review", asked))
        assert "These are your own words, so somebody else decides about them." in words(answer)
        assert buttons(answer) == ["Take it back"]
        answer = client.post(address("review", asked), {"revision": newest_revision(asked).pk, "decision": "approve"})
        assert answer.status_code == 403 and "your own words" in words(answer) and outcome(asked) == Outcome.WAITING
        assert "Approve these exact words" in buttons(as_user(root).get(address("review", asked)))

    def test_others_read_it_and_decide_nothing(self, as_user, asked, erin, wilma, nora):
        for user in (erin, wilma):
            answer = as_user(user).get(address("review", asked))
            assert "Your login may read it, not decide." in words(answer)
            sent = {"revision": newest_revision(asked).pk, "decision": "approve"}
            assert as_user(user).post(address("review", asked), sent).status_code == 403
        assert as_user(nora).get(address("review", asked)).status_code == 403
        assert outcome(asked) == Outcome.WAITING

    def test_when_nothing_waits_it_says_what_happened(self, as_user, rita, post, wilma):
        said = words(as_user(rita).get(address("review", post)))
        assert "Nothing of this post waits for a review." in said
        approve(rita, submit(wilma, newest_revision(post), now=NOON).revision, now=NOON)
        said = words(as_user(rita).get(address("review", post)))
        assert "Approved by rita, today 12:00 pm, Alaska time." in said
        assert as_user(rita).get("/admin/blog/post/999/review/").status_code == 404

    def test_a_second_reviewer_is_told_who_was_first(self, as_user, rita, asked):
        revision = newest_revision(asked)
        approve(rita, revision, now=NOON - MINUTE)
        rolf = as_user(person("rolf", "Medical reviewer"))
        answer = rolf.post(address("review", asked), {"revision": revision.pk, "decision": "send_back", "answer": "No"})
        assert answer.status_code == 409
        assert "Not decided. rita approved these words today 11:59 am, Alaska time." in words(answer)

    def test_it_costs_few_queries(self, as_user, rita, asked, django_assert_max_num_queries):
        client = as_user(rita)
        client.get(address("review", asked))
        with django_assert_max_num_queries(26):
            client.get(address("review", asked))


class TestElsewhere:
    def test_publishing_says_that_somebody_was_asked(self, as_user, erin, asked):
        said = words(as_user(erin).get(address("publish", asked)))
        assert "In review since today 11:30 am, Alaska time, the words of today 11:00 am." in said

    def test_a_reviewer_reads_the_post_and_finds_the_review(self, as_user, rita, asked):
        page = tree(as_user(rita).get(address("change", asked)))
        assert page.xpath("//a[normalize-space()='Review it']/@href") == [address("review", asked)]
        assert not page.xpath("//form[@id='post_form']")

    def test_a_reviewer_takes_a_page_off_and_publishes_nothing(self, as_user, rita, post, erin):
        publish(erin, newest_revision(post), now=NOON - HOUR)
        client = as_user(rita)
        assert client.get(address("publish", post)).status_code == 403
        page = tree(client.get(address("change", post)))
        assert page.xpath("//a[normalize-space()='Take off the site…']/@href") == [address("take_off", post)]
        answer = client.post(address("take_off", post), {"when": "now", "reason": "A wrong dose"}, follow=True)
        assert "It is off the site." in words(answer)
        assert not Publication.objects.live(NOON + MINUTE).filter(post=post).exists()
        assert Post.objects.with_staff_word(NOON + MINUTE).get(pk=post.pk).staff_word == "off_the_site"
