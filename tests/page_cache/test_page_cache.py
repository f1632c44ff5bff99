"""Pages are made once for each change and given from memory afterwards, to everybody the same."""

from datetime import datetime, time, timedelta
from unittest import mock

import pytest
from asking import Asker
from django.db import OperationalError
from django.http import HttpResponse
from django.utils import timezone
from factories import change_post, make_editor, make_picture, make_post, make_practice, make_tag

from blog import proxy_mark, publishing
from blog.models import ChangeStamp
from blog.publishing import newest_revision, take_off
from medspa.page_cache import front, period
from medspa.page_cache.period import PeriodWatch

pytestmark = pytest.mark.django_db
ARTICLE = "/blog/how-lasers-work/"
WORDS = "<p>Light, slowly explained, in words enough to be worth compressing.</p>" * 20
PAGES = (ARTICLE, "/blog/", "/tags/light/", "/authors/ada-ray/", "/feed/", "/feed/atom/", "/feed/json/", "/sitemap.xml")


@pytest.fixture
def post():
    make_practice(phone="(907) 555-0142")
    return make_post(tags=("Light",), body=WORDS)


@pytest.fixture
def ask():
    return Asker()


def at(moment):
    return mock.patch("django.utils.timezone.now", return_value=moment)


class TestOnce:
    @pytest.mark.parametrize("path", PAGES)
    def test_a_page_is_made_once_until_something_changes(self, ask, post, path):
        first = ask(path)
        assert first.status == 200 and ask(path).body == first.body
        assert ask.rendered == [path]
        make_practice(name="Southlight", disclaimer="Other words.", blog_intro="Other words.")
        ask(path)
        ask(path)
        assert ask.rendered == [path, path]

    def test_what_others_hang_on_an_address_makes_no_other_page(self, ask, post):
        for number in range(50):
            answer = ask(f"{ARTICLE}?fbclid={number}&utm_source=x&page={number}&q=evil{number}")
            assert answer.status == 200 and "evil" not in answer.text
        for number in range(50):
            assert ask(f"/blog/?fbclid={number}").status == 200
            assert ask(f"/blog/?page=1&%75tm={number}").status == 200
        assert ask.rendered == [ARTICLE, "/blog/", "/blog/"]

    def test_nothing_of_who_asks_gets_into_the_page(self, ask, post):
        sent = {
            "cookie": "sessionid=1",
            "user_agent": "odd",
            "accept_language": "de",
            "x_forwarded_host": "evil.example",
        }
        odd = ask(ARTICLE, "HEAD", host="localhost", if_none_match='"x"', range="bytes=0-1", **sent)
        assert odd.status == 200 and odd.body == b""
        plain = ask(ARTICLE)
        assert ask.rendered == [ARTICLE]
        assert "evil" not in plain.text and "odd" not in plain.text and "localhost" not in plain.text
        assert odd.headers == plain.headers

    def test_django_hears_nothing_of_who_asks(self, post):
        heard = []

        def application(environ, start_response):
            heard.append(environ)
            start_response("404 Not Found", [])
            return HttpResponse(status=404)

        ask = Asker()
        ask.cache.application = application
        sent = {"x_forwarded_for": "203.0.113.9", "x_request_id": "3f2a91c4" * 4, "referer": "https://a.example/"}
        ask(ARTICLE, x_forwarded_proto="http", **sent)
        headers = {name: value for name, value in heard[0].items() if name.startswith("HTTP_")}
        assert headers == {"HTTP_HOST": "127.0.0.1:8000", "HTTP_X_FORWARDED_PROTO": "http"}

    def test_numbered_pages_and_questions_are_pages_of_their_own(self, ask, post):
        with mock.patch("blog.reading.lists.POSTS_PER_PAGE", 1):
            make_post("Second", body=WORDS)
            texts = {ask(path).text for path in ("/blog/", "/blog/?page=2", "/search/?q=light", "/search/?q=slowly")}
            again = {
                ask(path).text for path in ("/blog/?page=9&page=2", "/search/?q=none&q=light", "/search/?x=1&q=slowly")
            }
        assert len(texts) == 4 and again < texts
        assert len(ask.rendered) == 4

    @pytest.mark.parametrize("path", ["/blog/nothing/", "/blog/?page=77", "/no/such/", "/tags/none/", "/blog"])
    def test_what_is_no_page_is_not_kept(self, ask, post, path):
        for _ in range(2):
            assert ask(path).status in (404, 301)
        assert len(ask.rendered) == 2
        assert len(ask.cache.pages) == 0

    @pytest.mark.parametrize(
        "path", ["/healthz", "/admin/login/", "/preview/abc/", "/media/x.webp", "/blog/pictures/1/a.jpg"]
    )
    def test_what_is_not_the_same_for_everybody_is_not_kept(self, ask, path):
        ask(path)
        ask(path)
        assert ask.rendered == [path, path]

    def test_where_it_moved_and_that_it_is_gone_are_kept(self, ask, post):
        change_post(post, slug="lasers")
        assert [ask(ARTICLE).status for _ in range(2)] == [301, 301] and ask(ARTICLE).headers[
            "Location"
        ] == "/blog/lasers/"
        take_off(make_editor(), post, "old")
        assert [ask("/blog/lasers/", if_none_match="*").status for _ in range(2)] == [410, 410]
        assert len(ask.rendered) == 2

    def test_a_foreign_host_and_a_post_are_refused_as_ever(self, ask, post):
        ask(ARTICLE)
        assert ask(ARTICLE, host="evil.example").status == 400
        assert ask(ARTICLE, host="").status in (200, 400)
        assert ask(ARTICLE, "POST").status == 405
        assert ask(f"{ARTICLE}?x=%00").status == 400

    def test_over_https_a_page_is_not_given_to_who_comes_without(self, settings, post):
        settings.SITE_URL, settings.ALLOWED_HOSTS = "https://blog.example.com", ["blog.example.com"]
        settings.SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
        ask = Asker()
        assert ask(ARTICLE, host="blog.example.com", x_forwarded_proto="https").status == 200
        assert ask(ARTICLE, host="blog.example.com").status == 301
        assert ask(ARTICLE, host="blog.example.com", x_forwarded_proto="http").status == 301


