"""Autosave: what is typed is on the server before anybody saves, and nobody's words push anybody else's away."""

from datetime import timedelta

import pytest
from cast import HOUR, MINUTE, NOON
from django.contrib.auth.models import User
from django.db.models import ForeignKey, ProtectedError
from django.utils import timezone

from blog.models import ArticleFields, Image, Post, Revision, RevisionImage, RevisionTag, Tag, Topic
from blog.models.revision import SealedRevision
from blog.publishing import (
    UNTITLED,
    EditConflict,
    NotAllowed,
    NotThere,
    Seen,
    StaleWindow,
    autosave,
    check_open,
    newest_revision,
    open_revision,
    publish,
    remove_samples,
    save_draft,
    settle,
    start_post,
)

pytestmark = pytest.mark.django_db
REST = timedelta(minutes=10)


@pytest.fixture
def erin(erin):
    # A fresh instance each time, as each request has: permissions are asked for anew.
    return User.objects.get(pk=erin.pk)


@pytest.fixture
def mona(erin):
    from cast import person

    return person("mona", "Writer", "Editor")


class Sitting:
    """One window of one person on one post: it sends what it has, and remembers what it is told."""

    def __init__(self, actor, post, name="window", seen=None) -> None:
        newest = newest_revision(post)
        self.actor, self.post, self.turn = actor, Post.objects.select_related("author").get(pk=post.pk), 0
        self.seen = seen or Seen(newest.pk if newest else None, window=name)

    def type(self, typed=None, now=NOON, turn=None, **values):
        self.turn = turn or self.turn + 1
        kept = autosave(self.actor, self.post, values, typed or {}, seen=self.seen, turn=self.turn, now=now)
        self.seen = Seen(kept.base_id, kept.open_id, kept.version, self.seen.window)
        return kept

    @property
    def words(self):
        return open_revision(self.actor, self.post)


@pytest.fixture
def sitting(draft, erin):
    return Sitting(erin, draft())


def save(actor, post, seen=None, now=NOON, tags=(), **values):
    """Press Save with these values on top of the newest draft, or of what a window has seen."""
    post = Post.objects.get(pk=post.pk)
    for name, value in values.items():
        setattr(post, name, value)
    newest = newest_revision(post)
    return save_draft(actor, post, tags, base_id=newest and newest.pk, seen=seen, now=now)


class TestKeeping:
    def test_words_are_kept_apart_from_the_draft_and_from_what_the_working_copy_says(self, sitting):
        sitting.type(title="Half a thou")
        sitting.type({"tag_words": "light"}, title="Half a thought", now=NOON + MINUTE)
        words = sitting.words
        assert (words.title, words.typed, words.version) == ("Half a thought", {"tag_words": "light"}, 2)
        assert (words.saved_at, words.sealed_at, words.base) == (NOON + MINUTE, None, newest_revision(sitting.post))
        assert Post.objects.get(pk=sitting.post.pk).title == "How lasers work"
        assert newest_revision(sitting.post).title == "How lasers work"
        assert Revision.objects.count() == 2

    def test_the_next_words_cost_one_conditional_update(self, sitting, erin, django_assert_num_queries):
        sitting.type(title="One")
        sitting.actor = User.objects.get(pk=erin.pk)
        sitting.actor.has_perm("blog.change_post")
        with django_assert_num_queries(1) as asked:
            sitting.type(title="Two", hero_image_id=None, topic_id=5, author_id=7)
        sql = asked.captured_queries[0]["sql"]
        assert sql.startswith("UPDATE") and "sealed_at" in sql and "version" in sql
        assert sitting.words.title == "Two"

    def test_no_column_of_an_article_is_forgotten(self, sitting, picture, author):
        others = {
            "kind": "clinic_news",
            "key_points": ["One", "Two"],
            "hero_is_decorative": True,
            "hero_image_id": picture.pk,
            "topic_id": Topic.objects.create(name="Lasers", slug="lasers").pk,
            "author_id": author.pk,
            "related_posts": [4],
            "published_at": NOON,
            "noindex": True,
            "canonical_url": "https://example.com/first",
            "slug": "another-address",
            "body": "<p>Other text.</p>",
        }
        values = {name: others.get(name, f"Other {name}") for name in ArticleFields.article_field_names()}
        sitting.type()
        before = sitting.words.article_values()
        sitting.type(**values)
        assert sitting.words.article_values() == values
        assert {name for name in values if values[name] == before[name]} == {"author_id"}

    def test_what_is_invalid_leaves_its_column_alone(self, sitting):
        sitting.type({"title": ""}, excerpt="Short")
        assert (sitting.words.title, sitting.words.excerpt) == ("How lasers work", "Short")

    def test_text_is_cleaned_and_tidied_like_any_save(self, sitting):
        for _ in range(2):
            sitting.type(title="  Two   words ", body="<p onclick=x>Text<script>alert(1)</script></p>")
            assert (sitting.words.title, sitting.words.body) == ("Two words", "<p>Text</p>")

    @pytest.mark.parametrize("name", [f.attname for f in ArticleFields._meta.local_fields if isinstance(f, ForeignKey)])
    def test_what_somebody_removed_meanwhile_is_no_obstacle(self, sitting, name):
        sitting.type(title="One", **{name: 4_000_000})
        sitting.type(title="Two", **{name: 4_000_000})
        assert (sitting.words.title, getattr(sitting.words, name)) == ("Two", None)

    def test_only_who_may_change_the_post_writes(self, draft, wilma, nora):
        for actor in (wilma, nora):
            with pytest.raises(NotAllowed):
                Sitting(actor, draft()).type(title="Mine")
        assert not Revision.objects.filter(sealed_at=None).exists()

    def test_a_sealed_revision_is_not_written_over_by_naming_it(self, draft, erin):
        post = draft()
        sealed = newest_revision(post)
        seen = Seen(sealed.pk, sealed.pk, sealed.version, "window")
        Sitting(erin, post, seen=seen).type(title="Rewritten")
        assert Revision.objects.get(pk=sealed.pk).title == "How lasers work"
        with pytest.raises(SealedRevision):
            post.revisions.update(title="Rewritten")
        Revision.objects.drop_open(sealed.pk)
        assert Revision.objects.filter(pk=sealed.pk).exists()

    def test_a_post_that_is_gone_says_so(self, sitting):
        gone = Post(pk=4_000_000, title="Gone", created_by=sitting.actor)
        with pytest.raises(NotThere):
            autosave(sitting.actor, gone, {}, {}, seen=Seen(), now=NOON)


