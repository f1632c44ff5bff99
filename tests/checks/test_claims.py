"""Sentences that must stop a promise, and sentences that must not: in bulk, without a database."""

import time

import pytest
from looking import candidate, quotes

from blog.checks import findings_of

FIRES = """
The treatment is painless. | painless
The injections are quick and painless. | painless
It is completely painless. | painless
It is not surgery, and it is painless. | painless
There are no needles and it is painless. | painless
Our peel is not only gentle but painless. | painless
It is painless and not expensive. | painless
This is a painless, quick visit. | painless
Painless laser care in Anchorage | Painless
Painless! | Painless
Is it painless? Yes. | painless
Looking for a painless treatment? | painless
Want guaranteed results? | guaranteed
Do you want painless laser care? | painless
Why not choose a painless treatment? | painless
Nobody can match our painless treatment. We are proud of it. | painless
There is no doubt that it is painless. | painless
Without a doubt, it is painless. | painless
We promise a painless visit. | painless
Our clinic promises painless injections, and we keep our word. | painless
“It was painless,” says one of our patients. | painless
Guaranteed results after one visit. | Guaranteed
Results are guaranteed. | guaranteed
We guarantee that you will love it. | guarantee
Every visit comes with a guarantee. | guarantee
Our laser guarantees smooth skin. | guarantees
You get guaranteed results, not excuses. | guaranteed
It does not take long, and results are guaranteed. | guaranteed
No waiting, guaranteed results. | guaranteed
There are no side effects. | no side effects
The cream has no side effects. | no side effects
No side effects! | No side effects
A light peel without side effects. | without side effects
It has zero side effects. | zero side effects
It is not a drug and has no side effects. | no side effects
It heals fast, with no side effects. | no side effects
No downtime and no risk. | No downtime; no risk
There is no pain and no risk. | no pain; no risk
There is no risk. | no risk
You can try it without risk. | without risk
A risk-free way to smooth lines. | risk-free
A risk free way to smooth lines. | risk free
It carries zero risk. | zero risk
There are no risks with this peel. | no risks
The laser is 100% safe. | 100% safe
Fillers are completely safe. | completely safe
It is perfectly safe for everyone. | perfectly safe
It is totally safe, and never rushed. | totally safe
Our drops are absolutely safe. | absolutely safe
This laser cures acne. | cures
We can cure your acne. | cure
A cure for rosacea at last. | cure
Melasma can be cured. | cured
Our peel has cured many patients of acne. | cured
Botox is a cure. | cure
It works for everyone. | works for everyone
It works every time. | works every time
A miracle in a syringe. | miracle
Our peel is a true miracle for tired skin. | miracle
You will see instant results. | instant results
Enjoy permanent results. | permanent results
It is 100% effective. | 100% effective
There is no downtime. | no downtime
Pain-free hair removal | Pain-free
Hair removal without pain. | without pain
It doesn’t hurt. | doesn’t hurt
It does not hurt at all. | does not hurt
It won't hurt. | won't hurt
You won’t believe how painless it is. | painless
You will not regret this painless treatment. | painless
Nothing beats our painless peel. | painless
While no treatment is perfect, ours is painless. | painless
Unlike surgery, which is not risk-free, our peel is completely safe. | completely safe
Nothing can go wrong. | Nothing can go wrong
Don’t wait: guaranteed results are here. | guaranteed
Why settle for less than guaranteed results? | guaranteed
The numbing cream makes it painless. | painless
If you want a painless peel, come to us. | painless
You cannot lose, because results are guaranteed. | guaranteed
Not sure? It is painless. | painless
No appointment needed; painless care for all. | painless
It may look hard, yet it is painless. | painless
We never rush, so it is painless. | painless
"""

