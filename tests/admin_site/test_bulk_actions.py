"""Acting on many posts from the list: the screen that asks, the one that tells, and undoing."""

import pytest
from cast import DAY, MINUTE, person
from factories import without_checks
from staff_words import NOON, buttons, tree, words

from blog.models import Author, BulkAct, Post, Publication, Tag, Topic
from blog.publishing import newest_revision, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
LIST = "/admin/blog/post/"


@pytest.fixture
def client(as_user, erin):
    return as_user(erin)


@pytest.fixture
def lasers(db):
    return Topic.objects.create(name="Lasers", slug="lasers")


def offered(answer):
    return tree(answer).xpath("//select[@name='action']/option/text()")


def choose(client, action, *posts, query="", **more):
    """Tick posts on the list and press the button."""
    keys = [post.pk for post in posts]
    return client.post(LIST + query, {"action": action, "_selected_action": keys, "index": 0, **more}, follow=True)


def confirm(client, asked, **choices):
    """Fill in the screen that asks, as it stands, and press its button."""
    form = tree(asked).xpath("//form[contains(@class,'st-narrow')]")[0]
    sent = {name: form.fields[name] for name in form.fields if form.fields[name] is not None}
    sent["_selected_action"] = form.xpath(".//input[@name='_selected_action']/@value")
    return client.post(form.get("action"), sent | choices, follow=True)


def lines(answer, section):
    found = tree(answer).xpath(f"//section[@aria-labelledby='{section}']//li")
    return [" ".join(" ".join(line.itertext()).split()) for line in found]


def test_from_the_list_to_what_was_done_and_back(client, draft, lasers):
    one, two, public = draft("One"), draft("Two", topic=lasers), draft("Public")
    publish(person("eve", "Editor"), newest_revision(public), now=NOON - DAY)
    asked = choose(client, "set_topic", one, two, public, query="?q=slowly")
    assert "Set the topic: 3 posts" in words(asked) and "Nothing changes until you press" in words(asked)
    assert buttons(asked) == ["Set the topic of 3 posts"]
    assert Post.objects.filter(topic=lasers).count() == 1, "asking changes nothing"
    assert tree(asked).xpath("//main//a[text()='Change nothing']/@href") == [f"{LIST}?q=slowly"]
    told = confirm(client, asked, topic=lasers.pk)
    assert "Topic set to “Lasers” 2 done, 1 left alone." in words(told)
    assert lines(told, "left-alone") == ["Two It has that topic already. Left alone"]
    assert lines(told, "done") == [
        "Public Changed in the draft. What readers see changes when it is published. Done Undo for Public",
        "One Changed. Done Undo for One",
    ]
    assert Publication.objects.get().topic is None
    note = client.get(LIST)
    assert "Topic set to “Lasers” (2 posts). See what was done Undo (until 12:10 pm)" in words(note)
    undo = tree(note).xpath("//form[contains(@action,'/undo/')]/@action")[0]
    undone = client.post(undo, follow=True)
    assert "Undone for 2 posts." in words(undone) and "all undone again" in words(undone)
    assert Post.objects.filter(topic=lasers).count() == 1
    assert "See what was done" not in words(client.get(LIST))


def test_one_of_them_undone_and_one_changed_since(client, draft, rewrite, lasers):
    one, two = draft("One"), draft("Two")
    told = confirm(client, choose(client, "set_topic", one, two), topic=lasers.pk)
    address = told.request["PATH_INFO"]
    rewrite(two, subtitle="Since then")
    assert "Undone for 1 post." in words(client.post(f"{address}undo/", {"post": one.pk}, follow=True))
    answer = client.post(f"{address}undo/", follow=True)
    assert "Nothing was undone. 1 post stays as it is: see why below." in words(answer)
    assert "Not undone: erin saved it since. Their draft stays; change it in the post." in words(answer)
    assert newest_revision(two).subtitle == "Since then" and newest_revision(two).topic == lasers


