"""What is a mere correction of spelling, so that a clinician's signature may stay, and what is another text."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from blog.content import spelling
from blog.content.spelling import MOST_WORDS, Words, corrections

NAMES = ("Botox", "Botox Cosmetic", "onabotulinumtoxinA", "Glow peel")
SENTENCE = "Most people feel fine the next day, but the treated area may swell."


@pytest.fixture(scope="module", autouse=True)
def _one_dictionary():
    """Read once, not for each of hundreds of invented texts."""
    once = spelling.SpellChecker(distance=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spelling, "SpellChecker", lambda distance: once)
        yield


def words(body="", title="After a peel", subtitle="", key_points=()):
    return Words(title, subtitle, list(key_points), body)


def judged(old, new):
    """The changes between two paragraphs, or None; beside them stands a sentence that stays."""
    signed, corrected = (words(f"<p>{text} {SENTENCE}</p>") for text in (old, new))
    return corrections(signed, corrected, NAMES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("It is definately normal.", "It is definitely normal."),
        ("You will recieve a call.", "You will receive a call."),
        ("The swelling occured quickly.", "The swelling occurred quickly."),
        ("We accomodate everybody.", "We accommodate everybody."),
        ("Book a seperate visit.", "Book a separate visit."),
        ("Ask teh nurse.", "Ask the nurse."),
        ("Some swellng is normal.", "Some swelling is normal."),
        ("Recieve care here.", "Receive care here."),
        ("this is normal.", "This is normal."),
        ("The clinic’s <em>treatmnt</em> room.", "The clinic's <em>treatment</em> room."),
    ],
)
def test_a_slip_that_everybody_reads_right_is_a_correction(old, new):
    found = judged(old, new)
    assert found is not None and len(found) == 1
    assert all(change.old in old and change.new in new.replace("’", "'") for change in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Other words, however near.
        ("Rest before the visit.", "Rest after the visit."),
        ("The left side.", "The right side."),
        ("You may drive.", "You must drive."),
        ("You can drive.", "You cannot drive."),
        ("You can drive.", "You can't drive."),
        ("You should rest.", "You could rest."),
        ("More pain is normal.", "Less pain is normal."),
        ("More pain is normal.", "Mere pain is normal."),
        ("Apply a hot pack.", "Apply a cold pack."),
        ("Take it daily.", "Take it dally."),
        ("Take it hourly.", "Take it nightly."),
        ("We inject slowly.", "We infect slowly."),
        ("Patients rest.", "Patents rest."),
        ("A scar stays.", "A scare stays."),
        ("The dose is small.", "The does is small."),
        ("Do not ingest it.", "Do not inject it."),
        ("It affects you.", "It effects you."),
        ("Adduct the arm.", "Abduct the arm."),
        ("The ileum rests.", "The ilium rests."),
        ("A peroneal nerve.", "A perineal nerve."),
        ("An intravascular shot.", "An intramuscular shot."),
        ("Hypertension rises.", "Hypotension rises."),
        ("An avascular area.", "A vascular area."),
        ("Avascular skin.", "Vascular skin."),
        ("Your lip heals.", "Your lid heals."),
        ("Sever pain.", "Severe pain."),
        ("It is safe.", "It is unsafe."),
        ("It is stable.", "It is unstable."),
        ("Unusual pain.", "Usual pain."),
        ("It is usafe.", "It is unsafe."),
        ("It is painles.", "It is painless."),
        ("Rest for a week.", "Rest for a weak."),
        ("Lidocaine numbs.", "Lidocane numbs."),
        ("Botox works.", "Botix works."),
        ("botox works.", "Botox works."),
        ("One Botxo visit.", "One Botox visit."),
        ("See Juvedern first.", "See Juvederm first."),
        # Numbers, units and what stands beside them.
        ("It takes 20 minutes.", "It takes 30 minutes."),
        ("It takes 20 minuts.", "It takes 20 minutes."),
        ("Give 20 unitz.", "Give 20 units."),
        ("Give 5 mg.", "Give 5 mcg."),
        ("Give 5 mg.", "Give 5 Mg."),
        ("Take 1.5 today.", "Take 15 today."),
        ("Two visits.", "Ten visits."),
        ("Wait untill tomorrow.", "Wait until tomorrow."),
        ("About 10 visitss help.", "About 10 visits help."),
        ("A doze is enough.", "A dose is enough."),
        # Negations, also where they are only spelled.
        ("It is not normal.", "It is now normal."),
        ("It dont hurt.", "It don't hurt."),
        ("No pain.", "No, pain."),
        ("Never call.", "Ever call."),
        ("Withot pain.", "Without pain."),
        # Short words, several slips, left-out and added words, joined ones.
        ("Cool the lp.", "Cool the lip."),
        ("It is definatly normel.", "It is definitely narmel."),
        ("It hurts alot.", "It hurts a lot."),
        ("It may be red.", "It maybe red."),
        ("The the skin heals.", "The skin heals."),
        ("The skin heals.", "The skin quickly heals."),
        ("It heals; call us.", "It heals, call us."),
        ("We call alaska.", "We call Alaska."),
        # What some read as another word.
        ("We inect slowly.", "We inject slowly."),
        ("We inect slowly.", "We infect slowly."),
        ("It may lossen.", "It may lessen."),
        ("Some brusing is normal.", "Some bruising is normal."),
        ("No brushing over the bruising; brusing fades.", "No brushing over the bruising; bruising fades."),
        # A term that goes on to stand elsewhere is no slip.
        ("A peelin and a peelin.", "A peeling and a peelin."),
        # Marks and links.
        ("A <strong>normal</strong> day.", "A normal day."),
        ('Read <a href="https://example.com/">recieved</a>.', 'Read <a href="https://example.com/">received</a>.'),
        ('Read <a href="https://example.com/">this</a>.', 'Read <a href="https://example.org/">this</a>.'),
    ],
)  # fmt: skip
def test_whatever_could_mean_something_else_is_none(old, new):
    assert judged(old, new) is None


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("heading", "<h2>Recieve care</h2><p>Text.</p>", "<h2>Receive care</h2><p>Text.</p>"),
        ("list", "<ul><li>Recieve care</li></ul>", "<ul><li>Receive care</li></ul>"),
        ("quotation", "<blockquote><p>Recieve</p></blockquote>", "<blockquote><p>Receive</p></blockquote>"),
        ("table", "<table><tbody><tr><td>Recieve</td></tr></tbody></table>",
         "<table><tbody><tr><td>Receive</td></tr></tbody></table>"),
        ("caption", '<figure><img data-image="1" alt="a"><figcaption>Recieve</figcaption></figure>',
         '<figure><img data-image="1" alt="a"><figcaption>Receive</figcaption></figure>'),
        ("picture", '<figure><img data-image="1" alt="a"></figure>', '<figure><img data-image="2" alt="a"></figure>'),
        ("description", '<figure><img data-image="1" alt="a"></figure>',
         '<figure><img data-image="1" alt="b"></figure>'),
        ("order", "<p>First comes this.</p><p>Then comes that.</p>", "<p>Then comes that.</p><p>First comes this.</p>"),
        ("paragraph", "<p>Text.</p><p>More.</p>", "<p>Text.</p>"),
    ],
)  # fmt: skip
def test_everything_but_running_text_stays_as_it_was_signed(part, old, new):
    assert corrections(words(old), words(new)) is None


def test_title_and_key_points_stay_and_the_subtitle_may_be_corrected():
    assert corrections(words(title="You recieve"), words(title="You receive")) is None
    assert corrections(words(key_points=["You recieve"]), words(key_points=["You receive"])) is None
    assert corrections(words(subtitle="You recieve"), words(subtitle="You receive")) == (("recieve", "receive"),)
    assert corrections(words(title="A"), words(title="A")) == (), "nothing to correct is no other text"


def test_a_term_is_known_from_the_rest_of_the_signed_text():
    text = "<p>Hyaluronidase dissolves fillers. We keep {} here.</p>"
    names = ("Perioral lines and {} lines.", "periroal", "perioral")
    old, new = (words(f"<p>The perioral area. {names[0].format(word)}</p>") for word in names[1:])
    assert corrections(old, new) == (("periroal", "perioral"),)
    alone = (words(f"<p>{names[0].format(word).replace('Perioral', 'Fine')}</p>") for word in names[1:])
    assert corrections(*alone) is None, "a rare word that the reviewer never read as it is now"
    assert corrections(words(text.format("hyaluronidaze")), words(text.format("hyaluronidase"))) is None


def test_which_word_was_meant_is_known_from_the_rest_of_the_signed_text():
    text = "Some {} is normal. The bruising fades."
    assert judged(text.format("brusing"), text.format("bruising")) == (("brusing", "bruising"),)


def test_ten_words_may_differ_and_no_more():
    slips = "recieve occured seperate accomodate definately beleive swellng treatmnt seriuos goverment enviroment"
    right = "receive occurred separate accommodate definitely believe swelling treatment serious government environment"
    slips, right = slips.split(), right.split()
    for count in (1, MOST_WORDS, MOST_WORDS + 1):
        old, new = (words(f"<p>We say {' and '.join(found[:count])} here.</p>") for found in (slips, right))
        found = corrections(old, new)
        assert (found is not None) == (count <= MOST_WORDS)
        assert found is None or len(found) == count


TOUCHY = (
    *"not no never without cannot can't don't 3 20 0.5 units mg ml percent twice daily weeks".split(),
    *"Botox onabotulinumtoxinA before after left right may must unsafe unlikely".split(),
)
ORDINARY = "skin looks calm people walk water gentle sun cream nurse visit room smooth clear".split()
text_around = st.lists(st.sampled_from(ORDINARY), min_size=1, max_size=6).map(" ".join)
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.' "


@st.composite
def slipped(draw, word):
    """A word with some letters left out, put in, exchanged or replaced."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(word) - 1, 0)))
        letter = draw(st.sampled_from(LETTERS))
        kind = draw(st.sampled_from(("out", "in", "other", "swap")))
        word = {
            "out": word[:at] + word[at + 1 :],
            "in": word[:at] + letter + word[at:],
            "other": word[:at] + letter + word[at + 1 :],
            "swap": word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
        }[kind]
    return word


def said(text):
    return re.sub(r"\s+", " ", text).strip()


@settings(max_examples=300, deadline=None)
@given(data=st.data(), touchy=st.sampled_from(TOUCHY), before=text_around, after=text_around, forth=st.booleans())
def test_no_number_unit_negation_or_drug_is_ever_corrected(data, touchy, before, after, forth):
    other = data.draw(slipped(touchy) | st.sampled_from(TOUCHY) | st.sampled_from(ORDINARY) | st.just(""))
    old, new = (said(f"{before} {word} {after}") for word in ((touchy, other) if forth else (other, touchy)))
    assume(old != new)
    assert corrections(words(f"<p>{old}</p>"), words(f"<p>{new}</p>"), NAMES) is None


@settings(max_examples=100, deadline=None)
@given(old=st.text(max_size=60), new=st.text(max_size=60))
def test_any_two_texts_are_judged(old, new):
    found = corrections(words(f"<p>{old}</p>", subtitle=old), words(f"<p>{new}</p>", subtitle=new))
    assert found is None or len(found) <= MOST_WORDS
