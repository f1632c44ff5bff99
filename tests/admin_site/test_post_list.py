"""The list of posts: what a row says, how posts are found, and what the page costs."""

import pytest
from cast import DAY
from django.urls import reverse
from staff_words import NOON, rows, titles, tree, words

from blog.models import Author, Post, Tag, Topic
from blog.publishing import move_to_trash, newest_revision, publish, take_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
LIST = "/admin/blog/post/"


@pytest.fixture
def client(as_user, erin):
    return as_user(erin)


@pytest.fixture
def one_of_each(draft, rewrite, erin, wilma):
    """Posts in every state, saved one after the other, the draft last."""
    made = {}
    for number, name in enumerate(("Live", "Changed", "Leaving", "Off", "Scheduled", "Replaced", "Draft", "Trashed")):
        made[name] = draft(name, now=NOON - DAY + number * DAY / 100, actor=wilma if name == "Draft" else erin)
    for name in ("Live", "Changed", "Leaving", "Off", "Replaced"):
        publish(erin, newest_revision(made[name]), now=NOON - 20 * DAY)
    rewrite(made["Changed"], subtitle="New words", now=NOON - DAY)
    take_off(erin, made["Leaving"], "Offer ends", at=NOON + 3 * DAY, now=NOON)
    take_off(erin, made["Off"], "Old", now=NOON - 2 * DAY)
    publish(erin, newest_revision(made["Scheduled"]), at=NOON + DAY, now=NOON)
    publish(erin, rewrite(made["Replaced"], subtitle="Newer", now=NOON - DAY), at=NOON + 8 * DAY, now=NOON)
    move_to_trash(erin, made["Trashed"], now=NOON)
    return made


def test_what_rows_say(client, one_of_each):
    found = {row[1].split("Readers")[0].split("Leaves")[0].split("Until")[0]: row for row in rows(client.get(LIST))}
    by_title = {
        title: next(row for start, row in found.items() if start.startswith(title))
        for title in one_of_each
        if title != "Trashed"
    }
    words_of = {title: row[2] for title, row in by_title.items()}
    assert words_of == {
        "Live": "Live",
        "Changed": "Live",
        "Leaving": "Live",
        "Off": "Off the site",
        "Scheduled": "Scheduled",
        "Replaced": "Scheduled",
        "Draft": "Draft",
    }
    assert "Readers still see the text of November 3" in by_title["Changed"][1]
    assert "Leaves the site on Thursday 12:00 pm, Alaska time" in by_title["Leaving"][1]
    assert "Until then readers see the text of November 3" in by_title["Replaced"][1]
    dates = {title: row[4] for title, row in by_title.items()}
    assert dates["Live"] == dates["Off"] == "Nov 3, 2026"
    assert (dates["Scheduled"], dates["Replaced"], dates["Draft"]) == ("Tue 12:00 pm", "Dec 1, 12:00 pm", "Not yet")


def test_a_draft_that_went_on_after_scheduling(client, one_of_each, rewrite):
    rewrite(one_of_each["Scheduled"], title="Scheduled", subtitle="Later words", now=NOON)
    assert "The draft has changed since it was scheduled" in words(client.get(LIST))


def test_texts_of_one_day_are_told_apart(client, draft, rewrite, erin):
    post = draft(now=NOON - DAY)
    publish(erin, newest_revision(post), now=NOON - DAY)
    publish(erin, rewrite(post, title="Second"), now=NOON - DAY / 24)
    rewrite(post, title="Third")
    assert "Readers still see the text of today 11:00 am" in words(client.get(LIST))


def test_out_of_the_trash_from_its_row(client, as_user, one_of_each, wilma):
    post = one_of_each["Trashed"]
    there = reverse("admin:blog_post_restore", args=[post.pk])
    answer = client.get(f"{LIST}?trash=1")
    assert "In the trash since today 12:00 pm. Take out of the trash…" in words(answer)
    assert there in tree(answer).xpath("//table//a/@href")
    assert there not in tree(client.get(LIST)).xpath("//main//a/@href")
    assert there not in tree(as_user(wilma).get(f"{LIST}?trash=1")).xpath("//main//a/@href"), "not hers"


def test_newest_saved_first(client, draft):
    for number in range(3):
        draft(f"Post {number}", now=NOON - number * DAY)
    assert titles(client.get(LIST)) == ["Post 0", "Post 1", "Post 2"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=draft", {"Draft"}),
        ("status=scheduled", {"Scheduled", "Replaced", "Leaving"}),
        ("status=live", {"Live", "Changed", "Leaving"}),
        ("status=off_the_site", {"Off"}),
        ("trash=1", {"Trashed"}),
        ("mine=1&status=live", {"Live", "Changed", "Leaving"}),
        ("status=rubbish", set()),
    ],
)
def test_filters(client, one_of_each, query, found):
    assert set(titles(client.get(f"{LIST}?{query}"))) == found


