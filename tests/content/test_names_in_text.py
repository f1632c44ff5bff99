"""Names of drugs and treatments are found in a text however they are spelled, and nowhere else."""

import time

import pytest

from blog.content.names import Names
from blog.content.outline import plain_text
from blog.models import Drug, Post, Procedure
from blog.safety_notes import attached, named_in

NAMES = Names(
    {
        "botox": ["Botox"],
        "cosmetic": ["Botox Cosmetic"],
        "filler": ["Dermal fillers", "filler", "Juvéderm", "RHA Collection"],
        "peel": ["Chemical peels", "a peel"],
        "surgery": ["Brow lift", "Biopsy"],
    }
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Botox", {"botox"}),
        ("BOTOX is a brand.", {"botox"}),
        ("before botox, after", {"botox"}),
        ("two Botoxes and some Botoxs", {"botox"}),
        ("Botox's label, Botox’s label", {"botox"}),
        ("Botox® or Botox™", {"botox"}),
        ("Bo\u00adtox", {"botox"}),
        ("B\u200botox", {"botox"}),
        ("Bo\u2060to\ufeffx", {"botox"}),
        ("\uff22\uff4f\uff54\uff4f\uff58", {"botox"}),
        ("Bótox", {"botox"}),
        ("a Botox-like cream", {"botox"}),
        ("non-Botox", {"botox"}),
        ("#botox", {"botox"}),
        ("“Botox”", {"botox"}),
        ("Botox/Dysport", {"botox"}),
        ("Try Botox.Then wait", {"botox"}),
        ("Botox Cosmetic", {"cosmetic"}),
        ("Botox®  Cosmetic", {"cosmetic"}),
        ("Botox\u00a0Cosmetic", {"cosmetic"}),
        ("Botox-Cosmetic, botox\u2011cosmetic", {"cosmetic"}),
        ("Botox Cosmetic is not Botox", {"cosmetic", "botox"}),
        ("Botox cosmetics", {"cosmetic"}),
        ("Botox\nCosmetic", {"botox"}),
        ("Botox. Cosmetic use", {"botox"}),
        ("Juvederm", {"filler"}),
        ("JUVÉDERM", {"filler"}),
        ("Juve\u0301derm", {"filler"}),
        ("dermal filler", {"filler"}),
        ("Fillers", {"filler"}),
        ("the RHA collection", {"filler"}),
        ("RHA", set()),
        ("a chemical peel", {"peel"}),
        ("A peel.", {"peel"}),
        ("the skin peels", set()),
        ("biopsies and brow lifts", {"surgery"}),
        ("Botoxed", set()),
        ("Nobotox, botoxin, botox2", set()),
        ("fillings", set()),
        ("https://example.com/botox/filler", set()),
        ("See www.botox.example/filler.", set()),
        ("botox.com", set()),
        ("(botox.com/botox)", set()),
        ("mail botox@example.com", set()),
        ("/blog/botox/", set()),
        ("Botox (https://example.com/filler)", {"botox"}),
        ("", set()),
        ("®™\u00ad\u200b", set()),
    ],
)
def test_what_a_text_names(text, found):
    assert NAMES.find(text).keys() == found


