"""Whatever is typed gets a calm page, and a slip of the finger the right article."""

from urllib.parse import quote

import pytest
from cast import DAY
from django.utils import timezone
from factories import change_post, make_editor, make_post, make_practice
from html_pages import get

from blog.publishing import take_off

pytestmark = pytest.mark.django_db


def status(page) -> str:
    return page.one("//main//*[@role='status']")


@pytest.fixture
def insurance():
    make_practice()
    make_post("Does Insurance Cover Botox?", body="<p>A health plan may pay.</p>")
    make_post("Sunscreen in Winter", body="<p>Sunlight on snow is strong.</p>")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("botx", "botox"),
        ("Botxo", "botox"),
        ("boxtox", "botox"),
        ("insurrance", "insurance"),
        ("isnurance", "insurance"),
        ("sunscren winter", "sunscreen winter"),
        ("botx  insurance", "botox insurance"),
        ("does insurrance cover botx?", "does insurance cover botox?"),
    ],
)
def test_a_slip_shows_the_results_of_the_right_word(client, insurance, typed, meant):
    page = get(client, f"/search/?q={quote(typed)}")
    assert len(page.cards) == 1
    typed = " ".join(typed.split())
    assert status(page) == f"No results for “{typed}”. Showing 1 result for “{meant}”"
    assert page.one("//main//*[@role='status']/a/@href").startswith("/search/?q=")
    assert get(client, page.one("//main//*[@role='status']/a/@href")).cards == page.cards
    assert page.one("//title") == f"Search results for {meant} | Northlight"
    assert page.one("//form//input/@value") == typed
    assert page.all("//mark")


@pytest.mark.parametrize("typed", ["botx", "insurence"])
def test_the_two_slips_of_everybody_lead_to_the_article(client, insurance, typed):
    assert get(client, f"/search/?q={typed}").cards == ["Does Insurance Cover Botox?"]


@pytest.mark.parametrize("typed", ["btx", "zzzzzz", "sun", "wandering"])
def test_what_is_not_near_is_not_corrected(client, insurance, typed):
    assert "Showing" not in get(client, f"/search/?q={typed}").text


def test_a_rare_spelling_with_few_results_is_asked_about(client):
    make_post("Filler one")
    make_post("Filler two")
    make_post("Other", body="<p>We misspelled it as filer once.</p>")
    page = get(client, "/search/?q=filer")
    assert page.cards == ["Other"]
    asked = "//main//p[starts-with(., 'Did you mean')]"
    assert page.one(asked) == "Did you mean “filler”?"
    assert page.one(f"{asked}/a/@href") == "/search/?q=filler"
    assert get(client, "/search/?q=filler").all(asked) == []


def test_words_that_never_meet_are_shown_apart(client, insurance):
    page = get(client, "/search/?q=botox+sunscreen")
    assert sorted(page.cards) == ["Does Insurance Cover Botox?", "Sunscreen in Winter"]
    assert status(page) == "No article has all of “botox sunscreen”. Showing 2 results with some of the words"
    page = get(client, "/search/?q=qwertyuiop+sunscren")
    assert page.cards == ["Sunscreen in Winter"]


def test_only_words_that_readers_can_see_are_offered(client, monkeypatch):
    now = timezone.now()
    make_post("Quillwort", live=False)
    post = make_post("Zeppelin", at=now + DAY)
    changed = make_post("Marabunta")
    change_post(changed, title="Something else")
    moment = now
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    for typed in ("quilwort", "zepelin", "marabnta"):
        assert get(client, f"/search/?q={typed}").cards == []
    moment = now + DAY
    assert get(client, "/search/?q=zepelin").cards == ["Zeppelin"]
    take_off(make_editor(), post, "old", at=now + 2 * DAY, now=moment)
    assert get(client, "/search/?q=zepelin").cards == ["Zeppelin"]
    moment = now + 2 * DAY
    page = get(client, "/search/?q=zepelin")
    assert page.cards == [] and "Zeppelin" not in page.text.title()


def test_a_form_that_only_a_scheduled_article_has_is_not_offered(client):
    make_post("Zeppelin")
    make_post("Zeppelins", at=timezone.now() + DAY)
    assert "“zeppelin”" in status(get(client, "/search/?q=zeppelxns"))


ODD = (
    " ",
    "the",
    "what is it",
    '"',
    "'",
    "''; DROP TABLE blog_post; --",
    "*",
    "botox*",
    "AND",
    "OR",
    "NOT",
    "botox AND",
    "NEAR(botox insurance)",
    "title:botox",
    "{title lead}: botox",
    "^botox",
    "botox & !insurance | (",
    "<->",
    "\\",
    "%",
    "💉",
    "💉 botox",
    "ﬁller",
    "½",
    "אבג דהו",
    "مرحبا \u202e botox",
    "注射肉毒杆菌",
    "क्षमा",
    "\U0001e030\U00011f02",
    "a" * 10_000,
    "botox " * 2_000,
    "<script>alert(1)</script>",
    "&amp;",
    "\x01\x02\x03",
    "\ud7ff\ufffe",
    "1e5 0x1f 3.5",
    "one two three four five six seven eight nine ten eleven twelve",
)


@pytest.mark.parametrize("typed", ODD, ids=range(len(ODD)))
def test_odd_questions_get_a_calm_page(client, insurance, typed):
    page = get(client, f"/search/?q={quote(typed)}")
    assert page.one("//h1") == "Search"
    assert len(page.one("//form//input/@value")) <= 200
    assert len(page.one("//title")) < 300


@pytest.mark.parametrize("query", ["q=%ff%fe", "q[]=botox", "q=botox&q=insurance", "q=%ED%A0%80", "p=botox"])
def test_odd_addresses_get_a_calm_page(client, insurance, query):
    assert client.get(f"/search/?{query}").status_code == 200


def test_a_nul_is_refused_like_everywhere(client):
    assert client.get("/search/?q=bot%00ox").status_code == 400


@pytest.mark.parametrize("typed", ["botox*", "NEAR(botox, insurance)", "title: botox", '"insurance cover"', "-botox"])
def test_signs_are_no_commands(client, insurance, typed):
    assert "Does Insurance Cover Botox?" in get(client, f"/search/?q={quote(typed)}").cards


@pytest.mark.parametrize("typed", ["what is it", "the"])
def test_little_words_alone_find_nothing(client, insurance, typed):
    assert status(get(client, f"/search/?q={quote(typed)}")) == f"Nothing found for “{typed}”"


def test_what_is_asked_is_not_logged(client, insurance, caplog):
    with caplog.at_level("DEBUG"):
        for typed in ("botox", "botx", "secretword"):
            get(client, f"/search/?q={typed}")
    assert not any(
        "secretword" in line.getMessage() for line in caplog.records if not line.name.startswith("django.db")
    )
