"""Pages ask the database a fixed number of questions, however many posts there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import make_picture, make_post, make_practice

pytestmark = pytest.mark.django_db

# A warm process. A page after a change of anything public asks one more: the clinic itself.
LISTS = {"/blog/": 3, "/topics/skin/": 4, "/tags/light/": 4, "/authors/ada-ray/": 4, "/search/?q=light": 3}
# No question; few results; none; a slip; words that never meet, one of them known to nobody.
SEARCHES = {
    "/search/": 2,
    "/search/?q=text": 3,
    "/search/?q=zzzz": 3,
    "/search/?q=artcle": 4,
    "/search/?q=artcle+zzzz+picked": 7,
}
ARTICLE = 5


def questions(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    assert all(query["sql"].lstrip("(").startswith("SELECT") for query in asked)
    return len(asked)


@pytest.fixture
def article():
    """An article that needs every kind of question: pictures, tags, a picked post, kin, and newest posts."""
    make_practice()
    picture = make_picture()
    picked = make_post("Picked")
    make_post("Kin", tags=("Light",))
    make_post("Third")
    body = f'<figure><img data-image="{picture.pk}" alt="A lamp"></figure><p>Text</p>'
    values = {"hero_image": picture, "hero_alt": "A lamp", "body": body, "related_posts": [picked.pk]}
    make_post("Article", topic="Skin", tags=("Light",), **values)


def test_an_article_takes_at_most_eight_even_right_after_a_change(client, article):
    with CaptureQueriesContext(connection) as asked:
        client.get("/blog/article/")
    assert len(asked) == ARTICLE + 1 <= 8


def test_sixty_posts_ask_no_more_than_three(client, article):
    assert questions(client, "/blog/article/") == ARTICLE
    assert {path: questions(client, path) for path in LISTS} == LISTS
    assert {path: questions(client, path) for path in SEARCHES} == SEARCHES
    picture = make_picture()
    for number in range(56):
        make_post(f"Post {number}", topic="Skin", tags=("Light",), hero_image=picture, hero_is_decorative=True)
    assert questions(client, "/blog/article/") <= ARTICLE
    assert {path: questions(client, path) for path in LISTS} == LISTS
    assert {path: questions(client, path) for path in SEARCHES} == SEARCHES
    assert questions(client, "/blog/?page=6") == LISTS["/blog/"]


def test_a_page_that_is_not_there_asks_little(client, article):
    with CaptureQueriesContext(connection) as asked:
        client.get("/blog/nothing/")
    assert len(asked) <= 6
