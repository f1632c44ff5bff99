"""Names of drugs that are wider than a phone may break, but only there and nowhere else."""

import pytest

from blog.content.long_words import soften
from blog.content.outline import outline
from blog.content.render import render

SHY = "\N{SOFT HYPHEN}"


@pytest.mark.parametrize("start", ["ona", "abo", "inco", "pra", "daxi", "leti", "rima"])
def test_the_names_of_the_toxins_may_break_at_their_parts(start):
    assert soften(f"({start}botulinumtoxinA)") == f"({start}{SHY}botulinum{SHY}toxinA)"


@pytest.mark.parametrize("text", ["", "botulinum toxin", "Botox", "https://example.com/?q=botulinum", "a\nb"])
def test_other_words_stay_as_they_are(text):
    assert soften(text) == text


def test_a_page_has_them_in_its_text_but_not_in_addresses_and_ids():
    link = '<a href="/onabotulinumtoxinA/">Its <strong>onabotulinumtoxinA</strong></a>'
    stored = f"<h2>On onabotulinumtoxinA</h2><p>{link}</p>"
    rendered = render(stored, {})
    assert rendered.html.count(f"ona{SHY}botulinum{SHY}toxinA") == 2
    assert 'href="/onabotulinumtoxinA/"' in rendered.html
    assert 'id="on-onabotulinumtoxina"' in rendered.html
    assert rendered.outline == outline(stored)
    assert rendered.outline[0].text == "On onabotulinumtoxinA"
