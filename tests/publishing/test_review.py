"""A look at a draft by a colleague: about one revision, decided once, never about own words, seen where it counts."""

import pytest
from cast import DAY, HOUR, MINUTE, NOON, clinician, person
from django.contrib.auth.models import User

from blog.models import AuditEntry, Author, Mail, Post, Practice, Publication, Review, SampleContent, StaffWord
from blog.publishing import (
    EditConflict,
    NotAllowed,
    Operator,
    OtherWords,
    Refused,
    approve,
    move_to_trash,
    newest_revision,
    publish,
    put_back,
    queue_for,
    ready_to_publish,
    remove_samples,
    restore_from_trash,
    review_standing,
    send_back,
    sent_back_to,
    submit,
    take_back,
    take_off,
    who_decides,
)

pytestmark = pytest.mark.django_db
Outcome = Review.Outcome


@pytest.fixture
def asked(draft, wilma):
    """A post of Wilma's that waits for a review: ``asked("Title")`` gives it."""

    def make(title="How lasers work", now=NOON, note="Look at the doses"):
        post = draft(title, actor=wilma)
        submit(wilma, newest_revision(post), note, now=now)
        return Post.objects.get(pk=post.pk)

    return make


def word(post, now=NOON):
    return Post.objects.with_staff_word(now).get(pk=post.pk).staff_word


def outcomes(post):
    return list(post.reviews.order_by("pk").values_list("outcome", flat=True))


def stands(post):
    return review_standing(post, newest_revision(post))


class TestAsking:
    def test_notes_keep_only_what_a_database_can_hold(self, asked, rita):
        post = asked(note="Look\x00 at the doses\x07")
        assert stands(post).waiting.note == "Look at the doses"
        assert send_back(rita, newest_revision(post), "\x00Shorter").answer == "Shorter"

    def test_it_waits_with_its_note(self, asked, wilma):
        post = asked()
        review = stands(post).waiting
        assert (review.revision, review.submitted_by, review.note) == (
            newest_revision(post),
            wilma,
            "Look at the doses",
        )
        assert word(post) == StaffWord.IN_REVIEW

    def test_going_on_writing_changes_nothing_about_it(self, asked, rewrite, wilma):
        post = asked()
        before = newest_revision(post)
        rewrite(post, actor=wilma, title="Lasers, explained", now=NOON + MINUTE)
        assert stands(post).waiting.revision == before and word(post) == StaffWord.IN_REVIEW

    def test_asking_again_puts_the_newer_words_in_its_place(self, asked, rewrite, wilma):
        post = asked()
        newer = rewrite(post, actor=wilma, title="Lasers, explained", now=NOON + MINUTE)
        submit(wilma, newer, now=NOON + HOUR)
        assert outcomes(post) == [Outcome.REPLACED, Outcome.WAITING] and stands(post).waiting.revision == newer

    def test_a_second_press_changes_nothing(self, asked, wilma):
        post = asked()
        again = submit(wilma, newest_revision(post), "Twice", now=NOON + HOUR)
        assert again.note == "Look at the doses" and outcomes(post) == [Outcome.WAITING]
        assert AuditEntry.objects.filter(act=AuditEntry.Act.SUBMITTED).count() == 1

    def test_only_the_newest_words_are_asked_about(self, draft, rewrite, wilma):
        post = draft(actor=wilma)
        old = newest_revision(post)
        rewrite(post, title="Lasers, explained")
        with pytest.raises(EditConflict):
            submit(wilma, old, now=NOON)
        assert not Review.objects.exists()

    def test_not_from_the_trash(self, draft, wilma):
        post = draft(actor=wilma)
        move_to_trash(wilma, post, now=NOON)
        with pytest.raises(Refused, match="in the trash"):
            submit(wilma, newest_revision(post), now=NOON)

    def test_it_can_be_taken_back(self, asked, wilma):
        post = asked()
        take_back(wilma, post, now=NOON + HOUR)
        assert outcomes(post) == [Outcome.TAKEN_BACK] and word(post) == StaffWord.DRAFT
        assert stands(post) == review_standing(post, None)
        with pytest.raises(Refused, match="does not wait"):
            take_back(wilma, post, now=NOON + HOUR)


