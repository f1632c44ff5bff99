"""What differs between two states of a post, in the words of the screen."""

from datetime import timedelta

import pytest
from cast import NOON
from factories import make_author, make_picture, make_post, make_topic

from blog.admin.post_changes import LABELS, changes
from blog.models import ArticleFields, Drug, Post, Procedure, Source


@pytest.fixture
def said(db):
    """``said({…}, {…})``: what is said of two posts with these values, by the names of the fields."""

    def say(old, new, *tags):
        found = changes(Post(title="Same", **old), Post(title="Same", **new), *tags)
        return {change.label: change.words or [tuple(line.spans) for line in change.lines] for change in found}

    return say


def test_every_field_is_said_in_words(said):
    lasers, visit = make_topic("Lasers"), make_topic("Your visit")
    lamp, chair = make_picture(alt_text="A lamp"), make_picture(410, 300, alt_text="A chair")
    ada = make_author("Ada Ray")
    post = make_post("Sun and skin", live=False)
    label = Source.objects.create(title="Botox label", publisher="FDA")
    drug = Drug.objects.create(brand_name="Vabotin", generic_name="vabotulin", drug_class="Toxins")
    peel = Procedure.objects.create(name="Glow peel")
    text = [(("removed", "Old"), ("added", "New"))]
    cases = {
        "title": ("Old", "New", text),
        "slug": ("old", "new", [(("removed", "old"), ("added", "new"))]),
        "hero_image_id": (lamp.pk, chair.pk, "A lamp → A chair"),
        "hero_alt": ("Old", "New", text),
        "hero_is_decorative": (False, True, "no → yes"),
        "hero_caption": ("Old", "New", text),
        "subtitle": ("Old", "New", text),
        "key_points": (["One"], ["One", "Two"], [(("kept", "One"), ("added", "\nTwo"))]),
        "body": ("<p>Old</p>", "<p>New</p>", [(("removed", "Old"),), (("added", "New"),)]),
        "excerpt": ("Old", "New", text),
        "topic_id": (lasers.pk, visit.pk, "Lasers → Your visit"),
        "author_id": (None, ada.pk, "nobody → Ada Ray"),
        "kind": ("health_information", "clinic_news", "Health information → Clinic news"),
        "published_at": (None, NOON, "the day it first goes live → June 15, 2026"),
        "related_posts": ([], [post.pk], "added “Sun and skin”"),
        "disclosure": ("Old", "New", text),
        "cta_heading": ("Old", "New", text),
        "cta_text": ("Old", "New", text),
        "seo_title": ("Old", "New", text),
        "meta_description": ("Old", "New", text),
        "canonical_url": ("", "https://example.com/", [(("added", "https://example.com/"),)]),
        "noindex": (False, True, "no → yes"),
        "sources": ([], [label.pk], "added Botox label (FDA)"),
        "drugs": ([drug.pk], [], "removed Vabotin"),
        "procedures": ([], [peel.pk], "added Glow peel"),
        "left_out_notes": (
            [],
            [{"record": "drug", "id": drug.pk, "reason": "It is about the plant"}],
            "added Vabotin: It is about the plant",
        ),
    }
    # A column that is added to articles needs its line here and its words in the product.
    assert set(cases) == set(ArticleFields.article_field_names())
    for name, (old, new, words) in cases.items():
        (change,) = changes(Post(**{name: old}), Post(**{name: new}))
        assert (change.words or [tuple(map(tuple, line.spans)) for line in change.lines]) == words, name
        assert change.label == LABELS[change.field]


def test_changes_come_in_the_order_of_the_screen(said):
    found = said({"noindex": True, "excerpt": "Old"}, {"excerpt": "New"}, ["Skin", "Sun"], ["Light", "Sun"])
    assert list(found) == ["Short summary", "Tags", "Keep out of search engines"]
    assert found["Tags"] == "added Light; removed Skin"


def test_what_is_gone_or_has_the_same_name_is_still_told_apart(said):
    one, two = make_picture(alt_text="A lamp"), make_picture(410, 300, alt_text="A lamp")
    assert said({"hero_image_id": one.pk}, {"hero_image_id": two.pk}) == {
        "Main photo": "A lamp → another one, “A lamp”"
    }
    assert said({"topic_id": 999}, {"topic_id": None}) == {"Topic": "a topic that was deleted → none"}
    assert said({"related_posts": [998]}, {"related_posts": []}) == {"More posts": "removed “post 998”"}
    later = {"published_at": NOON + timedelta(minutes=5)}
    assert said({"published_at": NOON}, later) == {"Shown date": "June 15, 2026, 12:00 pm → June 15, 2026, 12:05 pm"}


def test_the_article_is_told_by_its_headings(said):
    old = "<p>Start.</p><h2>Costs</h2><p>It is dear.</p>"
    new = "<p>Start.</p><h2>Costs</h2><p>It is cheap.</p><p>Quite.</p>"
    assert list(said({"body": old}, {"body": new})) == ["Article, “Costs”"]
    assert list(said({"body": old}, {"body": old.replace("Start", "Begin here")})) == ["Article"]
    lamp, chair = make_picture(alt_text="A lamp"), make_picture(410, 300, alt_text="A chair")
    figure = '<figure><img data-image="{}"></figure>'
    (change,) = changes(Post(body=figure.format(lamp.pk)), Post(body=figure.format(chair.pk)))
    assert change.lines[0].remarks == ("Another picture: “A lamp” → “A chair”.",)


def test_nothing_is_said_of_what_is_the_same(said):
    assert said({"body": "<p>Same</p>"}, {"body": "<p>Same</p>"}, ["Skin", "Light"], ["Light", "Skin"]) == {}
