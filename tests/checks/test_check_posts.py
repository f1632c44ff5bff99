"""``manage.py check_posts``: everything by the same rules, one line a finding, and a status for scripts."""

from io import StringIO

import pytest
from cast import DAY
from django.core.management import CommandError, call_command
from django.utils import timezone
from factories import make_post

from blog.models import Phrase

pytestmark = pytest.mark.django_db


def run(*arguments) -> tuple[list[str], str]:
    """What it printed, and what it ended with."""
    out = StringIO()
    try:
        call_command("check_posts", *arguments, stdout=out)
    except CommandError as error:
        return out.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), ""


def test_live_and_scheduled_articles_are_looked_at_and_drafts_on_request():
    live = make_post("Live", body="<p>It is glowtastic.</p>")
    make_post("Later", live=False, at=timezone.now() + DAY, body="<p>It is glowtastic.</p>")
    draft = make_post("Draft", live=False, body="<p>It is painless.</p>")
    lines, error = run("--stops")
    assert lines == ["2 texts looked at: 0 must fix, 0 needs a reason, 0 worth a look."] and not error
    Phrase.objects.create(kind="promise", words="glowtastic")
    lines, error = run("--stops")
    assert [line.split("”")[0] for line in lines[:-1]] == [f"{live.pk} live “Live", f"{live.pk + 1} scheduled “Later"]
    assert "needs a reason (promise): “glowtastic” is a promise" in lines[0]
    assert error.startswith("1 thing stands in live articles")
    lines, _ = run("--all", "--stops")
    assert lines[2].startswith(f"{draft.pk} draft “Draft”: needs a reason (promise)") and lines[-1].startswith(
        "3 texts"
    )
    lines, error = run(str(draft.pk))
    assert not error and {line.split()[1] for line in lines[:-1]} == {"draft"}
    assert any("worth a look (no_sources)" in line for line in lines)


def test_a_post_that_is_not_there_is_said():
    assert run("77")[1] == "There is no post 77."


def test_samples_have_nothing_that_stops(small_renditions, shipped_records):
    call_command("load_samples", stdout=StringIO())
    lines, error = run("--all", "--stops")
    assert lines[:-1] == [] and not error and int(lines[-1].split()[0]) >= 10
