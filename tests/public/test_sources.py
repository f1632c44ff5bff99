"""Sources of an article: what readers see of them, and that it stays what was published."""

import re
from datetime import date

import pytest
from factories import change_post, make_editor, make_post
from html_pages import get

from blog.models import Post, Source
from blog.publishing import newest_revision, save_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def sources():
    label = Source.objects.create(
        title="Label <em>of</em> it", publisher="FDA", url="https://fda.example/label", accessed_on=date(2026, 11, 5)
    )
    study = Source.objects.create(title="A study", accessed_on=date(2026, 11, 6))
    return label, study


def cite(source: Source) -> str:
    return f'<a data-source="{source.pk}"></a>'


def test_the_page_lists_them_in_the_articles_order_and_leads_there_and_back(client, sources):
    label, study = sources
    make_post(body=f"<p>Heat{cite(label)}.</p>", sources=[study.pk, label.pk])
    page = get(client, "/blog/how-lasers-work/")
    first, second = page.tree.xpath("//section[contains(@class,'sources')]/ol/li")
    assert " ".join(first.text_content().split()) == "A study. Seen on November 6, 2026."
    assert " ".join(second.text_content().split()) == "Label <em>of</em> it. FDA. Seen on November 5, 2026. ↑"
    assert second.xpath("a/@href") == ["https://fda.example/label", "#cited-2"]
    (link,) = page.tree.xpath("//div[@class='prose']//sup/a")
    assert (link.get("href"), link.get("id"), link.get("aria-label")) == ("#source-2", "cited-2", "Source 2")
    assert second.get("id") == "source-2"


def test_without_any_there_is_no_list(client):
    make_post()
    assert "Sources" not in get(client, "/blog/how-lasers-work/").html


def test_a_changed_source_shows_with_the_next_publication(client, sources):
    label, _ = sources
    post = make_post(sources=[label.pk])
    label.title = "The new label"
    label.save()
    assert "The new label" not in get(client, "/blog/how-lasers-work/").html
    change_post(post, subtitle="Once more.")
    assert "The new label" in get(client, "/blog/how-lasers-work/").html


def test_what_the_text_cites_joins_the_list_when_it_is_saved(client, sources):
    label, study = sources
    post = make_post(body=f'<p>Heat{cite(label)}<a data-source="999"></a>.</p>', sources=[study.pk])
    assert Post.objects.get(pk=post.pk).sources == [study.pk, label.pk]
    html = get(client, "/blog/how-lasers-work/").html
    assert re.findall(r"<sup>.*?</sup>", html) == [
        '<sup><a href="#source-2" id="cited-2" aria-label="Source 2">2</a></sup>'
    ]


def test_saving_again_changes_nothing(sources):
    post = make_post(body=f"<p>Heat{cite(sources[0])}.</p>", live=False)
    newest, same = newest_revision(post), Post.objects.get(pk=post.pk)
    assert save_draft(make_editor(), same, [], base_id=newest.pk) == newest


def test_feeds_carry_the_list_and_whole_addresses(client, settings, sources):
    settings.SITE_URL = "https://blog.example.com"
    make_post(body=f"<p>Heat{cite(sources[0])}.</p>")
    html = client.get("/feed/json/").json()["items"][0]["content_html"]
    assert '<sup><a href="https://blog.example.com/blog/how-lasers-work/#source-1">1</a></sup>' in html
    assert '<li><a href="https://fda.example/label">Label &lt;em&gt;of&lt;/em&gt; it</a>. FDA</li>' in html
