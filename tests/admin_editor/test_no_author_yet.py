"""The first post of a clinic without any author: the screens lead to where one is made."""

import lxml.html
import pytest
from cast import person
from django.test import Client

from blog.models import Author, Post
from blog.publishing import newest_revision, save_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara():
    return person("mara", "Manager")


@pytest.fixture
def post(mara):
    post = Post(title="First", body="<p>Words.</p>")
    save_draft(mara, post, ())
    return post


@pytest.fixture
def client(mara):
    client = Client()
    client.force_login(mara)
    return client


def test_the_editing_screen_links_to_a_new_author(client, post):
    page = lxml.html.fromstring(client.get(f"/admin/blog/post/{post.pk}/change/").content.decode())
    help_text = page.get_element_by_id("id_author_helptext")
    assert help_text.text_content() == "There is no author yet. Write your name below, or add another person."
    assert help_text.xpath("./a/@href") == ["/admin/blog/author/add/"]


def test_the_publishing_screen_says_the_same_until_there_is_one(client, post):
    words = "There is no author yet. Add the person who signs this under Authors"
    assert words in client.get(f"/admin/blog/post/{post.pk}/publish/").content.decode()
    Author.objects.create(name="Ada Ray", slug="ada-ray")
    page = client.get(f"/admin/blog/post/{post.pk}/publish/").content.decode()
    assert words not in page and "Nobody is named as the author." in page
    assert newest_revision(post).author_id is None
