"""Readers' search: what is live is found, the best first, with the hits marked."""

from datetime import timedelta
from importlib import import_module

import pytest
from cast import DAY, MINUTE
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone
from factories import change_post, make_author, make_editor, make_post, make_practice, make_tag, make_topic
from html_pages import get

from blog import reading, search
from blog.models import Post, SearchEntry
from blog.publishing import keep_on_site, newest_revision, publish, save_draft, take_off, unschedule

pytestmark = pytest.mark.django_db


def titles(client, query: str, number: int = 1) -> list[str]:
    return get(client, f"/search/?q={query}" + (f"&page={number}" if number > 1 else "")).cards


def status(page) -> str:
    return page.one("//main//*[@role='status']")


def test_without_a_question_there_is_the_form_and_the_topics(client):
    make_practice()
    make_post(topic="Skin health")
    page = get(client, "/search/")
    assert page.one("//title") == "Search | Northlight"
    assert page.one("//meta[@name='robots']/@content") == "noindex"
    assert page.one("//form[@role='search']//input/@value") == ""
    assert page.one("//form[@role='search']//label") == "Search the blog"
    assert page.all("//main//ul[contains(@class, 'links')]//a") == ["Skin health"]
    assert page.all("//main//*[@role='status']") == page.cards == []


def test_a_result_shows_topic_title_passage_author_and_date(client):
    make_practice()
    body = "<h2>Before</h2><p>Long ago.</p><p>A health plan may pay for the covered part of the insurance itself.</p>"
    now = timezone.now()
    make_post("Does Insurance Cover Botox?", body=body, excerpt="Ask your plan.", topic="Costs", now=now)
    page = get(client, "/search/?q=insurance+coverage")
    assert page.one("//title") == "Search results for insurance coverage | Northlight"
    assert status(page) == "1 result for “insurance coverage”"
    assert page.one("//form[@role='search']//input/@value") == "insurance coverage"
    card = "//article[@class='card card--text']"
    assert page.one(f"{card}/p[@class='topic']/a/@href") == "/topics/costs/"
    assert page.one(f"{card}/h2/a/@href") == "/blog/does-insurance-cover-botox/"
    assert page.all(f"{card}/h2//mark") == ["Insurance", "Cover"]
    assert page.one(f"{card}/p[@class='excerpt']").startswith("A health plan may pay")
    assert page.all(f"{card}/p[@class='excerpt']/mark") == ["covered", "insurance"]
    assert page.one(f"{card}/p[@class='meta']").startswith("Ada Ray, ")
    assert page.one(f"{card}/p[@class='meta']/time/@datetime") == timezone.localtime(now).date().isoformat()


def test_what_is_marked_is_escaped(client):
    make_post("Lips & <b>amp</b>", body="<p>1 &lt; 2 &amp; lips; amp &amp;amp; lt are words to be looked for here.</p>")
    page = get(client, "/search/?q=amp")
    assert page.cards == ["Lips & <b>amp</b>"]
    assert page.all("//h2//mark") == ["amp"]
    assert page.one("//p[@class='excerpt']") == "1 < 2 & lips; amp &amp; lt are words to be looked for here."
    assert page.all("//p[@class='excerpt']/mark") == ["amp", "amp"]


@pytest.mark.parametrize(
    ("values", "query"),
    [
        ({"title": "Zeppelins"}, "zeppelin"),
        ({"title": "Post", "excerpt": "About zeppelins."}, "Zeppelin"),
        ({"title": "Post", "subtitle": "About zeppelins."}, "zeppelin"),
        ({"title": "Post", "key_points": ["A zeppelin flies."]}, "flying+zeppelins"),
        ({"title": "Post", "tags": ("Zeppelin",)}, "zeppelin"),
        ({"title": "Post", "topic": "Zeppelins"}, "zeppelin"),
        ({"title": "Post", "body": "<h3>A zeppelin</h3><table><tr><td>Air</td></tr></table>"}, "zeppelin+air"),
        ({"title": "The Zeppelin", "body": "<p>It flies in the air.</p>"}, "zeppelin+air"),
        ({"title": "Caf\u00e9 cr\u00e8me"}, "cafe+creme"),
        ({"title": "Cafe creme"}, "Caf%C3%A9+cr%C3%A8me"),
        ({"title": "Hands/feet and follow-up"}, "feet+follow"),
        ({"title": "Botu\u00adlinum"}, "botulinum"),
    ],
)
def test_every_part_of_an_article_is_found(client, values, query):
    make_post("Another post")
    make_post(**values)
    assert titles(client, query) == [values["title"].replace("\u00ad", "\u00ad")]


def test_an_author_is_found(client):
    make_post("Hers", author=make_author("Bea Moss", credentials="RN"))
    make_post("Another")
    assert titles(client, "bea+moss+rn") == ["Hers"]


