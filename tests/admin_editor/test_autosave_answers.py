"""Autosave through HTTP: what the form's script sends is kept, and the form opens with it again."""

import json

import pytest
from cast import MINUTE, person
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from factories import make_author, make_picture, make_post, make_tag, make_topic, missing_for_release

from blog.models import ArticleFields, Post, Revision, Source
from blog.publishing import IDLE, newest_revision, open_revision, publish, save_draft

pytestmark = pytest.mark.django_db
NEW = "/admin/blog/post/add/autosave/"


class Script:
    """The form's script of one window: it sends what the form holds with what the window knows."""

    def __init__(self, screen, post=None, name="window") -> None:
        screen.open(post)
        self.screen, self.fields, self.turn = screen, dict(screen.fields) | {"window": name}, 0
        self.address = f"/admin/blog/post/{post.pk}/autosave/" if post else NEW

    def type(self, status=200, **changes):
        self.turn += 1
        self.fields |= changes
        data = {name: value for name, value in self.fields.items() if value is not None}
        answer = self.screen.client.post(self.address, {"_as": self.screen.user.pk, "_turn": self.turn, **data})
        assert answer.status_code == status, answer.content
        self.answer = answer.json()
        if self.answer["state"] == "saved":
            known = {"open_revision": "open", "open_version": "version", "base": "base"}
            self.fields |= {name: "" if self.answer[key] is None else self.answer[key] for name, key in known.items()}
            self.address = self.answer["autosave"]
        return self.answer


@pytest.fixture
def otto(screen_of, db):
    return screen_of(person("otto", "Writer", "Editor"))


def later(post):
    """Let the words that are open be at rest."""
    words = Revision.objects.get(post=post, sealed_at=None)
    words.saved_at = timezone.now() - IDLE
    words.save()


