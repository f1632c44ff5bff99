"""A reader's browser that saw an old answer sees the new one: nothing that can change is kept without asking."""

from patience import open_until
from playwright.sync_api import expect

SETUP = """
from django.contrib.auth.models import User
from blog.models import Author, Post
from blog.publishing import *
erin = User.objects.filter(is_superuser=True).first()
def newest():
    return newest_revision(Post.objects.get())
def renamed(slug):
    post = Post.objects.get()
    post.slug = slug
    return save_draft(erin, post, [], base_id=newest().pk)
"""


def act(site, code):
    site.python(SETUP + code)


def test_gone_and_back_and_renamed_and_back(site, new_context, expected_complaints):
    expected_complaints.append("410")
    act(
        site,
        "post = Post(title='Lasers', body='<p>Light</p>', author=Author.objects.create(name='Ada', slug='ada'))\n"
        "save_draft(erin, post, [])\npublish(erin, newest())",
    )
    reader = new_context().new_page()
    assert reader.goto("/blog/lasers/").status == 200

    act(site, "take_off(erin, Post.objects.get(), 'To be checked')")
    open_until(reader, "/blog/lasers/", lambda answer: answer.status == 410)
    act(site, "publish(erin, newest())")
    open_until(reader, "/blog/", lambda answer: reader.get_by_role("link", name="Lasers").count())
    reader.get_by_role("link", name="Lasers").click()
    expect(reader.locator(".prose")).to_have_text("Light")

    act(site, "publish(erin, renamed('light'))")
    open_until(reader, "/blog/lasers/", lambda answer: reader.url.endswith("/blog/light/"))
    act(site, "publish(erin, renamed('lasers'))")
    for address in ("/blog/light/", "/blog/lasers/"):
        open_until(reader, address, lambda answer: answer.status == 200 and reader.url.endswith("/blog/lasers/"))
