"""Two things at the same moment: a page being made while somebody publishes, many who ask at once, two containers."""

import threading
import time
import urllib.request
from unittest import mock

import pytest
from asking import Asker
from django.db import connection
from factories import change_post, make_post
from live_site import LiveSite, copy_of, prepared_site

from blog import reading
from blog.models import ChangeStamp
from medspa.page_cache.period import PeriodWatch

ARTICLE = "/blog/how-lasers-work/"
OLD, NEW = "old-marker", "new-marker"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestInOneProcess:
    def test_a_page_that_was_being_made_while_somebody_published_is_old_throughout_and_not_kept(self):
        post = make_post(title="How lasers work", subtitle=OLD, body=f"<p>{OLD}</p>")
        ask, paused, published = Asker(), threading.Event(), threading.Event()
        whole_page = reading.article_page

        def slowly(*args, **kwargs):
            # The article was found; its pictures, links and neighbours were not read yet.
            paused.set()
            assert published.wait(30)
            return whole_page(*args, **kwargs)

        answers = []

        def reader():
            try:
                answers.append(ask(ARTICLE))
            finally:
                connection.close()

        with mock.patch.object(reading, "article_page", slowly):
            thread = threading.Thread(target=reader)
            thread.start()
            assert paused.wait(30)
            make_post("Another")
            change_post(post, subtitle=NEW, body=f"<p>{NEW}</p>")
            published.set()
            thread.join(30)
        (first,) = answers
        assert OLD in first.text and NEW not in first.text and "Another" not in first.text
        later = ask(ARTICLE)
        assert NEW in later.text and OLD not in later.text and "Another" in later.text
        assert ask.rendered == [ARTICLE, ARTICLE]

    def test_many_who_ask_at_once_make_one_page(self):
        make_post()
        ask, answers = Asker(), []
        whole_page = reading.article_page

        def slowly(*args, **kwargs):
            time.sleep(0.3)
            return whole_page(*args, **kwargs)

        def reader(number):
            try:
                answers.append(ask(f"{ARTICLE}?fbclid={number}"))
            finally:
                connection.close()

        with mock.patch.object(reading, "article_page", slowly):
            threads = [threading.Thread(target=reader, args=(number,)) for number in range(12)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
        assert [answer.status for answer in answers] == [200] * 12
        assert ask.rendered == [ARTICLE]

    def test_who_comes_during_the_first_look_of_a_process_waits_for_it(self):
        watch, known, look = PeriodWatch(lambda: None), [], ChangeStamp.current
        watch._start = lambda: None  # nobody but these two looks

        def slowly():
            time.sleep(0.3)
            return look()

        def reader():
            known.append(watch.present())
            connection.close()

        with mock.patch.object(ChangeStamp, "current", slowly):
            threads = [threading.Thread(target=reader) for _ in range(2)]
            for thread in threads:
                thread.start()
                time.sleep(0.1)
            for thread in threads:
                thread.join(30)
        assert known[0] is not None and known[0] == known[1]

    def test_a_writer_in_the_middle_of_writing_keeps_no_reader_waiting(self):
        from django.db import transaction

        make_post()
        ask, answers = Asker(), []

        def reader():
            began = time.monotonic()
            answers.append((ask(ARTICLE).status, time.monotonic() - began))
            connection.close()

        with transaction.atomic():
            make_post("Unfinished")
            thread = threading.Thread(target=reader)
            thread.start()
            thread.join(15)
        ((status, _),) = answers
        assert status == 200


def read(site: LiveSite, path: str, **headers) -> str:
    with urllib.request.urlopen(urllib.request.Request(site.url + path, headers=headers), timeout=20) as answer:
        return answer.read().decode()


def test_a_change_is_seen_in_every_process_of_every_container(tmp_path):
    first = copy_of(prepared_site(), tmp_path / "var")
    second = LiveSite(tmp_path / "second")
    second.folder.mkdir()
    second.environment |= {"VAR_DIR": str(first.folder), "SITE_URL": first.url}
    second.environment["STATIC_ROOT"] = first.environment["STATIC_ROOT"]
    first.start()
    second.start()

    def seen() -> list[bool]:
        # Each process answers some of these, and keeps the page.
        return ["Southlight" in read(site, "/blog/") for site in (first, second) * 12]

    try:
        assert not any(seen())
        rename = "Practice.objects.update_or_create(pk=1, defaults={'name': 'Southlight'})"
        first.python(f"from blog.models import Practice; {rename}")
        deadline = time.monotonic() + 30
        while not all(seen()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert all(seen())
    finally:
        first.stop()
        second.stop()
