"""What a body looks like after the way in."""

import pytest

from blog.content.clean import MAX_LENGTH, BodyTooLong, clean


@pytest.mark.parametrize(
    ("html", "stored"),
    [
        ("<p>a <b>bold</b> and <i>slanted</i> word</p>", "<p>a <strong>bold</strong> and <em>slanted</em> word</p>"),
        ("<h1>One</h1><h5>Five</h5><h6>Six</h6>", "<h2>One</h2>\n<h4>Five</h4>\n<h4>Six</h4>"),
        ("<div>words</div>", "<p>words</p>"),
        ("<div><h2>T</h2><div>words</div></div>", "<h2>T</h2>\n<p>words</p>"),
    ],
)
def test_old_names_become_those_we_use(html, stored):
    assert clean(html) == stored


@pytest.mark.parametrize(
    ("html", "stored"),
    [
        ('<p>a <span style="color:red">b</span> c</p>', "<p>a b c</p>"),
        ('<p>a <span style="font-weight:bold">b</span></p>', "<p>a <strong>b</strong></p>"),
        ('<p>a <span style="FONT-WEIGHT: 700 !important">b</span></p>', "<p>a <strong>b</strong></p>"),
        ('<p>a <span style="font-weight:600">b</span></p>', "<p>a <strong>b</strong></p>"),
        ('<p>a <span style="font-weight:500">b</span></p>', "<p>a b</p>"),
        ('<p>a <span style="font-style:italic">b</span></p>', "<p>a <em>b</em></p>"),
        ('<p>10<span style="vertical-align:super">2</span></p>', "<p>10<sup>2</sup></p>"),
        ('<b style="font-weight:normal" id="docs-internal-guid-1"><p>a</p><p>b</p></b>', "<p>a</p>\n<p>b</p>"),
        ('<p><b>a <span style="font-weight:normal">b</span></b></p>', "<p><strong>a</strong> b</p>"),
        ("<b><p>a</p><p>b</p></b>", "<p><strong>a</strong></p>\n<p><strong>b</strong></p>"),
    ],
)
def test_what_looks_bold_is_strong_and_what_looks_plain_is_plain(html, stored):
    assert clean(html) == stored


@pytest.mark.parametrize(
    ("html", "stored"),
    [
        ("<p><strong>a <strong>b</strong></strong></p>", "<p><strong>a b</strong></p>"),
        ("<p><b>a</b><b> b</b></p>", "<p><strong>a b</strong></p>"),
        ("<p><b>Lead. </b>Text</p>", "<p><strong>Lead.</strong> Text</p>"),
        ("<p>a<b> </b>b<i></i></p>", "<p>a b</p>"),
        ("<p><b>Lead</b>ing edge <i>x</i></p>", "<p><strong>Lead</strong>ing edge <em>x</em></p>"),
        ("<h2><b>All bold</b></h2>", "<h2>All bold</h2>"),
        ("<h2>Half <b>bold</b></h2>", "<h2>Half <strong>bold</strong></h2>"),
    ],
)
def test_marks_that_say_nothing_are_gone(html, stored):
    assert clean(html) == stored


@pytest.mark.parametrize(
    ("html", "stored"),
    [
        ("<p>a&nbsp;b&nbsp;&nbsp; &#160;c</p>", "<p>a b c</p>"),
        ("<p>&nbsp;</p><p>a</p><h2> </h2><p><br></p>", "<p>a</p>"),
        ("<p>a<br></p><p>b<br>&nbsp;<br/></p>", "<p>a</p>\n<p>b</p>"),
        ("<p>a <br> b</p>", "<p>a<br>b</p>"),
        ("<ul><li>a</li><li>&nbsp;</li><li><p></p></li></ul>", "<ul>\n<li>a</li>\n</ul>"),
        ("<ul><li> </li></ul><blockquote> </blockquote>", ""),
        ("  \n ", ""),
    ],
)
def test_empty_parts_and_extra_spaces_are_gone(html, stored):
    assert clean(html) == stored


@pytest.mark.parametrize(
    ("html", "stored"),
    [
        ("just words", "<p>just words</p>"),
        ("a <i>b</i> c<h2>T</h2>d<p>e</p>f", "<p>a <em>b</em> c</p>\n<h2>T</h2>\n<p>d</p>\n<p>e</p>\n<p>f</p>"),
        ("<pre>a</pre>b<dl><dt>c</dt><dd>d</dd></dl>", "<p>a</p>\n<p>b</p>\n<p>c</p>\n<p>d</p>"),
        ("<blockquote>said</blockquote>", "<blockquote><p>said</p></blockquote>"),
        ("a</div>b</body></html>c<p>d", "<p>abc</p>\n<p>d</p>"),
    ],
)
def test_stray_text_gets_its_paragraph(html, stored):
    assert clean(html) == stored