class TestLostAnswers:
    def test_a_window_whose_answer_got_lost_goes_on(self, sitting):
        first = sitting.seen
        sitting.type(title="One")
        sitting.seen = first
        sitting.type(title="Two")
        known = sitting.seen
        sitting.type(title="Three")
        sitting.seen = known
        sitting.type(title="Four")
        assert (sitting.words.title, Revision.objects.filter(sealed_at=None).count()) == ("Four", 1)

    def test_an_earlier_request_that_comes_late_changes_nothing(self, sitting):
        sitting.type(title="One")
        known = sitting.seen
        sitting.type(title="Three", turn=3)
        sitting.seen = known
        kept = sitting.type(title="Two", turn=2)
        assert (sitting.words.title, kept.version) == ("Three", sitting.words.version)

    def test_a_new_post_is_made_once(self, erin):
        one = start_post(erin, {"title": "Idea"}, {}, window="w", turn=1, now=NOON)
        two = start_post(erin, {"title": "Idea, longer"}, {}, window="w", turn=2, now=NOON)
        assert one.post_id == two.post_id and one.open_id == two.open_id
        assert Revision.objects.get().title == "Idea, longer"
        start_post(erin, {"title": "Idea"}, {}, window="another", turn=1, now=NOON)
        assert Post.objects.count() == 2


class TestNewPost:
    def test_it_has_a_name_and_an_address_from_the_first_word_on(self, erin):
        kept = start_post(erin, {"body": "<p>Words first</p>"}, {"title": ""}, window="w", now=NOON)
        post = Post.objects.get()
        assert (post.title, post.slug, post.created_by) == (UNTITLED, "untitled-post", erin)
        assert newest_revision(post) is None
        post = Post.objects.with_staff_word(NOON).get()
        window = Sitting(erin, post, seen=Seen(None, kept.open_id, kept.version, "w"))
        window.post = post
        window.type(title="Peels in winter")
        post.refresh_from_db()
        assert (post.title, post.slug) == ("Peels in winter", "peels-in-winter")

    def test_whoever_may_not_write_makes_none(self, nora):
        with pytest.raises(NotAllowed):
            start_post(nora, {}, {}, window="w", now=NOON)
        assert not Post.objects.exists()


