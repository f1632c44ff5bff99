"""One act on many posts, and taking it back: per post, with rights, refusals, and nobody's words in danger."""

import pytest
from cast import DAY, HOUR, MINUTE, NOON, person

from blog.models import AuditEntry, Author, BulkActItem, Post, Publication, Review, Revision, Tag, Topic
from blog.publishing import (
    NotAllowed,
    Refused,
    Wanted,
    act_on_many,
    move_to_trash,
    newest_revision,
    publish,
    restore_from_trash,
    take_off,
    undo_many,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def lasers(db):
    return Topic.objects.create(name="Lasers", slug="lasers")


@pytest.fixture
def glow(db):
    return Tag.objects.create(name="Glow", slug="glow")


@pytest.fixture
def rita(db):
    return person("rita", "Medical reviewer")


def act(actor, name, posts, now=NOON, **wanted):
    return act_on_many(actor, name, [post.pk for post in posts], Wanted(**wanted), now=now)


def facts(done) -> dict[str, dict]:
    return {item.post.title: item.facts for item in done.items.select_related("post")}


def left_alone(done) -> dict[str, str]:
    return {title: found["refused"] for title, found in facts(done).items() if "refused" in found}


def kept(done) -> dict[str, str]:
    return {title: found["kept"] for title, found in facts(done).items() if "kept" in found}


def write_in(post, who, **about) -> Revision:
    """Words that somebody has typed and not saved as a draft."""
    values = post.article_values() | {"title": f"Half a word of {who}"}
    return Revision.objects.create(
        post=post, base=newest_revision(post), saved_by=who, saved_at=NOON, **values, **about
    )


def test_a_topic_on_many_drafts_and_back(erin, draft, lasers):
    posts = [draft("One"), draft("Two")]
    before = [newest_revision(post).pk for post in posts]
    done = act(erin, "set_topic", posts, topic=lasers)
    assert done.words == "Topic set to “Lasers”"
    assert [newest_revision(post).topic for post in posts] == [lasers, lasers]
    assert [item.before_id for item in done.items.order_by("pk")] == before
    assert undo_many(erin, done, now=NOON + 9 * MINUTE) == 2
    for post in posts:
        assert Post.objects.get(pk=post.pk).topic is None
        assert newest_revision(post).topic is None
        assert post.revisions.count() == 3, "undoing is a draft on top, so it can itself be undone"
    assert undo_many(erin, done, now=NOON + 9 * MINUTE) == 0, "a second press changes nothing"
    assert posts[0].revisions.count() == 3


def test_tags_and_authors(erin, draft, glow):
    bo = Author.objects.create(name="Bo", slug="bo")
    with_tag, without = draft("With", tags=[glow]), draft("Without")
    added = act(erin, "add_tag", [with_tag, without], tag=glow)
    assert left_alone(added) == {"With": "It has that tag already."}
    assert list(newest_revision(without).tags.all()) == [glow] == list(without.tags.all())
    removed = act(erin, "remove_tag", [with_tag], tag=glow, now=NOON + MINUTE)
    assert not newest_revision(with_tag).tags.exists()
    undo_many(erin, removed, now=NOON + MINUTE)
    assert list(newest_revision(with_tag).tags.all()) == [glow]
    assert newest_revision(with_tag).restored_from == removed.items.get().before
    signed = act(erin, "set_author", [without], author=bo, now=NOON + MINUTE)
    assert newest_revision(without).author == bo and signed.words == "Author set to Bo"


def test_readers_see_no_change_of_a_draft(erin, draft, lasers):
    post = draft()
    publication = publish(erin, newest_revision(post), now=NOON - DAY)
    done = act(erin, "set_topic", [post], topic=lasers)
    assert facts(done)[post.title]["said"] == "Changed in the draft. What readers see changes when it is published."
    live = Publication.objects.live(NOON + MINUTE).get()
    assert live == publication and live.topic is None


def test_each_post_has_its_own_rights(wilma, erin, draft, lasers):
    hers, others = draft("Hers", actor=wilma), draft("Erin's")
    done = act(wilma, "set_topic", [hers, others], topic=lasers)
    assert list(left_alone(done)) == ["Erin's"]
    assert "belongs to somebody else" in left_alone(done)["Erin's"]
    assert newest_revision(hers).topic == lasers and newest_revision(others).topic is None


def test_who_may_not_do_it_at_all(wilma, nora, rita, erin, draft, lasers, author):
    posts = [draft()]
    publish(erin, newest_revision(posts[0]), now=NOON - DAY)
    for actor, name, wanted in (
        (nora, "set_topic", {"topic": lasers}),
        (rita, "trash", {}),
        (wilma, "set_author", {"author": author}),
        (wilma, "take_off", {"reason": "Old"}),
    ):
        with pytest.raises(NotAllowed):
            act(actor, name, posts, **wanted)
    assert not BulkActItem.objects.exists()


@pytest.mark.parametrize("name", ["set_topic", "trash"])
def test_words_that_somebody_is_writing_are_left_alone(erin, wilma, draft, lasers, name):
    wilma.first_name = "Wilma"
    wilma.save()
    hers, mine, free = draft("Hers"), draft("Mine"), draft("Free")
    words = write_in(hers, wilma)
    write_in(mine, erin)
    done = act(erin, name, [hers, mine, free], topic=lasers)
    assert left_alone(done) == {
        "Hers": "Wilma is writing in it now. Try again when they are done.",
        "Mine": "You are writing in it in another window. Save there first.",
    }
    words.refresh_from_db()
    assert (words.sealed_at, words.set_aside, words.title) == (None, False, f"Half a word of {wilma}")


def test_words_at_rest_become_the_draft_first(erin, wilma, draft, lasers):
    post = draft("Saved")
    write_in(post, wilma)
    act(erin, "set_topic", [post], topic=lasers, now=NOON + 11 * MINUTE)
    newest = newest_revision(post)
    assert (newest.title, newest.topic, newest.saved_by) == (f"Half a word of {wilma}", lasers, erin)
    assert not post.revisions.filter(set_aside=True).exists()


def test_what_no_field_can_keep_yet_is_not_dropped(erin, wilma, draft, lasers):
    post = draft("Saved")
    write_in(post, wilma, typed={"tag_words": "no such tag", "title": ""})
    done = act(erin, "set_topic", [post], topic=lasers, now=NOON + 11 * MINUTE)
    assert [words.split(",")[0] for words in left_alone(done).values()] == ["Its draft has something unfinished"]
    assert newest_revision(post).typed["tag_words"] == "no such tag"


def test_undoing_leaves_alone_what_changed_since(erin, wilma, draft, rewrite, lasers):
    saved, written, published, free = draft("Saved"), draft("Written"), draft("Published"), draft("Free")
    done = act(erin, "set_topic", [saved, written, published, free], topic=lasers)
    newer = rewrite(saved, actor=erin, subtitle="Since then", now=NOON + MINUTE)
    write_in(written, wilma)
    publish(erin, newest_revision(published), now=NOON + MINUTE)
    assert undo_many(erin, done, now=NOON + 2 * MINUTE) == 1
    assert kept(done) == {
        "Saved": "erin saved it since. Their draft stays; change it in the post.",
        "Written": "wilma is writing in it now. Try again when they are done.",
        "Published": "It was published since. Change it in the post, then publish that.",
    }
    assert newest_revision(saved) == newer
    assert newest_revision(free).topic is None and newest_revision(published).topic == lasers


def test_one_post_of_many(erin, draft, lasers):
    one, two = draft("One"), draft("Two")
    done = act(erin, "set_topic", [one, two], topic=lasers)
    assert undo_many(erin, done, post_id=two.pk, now=NOON) == 1
    assert newest_revision(one).topic == lasers and newest_revision(two).topic is None


def test_ten_minutes_and_only_by_the_same_person(erin, draft, lasers):
    post = draft()
    done = act(erin, "set_topic", [post], topic=lasers)
    with pytest.raises(NotAllowed):
        undo_many(person("mara", "Manager"), done, now=NOON)
    with pytest.raises(Refused, match="10 minutes"):
        undo_many(erin, done, now=NOON + 10 * MINUTE)
    assert newest_revision(post).topic == lasers


def test_rights_that_are_gone_undo_nothing(erin, draft, lasers):
    post = draft()
    done = act(erin, "set_topic", [post], topic=lasers)
    Post.objects.update(created_by=None)
    erin.groups.set(erin.groups.filter(name="Writer"))
    undo_many(type(erin).objects.get(pk=erin.pk), done, now=NOON)
    assert "belongs to somebody else" in kept(done)[post.title]
    assert newest_revision(post).topic == lasers


@pytest.mark.parametrize("outcome", ["waiting", "approved"])
def test_no_review_is_ended_in_silence(erin, draft, lasers, outcome):
    post = draft()
    decided = {} if outcome == "waiting" else {"decided_at": NOON}
    Review.objects.create(
        post=post, revision=newest_revision(post), submitted_at=NOON - HOUR, outcome=outcome, **decided
    )
    done = act(erin, "set_topic", [post], topic=lasers)
    assert "review" in left_alone(done)[post.title] or "approv" in left_alone(done)[post.title]
    assert post.revisions.count() == 1


def test_trash_and_back(erin, draft):
    thrown, public, there = draft("Thrown"), draft("Public"), draft("There")
    publish(erin, newest_revision(public), now=NOON - DAY)
    move_to_trash(erin, there, now=NOON - HOUR)
    done = act(erin, "trash", [thrown, public, there])
    assert left_alone(done)["There"] == "It is in the trash already."
    assert "Take it off the site instead" in left_alone(done)["Public"]
    assert Post.objects.get(pk=thrown.pk).trashed_at == NOON
    undo_many(erin, done, now=NOON + MINUTE)
    assert Post.objects.get(pk=thrown.pk).trashed_at is None
    assert Post.objects.get(pk=there.pk).trashed_at == NOON - HOUR, "what this act left alone, its undoing does too"
    back = act(erin, "restore", [there, public], now=NOON + HOUR)
    assert left_alone(back) == {"Public": "It is not in the trash."}
    undo_many(erin, back, now=NOON + HOUR)
    assert Post.objects.get(pk=there.pk).trashed_at == NOON + HOUR


def test_out_of_the_trash_and_written_since_stays_out(erin, draft, rewrite):
    post = draft()
    move_to_trash(erin, post, now=NOON - HOUR)
    back = act(erin, "restore", [post])
    rewrite(post, subtitle="New words", now=NOON + MINUTE)
    assert undo_many(erin, back, now=NOON + MINUTE) == 0
    assert Post.objects.get(pk=post.pk).trashed_at is None
    restore_from_trash(erin, post)


def test_off_the_site_and_back_as_it_was(erin, draft, rewrite, glow):
    post = draft("Winter offer", tags=[glow], published_at=NOON - 40 * DAY)
    first = publish(erin, newest_revision(post), now=NOON - 2 * DAY)
    take_off(erin, post, "Offer ends", at=NOON + 5 * DAY, now=NOON - DAY)
    rewrite(post, title="Winter offer, changed", slug="changed", now=NOON - HOUR)
    never = draft("Never public")
    done = act(erin, "take_off", [post, never], reason="Complaint")
    assert left_alone(done) == {"Never public": "Readers do not see it, so there is nothing to take off."}
    assert not Publication.objects.live(NOON).exists()
    assert AuditEntry.objects.filter(act="taken_off", reason="Complaint").count() == 1
    assert undo_many(erin, done, now=NOON + MINUTE) == 1
    again = Publication.objects.live(NOON + MINUTE).get()
    assert again.pk != first.pk and again.live_from == NOON + MINUTE
    assert again.article_values() == first.article_values() and again.revision == first.revision
    assert list(again.tags.all()) == [glow] and again.live_until == NOON + 5 * DAY
    assert newest_revision(post).title == "Winter offer, changed", "the draft is not touched"


def test_readers_find_it_again(client, erin, draft):
    post = draft()
    publish(erin, newest_revision(post))
    done = act(erin, "take_off", [post], reason="Complaint", now=None)
    assert client.get(f"/blog/{post.slug}/").status_code == 410
    assert undo_many(erin, done) == 1
    assert client.get(f"/blog/{post.slug}/").status_code == 200
    assert "lasers" in client.get("/search/?q=lasers").content.decode()


def test_taken_off_and_published_since_is_left_alone(erin, draft, rewrite):
    post = draft()
    publish(erin, newest_revision(post), now=NOON - DAY)
    done = act(erin, "take_off", [post], reason="Mistake")
    newer = publish(erin, rewrite(post, title="Corrected", now=NOON), now=NOON + MINUTE)
    assert undo_many(erin, done, now=NOON + 2 * MINUTE) == 0
    assert "published or scheduled since" in kept(done)["Corrected"]
    assert Publication.objects.live(NOON + 2 * MINUTE).get() == newer


def test_what_could_not_be_put_back_is_not_taken_off(erin, draft, rewrite):
    post = draft()
    publish(erin, newest_revision(post), now=NOON - DAY)
    publish(erin, rewrite(post, subtitle="Soon", now=NOON - HOUR), at=NOON + DAY, now=NOON - HOUR)
    done = act(erin, "take_off", [post], reason="Complaint")
    assert "A version is scheduled for" in left_alone(done)[post.title]
    assert Publication.objects.live(NOON).count() == 1


def test_a_reviewer_takes_off_and_cannot_publish_it_again(rita, erin, draft):
    post = draft()
    publish(erin, newest_revision(post), now=NOON - DAY)
    done = act(rita, "take_off", [post], reason="A dose is wrong")
    assert undo_many(rita, done, now=NOON) == 0
    assert "Ask an editor" in kept(done)[post.title]
    assert not Publication.objects.live(NOON).exists()


def test_a_reason_is_needed(erin, draft):
    post = draft()
    publish(erin, newest_revision(post), now=NOON - DAY)
    assert "why it goes" in left_alone(act(erin, "take_off", [post], reason=" "))[post.title]
    assert Publication.objects.live(NOON).count() == 1


def test_a_sample_that_is_put_back_is_a_sample_again(erin, draft, lasers):
    post = draft(noindex=True)
    Post.objects.update(is_sample=True)
    done = act(erin, "set_topic", [post], topic=lasers)
    assert not Post.objects.get().is_sample
    undo_many(erin, done, now=NOON)
    assert Post.objects.get().is_sample and Post.objects.get().noindex


def test_not_more_than_a_hundred_at_once(erin, draft, lasers):
    post = draft()
    with pytest.raises(Refused, match="100 is the most"):
        act_on_many(erin, "set_topic", range(post.pk, post.pk + 101), Wanted(topic=lasers))
    with pytest.raises(Refused, match="No post is chosen"):
        act_on_many(erin, "set_topic", [], Wanted(topic=lasers))
    assert post.revisions.count() == 1


def test_a_post_that_is_gone_stops_no_other(erin, draft, lasers):
    post = draft()
    done = act_on_many(erin, "set_topic", [post.pk + 1000, post.pk, post.pk], Wanted(topic=lasers), now=NOON)
    assert [item.post for item in done.items.all()] == [post]
    assert newest_revision(post).topic == lasers