def test_names_come_in_the_order_of_the_text_as_they_were_given():
    assert list(NAMES.find("A filler, a Botox® Cosmetic visit, Fillers").items()) == [
        ("filler", "filler"),
        ("cosmetic", "Botox Cosmetic"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "botox " * 50_000,
        "botox cosmetic" * 21_000,
        "x" * 300_000,
        "a." * 150_000,
        "a-" * 150_000,
        "botox" + " " * 299_000 + "cosmetic",
        "/" * 300_000,
        "é\u0301" * 150_000,
        "www.a.a" * 43_000,
        "’" * 300_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_hostile_text_takes_no_longer_than_its_length(text):
    began = time.perf_counter()
    NAMES.find(text)
    assert time.perf_counter() - began < 3


# --- As records -------------------------------------------------------------------------------------------------


def drug(pk: int, brand: str, generic: str, *also: str, **values) -> Drug:
    return Drug(
        pk=pk, brand_name=brand, generic_name=generic, drug_class="Botulinum toxins", other_names=also, **values
    )


RECORDS = [
    drug(1, "Botox", "onabotulinumtoxinA"),
    drug(2, "Botox Cosmetic", "onabotulinumtoxinA", "Botox"),
    drug(3, "Dysport", "abobotulinumtoxinA"),
    drug(4, "Jeuveau", "prabotulinumtoxinA-xvfs"),
    Procedure(pk=1, name="Dermal fillers", other_names=["filler"]),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Botox", {"drug-1", "drug-2"}),
        ("Botox Cosmetic", {"drug-2"}),
        ("Botox Cosmetic (onabotulinumtoxinA)", {"drug-2"}),
        ("OnabotulinumtoxinA", {"drug-1", "drug-2"}),
        ("ona\u00adbotulinum\u00adtoxinA", {"drug-1", "drug-2"}),
        ("prabotulinumtoxinA", {"drug-4"}),
        ("prabotulinumtoxinA-xvfs", {"drug-4"}),
        ("Dysport and onabotulinumtoxinA", {"drug-1", "drug-2", "drug-3"}),
        ("any botulinum toxin", {"drug-1", "drug-2", "drug-3", "drug-4"}),
        ("Dysport is a botulinum toxin", {"drug-3"}),
        ("abobotulinumtoxinA, one of the botulinum toxins", {"drug-3"}),
        ("a filler", {"procedure-1"}),
        ("nothing of it", set()),
    ],
)
def test_which_records_a_text_names(text, found):
    assert named_in(text, RECORDS).keys() == found


@pytest.mark.parametrize(
    "part",
    [
        {"title": "About Botox Cosmetic"},
        {"subtitle": "Botox Cosmetic"},
        {"key_points": ["One", "Botox Cosmetic wears off"]},
        {"hero_alt": "A vial of Botox Cosmetic"},
        {"hero_caption": "Botox Cosmetic"},
        {"disclosure": "We offer Botox Cosmetic."},
        {"cta_text": "Ask us about Botox Cosmetic."},
        {"body": "<h2>Botox Cosmetic</h2>"},
        {"body": '<p>Read <a href="https://example.com/">about Botox Cosmetic</a></p>'},
        {"body": "<p><strong>Bo</strong>tox <em>Cosmetic</em></p>"},
        {"body": "<table><tbody><tr><td>Botox Cosmetic</td><td>x</td></tr></tbody></table>"},
        {"body": "<ul><li>x<ul><li>Botox Cosmetic</li></ul></li></ul>"},
        {"body": "<blockquote><p>Botox Cosmetic</p></blockquote>"},
        {"body": '<figure><img data-image="1" alt=""><figcaption>Botox Cosmetic</figcaption></figure>'},
        {"body": '<figure><img data-image="1" alt="Botox Cosmetic"></figure>'},
    ],
    ids=lambda part: str(part)[:60],
)
def test_every_part_of_a_page_counts(part):
    assert [one.pk for one in attached(Post(**part), RECORDS).drugs] == [2]


def test_where_a_link_leads_and_what_only_lists_show_do_not_count():
    post = Post(
        title="Skin",
        slug="botox",
        excerpt="Botox",
        seo_title="Botox",
        meta_description="Botox",
        body='<p><a href="https://example.com/botox">here</a>, https://example.com/botox</p>',
    )
    assert attached(post, RECORDS).records == ()


def test_two_cells_are_not_one_name():
    body = "<table><tbody><tr><td>Botox</td><td>Cosmetic</td></tr></tbody></table>"
    assert "Botox\nCosmetic" in plain_text(body)
    assert [one.pk for one in attached(Post(body=body), RECORDS).drugs] == [1, 2]


def test_added_by_hand_left_out_and_retired():
    records = [*RECORDS, drug(5, "Xeomin", "incobotulinumtoxinA", is_retired=True)]
    post = Post(
        title="Botox and Xeomin",
        procedures=[1],
        drugs=[3],
        left_out_notes=[
            {"record": "drug", "id": 1, "reason": "Only looks"},
            {"record": "drug", "id": 4, "reason": "Not named at all"},
        ],
    )
    found = attached(post, records)
    assert [one.pk for one in found.drugs] == [2, 3] and [one.pk for one in found.procedures] == [1]
    assert found.named == {"drug-1", "drug-2"} and found.named_by["drug-2"] == "Botox"
    assert found.left_out == {"drug-1": "Only looks"}


def test_one_record_by_itself():
    own = [RECORDS[2]]
    assert named_in("Dysport’s label", own) and not named_in("Botox", own)
