"""Replacing a picture everywhere: readers get the same text with another picture, and nobody's words are lost."""

import pytest
from cast import DAY, HOUR, NOON, person
from django.core.files.storage import default_storage
from django.utils import timezone
from factories import change_post, make_author, make_picture, make_post, make_practice

from blog import pictures, publishing
from blog.models import AuditEntry, Author, ChangeStamp, Image, Post, Publication, Revision
from blog.picture_files import finish_deletions
from blog.publishing import EditConflict, NotAllowed, Refused, newest_revision, places_of, replace_picture, save_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    return make_picture(alt_text="A jar without a name")


@pytest.fixture
def new():
    return make_picture(500, 300, alt_text="The same jar, newly taken")


def with_picture(image, words="Text"):
    return (
        f'<p>{words}</p>\n<figure><img data-image="{image.pk}" alt="Said here"><figcaption>Below</figcaption></figure>'
    )


def post_with(image, title="A jar", **values):
    return make_post(title, body=with_picture(image), hero_image=image, hero_alt="Hero words", **values)


def live(post, now=None):
    return Publication.objects.live(now or timezone.now()).get(post=post)


def test_readers_get_the_same_text_with_the_other_picture(old, new, erin):
    post = post_with(old, tags=("jars",), topic="Skin", now=NOON)
    change_post(post, title="A jar, looked at again", show_updated=True, now=NOON + DAY)
    before, stamp = live(post), ChangeStamp.current()
    places = replace_picture(erin, old, new, now=NOON + 2 * DAY)
    after = live(post)
    assert [found.pk for found in places.live] == [post.pk]
    assert after.body == before.body.replace(f'"{old.pk}"', f'"{new.pk}"') and after.hero_image == new
    same = (
        "title",
        "slug",
        "hero_alt",
        "published_at",
        "updated_at",
        "post_uuid",
        "author_id",
        "topic_id",
        "live_until",
    )
    kept = {"live_until": Publication.objects.get(pk=before.pk).live_until}
    assert {name: getattr(after, name) for name in same if name not in kept} == {
        name: getattr(before, name) for name in same if name not in kept
    }
    assert [tag.name for tag in after.tags.all()] == ["jars"]
    assert (after.live_from, kept["live_until"]) == (NOON + 2 * DAY, NOON + 2 * DAY)
    assert after.released_by == erin and ChangeStamp.current() == stamp + 1
    # What was published can still be shown: its row, its text, its picture's row and master.
    assert live(post, NOON + DAY).hero_image == old and old.master.storage.exists(old.master.name)


def test_the_working_copy_moves_on_by_a_draft_and_old_versions_stay(old, new, erin):
    post = post_with(old)
    first = newest_revision(post)
    replace_picture(erin, old, new)
    stored, draft = Post.objects.get(pk=post.pk), newest_revision(post)
    assert draft.base == first and draft.saved_by == erin and draft.note
    assert (stored.hero_image, draft.hero_image) == (new, new) and stored.article_values() == draft.article_values()
    assert [image.pk for image in draft.images.all()] == [new.pk]
    assert Revision.objects.get(pk=first.pk).hero_image == old
    assert live(post).revision == draft


def test_a_draft_that_is_ahead_of_the_live_text_stays_ahead(old, new, erin, rewrite):
    post = post_with(old)
    rewrite(post, body=with_picture(old, "Not for readers yet"))
    replace_picture(erin, old, new)
    published = live(post)
    assert "Not for readers yet" not in published.body and f'"{new.pk}"' in published.body
    assert published.revision.set_aside and published.revision.article_values()["body"] == published.body
    newest = newest_revision(post)
    assert newest.body == with_picture(new, "Not for readers yet") and newest.pk != published.revision_id


def test_what_is_scheduled_keeps_its_minute(old, new, erin):
    at = timezone.now() + DAY
    post = post_with(old, live=False, at=at)
    places = replace_picture(erin, old, new)
    waiting = Publication.objects.get(post=post)
    assert [found.pk for found in places.scheduled] == [post.pk] and places.live == []
    assert (waiting.live_from, waiting.published_at, waiting.hero_image) == (at, at, new)
    publishing.unschedule(erin, post)
    assert not Publication.objects.filter(post=post).exists()


def test_a_live_text_with_a_planned_end_keeps_it(old, new, erin):
    post = post_with(old)
    end = timezone.now() + DAY
    publishing.take_off(erin, post, "The offer ends", at=end)
    replace_picture(erin, old, new)
    assert live(post).live_until == end and live(post).hero_image == new


