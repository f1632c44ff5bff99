"""No way writes over a draft that the one who saves has not seen: no form, no bulk action, no import, no script."""

import ast
from pathlib import Path

import pytest
from cast import NOON, person
from django.contrib.admin import site
from django.contrib.auth.models import User

from blog.models import Post, Revision, Tag
from blog.publishing import EditConflict, Operator, Seen, autosave, newest_revision, save_draft

pytestmark = pytest.mark.django_db
BLOG = Path(__file__).resolve().parent.parent.parent / "blog"
WRITES = {"save", "update", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "set", "add"}


@pytest.fixture
def dana(db):
    return person("dana", "Writer", "Editor")


def blind(actor, post, **about):
    mine = Post.objects.get(pk=post.pk)
    mine.title = "Blind"
    return save_draft(actor, mine, [], now=NOON, **about)


@pytest.mark.parametrize(
    "seen",
    [
        lambda post: {},
        lambda post: {"base_id": None},
        lambda post: {"base_id": post.revisions.order_by("pk").first().pk},
        lambda post: {"base_id": 0},
        lambda post: {"seen": Seen()},
        lambda post: {"seen": Seen(None, newest_revision(post).pk, newest_revision(post).version)},
        lambda post: {"seen": Seen(None, window="another one")},
        # A base that is named beside what the window knows does not count.
        lambda post: {"base_id": newest_revision(post).pk, "seen": Seen()},
    ],
    ids=["nothing", "none", "the first", "no draft", "nothing seen", "as its writer", "a window", "twice"],
)
def test_whoever_does_not_name_the_newest_draft_saves_nothing(draft, rewrite, erin, dana, seen):
    post = draft()
    rewrite(post, actor=dana, title="Theirs")
    with pytest.raises(EditConflict):
        blind(erin, post, **seen(post))
    assert Post.objects.get(pk=post.pk).title == newest_revision(post).title == "Theirs"


def test_neither_does_who_runs_a_command_on_the_server(draft):
    post = draft()
    with pytest.raises(EditConflict):
        blind(Operator(), post)
    assert blind(Operator(), post, base_id=newest_revision(post).pk).title == "Blind"


def test_words_of_another_post_or_set_aside_or_open_are_no_base(draft, rewrite, erin, dana):
    post, other = draft(), draft("Another one")
    wrote = autosave(
        erin, Post.objects.get(pk=post.pk), {"title": "Open"}, {}, seen=Seen(newest_revision(post).pk), now=NOON
    )
    with pytest.raises(EditConflict):
        blind(dana, post, base_id=wrote.open_id)
    rewrite(post, actor=dana, title="Theirs")
    assert Revision.objects.get(pk=wrote.open_id).set_aside
    for base in (wrote.open_id, newest_revision(other).pk):
        with pytest.raises(EditConflict):
            blind(erin, post, base_id=base)
    assert newest_revision(post).title == "Theirs"


def test_a_colleagues_open_words_are_kept_whatever_is_saved_over_them(draft, erin, dana):
    post = draft()
    seen = Seen(newest_revision(post).pk, window="w")
    wrote = autosave(dana, Post.objects.get(pk=post.pk), {"title": "Being typed"}, {}, seen=seen, now=NOON)
    blind(erin, post, base_id=newest_revision(post).pk)
    kept = Revision.objects.get(pk=wrote.open_id)
    assert (kept.title, kept.set_aside) == ("Being typed", True)


def test_in_the_admin_only_the_form_writes_posts():
    admin = site.get_model_admin(Post)
    assert list(admin.list_editable) == [] and not admin.save_as
    root = User.objects.create_superuser("root")

    class Request:
        user = root
        GET = {}

    assert "delete_selected" not in admin.get_actions(Request()) and not admin.has_delete_permission(Request())
    inlines = [inline.model for one in site._registry.values() for inline in one.inlines]
    assert not {Post, Revision, Tag} & set(inlines)


def writes_to_posts(path: Path):
    """Calls in a file that write posts: ``Post.objects…update(…)``, ``post.save()``, ``post.tags.set(…)``."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            target = ast.unparse(node.func.value)
            if target.startswith("Post.objects") or target.removesuffix(".tags") in ("post", "self.instance"):
                yield f"{path.name}:{node.lineno} {target}.{node.func.attr}"


def test_outside_of_publishing_nothing_writes_posts():
    files = [path for path in BLOG.rglob("*.py") if "migrations" not in path.parts]
    found = {path.parent.name: list(writes_to_posts(path)) for path in files if list(writes_to_posts(path))}
    assert set(found) == {"publishing"}