def test_a_title_weighs_more_than_the_lead_and_that_more_than_the_text(client):
    filler = " ".join(f"word{number}" for number in range(80))
    make_post("The zeppelin and many other words in a title that is rather long", body=f"<p>{filler}</p>")
    make_post("Tagged", tags=("zeppelin",), body=f"<p>{filler}</p>")
    make_post("Text", body=f"<p>{filler} zeppelin {filler} zeppelin zeppelin</p>")
    assert [title.split()[0] for title in titles(client, "zeppelin")] == ["The", "Tagged", "Text"]


def test_of_equals_the_latest_is_first(client):
    for number in range(3):
        make_post(f"Zeppelin {number}")
    assert titles(client, "zeppelin") == ["Zeppelin 2", "Zeppelin 1", "Zeppelin 0"]


def test_results_come_in_numbered_pages_that_keep_the_question(client, monkeypatch):
    monkeypatch.setattr(reading, "POSTS_PER_PAGE", 2)
    make_practice()
    for number in range(5):
        make_post(f"Salt & pepper {number}")
    pages = [get(client, f"/search/?q=salt+%26+pepper&page={number}") for number in (1, 2, 3)]
    assert [title for page in pages for title in page.cards] == [
        f"Salt & pepper {number}" for number in (4, 3, 2, 1, 0)
    ]
    assert status(pages[0]) == "5 results for “salt & pepper”"
    assert status(pages[1]) == "5 results for “salt & pepper”, page 2 of 3"
    assert pages[1].one("//title") == "Search results for salt & pepper, page 2 | Northlight"
    links = pages[1].all("//nav[@aria-label='Pages of results']/a/@href")
    first, second, third = "/search/?q=salt+%26+pepper", *(f"/search/?q=salt+%26+pepper&page={n}" for n in (2, 3))
    assert links == [first, second, third, first, third]
    assert pages[1].all("//nav[@aria-label='Pages of results']/a[@rel]") == ["Previous page", "Next page"]
    for number in ("0", "4", "x", ""):
        get(client, f"/search/?q=salt&page={number}", 404)


def test_of_a_word_that_stands_everywhere_the_latest_articles_are_shown(client, monkeypatch):
    monkeypatch.setattr("blog.models.search_entry.MAX_FOUND", 2)
    monkeypatch.setattr("blog.search.MAX_FOUND", 2)
    make_post("The zeppelin that was first")
    for number in range(2):
        make_post(f"Post {number}", body="<p>A zeppelin flies by.</p>")
    page = get(client, "/search/?q=zeppelin")
    assert page.cards == ["Post 1", "Post 0"]
    assert status(page) == "The latest 2 results for “zeppelin”"


def test_the_latest_are_the_latest_that_match_and_not_the_latest_of_all(client, monkeypatch):
    monkeypatch.setattr("blog.models.search_entry.MAX_FOUND", 2)
    monkeypatch.setattr("blog.search.MAX_FOUND", 2)
    make_post("Zeppelin")
    for number in range(3):
        make_post(f"Post {number}")
    assert get(client, "/search/?q=zeppelin").cards == ["Zeppelin"]


def test_an_article_that_leaves_while_it_is_searched_for_is_left_out(client, monkeypatch):
    make_post("Zeppelin one")
    leaving = make_post("Zeppelin two")
    read_whole = search._readable

    def after_it_left(keys):
        take_off(make_editor(), leaving, "old")
        return read_whole(keys)

    monkeypatch.setattr(search, "_readable", after_it_left)
    assert get(client, "/search/?q=zeppelin").cards == ["Zeppelin one"]


def test_nothing_found_says_what_to_try_and_whom_to_ask(client):
    make_practice(phone="(907) 555-0142", hours="Monday to Friday", after_hours_text="Our nurse answers.")
    make_post(topic="Skin health")
    page = get(client, "/search/?q=qwertyuiop")
    assert status(page) == "Nothing found for “qwertyuiop”"
    empty = "//section[@class='empty stack']"
    assert page.all(f"{empty}//ul//a/@href") == ["/topics/skin-health/"]
    assert page.one(f"{empty}//p[@class='call']/a/@href") == "tel:+19075550142"
    said = page.one(f"{empty}//p[@class='call']")
    assert "Monday to Friday" in said and "Our nurse answers." in said
    make_practice(phone="", hours="", after_hours_text="")
    assert get(client, "/search/?q=qwertyuiop").all(f"{empty}//p[@class='call']") == []