class TestSaving:
    def test_save_seals_the_own_words_as_the_draft(self, sitting, erin, picture):
        tag = Tag.objects.create(name="Light", slug="light")
        sitting.type({"tag_words": "Light"}, body="<p>More</p>")
        open_pk = sitting.words.pk
        body = f'<p>More</p><figure><img data-image="{picture.pk}" alt="A lamp"></figure>'
        revision = save(erin, sitting.post, sitting.seen, body=body, tags=[tag])
        assert revision.pk == open_pk and revision == newest_revision(sitting.post)
        assert (revision.typed, revision.set_aside, sitting.words) == ({}, False, None)
        assert list(RevisionTag.objects.filter(revision=revision).values_list("tag", flat=True)) == [tag.pk]
        assert list(RevisionImage.objects.filter(revision=revision).values_list("image", flat=True)) == [picture.pk]

    def test_words_that_were_taken_back_leave_no_version(self, sitting, erin):
        before = newest_revision(sitting.post)
        sitting.type(title="Other")
        sitting.type(title="How lasers work")
        assert save(erin, sitting.post, sitting.seen) == before
        assert Revision.objects.count() == 1
        sitting.type(title="Once more")
        assert sitting.words.base == before

    def test_a_colleagues_save_sets_open_words_aside_and_keeps_them(self, sitting, mona, picture):
        body = f'<figure><img data-image="{picture.pk}" alt="A lamp"></figure>'
        sitting.type({"tag_words": "unknown"}, title="Mine", body=body)
        mine = sitting.words
        save(mona, sitting.post, title="Hers")
        kept = Revision.objects.get(pk=mine.pk)
        assert (kept.title, kept.set_aside, kept.sealed_at) == ("Mine", True, NOON)
        assert kept.typed == {"tag_words": "unknown"}
        assert newest_revision(sitting.post).title != "Mine"
        assert RevisionImage.objects.filter(revision=kept, image=picture).exists()

    def test_after_a_colleagues_publishing_of_the_same_draft_writing_goes_on(self, sitting, mona):
        mine = sitting.type(title="Mine").open_id
        publish(mona, newest_revision(sitting.post), now=NOON)
        # Also for whoever closed the window meanwhile: the form opens with these words.
        assert (sitting.words.pk, sitting.words.title) == (mine, "Mine")
        sitting.type(title="Mine, longer")
        assert (sitting.words.title, sitting.words.base) == ("Mine, longer", newest_revision(sitting.post))

    def test_a_save_that_does_not_know_the_own_words_sets_them_aside(self, sitting, erin):
        sitting.type(title="Typed in a window")
        save(erin, sitting.post, title="By another way")
        assert newest_revision(sitting.post).title == "By another way"
        assert Revision.objects.get(set_aside=True).title == "Typed in a window"


class TestConflicts:
    def test_a_colleagues_save_stops_the_words_and_keeps_the_latest(self, sitting, mona):
        sitting.type(title="Mine")
        hers = save(mona, sitting.post, title="Hers")
        with pytest.raises(EditConflict, match="mona saved this post") as conflict:
            sitting.type(title="Mine, longer")
        assert conflict.value.newest == hers
        assert (conflict.value.mine.title, conflict.value.mine.set_aside) == ("Mine, longer", True)
        with pytest.raises(EditConflict) as again:
            sitting.type(title="Mine, longer")
        assert again.value.mine == conflict.value.mine
        assert newest_revision(sitting.post) == hers and sitting.words is None

    def test_a_colleagues_save_before_the_first_word_is_a_conflict_too(self, sitting, mona):
        save(mona, sitting.post, title="Hers")
        with pytest.raises(EditConflict):
            sitting.type(title="Mine")

    def test_another_window_of_the_same_person_is_told_so(self, sitting, erin):
        other = Sitting(erin, sitting.post, "other")
        sitting.type(title="Here")
        with pytest.raises(StaleWindow, match="another window") as stale:
            other.type(title="There")
        assert (stale.value.newest, stale.value.mine.title) == (sitting.words, "There")
        assert sitting.words.title == "Here"

    def test_a_window_opened_later_takes_the_words_on(self, sitting, erin):
        sitting.type(title="Here")
        words = sitting.words
        other = Sitting(erin, sitting.post, seen=Seen(words.base_id, words.pk, words.version, "other"))
        other.type(title="There")
        with pytest.raises(StaleWindow):
            sitting.type(title="Here again")
        assert other.words.title == "There"
        with pytest.raises(StaleWindow):
            check_open(erin, sitting.post, sitting.seen)
        check_open(erin, sitting.post, other.seen)

    def test_a_save_in_another_window_makes_this_one_stale(self, sitting, erin):
        sitting.type(title="Here")
        words = sitting.words
        save(erin, sitting.post, Seen(words.base_id, words.pk, words.version, "other"), title="Saved there")
        with pytest.raises(StaleWindow):
            sitting.type(title="Here, still")
        assert newest_revision(sitting.post).title == "Saved there"


