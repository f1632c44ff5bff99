"""Two people in one post, or two windows of one: nobody's words go without a question, and none of them are lost."""

import lxml.html
import pytest
from cast import person
from django.utils import timezone
from factories import make_author, make_picture, make_post, make_tag, make_topic

from blog.models import Post, Revision
from blog.publishing import Seen, autosave, newest_revision, save_draft

TEXT = "<p>Rest for a day.</p>\n<p>Most people feel the injections.</p>\n<p>Call us any time.</p>"


@pytest.fixture
def otto(screen_of, db):
    return screen_of(person("otto", "Writer", "Editor"))


class Both:
    """The page with both texts, as a browser without scripts uses it."""

    def __init__(self, screen, answer=None) -> None:
        self.screen, self.answer = screen, answer or screen.answer
        self.read()

    def read(self) -> None:
        self.page = lxml.html.fromstring(self.answer.content.decode())
        self.text = " ".join(self.page.text_content().split())
        self.heading = " ".join(self.page.xpath("//h1")[0].text_content().split())
        forms = self.page.xpath("//form[@data-both]")
        self.form = forms[0] if forms else None

    @property
    def places(self) -> dict[str, list[str]]:
        """The places that differ by their headings, with the values that can be chosen in each."""
        return {
            place.xpath("string(./h2/span)"): place.xpath(".//input[@type='radio']/@value")
            for place in self.page.xpath("//*[@data-place]")
        }

    @property
    def chosen(self) -> list[str]:
        return self.page.xpath("//input[@type='radio'][@checked]/@value")

    def side(self, place, value) -> str:
        """What one choice of a place says, with marked words in brackets."""
        (label,) = self.page.xpath(f"//*[@data-place][h2/span='{place}']//label[.//input[@value='{value}']]")
        for mark in label.xpath(".//mark"):
            mark.text = f"[{mark.text}]"
        return " | ".join(
            " ".join(line.text_content().split()) for line in label.xpath(".//*[contains(@class,'st-piece')]")
        )

    def choose(self, **places):
        """Press Save. ``title="yours"`` names a place by its heading in small letters, ``article`` all passages.

        Places that are not named keep what is chosen there.
        """
        data = {"seen": self.page.xpath("//input[@name='seen']/@value")[0]}
        for place in self.page.xpath("//*[@data-place]"):
            name = place.xpath(".//input[@type='radio']/@name")[0]
            wanted = places.get(place.xpath("string(./h2/span)").split(",")[0].lower().replace(" ", "_"))
            kept = place.xpath(".//input[@checked]/@value")
            if wanted or kept:
                data[name] = wanted or kept[0]
        self.answer = self.screen.client.post(self.form.get("action"), data)
        if self.answer.status_code in (200, 409):
            self.read()
        return self.answer


@pytest.fixture
def shared(db):
    return make_post("Shared", live=False, body=TEXT)


def conflict(editor, otto, post, theirs, yours):
    """Otto saves first; Erin's save meets his."""
    editor.open(post)
    assert otto.open(post).send(**theirs).status_code == 302
    assert editor.send(**yours).status_code == 409
    return Both(editor)


def stored(post):
    return Post.objects.get(pk=post.pk)


def bodies(post):
    return set(post.revisions.values_list("body", flat=True))


def test_a_text_saved_in_between_is_not_written_over(editor, otto, shared):
    both = conflict(editor, otto, shared, {"body": "<p>Otto’s words</p>"}, {"body": "<p>Erin’s words</p>"})
    assert both.heading == "otto saved this post before you"
    assert "Nothing is lost." in both.text and "Readers see none of this." in both.text
    assert stored(shared).body == "<p>Otto’s words</p>" == newest_revision(shared).body
    # Whoever closes the page now has lost nothing.
    mine = Revision.objects.get(post=shared, body="<p>Erin’s words</p>")
    assert mine.set_aside and mine.saved_by == editor.user
    again = Both(editor, editor.client.get(both.form.get("action")))
    assert (again.answer.status_code, list(again.places)) == (200, ["Article"])
    # Sending the form once more is no way over it, and keeps no second copy.
    count = shared.revisions.count()
    assert editor.send(body="<p>Erin’s words</p>").status_code == 409
    assert stored(shared).body == "<p>Otto’s words</p>" and shared.revisions.count() == count


