"""Praise of oneself, and advice that only sounds like it: in bulk, without a database."""

import pytest
from looking import quotes

PRAISE = """
We are the best. | best
We are the best clinic in Anchorage. | best
The best clinic in town | best
Alaska’s best injectors | best
Our nurses are simply the best. | best
You deserve the best care. | best
The best prices in the state. | best
Get the best results with us. | best
Voted best med spa three times. | best
The #1 clinic for fillers. | #1
We are number one in laser care. | number one
The leading clinic of the north. | leading
A leading med spa in Alaska. | leading
The safest laser on the market. | safest
Our laser is the safest treatment there is. | safest
The most experienced injectors in Alaska. | most experienced
A world-class team. | world-class
Top-rated care near you. | Top-rated
Our results are unmatched. | unmatched
Second to none. | Second to none
Why wait for the best clinic in town? | best
"""

ADVICE = """
The best time to call is the morning.
It is best to wait a week.
It’s best to wait.
It is best if you come early.
Ask which option is best for you.
The best option for you depends on your skin.
The best treatment for your skin depends on your history.
Which laser is best?
What works best for dry skin?
A wide brim works best.
Our staff do our best to answer the same day.
Do your best to keep it dry.
At best, the lines soften.
It is in your best interest to wait.
This is best done by a clinician.
Best practice is to wait two weeks.
For best results, come every four weeks.
For the best results, stay out of the sun.
The best way to care for new skin is to leave it alone.
The best day to come is the one that suits you.
Sunburn is a leading cause of dark spots.
Swelling leading to pain is a reason to call.
The weeks leading up to your visit matter.
The safest option is to wait.
It is safest to wait until the birth.
The safest way to learn this is to ask.
Question #1: who holds the needle?
Tip #1 is to wear a hat.
The number one reason to call is pain.
We are not the best choice for everybody.
No clinic is the best for everyone.
Nobody can say who is the best.
Beware of clinics that claim to be the best.
Is it the safest laser?
The best candidates are adults in good health.
The best evidence comes from trials.
"""


def rows(table: str) -> list[str]:
    return table.strip().splitlines()


@pytest.mark.parametrize("row", rows(PRAISE))
def test_praise_is_found(row):
    sentence, _, words = row.partition(" | ")
    assert quotes("superlative", f"<p>{sentence}</p>") == [words]


@pytest.mark.parametrize("sentence", rows(ADVICE))
def test_advice_stands(sentence):
    assert quotes("superlative", f"<p>{sentence}</p>") == []