class TestRoundTrip:
    def test_every_field_comes_back_as_it_was_typed(self, editor):
        tag = make_tag("Light")
        post = make_post("First title", live=False)
        picked = make_post("Picked")
        typed = {
            "title": "Half a title",
            "slug": "own-address",
            "subtitle": "A subtitle",
            "key_points_0": "One",
            "key_points_2": "Three",
            "body": "<p>Words &amp; more</p>",
            "excerpt": "Short",
            "hero_image": str(make_picture().pk),
            "hero_alt": "A lamp",
            "hero_caption": "On a desk",
            "topic": str(make_topic("Lasers").pk),
            "author": str(make_author("Bea Lin").pk),
            "kind": "clinic_news",
            "tag_words": f"{tag.name}, a new one",
            "published_at": "2020-02-03",
            "related_posts_0": str(picked.pk),
            "disclosure": "Paid",
            "cta_heading": "Come",
            "cta_text": "Soon",
            "seo_title": "Seen",
            "meta_description": "Found",
            "canonical_url": "https://example.com/first",
            "noindex": "on",
            "sources": str(Source.objects.create(title="Label", publisher="FDA").pk),
            "drugs": "3 1",
            "procedures": "2",
            "left_out_notes": "drug-7 It is about the plant",
        }
        Script(editor, post).type(**typed)
        opened = editor.open(post).fields
        # Key points close up, as they do when they are saved.
        typed["key_points_1"] = typed.pop("key_points_2")
        assert {name: opened[name] for name in typed} == typed
        words = open_revision(editor.user, post)
        before = newest_revision(post)
        same = {name for name in ArticleFields.article_field_names() if getattr(words, name) == getattr(before, name)}
        # A column that is new on articles and missing here is one that autosave forgets.
        assert same == {"hero_is_decorative"}
        Script(editor, post).type(hero_is_decorative="on")
        assert open_revision(editor.user, post).hero_is_decorative

    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            ("title", ""),
            ("title", "\u200b"),
            ("title", "x" * 201),
            ("slug", "???"),
            ("seo_title", "x" * 201),
            ("key_points_1", "x" * 201),
            ("published_at", "2999-01-01"),
            ("published_at", "soon"),
            ("canonical_url", "no address"),
            ("body", "<p>" + "x" * 300_001 + "</p>"),
            ("author", "12345678901234567890"),
            ("hero_image", "x"),
            ("topic", "-1"),
            ("related_posts_1", "x"),
            ("excerpt", "x" * 401),
        ],
    )
    def test_what_no_column_can_hold_is_kept_as_typed(self, editor, name, typed):
        post = make_post("A title", live=False)
        before = newest_revision(post).article_values()
        Script(editor, post).type(**{name: typed, "subtitle": "New"})
        words = open_revision(editor.user, post)
        assert words.article_values() == before | {"subtitle": "New"}
        assert typed in json.dumps(words.typed, ensure_ascii=False)
        later(post)
        assert editor.open(post).answer.status_code == 200
        if name not in ("author", "hero_image", "topic", "related_posts_1"):
            assert editor.open(post).fields[name] == typed

    def test_a_character_that_no_database_keeps_costs_nothing_else(self, editor):
        post = make_post("A title", live=False)
        script = Script(editor, post, name="win\0dow")
        script.turn = 10**12
        script.type(title="A\0b", body="<p>c\0d</p>", tag_words="e\0f", key_points_0="g\0h", seo_title="\0" + "x" * 201)
        words = open_revision(editor.user, post)
        assert (words.title, words.body, words.key_points) == ("Ab", "<p>cd</p>", ["gh"])
        assert words.typed == {"tag_words": "ef", "seo_title": "x" * 201}

    def test_a_name_to_sign_with_comes_back_to_its_own_person_only(self, screen_of):
        mia, kim = (screen_of(User.objects.create_superuser(name)) for name in ("mia", "kim"))
        Script(mia).type(title="First", body="<p>Words.</p>", sign_as="Mia Frost")
        post = Post.objects.get()
        assert mia.open(post).fields["sign_as"] == "Mia Frost" and kim.open(post).fields["sign_as"] == ""
        later(post)
        assert kim.open(post).fields["sign_as"] == "", "at rest they are the draft of all, but not the name"
        mia.open(post).send()
        post.refresh_from_db()
        assert (post.author.name, post.author.user) == ("Mia Frost", mia.user)

    def test_a_chosen_author_goes_before_a_name_also_at_rest(self, screen_of):
        mia = screen_of(User.objects.create_superuser("mia", first_name="Mia", last_name="Frost"))
        ada = make_author("Ada Ray")
        for author, missing in (("", {"author"}), (str(ada.pk), set())):
            Script(mia).type(title="First", body="<p>Words.</p>", author=author)
            post = Post.objects.latest("pk")
            later(post)
            mia.open(post)
            draft = newest_revision(post)
            assert set(missing_for_release(draft)) == missing and bool(draft.typed) == bool(missing)

    def test_a_writer_signs_with_no_other_name(self, writer):
        ada = make_author("Ada Ray")
        script = Script(writer)
        script.type(title="Mine", author=str(ada.pk))
        post = Post.objects.get()
        assert (open_revision(writer.user, post).author, post.author) == (None, None)

    def test_a_writer_signs_with_the_own_name(self, writer):
        script = Script(writer)
        script.type(title="Mine")
        assert open_revision(writer.user, Post.objects.get()).author.user == writer.user


class TestCost:
    def test_an_ordinary_autosave_is_one_read_and_one_conditional_update(self, writer, django_assert_num_queries):
        post = make_post("Hers", live=False, author=make_author("Wilma Fox"))
        script = Script(writer, post)
        script.type(title="One")
        topic = str(make_topic("Lasers").pk)
        with django_assert_num_queries(6) as asked:
            script.type(title="Two", subtitle="More", topic=topic, body="<p>More</p>")
        sql = [query["sql"] for query in asked.captured_queries]
        rights = ("django_session", "auth_user", "auth_permission")
        own = [line for line in sql if not any(f'FROM "{table}"' in line for table in rights)]
        assert [line.split()[0] for line in own] == ["SELECT", "UPDATE"]
        assert 'FROM "blog_post"' in own[0] and '"version" = ' in own[1] and '"sealed_at" IS NULL' in own[1]

    @pytest.mark.parametrize("is_writing", [False, True])
    def test_the_form_opens_as_fast_with_500_versions_as_with_5(self, editor, django_assert_num_queries, is_writing):
        post = make_post("Long story", live=False)
        newest = newest_revision(post)

        def versions(count):
            Revision.objects.bulk_create(
                Revision(post=post, base=newest, saved_at=newest.saved_at, sealed_at=newest.sealed_at, **values)
                for values in [newest.article_values()] * count
            )

        versions(4)
        if is_writing:
            Script(editor, post).type(title="Longer")
        editor.open(post)
        with CaptureQueriesContext(connection) as with_five:
            editor.open(post)
        versions(495)
        with django_assert_num_queries(len(with_five)):
            editor.open(post)
        assert len(with_five) <= 33