def test_nothing_is_chosen_beforehand_and_each_place_shows_the_words_that_differ(editor, otto, shared):
    theirs = TEXT.replace("Most people", "Some people")
    yours = TEXT.replace("the injections.", "nothing at all.")
    both = conflict(editor, otto, shared, {"body": theirs, "subtitle": "In short"}, {"body": yours, "title": "Mine"})
    assert both.places == {
        "Title": ["theirs", "yours"],
        "Subtitle": ["theirs", "yours"],
        "Article": ["theirs", "yours", "theirs-first", "yours-first"],
    }
    assert both.chosen == []
    assert "In all 3 places:" in both.text
    assert both.side("Article", "theirs") == "[Some] people feel [the injections]."
    assert both.side("Article", "yours") == "[Most] people feel [nothing at all]."
    assert (both.side("Title", "theirs"), both.side("Title", "yours")) == ("[Shared]", "[Mine]")
    assert (both.side("Subtitle", "theirs"), both.side("Subtitle", "yours")) == ("[In short]", "Nothing here")
    # What one of the two did not touch says so.
    assert both.page.xpath("//*[@data-place][h2/span='Title']//label[1]//*[@class='st-sub']/text()") == [
        "As it was before"
    ]
    folded = both.page.xpath("//details[@class='st-folded']")
    assert [one.xpath("string(summary)") for one in folded] == ["1 passage is the same in both"] * 2
    assert [one.xpath("string(.//p)") for one in folded] == ["Rest for a day.", "Call us any time."]


@pytest.mark.parametrize(
    ("choice", "middle"),
    [
        ("theirs", "<p>Some people feel the injections.</p>"),
        ("yours", "<p>Most people feel nothing at all.</p>"),
        ("theirs-first", "<p>Some people feel the injections.</p>\n<p>Most people feel nothing at all.</p>"),
        ("yours-first", "<p>Most people feel nothing at all.</p>\n<p>Some people feel the injections.</p>"),
    ],
)
def test_what_is_chosen_is_saved_on_top_and_the_rest_stays_in_the_versions(editor, otto, shared, choice, middle):
    theirs = TEXT.replace("Most people", "Some people")
    yours = TEXT.replace("the injections.", "nothing at all.")
    both = conflict(editor, otto, shared, {"body": theirs, "subtitle": "Theirs"}, {"body": yours, "title": "Mine"})
    answer = both.choose(title="yours", subtitle="theirs", article=choice)
    assert (answer.status_code, answer.url) == (302, f"/admin/blog/post/{shared.pk}/change/")
    post = stored(shared)
    assert (post.title, post.subtitle) == ("Mine", "Theirs")
    assert post.body == TEXT.replace("<p>Most people feel the injections.</p>", middle)
    newest = newest_revision(post)
    assert (newest.saved_by, newest.base.saved_by) == (editor.user, otto.user)
    assert {TEXT, theirs, yours, post.body} == bodies(post)


def test_a_save_with_choices_left_says_how_many_and_where(editor, otto, shared):
    both = conflict(editor, otto, shared, {"subtitle": "Theirs", "excerpt": "Theirs"}, {"title": "Mine"})
    assert "Save this draft (3 choices left)" in both.text
    assert both.choose(title="yours").status_code == 200
    assert "Not saved yet: 2 choices are left." in both.text and "Save this draft (2 choices left)" in both.text
    assert both.chosen == ["yours"]
    assert both.page.xpath("//*[@data-not-chosen]/ancestor::*[@data-place]/h2/span[@data-label]/text()") == [
        "Subtitle",
        "Short summary",
    ]
    first = both.page.xpath("//a[text()='Go to the first one']/@href")[0]
    assert both.page.get_element_by_id(first.removeprefix("#")).xpath("string(./span)") == "Subtitle"
    assert stored(shared).title == "Shared"
    assert both.choose(subtitle="theirs", short_summary="yours").status_code == 302
    assert (stored(shared).title, stored(shared).subtitle, stored(shared).excerpt) == ("Mine", "Theirs", "")


