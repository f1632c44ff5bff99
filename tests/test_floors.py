"""The floors of docs/architecture.md: a file imports only from its own floor or below."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = (
    ("medspa", 4),
    ("blog.admin", 3),
    ("blog.views", 3),
    ("blog.feeds", 3),
    ("blog.crawlers", 3),
    ("blog.trouble", 3),
    ("blog.urls", 3),
    ("blog.preview", 3),
    ("blog.apps", 3),
    ("blog.templatetags", 3),
    ("blog.management", 3),
    ("blog.publishing", 2),
    ("blog.reading", 2),
    ("blog.search", 2),
    ("blog.search_index", 2),
    ("blog.pictures", 2),
    ("blog.picture_files", 2),
    ("blog.orphan_files", 2),
    ("blog.patients", 2),
    ("blog.heads", 2),
    ("blog.structured_data", 2),
    ("blog.sitemap", 2),
    ("blog.addresses", 0),
    ("blog.read_lines", 0),
    ("blog.networks", 0),
    ("blog.people", 2),
    ("blog.signing_in", 2),
    ("blog.outbox", 2),
    ("blog.reads", 2),
    ("blog.safety_notes", 2),
    ("blog.reader_notes", 2),
    ("blog.reviewed", 2),
    ("blog.sources", 2),
    ("blog.link_check", 2),
    ("blog.checks", 2),
    ("blog.as_it_stood", 2),
    ("blog.digest", 2),
    ("blog.health", 2),
    ("blog.daily", 2),
    ("blog.backup", 2),
    ("blog.clinic_time", 0),
    ("blog.proxy_mark", 1),
    ("blog.models", 1),
    ("blog.migrations", 1),
    ("blog.content", 0),
    ("blog.imaging", 0),
)
UNSAFE = re.compile(r"\|\s*safe|autoescape\s+off")
PATIENTS_FACE = ("blog.views", "blog.feeds", "blog.crawlers", "blog.trouble", "blog.templatetags")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def floor_of(name: str) -> int | None:
    for room, floor in FLOORS:
        if name == room or name.startswith(room + "."):
            return floor
    return None


def imports(path: Path):
    """(module, imported names) for every import of the file, relative ones made absolute."""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, set()
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) + "." if node.level else ""
            module = (base + (node.module or "")).rstrip(".")
            yield module, {alias.name for alias in node.names}


FILES = [
    path for folder in ("blog", "medspa") for path in (ROOT / folder).rglob("*.py") if path.parent != ROOT / "blog"
]
FILES += [path for path in (ROOT / "blog").glob("*.py") if path.name != "__init__.py"]


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_a_file_imports_only_from_its_own_floor_or_below(path):
    own = floor_of(module_name(path))
    assert own is not None, f"{module_name(path)} has no floor: add it to the table in docs/architecture.md and here"
    for module, names in imports(path):
        for name in [module, *(f"{module}.{name}" for name in names)]:
            floor = floor_of(name)
            assert floor is None or floor <= own, f"{module_name(path)} reaches up to {name}"


@pytest.mark.parametrize("path", [p for p in FILES if floor_of(module_name(p)) == 0], ids=module_name)
def test_the_ground_floor_knows_no_django_models(path):
    for module, _ in imports(path):
        assert not module.startswith(("django.db", "blog.models", "django.contrib")), module


@pytest.mark.parametrize("path", [p for p in FILES if module_name(p).startswith(PATIENTS_FACE)], ids=module_name)
def test_the_patients_face_touches_no_post_and_no_revision(path):
    for module, names in imports(path):
        assert not (module.startswith("blog") and names & {"Post", "Revision", "models"}), module
        assert not (module.startswith("blog.models") and not names), "import names, so that it shows which"
        assert not module.startswith("blog.publishing"), module


def test_what_readers_get_is_built_without_the_working_copy():
    names = ("pictures", "heads", "structured_data", "sitemap", "search", "search_index", "reader_notes")
    reading = sorted((ROOT / "blog/reading").glob("*.py"))
    assert len(reading) > 1
    for path in (*reading, *(ROOT / f"blog/{name}.py" for name in names)):
        assert not any("Post" in names for _, names in imports(path)), path


def test_text_is_marked_safe_in_one_room():
    marks = []
    for path in FILES:
        text = path.read_text("utf-8")
        if "mark_safe" in text or "SafeString(" in text:
            marks.append(module_name(path))
    templates = [path.name for path in (ROOT / "templates").rglob("*.html") if UNSAFE.search(path.read_text("utf-8"))]
    assert templates == []
    assert [name for name in marks if not name.startswith("blog.admin")] == ["blog.templatetags.blog"]


def test_no_signal_of_our_own():
    for path in FILES:
        assert not any("signals" in module for module, _ in imports(path)), module_name(path)
