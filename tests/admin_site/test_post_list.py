"""The list of posts: what a row says, how posts are found, and what the page costs."""

from datetime import timedelta

import pytest
from cast import DAY, person
from django.urls import reverse
from django.utils import timezone
from factories import make_practice
from staff_words import NOON, rows, titles, tree, words

from blog.models import Author, DailyReads, Post, SavedView, Tag, Topic
from blog.publishing import Seen, autosave, beat, move_to_trash, newest_revision, publish, take_off

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


class TestHowOftenPostsWereRead:
    @pytest.fixture(autouse=True)
    def _counted(self, one_of_each):
        today = timezone.localdate(NOON)
        for title, days_ago, *sums in (
            ("Live", 0, 1000, 3, 0),
            ("Live", 29, 234, 0, 1),
            ("Live", 30, 5000, 50, 50),
            ("Changed", 1, 7, 0, 0),
            ("Off", 31, 9, 0, 0),
        ):
            day = today - timedelta(days=days_ago)
            post = one_of_each[title]
            DailyReads.objects.create(post=post, day=day, reads=sums[0], calls=sums[1], bookings=sums[2])

    def test_a_column_has_the_last_30_days_and_taps_as_its_title(self, client):
        answer = client.get(LIST)
        read = {row[1][:3]: row[5] for row in rows(answer)}
        assert (read["Liv"], read["Cha"], read["Off"], read["Dra"]) == ("1,234", "7", "–", "–")
        assert tree(answer).xpath("//td[contains(@class, 'field-read')]/span/@title") == [
            "7 reads",
            "1,234 reads, 3 taps on “Call”, 1 tap on “Book a visit”",
        ]
        assert "Read 1,234 times in 30 days" in words(answer), "on a phone"

    def test_it_sorts(self, client):
        assert titles(client.get(f"{LIST}?o=-6"))[:2] == ["Live", "Changed"]
        assert titles(client.get(f"{LIST}?o=6"))[-2:] == ["Changed", "Live"]

    def test_the_posts_own_screen_says_it_too(self, client, one_of_each, wilma, as_user):
        sentence = "In the last 30 days: 1,234 reads, 3 taps on “Call”, 1 tap on “Book a visit”."
        address = reverse("admin:blog_post_change", args=[one_of_each["Live"].pk])
        assert sentence in words(client.get(address))
        assert sentence in words(as_user(wilma).get(address)), "whoever only reads it"
        address = reverse("admin:blog_post_change", args=[one_of_each["Off"].pk])
        assert "In the last 30 days" not in words(client.get(address))


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
        ("changes=1", {"Changed", "Replaced"}),
        ("trash=1", {"Trashed"}),
        ("mine=1&status=live", {"Live", "Changed", "Leaving"}),
        ("status=rubbish", set()),
    ],
)
def test_filters(client, one_of_each, query, found):
    assert set(titles(client.get(f"{LIST}?{query}"))) == found


def test_what_is_in_review(client, one_of_each):
    Post.objects.filter(title__in=["Draft", "Scheduled"]).update(state=Post.State.IN_REVIEW)
    answer = client.get(f"{LIST}?status=in_review")
    assert titles(answer) == ["Draft"], "what is scheduled comes first"
    assert "In review 1" in words(answer)
    assert "In review" in tree(answer).xpath("//nav[@id='changelist-filter']//a/text()")


def test_by_topic_and_author(client, draft):
    topic = Topic.objects.create(name="Lasers", slug="lasers")
    other = Author.objects.create(name="Bo", slug="bo")
    draft("One", topic=topic)
    draft("Two", author=other)
    assert titles(client.get(f"{LIST}?topic={topic.pk}")) == ["One"]
    assert titles(client.get(f"{LIST}?author={other.pk}")) == ["Two"]


def test_views_with_counts(client, one_of_each):
    shown = [view.text.strip() for view in tree(client.get(LIST)).xpath("//nav[@class='st-views']/a")]
    assert "In review" not in shown, "where nobody reviews, an empty view tells of no reviews"
    make_practice(review_policy="may")
    answer = client.get(LIST)
    views = tree(answer).xpath("//nav[@class='st-views']/a")
    assert [" ".join(view.text_content().split()) for view in views] == [
        "All 7",
        "Mine 6",
        "Drafts 1",
        "In review 0",
        "Scheduled 3",
        "Off the site",
        "Changes not live",
        "Trash 1",
    ]
    uncounted = {"Off the site": 1, "Changes not live": 2}
    for view in views:
        page = client.get(LIST + view.get("href"))
        current = tree(page).xpath("//nav[@class='st-views']/a[@aria-current]")
        assert [link.text for link in current] == [view.text]
        count = uncounted.get(view.text.strip()) or int(view.text_content().split()[-1])
        assert len(titles(page)) == count


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


@pytest.mark.parametrize("query", ["", "?status=live", "?q=post", "?mine=1", "?p=2", "?status=draft"])
def test_the_cost_does_not_grow_with_the_blog(as_user, erin, draft, picture, query, django_assert_max_num_queries):
    client = as_user(erin)
    for number in range(30):
        post = draft(f"Post {number}", hero_image=picture, hero_alt="A lamp")
        if number % 2:
            publish(erin, newest_revision(post), now=NOON)
    client.get(LIST)
    # One of them asks who has these posts open.
    with django_assert_max_num_queries(13):
        answer = client.get(LIST + query)
    assert rows(answer)