class TestDeciding:
    def test_an_approval_publishes_nothing(self, asked, rita):
        post = asked()
        approve(rita, newest_revision(post), now=NOON + HOUR)
        found = stands(post).approved
        assert (found.decided_by, found.decided_at) == (rita, NOON + HOUR)
        assert not Publication.objects.exists() and word(post) == StaffWord.DRAFT

    def test_it_holds_only_while_these_are_the_newest_words(self, asked, rewrite, rita, wilma):
        post = asked()
        approve(rita, newest_revision(post), now=NOON + HOUR)
        rewrite(post, actor=wilma, title="Lasers, explained", now=NOON + 2 * HOUR)
        assert stands(post).approved is None

    def test_an_approval_of_words_that_are_not_the_newest_is_none_of_the_draft(self, asked, rewrite, rita, wilma):
        post = asked()
        read = newest_revision(post)
        rewrite(post, actor=wilma, title="Lasers, explained", now=NOON + MINUTE)
        approve(rita, read, now=NOON + HOUR)
        assert outcomes(post) == [Outcome.APPROVED] and stands(post).approved is None

    def test_it_is_sent_back_with_a_note_until_the_next_save(self, asked, rewrite, rita, wilma):
        post = asked()
        send_back(rita, newest_revision(post), "  Say may, not will.  ", now=NOON + HOUR)
        found = stands(post).sent_back
        assert (found.answer, found.decided_by, word(post)) == ("Say may, not will.", rita, StaffWord.DRAFT)
        rewrite(post, actor=wilma, title="Lasers may help", now=NOON + 2 * HOUR)
        assert stands(post).sent_back is None

    def test_a_note_stays_for_who_had_gone_on_writing(self, asked, rewrite, rita, wilma):
        post = asked()
        read = newest_revision(post)
        rewrite(post, actor=wilma, title="Lasers, explained", now=NOON + MINUTE)
        send_back(rita, read, "Say may, not will.", now=NOON + HOUR)
        assert stands(post).sent_back is not None

    def test_asking_again_ends_the_note(self, asked, rita, wilma):
        post = asked()
        send_back(rita, newest_revision(post), "Why?", now=NOON + HOUR)
        submit(wilma, newest_revision(post), "Because", now=NOON + 2 * HOUR)
        assert stands(post).sent_back is None and stands(post).waiting

    def test_sending_back_needs_a_note(self, asked, rita):
        post = asked()
        with pytest.raises(Refused, match="Write what should change"):
            send_back(rita, newest_revision(post), " \n ", now=NOON)
        assert outcomes(post) == [Outcome.WAITING]

    @pytest.mark.parametrize("decide", [approve, lambda *args, **kwargs: send_back(*args[:2], "No", **kwargs)])
    def test_not_if_newer_words_wait_now(self, asked, rewrite, rita, wilma, decide):
        post = asked()
        read = newest_revision(post)
        submit(wilma, rewrite(post, actor=wilma, title="Lasers, explained", now=NOON + MINUTE), now=NOON + MINUTE)
        with pytest.raises(OtherWords, match="Newer words were sent for review while you read"):
            decide(rita, read, now=NOON + HOUR)
        assert outcomes(post) == [Outcome.REPLACED, Outcome.WAITING]

    def test_a_second_decision_says_who_decided(self, asked, rita):
        post, read = (found := asked()), newest_revision(found)
        approve(rita, read, now=NOON)
        with pytest.raises(OtherWords, match="rita approved these words today 12:00 pm, Alaska time"):
            send_back(person("rolf", "Medical reviewer"), read, "No", now=NOON + HOUR)
        assert outcomes(post) == [Outcome.APPROVED]

    def test_words_that_nobody_asked_about_are_not_decided(self, draft, rita):
        with pytest.raises(OtherWords, match="Nobody asked for a review of these words"):
            approve(rita, newest_revision(draft()), now=NOON)

    def test_own_words_are_never_decided_whatever_the_rights(self, draft, rewrite, author):
        """Who started the post, who signs it, who saved this revision: nobody of them, a superuser neither."""
        started, signs, saved = (User.objects.create_superuser(name) for name in ("one", "two", "three"))
        Author.objects.filter(pk=author.pk).update(user=signs)
        post = draft(actor=started)
        revision = submit(started, rewrite(post, actor=saved, title="By three"), now=NOON).revision
        for own in (started, signs, saved):
            with pytest.raises(NotAllowed, match="your own words"):
                approve(own, revision, now=NOON)
            assert queue_for(own, NOON) == []
        assert who_decides(revision) == []
        other = User.objects.create_superuser("four")
        User.objects.update(is_staff=True)
        assert who_decides(revision) == [other]
        assert approve(other, revision, now=NOON).outcome == Outcome.APPROVED

    def test_a_command_decides_nothing(self, asked):
        with pytest.raises(NotAllowed):
            approve(Operator(), newest_revision(asked()), now=NOON)