@pytest.mark.parametrize(
    ("html", "stored"),
    [
        ("<ul><li><p>a</p></li></ul>", "<ul>\n<li>a</li>\n</ul>"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "<ul>\n<li><p>a</p>\n<p>b</p></li>\n</ul>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul></li>\n</ul>"),
        ("<ul><li>a</li><li><ul><li>b</li></ul></li></ul>", "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul></li>\n</ul>"),
        ("<ul><ul><li>b</li></ul></ul>", "<ul>\n<li>b</li>\n</ul>"),
        ("<li>a<li>b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("<ul>loose<li>a</li></ul>", "<ul>\n<li>loose</li>\n<li>a</li>\n</ul>"),
        ('<ol start="3"><li>c</li></ol>', '<ol start="3">\n<li>c</li>\n</ol>'),
        ('<ol start="1"><li>a</li></ol>', "<ol>\n<li>a</li>\n</ol>"),
        ('<ol start="x" type="a"><li>a</li></ol>', "<ol>\n<li>a</li>\n</ol>"),
    ],
)
def test_lists_nest_as_lists_should(html, stored):
    assert clean(html) == stored


@pytest.mark.parametrize(
    ("html", "stored"),
    [
        (
            "<table><tr><th>A</th></tr><tr><td><p>1</p></td></tr></table>",
            "<table>\n<thead>\n<tr><th>A</th></tr>\n</thead>\n<tbody>\n<tr><td>1</td></tr>\n</tbody>\n</table>",
        ),
        (
            "<table><tr><td><b>A</b></td></tr><tr><td>1</td></tr></table>",
            "<table>\n<thead>\n<tr><th>A</th></tr>\n</thead>\n<tbody>\n<tr><td>1</td></tr>\n</tbody>\n</table>",
        ),
        (
            '<table><caption><p>C</p></caption><tr><th scope=row>a</th><td colspan="2" rowspan="x">1</td></tr>',
            "<table>\n<caption>C</caption>\n<tbody>\n"
            '<tr><th scope="row">a</th><td colspan="2">1</td></tr>\n</tbody>\n</table>',
        ),
        (
            "<table><tr><td>a<p>b</p></td><td></td></tr></table>",
            "<table>\n<tbody>\n<tr><td><p>a</p>\n<p>b</p></td><td></td></tr>\n</tbody>\n</table>",
        ),
        (
            "<table><tr><td>x<table><tr><td>y</td></tr></table></td></tr></table>",
            "<table>\n<tbody>\n<tr><td><p>x</p>\n<p>y</p></td></tr>\n</tbody>\n</table>",
        ),
        ("<table><tr></tr></table>", ""),
    ],
)
def test_tables_get_their_header_and_lose_layout(html, stored):
    assert clean(html) == stored


@pytest.mark.parametrize(
    ("html", "stored"),
    [
        ('<p><img data-image="5" alt="a"></p>', '<figure><img data-image="5" alt="a"></figure>'),
        ('<p>x<img data-image="5">y</p>', '<p>x</p>\n<figure><img data-image="5"></figure>\n<p>y</p>'),
        (
            '<figure class="image"><img data-image="5" src="/x"><figcaption>c <i>d</i></figcaption></figure>',
            '<figure><img data-image="5"><figcaption>c <em>d</em></figcaption></figure>',
        ),
        ('<p>a<img src="https://elsewhere.example/x.jpg">b</p>', "<p>ab</p>"),
        ('<figure><img src="https://elsewhere.example/x.jpg"><figcaption>c</figcaption></figure>', "<p>c</p>"),
        *[
            (f'<img data-image="{wrong}" alt="a">', "")
            for wrong in ("0", "-1", "1.5", "x", "", "١", "5 onerror=x", "9" * 30)
        ],
    ],
)
def test_a_picture_stands_in_a_figure_and_belongs_to_the_library(html, stored):
    assert clean(html) == stored


def test_a_picture_of_our_own_is_known_by_its_address():
    known = {"/media/a.jpg": 7}
    assert (
        clean('<p><img src="/media/a.jpg" alt="a"></p>', known.get) == '<figure><img data-image="7" alt="a"></figure>'
    )
    assert clean('<p>x<img src="/media/b.jpg"></p>', known.get) == "<p>x</p>"
    assert clean('<p><img src="/media/a.jpg" data-image="5"></p>', known.get) == '<figure><img data-image="5"></figure>'
    assert clean('<img src="/x">', lambda src: -1) == ""


@pytest.mark.parametrize(
    ("href", "stored"),
    [
        ("  https://x.example/?a=1&amp;b=2\n", "https://x.example/?a=1&amp;b=2"),
        ("mailto:a@x.example", "mailto:a@x.example"),
        ("tel:+19075550142", "tel:+19075550142"),
        ("/blog/a/", "/blog/a/"),
        ("#safety", "#safety"),
    ],
)
def test_a_link_keeps_its_address_and_nothing_else(href, stored):
    assert clean(f'<p><a href="{href}" target=_blank class=x title=y>a</a></p>') == f'<p><a href="{stored}">a</a></p>'


@pytest.mark.parametrize("href", ["", " ", "javascript:alert(1)", "file:///C:/x.doc", "ftp://x", "data:text/html,x"])
def test_a_link_without_an_address_that_may_be_is_plain_text(href):
    assert clean(f'<p><a href="{href}">a</a> b</p>') == "<p>a b</p>"


def test_control_characters_halves_of_pairs_and_zero_width_spaces_are_removed():
    assert (
        clean("<p>a\x00b\x07c\ud800d\u200be\ufefff\x9fg&#7;&#xD800;&#8203;&#xFEFF;h</p>").replace("\ufffd", "")
        == "<p>abcdefgh</p>"
    )


def test_soft_hyphens_smart_quotes_and_emoji_stay():
    text = "<p>ona\u00adbotulinum “quoted” don’t – 👩\u200d⚕️ é</p>"
    assert clean(text) == text


def test_text_that_looks_like_markup_stays_text():
    assert clean("<p>1 &lt; 2 &amp;amp; &lt;b&gt;</p>") == "<p>1 &lt; 2 &amp;amp; &lt;b&gt;</p>"


def test_no_class_style_or_id_survives():
    assert clean('<h2 id=a class=b style="color:red">T</h2><p class=c data-x=1>p</p>') == "<h2>T</h2>\n<p>p</p>"


def test_what_is_hidden_or_deleted_under_change_tracking_does_not_come_back():
    assert clean('<p>a<del>old</del><ins>new</ins><span style="display: none">x</span></p>') == "<p>anew</p>"


def word_item(level: int, marker: str, text: str, name: str = "l0 level{} lfo1") -> str:
    return (
        f"<p class=MsoListParagraph style='mso-list:{name.format(level)}'><!--[if !supportLists]--><span>"
        f"<span style='mso-list:Ignore'>{marker}<span>&nbsp; </span></span></span><!--[endif]-->{text}</p>"
    )


def test_words_list_paragraphs_become_lists_that_nest():
    html = word_item(1, "·", "a") + word_item(2, "1.", "b") + word_item(2, "2.", "c") + word_item(1, "·", "d")
    assert clean(html) == "<ul>\n<li>a\n<ol>\n<li>b</li>\n<li>c</li>\n</ol></li>\n<li>d</li>\n</ul>"


def test_words_numbering_goes_on_where_a_paragraph_stands_between():
    html = word_item(1, "1.", "a") + "<p>between</p>" + word_item(1, "2.", "b")
    assert clean(html) == '<ol>\n<li>a</li>\n</ol>\n<p>between</p>\n<ol start="2">\n<li>b</li>\n</ol>'


def test_two_of_words_lists_in_a_row_stay_two():
    html = (
        word_item(1, "1.", "a") + word_item(1, "1.", "b", "l1 level{} lfo2") + word_item(1, "o", "c", "l2 level{} lfo3")
    )
    assert clean(html) == "<ol>\n<li>a</li>\n</ol>\n<ol>\n<li>b</li>\n</ol>\n<ul>\n<li>c</li>\n</ul>"


def test_words_bullet_is_known_by_its_comments_alone():
    html = "<p style='mso-list:l0 level1 lfo1'><![if !supportLists]><span>a)&nbsp;</span><![endif]>text</p>"
    assert clean(html) == "<ol>\n<li>text</li>\n</ol>"


def test_words_bullet_is_known_by_its_span_alone():
    html = "<p style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>4.&nbsp;</span>text</p>"
    assert clean(html) == '<ol start="4">\n<li>text</li>\n</ol>'


def test_a_comment_that_never_ends_takes_no_words_with_it():
    assert clean("<p>a<!--[if !supportLists]-->b</p><p>c</p>") == "<p>ab</p>\n<p>c</p>"


def test_too_long_a_body_is_refused_with_a_sentence_for_staff():
    with pytest.raises(BodyTooLong, match=r"300,001 characters.*picture library.*several posts"):
        clean("x" * (MAX_LENGTH + 1))
    assert len(clean("x" * (MAX_LENGTH - 7))) == MAX_LENGTH


def test_a_body_that_only_becomes_too_long_is_refused_too():
    with pytest.raises(BodyTooLong):
        clean("&" * (MAX_LENGTH // 2))
