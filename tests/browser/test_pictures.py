"""Pictures and videos in a real browser: many files at once, the point that stays, and links in place of videos."""

import json
from io import BytesIO

import pytest
from PIL import Image as Pillow
from playwright.sync_api import expect

DATA = "() => CKEDITOR.instances.id_body.getData()"
PASTE = """([plain, html]) => {
  const data = new DataTransfer();
  if (html) data.setData('text/html', html);
  if (plain) data.setData('text/plain', plain);
  const text = CKEDITOR.instances.id_body.editable().$;
  text.focus();
  getSelection().selectAllChildren(text);
  getSelection().collapseToEnd();
  text.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def photo(color, width=120):
    file = BytesIO()
    Pillow.new("RGB", (width, 80), color).save(file, "JPEG")
    return file.getvalue()


def file_of(name, data):
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


@pytest.fixture(autouse=True)
def no_icon(expected_complaints):
    expected_complaints.append("favicon.ico")


def asked(site, code):
    return json.loads(
        site.python(f"import json\nfrom blog.models import Image\nprint(json.dumps({code}))").splitlines()[-1]
    )


def test_several_files_come_in_one_after_the_other_and_are_described_in_a_queue(staff_page, site, expected_complaints):
    expected_complaints.append("400 (Bad Request)")
    page = staff_page
    page.goto("/admin/blog/image/add/")
    files = [file_of("one.jpg", photo("red")), file_of("letter.jpg", b"%PDF-1.4"), file_of("two.jpg", photo("blue"))]
    # The same picture once more is none that needs words of its own.
    page.locator("#many-files").set_input_files([*files, file_of("one again.jpg", photo("red"))])
    expect(page.locator("[data-sum]")).to_have_text(
        "3 of 4 in the library, 1 had been there already, 1 did not come in."
    )
    rows = page.locator("[data-files] li")
    expect(rows.nth(0)).to_contain_text("In the library")
    expect(rows.nth(1)).to_contain_text("PDF document")
    assert rows.nth(2).locator("progress").evaluate("bar => bar.value") == 1
    with page.expect_response(lambda answer: answer.url.endswith("/upload/") and answer.status == 400):
        page.get_by_role("button", name="Try again: letter.jpg").click()
    expect(page.locator("[data-sum]")).to_have_text(
        "3 of 4 in the library, 1 had been there already, 1 did not come in."
    )
    assert asked(site, "sorted(Image.objects.values_list('alt_text', 'depicts'))") == [["", ""], ["", ""]]
    # What nobody described stands first in the queue, and leaves it once it is said.
    page.get_by_role("link", name="Describe them: 2 need a description").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 of 2 need a description")
    page.get_by_label("Describe this photo").fill("A red card")
    page.get_by_label("Nobody").check()
    page.get_by_role("button", name="Save, then the next one").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 of 2 needs a description")
    page.get_by_label("Only decoration").check()
    page.get_by_label("A model").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Every picture has a description.")).to_be_visible()
    said = asked(site, "sorted(Image.objects.values_list('alt_text', 'is_decorative', 'depicts'))")
    assert said == [["", True, "model"], ["A red card", False, "nobody"]]


def test_the_point_that_stays_is_moved_by_keys_and_numbers(staff_page, site):
    page = staff_page
    page.goto("/admin/blog/image/add/")
    page.get_by_label("Picture file").set_input_files(file_of("green.jpg", photo("green", 300)))
    page.get_by_label("Describe this photo").fill("A green card")
    page.get_by_label("Nobody").check()
    page.get_by_role("button", name="Add to the library").click()
    box = page.get_by_role("group", name="Point that stays")
    box.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_accessible_name("Point that stays: 61% from the left, 49% from the top. Arrow keys move it.")
    assert page.locator(".st-crops img").first.evaluate("image => image.style.objectPosition") == "61% 49%"
    page.get_by_label("From the top in percent").fill("20")
    expect(box).to_have_accessible_name("Point that stays: 61% from the left, 20% from the top. Arrow keys move it.")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("“A green card”: saved.")).to_be_visible()
    assert asked(site, "list(Image.objects.values_list('focal_x', 'focal_y').get(alt_text='A green card'))") == [
        0.61,
        0.2,
    ]


def test_on_a_phone_a_chosen_photo_leads_to_its_form_and_focus_comes_back(site, new_context, sign_in_as):
    page = new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    sign_in_as(page, site.username, site.password)
    site.python(
        "from blog.pictures import add_picture\nfrom io import BytesIO\nfrom PIL import Image as P\nf = BytesIO()\n"
        "P.new('RGB', (300, 200), 'teal').save(f, 'JPEG')\n"
        "add_picture(f.getvalue(), alt_text='A teal card', depicts='nobody')"
    )
    page.goto("/admin/blog/post/add/")
    page.wait_for_selector("html[data-editor-ready=yes]")
    page.get_by_role("button", name="Add main photo").click()
    page.locator("#photo-sheet .st-tile", has=page.get_by_role("img", name="A teal card")).tap()
    expect(page.locator("#photo-sheet [data-tiles]")).to_be_hidden()
    expect(page.locator("#photo-alt")).to_be_in_viewport()
    expect(page.locator("#photo-alt")).to_have_value("A teal card")
    page.locator("#photo-sheet summary").click()
    page.locator("#photo-sheet [data-focal]").focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.get_by_role("button", name="Use photo").click()
    expect(page.get_by_role("button", name="Change photo…")).to_be_focused()
    assert asked(site, "Image.objects.get(alt_text='A teal card').focal_x") == 0.4


def test_a_pasted_or_typed_video_becomes_a_link_and_says_why(staff_page):
    page = staff_page
    page.goto("/admin/blog/post/add/")
    page.wait_for_selector("html[data-editor-ready=yes]")
    why = page.locator(".cke_notification", has_text="would tell YouTube about your patients. The link stands there")
    page.evaluate(PASTE, ["https://youtu.be/dQw4w9WgXcQ", ""])
    expect(why).to_have_count(1)
    page.evaluate(PASTE, ['<iframe src="https://player.vimeo.com/video/123456789" title="A peel"></iframe>', ""])
    html = page.evaluate(DATA)
    assert '<a href="https://youtu.be/dQw4w9WgXcQ">Video on YouTube</a>' in html and "<iframe" not in html
    assert '<a href="https://player.vimeo.com/video/123456789">A peel</a>' in html
    page.locator(".cke_editable").press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("https://vimeo.com/987654321")
    page.keyboard.press("Enter")
    page.keyboard.type("After it")
    assert '<a href="https://vimeo.com/987654321">Video on Vimeo</a></p>' in page.evaluate(DATA)
    assert "<p>After it</p>" in page.evaluate(DATA)
    # A note about pictures that were left out of a paste comes once.
    picture = "<p>a</p><p><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>b</p>"
    page.evaluate(PASTE, ["", picture])
    left = page.locator(".cke_notification", has_text="left out")
    expect(left).to_have_count(1)
    page.evaluate(PASTE, ["", f"<html><body><!--StartFragment-->{picture}{picture}<!--EndFragment--></body></html>"])
    expect(left).to_have_count(1)


def test_a_patients_picture_gets_the_next_consent_number_in_the_sheet(staff_page, site, expected_complaints):
    expected_complaints.append("status of 400")  # the first try is refused with a sentence
    page = staff_page
    page.goto("/admin/blog/post/add/")
    page.get_by_role("button", name="Add main photo").click()
    sheet = page.locator("#photo-sheet")
    sheet.locator("#photo-file").set_input_files(file_of("a.jpg", photo("maroon", 400)))
    sheet.locator("#photo-alt").fill("A forehead")
    number = sheet.get_by_label("Number on the signed form")
    expect(sheet.get_by_label("Consent number")).to_be_hidden()
    sheet.get_by_label("A patient").check()
    expect(number).to_be_hidden()
    sheet.get_by_role("button", name="Use photo").click()
    expect(sheet.get_by_role("alert")).to_have_text(
        "Choose the consent by its number, or write it down here. Never a name."
    )
    expect(sheet.get_by_label("Consent number")).to_be_focused()
    sheet.get_by_label("Consent number").select_option("new")
    proposed = number.input_value()
    assert proposed.endswith("-001")
    sheet.get_by_label("Signed on").fill("2026-01-05")
    sheet.get_by_role("button", name="Use photo").click()
    expect(sheet).to_be_hidden()
    shown = page.locator("[data-photo-file]")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    page.get_by_role("button", name="Change photo").click()
    sheet.get_by_role("button", name="Take another photo").or_(sheet.locator("#photo-search")).first.wait_for()
    sheet.locator("#photo-file").set_input_files(file_of("b.jpg", photo("olive", 400)))
    sheet.get_by_label("A patient").check()
    expect(sheet.get_by_label("Consent number").locator("option", has_text=proposed)).to_have_count(1)
    found = asked(site, "[[one.depicts, one.consent.reference] for one in Image.objects.exclude(consent=None)]")
    assert found == [["patient", proposed]]