class TestBesidePublishing:
    def test_publishing_replaces_what_waits(self, asked, erin):
        post = asked()
        publish(erin, newest_revision(post), now=NOON + HOUR)
        assert outcomes(post) == [Outcome.REPLACED] and word(post, NOON + HOUR) == StaffWord.LIVE

    def test_scheduling_does_too(self, asked, erin):
        post = asked()
        publish(erin, newest_revision(post), at=NOON + DAY, now=NOON + HOUR)
        assert outcomes(post) == [Outcome.REPLACED] and word(post, NOON + HOUR) == StaffWord.SCHEDULED

    def test_taking_off_does_not(self, asked, erin, wilma, rewrite):
        post = asked()
        publish(erin, newest_revision(post), now=NOON)
        submit(wilma, rewrite(post, actor=wilma, title="New", now=NOON + MINUTE), now=NOON + HOUR)
        take_off(erin, post, "Wrong", now=NOON + HOUR)
        assert word(post, NOON + HOUR) == StaffWord.IN_REVIEW

    def test_in_the_trash_nobody_is_asked_and_out_of_it_it_waits_again(self, asked, wilma, rita):
        post = asked()
        move_to_trash(wilma, post, now=NOON)
        assert queue_for(rita, NOON) == []
        with pytest.raises(Refused, match="in the trash"):
            approve(rita, newest_revision(post), now=NOON)
        restore_from_trash(wilma, post, now=NOON)
        assert [one.post for one in queue_for(rita, NOON)] == [post]

    def test_samples_go_with_their_reviews(self, draft, erin, rita):
        post = draft()
        Post.objects.update(is_sample=True)
        SampleContent.objects.create()
        approve(rita, submit(erin, newest_revision(post), now=NOON).revision, now=NOON)
        assert remove_samples(erin) == 1
        assert not Review.objects.exists() and AuditEntry.objects.filter(about="How lasers work").count() == 2


class TestMust:
    """What the practice promises with «A clinician must»."""

    @pytest.fixture(autouse=True)
    def must(self, rita):
        clinician(rita)
        Practice.objects.update_or_create(pk=1, defaults={"review_policy": "must"})

    @pytest.mark.parametrize("when", [{}, {"at": NOON + DAY}])
    def test_exactly_the_approved_words_go_live_and_no_others(self, asked, rita, erin, rewrite, when):
        post = asked()
        for actor in (erin, User.objects.create_superuser("root"), Operator()):
            with pytest.raises(Refused, match="a clinician must approve these exact words first"):
                publish(actor, newest_revision(post), now=NOON, **when)
        approve(rita, newest_revision(post), now=NOON)
        newer = rewrite(post, title="Other words")
        with pytest.raises(Refused, match="exact words"):
            publish(erin, newer, now=NOON, **when)
        assert not Publication.objects.exists()
        submit(erin, newer, now=NOON)
        approve(rita, newer, now=NOON)
        assert publish(erin, newer, now=NOON, **when).title == "Other words"

    def test_an_approval_that_another_decision_followed_is_none(self, asked, rita, erin, wilma):
        post = asked()
        approve(rita, newest_revision(post), now=NOON)
        submit(wilma, newest_revision(post), now=NOON)
        send_back(rita, newest_revision(post), "The dose is wrong", now=NOON)
        with pytest.raises(Refused, match="exact words"):
            publish(erin, newest_revision(post), now=NOON)

    def test_news_needs_nobody(self, draft, erin):
        assert publish(erin, newest_revision(draft(kind=Post.Kind.CLINIC_NEWS)), now=NOON)

    def test_an_undone_take_off_brings_nothing_back_that_nobody_approved(self, draft, erin):
        post = draft()
        Practice.objects.update(review_policy="may")
        live = publish(erin, newest_revision(post), now=NOON)
        take_off(erin, post, "Out of date", now=NOON + MINUTE)
        Practice.objects.update(review_policy="must")
        live.refresh_from_db()
        with pytest.raises(Refused, match="a clinician must approve"):
            put_back(erin, live, now=NOON + 2 * MINUTE)


