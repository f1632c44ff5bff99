"""The computer's clock jumps an hour, forward and back: nothing is published by it alone, and work goes on."""

import json
from pathlib import Path

import pytest
from staff_client import Staff, Window, eventually

HERE = Path(__file__).resolve().parent
MAKE = """
from datetime import timedelta
from django.utils import timezone
made = {name: post(name, f"<p>Words of {name}.</p>") for name in ("stays", "written")}
for name, minutes in (("soon", 30), ("later", 120)):
    waits = Post(title=name, slug=name, author=author, body=f"<p>Words of {name}.</p>", kind="clinic_news")
    publishing.save_draft(staff, waits, [])
    publishing.publish(staff, publishing.newest_revision(waits), at=timezone.now() + timedelta(minutes=minutes))
    made[name] = waits.pk
print(json.dumps(made))
"""
STATE = """
written = Revision.objects.filter(post__slug="written")
open_words = list(written.filter(sealed_at=None).values_list("body", flat=True))
print(json.dumps([Publication.objects.count(), open_words, written.filter(set_aside=True).count()]))
"""


@pytest.fixture
def clock(site, tmp_path):
    """``clock(minutes)`` puts the clock of the server that far from the real one."""
    setting = tmp_path / "clock"

    def put(minutes: int) -> None:
        draft = setting.with_suffix(".new")
        draft.write_text(str(minutes * 60))
        draft.replace(setting)

    put(0)
    site.environment |= {"CLOCK_OFF_BY": str(setting), "PYTHONPATH": str(HERE / "other_clock")}
    return put


def test_an_hour_forward_and_back(site, clock):
    posts = json.loads(site.begin(MAKE))
    site.start()
    staff, reader = Staff(site).sign_in(), Staff(site)
    shared = Staff(site).sign_in(shared="on")
    window = Window(staff, posts["written"], 1)

    def types(words: str) -> str:
        answer = window.autosave(body=f"<p>{words}</p>")
        assert answer.status == 200, answer.text
        return answer.json()["state"]

    def sees(name: str) -> bool:
        return f"Words of {name}." in reader.ask(f"/blog/{name}/").text

    def all_is_well() -> None:
        for path in ("/blog/", "/feed/", "/sitemap.xml", "/search/?q=words"):
            assert reader.ask(path).status == 200, path
        for path in ("/admin/", "/admin/blog/post/", window.address, f"/admin/blog/post/{posts['soon']}/publish/"):
            page = staff.ask(path)
            assert (page.status, page.path) == (200, path), "nobody is signed out"

    def is_locked() -> bool:
        return shared.ask("/admin/").path == "/admin/unlock/"

    assert types("Before.") == "saved" and sees("stays") and not sees("soon") and not is_locked()
    all_is_well()

    clock(60)
    # What was to go live within this hour does so, by the clock; what was not, stays where it is.
    assert eventually(lambda: sees("soon"), 10) and sees("stays") and not sees("later")
    all_is_well()
    assert types("Ahead.") == "saved"
    assert is_locked(), "an hour without a touch"
    unlock = shared.ask("/admin/unlock/")
    assert shared.ask("/admin/unlock/", unlock.form() | {"password_again": site.password}).path == "/admin/"
    assert window.save(body="<p>Published ahead. Words of written.</p>").status == 200
    assert "It is live." in staff.publish(posts["written"]).words
    assert "Published ahead." in reader.ask("/blog/written/").text

    clock(0)
    # What went live in the hour that has come to nothing waits for it once more; the text before stands meanwhile.
    assert eventually(lambda: not sees("soon"), 10) and sees("stays") and not sees("later")
    assert sees("written") and "Published ahead." not in reader.ask("/blog/written/").text
    all_is_well()
    assert is_locked(), "a touch that lies ahead is none"
    window = Window(staff, posts["written"], 1)
    assert types("Back.") == "saved"

    clock(-60)
    assert eventually(lambda: reader.ask("/blog/stays/").status == 404, 10), "by this clock it is not live yet"
    assert types("An hour before.") == "saved"

    clock(0)
    assert eventually(lambda: sees("stays"), 10) and not sees("soon")
    all_is_well()
    assert types("Right again.") == "saved"
    assert json.loads(site.ask(STATE)) == [len(posts) + 1, ["<p>Right again.</p>"], 0]
    assert "Traceback" not in site.log, site.log