def test_words_that_a_colleague_is_writing_go_on_with_the_new_picture(old, new, erin):
    post = post_with(old)
    seen = newest_revision(post)
    wilma = person("wilma", "Editor")
    typing = Revision(
        post=post,
        base=seen,
        saved_by=wilma,
        saved_at=timezone.now(),
        version=3,
        typed={"tag_words": "new"},
        **(seen.article_values() | {"title": "Half a title", "body": with_picture(old, "Half a sen")}),
    )
    typing.save()
    other = post_with(make_picture(700, 300), title="Another")
    Revision.objects.create(
        post=other,
        base=newest_revision(other),
        saved_by=wilma,
        saved_at=timezone.now(),
        **(newest_revision(other).article_values() | {"body": with_picture(old)}),
    )
    places = places_of(old, timezone.now())
    assert [found.pk for found in places.live] == [post.pk] and [found.pk for found in places.drafts] == [other.pk]
    replace_picture(erin, old, new)
    typing = Revision.objects.get(post=post, saved_by=wilma, sealed_at__isnull=True)
    assert typing.sealed_at is None and not typing.set_aside and typing.base == newest_revision(post)
    assert (typing.title, typing.version, typing.typed) == ("Half a title", 3, {"tag_words": "new"})
    assert typing.body == with_picture(new, "Half a sen")
    # The window still has the old picture and the old base: saving is no conflict and brings the new picture.
    mine = Post.objects.get(pk=post.pk)
    mine.title, mine.body, mine.hero_image = "Half a title", with_picture(old, "Half a sentence"), old
    saved = save_draft(wilma, mine, [], base_id=seen.pk)
    assert saved.body == with_picture(new, "Half a sentence") and saved.hero_image == new
    with pytest.raises(EditConflict):
        save_draft(erin, Post.objects.get(pk=post.pk), [], base_id=seen.pk)


def test_authors_and_the_practice_get_it_too(old, new, erin):
    author = make_author(photo=old)
    make_practice(logo=old, share_image=old)
    places = replace_picture(erin, old, new)
    practice = make_practice()
    assert (places.authors, places.practice) == ([author], ["logo", "share_image"])
    assert Author.objects.get(pk=author.pk).photo == new and (practice.logo, practice.share_image) == (new, new)


def test_descriptions_stay_those_of_each_place_unless_the_new_ones_are_chosen(old, new, erin):
    post = post_with(old)
    replace_picture(erin, old, new)
    assert live(post).hero_alt == "Hero words" and 'alt="Said here"' in live(post).body
    third = make_picture(600, 300, alt_text="Third words")
    replace_picture(erin, new, third, own_words=True)
    assert live(post).hero_alt == "Third words" and 'alt="Third words"' in live(post).body
    assert "<figcaption>Below</figcaption>" in live(post).body


def test_the_old_files_go_after_the_act_and_every_earlier_crop_with_them(
    old, new, erin, django_capture_on_commit_callbacks, client
):
    first = {rendition["name"] for rendition in old.renditions}
    pictures.refocus(old, 0.1, 0.9)
    names = first | {rendition["name"] for rendition in old.renditions}
    post = post_with(old)
    with django_capture_on_commit_callbacks(execute=True):
        replace_picture(erin, old, new)
    assert not [name for name in names if default_storage.exists(name)]
    old = Image.objects.get(pk=old.pk)
    assert (old.replaced_by, old.renditions) == (new, []) and old.replaced_at is not None
    page = client.get(f"/blog/{post.slug}/").content.decode()
    assert not [name for name in names if name in page] and new.renditions[0]["name"].split("-")[0] in page
    assert pictures.private_file(old).startswith(b"\xff\xd8")


def test_files_that_were_left_behind_are_removed_later_and_shown_by_nobody_meanwhile(old, new, erin):
    post_with(old)
    names = [rendition["name"] for rendition in old.renditions]
    replace_picture(erin, old, new)  # the process ends here: nothing after the transaction runs
    old = Image.objects.get(pk=old.pk)
    assert old.renditions == [] and all(default_storage.exists(name) for name in names)
    assert pictures.hero_figure(old, timezone.now()) is None and pictures.thumbnail_url(old) == ""
    assert finish_deletions() == len(names)
    assert not any(default_storage.exists(name) for name in names)
    assert finish_deletions() == 0 and old.master.storage.exists(old.master.name)