class TestRest:
    def test_words_at_rest_become_the_newest_draft(self, sitting, picture):
        tag = Tag.objects.create(name="Light", slug="light")
        body = f'<figure><img data-image="{picture.pk}" alt="A lamp"></figure>'
        sitting.type({"tag_words": "light", "seo_title": "x" * 300}, title="At rest", body=body)
        settle(sitting.post, NOON + REST - MINUTE)
        assert sitting.words is not None
        settle(sitting.post, NOON + REST)
        newest = newest_revision(sitting.post)
        assert (newest.title, newest.saved_at, newest.sealed_at) == ("At rest", NOON, NOON + REST)
        assert newest.typed == {"seo_title": "x" * 300}
        post = Post.objects.get(pk=sitting.post.pk)
        assert post.article_values() == newest.article_values()
        assert (post.slug, post.saved_at, list(post.tags.all())) == ("at-rest", NOON, [tag])
        assert list(newest.tags.all()) == [tag] and list(newest.images.all()) == [picture]

    def test_a_window_that_wakes_up_goes_on_from_them(self, sitting):
        sitting.type(title="At rest")
        settle(sitting.post, NOON + REST)
        rested = newest_revision(sitting.post)
        sitting.type(title="Awake", now=NOON + HOUR)
        assert (sitting.words.base, sitting.words.title) == (rested, "Awake")

    def test_save_knows_the_own_words_that_came_to_rest(self, sitting, erin):
        sitting.type(title="At rest")
        settle(sitting.post, NOON + REST)
        post = Post.objects.get(pk=sitting.post.pk)
        post.title = "Saved"
        save_draft(erin, post, [], seen=sitting.seen, now=NOON + HOUR)
        assert newest_revision(post).title == "Saved"

    def test_of_two_peoples_words_at_rest_the_first_become_the_draft(self, sitting, mona):
        sitting.type(title="First")
        second = Sitting(mona, sitting.post, "hers")
        second.type(title="Second", now=NOON + MINUTE)
        settle(sitting.post, NOON + HOUR)
        assert newest_revision(sitting.post).title == "First"
        assert Revision.objects.get(set_aside=True).title == "Second"

    def test_an_address_that_readers_know_stays(self, sitting, erin):
        publish(erin, newest_revision(sitting.post), now=NOON)
        sitting.type(title="Another title")
        settle(sitting.post, NOON + REST)
        assert newest_revision(sitting.post).slug == "how-lasers-work"

    def test_an_address_that_was_taken_meanwhile_gets_a_number(self, sitting, draft):
        sitting.type(slug="light")
        draft(title="Light")
        settle(sitting.post, NOON + REST)
        assert newest_revision(sitting.post).slug == "light-2"

    def test_a_title_of_which_nothing_can_be_seen_is_none(self, sitting):
        sitting.type(title="\u200b\x07", subtitle="New")
        settle(sitting.post, NOON + REST)
        newest = newest_revision(sitting.post)
        assert (newest.title, newest.subtitle) == ("How lasers work", "New")

    def test_words_that_change_nothing_leave_no_version(self, sitting):
        sitting.type(title="Other")
        sitting.type({"tag_words": ""}, title="How lasers work")
        settle(sitting.post, NOON + REST)
        assert Revision.objects.count() == 1

    def test_a_new_post_that_was_never_saved_gets_its_first_draft(self, erin):
        start_post(erin, {"title": "Idea"}, {"tag_words": ""}, window="w", now=NOON)
        post = Post.objects.get()
        settle(post, NOON + REST)
        assert (newest_revision(post).title, newest_revision(post).base) == ("Idea", None)


class TestWhatWordsRestOn:
    def test_a_picture_in_open_words_cannot_be_deleted(self, sitting, picture):
        sitting.type(body=f'<figure><img data-image="{picture.pk}" alt="A lamp"></figure>')
        with pytest.raises(ProtectedError):
            picture.delete()
        sitting.type(body="<p>Without</p>")
        picture.delete()
        assert not Image.objects.exists()

    def test_a_sample_that_somebody_is_writing_stays(self, sitting, erin, draft):
        other = draft(title="Other sample")
        Post.objects.update(is_sample=True, noindex=True)
        sitting.type(title="Mine now")
        assert remove_samples(erin) == 1
        assert not Post.objects.filter(pk=other.pk).exists()
        settle(sitting.post, NOON + REST)
        post = Post.objects.get()
        assert (post.title, post.is_sample, post.noindex) == ("Mine now", False, False)
        assert timezone.is_aware(post.saved_at)
