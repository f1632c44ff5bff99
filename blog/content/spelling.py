"""Whether a text only corrects the spelling of another one, so that whoever signed that one signed this one, too.

Nothing here knows what words mean. So a change counts as a correction only where the old word is none at all, the new
one is the word that everybody reads in it, and nothing is touched on which a treatment depends. A doubt is a no: then
somebody has to read the text again, which is always safe.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from blog.content.blocks import Block, Text, arrange
from blog.content.phrases import Mark, Run

MOST_WORDS = 10
# Shorter words are too near to too many others («lp» may be lip or lap).
SHORTEST = 5
# How often a word stands in the dictionary's own texts before it is one that everybody reads in a slip of it. Rarer are
# terms, of which one letter makes another («perineal», «peroneal»).
COMMON = 1000
# Another word as near that stands there at least this part as often may be what was meant («inect»: inject, infect).
RIVAL = 20
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|\s+|.", re.DOTALL)
_VOWELS = frozenset("aeiouy")
_SENTENCE_ENDS = frozenset(".!?:")
# Slips in short words that can be nothing else.
_SURE = {"teh": "the", "hte": "the", "adn": "and", "taht": "that", "thta": "that", "wich": "which", "whith": "with"}
_NEGATIONS = """
    no not non nor none neither never nobody nothing nowhere without cannot cant dont wont isnt arent doesnt didnt
    hardly rarely seldom barely scarcely unless except avoid stop
""".split()
_MODALS = """
    may might must can could shall should will would need needs needed ought allowed required recommended possible
    always often usually sometimes every each only all any some most many few several both either
""".split()
_TIMES = """
    before after during until till since while within again once twice thrice daily nightly hourly weekly monthly yearly
    annual second seconds minute minutes hour hours day days night nights week weeks month months year years morning
    evening today tomorrow early earlier late later soon sooner first last next previous
""".split()
_AMOUNTS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million half third quarter
    double triple single pair dozen percent more less least fewer much little enough too very mild moderate severe
    maximum minimum higher lower larger smaller high low large small full empty
    dose doses dosed dosage dosages dosing unit units gram grams milligram milligrams microgram micrograms liter liters
    litre litres milliliter milliliters millilitre millilitres ounce ounces pound pounds kilo kilos kilogram kilograms
    inch inches foot feet centimeter centimeters centimetre millimeter millimeters millimetre degree degrees drop drops
    tablet tablets capsule capsules vial vials syringe syringes
""".split()
_PLACES = """
    left right upper lower above below over under inside outside inner outer front back top bottom into onto around
    near far hot warm cool cold icy wet dry open closed
""".split()
_BODY = """
    head scalp face forehead brow brows eyebrow eyebrows eye eyes eyelid eyelids lash lashes temple temples nose nostril
    nostrils cheek cheeks mouth lip lips tooth teeth tongue gum gums chin jaw jawline ear ears neck throat chest breast
    breasts shoulder shoulders arm arms armpit armpits elbow elbows wrist wrists hand hands finger fingers thumb nail
    nails belly abdomen stomach waist back hip hips thigh thighs leg legs knee knees ankle ankles foot feet heel heels
    toe toes skin muscle muscles nerve nerves artery arteries vein veins vessel vessels bone bones joint joints blood
    heart lung lungs liver kidney kidneys brain spine womb
""".split()
_PROTECTED = frozenset([*_NEGATIONS, *_MODALS, *_TIMES, *_AMOUNTS, *_PLACES, *_BODY])
_OPPOSITES = ("un", "non", "dis", "mis", "in", "im", "il", "ir", "anti", "counter")
# Names of substances often end so; one letter makes another one of them.
_SUBSTANCE = re.compile(
    r"(?:toxin|caine|mycin|cillin|azole|idine|amine|olol|pril|sartan|statin|tinib|mab|ase|ide|sone|lone|acid|oid)s?$"
)


class Words(NamedTuple):
    """What a reader of an article reads in its own words."""

    title: str
    subtitle: str
    key_points: Sequence[str]
    body: str


class Change(NamedTuple):
    """A word as it was and as it is."""

    old: str
    new: str


class _Token(NamedTuple):
    text: str
    marks: tuple[Mark, ...] = ()

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()

    @property
    def has_number(self) -> bool:
        return any(character.isnumeric() for character in self.text)


def corrections(signed: Words, new: Words, names: Iterable[str] = ()) -> tuple[Change, ...] | None:
    """The words in which ``new`` differs from ``signed``, if each is only spelled right now; else None.

    Titles, key points, headings, lists, tables, quotations, links and pictures have to be the same; so must everything
    between words. ``names`` are those of drugs and procedures. At most ``MOST_WORDS`` words differ.
    """
    if (signed.title, list(signed.key_points)) != (new.title, list(new.key_points)):
        return None
    pairs = _paragraphs(arrange(signed.body), arrange(new.body))
    if pairs is None:
        return None
    pairs.append((_split([Run(signed.subtitle, ())]), _split([Run(new.subtitle, ())])))
    found: list[Change] = []
    for before, after in pairs:
        changes = _changed(before, after)
        if changes is None:
            return None
        found += changes
    if len(found) > MOST_WORDS:
        return None
    untouchable = _PROTECTED | {word for name in names for word in re.findall(r"\w+", name.casefold())}
    folded = [(change.old.casefold(), change.new.casefold()) for change in found]
    if any(old in untouchable or new in untouchable for old, new in folded):
        return None
    others = [(old, new) for old, new in folded if old != new]
    if others:
        used, left = (
            {token.text.casefold() for pair in pairs for token in pair[side] if token.is_word} for side in (0, 1)
        )
        dictionary = SpellChecker(distance=1)
        if any(old in left or not _is_correction(old, new, used, dictionary) for old, new in others):
            return None
    return tuple(found)


