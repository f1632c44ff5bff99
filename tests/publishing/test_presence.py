"""Who has a post open: seen at once, gone soon, and what a window is told that fell behind."""

from datetime import timedelta

import pytest
from cast import MINUTE, NOON, person
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.models import Post, Presence
from blog.publishing import (
    NotAllowed,
    NotThere,
    Seen,
    autosave,
    beat,
    leave,
    newest_revision,
    open_elsewhere,
    save_draft,
    settle,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def dana(db):
    dana = person("dana", "Writer", "Editor")
    dana.first_name, dana.last_name = "Dana", "Ray"
    dana.save()
    return dana


def here(actor, post, window="a", now=NOON, **more):
    return beat(actor, post.pk, window, now, **more)


def write(actor, post, window, now=NOON, seen=None, **values):
    seen = seen or Seen(newest_revision(post).pk, window=window)
    kept = autosave(actor, Post.objects.get(pk=post.pk), values, {}, seen=seen, now=now)
    return Seen(kept.base_id, kept.open_id, kept.version, window)


def names(around):
    return [(one.name, one.is_writing) for one in around.colleagues]


def test_a_colleague_is_seen_with_the_first_sign_of_life_and_gone_after_half_a_minute(draft, erin, dana):
    post = draft()
    here(dana, post)
    around = here(erin, post, now=NOON + 10 * SECOND)
    assert names(around) == [("Dana Ray", False)] and around.colleagues[0].since == NOON
    assert names(here(erin, post, now=NOON + 30 * SECOND)) == [("Dana Ray", False)]
    # Heard of every ten seconds, the other window knows it by then at the latest, within 45 seconds.
    assert names(here(erin, post, now=NOON + 31 * SECOND)) == []


def test_who_closes_the_window_is_gone_at_once_and_stays_in_another_one(draft, erin, dana):
    post = draft()
    here(dana, post, "a")
    here(dana, post, "b")
    leave(dana, post.pk, "a")
    leave(erin, post.pk, "b")
    assert names(here(erin, post)) == [("Dana Ray", False)]
    leave(dana, post.pk, "b")
    assert names(here(erin, post)) == []


def test_the_own_windows_and_other_posts_are_no_colleagues(draft, erin, dana):
    post, other = draft(), draft("Another one")
    here(erin, post, "a")
    here(dana, other)
    assert names(here(erin, post, "b")) == []


def test_since_when_stays_however_often_it_beats(draft, erin, dana):
    post = draft()
    for seconds in (0, 10, 20):
        here(dana, post, now=NOON + seconds * SECOND)
    assert here(erin, post, now=NOON + 21 * SECOND).colleagues[0].since == NOON
    assert Presence.objects.filter(person=dana).count() == 1


def test_a_colleague_writes_for_a_minute_after_the_last_word(draft, erin, dana):
    post = draft()
    here(dana, post)
    write(dana, post, "a", title="Their words")
    assert names(here(erin, post, now=NOON + 20 * SECOND)) == [("Dana Ray", True)]
    here(dana, post, now=NOON + MINUTE)
    assert names(here(erin, post, now=NOON + MINUTE + SECOND)) == [("Dana Ray", False)]


def test_many_posts_are_asked_for_at_once(draft, erin, dana, django_assert_num_queries):
    posts = [draft(f"Post {number}") for number in range(3)]
    here(dana, posts[0])
    here(erin, posts[1])
    with django_assert_num_queries(1):
        found = open_elsewhere(erin, [post.pk for post in posts], NOON)
    assert {pk: [one.name for one in colleagues] for pk, colleagues in found.items()} == {posts[0].pk: ["Dana Ray"]}


def test_a_sign_of_life_is_one_write_and_one_read_whoever_else_is_here(draft, erin, dana, django_assert_num_queries):
    post = draft()
    here(dana, post)
    here(dana, post, "b")
    erin.get_all_permissions()
    # Beside the two: the savepoint of the transaction that the test is.
    with django_assert_num_queries(4):
        here(erin, post)


def test_windows_that_were_never_closed_are_removed_when_another_one_comes(draft, erin, dana):
    post, other = draft(), draft("Another one")
    here(dana, other, now=NOON - 61 * MINUTE)
    here(dana, post, now=NOON - 50 * MINUTE)
    here(erin, post)
    assert Presence.objects.count() == 3
    here(erin, post, arriving=True)
    assert set(Presence.objects.values_list("post", "person")) == {(post.pk, dana.pk), (post.pk, erin.pk)}


def test_whoever_may_not_write_there_is_not_here(draft, wilma, nora):
    post = draft()
    for actor in (wilma, nora):
        with pytest.raises(NotAllowed):
            here(actor, post)
    assert not Presence.objects.exists()


def test_a_post_that_was_removed_is_not_there(draft, erin):
    post = draft()
    pk = post.pk + 1000
    with pytest.raises(NotThere):
        beat(erin, pk, "a", NOON)
    assert not Presence.objects.exists()


class TestFallingBehind:
    """What a window does not know. It knows its own words, whatever became of them."""

    def unknown(self, actor, post, seen, now=NOON):
        return here(actor, post, seen.window, now).unknown_to(actor, seen)

    def test_nothing_new(self, draft, erin):
        post = draft()
        seen = Seen(newest_revision(post).pk, window="a")
        assert self.unknown(erin, post, seen) is None
        seen = write(erin, post, "a", title="Mine")
        assert self.unknown(erin, post, seen) is None

    def test_an_answer_that_is_still_under_way_is_no_other_window(self, draft, erin):
        post = draft()
        before = write(erin, post, "a", title="Mine")
        write(erin, post, "a", seen=before, title="Mine too")
        assert self.unknown(erin, post, before) is None

    def test_own_words_from_another_window(self, draft, erin):
        post = draft()
        seen = Seen(newest_revision(post).pk, window="a")
        later = write(erin, post, "b", now=NOON + MINUTE, title="Over there")
        newer = self.unknown(erin, post, seen)
        assert (newer.pk, newer.saved_at, newer.saved_by_id) == (later.open_id, NOON + MINUTE, erin.pk)

    def test_saved_in_another_window(self, draft, erin, rewrite):
        post = draft()
        seen = Seen(newest_revision(post).pk, window="a")
        saved = rewrite(post, title="Over there")
        assert self.unknown(erin, post, seen).pk == saved.pk

    def test_saved_by_a_colleague(self, draft, erin, dana, rewrite):
        post = draft()
        seen = write(erin, post, "a", title="Mine")
        rewrite(post, actor=dana, title="Theirs")
        assert self.unknown(erin, post, seen).saved_by == "Dana Ray"

    def test_own_words_at_rest_that_became_the_draft(self, draft, erin):
        post = draft()
        seen = write(erin, post, "a", title="Mine")
        settle(post, NOON + 11 * MINUTE)
        assert newest_revision(post).title == "Mine"
        assert self.unknown(erin, post, seen, NOON + 11 * MINUTE) is None


class TestOverHttp:
    """What the script of the editing screen gets."""

    @pytest.fixture
    def post(self, draft):
        return draft()

    def send(self, user, post, **fields):
        client = Client()
        client.force_login(user)
        fields = {
            "window": "w",
            "base": getattr(newest_revision(post), "pk", ""),
            "open_revision": "",
            "open_version": "",
        } | fields
        return client.post(reverse("admin:blog_post_presence", args=[post.pk]), fields)

    def test_who_is_here_in_a_sentence(self, post, erin, dana):
        assert self.send(erin, post).json()["here"] == ""
        self.send(dana, post, arriving="1")
        answer = self.send(erin, post)
        assert answer.json()["here"] == "Dana Ray has this post open too. Talk before you both write."
        assert [one["name"] for one in answer.json()["colleagues"]] == ["Dana Ray"]
        assert "no-store" in answer["Cache-Control"]
        write(dana, post, "w", now=timezone.now(), title="Now")
        assert (
            self.send(erin, post).json()["here"] == "Dana Ray is writing in this post now. Talk before you both write."
        )
        self.send(person("otto", "Writer", "Editor"), post)
        assert self.send(erin, post).json()["here"].startswith("Dana Ray and otto have this post open too.")

    def test_goodbye(self, post, erin, dana):
        self.send(dana, post)
        assert self.send(dana, post, leaving="1").status_code == 204
        assert self.send(erin, post).json()["here"] == ""

    def test_the_newest_draft_and_the_own_open_words(self, post, erin):
        answer = self.send(erin, post).json()
        assert answer["newest"]["by"] == "erin" and answer["newest"]["id"] == newest_revision(post).pk
        assert answer["own"] is None and answer["behind"] is None
        write(erin, post, "elsewhere", now=timezone.now(), title="Over there")
        answer = self.send(erin, post).json()
        assert answer["own"]["version"] == 1
        assert answer["behind"]["sentence"].startswith("You went on writing this post in another window at ")
        assert answer["behind"]["sentence"].endswith(" Go on there, or load the newest words here.")
        assert answer["behind"]["both"] == ""

    def test_a_colleague_saved_and_the_own_words_were_set_aside(self, post, erin, dana):
        mine = write(erin, post, "w", now=timezone.now(), title="Mine")
        theirs = Post.objects.get(pk=post.pk)
        theirs.title = "Theirs"
        save_draft(dana, theirs, [], base_id=newest_revision(post).pk)
        knows = {"base": mine.base_id, "open_revision": mine.open_id, "open_version": mine.version}
        behind = self.send(erin, post, **knows).json()["behind"]
        assert behind["sentence"].startswith("Dana Ray saved this post at ")
        assert behind["sentence"].endswith(" Your words are kept: look at both texts.")
        assert behind["both"] == f"/admin/blog/post/{post.pk}/conflict/{mine.open_id}/"
        # A window that never wrote has no words to look at.
        assert self.send(erin, post, base=mine.base_id).json()["behind"]["both"] == ""

    def test_nonsense_is_refused_and_breaks_nothing(self, post, erin, wilma):
        assert self.send(erin, post, window="").status_code == 400
        assert self.send(erin, post, base="９", open_revision="x", open_version="9" * 40).status_code == 200
        assert self.send(erin, post, window="w" * 500).status_code == 200
        assert self.send(wilma, post).status_code == 403
        assert self.send(erin, Post(pk=post.pk + 1000), base="").status_code == 404
        client = Client()
        assert client.post(reverse("admin:blog_post_presence", args=[post.pk])).status_code == 302
        client.force_login(User.objects.get(pk=erin.pk))
        assert client.get(reverse("admin:blog_post_presence", args=[post.pk])).status_code == 405
