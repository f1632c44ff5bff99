"""Every rule: what makes it speak, and what leaves it silent. A rule without both is no rule."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cast import DAY, NOON
from looking import RULES, candidate, found_by

from blog.checks import Severity, findings_of
from blog.checks.candidate import Link, PictureUse, Signature
from blog.models import Author, Drug, Image, PhotoConsent, Procedure

AUTHOR = Author(pk=1, name="Ada Ray", credentials="RN")
OTHER = Author(pk=2, name="Ben Low", credentials="MD")
NO_LETTERS = Author(pk=3, name="Cy Moe")
SAMPLE = Author(pk=4, name="Sample author", is_sample=True)
BOTOX = Drug(pk=1, brand_name="Botox", generic_name="onabotulinumtoxinA", other_names=[])
COSMETIC = Drug(pk=2, brand_name="Botox Cosmetic", generic_name="onabotulinumtoxinA", other_names=["Botox"])
XEOMIN = Drug(pk=3, brand_name="Xeomin", generic_name="incobotulinumtoxinA", other_names=[])
JEUVEAU = Drug(pk=4, brand_name="Jeuveau", generic_name="prabotulinumtoxinA-xvfs", other_names=[])
FILLER = Procedure(pk=1, name="Dermal fillers", other_names=["filler", "Restylane"])
RECORDS = (BOTOX, COSMETIC, XEOMIN, JEUVEAU, FILLER)
LARGE = Image(pk=7, width=1600, height=900, depicts="nobody")
SMALL = Image(pk=8, width=1199, height=900, depicts="nobody")
PATIENT = Image(pk=9, width=1600, height=900, depicts="patient", consent=PhotoConsent(reference="C-2026-014"))
PAIR = Image(pk=10, width=1600, height=900, depicts="nobody", is_before_after=True)
NAMED_PAIR = Image(pk=11, width=1600, height=900, depicts="nobody", is_before_after=True, procedures_shown=[1])
TODAY = date(2026, 6, 15)
HARD = (
    "The administration of injectable neuromodulators necessitates individual consideration of anatomical variation. "
)
EASY = "We look at your skin in good light. You tell us what bothers you. Then we make a plan that fits. "


def main(record, alt="A lamp", **values):
    return {"pictures": (PictureUse(record.pk, "hero_image", record, alt, False, **values),)}


def inside(record, alt="A lamp", is_decorative=False, **values):
    return {"pictures": (PictureUse(record.pk, "body", record, alt, is_decorative, **values),)}


def link(words="what a plan pays", target="live", address="", title=""):
    return {"links": (Link(words, address, 5, target, title, "", 0),)}


def signed(reviewer=OTHER, on=TODAY, due=TODAY + timedelta(days=300), is_signed=True, **values):
    return {
        "signature": Signature(reviewer, on, due),
        "is_signed": is_signed,
        "author": AUTHOR,
        "needs_review": True,
    } | values


def body(html, **values):
    return {"body": html} | values


P = "<p>{}</p>".format

# For each rule: articles that it speaks about, and articles that it has nothing to say about.
CASES = {
    "picture_without_description": (
        [main(LARGE, None), inside(LARGE, None), inside(LARGE, None, section="At the visit")],
        [main(LARGE), inside(LARGE), inside(LARGE, "", True), {}],
    ),
    "odd_heading": (
        [body("<h1>Why</h1><p>x</p>"), body("<h2></h2><p>x</p>"), body("<h3> <br></h3>"), body("<h1></h1>")],
        [body("<h2>Why</h2><p>x</p>"), body("<p>&lt;h1&gt;</p>"), {}],
    ),
    "skipped_heading": (
        [body("<h3>Why</h3>"), body("<h2>Why</h2><h4>How</h4>"), body("<h2>A</h2><h3>B</h3><h2>A</h2><h4>B</h4>")],
        [body("<h2>Why</h2><h3>How</h3><h4>When</h4><h2>Who</h2>"), body("<p>x</p>")],
    ),
    "dead_link": (
        [link(target="draft", title="Peels"), link(target="gone", address="/blog/x/"), link(target="here")],
        [link(), link(target="elsewhere", address="https://www.fda.gov/"), link(target="heading", title="Peels")],
    ),
    "lost_heading": ([link(target="heading", title="Peels")], [link(), link(target="draft", title="Peels")]),
    "vague_link": (
        [
            link("click here"),
            link("Click here to read about peels"),
            link("Here"),
            link("read more …"),
            link("This page"),
        ],
        [link(), link("how to call us"), link("Peels: read more about acids"), {}],
    ),
    "bare_address": (
        [
            body(P("See https://www.fda.gov/drugs for more.")),
            body(P("See www.fda.gov.")),
            body(P('See <a href="https://fda.gov/drugs">fda.gov/drugs/peels</a>.')) | link("fda.gov/drugs/peels"),
        ],
        [
            body(P("HealthCare.gov explains how.")),
            body(P('<a href="https://www.fda.gov/">What the FDA says</a>')),
            body(P("Write to us at ada@www.example.com.")),
        ],
    ),
    "foreign_content": (
        [
            body("<script>alert(1)</script><p>x</p>"),
            body('<iframe src="https://video.example/1"></iframe>'),
            body('<p><img src="https://cdn.example/a.jpg"></p>'),
            body('<object data="x.swf"></object>'),
        ],
        [body('<figure><img data-image="7" alt="A lamp"></figure>'), body(P("&lt;script&gt;")), {}],
    ),
    "patient_photo": (
        [main(PATIENT), inside(PATIENT), inside(PATIENT, section="At the visit")],
        [main(PATIENT, is_consented=True), inside(LARGE), {}],
    ),
    "before_after": ([main(PAIR), inside(PAIR)], [main(NAMED_PAIR), inside(LARGE), {}]),
    "promise": (
        [
            body(P("It is painless.")),
            {"title": "Painless peels"},
            {"excerpt": "Guaranteed results."},
            {"key_points": ("No side effects.",)},
            {"cta_text": "Guaranteed results."},
            {"hero_alt": "A risk-free smile"},
            {"meta_description": "A cure for acne."},
        ],
        [body(P("It is not painless.")), {"title": "Is it painless?"}, body(P("Dr. Cureton sees you."))],
    ),
    "superlative": (
        [body(P("We are the best clinic.")), {"title": "The leading clinic"}],
        [body(P("The best time to call is the morning."))],
    ),
    "same_as_brand": (
        [
            body(P("We use a generic Botox."), records=RECORDS),
            body(P("It is the same as Xeomin."), records=RECORDS),
            body(P("Semaglutide from our pharmacy is identical to Ozempic.")),
            body(P("Ask about our Botox generic."), records=RECORDS),
        ],
        [
            body(P("It is not the same as Xeomin."), records=RECORDS),
            body(P("The generic name of Botox is onabotulinumtoxinA."), records=RECORDS),
            body(P("The dose is the same as last time."), records=RECORDS),
            body(P("There is no generic Botox."), records=RECORDS),
        ],
    ),
    "no_record": (
        [
            body(P("We offer Kybella."), records=RECORDS),
            {"title": "Ozempic and your skin", "records": RECORDS},
            {"key_points": ("PRP is made from your blood.",)},
        ],
        [
            body(P("We offer Restylane and other fillers."), records=RECORDS),
            body(P("We offer a plan."), records=RECORDS),
            {"excerpt": "Kybella"},
        ],
    ),
    "brand_without_generic": (
        [
            body(P("Botox rests a muscle."), records=RECORDS),
            body(P("Botox (onabotulinumtoxinA) or Xeomin rests it."), records=RECORDS),
            body("<h2>Botox</h2><ul><li>Botox rests it.</li></ul>", records=RECORDS),
            body(P("Botox rests it.") + P("Botox is onabotulinumtoxinA."), records=RECORDS),
        ],
        [
            body(P("Botox (onabotulinumtoxinA) rests a muscle. Botox is a drug."), records=RECORDS),
            body(P("Botox (onabotulinumtoxinA) and Botox Cosmetic rest it."), records=RECORDS),
            body(P("Jeuveau (prabotulinumtoxinA) rests it."), records=RECORDS),
            body("<h2>Botox</h2>" + P("OnabotulinumtoxinA, sold as Botox, rests it."), records=RECORDS),
            {"title": "Botox", "records": RECORDS},
        ],
    ),
    "no_review": (
        [{"policy": "may", "needs_review": True}],
        [
            {"policy": "may", "needs_review": False},
            {"policy": "nobody_yet", "needs_review": True},
            {"policy": "must", "needs_review": True},
            signed(policy="may"),
        ],
    ),
    "review_required": (
        [{"policy": "must", "needs_review": True}, signed(policy="must", is_signed=False)],
        [signed(policy="must"), {"policy": "must"}, {"policy": "may", "needs_review": True}],
    ),
    "unfit_reviewer": ([signed(AUTHOR), signed(NO_LETTERS)], [signed(), {}]),
    "review_overdue": ([signed(due=TODAY, is_signed=False)], [signed(), {}]),
    "wrong_dates": (
        [{"published_at": NOON + DAY}, signed(on=TODAY + timedelta(days=1))],
        [{"published_at": NOON}, {"published_at": NOON + DAY, "goes_live": NOON + 2 * DAY}, signed(), {}],
    ),
    "no_sources": ([{}], [{"sources": 1}]),
    "testimonial": (
        [
            body("<blockquote><p>I look years younger and I love my skin.</p></blockquote>"),
            body(P("“I came in tired and left with amazing skin,” says one patient.")),
            body(P("It changed my life.")),
            body(P("Hear what our patients say.") + P("Results may vary.")),
        ],
        [
            body(
                "<blockquote><p>I love my skin.</p></blockquote><p>Most people see softer lines for three months.</p>"
            ),
            body("<blockquote><p>Write down the date each time you call.</p></blockquote>"),
            body(P("Do you say “I look tired” to the mirror?")),
            body(P("I look forward to your visit.")),
        ],
    ),
    "reading_grade": (
        [body(P(HARD * 12)), body("<ul>" + f"<li>{HARD}</li>" * 12 + "</ul>")],
        [
            body(P(EASY * 8)),
            body(P(HARD)),
            body(P("Botox Cosmetic onabotulinumtoxinA eases it. " * 30), records=RECORDS),
        ],
    ),
    "text_on_google": (
        [
            body("<ul><li>One</li></ul>"),
            body(P("Short.")),
            body(P("Short.") + "<h2>Why</h2>" + P("x" * 90)),
            {"meta_description": "x" * 161},
            {"excerpt": "x" * 161},
            {"meta_description": "Peels.", "same_description": "After a peel"},
        ],
        [
            {"meta_description": "x" * 160},
            {"excerpt": "What a peel does."},
            {"subtitle": "What a peel does."},
            body(P("A peel takes off the top layers of the skin, so that new skin can grow from below.")),
            body(
                "<h2>Why</h2>"
                + P("What is a peel?")
                + P("It takes off the top layers of the skin, so that new skin can grow.")
            ),
            body(P("Short."), noindex=True),
        ],
    ),
    "long_title": (
        [{"title": "x" * 61}, {"title": "x", "seo_title": "x" * 61}],
        [{"title": "x" * 60}, {"title": "x" * 90, "seo_title": "x" * 60}, {"title": "x" * 90, "noindex": True}],
    ),
    "main_photo": ([{}, main(SMALL), inside(LARGE)], [main(LARGE)]),
    "no_text": ([{"has_text": False}], [body(P("x"))]),
    "no_author": (
        [{"author": None}, {"author": None, "other_authors": False}, {"author": SAMPLE}],
        [{"author": AUTHOR}, {"author": SAMPLE, "is_sample": True}],
    ),
    "unfinished": ([{"unfinished": ("tag_words",)}], [{"unfinished": ()}]),
}
FIRING = [
    pytest.param(rule, values, id=f"{rule} {n}") for rule, (fires, _) in CASES.items() for n, values in enumerate(fires)
]
SILENT = [
    pytest.param(rule, values, id=f"{rule} {n}") for rule, (_, none) in CASES.items() for n, values in enumerate(none)
]


def test_every_rule_has_cases_for_both():
    assert set(CASES) == set(RULES)
    assert all(fires and silent for fires, silent in CASES.values())


@pytest.mark.parametrize(("rule", "values"), FIRING)
def test_a_rule_speaks(rule, values):
    assert found_by(rule, **values)


@pytest.mark.parametrize(("rule", "values"), SILENT)
def test_a_rule_is_silent(rule, values):
    assert found_by(rule, **values) == []


@pytest.mark.parametrize(("rule", "values"), FIRING)
def test_what_is_found_says_where_and_what_to_do(rule, values):
    looked_at = candidate(**values)
    for finding in RULES[rule].find(looked_at):
        assert finding.rule == rule and finding.severity == RULES[rule].rule.severity
        assert finding.field, "the place to go to"
        assert finding.message.count(".") >= 2 and "!" not in finding.message.replace(finding.quote, "")
        if finding.quote and finding.field in looked_at.texts and finding.sentence and not finding.picture:
            text, place = looked_at.texts[finding.field], -1
            for _ in range(finding.nth + 1):
                place = text.index(finding.quote, place + 1)


@pytest.mark.parametrize("rule", RULES)
def test_news_answer_to_everything_but_review_sources_and_grade(rule):
    only_health = {"no_review", "review_required", "unfit_reviewer", "review_overdue", "no_sources", "reading_grade"}
    news = candidate(**CASES[rule][0][0], kind="clinic_news")
    assert (rule in {finding.rule for finding in findings_of(news)}) == (rule not in only_health)


@pytest.mark.parametrize("rule", [name for name, one in RULES.items() if one.rule.severity == Severity.NEEDS_REASON])
def test_a_reason_holds_while_its_sentence_stands(rule):
    looked_at = candidate(**CASES[rule][0][0])
    (finding,) = [one for one in findings_of(looked_at) if one.rule == rule]
    assert finding.stops and finding.sentence
    given = replace(looked_at, reasons={(rule, finding.sentence): "The label says so."})
    (excused,) = [one for one in findings_of(given) if one.rule == rule]
    assert excused.reason == "The label says so." and not excused.stops
    other = replace(
        looked_at, reasons={(rule, finding.sentence + " Really."): "x", ("superlative", finding.sentence): "x"}
    )
    assert next(one for one in findings_of(other) if one.rule == rule).stops


def test_only_one_kind_of_finding_can_be_excused():
    found = findings_of(
        candidate(P("We are the best clinic."), reasons={("superlative", "We are the best clinic."): "x"})
    )
    assert [one.reason for one in found if one.rule == "superlative"] == [""]


def test_what_must_be_fixed_comes_first():
    found = findings_of(candidate(P("It is painless, and we are the best."), author=None))
    order = [finding.severity for finding in found]
    assert order == sorted(order, key=list(Severity).index) and len(set(order)) == 3


def test_the_nth_of_equal_words_is_named():
    findings = found_by("promise", P("It is not painless.") + P("The laser is painless. So it is painless."))
    assert [finding.nth for finding in findings] == [1, 2]
