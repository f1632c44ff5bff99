"""Short ways to read a staff page."""

from datetime import UTC, datetime

import lxml.html

# A Monday in winter: noon in Alaska. Tests that need a fixed clock set it to this.
NOON = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)


CELLS = "./td[not(contains(@class, 'action-checkbox'))]|./th"


def tree(response):
    """The page as a tree."""
    return lxml.html.fromstring(response.content.decode())


def words(response) -> str:
    """The words of the page's content, in one line."""
    page = tree(response)
    for script in page.xpath("//script|//style"):
        script.drop_tree()
    return " ".join(page.get_element_by_id("content-start").text_content().split())


def buttons(response) -> list[str]:
    """The names of the buttons in the page's content that can be pressed."""
    found = tree(response).xpath("//main//button[not(@disabled)]|//main//input[@type='submit']")
    return [" ".join((button.text_content() or button.get("value")).split()) for button in found]


def rows(response) -> list[list[str]]:
    """The cells of a change list, row by row, without the box that selects the row."""
    found = tree(response).xpath("//table[@id='result_list']/tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath(CELLS)] for row in found]


def titles(response) -> list[str]:
    """The titles in the list of posts."""
    return [link.text_content() for link in tree(response).xpath("//td[contains(@class,'field-title_cell')]/a")]
