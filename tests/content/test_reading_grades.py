"""Syllables and grades, measured against what is known."""

import pytest

from blog.content.reading_grade import ENOUGH_WORDS, grade_of, syllables

# Counted by ear.
WORDS = {
    1: """
    skin face use used asked helped eye eyes signs stroke peel nurse our hour large age close closed health
    heal leave bruise the be while whole tongue league breathe breath tried build fruit tea sea one come
    changed year
    """,
    2: """
    laser treatment clinic patient muscle wrinkle people little needle faces uses needed treated waited
    swelling bruises careful safely safety something someone question region anxious diet quiet client create
    react fluid trial going being social special facial reason sudden eyelid surgeon doctors approved bladder
    dissolve enzyme volume hollow lower guidance building moisture sunscreen able table technique fatigue
    vaccine urine combine changes edges larger aging dosage watches rashes boxes closes themselves study
    carried
    """,
    3: """
    everyone different medicine medical insurance reaction period area official serious various infection
    condition usual radio audience created museum medium calcium idea chemical collagen procedure surgery
    physician appointment approval requirements determine diagnosed excessive permanent prescription gradual
    actual manual influence possible visible packages physical barrier carrier improvement management
    supplement element
    """,
    4: """
    medication especially usually radiation immediate reality experience ingredient variety anxiety society
    botulinum diagnosis necessary overactive temporary permanently evaluate situation gradually mechanism
    eligible
    """,
    5: """
    authorization documentation individual evaluation immediately metabolism
    """,
}
PLAIN = "We look at your skin in good light. You tell us what bothers you. Then we make a plan that fits you."
HARD = "Individual anatomical variation necessitates comprehensive consideration of alternative formulations."


def test_syllables_are_right_for_nearly_all_words():
    known = [(word, count) for count, words in WORDS.items() for word in words.split()]
    wrong = [word for word, count in known if syllables(word) != count]
    assert len(known) > 180 and len(wrong) <= len(known) * 0.05, wrong
    assert abs(sum(syllables(word) - count for word, count in known)) < len(known) * 0.03


@pytest.mark.parametrize(
    ("sentences", "grade"),
    [
        # Worked by hand: 0.39 words a sentence, 11.8 syllables a word, less 15.59.
        (["the sun is up and we go out now"] * 12, 0.39 * 9 + 11.8 * 1 - 15.59),
        (["the patient may need a little time"] * 15, 0.39 * 7 + 11.8 * 9 / 7 - 15.59),
        (["medication is necessary"] * 40, 0.39 * 3 + 11.8 * 9 / 3 - 15.59),
    ],
)
def test_the_grade_is_that_of_the_formula(sentences, grade):
    assert grade_of(sentences).grade == pytest.approx(grade)


def test_long_words_and_long_sentences_raise_it():
    easy = grade_of([PLAIN] * 8).grade
    assert grade_of(PLAIN.split(". ") * 8).grade < easy < grade_of([f"{PLAIN} {PLAIN}"] * 8).grade
    assert grade_of([HARD] * 12).grade > 15


def test_names_are_easy_words():
    from blog.checks.matching import pattern_of

    text = ["Then onabotulinumtoxinA and Botox Cosmetic rest the lines that come when you frown at Anchorage."] * 12
    plain = ["Then it and it rest the lines that come when you frown at home."] * 12
    names = pattern_of(["Botox Cosmetic", "onabotulinumtoxinA"])
    assert abs(grade_of(text, names).grade - grade_of(plain).grade) < 1.5


def test_the_hardest_sentence_is_named_and_short_texts_have_no_grade():
    assert grade_of([PLAIN, f"{HARD} {HARD}", *[PLAIN] * 8]).hardest == 1
    assert grade_of(["one"] * (ENOUGH_WORDS - 1)) is None and grade_of([]) is None