class TestNewPost:
    def test_the_first_words_make_the_post_and_the_next_go_on_in_it(self, editor):
        script = Script(editor)
        answer = script.type(body="<p>Words first</p>")
        post = Post.objects.get()
        assert (post.title, answer["address"]) == ("Untitled post", f"/admin/blog/post/{post.pk}/change/")
        assert editor.open(post).fields["title"] == "" and editor.fields["body"] == "<p>Words first</p>"
        script.type(title="And a title")
        post.refresh_from_db()
        assert (post.title, post.slug) == ("And a title", "and-a-title")
        script.screen.fields = script.fields
        editor.open(post).send()
        assert newest_revision(post).title == "And a title" and open_revision(editor.user, post) is None
        assert Post.objects.count() == 1

    def test_who_may_not_write_makes_none(self, screen_of):
        nora = screen_of(person("nora"))
        answer = nora.client.post(NEW, {"_as": nora.user.pk, "title": "Mine"})
        assert (answer.status_code, answer.json()["state"]) == (403, "refused")
        assert not Post.objects.exists()


class TestForm:
    def test_it_opens_with_the_own_words_and_says_so(self, editor, otto):
        post = make_post("Shared", live=True)
        Script(editor, post).type(title="Mine so far")
        assert editor.open(post).fields["title"] == "Mine so far"
        assert "Draft saved" in editor.save_line and "Readers still see the text of" in editor.save_line
        # A colleague does not see words that are still being written.
        assert otto.open(post).fields["title"] == "Shared"

    def test_saving_without_a_script_seals_the_own_words(self, editor):
        post = make_post("Shared", live=False)
        Script(editor, post).type(title="Typed with a script", tag_words="new tag")
        words = open_revision(editor.user, post)
        assert editor.open(post).send(subtitle="And without").status_code == 302
        newest = newest_revision(post)
        assert (newest.pk, newest.title, newest.subtitle) == (words.pk, "Typed with a script", "And without")
        assert [tag.name for tag in newest.tags.all()] == ["new tag"]

    def test_opening_and_saving_without_typing_makes_no_version(self, editor):
        post = make_post("Shared", live=False)
        assert editor.open(post).send().status_code == 302
        assert post.revisions.count() == 1

    def test_a_window_behind_another_one_is_not_saved_over_it(self, editor, screen_of):
        post = make_post("Shared", live=False)
        editor.open(post)
        Script(screen_of(editor.user), post, "elsewhere").type(title="Typed elsewhere")
        assert editor.send(title="Behind").status_code == 409
        assert open_revision(editor.user, post).title == "Typed elsewhere"
        assert Revision.objects.get(set_aside=True).title == "Behind"

    def test_words_at_rest_are_the_draft_for_whoever_opens_next(self, editor, otto):
        post = make_post("Shared", live=False)
        script = Script(editor, post)
        script.type(title="At rest", seo_title="x" * 201)
        later(post)
        assert otto.open(post).fields["title"] == "At rest" and otto.fields["seo_title"] == "x" * 201
        assert newest_revision(post).saved_by == editor.user
        script.type(title="Awake")
        assert open_revision(editor.user, post).title == "Awake"

    def test_the_publishing_screen_shows_words_at_rest(self, editor, otto):
        post = make_post("Shared", live=False)
        Script(editor, post).type(title="At rest")
        later(post)
        answer = otto.client.get(f"/admin/blog/post/{post.pk}/publish/")
        assert "Publish: At rest" in answer.content.decode()


