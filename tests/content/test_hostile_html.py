"""Attacks that sanitisers are known to have fallen for, against both ways: in and out."""

import re

import pytest
from hostile_html import ATTACKS
from strict_html import wrong_in

from blog.content.clean import clean
from blog.content.editor import to_editor
from blog.content.render import Picture, render

PICTURES = {1: Picture((("image/avif", "/1.avif 660w"),), "/1.jpg", "/1.jpg 660w", 660, 440)}


@pytest.mark.parametrize(
    "html", [*ATTACKS, "".join(ATTACKS[:40]), "".join(reversed(ATTACKS))], ids=lambda html: html[:30]
)
def test_an_attack_never_passes_either_way(html):
    cleaned = clean(html)
    assert wrong_in(cleaned) == []
    assert clean(cleaned) == cleaned
    for way_out in (render(html, PICTURES).html, to_editor(html, "/{}.jpg".format)):
        tags = " ".join(re.findall(r"<[^>]*>", re.sub(r'alt="[^"]*"', "", way_out))).lower()
        assert not re.search(
            r"\son\w+\s*=|script|data:|<(iframe|object|embed|svg|math|form|style|template|base|meta|link)", tags
        )


@pytest.mark.parametrize(
    "html", ["<svg><p>x</svg>after", "<math><b>x</math>after", "<script>x</script>after", "<style>x</style>after"]
)
def test_the_words_after_an_attack_stay(html):
    assert clean(html) == "<p>after</p>"