def test_after_ten_minutes(client, at_noon, draft, lasers):
    told = confirm(client, choose(client, "set_topic", draft()), topic=lasers.pk)
    at_noon(NOON + 10 * MINUTE)
    assert "Undo" not in " ".join(buttons(client.get(told.request["PATH_INFO"])))
    assert "Undo" not in words(client.get(LIST))
    assert "The 10 minutes for undoing are over." in words(
        client.post(f"{told.request['PATH_INFO']}undo/", follow=True)
    )


def test_a_choice_is_needed(client, draft, lasers):
    asked = choose(client, "set_topic", draft())
    answer = confirm(client, asked)
    assert "Nothing was changed yet. Look at what is marked below." in words(answer)
    assert "Choose a topic." in words(answer)
    assert not BulkAct.objects.exists()
    assert "Topic set to" in words(confirm(client, answer, topic=lasers.pk)), "the refused screen still knows the post"


def test_off_the_site_needs_a_reason_and_says_what_readers_see(client, erin, draft):
    post = draft()
    publish(erin, newest_revision(post), now=NOON - DAY)
    asked = choose(client, "take_off", post)
    assert "readers then see that the page is no longer here" in words(asked)
    assert "Say in a few words why they go." in words(confirm(client, asked))
    told = confirm(client, asked, reason="Offer ended")
    assert "Taken off the site 1 done, 0 left alone." in words(told)
    assert "Undo it (until 12:10 pm)" in buttons(told)
    assert not Publication.objects.live(NOON).exists()
    client.post(f"{told.request['PATH_INFO']}undo/")
    assert Publication.objects.live(NOON + MINUTE).exists()


@pytest.mark.parametrize("action", ["take_off", "trash"])
def test_who_links_to_them_is_said_first(client, erin, draft, action):
    target = draft("Target")
    if action == "take_off":
        publish(erin, newest_revision(target), now=NOON - DAY)
    other = draft("Leads there", body=f'<p><a href="/blog/target/" data-post="{target.pk}">See</a></p>')
    assert "Other live posts link" not in words(choose(client, action, target))
    with without_checks():
        publish(erin, newest_revision(other), now=NOON - DAY)
    asked = choose(client, action, target)
    assert "Other live posts link to these. Their links will lead nowhere: Leads there." in words(asked)
    assert "Other live posts link" not in words(choose(client, action, target, other)), "both go together"


def test_tags_that_can_be_removed_are_theirs(client, draft):
    glow, other = Tag.objects.create(name="Glow", slug="glow"), Tag.objects.create(name="Other", slug="other")
    post = draft(tags=[glow])
    assert tree(choose(client, "remove_tag", post)).xpath("//select[@name='tag']/option/text()")[1:] == ["Glow"]
    assert tree(choose(client, "add_tag", post)).xpath("//select[@name='tag']/option/text()")[1:] == ["Glow", "Other"]
    told = confirm(client, choose(client, "add_tag", post), tag=other.pk)
    assert "Tag “Other” added" in words(told)
    assert set(newest_revision(post).tags.all()) == {glow, other}


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("Writer", ["Set the topic…", "Add a tag…", "Remove a tag…", "Move to the trash…", "Duplicate (one post)"]),
        ("Medical reviewer", ["Take off the site…"]),
        (
            "Editor",
            [
                "Set the topic…",
                "Add a tag…",
                "Remove a tag…",
                "Set the author…",
                "Move to the trash…",
                "Take off the site…",
                "Duplicate (one post)",
            ],
        ),
    ],
)
def test_each_is_offered_what_they_may_do(as_user, draft, role, names):
    draft()
    browser = as_user(person("one", role))
    assert offered(browser.get(LIST)) == ["Choose what to do", *names]


def test_in_the_trash_one_takes_out(client, draft):
    post = draft("Thrown")
    told = confirm(client, choose(client, "trash", post))
    assert "Moved to the trash 1 done, 0 left alone." in words(told)
    answer = client.get(f"{LIST}?trash=1")
    assert offered(answer) == ["Choose what to do", "Take out of the trash…"]
    told = confirm(client, choose(client, "restore", post, query="?trash=1"))
    assert "Taken out of the trash 1 done" in words(told)
    assert Post.objects.get().trashed_at is None


