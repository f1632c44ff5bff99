"""Two people in one post: nobody's words go without a question."""

import pytest
from cast import person
from factories import make_post

from blog.models import Post, Revision
from blog.publishing import newest_revision


@pytest.fixture
def otto(screen_of, db):
    return screen_of(person("otto", "Writer", "Editor"))


def test_a_text_saved_in_between_is_not_written_over(editor, otto):
    post = make_post("Shared", live=False)
    editor.open(post)
    otto.open(post).send(body="<p>Otto’s words</p>")
    assert editor.send(body="<p>Erin’s words</p>", tag_words="mine").status_code == 200
    assert "otto saved this post today" in editor.note and "Nothing of yours or theirs is lost" in editor.note
    assert editor.fields["body"] == "<p>Erin’s words</p>" and editor.fields["tag_words"] == "mine"
    assert Post.objects.get().body == "<p>Otto’s words</p>"
    assert editor.save_line == "Not saved yet. Not public yet."
    link = editor.page.xpath("//*[@id='form-note']//a")[0]
    assert link.get("target") == "_blank" and link.get("href") == f"/admin/blog/post/{post.pk}/change/"
    # Pressing Save draft once more is still no way over it.
    assert editor.send().status_code == 200
    assert Post.objects.get().body == "<p>Otto’s words</p>"


def test_mine_goes_on_top_and_theirs_stays_in_earlier_versions(editor, otto):
    post = make_post("Shared", live=False)
    editor.open(post)
    otto.open(post).send(body="<p>Otto’s words</p>")
    editor.send(body="<p>Erin’s words</p>")
    seen = editor.page.xpath("//button[@name='_overwrite']/@value")[0]
    assert editor.send("_overwrite", seen).status_code == 302
    assert Post.objects.get().body == "<p>Erin’s words</p>"
    assert Revision.objects.filter(post=post, body="<p>Otto’s words</p>").exists()
    assert newest_revision(post).base.saved_by.username == "otto"


def test_a_third_save_is_not_covered_by_the_answer(editor, otto):
    post = make_post("Shared", live=False)
    editor.open(post)
    otto.open(post).send(body="<p>Otto’s words</p>")
    editor.send(body="<p>Erin’s words</p>")
    seen = editor.page.xpath("//button[@name='_overwrite']/@value")[0]
    otto.open(post).send(body="<p>Otto’s newest words</p>")
    assert editor.send("_overwrite", seen).status_code == 200
    assert Post.objects.get().body == "<p>Otto’s newest words</p>"
    assert "otto saved this post" in editor.note


@pytest.mark.parametrize("base", ["", "x", "-1", "999999", "9" * 30])
def test_without_its_base_a_text_goes_on_top_of_nothing(editor, base):
    post = make_post("Shared", live=False)
    assert editor.open(post).send(body="<p>Blind</p>", base=base).status_code == 200
    assert Post.objects.get().body != "<p>Blind</p>"
    assert editor.note


@pytest.mark.parametrize("seen", ["", "x", "９", "0", "9" * 30])
def test_nonsense_as_the_version_seen_overwrites_nothing(editor, otto, seen):
    post = make_post("Shared", live=False)
    editor.open(post)
    otto.open(post).send(body="<p>Otto’s words</p>")
    assert editor.send("_overwrite", seen, body="<p>Erin’s</p>").status_code == 200
    assert Post.objects.get().body == "<p>Otto’s words</p>"