class TestForms:
    def test_each_browser_gets_the_form_it_understands(self, ask, post):
        told = {
            "": None,
            "br": "br",
            "gzip": "gzip",
            "gzip, deflate, br, zstd": "br",
            "br;q=0, gzip;q=0.5": "gzip",
            "*": "br",
            "identity": None,
            "gzip;q=0": None,
            "br;q=x": None,
            "deflate": None,
        }
        for accepted, coding in told.items():
            answer = ask(ARTICLE, accept_encoding=accepted)
            assert answer.headers.get("Content-Encoding") == coding, accepted
            assert answer.headers["Content-Length"] == str(len(answer.body))
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert "slowly explained" in answer.text
        assert len(ask.rendered) == 1

    def test_the_same_page_is_not_sent_twice(self, ask, post):
        plain = ask(ARTICLE)
        etags = {ask(ARTICLE, accept_encoding=coding).headers["ETag"] for coding in ("br", "gzip", "")}
        assert len(etags) == 3
        for etag in etags:
            for asked in (etag, f"W/{etag}", f'"other", {etag}', "*"):
                answer = ask(ARTICLE, accept_encoding="br", if_none_match=asked)
                assert (answer.status, answer.body) == (304, b"")
                assert not {"Content-Length", "Content-Encoding", "Content-Type"} & set(answer.headers)
                kept = {name: value for name, value in answer.headers.items() if name != "ETag"}
                assert kept.items() <= plain.headers.items()
        assert ask(ARTICLE, if_none_match='"other"').status == 200
        make_practice(name="Southlight")
        assert ask(ARTICLE, if_none_match=", ".join(etags)).status == 200

    def test_another_release_is_another_page(self, ask, post, monkeypatch):
        known = ask(ARTICLE).headers["ETag"]
        monkeypatch.setattr(front, "release_id", lambda: "0123456789")
        assert Asker()(ARTICLE, if_none_match=known).status == 200

    def test_readers_get_what_django_sends_but_compressed(self, ask, post, client):
        own = {"ETag", "Vary", "X-Accel-Expires"}
        for path in PAGES:
            kept, django = ask(path), client.get(path)
            assert kept.body == django.content
            assert {**kept.headers} == {**django.headers} | {name: kept.headers[name] for name in own}
            assert "no-cache" in kept.headers["Cache-Control"]


class TestTime:
    def test_what_is_scheduled_appears_and_leaves_at_its_minute(self, ask, post):
        now = timezone.now()
        draft = make_post("Coming soon", live=False, body=WORDS)
        begins, ends = now + timedelta(hours=1), now + timedelta(hours=2)
        publishing.publish(make_editor(), newest_revision(draft), at=begins, until=ends, now=now)
        just = timedelta(microseconds=1)
        seen = []
        for moment in (now, begins - just, begins, ends - just, ends, ends + timedelta(days=9)):
            with at(moment):
                seen.append(["Coming soon" in ask("/blog/").text, ask("/blog/coming-soon/").status])
        assert seen == [[False, 404], [False, 404], [True, 200], [True, 200], [False, 410], [False, 410]]

    def test_a_proxy_may_keep_a_page_for_a_second_and_never_past_a_moment(self, ask, post):
        now = timezone.now()
        draft = make_post("Coming soon", live=False, body=WORDS)
        begins = now + timedelta(hours=1)
        publishing.publish(make_editor(), newest_revision(draft), at=begins, now=now)
        kept = []
        for before in (60, 2.5, 1.5, 0.5):
            with at(begins - timedelta(seconds=before)):
                kept.append(ask("/blog/").headers["X-Accel-Expires"])
        assert kept == ["1", "1", "0", "0"]

    def test_a_picture_leaves_when_its_consent_ends(self, ask, small_renditions):
        today = timezone.localdate()
        consent = publishing.record_consent(
            make_editor(), reference="C-2026-014", scope="blog", signed_on=today, expires_on=today
        )
        picture = make_picture(alt_text="A forehead", depicts="patient", consent=consent, credit="Northlight")
        make_post("Lines", body=f'<p>Words.</p><figure><img data-image="{picture.pk}" alt="Said"></figure>')
        assert "/blog/pictures/" in ask("/blog/lines/").text
        tomorrow = timezone.make_aware(datetime.combine(today + timedelta(1), time.min))
        with at(tomorrow - timedelta(seconds=1)):
            assert "/blog/pictures/" in ask("/blog/lines/").text
        with at(tomorrow):
            assert "/blog/pictures/" not in ask("/blog/lines/").text

    def test_a_clock_that_jumps_back_brings_nothing_old_back(self, ask, post):
        now = timezone.now()
        with at(now + timedelta(days=3)):
            ask(ARTICLE)
        with at(now):
            ask(ARTICLE)
        assert len(ask.rendered) == 2


