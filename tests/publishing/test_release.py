"""Publishing, scheduling and taking off: what readers see, and when."""

from datetime import timedelta

import pytest
from cast import DAY, HOUR, MINUTE, NOON
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from blog import reading
from blog.models import FAR_FUTURE, Address, AuditEntry, ChangeStamp, Publication, StaffWord, Tag, Topic
from blog.models.post import Post
from blog.models.publication import FixedPublication
from blog.publishing import (
    AddressTaken,
    AlreadyLive,
    AlreadyScheduled,
    EditConflict,
    NotAllowed,
    Refused,
    keep_on_site,
    newest_revision,
    publish,
    take_off,
    unschedule,
)

pytestmark = pytest.mark.django_db
JUST_BEFORE = timedelta(microseconds=1)


def seen(slug, now):
    """What a reader meets at an address: a title, «moved to …», «gone», or None."""
    found = reading.find_article(slug, now)
    if isinstance(found, reading.Moved):
        return f"moved to {found.slug}"
    if isinstance(found, reading.Gone):
        return "gone"
    return found.title if found else None


def listed(now):
    return [publication.title for publication in reading.newest_posts(now, 50)]


def word(post, now):
    return Post.objects.with_staff_word(now).get(pk=post.pk).staff_word


class TestTheMinute:
    """Moments take effect in the query: no timer, no job, no write."""

    def test_a_scheduled_new_post_appears_at_its_minute(self, draft, erin):
        post = draft()
        nine = NOON + DAY
        publish(erin, newest_revision(post), at=nine, now=NOON)
        before = ChangeStamp.current()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert (seen("how-lasers-work", nine - JUST_BEFORE), listed(nine - JUST_BEFORE)) == (None, [])
            assert (seen("how-lasers-work", nine), listed(nine)) == ("How lasers work", ["How lasers work"])
        assert all(query["sql"].lstrip(" (").upper().startswith("SELECT") for query in queries)
        assert ChangeStamp.current() == before
        assert (word(post, nine - JUST_BEFORE), word(post, nine)) == (StaffWord.SCHEDULED, StaffWord.LIVE)

    def test_a_scheduled_change_replaces_the_text_at_its_minute(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        nine = NOON + DAY
        publish(erin, rewrite(post, title="Lasers, newly told"), at=nine, now=NOON + HOUR)
        assert seen("how-lasers-work", nine - JUST_BEFORE) == "How lasers work"
        assert seen("how-lasers-work", nine) == "Lasers, newly told"
        assert listed(nine - JUST_BEFORE) == ["How lasers work"]
        assert listed(nine) == ["Lasers, newly told"]
        assert word(post, nine - JUST_BEFORE) == StaffWord.SCHEDULED

    def test_a_scheduled_end_takes_the_post_off_at_its_minute(self, draft, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        nine = NOON + DAY
        take_off(erin, post, "The offer ends", at=nine, now=NOON + HOUR)
        assert (seen("how-lasers-work", nine - JUST_BEFORE), listed(nine - JUST_BEFORE)) == (
            "How lasers work",
            ["How lasers work"],
        )
        assert (seen("how-lasers-work", nine), listed(nine)) == ("gone", [])
        assert (word(post, nine - JUST_BEFORE), word(post, nine)) == (StaffWord.LIVE, StaffWord.OFF_THE_SITE)

    def test_a_scheduled_change_keeps_a_planned_end(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        take_off(erin, post, "The offer ends", at=NOON + 3 * DAY, now=NOON)
        publish(erin, rewrite(post, title="Last days"), at=NOON + DAY, now=NOON)
        assert seen("how-lasers-work", NOON + DAY) == "Last days"
        assert seen("how-lasers-work", NOON + 3 * DAY) == "gone"

    def test_what_is_scheduled_is_fixed_while_the_draft_moves_on(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), at=NOON + DAY, now=NOON)
        rewrite(post, title="A later thought")
        assert seen("how-lasers-work", NOON + DAY) == "How lasers work"

    def test_a_scheduled_slug_change_moves_readers_at_its_minute(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        publish(erin, rewrite(post, slug="light"), at=NOON + DAY, now=NOON + HOUR)
        assert seen("light", NOON + DAY - JUST_BEFORE) is None
        assert seen("how-lasers-work", NOON + DAY) == "moved to light"


@pytest.mark.parametrize("address", ["/blog/", "/blog/how-lasers-work/", "/feed/", "/topics/lasers/"])
def test_moments_pass_for_readers_without_a_write(client, draft, rewrite, erin, monkeypatch, address):
    topic = Topic.objects.create(name="Lasers", slug="lasers")
    post = draft(topic=topic)
    publish(erin, newest_revision(post), at=NOON + HOUR, now=NOON)
    shown = []
    for step in range(3):
        if step == 1:
            publish(erin, rewrite(post, title="Newly told"), at=NOON + 2 * HOUR, now=NOON + HOUR)
            take_off(erin, post, "The offer ends", at=NOON + 3 * HOUR, now=NOON + HOUR)
        for moment in (NOON + (step + 1) * HOUR - JUST_BEFORE, NOON + (step + 1) * HOUR):
            monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
            assert all(query["sql"].lstrip(" (").upper().startswith("SELECT") for query in queries)
            text = answer.content.decode()
            shown.append("new" if "Newly told" in text else "old" if "How lasers work" in text else "nothing")
    assert shown == ["nothing", "old", "old", "new", "new", "nothing"]


class TestUnscheduling:
    def test_a_new_post_goes_back_to_draft_and_frees_its_address(self, draft, erin):
        post = draft()
        publish(erin, newest_revision(post), at=NOON + DAY, now=NOON)
        unschedule(erin, post, now=NOON + HOUR)
        assert seen("how-lasers-work", NOON + 2 * DAY) is None
        assert word(post, NOON + HOUR) == StaffWord.DRAFT
        assert not Address.objects.exists()

    def test_a_change_is_taken_back_and_the_old_text_goes_on(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        publish(erin, rewrite(post, title="New"), at=NOON + DAY, now=NOON)
        unschedule(erin, post, now=NOON + HOUR)
        assert seen("how-lasers-work", NOON + 9 * DAY) == "How lasers work"
        assert Publication.objects.get().live_until == FAR_FUTURE

    def test_a_planned_end_stays_when_a_change_is_taken_back(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        publish(erin, rewrite(post, title="New"), at=NOON + DAY, now=NOON)
        take_off(erin, post, "The offer ends", at=NOON + 3 * DAY, now=NOON)
        assert AuditEntry.objects.first().revision.title == "New"
        unschedule(erin, post, now=NOON + HOUR)
        assert seen("how-lasers-work", NOON + 2 * DAY) == "How lasers work"
        assert seen("how-lasers-work", NOON + 3 * DAY) == "gone"

    def test_an_address_that_was_public_stays_when_a_change_is_taken_back(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        publish(erin, rewrite(post, title="New"), at=NOON + DAY, now=NOON)
        unschedule(erin, post, now=NOON + HOUR)
        assert Address.objects.get().slug == "how-lasers-work"

    def test_a_change_that_waits_is_no_planned_end(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        publish(erin, rewrite(post, title="New"), at=NOON + DAY, now=NOON)
        with pytest.raises(Refused, match="Nothing is set to leave"):
            keep_on_site(erin, post, now=NOON + HOUR)
        assert seen("how-lasers-work", NOON + DAY) == "New"

    def test_keeping_it_on_the_site_keeps_the_change_that_waits(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        publish(erin, rewrite(post, title="New"), at=NOON + DAY, now=NOON)
        take_off(erin, post, "The offer ends", at=NOON + 3 * DAY, now=NOON)
        keep_on_site(erin, post, now=NOON + HOUR)
        assert seen("how-lasers-work", NOON + DAY - JUST_BEFORE) == "How lasers work"
        assert seen("how-lasers-work", NOON + 9 * DAY) == "New"

    def test_after_its_minute_it_is_too_late(self, draft, erin):
        post = draft()
        publish(erin, newest_revision(post), at=NOON + DAY, now=NOON)
        with pytest.raises(Refused, match="Nothing is scheduled"):
            unschedule(erin, post, now=NOON + DAY)
        assert seen("how-lasers-work", NOON + DAY) == "How lasers work"

    def test_a_planned_end_can_be_cancelled(self, draft, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        take_off(erin, post, "Old", at=NOON + DAY, now=NOON)
        keep_on_site(erin, post, now=NOON + HOUR)
        assert seen("how-lasers-work", NOON + 9 * DAY) == "How lasers work"

    def test_a_planned_end_that_has_passed_cannot(self, draft, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        take_off(erin, post, "Old", at=NOON + DAY, now=NOON)
        with pytest.raises(Refused):
            keep_on_site(erin, post, now=NOON + DAY)
        assert seen("how-lasers-work", NOON + DAY) == "gone"


class TestAddresses:
    def test_changed_twice_and_back_there_are_no_chains_and_no_loops(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        for hours, slug in enumerate(["light", "beams", "how-lasers-work"], start=1):
            publish(erin, rewrite(post, slug=slug), now=NOON + hours * HOUR)
        now = NOON + DAY
        assert seen("how-lasers-work", now) == "How lasers work"
        assert seen("light", now) == "moved to how-lasers-work"
        assert seen("beams", now) == "moved to how-lasers-work"

    def test_old_addresses_of_a_post_taken_off_are_gone_too(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        publish(erin, rewrite(post, slug="light"), now=NOON + HOUR)
        take_off(erin, post, "Wrong", now=NOON + 2 * HOUR)
        assert seen("how-lasers-work", NOON + DAY) == "gone"
        assert seen("light", NOON + DAY) == "gone"

    def test_another_post_cannot_publish_at_an_address_that_still_leads_somewhere(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        publish(erin, rewrite(post, slug="light"), now=NOON + HOUR)
        other = draft(title="Other", slug="how-lasers-work")
        with pytest.raises(AddressTaken, match="How lasers work"):
            publish(erin, newest_revision(other), now=NOON + 2 * HOUR)
        assert seen("how-lasers-work", NOON + DAY) == "moved to light"
        assert not Publication.objects.filter(post=other).exists()


class TestTakingOff:
    def test_it_is_gone_and_nowhere_listed(self, draft, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        take_off(erin, post, "A patient asked", now=NOON + HOUR)
        assert (seen("how-lasers-work", NOON + HOUR), listed(NOON + HOUR)) == ("gone", [])
        assert AuditEntry.objects.first().reason == "A patient asked"

    def test_published_again_it_is_back_at_its_address_with_its_date(self, draft, rewrite, erin):
        post = draft()
        first = publish(erin, newest_revision(post), now=NOON)
        take_off(erin, post, "To be checked", now=NOON + HOUR)
        again = publish(erin, newest_revision(post), now=NOON + DAY)
        assert seen("how-lasers-work", NOON + DAY) == "How lasers work"
        assert again.published_at == first.published_at
        assert seen("how-lasers-work", NOON + 2 * HOUR) == "gone"

    def test_it_takes_a_scheduled_change_along(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        publish(erin, rewrite(post, title="New"), at=NOON + DAY, now=NOON)
        take_off(erin, post, "Wrong", now=NOON + HOUR)
        assert seen("how-lasers-work", NOON + 2 * DAY) == "gone"

    def test_it_asks_for_a_reason(self, draft, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        with pytest.raises(Refused, match="why"):
            take_off(erin, post, "  ", now=NOON + HOUR)

    def test_a_draft_has_nothing_to_take_off(self, draft, erin):
        with pytest.raises(Refused, match="do not see"):
            take_off(erin, draft(), "Why not", now=NOON)


class TestTwoAtOnce:
    def test_the_second_press_of_publish_changes_nothing(self, draft, erin):
        revision = newest_revision(draft())
        publish(erin, revision, now=NOON)
        with pytest.raises(AlreadyLive):
            publish(erin, revision, now=NOON)
        assert Publication.objects.count() == 1

    def test_an_older_text_than_the_newest_draft_is_refused(self, draft, rewrite, erin):
        post = draft()
        shown = newest_revision(post)
        rewrite(post, title="Saved since")
        with pytest.raises(EditConflict):
            publish(erin, shown, now=NOON)

    def test_publishing_over_a_schedule_is_refused(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), at=NOON + DAY, now=NOON)
        with pytest.raises(AlreadyScheduled):
            publish(erin, rewrite(post, title="Now"), now=NOON + HOUR)

    def test_two_versions_in_one_microsecond_follow_each_other(self, draft, rewrite, erin):
        post = draft()
        first = publish(erin, newest_revision(post), now=NOON)
        second = publish(erin, rewrite(post, title="Second"), now=NOON)
        first.refresh_from_db()
        assert first.live_until == second.live_from > first.live_from

    def test_a_clock_set_back_cannot_make_two_texts_live(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        with pytest.raises(AlreadyScheduled):
            publish(erin, rewrite(post, title="Second"), now=NOON - HOUR)
        for minutes in range(-90, 90, 10):
            assert len(listed(NOON + minutes * MINUTE)) <= 1
        assert listed(NOON) == ["How lasers work"]


class TestRights:
    @pytest.mark.parametrize("name", ["wilma", "nora"])
    def test_only_an_editor_decides_what_readers_see(self, request, name, draft, erin):
        actor = request.getfixturevalue(name)
        post, live = draft(), draft(title="Live")
        publish(erin, newest_revision(live), now=NOON)
        for act in (
            lambda: publish(actor, newest_revision(post), now=NOON),
            lambda: publish(actor, newest_revision(post), at=NOON + DAY, now=NOON),
            lambda: take_off(actor, live, "Because", now=NOON + HOUR),
            lambda: unschedule(actor, live, now=NOON),
            lambda: keep_on_site(actor, live, now=NOON),
        ):
            with pytest.raises(NotAllowed):
                act()
        assert listed(NOON + DAY) == ["Live"]


class TestDates:
    def test_the_shown_date_may_lie_back(self, draft, erin):
        long_ago = NOON - 400 * DAY
        publication = publish(erin, newest_revision(draft(published_at=long_ago)), now=NOON)
        assert publication.published_at == long_ago

    def test_a_cleared_date_is_the_day_it_first_went_live(self, draft, rewrite, erin):
        post = draft(published_at=NOON - 9000 * DAY)
        publish(erin, newest_revision(post), now=NOON)
        corrected = publish(erin, rewrite(post, published_at=None), now=NOON + DAY)
        assert corrected.published_at == NOON

    def test_the_shown_date_cannot_lie_ahead(self, draft, erin):
        with pytest.raises(Refused, match="shown date"):
            publish(erin, newest_revision(draft(published_at=NOON + DAY)), now=NOON)

    def test_updated_is_said_by_the_editor_and_then_stays(self, draft, rewrite, erin):
        post = draft()
        first = publish(erin, newest_revision(post), now=NOON, show_updated=True)
        spelling = publish(erin, rewrite(post, title="Lasers"), now=NOON + DAY)
        substance = publish(erin, rewrite(post, title="Lasers!"), now=NOON + 2 * DAY, show_updated=True)
        later = publish(erin, rewrite(post, title="Lasers"), now=NOON + 3 * DAY)
        assert [p.updated_at for p in (first, spelling, substance, later)] == [
            None,
            None,
            NOON + 2 * DAY,
            NOON + 2 * DAY,
        ]
        assert later.published_at == NOON

    def test_a_time_that_has_passed_is_refused(self, draft, erin):
        with pytest.raises(Refused, match="passed"):
            publish(erin, newest_revision(draft()), at=NOON - MINUTE, now=NOON)


class TestWhatIsMissing:
    def test_an_article_without_text_stays_a_draft(self, draft, erin):
        with pytest.raises(Refused, match="no text"):
            publish(erin, newest_revision(draft(body="<p>  </p>")), now=NOON)

    def test_an_article_without_an_author_stays_a_draft(self, draft, erin):
        with pytest.raises(Refused, match="author"):
            publish(erin, newest_revision(draft(author=None)), now=NOON)


class TestWhatTheDatabaseItselfRefuses:
    def test_two_open_publications_of_one_post(self, draft, erin):
        publication = publish(erin, newest_revision(draft()), now=NOON)
        publication.pk, publication.live_from = None, NOON + HOUR
        with pytest.raises(IntegrityError), transaction.atomic():
            publication.save()

    def test_a_publication_that_ends_before_it_starts(self, draft, erin):
        publish(erin, newest_revision(draft()), now=NOON)
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.update(live_until=NOON - HOUR)

    def test_two_posts_at_one_address(self, draft):
        post, other = draft(), draft()
        with pytest.raises(IntegrityError), transaction.atomic():
            Post.objects.filter(pk=other.pk).update(slug=post.slug)
        Address.objects.create(slug="x", post=post)
        with pytest.raises(IntegrityError), transaction.atomic():
            Address.objects.create(slug="x", post=other)

    def test_a_post_without_a_title(self, draft):
        with pytest.raises(IntegrityError), transaction.atomic():
            Post.objects.filter(pk=draft().pk).update(title="")


def test_a_publication_is_fixed_but_for_its_end(draft, erin):
    publication = publish(erin, newest_revision(draft()), now=NOON)
    publication.title = "Something else"
    with pytest.raises(FixedPublication):
        publication.save()
    with pytest.raises(FixedPublication):
        Publication.objects.update(title="Something else")


def test_tags_are_frozen_with_the_publication(draft, erin):
    tag = Tag.objects.create(name="Light", slug="light")
    post = draft(tags=[tag])
    publication = publish(erin, newest_revision(post), now=NOON)
    post.tags.clear()
    assert list(publication.tags.all()) == [tag]


def test_every_act_is_in_the_audit_with_who_and_when(draft, rewrite, erin):
    post = draft()
    publish(erin, newest_revision(post), now=NOON)
    publish(erin, rewrite(post, title="New"), at=NOON + DAY, now=NOON + HOUR)
    unschedule(erin, post, now=NOON + 2 * HOUR)
    take_off(erin, post, "Enough", at=NOON + 2 * DAY, now=NOON + 3 * HOUR)
    keep_on_site(erin, post, now=NOON + 4 * HOUR)
    take_off(erin, post, "Now", now=NOON + 5 * HOUR)
    acts = [(entry.act, entry.at - NOON, entry.actor) for entry in AuditEntry.objects.order_by("at")]
    words = ["published", "scheduled", "unscheduled", "take_off_scheduled", "take_off_cancelled", "taken_off"]
    assert acts == [(act, hours * HOUR, erin) for hours, act in enumerate(words)]
