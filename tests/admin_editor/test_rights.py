"""Who may write what; what one may not do is not offered, and not done when asked for anyway."""

import pytest
from cast import person
from django.test import Client
from factories import make_author, make_post, make_tag

from blog.models import Post, Publication, Tag


def test_the_author_comes_from_the_login(writer):
    writer.open()
    assert writer.page.xpath("//select[@name='author']/option[@selected]/text()") == ["Wilma Fox"]
    writer.send(title="By Wilma")
    assert Post.objects.get().author.name == "Wilma Fox"


def test_a_writer_changes_own_posts_and_reads_those_of_others(writer):
    other = make_post("Of others", live=False, body="<p>Their <em>words</em></p>")
    writer.open().send(title="Mine")
    mine = Post.objects.get(title="Mine")
    assert writer.open(mine).send(body="<p>More</p>").status_code == 302
    writer.open(other)
    assert "You can read this post, not change it." in writer.text and "Their words" in writer.text
    assert not writer.page.xpath("//form[@id='post_form']") and "ckeditor" not in writer.answer.content.decode()
    assert writer.send(title="Taken over").status_code == 403
    other.refresh_from_db()
    assert other.title == "Of others"


def test_a_post_of_others_is_read_with_its_headings_lists_and_links(writer):
    body = '<h2>Care</h2><ul><li>Rest</li></ul><p><a href="https://example.com/">More</a></p>'
    writer.open(make_post("Live", body=body))
    assert writer.page.xpath("//article/h2/text()") == ["Care"] and writer.page.xpath("//article/ul/li/text()")
    assert writer.page.xpath("//article//a/@href") == ["https://example.com/"]
    assert writer.page.xpath("//a[text()='Open the live page']/@href") == ["/blog/live/"]


def test_a_writer_learns_how_a_post_gets_live_and_a_name_gets_linked(writer, editor, screen_of):
    assert "An editor publishes it." in writer.open().save_line
    assert "can link your name" not in writer.text
    assert "An editor publishes it." not in editor.open().text
    assert "An editor or manager can link your name." in screen_of(person("walt", "Writer")).open().text


def test_a_form_asks_before_it_is_sent_whether_its_writer_is_signed_in(writer):
    address = "/admin/blog/post/signed-in/"
    pk = writer.user.pk
    answer = writer.client.get(address, {"as": pk})
    assert "no-store" in answer["Cache-Control"]
    assert (answer.json()["signed_in"], answer.json()["same"]) == (True, True) and answer.json()["token"]
    assert writer.client.get(address, {"as": pk + 1}).json() == {"signed_in": True, "same": False, "token": ""}
    answer = Client().get(address, {"as": pk})
    assert answer.status_code == 200 and answer.json() == {"signed_in": False, "same": False, "token": ""}
    assert "no-store" in answer["Cache-Control"]
    assert Client().post(address).status_code == 405


def test_a_writer_changes_what_stands_under_the_own_name(writer):
    post = make_post("For Wilma", live=False, author=make_author("Wilma Fox"))
    assert writer.open(post).send(title="From Wilma").status_code == 302


def test_a_writer_writes_under_no_other_name(writer):
    ada = make_author("Ada Ray")
    assert "Ada Ray" not in writer.open().text
    assert writer.send(title="By Ada", author=str(ada.pk)).status_code == 200
    assert writer.errors("author") and not Post.objects.exists()


def test_a_writer_cannot_publish(writer):
    writer.open()
    assert not writer.page.xpath("//button[@name='_publish']")
    answer = writer.send("_publish", title="Sneaky")
    assert answer.url == f"/admin/blog/post/{Post.objects.get().pk}/change/"
    assert not Publication.objects.exists()


def test_without_the_right_to_make_tags_only_existing_ones_are_taken(writer):
    from django.contrib.auth.models import Permission

    role = writer.user.groups.get()
    role.permissions.remove(Permission.objects.get(codename="add_tag"))
    make_tag("laser")
    assert writer.open().send(title="Tagged", tag_words="Laser, new").status_code == 200
    assert "There is no tag “new” yet" in writer.errors("tag_words")
    assert writer.send(tag_words="Laser").status_code == 302
    assert Tag.objects.count() == 1


def test_without_a_role_nothing_opens(screen_of, db):
    nora = screen_of(person("nora"))
    post = make_post(live=False)
    assert nora.client.get("/admin/blog/post/add/").status_code == 403
    assert nora.client.get(f"/admin/blog/post/{post.pk}/change/").status_code == 403


def test_a_right_lost_while_typing_loses_no_word(writer, monkeypatch):
    from blog import publishing

    writer.open().send(title="Mine")
    post = Post.objects.get()
    writer.open(post)

    def refuse(*args):
        raise publishing.NotAllowed("This post belongs to somebody else.")

    monkeypatch.setattr(publishing, "require_edit", refuse)
    assert writer.send(body="<p>Typed</p>").status_code == 200
    assert writer.fields["body"] == "<p>Typed</p>" and "belongs to somebody else" in writer.note


def test_signed_out_one_gets_to_the_login(db):
    post = make_post(live=False)
    for method in ("get", "post"):
        answer = getattr(Client(), method)(f"/admin/blog/post/{post.pk}/change/")
        assert answer.status_code == 302 and "/admin/login/" in answer.url


def test_posts_are_never_deleted_here(editor, admin_client):
    post = make_post(live=False)
    assert admin_client.post(f"/admin/blog/post/{post.pk}/delete/", {"post": "yes"}).status_code == 403
    admin_client.post("/admin/blog/post/", {"action": "delete_selected", "_selected_action": post.pk, "post": "yes"})
    assert Post.objects.filter(pk=post.pk).exists()
    assert not editor.open(post).page.xpath("//a[contains(@href, '/delete/')] | //*[@class='deletelink']")


def test_more_offers_what_fits(editor):
    draft, live = make_post("Draft", live=False), make_post("Live")
    assert editor.open(draft).page.xpath("//button[@form='trash_form']")
    assert "Take off the site…" not in editor.text
    assert not editor.open(live).page.xpath("//button[@form='trash_form']")
    assert "Take off the site…" in editor.text


@pytest.mark.parametrize("button", ["_save", "_addanother", "_popup"])
def test_djangos_other_buttons_do_nothing_special(editor, button):
    post = make_post("Draft", live=False)
    answer = editor.open(post).send(button, title="Kept")
    assert answer.status_code == 302 and answer.url == f"/admin/blog/post/{post.pk}/change/"
    assert Post.objects.get().title == "Kept"
