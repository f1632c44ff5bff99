"""Writing in a real browser: what staff type, paste and drag is what is stored, and nothing hostile runs on the way."""

import base64
import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow
from playwright.sync_api import expect

CLIPBOARDS = Path(__file__).resolve().parent.parent / "content" / "clipboard"
DATA = "() => CKEDITOR.instances.id_body.getData()"

PASTE = """([html, files]) => {
  const data = new DataTransfer();
  if (html) data.setData('text/html', html);
  for (const [name, type, content] of files) {
    data.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name, {type}));
  }
  const text = CKEDITOR.instances.id_body.editable().$;
  text.focus();
  getSelection().selectAllChildren(text);
  getSelection().collapseToEnd();
  text.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""

DROP = """([selector, name, type, content]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name, {type}));
  const place = document.querySelector(selector);
  const box = place.getBoundingClientRect();
  const at = {dataTransfer: data, bubbles: true, cancelable: true, clientX: box.x + 4, clientY: box.y + box.height / 2};
  for (const kind of ['dragenter', 'dragover', 'drop']) place.dispatchEvent(new DragEvent(kind, at));
}"""

# What a fingertip would miss, of what is in sight.
TOO_SMALL = """(selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility())
  .filter((one) => one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML.slice(0, 120))"""


def photo(color="red"):
    file = BytesIO()
    Pillow.new("RGB", (120, 80), color).save(file, "JPEG")
    return file.getvalue()


def encoded(color):
    return base64.b64encode(photo(color)).decode()


@pytest.fixture(autouse=True)
def no_icon(expected_complaints):
    expected_complaints.append("favicon.ico")


@pytest.fixture
def library(site):
    """One picture in the library; its number."""
    code = """
from io import BytesIO
from PIL import Image as Pillow
from blog.pictures import add_picture
file = BytesIO()
Pillow.linear_gradient("L").resize((400, 300)).convert("RGB").save(file, "JPEG")
print(add_picture(file.getvalue(), alt_text="A lamp on a desk", depicts="nobody")[0].pk)
"""
    return int(site.python(code).strip().splitlines()[-1])


class Writing:
    """The editing screen of one post."""

    def __init__(self, page, site) -> None:
        self.page, self.site = page, site
        page.on("dialog", lambda dialog: dialog.accept())

    def open(self, pk=None):
        self.page.goto(f"/admin/blog/post/{pk}/change/" if pk else "/admin/blog/post/add/")
        self.ready()
        return self

    def ready(self) -> None:
        self.page.wait_for_selector("html[data-editor-ready=yes]")

    @property
    def text(self):
        return self.page.locator(".cke_editable")

    @property
    def html(self) -> str:
        return self.page.evaluate(DATA)

    def press(self, label: str) -> None:
        self.page.locator(f".cke_top a.cke_button[title^='{label}']").click()

    def paste(self, html="", *colors) -> None:
        self.page.evaluate(PASTE, [html, [[f"{color}.jpg", "image/jpeg", encoded(color)] for color in colors]])

    def save(self) -> int:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Save draft").click()
        self.ready()
        return int(self.page.url.rstrip("/").split("/")[-2])

    def stored(self, pk: int) -> dict:
        code = f"""
