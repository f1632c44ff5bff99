"""A stored body as a page shows it."""

import re

from blog.content.clean import clean
from blog.content.outline import outline
from blog.content.render import Picture, render

PICTURE = Picture(
    sources=(("image/avif", "/m/5-660.avif 660w, /m/5-1320.avif 1320w"), ("image/webp", "/m/5-660.webp 660w")),
    src="/m/5-660.jpg",
    srcset="/m/5-660.jpg 660w, /m/5-1320.jpg 1320w",
    width=660,
    height=440,
)


def page(html: str, pictures=None) -> str:
    return render(html, {5: PICTURE} if pictures is None else pictures).html


def test_headings_carry_the_ids_of_the_outline():
    rendered = render("<h2>Safety</h2><ul><li><h3>A &amp; B</h3></li></ul>", {})
    assert rendered.outline == outline("<h2>Safety</h2><ul><li><h3>A &amp; B</h3></li></ul>")
    assert '<h2 id="safety-2">Safety</h2>' in rendered.html
    assert '<h3 id="a-b">A &amp; B</h3>' in rendered.html


def test_a_table_scrolls_in_a_box_named_by_its_caption():
    html = page(
        "<table><caption>What to ask</caption>"
        "<thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    )
    assert html == (
        '<div class="table" role="group" tabindex="0" aria-labelledby="table-1">\n<table>\n'
        '<caption id="table-1">What to ask</caption>\n<thead>\n<tr><th scope="col">A</th></tr>\n</thead>\n'
        "<tbody>\n<tr><td>1</td></tr>\n</tbody>\n</table>\n</div>"
    )


def test_a_table_without_a_caption_has_a_name_all_the_same():
    assert page("<table><tr><td>1</td></tr></table>").startswith(
        '<div class="table" role="group" tabindex="0" aria-label="Table">'
    )


def test_a_scope_that_an_editor_chose_stays():
    assert '<th scope="row">' in page('<table><thead><tr><th scope="row">A</th></tr></thead></table>')


def test_captions_and_headings_never_share_an_id():
    html = page("<h2>Table 1</h2>" + "<table><caption>C</caption><tr><td>1</td></tr></table>" * 3)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids)) == 4
    assert re.findall(r'labelledby="([^"]+)"', html) == ids[1:]


def test_a_picture_is_offered_in_every_format():
    assert page('<figure><img data-image="5" alt="A hat"><figcaption>Shade</figcaption></figure>') == (
        '<figure><picture><source type="image/avif" srcset="/m/5-660.avif 660w, /m/5-1320.avif 1320w" '
        'sizes="(min-width:42rem) 660px, 92vw"><source type="image/webp" srcset="/m/5-660.webp 660w" '
        'sizes="(min-width:42rem) 660px, 92vw"><img src="/m/5-660.jpg" srcset="/m/5-660.jpg 660w, /m/5-1320.jpg 1320w" '
        'sizes="(min-width:42rem) 660px, 92vw" width="660" height="440" loading="lazy" decoding="async" alt="A hat">'
        "</picture><figcaption>Shade</figcaption></figure>"
    )


def test_a_picture_without_words_is_said_to_be_decoration():
    assert ' alt="">' in page('<img data-image="5">')


def test_a_figure_whose_picture_is_missing_goes_whole():
    figure = '<figure><img data-image="6" alt="x"><figcaption>gone</figcaption></figure>'
    assert page("<p>a</p>" + figure + '<ul><li><img data-image="6"></li></ul>') == "<p>a</p>"


def test_links_to_other_sites_cannot_reach_back():
    html = page('<p><a href="https://x.example/">a</a> <a href="/blog/">b</a> <a href="tel:911">c</a></p>')
    assert (
        html
        == '<p><a href="https://x.example/" rel="noopener">a</a> <a href="/blog/">b</a> <a href="tel:911">c</a></p>'
    )


def test_lists_and_quotations_are_shown_as_stored():
    html = clean('<ol start="3"><li>a<ul><li>b</li></ul></li></ol><blockquote>c</blockquote>')
    assert page(html) == html


def test_the_sanitiser_is_the_last_step():
    bad = Picture((("text/html", "x"),), "javascript:alert(1)", "/a.jpg", 10, 10)
    html = page('<img data-image="5" alt="a">', {5: bad})
    assert "javascript" not in html and "text/html" not in html
    assert type(html) is str