def test_a_row_says_who_is_in_the_post(as_user, erin, draft):
    shared, alone = draft("Together"), draft("Alone")
    otto, dana = person("otto", "Writer", "Editor"), person("dana", "Writer", "Editor")

    def said():
        return {
            name: row[1] for row in rows(as_user(erin).get(LIST)) for name in ("Together", "Alone") if name in row[1]
        }

    beat(erin, alone.pk, "w", NOON)
    beat(otto, shared.pk, "w", NOON)
    assert "otto is here now" in said()["Together"]
    assert "here now" not in said()["Alone"]
    seen = Seen(newest_revision(shared).pk, window="w")
    autosave(otto, shared, {"subtitle": "More"}, {}, seen=seen, now=NOON)
    assert "otto is writing here now" in said()["Together"]
    beat(dana, shared.pk, "w", NOON)
    assert "otto and 1 more are here now" in said()["Together"]


@pytest.mark.parametrize("number", [5, 60])
def test_the_cost_is_the_same_with_few_posts_and_many(as_user, erin, draft, number, django_assert_num_queries):
    SavedView.objects.create(owner=erin, name="Lasers", query="q=lasers")
    for one in range(number):
        post = draft(f"Post {one}")
        if one % 2:
            publish(erin, newest_revision(post), now=NOON)
    client = as_user(erin)
    client.get(LIST)
    # One of them asks who has these posts open.
    with django_assert_num_queries(13):
        client.get(LIST)


class TestSavedViews:
    def save(self, client, name="Old lasers", query="status=live&q=lasers&p=3&e=1"):
        return client.post(f"{LIST}views/save/", {"name": name, "query": query}, follow=True)

    def own(self, answer):
        found = tree(answer).xpath("//nav[@class='st-views']/a[@class='st-own']")
        return [(link.text, link.get("href"), link.get("aria-current")) for link in found]

    def test_the_present_filters_under_a_name(self, client, one_of_each):
        page = tree(client.get(f"{LIST}?status=live&q=slowly&p=1"))
        form = page.xpath("//form[contains(@action,'views/save')]")[0]
        answer = client.post(form.get("action"), {**dict(form.fields), "name": "Live lasers"}, follow=True)
        assert "“Live lasers” stands beside the other views now. Only you see it." in words(answer)
        assert self.own(answer) == [("Live lasers", "?q=slowly&status=live", "page")]
        assert set(titles(answer)) == {"Live", "Changed", "Leaving"}
        assert tree(answer).xpath("//nav[@class='st-views']/a[@aria-current]/text()") == ["Live lasers"]
        assert [current for _, _, current in self.own(client.get(LIST))] == [None]

    def test_nothing_to_keep_is_not_offered(self, client, draft):
        draft()
        assert "Save this view…" not in words(client.get(LIST))
        assert "Save this view…" in words(client.get(f"{LIST}?q=lasers"))
        assert "Choose a filter or search for words first." in words(self.save(client, query="p=2"))
        assert not SavedView.objects.exists()

    def test_one_s_own_only(self, client, as_user, wilma, draft):
        self.save(client)
        other = as_user(wilma)
        assert self.own(other.get(LIST)) == []
        view = SavedView.objects.get()
        assert view.query == "q=lasers&status=live", "what belongs to one look, such as the page, is not kept"
        assert other.post(f"{LIST}views/{view.pk}/", {"name": "Hers"}).status_code == 404
        assert other.post(f"{LIST}views/{view.pk}/", {"_remove": "1"}).status_code == 404
        assert SavedView.objects.get().name == "Old lasers"

    def test_renamed_and_removed(self, client, draft):
        self.save(client)
        self.save(client, name="Other", query="q=other")
        view = SavedView.objects.get(name="Old lasers")
        taken = client.post(f"{LIST}views/{view.pk}/", {"name": " Other "}, follow=True)
        assert "The name stays “Old lasers”. You have a view called “Other” already." in words(taken)
        assert "is called “New lasers” now" in words(
            client.post(f"{LIST}views/{view.pk}/", {"name": "New lasers"}, follow=True)
        )
        gone = client.post(f"{LIST}views/{view.pk}/", {"name": "New lasers", "_remove": "1"}, follow=True)
        assert "The view “New lasers” is gone. The posts in it are as they were." in words(gone)
        assert [view.name for view in SavedView.objects.all()] == ["Other"]

    @pytest.mark.parametrize(("name", "said"), [("", "Give it a name."), ("x" * 41, "too long"), ("Twice", "already")])
    def test_names_that_cannot_be(self, client, draft, name, said):
        self.save(client, name="Twice")
        assert said in words(self.save(client, name=name))
        assert SavedView.objects.count() == 1

    def test_twenty_are_enough(self, client, erin, draft):
        SavedView.objects.bulk_create(SavedView(owner=erin, name=f"View {number}", query="q=x") for number in range(20))
        assert "There is room for 20." in words(self.save(client))
        assert "Save this view…" not in words(client.get(f"{LIST}?q=lasers"))

    def test_who_sees_no_posts_keeps_no_views(self, as_user, nora):
        assert as_user(nora).get(f"{LIST}views/").status_code == 403
        assert as_user(nora).post(f"{LIST}views/save/", {"name": "x", "query": "q=y"}).status_code == 403
        assert not SavedView.objects.exists()


def test_titles_are_text(client, draft):
    draft("<img src=x onerror=alert(1)>")
    answer = client.get(LIST)
    assert titles(answer) == ["<img src=x onerror=alert(1)>"]
    assert not tree(answer).xpath("//img[@onerror]")
