"""A source from the sheet to the reader's page: added, cited, counted anew, saved, published."""

import pytest
from playwright.sync_api import expect

DATA = "() => CKEDITOR.instances.id_body.getData()"
KEYS = "() => document.querySelector('input[name=sources]').value"


@pytest.fixture(autouse=True)
def no_icon(expected_complaints):
    expected_complaints += ["favicon.ico", "400 (Bad Request)"]


def test_a_source_is_added_cited_counted_and_shown(staff_page, site):
    page = staff_page
    code = """
from blog.models import Author, Source
Author.objects.create(name="Ada Ray", slug="ada-ray")
source = Source.objects.create(title="Light and hair", publisher="Journal", url="https://journal.example/light")
print(source.pk, Author.objects.get().pk)
"""
    known, author = site.python(code).split()
    page.goto("/admin/blog/post/add/")
    page.wait_for_selector("html[data-editor-ready]")
    page.locator("#id_title").fill("How light works")
    page.locator("#id_author").select_option(author)
    page.locator(".cke_editable").click()
    page.keyboard.type("Light heats the root")
    # The editor notes where the caret is some moments after the last key; nobody reaches for the mouse sooner.
    expect(page.locator("[data-saved]")).to_contain_text("Draft saved", timeout=15_000)

    # Pasting the link of one that is there offers it; picked, it stands in the text and the words go on behind it.
    page.get_by_role("button", name="Cite a source…").click()
    sheet = page.get_by_role("dialog", name="Cite a source")
    sheet.get_by_label("Link").fill("http://www.journal.example/light/?utm_source=mail")
    expect(sheet.get_by_role("status")).to_have_text("You have this one already.")
    sheet.get_by_role("button", name="Light and hair").click()
    expect(page.locator(".cke_editable a[data-source]")).to_have_text("1")
    # CKEditor settles the caret once more when it has the focus again; no hand is back at the keys sooner.
    page.wait_for_timeout(700)
    page.keyboard.type(", slowly")
    assert page.evaluate(DATA) == (f'<p>Light heats the root<a data-source="{known}" href="#sources">•</a>, slowly</p>')

    # A new one of the list, by keyboard; moved up, the text counts anew.
    page.locator("summary", has_text="Medicines and sources").click()
    page.get_by_role("button", name="Add a source…").focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="Add a source")
    sheet.get_by_label("Link").fill("fda.example/label")
    page.keyboard.press("Enter")
    expect(sheet.get_by_role("alert")).to_contain_text("Write the title")
    sheet.get_by_label("Title").fill("The label")
    page.keyboard.press("Enter")
    expect(page.locator("[data-sources] ol > li")).to_have_count(2)
    page.get_by_role("button", name="Move up: The label").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cke_editable a[data-source]")).to_have_text("2")

    with page.expect_navigation(url="**/change/"):
        page.locator("[data-save]").click()
    page.wait_for_selector("html[data-editor-ready]")
    expect(page.locator(".cke_editable a[data-source]")).to_have_text("2")
    assert not page.evaluate("CKEDITOR.instances.id_body.checkDirty()"), "counting is no change of the text"
    keys = page.evaluate(KEYS)
    assert keys.split()[1] == known

    expect(page.locator(".cke_editable [role=group][aria-label='Source 2']")).to_have_count(1)

    # Removed from the list it leaves the text too; taken back, it is in the list again.
    page.locator("summary", has_text="Medicines and sources").click()
    page.get_by_role("button", name="Remove: Light and hair").click()
    assert page.evaluate(DATA) == "<p>Light heats the root, slowly</p>"
    page.evaluate("CKEDITOR.instances.id_body.execCommand('undo')")
    page.wait_for_function("(keys) => document.querySelector('input[name=sources]').value === keys", arg=keys)

    page.locator("[data-publish]").click()
    page.get_by_role("button", name="Publish now").click()
    page.goto("/blog/how-light-works/")
    citation = page.get_by_role("link", name="Source 2", exact=True)
    citation.click()
    assert page.url.endswith("#source-2")
    expect(page.locator(".sources li").nth(1)).to_contain_text("Light and hair. Journal. Seen on ")
    page.get_by_role("link", name="Back to the text, source 2").click()
    assert page.url.endswith("#cited-2")