class TestQueues:
    def test_a_reviewer_sees_the_longest_wait_first(self, asked, rita, wilma, nora, erin):
        late, early = asked("Late", now=NOON), asked("Early", now=NOON - HOUR)
        assert [one.post for one in queue_for(rita, NOON)] == [early, late]
        assert [queue_for(one, NOON) for one in (wilma, nora, erin, Operator())] == [[], [], [], []]

    def test_it_says_whether_readers_see_an_earlier_text(self, asked, rewrite, erin, wilma, rita):
        post = asked()
        publish(erin, newest_revision(post), now=NOON)
        submit(wilma, rewrite(post, actor=wilma, title="New", now=NOON + MINUTE), now=NOON + HOUR)
        assert [one.is_live for one in queue_for(rita, NOON + HOUR)] == [True]
        assert [one.is_live for one in queue_for(rita, NOON - HOUR)] == [False]

    def test_what_was_sent_back_comes_to_its_writer(self, asked, rewrite, rita, wilma, erin):
        post = asked()
        send_back(rita, newest_revision(post), "Why?", now=NOON + HOUR)
        assert [one.post for one in sent_back_to(wilma)] == [post]
        assert sent_back_to(erin) == sent_back_to(rita) == sent_back_to(Operator()) == []
        revision = rewrite(post, actor=wilma, title="New", now=NOON + 2 * HOUR)
        assert [one.post for one in sent_back_to(wilma)] == [post], "it still has to be sent again"
        submit(wilma, revision, now=NOON + 3 * HOUR)
        assert sent_back_to(wilma) == []
        take_back(wilma, post, now=NOON + 4 * HOUR)
        assert [one.post for one in sent_back_to(wilma)] == [post]
        publish(erin, revision, now=NOON + 5 * HOUR)
        assert sent_back_to(wilma) == []

    def test_what_is_approved_comes_to_editors_until_it_is_out(self, asked, rewrite, rita, erin, wilma):
        post, other = asked(), asked("Other")
        for one in (post, other):
            approve(rita, newest_revision(one), now=NOON + HOUR)
        rewrite(other, actor=wilma, title="Changed since", now=NOON + 2 * HOUR)
        assert [one.post for one in ready_to_publish(erin, NOON + HOUR)] == [post]
        assert ready_to_publish(wilma, NOON + HOUR) == []
        publish(erin, newest_revision(post), at=NOON + DAY, now=NOON + HOUR)
        assert ready_to_publish(erin, NOON + HOUR) == []

    def test_each_costs_one_query_however_much_waits(self, asked, rita, wilma, erin, django_assert_num_queries):
        for number in range(4):
            asked(f"Post {number}")
        for number in range(4):
            send_back(rita, newest_revision(asked(f"Back {number}")), "Why?", now=NOON + HOUR)
            approve(rita, newest_revision(asked(f"Good {number}")), now=NOON + HOUR)
        for actor in (rita, wilma, erin):
            actor.has_perm("blog.view_post")  # rights are read once for each request
        for look, size in (
            (lambda: queue_for(rita, NOON), 4),
            (lambda: sent_back_to(wilma), 4),
            (lambda: ready_to_publish(erin, NOON), 4),
        ):
            with django_assert_num_queries(1):
                found = look()
                words = [
                    (one.post.title, one.revision.title, str(one.submitted_by), one.revision.author) for one in found
                ]
            assert len(words) == size

    def test_where_one_stands_costs_one_query(self, asked, rita, django_assert_num_queries):
        post = asked()
        newest = newest_revision(post)
        with django_assert_num_queries(1):
            assert str(review_standing(post, newest).waiting.submitted_by) == "wilma"


