"""Saving drafts: every save is a sealed revision, nobody overwrites anybody by accident."""

import pytest
from cast import DAY, HOUR, NOON
from django.db.models import ProtectedError, QuerySet

from blog.models import Address, ArticleFields, AuditEntry, Post, Publication, Revision, Tag, Topic
from blog.models.publication import FixedPublication
from blog.models.revision import SealedRevision
from blog.publishing import (
    EditConflict,
    NotAllowed,
    NotThere,
    Refused,
    free_slug,
    move_to_trash,
    newest_revision,
    publish,
    restore_from_trash,
    save_draft,
)

pytestmark = pytest.mark.django_db


def test_a_save_makes_a_sealed_snapshot_of_every_field(draft):
    post = draft(subtitle="A subtitle", key_points=["One", "Two"], noindex=True, meta_description="About lasers")
    revision = newest_revision(post)
    assert revision.sealed_at is not None
    assert revision.article_values() == Post.objects.get(pk=post.pk).article_values()


def test_post_revision_and_publication_have_the_same_article_columns():
    names = set(ArticleFields.article_field_names())
    assert {"title", "body", "hero_image_id", "author_id", "published_at", "noindex"} <= names
    for model in (Post, Revision, Publication):
        assert names <= {field.attname for field in model._meta.fields}
    own = {"id", "uuid", "state", "created_by_id", "created_at", "saved_at", "trashed_at", "is_sample"}
    # A new field on Post that readers may see belongs into ArticleFields, or snapshots would forget it.
    assert {field.attname for field in Post._meta.fields} - names == own


def test_saving_without_a_change_makes_no_revision(draft, rewrite):
    post = draft()
    first = newest_revision(post)
    assert rewrite(post) == first
    assert post.revisions.count() == 1


def test_saving_what_only_cleaning_would_change_makes_no_revision(draft, rewrite):
    post = draft(body="<p>Light, slowly explained.</p>", title="How lasers work")
    rewrite(post, body="<p>Light, slowly explained.</p><p></p>\n", title="  How lasers   work ")
    assert post.revisions.count() == 1


def test_a_changed_tag_alone_makes_a_revision(draft, erin):
    post = draft()
    tag = Tag.objects.create(name="Light", slug="light")
    save_draft(erin, post, [tag], base_id=newest_revision(post).pk, now=NOON)
    assert list(newest_revision(post).tags.all()) == [tag]
    assert post.revisions.count() == 2


def test_a_sealed_revision_cannot_change(draft):
    revision = newest_revision(draft())
    revision.title = "Rewritten history"
    with pytest.raises(SealedRevision):
        revision.save()


def test_a_colleagues_save_is_never_overwritten_silently(draft, rewrite, erin):
    post = draft()
    opened = newest_revision(post)
    rewrite(post, title="Hers")
    mine = Post.objects.get(pk=post.pk)
    mine.title = "Mine"
    with pytest.raises(EditConflict) as conflict:
        save_draft(erin, mine, [], base_id=opened.pk)
    assert conflict.value.newest.title == "Hers"
    assert Post.objects.get(pk=post.pk).title == "Hers"


def test_saving_on_top_keeps_the_colleagues_text_in_the_revisions(draft, rewrite, erin):
    post = draft()
    hers = rewrite(post, title="Hers")
    mine = Post.objects.get(pk=post.pk)
    mine.title = "Mine"
    save_draft(erin, mine, [], base_id=hers.pk)
    assert list(post.revisions.values_list("title", flat=True)) == ["Mine", "Hers", "How lasers work"]


def test_a_save_changes_nothing_for_readers(draft, rewrite, erin, client):
    post = draft()
    publish(erin, newest_revision(post), now=NOON)
    rewrite(post, title="Half a thought", body="<p>Unfinished</p>")
    page = client.get("/blog/how-lasers-work/").content.decode()
    assert "Light, slowly explained." in page
    assert "Half a thought" not in page and "Unfinished" not in page


class TestRights:
    def test_a_writer_changes_own_posts(self, draft, rewrite, wilma):
        post = draft(actor=wilma)
        assert rewrite(post, actor=wilma, title="Better").title == "Better"

    def test_a_writer_changes_posts_under_their_name(self, draft, rewrite, wilma, author):
        author.user = wilma
        author.save()
        assert rewrite(draft(), actor=wilma, title="Better").title == "Better"

    def test_a_writer_cannot_change_the_posts_of_others(self, draft, rewrite, wilma):
        with pytest.raises(NotAllowed):
            rewrite(draft(), actor=wilma, title="Worse")

    def test_a_writer_cannot_take_a_post_by_naming_themselves_its_author(self, draft, rewrite, wilma, author):
        from blog.models import Author

        own = Author.objects.create(name="Wilma", slug="wilma", user=wilma)
        with pytest.raises(NotAllowed):
            rewrite(draft(), actor=wilma, author=own)

    def test_an_editor_changes_any(self, draft, rewrite, erin, wilma):
        assert rewrite(draft(actor=wilma), actor=erin, title="Better").title == "Better"

    def test_without_a_role_nothing_can_be_written(self, draft, nora):
        with pytest.raises(NotAllowed):
            draft(actor=nora)

    def test_a_deactivated_person_can_do_nothing(self, draft, rewrite, erin):
        post = draft()
        erin.is_active = False
        with pytest.raises(NotAllowed):
            rewrite(post, actor=erin, title="Still here")