def test_a_third_save_meanwhile_shows_the_page_again_with_what_was_chosen(editor, otto, shared):
    both = conflict(editor, otto, shared, {"subtitle": "Theirs"}, {"title": "Mine", "excerpt": "Mine"})
    otto.open(shared).send(subtitle="Theirs, once more", meta_description="New")
    answer = both.choose(title="yours", subtitle="theirs", short_summary="yours")
    assert answer.status_code == 409 and "otto saved again" in both.text
    assert (stored(shared).title, stored(shared).subtitle) == ("Shared", "Theirs, once more")
    assert both.side("Subtitle", "theirs") == "[Theirs, once more]"
    assert both.chosen == ["yours", "theirs", "yours"]
    assert "Save this draft (1 choice left)" in both.text
    assert both.choose(text_on_google="theirs").status_code == 302
    assert (stored(shared).title, stored(shared).subtitle) == ("Mine", "Theirs, once more")
    assert stored(shared).meta_description == "New"


def test_of_the_article_what_was_chosen_stays_only_where_the_words_are_the_same(editor, otto, shared):
    yours = TEXT.replace("a day.", "two days.").replace("any time", "at night")
    both = conflict(editor, otto, shared, {"body": TEXT.replace("a day.", "a week.")}, {"body": yours})
    assert len(both.page.xpath("//*[@data-place]")) == 2
    otto.open(shared).send(body=TEXT.replace("a day.", "a month."))
    assert both.choose(article="yours").status_code == 409
    # The paragraph that Otto changed again is asked for again, the other one is not.
    assert both.chosen == ["yours"] and "Save this draft (1 choice left)" in both.text


def test_every_kind_of_field_is_shown_in_words_and_taken_as_chosen(editor, otto, shared):
    laser, care = make_topic("Lasers"), make_topic("Care")
    ada, bea = make_author("Ada Ray"), make_author("Bea Fox")
    first, second = make_post("First"), make_post("Second")
    lamp = make_picture(alt_text="A lamp on a desk")
    make_tag("light"), make_tag("rest")
    theirs = {"topic": laser.pk, "author": ada.pk, "tag_words": "light, rest", "kind": "clinic_news"}
    theirs |= {"key_points_0": "One", "key_points_1": "Two", "related_posts_0": first.pk, "noindex": "on"}
    yours = {"topic": care.pk, "author": bea.pk, "tag_words": "rest, new words", "key_points_0": "One"}
    yours |= {"published_at": "2020-01-02", "related_posts_0": second.pk, "slug": "typed-by-hand"}
    yours |= {"hero_image": lamp.pk, "hero_alt": "A lamp"}
    both = conflict(editor, otto, shared, theirs, yours)
    said = {place: (both.side(place, "theirs"), both.side(place, "yours")) for place in both.places}
    assert said == {
        "Main photo": ("[No main photo]", "[A lamp]"),
        "Address": ("[shared]", "[typed-by-hand]"),
        "Key points": ("One[ Two]", "One"),
        "Topic": ("[Lasers]", "[Care]"),
        "Author": ("[Ada Ray]", "[Bea Fox]"),
        "Tags": ("[light], rest", "[new words], rest"),
        "Kind": ("[Clinic news]", "[Health information]"),
        "Shown date": ("[The day it first goes live]", "[January 2, 2020]"),
        "More posts": ("[First]", "[Second]"),
        "Keep out of search engines": ("[Kept out of search engines]", "[Search engines may show it]"),
    }
    names = {place.lower().replace(" ", "_"): "yours" for place in both.places}
    assert both.choose(**names | {"key_points": "theirs", "kind": "theirs"}).status_code == 302
    post = stored(shared)
    assert (post.topic, post.author, post.kind, post.noindex) == (care, bea, "clinic_news", False)
    assert (post.key_points, post.related_posts, post.slug) == (["One", "Two"], [second.pk], "typed-by-hand")
    assert set(post.tags.values_list("name", flat=True)) == {"rest", "new words"}
    assert (post.hero_image, post.hero_alt, post.published_at.year) == (lamp, "A lamp", 2020)


def test_what_only_the_markup_says_is_a_place_too(editor, otto, shared):
    body = TEXT.replace("Rest", '<a href="https://example.com/rest">Rest</a>')
    both = conflict(editor, otto, shared, {"body": body}, {"title": "Mine"})
    assert list(both.places) == ["Title", "Article"]
    assert "https://example.com/rest" in both.text
    both.choose(title="yours", article="theirs")
    assert stored(shared).body == body


