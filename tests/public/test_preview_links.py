"""A draft by secret link: whoever has it reads the article as readers would, until it ends, and nobody else ever."""

import base64
import hashlib
import logging
import re
from datetime import timedelta

import pytest
from cast import DAY, MINUTE, person
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from factories import change_post, make_editor, make_picture, make_post, make_practice
from html_pages import Page, faults
from public_pages import every_address

from blog.models import AuditEntry, Image, Post, PreviewLink, Revision
from blog.publishing import (
    NotAllowed,
    Refused,
    end_preview_link,
    make_preview_link,
    move_to_trash,
    newest_revision,
    publish,
    save_draft,
)
from medspa.logs import Lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    make_practice(booking_url="https://book.example.com/", phone="(907) 555-0142")
    picture = make_picture()
    return make_post(
        "Quillwort",
        live=False,
        body=f'<h2>Costs</h2><p>Quillwort text</p><figure><img data-image="{picture.pk}" alt="A lamp"></figure>',
        tags=("Marsh",),
        topic="Plants",
        hero_image=picture,
        hero_alt="A lamp on a desk",
        key_points=["It is green"],
    )


def share(post, days=7, now=None, **about):
    link, token = make_preview_link(make_editor(), post, days=days, now=now or timezone.now(), **about)
    return link, f"/preview/{token}/"


def rewrite(post, **values):
    post = Post.objects.get(pk=post.pk)
    for name, value in values.items():
        setattr(post, name, value)
    return save_draft(make_editor(), post, list(post.tags.all()), base_id=newest_revision(post).pk)


def write_open(post, saved_at=None, **values):
    base = newest_revision(post)
    typed = values.pop("typed", {})
    return Revision.objects.create(
        post=post,
        base=base,
        saved_by=make_editor(),
        typed=typed,
        saved_at=saved_at or timezone.now(),
        **(base.article_values() | values),
    )


def test_it_is_the_article_page_under_a_bar(draft, client):
    link, address = share(draft)
    shown = client.get(address)
    assert shown.status_code == 200
    ends = timezone.localtime(link.expires_at)
    page = Page(shown)
    assert f"Preview. Not public. Ends {ends:%B} {ends.day}" in page.text
    assert faults(shown.content.decode()) == []
    publish(make_editor(), newest_revision(draft))
    public = Page(client.get("/blog/quillwort/"))
    # Word for word what readers get, but for the bar and the links that share it.
    main = "//main//*[self::h1 or self::h2 or self::p or self::dt or self::dd or self::figcaption or self::li]"
    shared = ("Share", "Email", "Facebook", "X", "LinkedIn")
    assert page.all(main + "/text()") == [text for text in public.all(main + "/text()") if text not in shared]
    assert page.all("//main//img/@src") == public.all("//main//img/@src") != []


