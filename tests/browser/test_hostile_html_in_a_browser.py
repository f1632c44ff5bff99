"""What the cleaner lets through, read by the parser that readers have: nothing in it acts, read once or twice."""

from fuzzing import many
from hostile_html import ATTACKS, anything
from hypothesis import given

from blog.content.clean import clean
from blog.content.editor import to_editor
from blog.content.render import Picture, render, render_for_feeds

PICTURES = {number: Picture((("image/avif", "/1.avif 660w"),), "/1.jpg", "/1.jpg 660w", 660, 440) for number in (1, 3)}
# Only look like what they are not: a browser finds nothing in them to run.
ADDRESSES = (
    "<a href='\u2028javascript:alert(1)'>x</a><a href='javascript\u00ad:alert(1)'>x</a>",
    "<a href='//\\x.example/\r\n\r\n<script>alert(1)</script>'>x</a>",
)
# Written out, apart from the product's own table.
ELEMENTS = (
    "p h2 h3 h4 h5 h6 ul ol li strong em sub sup br hr blockquote figure figcaption table caption thead tbody tr th td "
    "aside div span a img picture source wbr abbr"
).split()
# Reads each text as a page does, and again what it wrote down of the first reading, as an editor's paste does.
READ = """([texts, elements]) => texts.map(text => {
    const read = html => new DOMParser().parseFromString(`<!doctype html><body>${html}</body>`, "text/html").body;
    const wrong = [];
    const judge = body => body.querySelectorAll("*").forEach(node => {
        const name = node.localName;
        if (!elements.includes(name) || node.namespaceURI !== "http://www.w3.org/1999/xhtml") wrong.push(name);
        for (const {name: key, value} of node.attributes) {
            if (/^(on|style$|srcdoc$|form|ping$|is$|xlink)/.test(key)) wrong.push(`${name}[${key}]`);
            const scheme = key === "href" ? new URL(value, "https://x/").protocol : "https:";
            if (!["https:", "http:", "mailto:", "tel:"].includes(scheme)) wrong.push(value);
            if (/^(src|srcset)$/.test(key) && !/^(https:..blog.example)?\\/[13]\\./.test(value)) wrong.push(value);
        }
    });
    const first = read(text);
    judge(first);
    const second = read(first.innerHTML);
    judge(second);
    if (first.innerHTML !== second.innerHTML) wrong.push("reads differently the second time");
    return wrong;
})"""


def ways_out(html: str) -> list[str]:
    """Everything that is made of a text that came in: what is stored, shown, fed, and put into the editor."""
    stored = clean(html)
    shown = render(stored, PICTURES, {}, sources={1: 1}).html
    fed = render_for_feeds(stored, PICTURES, "https://blog.example/blog/x/")
    return [stored, shown, fed, to_editor(stored, "/{}.jpg".format), render(html, PICTURES).html]


def test_nothing_that_comes_out_acts_in_a_browser(browser):
    texts = [out for attack in (*ATTACKS, *ADDRESSES) for out in ways_out(attack)]

    @many(300)
    @given(anything)
    def collect(html):
        texts.extend(ways_out(html))

    collect()
    page = browser.new_page()
    found = page.evaluate(READ, [texts, ELEMENTS])
    wrong = [(text[:300], what) for text, what in zip(texts, found, strict=True) if what]
    assert not wrong, wrong[:5]
    # A judge that can find something.
    assert page.evaluate(READ, [["<p onclick=x>x", "<a href=javascript:x>x</a>", "<svg><p>x"], ELEMENTS]) != [
        [],
        [],
        [],
    ]
    page.close()