def test_an_address_that_nobody_typed_follows_the_title_and_is_no_question(editor, otto, shared):
    both = conflict(editor, otto, shared, {"title": "Theirs"}, {"title": "Mine"})
    assert list(both.places) == ["Title"]
    both.choose(title="yours")
    assert (stored(shared).title, stored(shared).slug) == ("Mine", "mine")


def test_what_the_form_refuses_comes_back_in_the_form_with_what_was_chosen(editor, otto, shared):
    both = conflict(editor, otto, shared, {"subtitle": "Theirs"}, {"title": "Long " * 60, "tag_words": "!!!"})
    assert set(both.places) == {"Title", "Subtitle", "Tags"}
    editor.answer = both.choose(title="yours", subtitle="theirs", tags="yours")
    assert editor.answer.status_code == 200
    editor.read()
    assert editor.errors("title") and editor.errors("tag_words")
    assert editor.fields["title"].startswith("Long Long") and editor.fields["subtitle"] == "Theirs"
    assert editor.page.get_element_by_id("post_form").get("action") == f"/admin/blog/post/{shared.pk}/change/"
    editor.answer = editor.client.post(
        f"/admin/blog/post/{shared.pk}/change/", editor.fields | {"title": "Short", "tag_words": ""}
    )
    assert editor.answer.status_code == 302 and stored(shared).title == "Short"


def test_two_people_who_typed_the_same_have_nothing_to_choose(editor, otto, shared):
    both = conflict(editor, otto, shared, {"title": "Same"}, {"title": "Same"})
    assert "Both texts say the same, so there is nothing to choose." in both.text and both.form is None


def test_who_had_left_meanwhile_finds_the_own_words_where_the_form_opens(editor, otto, shared):
    def left_aside(screen):
        return screen.open(shared).page.xpath("string(//*[@id='left-aside'])"), screen.page.xpath(
            "//*[@id='left-aside']//a/@href"
        )

    newest = newest_revision(shared)
    values = {"title": "Mine, typed in a window that was closed"}
    seen = Seen(newest.pk, window="closed")
    autosave(editor.user, shared, values, {}, seen=seen, now=timezone.now())
    assert left_aside(editor) == ("", [])
    otto.open(shared).send(title="Otto’s")
    words, (link,) = left_aside(editor)
    assert "are not in this draft: otto saved meanwhile. Both texts are kept." in words
    assert left_aside(otto) == ("", [])
    both = Both(editor, editor.client.get(link))
    assert "closed" in both.side("Title", "yours")
    # Whatever is chosen, it is settled then.
    both.choose(title="theirs")
    assert newest_revision(shared).title == "Otto’s" and left_aside(editor) == ("", [])


class TestTwoWindows:
    """One person: what the other window wrote is shown like a colleague's words."""

    def type_elsewhere(self, editor, post, **values):
        seen = Seen(newest_revision(post).pk, window="elsewhere")
        from django.utils import timezone

        return autosave(editor.user, Post.objects.get(pk=post.pk), values, {}, seen=seen, now=timezone.now())

    def test_words_of_the_other_window_that_are_not_saved_are_not_written_over(self, editor, shared):
        editor.open(shared)
        self.type_elsewhere(editor, shared, title="On the phone")
        assert editor.send(title="At the desk", subtitle="Mine").status_code == 409
        both = Both(editor)
        assert both.heading == "You wrote “Shared” in two windows"
        assert (both.side("Title", "theirs"), both.side("Title", "yours")) == ("[On] the [phone]", "[At] the [desk]")
        assert "The other window’s" in both.text and "Theirs" not in both.text
        assert both.choose(title="theirs", subtitle="yours").status_code == 302
        assert (stored(shared).title, stored(shared).subtitle) == ("On the phone", "Mine")
        titles = shared.revisions.filter(set_aside=True).values_list("title", flat=True)
        assert set(titles) == {"On the phone", "At the desk"}

    def test_the_other_window_goes_on_meanwhile(self, editor, shared):
        editor.open(shared)
        kept = self.type_elsewhere(editor, shared, title="On the phone")
        editor.send(title="At the desk")
        both = Both(editor)
        seen = Seen(kept.base_id, kept.open_id, kept.version, "elsewhere")
        autosave(
            editor.user, stored(shared), {"title": "On the phone, later"}, {}, seen=seen, turn=1, now=kept.saved_at
        )
        assert both.choose(title="yours").status_code == 409
        assert "you wrote on in the other window meanwhile" in both.text
        assert both.side("Title", "theirs") == "[On] the [phone, later]"
        assert both.choose(title="yours").status_code == 302
        assert stored(shared).title == "At the desk"

    def test_saved_in_the_other_window(self, editor, shared, screen_of):
        editor.open(shared)
        screen_of(editor.user).open(shared).send(title="On the phone")
        assert editor.send(title="At the desk").status_code == 409
        assert Both(editor).heading == "You wrote “On the phone” in two windows"


