"""A shared computer: it ends with the browser, locks itself, and asks again before something goes public."""

import lxml.html
import pytest
from cast import person
from django.test import Client
from django.utils import timezone
from factories import make_picture, make_post
from login_steps import PASSWORD, code, is_in, log_in, said

from blog.models import Image, Post, Publication, Topic

pytestmark = pytest.mark.django_db
IN_THE_BACKGROUND = {"HTTP_SEC_FETCH_MODE": "cors"}


@pytest.fixture
def erin(db):
    return person("erin", "Writer", "Editor")


@pytest.fixture
def shared(erin):
    """Erin's browser on a shared computer."""
    client = Client()
    log_in(client, "erin", shared="on")
    return client


@pytest.fixture
def own(erin):
    """Erin's browser on a computer of her own."""
    client = Client()
    log_in(client, "erin")
    return client


def fields(answer) -> dict[str, str]:
    form = lxml.html.fromstring(answer.content.decode()).get_element_by_id("unlock-form")
    return {name: value or "" for name, value in form.form_values()}


class TestLock:
    def test_the_session_ends_with_the_browser(self, shared, own):
        assert shared.cookies["sessionid"]["max-age"] == "" and own.cookies["sessionid"]["max-age"] == 8 * 3600

    def test_ten_idle_minutes_lock_it(self, shared, later):
        later(minutes=10)
        assert is_in(shared)
        later(minutes=12)
        answer = shared.get("/admin/blog/post/?mine=1")
        assert answer.url == "/admin/unlock/?next=%2Fadmin%2Fblog%2Fpost%2F%3Fmine%3D1"
        assert "erin, this screen was left alone, so it is locked." in said(shared.get(answer.url))
        answer = shared.post(answer.url, {"password_again": "wrong"})
        assert "That is not your password." in said(answer) and not is_in(shared)
        assert shared.post("/admin/unlock/?next=/admin/help/", {"password_again": PASSWORD}).url == "/admin/help/"
        assert is_in(shared)

    def test_an_own_computer_is_never_locked(self, own, later):
        later(hours=7)
        assert is_in(own)

    def test_using_it_keeps_it_open_and_is_written_down_once_a_minute(self, shared, later, django_assert_num_queries):
        for _ in range(3):
            later(minutes=9)
            assert is_in(shared)
        shared.get("/admin/help/")
        with django_assert_num_queries(5) as asked:
            shared.get("/admin/help/")
        assert not [query for query in asked if query["sql"].startswith("UPDATE")]

    def test_what_the_browser_sends_by_itself_is_no_activity(self, shared, later):
        for _ in range(4):
            later(minutes=3)
            shared.get("/admin/blog/post/signed-in/?as=1", **IN_THE_BACKGROUND)
            # A browser that says nothing of where its requests come from.
            shared.post("/admin/blog/post/1/presence/", {"window": "w"})
        assert shared.get("/admin/help/", **IN_THE_BACKGROUND).status_code == 423
        assert not is_in(shared)

    def test_a_window_s_signs_of_life_are_no_activity_in_whatever_browser(self, shared, later):
        path = f"/admin/blog/post/{make_post(live=False).pk}/presence/"
        for _ in range(4):
            later(minutes=3)
            # Older browsers do not say that a script is asking.
            shared.post(path, {"window": "one"})
        assert not is_in(shared)

    def test_a_touch_that_the_page_tells_of_is_activity(self, shared, later):
        for _ in range(4):
            later(minutes=3)
            assert shared.post("/admin/lock/", {"here": "1"}).json() == {"locked": False}
        assert is_in(shared)

    def test_locked_it_answers_nothing_but_unlocking_and_logging_out(self, shared):
        post = make_post(live=False)
        assert shared.post("/admin/lock/").json() == {"locked": True}
        assert shared.post("/admin/lock/", {"here": "1"}).json() == {"locked": True}
        for path in (
            "",
            "blog/post/",
            f"blog/post/{post.pk}/change/",
            "account/",
            "password_change/",
            "health/",
            "help/",
        ):
            assert shared.get(f"/admin/{path}").url.startswith("/admin/unlock/"), path
        answer = shared.get("/admin/blog/image/choose/", headers={"accept": "application/json"})
        assert answer.status_code == 423 and answer.content == b"The screen is locked. Type your password."
        assert shared.get("/admin/login/").status_code == 302
        shared.post("/admin/logout/")
        assert shared.get("/admin/").url.startswith("/admin/login/")

    TOPIC = {"name": "Skin & <b>hair</b>", "slug": "skin", "description": "Both.", "position": "1", "_save": "Save"}

    def test_what_a_form_sends_to_a_locked_screen_is_kept(self, shared, later):
        later(minutes=30)
        answer = shared.post("/admin/blog/topic/add/", self.TOPIC)
        assert "goes on its way as soon as the password is right" in said(answer)
        kept = fields(answer)
        assert kept["name"] == "Skin & <b>hair</b>"
        answer = shared.post("/admin/blog/topic/add/", kept | {"password_again": "wrong"})
        assert "That is not your password." in said(answer) and "password_again" not in fields(answer)
        answer = shared.post("/admin/blog/topic/add/", fields(answer) | {"password_again": PASSWORD})
        assert answer.status_code == 302
        assert Topic.objects.get().name == "Skin & <b>hair</b>"

    def test_another_person_s_password_does_not_open_it(self, shared):
        mara = person("mara", "Manager")
        mara.set_password("the password of Mara")
        mara.save()
        shared.post("/admin/lock/")
        shared.post("/admin/unlock/", {"password_again": "the password of Mara"})
        assert not is_in(shared)

    def test_a_colleague_can_log_in_over_a_locked_screen(self, shared, wilma, with_app):
        shared.post("/admin/lock/")
        assert log_in(shared, "wilma").url == "/admin/login/code/" and not is_in(shared)
        assert shared.post("/admin/login/code/", {"code": code()}).status_code == 302
        assert is_in(shared) and shared.session["_auth_user_id"] == str(wilma.pk)

    def test_it_leads_nowhere_else(self, shared):
        shared.post("/admin/lock/")
        assert shared.post("/admin/unlock/?next=//evil.example/", {"password_again": PASSWORD}).url == "/admin/"

    def test_unlocking_needs_a_login_and_a_token(self, shared):
        assert Client().get("/admin/unlock/").url.startswith("/admin/login/")
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = shared.cookies
        shared.post("/admin/lock/")
        assert strict.post("/admin/unlock/", {"password_again": PASSWORD}).status_code == 403
        assert not is_in(shared)

    def test_the_cover_is_in_the_page_of_a_shared_computer_only(self, shared, own):
        assert 'id="cover"' in shared.get("/admin/").content.decode()
        assert 'id="cover"' not in own.get("/admin/").content.decode()