import json
from blog.models import Post, Revision
post = Post.objects.values("title", "slug", "body", "hero_image", "hero_alt", "hero_caption").get(pk={pk})
print(json.dumps(post | {{"revisions": Revision.objects.filter(post={pk}).count()}}))
"""
        return json.loads(self.site.python(code).strip().splitlines()[-1])


@pytest.fixture
def writing(staff_page, site):
    return Writing(staff_page, site)


def test_an_article_is_written_saved_and_opened_again_without_a_change(writing, library):
    page = writing.open().page
    page.get_by_label("Title", exact=True).fill("A Peel, step by step")
    expect(page.locator("[data-slug-shown]")).to_have_text("a-peel-step-by-step")
    writing.text.click()
    page.keyboard.type("Before")
    page.wait_for_timeout(400)  # the editor notes where the caret stands a moment after the last key
    page.locator(".cke_combo__format .cke_combo_button").click()
    page.frame_locator("iframe.cke_panel_frame").get_by_text("Heading 2").click()
    page.keyboard.press("Enter")
    page.keyboard.type("Plain ")
    page.keyboard.press("Control+b")
    page.keyboard.type("bold")
    page.keyboard.press("Control+b")
    page.keyboard.type(" & ")
    page.keyboard.press("Control+k")
    page.get_by_label("Address", exact=True).last.fill("example.com/care")
    page.get_by_label("Words to show").fill("care <here>")
    page.get_by_role("button", name="Set link").click()
    expect(page.locator("#link-sheet")).to_be_hidden()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    writing.press("Insert/Remove Bulleted List")
    page.keyboard.type("One")
    page.keyboard.press("Enter")
    page.keyboard.type("Two")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    writing.press("Block Quote")
    page.keyboard.type("Said")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    writing.press("Table")
    page.get_by_label("Rows").fill("2")
    page.get_by_role("button", name="Insert table").click()
    for number, cell in enumerate(("Day", "What", "1", "Rest")):
        page.locator(".cke_editable :is(th, td)").nth(number).click()
        page.keyboard.type(cell)
    page.keyboard.press("Control+End")
    writing.press("Photo")
    page.locator("#photo-sheet").get_by_role("radio", name="A lamp on a desk").check()
    expect(page.get_by_label("Describe this photo for someone who cannot see it").last).to_have_value(
        "A lamp on a desk"
    )
    page.locator("#photo-caption").fill("Lit <well>")
    page.get_by_role("button", name="Use photo").click()
    expect(page.locator(".cke_editable figure")).to_have_count(1)

    pk = writing.save()
    body = (
        "<h2>Before</h2>\n"
        '<p>Plain <strong>bold</strong> &amp; <a href="https://example.com/care">care &lt;here&gt;</a></p>\n'
        "<ul>\n<li>One</li>\n<li>Two</li>\n</ul>\n"
        "<blockquote><p>Said</p></blockquote>\n"
        '<table>\n<thead>\n<tr><th scope="col">Day</th><th scope="col">What</th></tr>\n</thead>\n'
        "<tbody>\n<tr><td>1</td><td>Rest</td></tr>\n</tbody>\n</table>\n"
        f'<figure><img data-image="{library}" alt="A lamp on a desk"><figcaption>Lit &lt;well&gt;</figcaption></figure>'
    )
    stored = writing.stored(pk)
    assert stored["body"] == body
    assert (stored["slug"], stored["revisions"]) == ("a-peel-step-by-step", 1)

    # Saved again untouched, and once more with the text as the editor itself would write it.
    writing.save()
    page.evaluate("() => CKEDITOR.instances.id_body.updateElement()")
    writing.save()
    assert writing.stored(pk) == stored


@pytest.mark.parametrize("name", ["apple-pages", "google-docs", "word-mac", "word-windows"])
def test_text_from_a_word_processor_comes_in_as_written(writing, name):
    writing.open().page.get_by_label("Title", exact=True).fill(f"From {name}")
    writing.paste((CLIPBOARDS / f"{name}.html").read_text("utf-8"))
    expect(writing.text.locator("table")).to_have_count(1)
    pk = writing.save()
    assert writing.stored(pk)["body"] == (CLIPBOARDS / f"{name}.expected.html").read_text("utf-8").strip()


HOSTILE = (
    "<p>Words <b onclick='hit()'>stay</b></p><img src=x onerror='hit()'><img src='https://elsewhere.example/x.png'>"
    "<script>hit()</script><svg onload='hit()'><script>hit()</script></svg>"
    "<iframe srcdoc='<script>parent.hit()</script>'></iframe><a href='javascript:hit()'>link</a><p style='background:url(https://elsewhere.example/y)'>End</p>"
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=hit()&gt;'>"
    "<p title='<![CDATA[<img src=1 onerror=hit()>]]>'>x</p><figure class=image><img src=x onerror='hit()'></figure>"
)


def test_a_hostile_paste_stays_inert_and_is_gone_after_saving(writing, expected_complaints):
    page = writing.open().page
    page.evaluate("() => { window.hits = 0; window.hit = () => { window.hits += 1; }; }")
    page.get_by_label("Title", exact=True).fill("Hostile")
    writing.paste(HOSTILE)
    expect(writing.text).to_contain_text("End")
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.hits") == 0
    assert not [
        word for word in ("hit()", "onerror", "<script", "<iframe", "<svg") if word in writing.text.inner_html()
    ]
    expect(writing.text.locator("img")).to_have_count(0)
    body = writing.stored(writing.save())["body"]
    assert "Words <strong>stay</strong>" in body and "End" in body
    assert not [word for word in ("hit", "onerror", "javascript", "script", "<img", "elsewhere") if word in body]


def test_hostile_html_without_the_editor_is_cleaned_and_inert_when_it_comes_back(writing):
    page = writing.open().page
    page.evaluate("() => { window.hits = 0; window.hit = () => { window.hits += 1; }; }")
    # A refused save gives the text back to the editor.
    page.evaluate(
        "(html) => { CKEDITOR.instances.id_body.destroy(); document.getElementById('id_body').value = html; }", HOSTILE
    )
    with page.expect_navigation():
        page.get_by_role("button", name="Save draft").click()
    writing.ready()
    expect(page.locator("#form-note")).to_be_focused()
    expect(writing.text).to_contain_text("End")
    assert "hit()" not in writing.text.inner_html()


def test_a_dragged_photo_is_described_before_it_comes_in(writing):
    page = writing.open().page
    page.get_by_label("Title", exact=True).fill("Dragged")
    writing.text.click()
    page.keyboard.type("Some words")
    page.evaluate(DROP, [".cke_editable p", "IMG_1.jpg", "image/jpeg", encoded("green")])
    sheet = page.locator("#photo-sheet")
    expect(sheet).to_be_visible()
    expect(page.locator("#photo-alt")).to_be_focused()
    page.get_by_role("button", name="Use photo").click()
    expect(sheet.get_by_role("alert")).to_contain_text("Only decoration")
    page.locator("#photo-alt").fill("A green card")
    page.get_by_role("button", name="Use photo").click()
    expect(sheet.get_by_role("alert")).to_have_text("Say who is in it.")
    sheet.get_by_label("Nobody").check()
    page.get_by_role("button", name="Use photo").click()
    expect(sheet).to_be_hidden()
    expect(writing.text.locator("figure img")).to_have_attribute("alt", "A green card")
    assert "blob:" not in writing.html and "base64" not in writing.html
    body = writing.stored(writing.save())["body"]
    assert 'alt="A green card"></figure>' in body and "<p>Some words</p>" in body


def test_pasted_photos_are_asked_about_one_by_one_and_escape_leaves_them_out(writing):
    page = writing.open().page
    page.get_by_label("Title", exact=True).fill("Pasted")
    writing.paste("", "blue", "yellow")
    sheet = page.locator("#photo-sheet")
    page.locator("#photo-decorative").check()
    sheet.get_by_label("Nobody").check()
    page.get_by_role("button", name="Use photo").click()
    expect(writing.text.locator("figure")).to_have_count(1)
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(writing.text).to_be_focused()
    assert writing.stored(writing.save())["body"].count("<figure>") == 1


def test_a_broken_file_is_refused_in_words_and_the_sheet_stays(writing, expected_complaints):
    expected_complaints.append("400")
    page = writing.open().page
    page.get_by_role("button", name="Add main photo").click()
    page.locator("#photo-file").set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.4"})
    page.locator("#photo-alt").fill("A page")
    page.locator("#photo-sheet").get_by_label("Nobody").check()
    page.get_by_role("button", name="Use photo").click()
    expect(page.locator("#photo-sheet").get_by_role("alert")).to_contain_text("PDF document")
    expect(page.locator("#photo-alt")).to_have_value("A page")


def test_the_main_photo_is_picked_changed_and_removed(writing, library):
    page = writing.open().page
    page.get_by_label("Title", exact=True).fill("With a photo")
    page.get_by_role("button", name="Add main photo").click()
    page.get_by_label("Or pick one you already have").fill("nothing like this")
    expect(page.locator("[data-found]")).to_have_text("Nothing found")
    page.get_by_label("Or pick one you already have").fill("lamp")
    page.locator("#photo-sheet .st-tile").first.click()
    page.locator("#photo-caption").fill("By day")
    page.get_by_role("button", name="Use photo").click()
    expect(page.locator("[data-photo-words]")).to_have_text("A lamp on a desk")
    pk = writing.save()
    stored = writing.stored(pk)
    assert (stored["hero_image"], stored["hero_alt"], stored["hero_caption"]) == (library, "A lamp on a desk", "By day")
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("button", name="Add main photo")).to_be_focused()
    writing.save()
    assert writing.stored(pk)["hero_image"] is None


def test_a_photo_in_the_text_is_described_anew(writing, library):
    page = writing.open().page
    page.get_by_label("Title", exact=True).fill("Described")
    writing.press("Photo")
    page.locator("#photo-sheet").get_by_role("radio", name="A lamp on a desk").check()
    page.get_by_role("button", name="Use photo").click()
    writing.text.locator("figure img").dblclick()
    page.locator("#photo-alt").fill("A lamp, lit")
    page.get_by_role("button", name="Use photo").click()
    expect(writing.text.locator("figure img")).to_have_attribute("alt", "A lamp, lit")
    assert 'alt="A lamp, lit"' in writing.stored(writing.save())["body"]


def test_keys_save_and_what_is_not_saved_is_said(writing):
    page = writing.open().page
    status = page.locator("#save-line [role=status]")
    expect(status).to_have_text("Nothing to save yet.")
    page.get_by_label("Title", exact=True).fill("By keys")
    expect(status).to_contain_text("Not saved yet.")
    writing.text.click()
    page.keyboard.type("Words")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    writing.ready()
    expect(status).to_contain_text("Draft saved")
    with page.expect_navigation(url="**/publish/"):
        page.keyboard.press("Control+Enter")


def test_without_scripts_the_text_is_html_and_saving_works(site, new_context, sign_in_as):
    page = new_context(java_script_enabled=False).new_page()
    sign_in_as(page, site.username, site.password)
    page.goto("/admin/blog/post/add/")
    page.get_by_label("Title", exact=True).fill("By hand")
    page.locator("#id_body").fill("<p>Typed as <em>HTML</em></p>")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#save-line")).to_contain_text("Draft saved")
    assert page.locator("#id_body").input_value() == "<p>Typed as <em>HTML</em></p>"


def test_only_the_named_parts_of_the_editor_run(writing):
    from blog.admin.editor import PLUGINS, REMOVED

    page = writing.open().page
    running = set(page.evaluate("() => Object.keys(CKEDITOR.instances.id_body.plugins)"))
    assert set(PLUGINS) <= running and not running & set(REMOVED)
    assert page.evaluate("() => CKEDITOR.instances.id_body.filter.customConfig") is True
    assert page.evaluate("() => CKEDITOR.instances.id_body.filter.disabled") is False
    assert not page.evaluate("() => CKEDITOR.instances.id_body.filter.check('img[onerror]')")


def test_on_a_phone_one_row_of_tools_stands_under_the_save_line(site, new_context, sign_in_as):
    page = new_context(has_touch=True, is_mobile=True).new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in_as(page, site.username, site.password)
    page.goto("/admin/blog/post/add/")
    page.wait_for_selector("html[data-editor-ready=yes]")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    tools = page.locator(".cke_top :is(.cke_button, .cke_combo_button):visible")
    assert tools.count() == 6
    page.locator(".cke_button__more").tap()
    assert tools.count() == 16
    assert page.evaluate(TOO_SMALL, ".cke_top a") == []
    for opener, sheet in (
        (page.get_by_role("button", name="Add main photo"), "#photo-sheet"),
        (page.locator(".cke_button__stafflink"), "#link-sheet"),
        (page.locator(".cke_button__stafftable"), "#table-sheet"),
    ):
        opener.tap()
        expect(page.locator(sheet)).to_be_visible()
        assert page.evaluate(TOO_SMALL, f"{sheet} :is(button, a, label:has(input), summary)") == []
        page.locator(sheet).get_by_role("button", name="Cancel").tap()
        expect(page.locator(sheet)).to_be_hidden()
    assert page.evaluate(TOO_SMALL, "#post_form :is(button, a.st-btn, .st-radio, .st-topics label)") == []
    page.locator(".cke_editable").tap()
    page.keyboard.type("W")
    expect(tools).to_have_count(6)


def test_signed_out_while_typing_the_words_stay_until_they_can_be_saved(
    writing, site, sign_in_as, library, expected_complaints
):
    expected_complaints.append("403")  # the answer to words that came without a token
    page = writing.open().page
    page.get_by_label("Title", exact=True).fill("Typed for hours")
    writing.text.click()
    page.keyboard.type("Many words")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save draft").click()
    note = page.locator("#signed-out")
    expect(note).to_contain_text("You were signed out. Your text is safe in this browser")
    expect(writing.text).to_contain_text("Many words")
    with page.context.expect_page() as opened:
        note.get_by_role("link", name="Log in").click()
    opened.value.wait_for_url("**/login/**")
    sign_in_as(opened.value, site.username, site.password)

    # The photo sheet takes the new token, too.
    page.bring_to_front()
    expect(note).to_be_hidden()
    page.get_by_role("button", name="Add main photo").click()
    file = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": photo("purple")}
    page.locator("#photo-file").set_input_files(file)
    page.locator("#photo-alt").fill("A purple card")
    page.locator("#photo-sheet").get_by_label("Nobody").check()
    page.get_by_role("button", name="Use photo").click()
    expect(page.locator("[data-photo-words]")).to_have_text("A purple card")

    stored = writing.stored(writing.save())
    assert (stored["body"], stored["hero_alt"]) == ("<p>Many words</p>", "A purple card")


def test_without_an_answer_of_the_server_the_words_stay(writing, expected_complaints):
    expected_complaints.append("ERR_FAILED")
    page = writing.open().page
    page.get_by_label("Title", exact=True).fill("Offline")
    page.route("**/signed-in/**", lambda route: route.abort())
    page.keyboard.press("Control+s")
    expect(page.locator("[data-stays]")).to_have_text("The server did not answer. Your text stands here; try again.")
    page.unroute("**/signed-in/**")
    assert writing.stored(writing.save())["title"] == "Offline"


def test_a_refused_save_is_not_called_saved_and_typing_says_so_again(writing):
    page = writing.open().page
    with page.expect_navigation():
        page.get_by_role("button", name="Save draft").click()
    writing.ready()
    status = page.locator("#save-line [role=status]")
    expect(status).to_have_text("Not saved yet.")
    page.get_by_label("Title", exact=True).press("x")
    expect(status).to_have_text("Not saved yet.")


def test_publish_without_a_title_says_what_is_missing(writing):
    page = writing.open().page
    expect(page.get_by_label("Title", exact=True)).to_be_focused()
    page.locator("#id_subtitle").evaluate("field => { field.closest('details').open = true; field.focus(); }")
    page.get_by_role("button", name="Publish…").click(force=True)
    expect(page.locator("#save-line [role=status]")).to_have_text("Write a title first.")
    expect(page.get_by_label("Title", exact=True)).to_be_focused()


def test_tab_walks_the_cells_of_a_table_and_adds_a_row(writing):
    page = writing.open().page
    page.get_by_label("Title", exact=True).fill("Table")
    writing.text.click()
    writing.press("Table")
    page.get_by_label("Rows").fill("2")
    page.get_by_role("button", name="Insert table").click()
    page.locator(".cke_editable th").first.click()
    for number, words in enumerate("abcde"):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.type(words)
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("D")
    cells = page.locator(".cke_editable :is(th, td)")
    assert [text.strip() for text in cells.all_inner_texts()] == ["a", "b", "c", "D", "e", ""]
    # Elsewhere Tab leaves the text.
    page.keyboard.press("Control+End")
    page.keyboard.press("Tab")
    expect(writing.text).not_to_be_focused()


@pytest.mark.parametrize(("steps", "first"), [(2, "p"), (6, "figure")])
def test_a_photo_stands_beside_the_words_it_is_put_into(writing, library, steps, first):
    page = writing.open().page
    page.get_by_label("Title", exact=True).fill("Whole words")
    writing.text.click()
    page.keyboard.type("Wordsmith")
    for _ in range(steps):
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(400)
    writing.press("Photo")
    page.locator("#photo-sheet").get_by_role("radio", name="A lamp on a desk").check()
    page.get_by_role("button", name="Use photo").click()
    expect(writing.text.locator("figure")).to_have_count(1)
    words, figure = "<p>Wordsmith</p>", f'<figure><img data-image="{library}" alt="A lamp on a desk"></figure>'
    body = writing.stored(writing.save())["body"]
    assert body == "\n".join([words, figure] if first == "p" else [figure, words])


def test_arrow_keys_walk_the_whole_toolbar(writing):
    page = writing.open().page
    writing.text.click()
    page.keyboard.press("Alt+F10")
    seen = []
    for _ in range(15):
        seen.append(page.evaluate("() => document.activeElement.title.split(' (')[0]"))
        page.keyboard.press("ArrowRight")
    assert (seen[0], *seen[5:7], seen[-1]) == ("Paragraph or heading", "Warning boxes", "Italic", "Remove Format")
    page.keyboard.press("Escape")
    expect(writing.text).to_be_focused()


def test_an_empty_article_says_where_to_write(writing):
    page = writing.open().page
    expect(writing.text).to_have_attribute("data-hint", "Write here")
    writing.text.click()
    page.keyboard.type("W")
    expect(writing.text).not_to_have_attribute("data-hint", "Write here")


def test_a_link_to_a_folded_field_opens_it(writing):
    page = writing.open().page
    page.get_by_label("Title", exact=True).fill("Linked")
    pk = writing.save()
    page.goto("/admin/")
    page.goto(f"/admin/blog/post/{pk}/change/#id_seo_title")
    expect(page.locator("#id_seo_title")).to_be_focused()
    page.goto("/admin/")
    page.goto(f"/admin/blog/post/{pk}/change/#id_author")
    expect(page.locator("#id_author")).to_be_focused()


def test_words_that_the_browser_put_back_are_called_unsaved(writing):
    page = writing.open().page
    expect(page.locator("[data-saved]")).to_have_text("Nothing to save yet.")
    page.evaluate("""() => {
        document.getElementById('id_title').value = 'Put back';
        window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}));
    }""")
    expect(page.locator("[data-saved]")).to_have_text("Not saved yet.")
