"""A copy of a post: a draft of one's own with the same words, and nothing of it public."""

import pytest
from cast import person
from django.urls import reverse
from factories import change_post, make_author, make_picture, make_post

from blog.models import Post, Publication
from blog.publishing import newest_revision

pytestmark = pytest.mark.django_db


def copy_of(post):
    return Post.objects.exclude(pk=post.pk).get()


def press_duplicate(screen, post):
    """The button under «More», which belongs to a form of its own."""
    screen.open(post)
    button = screen.page.xpath("//button[@form='duplicate_form']")[0]
    assert button.text == "Duplicate"
    address = screen.page.get_element_by_id("duplicate_form").get("action")
    screen.answer = screen.client.post(address, follow=True)
    screen.read()
    return screen


def test_the_copy_opens_as_a_draft_with_the_same_words(editor):
    picture = make_picture()
    post = make_post(
        "Winter skin",
        tags=("Glow", "Winter"),
        topic="Skin",
        hero_image=picture,
        hero_alt="A lamp",
        body=f'<p>Words.</p><figure><img data-image="{picture.pk}" alt="A lamp"></figure>',
        key_points=["Moisture"],
    )
    change_post(post, published_at=newest_revision(post).saved_at)
    press_duplicate(editor, post)
    copy = copy_of(post)
    assert editor.answer.request["PATH_INFO"] == reverse("admin:blog_post_change", args=[copy.pk])
    assert "This is a copy of “Winter skin”, as it was last saved. Readers see nothing of it yet." in editor.text
    assert "Only staff can see it." in editor.save_line
    assert (copy.title, copy.slug, copy.published_at) == ("Copy of Winter skin", "copy-of-winter-skin", None)
    original = Post.objects.get(pk=post.pk)
    same = set(Post.article_field_names()) - {"title", "slug", "published_at"}
    assert {name: getattr(copy, name) for name in same} == {name: getattr(original, name) for name in same}
    newest = newest_revision(copy)
    assert {tag.name for tag in newest.tags.all()} == {"Glow", "Winter"} == {tag.name for tag in copy.tags.all()}
    assert list(newest.images.all()) == [picture], "so the picture cannot be deleted while the copy has it"
    assert not copy.publications.exists() and newest.saved_by == editor.user


def test_a_second_copy_has_an_address_of_its_own(editor):
    post = make_post("Winter skin")
    press_duplicate(editor, post)
    press_duplicate(editor, post)
    assert set(Post.objects.values_list("slug", flat=True)) == {
        "winter-skin",
        "copy-of-winter-skin",
        "copy-of-winter-skin-2",
    }


def test_who_signs_articles_signs_the_copy(writer, screen_of):
    post = make_post("Winter skin", author=make_author("Ada Ray"))
    answer = writer.client.post(reverse("admin:blog_post_duplicate", args=[post.pk]))
    copy = copy_of(post)
    assert answer.url == reverse("admin:blog_post_change", args=[copy.pk])
    assert (copy.author.name, copy.created_by) == ("Wilma Fox", writer.user)
    copy.author = None
    nameless = screen_of(person("nell", "Writer"))
    nameless.client.post(reverse("admin:blog_post_duplicate", args=[post.pk]))
    assert Post.objects.get(created_by=nameless.user).author.name == "Ada Ray"
    assert nameless.open(Post.objects.get(created_by=nameless.user)).fields["title"] == "Copy of Winter skin"


def test_a_scheduled_post_s_copy_is_not_scheduled(editor):
    post = make_post("Winter skin")
    change_post(post, title="Winter skin again")
    press_duplicate(editor, post)
    assert Publication.objects.exclude(post=post).count() == 0
    assert copy_of(post).title == "Copy of Winter skin again", "the newest draft, whatever readers see"


def test_a_long_title_still_fits(editor):
    post = make_post("x" * 200)
    press_duplicate(editor, post)
    assert copy_of(post).title == "Copy of " + "x" * 192


def test_the_copy_of_a_sample_is_no_sample(editor):
    post = make_post("Winter skin", noindex=True)
    Post.objects.update(is_sample=True)
    press_duplicate(editor, post)
    copy = copy_of(post)
    assert (copy.is_sample, copy.noindex) == (False, False)


def test_from_the_list(editor):
    post = make_post("Winter skin")
    sent = {"action": "duplicate", "_selected_action": [post.pk], "index": 0}
    answer = editor.client.post(reverse("admin:blog_post_changelist"), sent)
    assert answer.url == reverse("admin:blog_post_change", args=[copy_of(post).pk])


@pytest.mark.parametrize("role", ["Medical reviewer", None])
def test_only_who_may_write(screen_of, role):
    post = make_post("Winter skin")
    screen = screen_of(person("one", *[role] if role else []))
    assert screen.client.post(reverse("admin:blog_post_duplicate", args=[post.pk])).status_code == 403
    assert Post.objects.count() == 1


def test_looking_copies_nothing_and_what_is_gone_is_gone(editor):
    post = make_post("Winter skin")
    assert editor.client.get(reverse("admin:blog_post_duplicate", args=[post.pk])).status_code == 405
    assert editor.client.post(reverse("admin:blog_post_duplicate", args=[post.pk + 99])).status_code == 404
    assert Post.objects.count() == 1
