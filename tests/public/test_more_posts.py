"""More posts: picked by hand first, then kin by topic or tag, then the newest; never the article itself."""

from datetime import timedelta

import pytest
from django.utils import timezone
from factories import change_post, make_editor, make_post
from html_pages import get

from blog.publishing import take_off

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def days_ago(days: int, title: str, **values):
    return make_post(title, now=timezone.now() - days * DAY, **values)


def more(client) -> list[str]:
    return get(client, "/blog/this-one/").more


def test_alone_there_is_no_such_part(client):
    make_post("This one")
    page = get(client, "/blog/this-one/")
    assert "More posts" not in page.html


@pytest.mark.parametrize(("others", "shown"), [(1, 1), (2, 2), (3, 3), (5, 3)])
def test_up_to_three_others_show(client, others, shown):
    make_post("This one")
    for number in range(others):
        make_post(f"Other {number}")
    assert len(more(client)) == len(set(more(client))) == shown
    assert "This one" not in more(client)


def test_picked_posts_stand_first_in_the_order_picked(client):
    first, second = days_ago(30, "Picked second"), days_ago(40, "Picked first")
    days_ago(2, "Newest", topic="Skin")
    make_post("This one", topic="Skin", related_posts=[second.pk, first.pk])
    assert more(client) == ["Picked first", "Picked second", "Newest"]


def test_then_those_of_the_same_topic_or_with_a_tag_in_common_newest_first(client):
    days_ago(1, "Newest of all")
    days_ago(9, "Same topic", topic="Skin")
    days_ago(8, "Same tag", topic="Costs", tags=("Light",))
    days_ago(7, "Other tag", tags=("Heat",))
    make_post("This one", topic="Skin", tags=("Light",), now=timezone.now() - 20 * DAY)
    assert more(client) == ["Same tag", "Same topic", "Newest of all"]


def test_a_picked_post_is_not_repeated_as_kin(client):
    kin = days_ago(3, "Kin", topic="Skin")
    days_ago(2, "Newer")
    make_post("This one", topic="Skin", related_posts=[kin.pk])
    assert more(client) == ["Kin", "Newer"]


def test_a_post_that_is_not_live_drops_out_even_if_picked(client):
    draft = make_post("Draft", live=False)
    later = make_post("Later", live=False, at=timezone.now() + DAY)
    gone = days_ago(5, "Gone")
    take_off(make_editor(), gone, "old")
    make_post("Still here")
    post = make_post("This one", related_posts=[draft.pk, later.pk, gone.pk])
    assert more(client) == ["Still here"]
    assert post.related_posts == [draft.pk, later.pk, gone.pk]


def test_picking_itself_or_nothing_that_exists_changes_nothing(client):
    post = make_post("This one")
    make_post("Other")
    change_post(post, related_posts=[post.pk, 999_999])
    assert more(client) == ["Other"]


def test_equal_dates_have_one_order(client):
    same = timezone.now() - DAY
    for number in range(5):
        make_post(f"Other {number}", now=same)
    make_post("This one")
    assert [more(client) for _ in range(3)] == [["Other 4", "Other 3", "Other 2"]] * 3
