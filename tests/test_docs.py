"""The documents say what is there: every link leads somewhere, every command, file and setting they name exists."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.utils.text import slugify

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
READS = (
    re.compile(r"""(?:os\.environ(?:\.get|\.setdefault)?|getenv)[(\[]\s*["']([A-Z][A-Z0-9_]+)["']"""),
    re.compile(r"""\benv(?:\.\w+)?\(\s*["']([A-Z][A-Z0-9_]+)["']"""),
    re.compile(r"""\bwhole_number\(\s*["']([A-Z][A-Z0-9_]+)["']"""),
)
IN_COMPOSE = re.compile(r"(?<!\$)\$\{([A-Z][A-Z0-9_]+)")
# Set by the programs that run the code, or only by one test, and not by the person who runs the site.
NOT_SETTINGS = {
    "CI",
    "PYTHONPATH",
    "DJANGO_SETTINGS_MODULE",
    "BLOG_TESTS_HOME",
    "PYTEST_XDIST_WORKER",
    "GUNICORN_CMD_ARGS",
    "CLOCK_OFF_BY",
    "PATH",
    "SAMPLE_ARTICLE",
    "WALK",
}
NAME = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PORT|BIND|DEBUG|CHROMIUM)(?:=[^`]*)?`")


def text_of(path: Path) -> str:
    return path.read_text("utf-8")


def without_blocks(text: str) -> str:
    return re.sub(r"^```.*?^```|^    .*?$", "", text, flags=re.DOTALL | re.MULTILINE)


@cache
def settings_that_are_read() -> set[str]:
    """Names of environment variables that the code, the tests and the composition read."""
    found = set()
    for folder in ("medspa", "blog", "deploy", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            for pattern in READS:
                found |= set(pattern.findall(text_of(path)))
    for path in ROOT.glob("compose*.yaml"):
        found |= set(IN_COMPOSE.findall(text_of(path)))
    return found - NOT_SETTINGS


@cache
def settings_in_the_table() -> set[str]:
    table = text_of(ROOT / "README.md").split("## Settings")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert len(rows) > 10
    return {name for row in rows for name in re.findall(r"`([A-Z_0-9]+)`", row)}


def test_the_documents_that_readers_expect_are_there():
    names = {path.relative_to(ROOT).as_posix() for path in DOCUMENTS}
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs/writing.md"} <= names


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    text = without_blocks(text_of(path))
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"""(?:src|href)="([^"]+)\"""", text)
    for link in links:
        if re.match(r"https?:|mailto:", link):
            continue
        address, _, anchor = link.partition("#")
        target = (path.parent / address).resolve() if address else path
        assert target.exists() and ROOT in [*target.parents], f"{path.name}: {link}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", text_of(target), re.MULTILINE)
            assert anchor in {slugify(re.sub(r"[*`]", "", heading)) for heading in headings}, f"{path.name}: {link}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_target_of_make_exists(path):
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^ {4}|^)(?:[A-Z]+=\S+ )?make ([a-z-]+)", text_of(path), re.MULTILINE))
    assert named <= targets, named - targets


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_exists(path):
    named = set(re.findall(r"manage\.py ([a-z_]+)", text_of(path)))
    assert named <= set(get_commands()), named - set(get_commands())


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(path):
    named = re.findall(r"`((?:blog|medspa|templates|static|tests|docs|deploy|\.ci)/[\w./-]+)`", text_of(path))
    missing = {name for name in named if not (ROOT / name).exists()}
    assert missing == set()


def test_the_table_of_settings_is_complete_and_true():
    assert settings_in_the_table() == settings_that_are_read()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_setting_that_is_named_is_one(path):
    named = set(NAME.findall(text_of(path)))
    code = " ".join(text_of(one) for folder in ("medspa", "blog", "tests") for one in (ROOT / folder).rglob("*.py"))
    unknown = {name for name in named - settings_in_the_table() if not re.search(rf"\b{name}\b", code)}
    assert unknown == set()


def test_pictures_are_small():
    pictures = list((ROOT / "docs/pictures").iterdir())
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < 120 * 1024, picture.name
        assert any(picture.name in text_of(path) for path in DOCUMENTS), f"{picture.name} stands in no document"