def test_only_what_is_live_is_found_right_at_the_minute(client, monkeypatch):
    now = timezone.now()
    make_post("Quillwort draft", live=False)
    post = make_post("Zeppelin at nine", at=now + DAY)
    editor = make_editor()
    assert titles(client, "quillwort") == titles(client, "zeppelin") == []
    moment = now
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    moment = now + DAY - timedelta(microseconds=1)
    assert titles(client, "zeppelin") == []
    moment = now + DAY
    assert titles(client, "zeppelin") == ["Zeppelin at nine"]
    take_off(editor, post, "old", at=now + 2 * DAY, now=moment)
    moment = now + 2 * DAY - timedelta(microseconds=1)
    assert titles(client, "zeppelin") == ["Zeppelin at nine"]
    moment = now + 2 * DAY
    assert titles(client, "zeppelin") == []


def test_a_new_text_replaces_the_old_one(client):
    post = make_post("Zeppelin")
    change_post(post, title="Balloon", body="<p>Hot air.</p>")
    assert (titles(client, "zeppelin"), titles(client, "balloon")) == ([], ["Balloon"])
    assert SearchEntry.objects.count() == 1


def test_a_scheduled_change_shows_old_words_until_its_minute_and_new_ones_from_it(client, monkeypatch):
    now = timezone.now()
    post = make_post("Zeppelin", now=now - DAY)
    post.title = "Balloon"
    save_draft(make_editor(), post, [], base_id=newest_revision(post).pk)
    publish(make_editor(), newest_revision(post), at=now + DAY)
    assert (titles(client, "zeppelin"), titles(client, "balloon")) == (["Zeppelin"], [])
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + DAY)
    assert (titles(client, "zeppelin"), titles(client, "balloon")) == ([], ["Balloon"])


def test_what_is_over_or_taken_back_leaves_the_index(client):
    editor, now = make_editor(), timezone.now()
    unschedule(editor, make_post("Scheduled", at=now + DAY))
    take_off(editor, make_post("Taken off"), "old")
    assert not SearchEntry.objects.exists()
    kept = make_post("Kept")
    take_off(editor, kept, "old", at=now + DAY)
    keep_on_site(editor, kept)
    assert titles(client, "kept") == ["Kept"]
    again = Post.objects.get(title="Taken off")
    publish(editor, newest_revision(again))
    assert titles(client, "taken") == ["Taken off"]


def test_a_failed_act_leaves_the_index_alone(client, monkeypatch):
    post = make_post("Zeppelin")
    monkeypatch.setattr("blog.publishing.release._claim_address", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        change_post(post, title="Balloon")
    assert (titles(client, "zeppelin"), titles(client, "balloon")) == (["Zeppelin"], [])


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("author", lambda: make_author("Zora Fen")),
        ("topic", lambda: make_topic("Zora Fen")),
        ("tag", lambda: make_tag("Zora Fen")),
    ],
)
def test_a_name_that_staff_change_is_found_and_the_old_one_no_longer(client, admin_client, path, make):
    named = make()
    values = {"author": {"author": named}, "topic": {"topic": "Zora Fen"}, "tag": {"tags": ("Zora Fen",)}}[path]
    make_post("Zeppelin", **values)
    make_post("Another")
    assert titles(client, "zora") == ["Zeppelin"]
    form = {"name": "Greta Fen", "position": "1", "same_as": "", "description": ""}
    answer = admin_client.post(f"/admin/blog/{path}/{named.pk}/change/", form)
    assert answer.status_code == 302
    assert titles(client, "greta") == titles(client, "light+greta") == ["Zeppelin"]
    page = get(client, "/search/?q=zora")
    assert page.cards == []


def test_the_index_can_be_made_again(client, capsys):
    make_post("Zeppelin", topic="Skin", tags=("Light",), key_points=["One"])
    make_post("Ahead", at=timezone.now() + DAY)
    gone = make_post("Gone")
    take_off(make_editor(), gone, "old")
    right = list(SearchEntry.objects.order_by("pk").values())
    assert len(right) == 2
    SearchEntry.objects.update(title="wrong")
    SearchEntry.objects.order_by("pk").first().delete()
    assert titles(client, "zeppelin") == []
    call_command("index_search")
    assert list(SearchEntry.objects.order_by("pk").values()) == right
    assert "The search knows 2 articles." in capsys.readouterr().out
    assert titles(client, "zeppelin") == ["Zeppelin"]


def test_an_upgrade_fills_the_index_as_publishing_does():
    make_post("Zeppelin", topic="Skin", tags=("Light", "Air"), key_points=["One"], excerpt="Short", subtitle="Sub")
    make_post("Ahead", at=timezone.now() + DAY, author=make_author("Bea Moss", credentials="RN"))
    take_off(make_editor(), make_post("Gone", now=timezone.now() - MINUTE), "old")
    right = list(SearchEntry.objects.order_by("pk").values())
    SearchEntry.objects.all().delete()
    import_module("blog.migrations.0005_search").fill(apps, None)
    assert list(SearchEntry.objects.order_by("pk").values()) == right
