"""The pieces of ``make bench``: it compares by turns, says what holds, and writes into the document's own place."""

import pytest
from results import BEGIN, END, Row, Section, Spread, compare, not_measured, summary, table, write_down

SECTIONS = [
    Section("Speed", [Row("article", "0.90", 0.9, at_least=0.85), Row("index", "0.80", 0.8, at_least=0.85)]),
    Section("Memory", [Row("worker", "162 MB", 162, at_most=150, unit=" MB"), not_measured("nginx", "it is\n| away")]),
]


def test_two_things_are_measured_by_turns_and_compared_turn_by_turn():
    asked, ones, others = [], iter([8.0, 4.0, 9.0]), iter([10.0, 8.0, 9.0])

    def one():
        asked.append("A")
        return next(ones)

    def other():
        asked.append("B")
        return next(others)

    found = compare(one, other, 3)
    assert asked == ["A", "B"] * 3
    assert found.ratios.values == [0.8, 0.5, 1.0]
    assert found.ratio == 8 / 9
    assert found.ratios.shown() == "0.80 (0.50 to 1.00)"
    assert Spread([3.0, 3.0]).shown(".0f", " s") == "3 s"


@pytest.mark.parametrize(
    ("value", "bound", "said"),
    [
        (0.85, {"at_least": 0.85}, "holds"),
        (0.8, {"at_least": 0.85}, "does not hold, by 0.05"),
        (150, {"at_most": 150, "unit": " MB"}, "holds"),
        (162.4, {"at_most": 150, "unit": " MB"}, "does not hold, by 12 MB"),
        (1.25, {"at_most": 1, "unit": " s"}, "does not hold, by 0.25 s"),
        (7, {}, "told only"),
    ],
)
def test_a_line_says_whether_it_holds_and_by_how_much_not(value, bound, said):
    assert Row("what", str(value), value, **bound).verdict == said


def test_the_table_has_every_line_with_what_it_should_be():
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table(SECTIONS).splitlines()]
    assert lines[0] == ["what", "measured", "should be", ""]
    assert lines[2:] == [
        ["**Speed**", "", "", ""],
        ["article", "0.90", "≥ 0.85", "holds"],
        ["index", "0.80", "≥ 0.85", "does not hold, by 0.05"],
        ["**Memory**", "", "", ""],
        ["worker", "162 MB", "≤ 150 MB", "does not hold, by 12 MB"],
        ["nginx", "it is / away", "", "not measured"],
    ]
    assert len({len(line) for line in table(SECTIONS).splitlines()}) == 1
    assert summary(SECTIONS) == "1 hold, 2 do not, 1 were not measured."


def test_the_document_keeps_its_words_around_the_table(tmp_path):
    document = tmp_path / "performance.md"
    document.write_text(f"Before.\n\n{BEGIN}\nOld table.\n{END}\n\nAfter.\n")
    for day in ("one", "another"):
        write_down(SECTIONS, f"Measured on {day} day.", document)
    text = document.read_text()
    assert text.startswith(f"Before.\n\n{BEGIN}\nMeasured on another day.\n\n| what ")
    assert text.endswith(f"1 were not measured.\n{END}\n\nAfter.\n")
    assert "Old table." not in text and "one day" not in text
