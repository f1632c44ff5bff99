"""The address follows the title until readers may know it; then it changes only on purpose."""

import pytest
from django.utils import timezone
from factories import make_post

from blog.models import Post
from blog.publishing import newest_revision, publish


def slug_of(post):
    return Post.objects.get(pk=post.pk).slug


def test_it_follows_the_title_of_a_draft(editor):
    post = make_post("First title", live=False)
    editor.open(post).send(title="Second title")
    assert slug_of(post) == "second-title"
    editor.open(post).send(title="Second title!")
    assert slug_of(post) == "second-title"


def test_it_takes_a_free_number_and_keeps_it(editor):
    make_post("Same", live=False)
    editor.open().send(title="Same")
    post = Post.objects.latest("pk")
    assert post.slug == "same-2"
    editor.open(post).send(body="<p>New</p>")
    assert slug_of(post) == "same-2"
    editor.open(post).send(title="Other")
    assert slug_of(post) == "other"


def test_an_address_of_ones_own_stays_when_the_title_changes(editor):
    post = make_post("First title", live=False)
    editor.open(post).send(slug="My Own Address")
    assert slug_of(post) == "my-own-address"
    editor.open(post).send(title="Second title")
    assert slug_of(post) == "my-own-address"
    editor.open(post).send(slug="")
    assert slug_of(post) == "second-title"


def test_once_live_it_stays_whatever_the_title(editor):
    post = make_post("First title")
    editor.open(post).send(title="Second title")
    assert slug_of(post) == "first-title"
    editor.open(post).send(slug="")
    assert slug_of(post) == "first-title"


def test_once_scheduled_it_stays_too(editor):
    post = make_post("First title", at=timezone.now() + timezone.timedelta(days=1))
    editor.open(post).send(title="Second title")
    assert slug_of(post) == "first-title"


def test_published_while_the_form_stood_open_it_stays(editor):
    post = make_post("First title", live=False)
    editor.open(post)
    publish(editor.user, newest_revision(post))
    editor.send(title="Second title")
    assert slug_of(post) == "first-title"


def test_a_public_address_can_be_changed_on_purpose(editor):
    post = make_post("First title")
    editor.open(post)
    assert "the old address leads to the new one" in editor.text
    editor.send(slug="better-words")
    assert slug_of(post) == "better-words"


def test_a_taken_address_names_the_post_that_has_it(editor):
    make_post("Old hand", now=timezone.now() - timezone.timedelta(days=3))
    post = make_post("New hand", live=False)
    assert editor.open(post).send(slug="old-hand").status_code == 200
    assert "belongs to “Old hand”" in editor.errors("slug")
    assert editor.fields["slug"] == "old-hand" and slug_of(post) == "new-hand"
    assert editor.page.xpath("//details[@open]//input[@id='id_slug']")


def test_a_former_address_is_taken_as_well(editor):
    post = make_post("Old hand")
    editor.open(post).send(slug="renamed")
    publish(editor.user, newest_revision(post))
    assert editor.open().send(title="Thief", slug="old-hand").status_code == 200
    assert "belongs to “Old hand”" in editor.errors("slug")
    editor.open().send(title="Old hand")
    assert Post.objects.latest("pk").slug == "old-hand-2"


@pytest.mark.parametrize("typed", ["★★★", "/", "中文"])
def test_an_address_needs_plain_letters(editor, typed):
    assert editor.open().send(title="Words", slug=typed).status_code == 200
    assert "needs letters or digits" in editor.errors("slug")


def test_a_title_without_plain_letters_still_gets_an_address(editor):
    editor.open().send(title="中文")
    assert Post.objects.get().slug == "post"
