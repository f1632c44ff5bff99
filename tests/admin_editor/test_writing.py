"""What an editor types is saved as a draft, all of it and nothing else."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from cast import DAY
from django.utils import timezone
from factories import make_author, make_picture, make_post, make_tag, make_topic, missing_for_release

from blog import publishing
from blog.admin import post_fields
from blog.clinic_time import NoSuchTime
from blog.models import Image, Post, Publication, Revision, Tag
from blog.publishing import move_to_trash, newest_revision, publish, remove_samples, take_off

ABOVE = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)  # noon in Alaska, before daylight saving


def test_a_title_is_all_a_draft_needs(editor):
    answer = editor.open().send(title="  Laser,  gently explained ")
    post = Post.objects.get()
    assert answer.status_code == 302 and answer.url == f"/admin/blog/post/{post.pk}/change/"
    assert (post.title, post.slug, post.body) == ("Laser, gently explained", "laser-gently-explained", "")
    assert post.created_by == editor.user
    assert Revision.objects.count() == 1 and not Publication.objects.exists()
    editor.open(post)
    assert "Draft saved" in editor.save_line and "Only staff can see it." in editor.save_line


def test_only_the_title_may_be_sent(editor):
    answer = editor.client.post("/admin/blog/post/add/", {"title": "Bare"})
    assert answer.status_code == 302
    assert Post.objects.get().kind == Post.Kind.HEALTH_INFORMATION


def test_without_a_title_nothing_is_saved_and_nothing_is_lost(editor):
    answer = editor.open().send(title=" ", body="<p>Many words</p>", subtitle="Typed", tag_words="laser, new one")
    assert answer.status_code == 200 and not Post.objects.exists() and not Tag.objects.exists()
    assert editor.errors("title") == "Write a title. It is all that a draft needs."
    assert "Not saved yet." in editor.note and "onstraint" not in editor.note
    assert editor.fields["body"] == "<p>Many words</p>"
    assert (editor.fields["subtitle"], editor.fields["tag_words"]) == ("Typed", "laser, new one")
    assert editor.page.xpath("//*[@id='form-note']/@tabindex") == ["-1"]
    assert editor.save_line == "Not saved yet."
    assert not editor.page.xpath("//*[@autofocus]")


def test_a_new_post_begins_at_its_title(editor):
    assert editor.open().page.xpath("//*[@autofocus]/@id") == ["id_title"]
    assert not editor.open(make_post(live=False)).page.xpath("//*[@autofocus]")


def test_keys_walk_the_screen_in_the_order_of_the_eye(editor):
    page = editor.open(make_post(live=False)).page
    parts = (
        "//header[@id='header']",
        "//*[@id='save-line']",
        "//*[@data-publish]",
        "//*[@data-main-photo]",
        "//*[@id='id_title']",
        "//*[@id='id_body']",
        "//*[@id='id_excerpt']",
        "//aside[contains(@class,'st-rail')]",
    )
    order = list(page.iter())
    places = [order.index(page.xpath(part)[0]) for part in parts]
    assert places == sorted(places)
    assert not page.xpath("//*[@tabindex > 0]")


def rich_post(**values):
    photo, other = make_picture(), make_picture(500, 300)
    live = [make_post(f"Live {number}") for number in (1, 2)]
    body = (
        "<h2>One</h2><p>Two &amp; <strong>three</strong>, <a href='https://example.com/?a=1&amp;b=2'>four</a>.</p>"
        f"<figure><img data-image='{other.pk}' alt='A lamp'><figcaption>Lit</figcaption></figure>"
        f"<figure><img data-image='{photo.pk}' alt=''></figure>"
        "<table><thead><tr><th scope='col'>A</th></tr></thead><tbody><tr><td>B</td></tr></tbody></table>"
        "<ol start='3'><li>C<ul><li>D</li></ul></li></ol><blockquote><p>E</p></blockquote>"
    )
    return make_post(
        "Rich “text” & more",
        live=False,
        now=ABOVE,
        tags=("laser", "skin care"),
        topic="Skin",
        body=body,
        subtitle="Line one\nline two",
        key_points=["First", "Second <b>"],
        excerpt="Short.",
        hero_image=photo,
        hero_alt="A lamp",
        hero_caption="By day",
        related_posts=[post.pk for post in live],
        published_at=datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC),
        seo_title="On Google",
        meta_description="Text there",
        disclosure="We offer this.",
        cta_heading="Ask us",
        cta_text="Come by.",
        canonical_url="https://example.com/first",
        noindex=True,
        kind=Post.Kind.CLINIC_NEWS,
        **values,
    )


def test_opening_and_saving_makes_no_revision(editor):
    post = rich_post()
    before, revision = Post.objects.values().get(pk=post.pk), newest_revision(post)
    assert editor.open(post).send().status_code == 302
    assert newest_revision(post) == revision
    assert Post.objects.values().get(pk=post.pk) == before
    assert sorted(post.tags.values_list("name", flat=True)) == ["laser", "skin care"]


def test_every_field_is_stored(editor):
    post, photo = rich_post(), make_picture(640, 300)
    other, ada, topic = make_post("Live 3"), make_author("Bea Day"), make_topic("Costs")
    editor.open(post).send(
        title="New title",
        subtitle="New subtitle",
        key_points_0="",
        key_points_1="Only one",
        body="<p>New</p>",
        excerpt="New summary",
        hero_image=str(photo.pk),
        hero_alt="New photo",
        hero_caption="",
        topic=str(topic.pk),
        author=str(ada.pk),
        tag_words="Laser, brand new",
        kind="health_information",
        related_posts_0=str(other.pk),
        related_posts_1="",
        related_posts_2=str(other.pk),
        seo_title="",
        meta_description="",
        disclosure="We sell this.",
        cta_heading="",
        cta_text="Call first.",
        canonical_url="example.com/elsewhere",
        noindex=None,
    )
    post.refresh_from_db()
    assert (post.title, post.subtitle, post.body, post.excerpt) == (
        "New title",
        "New subtitle",
        "<p>New</p>",
        "New summary",
    )
    assert post.key_points == ["Only one"] and post.related_posts == [other.pk]
    assert (post.hero_image_id, post.hero_alt, post.hero_caption) == (photo.pk, "New photo", "")
    assert (post.topic, post.author, post.kind, post.noindex) == (topic, ada, "health_information", False)
    assert (post.seo_title, post.meta_description) == ("", "")
    assert (post.disclosure, post.cta_heading, post.cta_text) == ("We sell this.", "", "Call first.")
    assert post.canonical_url == "https://example.com/elsewhere"
    assert sorted(post.tags.values_list("name", "slug")) == [("brand new", "brand-new"), ("laser", "laser")]
    assert newest_revision(post).title == "New title"
    assert set(newest_revision(post).tags.values_list("name", flat=True)) == {"brand new", "laser"}


def test_publish_saves_and_goes_to_the_publishing_screen(editor):
    answer = editor.open().send("_publish", title="Going live")
    post = Post.objects.get()
    assert answer.url == f"/admin/blog/post/{post.pk}/publish/"
    assert not Publication.objects.exists()


def test_saving_a_live_post_changes_nothing_for_readers(editor):
    post = make_post("Live", now=timezone.now() - 30 * DAY)
    editor.open(post)
    assert "Same as the text readers see." in editor.save_line
    # Words that are not saved yet are not said to be live.
    meanwhile = editor.page.xpath("//*[@data-meanwhile]/@data-meanwhile")[0]
    assert meanwhile.startswith("Readers see the text of ") and "this text" not in meanwhile
    assert editor.send(title="").status_code == 200
    assert editor.save_line == f"Not saved yet. {meanwhile}"
    editor.open(post)
    editor.send(body="<p>Better</p>")
    editor.open(post)
    assert "Readers still see the text of" in editor.save_line
    assert Publication.objects.get().body != "<p>Better</p>"


def test_a_scheduled_version_is_fixed_and_the_screen_says_so(editor):
    post = make_post("Later", at=timezone.now() + timedelta(days=2))
    editor.open(post)
    assert "Scheduled for" in editor.save_line and "Alaska time" in editor.save_line
    assert "What is scheduled is fixed" in editor.text
    assert editor.page.xpath("//a[text()='Unschedule…']/@href")[0] == f"/admin/blog/post/{post.pk}/publish/"
    editor.send(body="<p>After all</p>")
    assert Publication.objects.get().body != "<p>After all</p>"


def test_with_a_change_scheduled_the_save_line_says_what_readers_see_now(editor):
    now = timezone.now()
    post = make_post("Live", now=now - timedelta(days=3))
    editor.open(post).send(body="<p>Second</p>")
    publish(editor.user, newest_revision(post), at=now + timedelta(days=2), now=now)
    editor.open(post)
    since = timezone.localtime(now - timedelta(days=3))
    assert re.search(rf"Readers see the text of {since:%A} [^.]+ until \w+day [^.]+, Alaska time\.", editor.save_line)


def test_a_planned_end_can_be_called_off_from_the_note(editor, writer):
    now = timezone.now()
    post = make_post("Leaving", now=now - DAY, author=writer.user.author)
    take_off(editor.user, post, reason="Outdated", at=now + DAY, now=now)
    editor.open(post)
    assert "Set to leave the site" in editor.text
    address = editor.page.xpath("//form[.//button[text()='Keep it on the site']]/@action")[0]
    assert "Set to leave the site" in writer.open(post).text and "Keep it on the site" not in writer.text
    assert editor.client.post(address).status_code == 302
    assert "Set to leave the site" not in editor.open(post).text


def test_a_post_in_the_trash_has_a_way_out(editor):
    post = make_post("Put away", live=False)
    move_to_trash(editor.user, post, now=timezone.now())
    editor.open(post)
    assert editor.page.xpath("//a[text()='Take out of the trash…']/@href") == [f"/admin/blog/post/{post.pk}/restore/"]


def test_words_for_a_post_that_was_removed_become_a_new_one(editor):
    post = make_post("Sample", live=False)
    editor.open(post)
    Post.objects.update(is_sample=True)
    assert remove_samples(editor.user) == 1
    assert editor.send(body="<p>Typed</p>", tag_words="mine").status_code == 200
    assert "This post is gone" in editor.note and "save it as a new post" in editor.note
    assert (editor.fields["title"], editor.fields["body"]) == ("Sample", "<p>Typed</p>")
    assert editor.fields["tag_words"] == "mine" and not Post.objects.exists()
    assert editor.page.xpath("//form[@id='post_form']/@action") == ["/admin/blog/post/add/"]
    answer = editor.client.post("/admin/blog/post/add/", {**editor.fields, "_continue": "1"})
    post = Post.objects.get()
    assert answer.url == f"/admin/blog/post/{post.pk}/change/" and post.body == "<p>Typed</p>"


def test_a_post_that_is_removed_in_the_same_moment_loses_no_word(editor, monkeypatch):
    post = make_post("Sample", live=False)
    editor.open(post)

    def gone(pk):
        raise publishing.NotThere("This post was removed meanwhile.")

    monkeypatch.setattr(publishing, "lock_post", gone)
    assert editor.send(body="<p>Typed</p>").status_code == 200
    assert "was removed meanwhile" in editor.note and editor.fields["body"] == "<p>Typed</p>"


# --- The main photo -------------------------------------------------------------------------------------------------


def test_a_draft_with_an_undescribed_photo_saves_but_does_not_go_live(editor):
    photo = make_picture()
    assert editor.open().send(title="Photo", body="<p>Text</p>", hero_image=str(photo.pk)).status_code == 302
    post = Post.objects.get()
    assert (post.hero_image, post.hero_alt) == (photo, "")
    assert "no description" in missing_for_release(newest_revision(post))["hero_alt"]


def test_a_photo_that_only_decorates_has_no_words(editor):
    photo = make_picture()
    editor.open().send(title="Photo", hero_image=str(photo.pk), hero_is_decorative="on", hero_alt="ignored")
    post = Post.objects.get()
    assert (post.hero_is_decorative, post.hero_alt) == (True, "")


def test_removing_the_main_photo_removes_its_words(editor):
    post = rich_post()
    editor.open(post).send(hero_image="")
    post.refresh_from_db()
    assert (post.hero_image, post.hero_alt, post.hero_caption) == (None, "", "")


@pytest.mark.parametrize("value", ["999999", "x", "1 or 1", "９９", "9" * 40])
def test_a_photo_that_is_not_there_is_refused_at_its_field(editor, value):
    assert editor.open().send(title="Photo", hero_image=value).status_code == 200
    assert "Main photo: This photo is no longer in the library" in editor.note
    assert not Post.objects.exists()


# --- The text -------------------------------------------------------------------------------------------------------


def test_the_text_comes_with_addresses_for_its_pictures_and_is_stored_without(editor):
    photo = make_picture()
    post = make_post(live=False, body=f'<figure><img data-image="{photo.pk}" alt="A lamp"></figure>')
    editor.open(post)
    assert f'src="/admin/blog/image/{photo.pk}/file/"' in editor.fields["body"]
    editor.send(body=editor.fields["body"].replace(f'data-image="{photo.pk}"', "") + "<p>More</p>")
    post.refresh_from_db()
    assert post.body == f'<figure><img data-image="{photo.pk}" alt="A lamp"></figure>\n<p>More</p>'


def test_hostile_markup_is_gone_after_saving(editor):
    editor.open().send(
        title="Hostile",
        body="<p onclick=evil()>Words<script>evil()</script><img src=x onerror=evil()></p>"
        "<a href='javascript:evil()'>link</a>",
    )
    body = Post.objects.get().body
    assert "evil" not in body and "<img" not in body and "Words" in body and "link" in body


def test_more_text_than_an_article_can_be_is_refused_and_kept(editor):
    body = "<p>" + "word " * 200_010 + "</p>"
    assert editor.open().send(title="Long", body=body).status_code == 200
    assert "too long to save" in editor.errors("body")
    assert editor.fields["body"] == body and not Post.objects.exists()


def test_lengths_are_told_at_their_fields(editor):
    editor.open().send(title="x" * 201, key_points_1="y" * 201, excerpt="z" * 401)
    assert editor.errors("title") and editor.errors("excerpt")
    assert "at most 200 characters" in editor.note
    assert editor.fields["key_points_1"] == "y" * 201


# --- The shown date -------------------------------------------------------------------------------------------------


def test_an_unchanged_date_keeps_its_moment_and_a_new_one_is_noon_at_the_clinic(editor):
    post = rich_post()
    editor.open(post)
    assert editor.fields["published_at"] == "2026-02-02"
    editor.send(title="Another")
    post.refresh_from_db()
    assert post.published_at == datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC)
    editor.open(post).send(published_at="2026-03-02")
    post.refresh_from_db()
    assert post.published_at == ABOVE
    editor.open(post).send(published_at="")
    post.refresh_from_db()
    assert post.published_at is None


def test_today_before_noon_is_now_and_a_day_to_come_is_refused(editor, monkeypatch):
    morning = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: morning)
    editor.open().send(title="Today", published_at="2026-03-02")
    assert Post.objects.get().published_at == morning
    assert editor.open().send(title="Tomorrow", published_at="2026-03-03").status_code == 200
    assert "lies ahead" in editor.errors("published_at")
    assert Post.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("0001-01-01", "Look at the year"), ("0020-03-01", "Look at the year"), ("1867-10-19", "Look at the year")],
)
def test_a_slip_in_the_year_is_told(editor, typed, sentence):
    assert editor.open().send(title="Old", published_at=typed).status_code == 200
    assert sentence in editor.errors("published_at") and not Post.objects.exists()


def test_a_noon_that_the_clock_skips_is_told(editor, monkeypatch):
    def skip(*args):
        raise NoSuchTime("No such time.")

    monkeypatch.setattr(post_fields, "at_clinic", skip)
    assert editor.open().send(title="Skipped", published_at="2026-03-01").status_code == 200
    assert "skips that day’s noon" in editor.errors("published_at")


# --- Tags and picked posts ------------------------------------------------------------------------------------------


def test_a_tag_is_found_in_any_case_and_by_its_address(editor):
    make_tag("Skin care")
    editor.open().send(title="Tagged", tag_words="skin-care, SKIN CARE, skin  care,, ")
    assert [tag.name for tag in Post.objects.get().tags.all()] == ["Skin care"]
    assert Tag.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("★, ok", "no plain letter or digit"),
        ("x" * 61, "too long for a tag"),
        (",".join(f"tag {number}" for number in range(13)), "at most 12 tags"),
    ],
)
def test_words_that_cannot_be_tags_are_told_at_the_field(editor, words, sentence):
    assert editor.open().send(title="Tagged", tag_words=words).status_code == 200
    assert sentence in editor.errors("tag_words")
    assert editor.fields["tag_words"] == words and not Tag.objects.exists()


def test_only_other_live_posts_are_offered_and_a_picked_one_that_left_stays_visible(editor):
    live, draft, gone = make_post("Alive"), make_post("Unborn", live=False), make_post("Gone")
    post = make_post("Picking", live=False, related_posts=[gone.pk])
    gone.publications.update(live_until=timezone.now())
    editor.open(post)
    offered = editor.page.xpath("//select[@name='related_posts_0']/option/text()")
    assert offered == ["Nothing picked", live.title, "Gone (not live now)"]
    assert editor.send(related_posts_1=str(draft.pk)).status_code == 200
    assert "cannot be picked" in editor.note


def test_the_form_asks_the_database_a_bounded_number_of_questions(editor, django_assert_max_num_queries):
    post = rich_post()
    for number in range(12):
        make_post(f"More {number}", tags=(f"tag {number}",), topic=f"Topic {number}")
    editor.open(post)
    with django_assert_max_num_queries(35):
        editor.open(post)
    assert Image.objects.exists()