def test_nobody_keeps_lists_or_frames_it(draft, client):
    _, address = share(draft)
    for answer in (client.get(address), client.head(address), client.get("/preview/nothing/")):
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer["X-Frame-Options"] == "DENY"
        assert "script-src 'none'" in answer["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert not answer.cookies and "ETag" not in answer and "Last-Modified" not in answer
    text = client.get(address).content.decode()
    assert '<meta name="robots" content="noindex' in text
    assert "ld+json" not in text and "canonical" not in text and "og:" not in text
    # Its own secret stands nowhere in it.
    assert address.split("/")[2] not in text


def test_it_needs_no_login_and_knows_nobody(draft):
    _, address = share(draft)
    staff = Client()
    staff.force_login(make_editor())
    with CaptureQueriesContext(connection) as queries:
        assert staff.get(address).content == Client().get(address).content
    assert not [query for query in queries if "_session" in query["sql"] or 'FROM "auth_user"' in query["sql"]]
    assert Client(enforce_csrf_checks=True).post(address).status_code == 405


def test_every_end_is_the_same_page(draft, client):
    now = timezone.now()
    expired, revoked, trashed = share(draft, 1, now - DAY - MINUTE), share(draft), share(draft)
    end_preview_link(make_editor(), revoked[0])
    answers = [client.get(address) for _, address in (expired, revoked)]
    answers += [client.get(f"/preview/{unknown}/") for unknown in ("x", "x" * 5000, "é", "%2e%2e", "'%22<b>")]
    move_to_trash(make_editor(), draft)
    answers.append(client.get(trashed[1]))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    # Each has a number of its own, by which it is found in the log.
    assert len({answer.headers.pop("X-Request-ID") for answer in answers}) == len(answers)
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    text = Page(answers[0]).text
    assert "There is no preview here" in text and "Quillwort" not in text


def test_a_text_pasted_among_the_tags_keeps_nobody_waiting(draft, client):
    typed = {"tag_words": ", ".join(f"word {number}" for number in range(2000))}
    write_open(draft, title="Being written", typed=typed)
    _, address = share(draft)
    with CaptureQueriesContext(connection) as queries:
        assert "Being written" in client.get(address).content.decode()
    assert len(queries) < 100


def test_whoever_leaves_reads_no_newer_draft(draft, client):
    mara, left = person("mara", "Manager"), person("left", "Writer", "Editor")
    _, theirs = make_preview_link(left, draft, days=30)
    _, other = share(draft)
    client.force_login(mara)
    client.post(f"/admin/auth/user/{left.pk}/change/", {"username": "left"})
    assert client.get(f"/preview/{theirs}/").status_code == 404 and client.get(other).status_code == 200
    ended = AuditEntry.objects.filter(act=AuditEntry.Act.LINK_REVOKED)
    assert list(ended.values_list("actor", "post", "revision")) == [(mara.pk, draft.pk, None)]
    client.post(f"/admin/auth/user/{left.pk}/change/", {"username": "left", "is_active": "on"})
    assert client.get(f"/preview/{theirs}/").status_code == 404


def test_a_link_ends_at_its_minute(draft, client, monkeypatch):
    link, address = share(draft, 1)
    for moment, status in ((link.expires_at - timedelta(microseconds=1), 200), (link.expires_at, 404)):
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        assert client.get(address).status_code == status


def test_the_newest_draft_is_shown_whenever_it_is_opened(draft, client):
    _, newest = share(draft)
    _, fixed_address = share(draft, revision=newest_revision(draft))
    rewrite(draft, body="<p>Second text</p>")
    assert "Second text" in Page(client.get(newest)).text
    assert "Quillwort text" in Page(client.get(fixed_address)).text
    # What is being written, from its first saved word on, tags too.
    make_post("Other", live=False, tags=("Fern",))
    writing = write_open(draft, body="<p>Open text</p>", typed={"tag_words": "Fern, brand new"})
    page = Page(client.get(newest))
    assert "Open text" in page.text and "Fern" in page.text and "Marsh" not in page.text
    assert "Quillwort text" in Page(client.get(fixed_address)).text
    # But not what a later draft went past.
    writing.saved_at -= DAY
    writing.save()
    assert "Second text" in Page(client.get(newest)).text


def test_a_picture_that_was_replaced_is_not_shown(draft, client):
    _, address = share(draft)
    assert len(Page(client.get(address)).all("//main//img")) == 2
    Image.objects.update(replaced_by=make_picture(410, 300), replaced_at=timezone.now())
    assert Page(client.get(address)).all("//main//img") == []


def test_a_change_of_a_live_post_keeps_its_dates(client):
    now = timezone.now()
    post = make_post("Fernweh", now=now - 30 * DAY)
    change_post(post, body="<p>Two</p>", show_updated=True, now=now - 9 * DAY)
    rewrite(post, body="<p>Three</p>")
    dates = "//div[@class='byline']//time/@datetime"
    assert Page(client.get(share(post)[1])).all(dates) == Page(client.get("/blog/fernweh/")).all(dates)
    assert len(Page(client.get("/blog/fernweh/")).all(dates)) == 2


def test_only_a_digest_is_kept(draft):
    link, address = share(draft)
    token = address.split("/")[2]
    assert re.fullmatch(r"[\w-]{43}", token)
    assert link.digest == hashlib.sha256(token.encode()).hexdigest()
    assert share(draft)[1] != address
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert token not in str(cursor.fetchall()), table


def test_opening_it_is_written_down_once_a_minute(draft, client):
    link, address = share(draft)
    client.get(address)
    link.refresh_from_db()
    first = link.last_opened_at
    assert first is not None
    client.get(address)
    link.refresh_from_db()
    assert link.last_opened_at == first
    PreviewLink.objects.update(last_opened_at=first - 2 * MINUTE)
    client.get(address)
    link.refresh_from_db()
    assert link.last_opened_at > first


def test_only_who_may_edit_the_post_shares_it(draft):
    link, _ = share(draft)
    wilma, nora = person("wilma", "Writer"), person("nora")
    for stranger in (wilma, nora):
        with pytest.raises(NotAllowed):
            make_preview_link(stranger, draft, days=1)
        with pytest.raises(NotAllowed):
            end_preview_link(stranger, link)
    own = Post(title="Own", body="<p>Text</p>")
    save_draft(wilma, own, [])
    own_link, _ = make_preview_link(wilma, own, days=1)
    end_preview_link(wilma, own_link)
    assert PreviewLink.objects.filter(revoked_at__isnull=True).get() == link


def test_making_and_ending_stand_in_the_record(draft):
    link, _ = share(draft)
    end_preview_link(make_editor(), link)
    end_preview_link(make_editor(), link)
    acts = AuditEntry.objects.filter(post=draft).order_by("pk").values_list("act", "actor__username", "about")
    assert list(acts) == [("link_made", "erin", "Quillwort"), ("link_revoked", "erin", "Quillwort")]


def test_what_cannot_be_shared_is_refused_with_a_sentence(draft):
    other = make_post("Other", live=False)
    writing = write_open(draft)
    for about in ({"days": 2}, {"days": 0}, {"revision": newest_revision(other)}, {"revision": writing}):
        with pytest.raises(Refused):
            make_preview_link(make_editor(), draft, **({"days": 1} | about))
    for _ in range(20):
        share(draft)
    with pytest.raises(Refused, match="End one"):
        share(draft)
    move_to_trash(make_editor(), draft)
    with pytest.raises(Refused, match="trash"):
        share(draft)
    assert PreviewLink.objects.count() == 20


def test_no_log_of_django_has_the_secret(draft, client, caplog, monkeypatch):
    _, address = share(draft)
    secret = address.split("/")[2]
    caplog.set_level(logging.DEBUG)
    PreviewLink.objects.update(revoked_at=timezone.now())
    client.get(address)
    client.raise_request_exception = False
    monkeypatch.setattr("blog.publishing.open_preview_link", lambda *_: 1 / 0)
    assert client.get(address).status_code == 500
    assert client.get(address[:-1] + "/more/").status_code == 404
    console = logging.getLogger().manager.root.handlers
    formatters = [one.formatter for one in console if isinstance(one.formatter, Lines)]
    assert formatters, "the log that a server writes"
    written = "\n".join(formatters[0].format(record) for record in caplog.records)
    assert "ZeroDivisionError" in written and "/preview/*" in written
    assert secret not in written


def test_no_public_page_leads_to_it(draft, client):
    _, address = share(draft)
    client.get(address)
    for public in every_address():
        answer = client.get(public)
        body = b"".join(answer) if answer.streaming else answer.content
        assert b"/preview/" not in body and b"Quillwort text" not in body, public


def test_the_closed_site_asks_for_its_password_first(draft, settings):
    settings.SITE_OPEN, settings.SITE_PASSWORD = False, "opens in March"
    _, address = share(draft)
    client = Client()
    answer = client.get(address)
    assert answer.status_code == 401 and b"Quillwort" not in answer.content
    known = {"Authorization": "Basic " + base64.b64encode(b":opens in March").decode()}
    answer = client.get(address, headers=known)
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