class TestDatabaseAway:
    @pytest.fixture
    def away(self, monkeypatch):
        def gone(*args):
            raise OperationalError("no connection")

        def go():
            monkeypatch.setattr(ChangeStamp, "current", gone)

        return go

    def test_kept_pages_are_served_for_ten_minutes_and_others_say_so(self, ask, post, away):
        assert ask(ARTICLE).status == 200
        away()
        for ask.seconds, for_proxy in ((1, "1"), (300, "1"), (period.TRUSTED_FOR, "0")):
            page = ask(ARTICLE)
            assert page.status == 200 and ask("/blog/").status == 503
            assert page.headers["X-Accel-Expires"] == for_proxy  # a proxy adds nothing to the ten minutes
        assert ask("/blog/").headers["Retry-After"] == "30"
        ask.seconds = period.TRUSTED_FOR + 1
        assert ask(ARTICLE).status == 503

    def test_never_past_a_take_down_that_this_process_knows_of(self, ask, post, away):
        assert ask(ARTICLE).status == 200
        take_off(make_editor(), post, "wrong")
        ask.cache.watch.look_now()
        away()
        assert ask(ARTICLE).status == 503

    def test_never_past_a_change_that_another_process_has_made(self, ask, post, away):
        assert ask(ARTICLE).status == 200
        away()
        assert ask(ARTICLE).status == 200
        proxy_mark.tell_proxy()  # as that process does after its commit
        assert ask(ARTICLE).status == 503

    def test_where_it_stands_still_nobody_waits_for_it(self, ask, post, monkeypatch):
        assert ask(ARTICLE).status == 200
        held = PeriodWatch(ask.cache.clear, clock=lambda: ask.seconds)
        held._period, held._confirmed_at, held._tried_at = ask.cache.watch._period, 0, 0
        held._start = lambda: None
        ask.cache.watch = held
        with held._looking:  # a look that does not come back
            assert ask("/blog/").status == 200
            ask.seconds = period.HANGS_AFTER + 1
            assert ask(ARTICLE).status == 200
            answer = ask("/tags/light/")
            assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
            assert "call 911" in answer.text
        assert ask("/tags/light/").status == 200

    def test_never_past_a_moment(self, ask, post, away):
        now = timezone.now()
        take_off(make_editor(), post, "old", at=now + timedelta(minutes=5))
        assert ask(ARTICLE).status == 200
        away()
        with at(now + timedelta(minutes=4)):
            assert ask(ARTICLE).status == 200
        with at(now + timedelta(minutes=5)):
            assert ask(ARTICLE).status == 503

    def test_it_recovers_by_itself(self, ask, post, away, monkeypatch):
        assert ask(ARTICLE).status == 200
        with monkeypatch.context() as gone:
            gone.setattr(ChangeStamp, "current", mock.Mock(side_effect=OperationalError("gone")))
            ask.seconds = 900
            assert ask(ARTICLE).status == 503
        assert ask(ARTICLE).status == 200


class TestBounds:
    def test_memory_is_bounded_and_the_least_asked_goes_first(self, post):
        ask = Asker(most=10 * 20_000)
        tags = [make_tag(f"T{number}") for number in range(30)]
        make_post("Many", body=WORDS, tags=[tag.name for tag in tags])
        ask(ARTICLE)
        for tag in tags:
            ask(f"/tags/{tag.slug}/")
            ask(ARTICLE)
        assert ask.cache.pages.size <= ask.cache.pages.most
        assert ask.rendered.count(ARTICLE) == 1
        ask("/tags/t0/")
        assert ask.rendered.count("/tags/t0/") == 2

    def test_questions_push_no_page_out(self, post):
        ask = Asker(most_searches=100_000)
        ask(ARTICLE)
        for number in range(30):
            assert ask(f"/search/?q=word{number}").status == 200
        assert ask.cache.searches.size <= 100_000 < 30 * 4096
        ask(ARTICLE)
        assert ask.rendered.count(ARTICLE) == 1

    def test_a_question_too_long_for_any_reader_is_not_kept(self, ask, post):
        for _ in range(2):
            assert ask("/search/?q=" + "w" * 1100).status == 200
        assert len(ask.rendered) == 2