class TestWhoMay:
    def test_only_own_words_that_were_set_aside_are_shown(self, editor, otto, writer, shared):
        both = conflict(editor, otto, shared, {"title": "Theirs"}, {"title": "Mine"})
        address = both.form.get("action")
        assert otto.client.get(address).status_code == 404
        assert writer.client.get(address).status_code == 403
        assert writer.client.post(address, {"choice-title": "yours"}).status_code == 403
        newest = newest_revision(shared).pk
        for number in (newest, newest + 1000):
            assert editor.client.get(f"/admin/blog/post/{shared.pk}/conflict/{number}/").status_code == 404
        assert editor.client.get(address.replace(f"/{shared.pk}/", f"/{shared.pk + 1000}/")).status_code == 404
        assert stored(shared).title == "Theirs"

    @pytest.mark.parametrize("seen", ["", "x", "0.0", "９.1", "9" * 50])
    def test_nonsense_as_the_words_seen_saves_nothing(self, editor, otto, shared, seen):
        both = conflict(editor, otto, shared, {"title": "Theirs"}, {"title": "Mine"})
        answer = editor.client.post(both.form.get("action"), {"seen": seen, "choice-title": "yours"})
        assert answer.status_code == 409 and stored(shared).title == "Theirs"

    @pytest.mark.parametrize("choice", ["", "mine", "theirs-first", "<b>"])
    def test_what_is_no_choice_is_none(self, editor, otto, shared, choice):
        both = conflict(editor, otto, shared, {"title": "Theirs"}, {"title": "Mine"})
        seen = both.page.xpath("//input[@name='seen']/@value")[0]
        answer = editor.client.post(both.form.get("action"), {"seen": seen, "choice-title": choice})
        assert answer.status_code == 200 and stored(shared).title == "Theirs"


@pytest.mark.parametrize("base", ["", "x", "-1", "999999", "9" * 30])
def test_without_its_base_a_text_goes_on_top_of_nothing(editor, base, shared):
    assert editor.open(shared).send(body="<p>Blind</p>", base=base).status_code == 409
    assert stored(shared).body == TEXT


def test_no_field_of_the_form_is_a_way_over_a_colleague(editor, otto, shared):
    editor.open(shared)
    otto.open(shared).send(title="Theirs")
    newest = newest_revision(shared).pk
    for forged in ({"_overwrite": str(newest)}, {"_overwrite": "1", "open_revision": str(newest), "open_version": "1"}):
        assert editor.send(title="Mine", **forged).status_code == 409
        assert stored(shared).title == "Theirs"


def test_a_form_meets_what_a_script_saved_meanwhile(editor, shared, otto):
    editor.open(shared)
    post = stored(shared)
    post.title = "By script"
    save_draft(otto.user, post, [], base_id=newest_revision(post).pk)
    assert editor.send(title="Mine").status_code == 409 and stored(shared).title == "By script"


def test_another_kind_of_box_and_a_box_of_one_text_are_said_in_words(editor, otto, shared):
    box = '<aside data-box="{}"><p>Call us if it hurts.</p></aside>'.format
    changed = conflict(editor, otto, shared, {"body": TEXT + box("care")}, {"body": TEXT + box("urgent")})
    assert "Was in a card for what is not urgent, is in a card for what is urgent now." in changed.text
    assert changed.choose(article="yours").status_code == 302
    assert 'data-box="urgent"' in stored(shared).body and 'data-box="care"' not in stored(shared).body

    both = conflict(editor, otto, shared, {"body": TEXT}, {"body": TEXT + box("emergency")})
    assert "[In a card for emergencies: ][Call us if it hurts.]" in both.side("Article", "yours")
