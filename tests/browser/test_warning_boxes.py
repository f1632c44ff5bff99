"""A box from the toolbar to the page that patients read."""

import re

from playwright.sync_api import expect

DATA = "() => CKEDITOR.instances.id_body.getData()"


def choose(page, name: str) -> None:
    page.wait_for_timeout(400)  # the editor notes where the caret stands a moment after the last key
    page.locator(".cke_combo__staffboxes .cke_combo_button").click()
    page.frame_locator(".cke_combopanel__staffboxes iframe").get_by_role("option", name=name).click()


def written(page) -> str:
    return re.sub(r"\s", "", page.evaluate(DATA).replace("\xa0", ""))


def test_a_care_card_is_put_in_filled_left_taken_back_and_read_by_patients(staff_page, site):
    site.python("from blog.models import Practice\np = Practice.objects.get()\np.phone = '(907) 555-0142'\np.save()")
    page = staff_page
    page.goto("/admin/blog/post/add/")
    page.wait_for_selector("html[data-editor-ready=yes]")
    page.locator("#id_title").fill("After a peel")
    text = page.locator(".cke_editable")
    text.click()
    page.keyboard.type("Rest for a day.")

    # What to write stands there, and is no text.
    choose(page, "Urgent: call us the same day")
    box = text.get_by_role("note", name="Urgent: call us the same day")
    expect(box).to_have_text("")
    assert written(page) == '<p>Restforaday.</p><asidedata-box="urgent"><p></p></aside><p></p>'
    page.keyboard.type("Call us if")
    page.keyboard.press("Enter")
    page.locator(".cke_top a.cke_button[title^='Insert/Remove Bulleted List']").click()
    page.keyboard.type("it hurts")

    # Enter in an empty line ends the list, and then the box.
    for _ in range(3):
        page.keyboard.press("Enter")
    page.keyboard.type("Sleep well.")
    card = '<asidedata-box="urgent"><p>Callusif</p><ul><li>ithurts</li></ul></aside>'
    assert written(page) == f"<p>Restforaday.</p>{card}<p>Sleepwell.</p>"

    # Backspace before its first word takes that line out; undoing puts it back. Another kind, and undone.
    box.locator("p").click()
    page.keyboard.press("Home")
    page.keyboard.press("Backspace")
    assert written(page).startswith('<p>Restforaday.</p><p>Callusif</p><asidedata-box="urgent"><ul>')
    page.keyboard.press("Control+z")
    assert card in written(page)
    choose(page, "Emergency: call 911")
    expect(text.get_by_role("note", name="Emergency: call 911")).to_be_visible()
    choose(page, "No box, keep the words")
    assert "aside" not in written(page) and "<p>Callusif</p><ul>" in written(page)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert written(page) == f"<p>Restforaday.</p>{card}<p>Sleepwell.</p>"

    # Around what is selected; an empty box at the end reaches nobody.
    text.get_by_text("Sleep well.").click(click_count=3)
    choose(page, "Note")
    page.keyboard.press("Control+End")
    choose(page, "What patients ask")
    with page.expect_navigation():
        page.get_by_role("button", name="Save draft").click()
    page.wait_for_selector("html[data-editor-ready=yes]")
    expect(text.get_by_role("note")).to_have_count(3)

    frame = page.url.replace("/change/", "/preview/")
    page.goto(frame)
    shown = page.locator(".prose")
    expect(shown.locator(".care--urgent h2")).to_have_text("Urgent: Call us if")
    expect(shown.locator(".care--urgent .call a")).to_have_attribute("href", "tel:+19075550142")
    expect(shown.locator(".callout--note")).to_have_text("Note: Sleep well.")
    expect(shown.locator("> div")).to_have_count(2)