class TestAddress:
    def test_it_comes_from_the_title(self, draft):
        assert draft(title="What’s New? Café & Skin").slug == "whats-new-cafe-skin"

    @pytest.mark.parametrize("title", ["???", "皮肤", "🙂"])
    def test_a_title_without_letters_for_it_still_gets_one(self, draft, title):
        assert draft(title=title).slug == "post"

    def test_two_posts_never_share_one(self, draft):
        assert [draft().slug, draft().slug, draft().slug] == [
            "how-lasers-work",
            "how-lasers-work-2",
            "how-lasers-work-3",
        ]

    def test_an_address_that_readers_knew_is_not_given_away(self, draft, rewrite, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON)
        publish(erin, rewrite(post, slug="light"), now=NOON + HOUR)
        assert Address.objects.filter(post=post).count() == 2
        assert free_slug("How lasers work") == "how-lasers-work-2"

    def test_a_long_title_gives_an_address_that_fits(self, draft):
        slugs = [draft(title="a" * 200).slug for _ in range(3)]
        assert len(set(slugs)) == 3 and all(len(slug) == 200 for slug in slugs)


class TestTrash:
    def test_a_draft_goes_and_comes_back_as_it_was(self, draft, erin):
        post = draft()
        move_to_trash(erin, post, now=NOON)
        assert not Post.objects.not_in_trash().exists()
        restore_from_trash(erin, post, now=NOON)
        assert Post.objects.not_in_trash().get() == post
        restore_from_trash(erin, post, now=NOON)
        assert [entry.act for entry in AuditEntry.objects.all()] == ["restored", "trashed"]

    def test_what_readers_saw_cannot_be_thrown_away(self, draft, erin):
        post = draft()
        publish(erin, newest_revision(post), now=NOON - DAY)
        with pytest.raises(Refused, match="Take it off the site"):
            move_to_trash(erin, post)

    def test_what_lies_there_cannot_be_published(self, draft, erin):
        post = draft()
        move_to_trash(erin, post)
        with pytest.raises(Refused, match="trash"):
            publish(erin, newest_revision(post))


def test_nothing_that_a_post_rests_on_can_be_deleted(draft, erin, author, picture):
    tag = Tag.objects.create(name="Light", slug="light")
    topic = Topic.objects.create(name="Lasers", slug="lasers")
    post = draft(tags=[tag], topic=topic, hero_image=picture, hero_alt="A lamp")
    publish(erin, newest_revision(post))
    for record in (author, tag, topic, picture, erin, post):
        with pytest.raises(ProtectedError):
            record.delete()
    for queryset in (post.revisions, post.publications):
        with pytest.raises((SealedRevision, FixedPublication)):
            queryset.all().delete()
        with pytest.raises((SealedRevision, FixedPublication)):
            queryset.get().delete()


def test_a_picture_that_stands_only_in_an_old_text_stays(draft, rewrite, picture):
    post = draft(body=f'<figure><img data-image="{picture.pk}" alt="A lamp"></figure>')
    rewrite(post, body="<p>Without it</p>")
    with pytest.raises(ProtectedError):
        picture.delete()


def test_revisions_are_not_rewritten_in_bulk(draft):
    post = draft()
    with pytest.raises(SealedRevision):
        post.revisions.update(title="Rewritten history")


def test_a_save_leaves_alone_what_no_form_carries(draft, rewrite, erin, wilma):
    post = draft(actor=wilma)
    Post.objects.filter(pk=post.pk).update(state=Post.State.IN_REVIEW)
    stale = Post(pk=post.pk, uuid=post.uuid, created_at=post.created_at, **post.article_values())
    stale.title = "From a form"
    save_draft(erin, stale, [], base_id=newest_revision(post).pk)
    post.refresh_from_db()
    assert (post.title, post.state, post.created_by) == ("From a form", Post.State.IN_REVIEW, wilma)


def test_a_post_that_was_removed_meanwhile_says_so(draft, rewrite, erin):
    post = draft()
    QuerySet(Revision).filter(post=post).delete()
    base = 1
    Post.objects.filter(pk=post.pk).delete()
    with pytest.raises(NotThere, match="Your text stands here"):
        save_draft(erin, post, [], base_id=base)