class TestAnswers:
    def test_what_readers_see_is_said_with_every_answer(self, editor):
        post = make_post("Live", live=False)
        script = Script(editor, post)
        assert script.type(title="One")["readers"] == "Only staff can see it."
        assert script.answer["saved"].startswith("Draft saved ")
        publish(editor.user, newest_revision(post), now=timezone.now() - MINUTE)
        assert script.type(title="Two")["readers"].startswith("Readers still see the text of today")

    def test_after_a_colleagues_save_both_texts_are_kept(self, editor, otto):
        post = make_post("Shared", live=False)
        script = Script(editor, post)
        script.type(title="Mine")
        otto.open(post).send(title="Otto’s")
        answer = script.type(409, title="Mine, longer")
        assert (answer["state"], answer["who"]) == ("conflict", "otto")
        assert "otto saved this post" in answer["sentence"]
        assert answer["newest"] == newest_revision(post).pk
        assert Revision.objects.get(pk=answer["mine"]).title == "Mine, longer"
        assert Post.objects.get().title == "Otto’s"

    def test_another_window_of_the_same_person_is_no_conflict(self, editor, screen_of):
        post = make_post("Shared", live=False)
        script = Script(editor, post)
        Script(screen_of(editor.user), post, "elsewhere").type(title="There")
        answer = script.type(409, title="Here")
        assert answer["state"] == "stale" and open_revision(editor.user, post).title == "There"

    def test_signed_out_or_somebody_else_nothing_is_written(self, editor, otto):
        post = make_post("Shared", live=False)
        script = Script(editor, post)
        erin = editor.user.pk
        otto.client, editor.client = editor.client, otto.client
        assert script.type(401, title="Typed by Erin") == {"state": "other_person", "who": "otto"}
        editor.client = Client()
        assert script.type(401, title="Typed by Erin")["state"] == "signed_out"
        User.objects.filter(pk=erin).update(is_staff=False)
        editor.client = otto.client
        assert script.type(401, title="Typed by Erin")["state"] == "signed_out"
        assert not Revision.objects.filter(sealed_at=None).exists()

    def test_a_post_that_is_gone_and_one_that_is_not_yours(self, editor, writer):
        post = make_post("Shared", live=False)
        script = Script(editor, post)
        script.address = "/admin/blog/post/4000000/autosave/"
        assert script.type(410, title="x")["state"] == "gone"
        answer = writer.client.post(f"/admin/blog/post/{post.pk}/autosave/", {"_as": writer.user.pk, "title": "x"})
        assert (answer.status_code, answer.json()["state"]) == (403, "refused")
        assert not Revision.objects.filter(sealed_at=None).exists()

    def test_a_trashed_post_goes_on_taking_words_and_says_where_it_is(self, editor):
        post = make_post("Shared", live=False)
        script = Script(editor, post)
        Post.objects.filter(pk=post.pk).update(trashed_at=timezone.now())
        assert script.type(title="Still here")["trashed"] is True
        assert open_revision(editor.user, post).title == "Still here"

    def test_only_a_form_of_this_site_is_taken(self, editor):
        post = make_post("Shared", live=False)
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(editor.user)
        data = {"_as": editor.user.pk, "title": "Forged"}
        assert strict.post(f"/admin/blog/post/{post.pk}/autosave/", data).status_code == 403
        assert editor.client.get(f"/admin/blog/post/{post.pk}/autosave/").status_code == 405
        assert not Revision.objects.filter(sealed_at=None).exists()


class TestEarlierWindows:
    def test_words_of_another_window_can_be_kept_beside(self, editor):
        post = make_post("Shared", live=False)
        script = Script(editor, post)
        script.type(title="Here")
        answer = script.type(title="From a window that crashed", _beside="1")
        kept = Revision.objects.get(pk=answer["mine"])
        assert (kept.title, kept.set_aside, kept.saved_by) == ("From a window that crashed", True, editor.user)
        assert open_revision(editor.user, post).title == "Here"

    def test_or_take_the_place_of_the_open_ones_which_are_kept(self, editor):
        post = make_post("Shared", live=False)
        script = Script(editor, post)
        script.type(title="Here")
        script.type(title="From a window that crashed", _instead="1", open_revision="", open_version="")
        assert open_revision(editor.user, post).title == "From a window that crashed"
        assert Revision.objects.get(set_aside=True).title == "Here"


def test_a_save_from_elsewhere_keeps_what_a_window_holds(editor, otto):
    post = make_post("Shared", live=False)
    Script(editor, post).type(title="Mine")
    stored = Post.objects.get(pk=post.pk)
    stored.title = "By a script"
    save_draft(otto.user, stored, [], base_id=newest_revision(post).pk)
    assert Revision.objects.get(set_aside=True).title == "Mine"


def test_the_way_back_from_the_login_tells_the_other_window(editor):
    answer = editor.client.get("/admin/blog/post/back/")
    assert "You are logged in. The window with your text goes on by itself." in answer.content.decode()
    assert Client().get("/admin/blog/post/back/").status_code == 302