class TestGoingPublic:
    def test_publishing_asks_again_after_fifteen_minutes_and_keeps_the_form(self, shared, later):
        post = make_post(live=False)
        path = f"/admin/blog/post/{post.pk}/publish/"
        later(minutes=9)
        shared.get("/admin/")
        later(minutes=9)
        page = lxml.html.fromstring(shared.get(path).content.decode())
        sent = {name: value for form in page.forms for name, value in form.form_values() if "csrf" not in name}
        answer = shared.post(path, sent | {"when": "now"})
        assert "type your password once more to go on" in said(answer) and not Publication.objects.exists()
        answer = shared.post(path, fields(answer) | {"password_again": PASSWORD})
        assert answer.status_code == 302 and Publication.objects.get().post == post
        # Fresh again, so the next act does not ask.
        shared.post(f"/admin/blog/post/{post.pk}/take-off/", {"reason": "A patient asked", "when": "now"})
        assert "type your password" not in said(shared.get(f"/admin/blog/post/{post.pk}/change/"))

    def test_taking_off_asks_too(self, shared, later):
        post = make_post()
        for _ in range(2):
            later(minutes=9)
            shared.get("/admin/")
        answer = shared.post(f"/admin/blog/post/{post.pk}/take-off/", {"reason": "A patient asked", "when": "now"})
        assert "type your password once more" in said(answer)
        assert fields(answer)["reason"] == "A patient asked"
        assert Post.objects.get().pk == post.pk

    def test_replacing_a_picture_everywhere_asks_too(self, shared, later):
        old, new = make_picture(), make_picture(alt_text="Another lamp")
        for _ in range(2):
            later(minutes=9)
            shared.get("/admin/")
        answer = shared.post(f"/admin/blog/image/{old.pk}/replace/", {"by": new.pk})
        assert "type your password once more" in said(answer) and fields(answer)["by"] == str(new.pk)
        assert Image.objects.get(pk=old.pk).replaced_by is None

    def test_taking_many_off_at_once_asks_too_and_changing_a_topic_does_not(self, shared, later):
        post = make_post()
        for _ in range(2):
            later(minutes=9)
            shared.get("/admin/")
        sent = {"action": "take_off", "_selected_action": [post.pk], "reason": "A patient asked"}
        assert "type your password once more" in said(shared.post("/admin/blog/post/bulk/", sent))
        assert "type your password" not in said(shared.post("/admin/blog/post/bulk/", sent | {"action": "set_topic"}))
        assert Publication.objects.live(timezone.now()).count() == 1

    def test_what_changes_many_pages_brings_them_back_or_is_signed_asks_too(self, shared, later):
        for _ in range(2):
            later(minutes=9)
            shared.get("/admin/")
        for path in ("image/1/replace/", "post/bulk/1/undo/", "post/1/review/", "drug/1/sign/", "procedure/1/sign/"):
            answer = shared.post(f"/admin/blog/{path}", {"by": "2"})
            assert "type your password once more" in said(answer) and fields(answer)["by"] == "2", path

    def test_on_an_own_computer_nothing_is_asked(self, own, later):
        post = make_post(live=False)
        later(hours=2)
        answer = own.post(f"/admin/blog/post/{post.pk}/publish/", {"when": "now"}, follow=True)
        assert "type your password" not in said(answer)
