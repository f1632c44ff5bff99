"""The first login of a clinic signs its first post by writing down a name; nobody takes somebody else's."""

import pytest
from cast import person
from django.contrib.auth.models import User
from factories import make_author, make_post, missing_for_release

from blog.models import Author, Post, Revision
from blog.publishing import Refused, newest_revision, signing

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(screen_of):
    """The screen of the first login: every right, no name, and only a sample's author about."""
    Author.objects.create(name="Sample author", slug="sample-author", is_sample=True)
    return screen_of(User.objects.create_superuser("staff", password="not a short one"))


def test_the_first_post_can_be_published_without_looking_for_authors(staff):
    staff.open()
    assert "Sample author" not in staff.text
    assert "There is no author yet. Write your name below, or add another person." in staff.text
    assert "Saving puts it under this post, and makes your author page with it." in staff.text
    staff.send(title="First", body="<p>Words.</p>", sign_as=" Mia  Frost ")
    post = Post.objects.get()
    assert (post.author.name, post.author.slug, post.author.user) == ("Mia Frost", "mia-frost", staff.user)
    assert missing_for_release(newest_revision(post)) == {}
    staff.open()
    assert "sign_as" not in staff.fields
    assert staff.page.xpath("//select[@name='author']/option[@selected]/text()") == ["Mia Frost"]


def test_a_login_with_a_name_is_asked_nothing(staff):
    User.objects.update(first_name="Mia", last_name="Frost")
    assert staff.open().fields["sign_as"] == "Mia Frost"
    staff.send(title="First")
    assert Post.objects.get().author.name == "Mia Frost"


def test_opening_and_saving_a_post_signs_nothing(staff):
    User.objects.update(first_name="Mia", last_name="Frost")
    post = make_post("By nobody", live=False)
    Post.objects.update(author=None)
    staff.open(post).send()
    assert Post.objects.get().author is None and not Author.objects.filter(user=staff.user).exists()


def test_a_sample_made_ones_own_gets_a_real_name(staff):
    post = make_post("Was a sample", live=False, author=Author.objects.get())
    assert "sign_as" in staff.open(post).fields
    staff.send(sign_as="Mia Frost")
    assert Post.objects.get().author.name == "Mia Frost"


def test_a_chosen_author_goes_before_a_written_name(staff):
    ada = make_author("Ada Ray")
    staff.open().send(title="By Ada", author=str(ada.pk), sign_as="Mia Frost")
    assert Post.objects.get().author == ada and not Author.objects.filter(name="Mia Frost").exists()


def test_an_author_without_a_login_becomes_ones_own(staff):
    ada = make_author("Ada Ray")
    staff.open().send(title="By me", sign_as="ada ray")
    ada.refresh_from_db()
    assert (Post.objects.get().author, ada.user, ada.name) == (ada, staff.user, "Ada Ray")


def test_the_name_of_another_login_is_refused_and_nothing_lost(staff):
    make_author("Ada Ray", user=person("ada"))
    staff.open().send(title="By me", body="<p>Typed</p>", sign_as="Ada Ray")
    assert "There is an author “Ada Ray” already, who belongs to another login." in staff.errors("sign_as")
    assert staff.fields["body"] == "<p>Typed</p>" and not Post.objects.exists()
    staff.send(sign_as="***")
    assert "Write the name with plain letters" in staff.errors("sign_as")
    staff.send(sign_as="Ada Ray-Frost")
    assert Post.objects.get().author.slug == "ada-ray-frost"


def test_two_people_of_nearly_one_name_have_two_addresses(staff):
    Author.objects.create(name="Mia F.", slug="mia-frost")
    staff.open().send(title="By me", sign_as="Mia Frost")
    assert Post.objects.get().author.slug == "mia-frost-2"


def test_who_may_not_add_authors_is_neither_asked_nor_heard(screen_of):
    wilma = person("wilma", "Writer")
    screen = screen_of(wilma).open()
    assert "sign_as" not in screen.fields
    screen.send(title="By me", sign_as="Ada Ray")
    assert Post.objects.get().author is None and not Author.objects.exists()
    with pytest.raises(Refused, match="Ask a manager"):
        signing.sign_as(wilma, "Ada Ray")


def test_a_save_that_fails_leaves_no_author_behind(staff):
    staff.open().send(title="", sign_as="Mia Frost")
    assert not Author.objects.filter(name="Mia Frost").exists() and not Revision.objects.exists()