STANDS = """
No treatment is painless.
No treatment is risk-free.
No treatment is safe and painless.
No treatment is gentle or has no side effects.
No treatment, however gentle, is painless.
It is not painless.
It isn’t painless.
It is never painless.
It is not entirely painless.
It is not quite painless, but most people bear it well.
Few things in life are easy, and this is not painless.
This is far from painless.
It is anything but painless.
Don’t expect a painless visit.
We do not promise a painless visit.
We can’t promise that it is painless.
We cannot promise that it will be painless.
Nobody can say that it is painless.
Nobody can promise that it will be painless for you.
No one should tell you that an injection is painless.
Neither of the two is painless.
Painless? No.
Is it painless? No.
Is it painless? Not quite: most people feel a sting.
Is it painless?
Is microneedling painless?
Does it come without side effects?
Are results guaranteed?
Can acne be cured?
What if somebody tells you that it is painless?
Results are not guaranteed.
Results are not, and cannot be, guaranteed.
Results can’t be guaranteed.
Results cannot be guaranteed.
Results are never guaranteed.
There is no guarantee.
There are no guarantees in medicine.
There is no guarantee that the lines will go.
We cannot guarantee a result.
We don’t guarantee results.
No clinic can guarantee a result.
Nobody can guarantee how long it lasts.
A guarantee is not possible.
A guarantee cannot be given.
Guaranteed results do not exist.
Approval from a plan is not guaranteed.
A referral does not guarantee that the plan pays.
Side effects are rare.
Most side effects pass.
Ask about side effects.
There may be side effects.
It is not without side effects.
It isn’t without risk.
No drug is without side effects.
No medicine is without risk.
Nothing is without risk.
There is no treatment with no side effects.
That does not mean no side effects.
A treatment without side effects does not exist.
No laser has no risk.
It is not risk-free.
No procedure is risk free.
Nothing is risk-free, and nothing is painless.
No risk is too small to tell us.
Nothing is 100% safe.
Nothing in medicine is 100% safe.
No filler is completely safe.
They are not completely safe.
It would be wrong to call them risk-free, because nothing is.
There is no such thing as a cure.
There is no cure for rosacea.
There is no known cure.
There’s no cure, but treatment helps.
It is not a cure.
It isn’t a cure.
It doesn’t cure acne.
It does not cure the disease; it eases the signs.
Rosacea cannot be cured.
To cure acne is not possible.
A cure for eczema has not been found.
A cure does not exist.
A cure is not possible.
Nothing cures melasma.
No cream cures melasma.
Treatment eases it rather than cures it.
Botulinum toxin is a treatment, not a cure.
Secure the dressing with tape.
Wait a day after a manicure.
Keep your hands still after a pedicure.
Procured from a pharmacy.
Painlessness is rarely the point.
Is the risk-free offer a red flag?
Beware of guaranteed results.
Be wary of anyone who offers guaranteed results.
Be careful with words like “painless” or “guaranteed”.
A clinic that promises guaranteed results promises too much.
Walk away from anybody who sells a cure.
Ads that promise painless treatment leave something out.
Someone who says that it is 100% safe has not read the label.
“No side effects” is a red flag.
“Painless” is a myth.
A promise of no downtime is a warning sign.
If it sounds like a miracle, it is too good to be true.
It will not work for everyone, and no one can say it always works.
It does not always work.
It never works for everyone.
You will not see instant results.
Do not expect instant results.
There is hardly ever no downtime.
It is unlikely to be painless.
A painless visit is unlikely.
A painless visit cannot be promised.
We would never call it painless.
Without numbing cream it is not painless.
It hurts less than you may fear.
If a provider guarantees results, find another one.
Few treatments are completely painless.
We take no risks with your skin.
When there are no side effects, we may raise the dose.
Stay in the shade until there is no pain.
Once you have no pain, you can exercise.
Ask whether results are guaranteed.
A prior authorization is not a guarantee of payment.
Coverage is never guaranteed until you have it in writing.
Risks are small but real.
Risk goes up with age.
The painful part is short.
The area is safe to touch after a day.
It is safe for most adults.
"""


def rows(table: str) -> list[str]:
    return [line for line in table.strip().splitlines() if line.strip()]


@pytest.mark.parametrize("row", rows(FIRES))
def test_a_promise_is_found(row):
    sentence, _, words = row.partition(" | ")
    assert quotes("promise", f"<p>{sentence}</p>") == words.split("; ")


@pytest.mark.parametrize("sentence", rows(STANDS))
def test_words_that_promise_nothing_stand(sentence):
    assert quotes("promise", f"<p>{sentence}</p>") == []


@pytest.mark.parametrize(
    "text",
    [
        "painless " * 33_000,
        "No, not, never; " * 18_000 + "painless",
        "<p>It is painless.</p>" * 13_000,
        "<ul>" + "<li>no risk and no risk</li>" * 10_000 + "</ul>",
        "“" * 150_000 + "I look younger" + "(" * 100_000,
        "www." * 70_000,
        "a." * 140_000,
        "<h3>A</h3>" * 25_000,
        "best " * 59_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_texts_take_bounded_time(text):
    start = time.process_time()
    findings_of(candidate(text))
    assert time.process_time() - start < 6


def test_the_tables_are_long_enough():
    assert len(rows(FIRES)) + len(rows(STANDS)) >= 190