def test_each_article_and_the_act_are_written_down(old, new, erin):
    post = post_with(old)
    replace_picture(erin, old, new, now=timezone.now() + HOUR)
    entries = AuditEntry.objects.filter(act=AuditEntry.Act.PICTURE_REPLACED).order_by("pk")
    assert [(entry.actor, entry.post) for entry in entries] == [(erin, post), (erin, None)]
    assert entries[0].revision == live(post, timezone.now() + DAY).revision
    assert f"Picture {old.pk} (A jar without a name) by picture {new.pk}" in entries[1].reason


def test_the_same_bytes_do_not_bring_a_replaced_picture_back(old, new, erin):
    replace_picture(erin, old, new)
    with pytest.raises(pictures.PictureRefused, match="replaced everywhere by “The same jar, newly taken”"):
        make_picture(alt_text="Once more")


def test_what_cannot_be_exchanged(old, new, erin, wilma):
    with pytest.raises(NotAllowed):
        replace_picture(wilma, old, new)
    with pytest.raises(Refused, match="same picture"):
        replace_picture(erin, old, old)
    bare = make_picture(600, 300, alt_text="", depicts="")
    with pytest.raises(Refused, match="no description yet"):
        replace_picture(erin, old, bare)
    replace_picture(erin, old, new)
    with pytest.raises(Refused, match="replaced everywhere already"):
        replace_picture(erin, old, make_picture(700, 300))
    with pytest.raises(Refused, match="cannot be shown"):
        replace_picture(erin, new, old)
    Image.objects.filter(pk=bare.pk).delete()
    with pytest.raises(Refused, match="deleted meanwhile"):
        replace_picture(erin, new, bare)


def test_an_earlier_version_with_the_old_picture_comes_back_with_the_new_one(old, new, erin):
    post = post_with(old)
    replace_picture(erin, old, new)
    mine = Post.objects.get(pk=post.pk)
    mine.title, mine.hero_image, mine.body = "As it was", old, with_picture(old)
    saved = save_draft(erin, mine, [], base_id=newest_revision(post).pk)
    assert saved.hero_image == new and f'"{new.pk}"' in saved.body
    third = make_picture(600, 300, alt_text="Third")
    replace_picture(erin, new, third)
    mine.title, mine.hero_image = "As it was, twice", old
    assert save_draft(erin, mine, [], base_id=newest_revision(post).pk).hero_image == third


def test_a_draft_that_still_has_a_replaced_picture_is_not_published(old, new, erin):
    post = make_post(body=with_picture(old), live=False)
    Image.objects.filter(pk=old.pk).update(replaced_by=new, replaced_at=timezone.now())
    with pytest.raises(Refused, match="Save the draft once more"):
        publishing.publish(erin, newest_revision(post))
    saved = save_draft(erin, Post.objects.get(pk=post.pk), [], base_id=newest_revision(post).pk)
    assert publishing.publish(erin, saved).body == with_picture(new)


def test_words_at_rest_become_a_draft_with_the_new_picture(old, new, erin, wilma):
    post = post_with(old)
    seen = newest_revision(post)
    values = {"title": "At rest", "body": with_picture(old, "At rest")}
    began = timezone.now()
    kept = publishing.autosave(erin, post, values, {}, seen=publishing.Seen(seen.pk, window="one"), now=began)
    replace_picture(erin, old, new)
    # The window knows nothing of it and goes on.
    told = publishing.Seen(seen.pk, kept.open_id, kept.version, "one")
    again = publishing.autosave(erin, post, values | {"title": "At rest now"}, {}, seen=told, turn=1, now=began)
    assert (again.version, again.base_id) == (kept.version + 1, newest_revision(post).pk)
    publishing.settle(Post.objects.get(pk=post.pk), began + HOUR)
    draft = newest_revision(post)
    assert (draft.title, draft.hero_image, draft.body) == ("At rest now", new, with_picture(new, "At rest"))
    assert Post.objects.get(pk=post.pk).hero_image == new


def test_a_window_that_was_opened_before_begins_to_write_after(old, new, erin):
    post = post_with(old)
    seen = newest_revision(post)
    replace_picture(person("mia", "Editor"), old, new)
    window = publishing.Seen(seen.pk, window="one")
    publishing.autosave(erin, post, {"title": "Written after"}, {}, seen=window, now=timezone.now())
    assert post.revisions.get(sealed_at__isnull=True).base == newest_revision(post)