def test_rights_are_asked_again_when_it_is_done(as_user, wilma, draft):
    """Buttons that are not there keep nobody from sending what they would."""
    post = draft("Erin's")
    bo = Author.objects.create(name="Bo", slug="bo")
    browser = as_user(wilma)
    sent = {"action": "set_author", "_selected_action": [post.pk], "author": bo.pk}
    assert browser.post(f"{LIST}bulk/", sent).status_code == 403
    told = browser.post(f"{LIST}bulk/", {"action": "trash", "_selected_action": [post.pk]}, follow=True)
    assert "0 done, 1 left alone." in words(told)
    assert Post.objects.get().author != bo and Post.objects.get().trashed_at is None


@pytest.mark.parametrize("action", ["take_off", "set_topic", "add_tag", "set_author", "trash"])
def test_who_has_no_role_learns_no_title_by_leaving_a_choice_out(as_user, nora, draft, action):
    sent = {"action": action, "_selected_action": [draft("A secret draft").pk]}
    answer = as_user(nora).post(f"{LIST}bulk/", sent)
    assert answer.status_code == 403 and "secret" not in answer.content.decode()


def test_what_others_did_is_theirs(as_user, client, draft, lasers, wilma):
    told = confirm(client, choose(client, "set_topic", draft()), topic=lasers.pk)
    address = told.request["PATH_INFO"]
    assert as_user(wilma).get(address).status_code == 404
    assert as_user(wilma).post(f"{address}undo/").status_code == 404
    assert "Undo" not in words(as_user(wilma).get(LIST))
    assert Post.objects.filter(topic=lasers).exists()


def test_all_across_pages_up_to_a_hundred(client, draft, lasers):
    first = draft("Post 0")
    for number in range(1, 30):
        draft(f"Post {number}")
    assert "Select all 30 posts" in words(client.get(LIST))
    asked = choose(client, "set_topic", first, query="?q=post", select_across="1")
    assert "Set the topic: 30 posts" in words(asked)
    make_many(80)
    assert "Select all" not in words(client.get(LIST))
    refused = choose(client, "set_topic", first, select_across="1")
    assert "Nothing was changed: 100 posts are the most at once. Choose fewer." in words(refused)
    keys = list(Post.objects.values_list("pk", flat=True))
    sent = {"action": "set_topic", "_selected_action": keys, "topic": lasers.pk}
    assert "100 is the most at once" in words(client.post(f"{LIST}bulk/", sent))
    assert not Post.objects.filter(topic=lasers).exists()


def make_many(number):
    """More posts than anybody would save one by one in a test."""
    Post.objects.bulk_create(
        Post(title=f"More {one}", slug=f"more-{one}", saved_at=NOON - DAY) for one in range(number)
    )


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"action": "set_topic"}, "Nothing was changed: no post is ticked."),
        ({"action": "", "_selected_action": "all"}, "Choose what to do with the posts that are ticked."),
        ({"action": "duplicate", "_selected_action": "all"}, "tick exactly one post, then choose Duplicate."),
    ],
)
def test_something_is_missing(client, draft, sent, said):
    keys = [draft("One").pk, draft("Two").pk]
    if "_selected_action" in sent:
        sent = sent | {"_selected_action": keys}
    answer = client.post(LIST, {"index": 0, **sent}, follow=True)
    assert said in words(answer)
    assert Post.objects.count() == 2


@pytest.mark.parametrize(
    "sent",
    [
        {"action": "rubbish", "_selected_action": ["1"]},
        {"action": "set_topic", "_selected_action": ["x", "9" * 30, "-1"], "topic": "1"},
        {"action": "trash"},
    ],
)
def test_rubbish_does_nothing(client, draft, sent):
    draft()
    assert client.post(f"{LIST}bulk/", sent).status_code in (200, 404)
    assert Post.objects.get().revisions.count() == 1 and not BulkAct.objects.exists()


def test_looking_does_nothing(client, draft, lasers):
    told = confirm(client, choose(client, "set_topic", draft()), topic=lasers.pk)
    assert client.get(f"{LIST}bulk/").status_code == 405
    assert client.get(f"{told.request['PATH_INFO']}undo/").status_code == 405
    assert client.get(f"{LIST}bulk/99999/").status_code == 404
