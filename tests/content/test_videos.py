"""Videos of other sites: a link stands in the text, whatever was pasted; nothing of the other site comes along."""

import pytest
from strict_html import wrong_in

from blog.content.clean import clean
from blog.content.editor import to_editor
from blog.content.outline import plain_text
from blog.content.render import render, render_for_feeds

YOUTUBE = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
STORED = f'<p><a href="{YOUTUBE}">Video on YouTube</a></p>'


@pytest.mark.parametrize(
    ("address", "stored", "name"),
    [
        ("https://youtu.be/dQw4w9WgXcQ?si=track3r", YOUTUBE, "Video on YouTube"),
        ("https://m.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ&utm_source=x", YOUTUBE, "Video on YouTube"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", YOUTUBE, "Video on YouTube"),
        ("//www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1", YOUTUBE, "Video on YouTube"),
        ("https://youtu.be/dQw4w9WgXcQ?t=90", f"{YOUTUBE}&t=90s", "Video on YouTube"),
        ("https://player.vimeo.com/video/123456789?h=ab12cd34ef", "https://vimeo.com/123456789/ab12cd34ef", None),
        ("https://vimeo.com/channels/staffpicks/123456789", "https://vimeo.com/123456789", "Video on Vimeo"),
        ("https://instagram.com/clinic/reel/Cabc_123/?igsh=x", "https://www.instagram.com/reel/Cabc_123/", None),
        ("https://www.instagram.com/p/Cabc_123/", "https://www.instagram.com/p/Cabc_123/", "Post on Instagram"),
        (
            "https://www.tiktok.com/@a.clinic/video/7300000000000000000?lang=en",
            "https://www.tiktok.com/@a.clinic/video/7300000000000000000",
            "Video on TikTok",
        ),
    ],
)
def test_an_address_by_itself_becomes_a_link_without_what_follows_people(address, stored, name):
    expected = f'<p><a href="{stored.replace("&", "&amp;")}">'
    cleaned = clean(f"<p>{address.replace('&', '&amp;')}</p>")
    assert cleaned.startswith(expected) and (name is None or cleaned == f"{expected}{name}</a></p>")
    assert clean(f'<iframe src="{address.replace("&", "&amp;")}"></iframe>') == cleaned == clean(cleaned)
    assert clean(to_editor(cleaned, str)) == cleaned


@pytest.mark.parametrize(
    ("pasted", "title"),
    [
        (f'<p>a</p><iframe width="560" src="{YOUTUBE}" title="YouTube video player"></iframe>', "Video on YouTube"),
        (f'<p>a</p><p><iframe src="{YOUTUBE}" title="How a peel &amp; works"></iframe></p>', "How a peel &amp; works"),
        (f'<p>a</p><p>&lt;iframe src="{YOUTUBE}" title="A peel"&gt;&lt;/iframe&gt;</p>', "A peel"),
    ],
)
def test_code_for_embedding_becomes_a_link(pasted, title):
    assert clean(pasted) == f'<p>a</p>\n<p><a href="{YOUTUBE}">{title}</a></p>'


def test_the_quotations_of_instagram_and_tiktok_become_links():
    instagram = (
        '<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/reel/Cabc_123/?utm=1">'
        "<p>View this post</p></blockquote><script async src='//www.instagram.com/embed.js'></script>"
    )
    tiktok = (
        '<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@c/video/7300000000000000000"><section>x'
        "</section></blockquote>"
    )
    assert clean(instagram) == '<p><a href="https://www.instagram.com/reel/Cabc_123/">Video on Instagram</a></p>'
    assert 'href="https://www.tiktok.com/@c/video/7300000000000000000">Video on TikTok<' in clean(tiktok)


@pytest.mark.parametrize(
    "html",
    [
        '<iframe src="https://youtube.com.evil.example/embed/dQw4w9WgXcQ"></iframe>',
        '<iframe src="https://youtube.com@evil.example/embed/dQw4w9WgXcQ"></iframe>',
        '<iframe src="https://maps.example/embed"></iframe>',
        '<iframe src="javascript:alert(1)//youtube.com/embed/dQw4w9WgXcQ"></iframe>',
        '<iframe src="https://www.youtube.com/embed/x&quot;onload=alert(1)"></iframe>',
        '<iframe srcdoc="<script>alert(1)</script>" src="https://www.youtube.com:99999/embed/dQw4w9WgXcQ"></iframe>',
        '<iframe src="https://[/embed/dQw4w9WgXcQ"></iframe>',
    ],
)
def test_other_frames_leave_nothing(html):
    assert clean(html) == ""


def test_a_title_from_elsewhere_is_only_words():
    cleaned = clean(f'<iframe src="{YOUTUBE}" title="&lt;img src=x onerror=alert(1)&gt;"></iframe>')
    assert cleaned == f'<p><a href="{YOUTUBE}">&lt;img src=x onerror=alert(1)&gt;</a></p>'
    assert wrong_in(cleaned) == [] and "<img" not in render(cleaned, {}).html


def test_an_address_amid_words_and_a_link_with_words_stay_as_written():
    written = f'<p>See {YOUTUBE} for more</p>\n<p><a href="https://youtu.be/dQw4w9WgXcQ">How a peel works</a></p>'
    assert clean(written) == written
    assert "Video on YouTube" not in plain_text(written)


def test_a_page_shows_a_card_that_names_the_site_and_asks_it_for_nothing():
    page = render(f'{STORED}\n<p>And <a href="{YOUTUBE}">this one</a>.</p>', {}).html
    card, words = page.split("\n")
    assert card == (
        f'<p class="video"><a href="{YOUTUBE}" rel="noopener">Video on YouTube<span>Opens youtube.com</span></a></p>'
    )
    assert words == f'<p>And <a href="{YOUTUBE}" rel="noopener">this one</a>.</p>'


def test_feeds_and_measures_have_the_link_and_its_words():
    assert render_for_feeds(STORED, {}, "https://clinic.example/blog/x/") == (
        f'<p><a href="{YOUTUBE}" rel="noopener">Video on YouTube</a></p>'
    )
    assert plain_text(STORED) == "Video on YouTube"