class TestRecord:
    def test_every_act_is_written_down(self, asked, rita, wilma):
        post = asked()
        send_back(rita, newest_revision(post), "Say may", now=NOON + HOUR)
        submit(wilma, newest_revision(post), now=NOON + 2 * HOUR)
        take_back(wilma, post, now=NOON + 3 * HOUR)
        submit(wilma, newest_revision(post), now=NOON + 4 * HOUR)
        approve(rita, newest_revision(post), now=NOON + 5 * HOUR)
        found = AuditEntry.objects.filter(post=post).order_by("pk").values_list("act", "actor__username", "reason")
        assert list(found) == [
            ("submitted", "wilma", "Look at the doses"),
            ("sent_back", "rita", "Say may"),
            ("submitted", "wilma", ""),
            ("taken_back", "wilma", ""),
            ("submitted", "wilma", ""),
            ("approved", "rita", ""),
        ]


class TestMails:
    @pytest.fixture(autouse=True)
    def _with_mail(self, settings):
        settings.EMAIL_CONFIGURED, settings.SITE_URL = True, "https://blog.example.com"

    @pytest.fixture
    def cast(self, rita, wilma, erin):
        for user in (rita, wilma, erin):
            user.email = f"{user.username}@example.com"
            user.save()
        root = User.objects.create_superuser("root", "root@example.com")
        person("mute", "Medical reviewer")
        closed = person("closed", "Medical reviewer")
        User.objects.filter(pk=closed.pk).update(is_active=False, email="closed@example.com")
        return root

    def test_whoever_may_decide_is_told_and_nobody_else(self, cast, asked):
        post = asked("Lasers")
        found = Mail.objects.order_by("to")
        assert [one.to for one in found] == ["rita@example.com", "root@example.com"]
        assert {one.subject for one in found} == {"“Lasers” waits for your review"}
        assert f"https://blog.example.com/admin/blog/post/{post.pk}/review/" in found[0].body
        assert "wilma asks you to read “Lasers”" in found[0].body
        assert "slowly explained" not in found[0].body and "doses" not in found[0].body

    def test_writers_are_told_what_was_decided_without_its_words(self, cast, asked, rita):
        post = asked("Lasers")
        Mail.objects.all().delete()
        send_back(rita, newest_revision(post), "Say may, not will", now=NOON + HOUR)
        (mail,) = Mail.objects.all()
        assert (mail.to, mail.subject) == ("wilma@example.com", "“Lasers” was sent back to you")
        assert f"/admin/blog/post/{post.pk}/change/" in mail.body and "Say may" not in mail.body

    def test_an_editor_who_asked_is_told_with_who_wrote(self, cast, draft, erin, wilma, rita):
        post = draft(actor=wilma)
        submit(erin, newest_revision(post), now=NOON)
        Mail.objects.all().delete()
        approve(rita, newest_revision(post), now=NOON + HOUR)
        assert sorted(Mail.objects.values_list("to", flat=True)) == ["erin@example.com", "wilma@example.com"]
        assert set(Mail.objects.values_list("subject", flat=True)) == {"“How lasers work” is approved"}

    def test_asking_again_sends_no_second_mail_while_the_first_waits(self, cast, asked, rewrite, wilma):
        post = asked("Lasers")
        submit(wilma, rewrite(post, actor=wilma, body="<p>More.</p>", now=NOON + MINUTE), now=NOON + HOUR)
        assert Mail.objects.filter(to="rita@example.com").count() == 1

    def test_without_e_mail_nothing_is_written(self, cast, asked, settings):
        settings.EMAIL_CONFIGURED = False
        asked()
        assert not Mail.objects.exists()

    def test_a_refused_act_writes_no_mail(self, cast, draft, rita):
        with pytest.raises(OtherWords):
            approve(rita, newest_revision(draft()), now=NOON)
        assert not Mail.objects.exists()