def _changed(before: list[_Token], after: list[_Token]) -> list[Change] | None:
    """The words that differ at the same place; None where anything but words of plain letters does."""
    if len(before) != len(after):
        return None
    found = []
    for place, (old, new) in enumerate(zip(before, after, strict=True)):
        if old == new:
            continue
        if old.marks != new.marks or any(mark.tag != "strong" and mark.tag != "em" for mark in old.marks):
            return None
        if not (_is_plain(old.text) and _is_plain(new.text)) or _is_beside_a_number(before, place):
            return None
        capitals = (old.text + new.text) != (old.text + new.text).lower()
        if capitals and not (_begins_a_sentence(before, place) and old.text[1:].islower() and new.text[1:].islower()):
            return None  # perhaps a name
        found.append(Change(old.text, new.text))
    return found


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isalpha()


def _is_beside_a_number(tokens: list[_Token], place: int) -> bool:
    before = next((token for token in reversed(tokens[:place]) if token.is_word), None)
    after = next((token for token in tokens[place + 1 :] if token.is_word), None)
    return any(token is not None and token.has_number for token in (before, after))


def _begins_a_sentence(tokens: list[_Token], place: int) -> bool:
    before = next((token.text for token in reversed(tokens[:place]) if token.text != " "), "\n")
    return before in _SENTENCE_ENDS or before == "\n"


def _is_correction(old: str, new: str, used: set[str], dictionary: SpellChecker) -> bool:
    """Whether ``old`` is no word, and ``new`` the one that everybody reads in it. ``used`` are the signed words."""
    if _SURE.get(old) == new:
        return True
    if min(len(old), len(new)) < SHORTEST or old[0] != new[0] or old in dictionary:
        return False
    if _SUBSTANCE.search(old) or _SUBSTANCE.search(new) or _is_negated(new, dictionary):
        return False
    slip = _slip(old, new)
    if slip == "":
        return False
    if new in used and slip == "sure":
        return True  # a term that the reviewer has read elsewhere in this text, with a letter doubled or two exchanged
    if new not in dictionary or dictionary[new] < COMMON:
        return False
    rivals = _rivals(old, new, slip, dictionary)
    return not rivals or (new in used and not rivals & used)


def _rivals(old: str, new: str, slip: str, dictionary: SpellChecker) -> set[str]:
    """Other words that some readers may read in a slip: those as near, and not much rarer than ``new``."""
    near = dictionary.known(dictionary.edit_distance_1(old)) - {new}
    return {
        other
        for other in near
        if other[0] == old[0]
        and (slip == "likely" or _slip(old, other) == "sure")
        and dictionary[other] * RIVAL >= dictionary[new]
    }


def _is_negated(word: str, dictionary: SpellChecker) -> bool:
    """Whether a word says the opposite of one that it holds: «unsafe», «painless»."""
    stems = [word.removeprefix(prefix) for prefix in _OPPOSITES] + [word.removesuffix("less")]
    return any(stem != word and stem in dictionary for stem in stems)


def _slip(old: str, new: str) -> str:
    """What kind of slip lies between two words: ``sure``, ``likely``, or blank for none or for more than one."""
    if OSA.distance(old, new, score_cutoff=1) != 1:
        return ""
    place = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), None)
    if len(old) != len(new):
        longer = max(old, new, key=len)
        at = len(longer) - 1 if place is None else place
        return "sure" if longer[at] == longer[at - 1] else "likely"
    if sorted(old) == sorted(new):
        return "sure"
    return "likely" if {old[place], new[place]} <= _VOWELS else ""


def _paragraphs(signed: list[Block], new: list[Block]) -> list[tuple[list[_Token], list[_Token]]] | None:
    """The paragraphs whose words differ, side by side; None where anything else does."""
    if len(signed) != len(new):
        return None
    pairs = []
    for before, after in zip(signed, new, strict=True):
        if before == after:
            continue
        if not (isinstance(before, Text) and isinstance(after, Text) and before.tag == after.tag == "p"):
            return None
        pairs.append((_split(before.runs), _split(after.runs)))
    return pairs


def _split(runs: Iterable[Run]) -> list[_Token]:
    return [
        _Token(" " if text.isspace() and "\n" not in text else text, run.marks)
        for run in runs
        for text in _TOKEN.findall(run.text.replace("’", "'"))
    ]
