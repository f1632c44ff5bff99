"""A stored body on the editing screen."""

from blog.content.clean import clean
from blog.content.editor import to_editor


def test_pictures_get_an_address_and_figures_the_editors_class():
    html = to_editor(
        '<figure><img data-image="5" alt="A hat"><figcaption>c</figcaption></figure>', "/media/{}.jpg?a=1&b=2".format
    )
    assert html == (
        '<figure class="image"><img data-image="5" alt="A hat" src="/media/5.jpg?a=1&amp;b=2">'
        "<figcaption>c</figcaption></figure>"
    )


def test_saving_what_was_opened_changes_nothing():
    body = clean(
        '<h2>T</h2><p>a <b>b</b></p><img data-image="5"><table><caption>c</caption><tr><th>1</th></tr></table>'
    )
    assert clean(to_editor(body, "/{}.jpg".format)) == body


def test_the_editors_own_line_breaks_and_tabs_change_nothing():
    body = clean("<ul><li>a<ul><li>b</li></ul></li></ul><table><tr><th>1</th></tr><tr><td>2</td></tr></table><p>x</p>")
    written = (
        body.replace("<li>", "\n\t<li>")
        .replace("<tr>", "\n\t\t<tr>\n\t\t\t")
        .replace("<p>", "\n\n<p>")
        .replace("</p>", "</p>\n")
    )
    assert clean(written) == body
