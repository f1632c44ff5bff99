"""A safety note comes while its brand is typed, and goes only with a reason."""

import re

from playwright.sync_api import expect


def test_a_named_brand_brings_its_note_and_a_reason_takes_it_away(staff_page):
    page = staff_page
    page.goto("/admin/blog/post/add/")
    lines = page.locator("[data-safety-lines]")
    page.get_by_label("Title", exact=True).fill("A word about fillers")
    expect(lines).to_contain_text("Safety note for Dermal fillers added because the text names “filler”.")
    page.locator(".cke_editable").click()
    page.keyboard.type("Ask about Dysport.")
    expect(lines).to_contain_text("Safety note for Dysport added because the text names it.")

    lines.get_by_role("button", name=re.compile("Read it.*Dysport")).click()
    expect(page.locator("#safety-note")).to_contain_text("The effect can spread")
    page.keyboard.press("Escape")

    lines.get_by_role("button", name=re.compile("Remove….*Dysport")).click()
    sheet = page.get_by_role("dialog", name="Leave this safety note out")
    sheet.get_by_role("button", name="Leave it out").click()
    expect(sheet.get_by_role("alert")).to_contain_text("Say why")
    sheet.get_by_label("Why is it not needed here?").fill("Only in a quotation")
    page.keyboard.press("Enter")
    expect(lines).to_contain_text("Safety note for Dysport left out: “Only in a quotation”.")

    page.locator("summary", has_text="Medicines and sources").click()
    page.get_by_label("A safety note to add").select_option("Microneedling")
    expect(page.locator("[data-notes]")).to_contain_text("Microneedling added by hand")

    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url("**/change/")
    expect(lines).to_contain_text("Safety note for Dysport left out: “Only in a quotation”.")
    lines.get_by_role("button", name=re.compile("Put it back.*Dysport")).click()
    expect(lines).to_contain_text("Safety note for Dysport added because the text names it.")