def test_by_topic_and_author(client, draft):
    topic = Topic.objects.create(name="Lasers", slug="lasers")
    other = Author.objects.create(name="Bo", slug="bo")
    draft("One", topic=topic)
    draft("Two", author=other)
    assert titles(client.get(f"{LIST}?topic={topic.pk}")) == ["One"]
    assert titles(client.get(f"{LIST}?author={other.pk}")) == ["Two"]


def test_views_with_counts(client, one_of_each):
    answer = client.get(LIST)
    views = tree(answer).xpath("//nav[@class='st-views']/a")
    assert [" ".join(view.text_content().split()) for view in views] == [
        "All 7",
        "Mine 6",
        "Drafts 1",
        "Scheduled 3",
        "Trash 1",
    ]
    for view in views:
        page = client.get(LIST + view.get("href"))
        current = tree(page).xpath("//nav[@class='st-views']/a[@aria-current]")
        assert [link.text for link in current] == [view.text]
        assert len(titles(page)) == int(view.text_content().split()[-1])


def test_mine_are_those_i_started_and_those_in_my_name(as_user, draft, wilma):
    author = Author.objects.create(name="Wilma", slug="wilma", user=wilma)
    draft("Started", actor=wilma)
    draft("Signed", author=author)
    draft("Neither")
    assert set(titles(as_user(wilma).get(f"{LIST}?mine=1"))) == {"Started", "Signed"}


@pytest.mark.parametrize(
    ("words_typed", "found"),
    [
        ("lasers", ["How lasers work"]),
        ("SLOWLY light", ["How lasers work"]),
        ("glow", ["How lasers work"]),
        ("lasers glow", ["How lasers work"]),
        ("lasers nowhere", []),
        ("R&D", ["Salt & R&D"]),
        ("   ", ["Salt & R&D", "How lasers work"]),
        ("%", []),
    ],
)
def test_search_in_title_text_and_tags(client, draft, words_typed, found):
    draft(tags=[Tag.objects.create(name="Glow", slug="glow"), Tag.objects.create(name="Glowing", slug="glowing")])
    draft("Salt & R&D", body="<p>Nothing of that here, in R&amp;D.</p>", now=NOON)
    assert titles(client.get(LIST, {"q": words_typed})) == found


def test_empty_lists_say_what_to_do(client, draft):
    assert "No posts yet" in words(client.get(LIST))
    assert tree(client.get(LIST)).xpath("//main//a[@class='default']/@href") == ["/admin/blog/post/add/"] * 2
    assert "The trash is empty" in words(client.get(f"{LIST}?trash=1"))
    draft()
    answer = words(client.get(f"{LIST}?q=nowhere"))
    assert "Nothing found" in answer and "“nowhere”" in answer


def test_writers_see_all_and_change_their_own(as_user, draft, wilma):
    post = draft("Somebody else's")
    client = as_user(wilma)
    assert titles(client.get(LIST)) == ["Somebody else's"]
    answer = client.get(reverse("admin:blog_post_change", args=[post.pk]))
    assert answer.status_code == 200
    assert not tree(answer).xpath("//main//*[@name='title']")


def test_posts_cannot_be_deleted(as_user, root, draft):
    post = draft()
    path = reverse("admin:blog_post_delete", args=[post.pk])
    assert as_user(root).post(path, {"post": "yes"}).status_code == 403
    assert as_user(root).post(LIST, {"action": "delete_selected", "_selected_action": [post.pk]}).status_code in (
        200,
        302,
    )
    assert Post.objects.count() == 1


@pytest.mark.parametrize("query", ["", "?status=live", "?q=post", "?mine=1", "?p=2"])
def test_the_cost_does_not_grow_with_the_blog(as_user, erin, draft, picture, query, django_assert_max_num_queries):
    client = as_user(erin)
    for number in range(30):
        post = draft(f"Post {number}", hero_image=picture, hero_alt="A lamp")
        if number % 2:
            publish(erin, newest_revision(post), now=NOON)
    client.get(LIST)
    with django_assert_max_num_queries(12):
        answer = client.get(LIST + query)
    assert rows(answer)


def test_titles_are_text(client, draft):
    draft("<img src=x onerror=alert(1)>")
    answer = client.get(LIST)
    assert titles(answer) == ["<img src=x onerror=alert(1)>"]
    assert not tree(answer).xpath("//img[@onerror]")
