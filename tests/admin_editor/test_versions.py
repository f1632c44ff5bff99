"""Earlier versions: the timeline, two versions against each other, and putting one back."""

from datetime import timedelta

import lxml.html
import pytest
from cast import DAY, HOUR, MINUTE, person
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from factories import change_post, make_author, make_editor, make_picture, make_post, make_tag, make_topic

from blog.clinic_time import day, spoken
from blog.models import Image, Post, Review, Revision
from blog.publishing import newest_revision, publish, restore, save_draft


@pytest.fixture
def otto(db):
    return person("otto", "Writer", "Editor")


@pytest.fixture
def rewrite(db):
    """``rewrite(post, now, **values)`` saves other words as Erin, or as ``actor``; gives the new revision."""

    def write(post, now, actor=None, tags=None, **values):
        post = Post.objects.get(pk=post.pk)
        for name, value in values.items():
            setattr(post, name, value)
        base = newest_revision(post)
        tags = list(post.tags.all()) if tags is None else tags
        return save_draft(actor or make_editor(), post, tags, base_id=base.pk, now=now)

    return write


def write_open(post, user, **values):
    """Words that this person is writing right now."""
    base = newest_revision(post)
    columns = base.article_values() | {name: value for name, value in values.items() if name != "typed"}
    return Revision.objects.create(
        post=post, base=base, saved_by=user, saved_at=timezone.now(), typed=values.get("typed", {}), **columns
    )


def versions(screen, post, query=""):
    answer = screen.client.get(f"/admin/blog/post/{post.pk}/versions/{query}")
    assert answer.status_code == 200
    return Page(answer)


class Page:
    def __init__(self, answer):
        self.root = lxml.html.fromstring(answer.content.decode())

    def words(self, xpath):
        return [" ".join(found.text_content().split()) for found in self.root.xpath(xpath)]

    @property
    def sittings(self):
        return self.words("//ol[contains(@class,'st-time')]/li/a")

    @property
    def changes(self):
        """Label and what stands under it; removed words in [-…-], added ones in [+…+]."""
        for tag, form in (("del", "[-{}-]"), ("ins", "[+{}+]")):
            for node in self.root.xpath(f"//section//{tag}"):
                node.text = form.format(node.text)
        cards = self.root.xpath("//section[contains(@class,'st-card')]")
        return {
            " ".join(card.xpath("./h2")[0].text_content().split()): " ".join(
                card.xpath("./div")[0].text_content().split()
            )
            for card in cards
        }


def test_the_timeline_goes_by_sittings(editor, otto, rewrite):
    # At 3 pm of the clinic's clock, so that no sitting goes over midnight.
    today = timezone.localtime().replace(hour=15, minute=0)
    start = today - 20 * DAY
    post = make_post("Lasers", live=False, now=start)
    rewrite(post, start + 40 * MINUTE, body="<p>Two</p>")
    rewrite(post, start + 95 * MINUTE, body="<p>Three</p>")
    rewrite(post, start + 96 * MINUTE, otto, body="<p>Four</p>")
    rewrite(post, start + 3 * HOUR, otto, body="<p>Five</p>")
    rewrite(post, start + 3 * HOUR + DAY, otto, body="<p>Six</p>")
    page = versions(editor, post)
    days = [f"{start + more:%B} {(start + more).day}, " for more in (DAY, 0 * DAY)]
    assert page.sittings == [
        f"{days[0]}6:00 pm Otto Newest draft",
        f"{days[1]}6:00 pm Otto",
        f"{days[1]}4:36 pm Otto",
        f"{days[1]}3:00 pm to 4:35 pm You",
    ]
    assert page.words("//ol[contains(@class,'st-time')]//summary") == ["3 versions"]
    # A sitting leads to all that was changed in it, and each of its versions to its own change.
    whole, last = page.root.xpath("//ol[contains(@class,'st-time')]/li[4]//a/@href")[:2]
    first = Revision.objects.get(body="<p>Light, slowly explained.</p>")
    assert whole == f"?to={first.pk + 2}" and last == f"?from={first.pk + 1}&to={first.pk + 2}"


def test_the_timeline_says_what_became_of_each_version(editor, otto, rewrite):
    now = timezone.now()
    post = make_post("Lasers", now=now - 30 * DAY)
    second = rewrite(post, now - 20 * DAY, body="<p>Two</p>")
    Review.objects.create(
        post=post, revision=second, submitted_at=now, outcome="approved", decided_by=otto, decided_at=now
    )
    publish(make_editor(), second, now=now - 19 * DAY)
    third = rewrite(post, now - 10 * DAY, body="<p>Three</p>")
    publish(make_editor(), third, at=now + 3 * DAY, now=now - 9 * DAY)
    fourth = rewrite(post, now - 5 * DAY, body="<p>Four</p>")
    Review.objects.create(post=post, revision=fourth, submitted_by=editor.user, submitted_at=now)
    aside = write_open(post, otto, body="<p>Beside</p>")
    aside.sealed_at, aside.set_aside = now, True
    aside.save()
    write_open(post, editor.user, body="<p>Now</p>")
    chips = [
        [chip.text for chip in sitting.xpath(".//span[contains(@class,'st-chip')]")]
        for sitting in versions(editor, post).root.xpath("//ol[contains(@class,'st-time')]/li")
    ]
    days = [day(now - ago * DAY, now) for ago in (30, 19)]
    assert chips == [
        ["Being written"],
        ["Not in the draft"],
        ["Sent for review", "Newest draft"],
        [f"Scheduled for {spoken(now + 3 * DAY, now, zone=False)}"],
        [f"Live since {days[1]} until {spoken(now + 3 * DAY, now, zone=False)}", "Approved by otto"],
        [f"Published {days[0]} to {days[1]}"],
    ]


def test_live_text_and_newest_draft_are_compared_by_themselves(editor, rewrite):
    now = timezone.now()
    post = make_post(
        "Lasers", now=now - 9 * DAY, body="<h2>Costs</h2><p>A plan will pay.</p>", topic="Lasers", tags=("Skin",)
    )
    rewrite(post, now - 8 * DAY, body="<h2>Costs</h2><p>A plan would pay.</p>")
    rewrite(
        post,
        now - DAY,
        tags=[make_tag("Light")],
        body='<h2>Costs</h2><p>A plan may <a href="/blog/plans/">pay</a>.</p>',
        topic=make_topic("Your visit"),
        noindex=True,
    )
    page = versions(editor, post)
    assert page.words("//p[strong]")[-1].startswith("4 places differ")
    assert page.changes == {
        "Article, “Costs”": "A plan [-will-][+may+] pay. Link on “pay”: no link → /blog/plans/",
        "Topic": "Lasers → Your visit",
        "Tags": "added Light; removed Skin",
        "Keep out of search engines": "no → yes",
    }


def test_any_two_versions_can_be_compared(editor, rewrite):
    now = timezone.now()
    post = make_post("Lasers", live=False, now=now - 9 * DAY, body="<p>One word</p>")
    first = newest_revision(post)
    second = rewrite(post, now - 8 * DAY, body="<p>Two words</p>")
    rewrite(post, now - 7 * DAY, body="<p>Three words</p>")
    assert versions(editor, post).changes == {"Article": "[-Two-][+Three+] words"}
    page = versions(editor, post, f"?from={first.pk}&to={second.pk}")
    assert page.changes == {"Article": "[-One word-] [+Two words+]"}
    same = versions(editor, post, f"?from={first.pk}&to={first.pk}")
    assert same.changes == {} and "same words" in same.words("//div[contains(@class,'st-note')]")[0]


def test_one_version_says_so_and_nonsense_is_answered(editor):
    post, other = make_post("Lasers", live=False), make_post("Secret", live=False)
    assert versions(editor, post).words("//div[contains(@class,'st-note')]") == [
        "There is only one version so far. Each time the draft is saved, it is kept here."
    ]
    for query in ("?from=x&to=y", "?from=99999999999999999999&to=1", "?before=0", "?before=-3", "?from=\x00"):
        assert versions(editor, post, query).changes == {}
    theirs = newest_revision(other).pk
    page = versions(editor, post, f"?from={theirs}&to={newest_revision(post).pk}")
    assert "Secret" not in page.root.text_content()
    assert editor.client.get("/admin/blog/post/999/versions/").status_code == 404
    assert editor.client.get(f"/admin/blog/post/{post.pk}/versions/{theirs}/restore/").status_code == 404


def test_words_that_no_field_can_hold_are_shown_as_typed(editor, otto):
    post = make_post("Lasers", live=False, tags=("Skin",))
    writing = write_open(post, otto, typed={"tag_words": "Skin, Brand new", "published_at": "31.12."})
    page = versions(editor, post, f"?from={newest_revision(post).pk}&to={writing.pk}")
    assert page.changes == {"Tags": "added Brand new", "Shown date, as typed": "none → 31.12."}


def restore_by_hand(screen, post, revision):
    """Open the screen of one version, press its button, and read the page that follows."""
    address = f"/admin/blog/post/{post.pk}/versions/{revision.pk}/restore/"
    shown = Page(screen.client.get(address))
    draft = shown.root.xpath("//input[@name='draft']/@value")
    answer = screen.client.post(address, {"draft": draft}, follow=True)
    return shown, Page(answer)


def test_a_version_is_restored_and_that_is_undone(editor, rewrite):
    now = timezone.now()
    post = make_post("Lasers", now=now - 9 * DAY, body="<p>Good old words of ours</p>", tags=("Skin",))
    first = newest_revision(post)
    second = rewrite(post, now - DAY, tags=[], body="<p>Bad new words of ours</p>", excerpt="New")
    shown, after = restore_by_hand(editor, post, first)
    assert "what is live stays until somebody publishes" in shown.root.text_content()
    assert shown.changes == {
        "Article": "[-Bad new-][+Good old+] words of ours",
        "Short summary": "[-New-]",
        "Tags": "added Skin",
    }
    (said,) = after.words("//ul[@class='messagelist']/li")
    assert "is the draft again. Readers see no change." in said
    draft = newest_revision(post)
    post.refresh_from_db()
    assert (draft.body, draft.restored_from, draft.base) == ("<p>Good old words of ours</p>", first, second)
    assert (post.body, [tag.name for tag in post.tags.all()]) == ("<p>Good old words of ours</p>", ["Skin"])
    assert Revision.objects.get(pk=second.pk).body == "<p>Bad new words of ours</p>"
    assert any("Restored from" in sitting for sitting in versions(editor, post).sittings)
    # The way back is in the sentence.
    (undo,) = after.root.xpath("//ul[@class='messagelist']//a/@href")
    draft_shown = Page(editor.client.get(undo)).root.xpath("//input[@name='draft']/@value")
    editor.client.post(undo, {"draft": draft_shown})
    post.refresh_from_db()
    assert (post.body, post.excerpt, post.tags.count()) == ("<p>Bad new words of ours</p>", "New", 0)
    assert newest_revision(post).restored_from == second


def test_a_restore_on_top_of_words_that_nobody_showed_is_asked_again(editor, otto, rewrite):
    now = timezone.now()
    post = make_post("Lasers", live=False, now=now - 9 * DAY)
    first = newest_revision(post)
    second = rewrite(post, now - DAY, body="<p>Two</p>")
    rewrite(post, now - HOUR, otto, body="<p>Otto’s</p>")
    address = f"/admin/blog/post/{post.pk}/versions/{first.pk}/restore/"
    answer = Page(editor.client.post(address, {"draft": second.pk}))
    assert "otto saved this post" in answer.words("//*[@role='alert']")[0]
    assert newest_revision(post).body == "<p>Otto’s</p>"


def test_the_same_version_again_is_no_new_draft(editor):
    post = make_post("Lasers", live=False)
    first = newest_revision(post)
    shown, after = restore_by_hand(editor, post, first)
    assert "exactly this version already" in shown.root.text_content()
    assert not shown.root.xpath("//main//button[@type='submit']")
    assert "exactly this version already" in after.words("//ul[@class='messagelist']/li")[0]
    assert Revision.objects.count() == 1


def test_words_that_are_being_written_are_kept_beside(editor, otto, rewrite):
    now = timezone.now()
    post = make_post("Lasers", live=False, now=now - 9 * DAY)
    first = newest_revision(post)
    rewrite(post, now - DAY, body="<p>Two</p>")
    theirs, mine = write_open(post, otto, body="<p>Otto’s</p>"), write_open(post, editor.user, body="<p>Mine</p>")
    shown = Page(editor.client.get(f"/admin/blog/post/{post.pk}/versions/{theirs.pk}/restore/"))
    assert "You have words here that are not saved." in shown.root.text_content()
    refused = Page(editor.client.post(f"/admin/blog/post/{post.pk}/versions/{theirs.pk}/restore/"))
    assert "still writing" in refused.words("//*[@role='alert']")[0]
    done = restore(editor.user, post, first)
    assert done.before == mine
    for kept in Revision.objects.filter(pk__in=[theirs.pk, mine.pk]):
        assert kept.set_aside and kept.sealed_at is not None
    assert newest_revision(post) == done.draft
    restore(editor.user, post, Revision.objects.get(pk=mine.pk))
    assert newest_revision(post).body == "<p>Mine</p>"


def test_an_address_that_readers_know_stays(editor, rewrite):
    now = timezone.now()
    post = make_post("Lasers", now=now - 9 * DAY)
    first = newest_revision(post)
    change_post(post, slug="light", now=now - DAY)
    _, after = restore_by_hand(editor, post, first)
    assert "is exactly this version already" in after.words("//ul[@class='messagelist']/li")[0]
    rewrite(post, now - HOUR, body="<p>Two</p>")
    _, after = restore_by_hand(editor, post, first)
    said = "The address stays “light”, because readers know it."
    assert said in after.words("//ul[@class='messagelist']/li")[0]
    assert (newest_revision(post).slug, newest_revision(post).note) == ("light", said)


def test_an_address_that_another_post_took_stays_away(rewrite):
    now = timezone.now()
    post = make_post("Lasers", live=False, now=now - 9 * DAY)
    first = newest_revision(post)
    rewrite(post, now - DAY, slug="light", title="Light")
    make_post("Other", live=False, slug=first.slug)
    done = restore(make_editor(), post, first)
    assert (done.draft.slug, done.draft.title) == ("light", "Lasers")
    assert done.kept == ["The address stays “light”: “Other” has the old one now."]


def test_a_picture_that_was_replaced_everywhere_stays_replaced(rewrite):
    old, new = make_picture(), make_picture(410, 300)
    figure = f'<figure><img data-image="{old.pk}" alt="Lamp"></figure>'
    post = make_post("Lasers", live=False, hero_image=old, hero_alt="Lamp", body=figure + f"<p>&lt;img {old.pk}</p>")
    first = newest_revision(post)
    rewrite(post, timezone.now(), hero_image=None, hero_alt="", body="<p>Two</p>")
    Image.objects.filter(pk=old.pk).update(replaced_by=new, replaced_at=timezone.now())
    done = restore(make_editor(), post, first)
    assert done.draft.hero_image == new
    assert done.draft.body == first.body.replace(f'data-image="{old.pk}"', f'data-image="{new.pk}"')
    assert done.kept == ["A photo of that version was replaced everywhere since, and stays replaced."]


def test_a_writer_restores_own_posts_and_names_no_other_author(writer, editor, rewrite):
    now = timezone.now()
    post = Post(title="Mine", body="<p>One</p>", author=make_author("Ada Ray"))
    save_draft(writer.user, post, [], now=now - 9 * DAY)
    first = newest_revision(post)
    rewrite(post, now - DAY, author=make_author("Wilma Fox"), body="<p>Two</p>")
    done = restore(writer.user, post, first)
    assert (done.draft.body, done.draft.author.name) == ("<p>One</p>", "Wilma Fox")
    assert done.kept == ["The author stays. An editor can choose another one."]
    assert done.draft.saved_by == writer.user
    theirs = make_post("Theirs", live=False)
    address = f"/admin/blog/post/{theirs.pk}/versions/"
    assert writer.client.get(address).status_code == 200
    assert not Page(writer.client.get(address)).words("//a[contains(.,'Restore')]")
    for send in (writer.client.get, writer.client.post):
        assert send(f"{address}{newest_revision(theirs).pk}/restore/").status_code == 403


def test_without_a_role_no_version_is_read(screen_of, db):
    post = make_post("Lasers", live=False)
    assert screen_of(person("nora")).client.get(f"/admin/blog/post/{post.pk}/versions/").status_code == 403


def many_versions(post, count):
    newest = newest_revision(post)
    start = timezone.now() - timedelta(days=400)
    Revision.objects.bulk_create(
        Revision(
            post=post,
            saved_by=make_editor(),
            saved_at=start + number * HOUR / 2,
            sealed_at=start + number * HOUR / 2,
            **(newest.article_values() | {"body": f"<p>Words of version {number}</p>"}),
        )
        for number in range(count)
    )


def cost(screen, address):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = screen.client.get(address)
    assert answer.status_code == 200
    return len(seen), answer


def test_500_versions_cost_no_more_than_5(editor):
    short, long = make_post("Short"), make_post("Long")
    many_versions(short, 5)
    many_versions(long, 500)
    for page in ("change", "versions"):
        cost(editor, f"/admin/blog/post/{short.pk}/{page}/")  # what a process remembers is remembered now
        few, _ = cost(editor, f"/admin/blog/post/{short.pk}/{page}/")
        many, answer = cost(editor, f"/admin/blog/post/{long.pk}/{page}/")
        assert many == few
    assert few <= 18
    page = Page(answer)
    assert len(page.root.xpath("//select[@id='from']/option")) <= 42
    # The oldest are some pages away.
    seen = 0
    while older := page.root.xpath("//a[.='Older versions']/@href"):
        page = versions(editor, long, older[0])
        seen += 1
    assert seen == 12
    assert page.words("//a[contains(.,'Back to the newest')]")


@pytest.mark.parametrize(("page", "most"), [("change", 5), ("versions", 50)])
def test_a_page_reads_few_versions_of_many(editor, monkeypatch, page, most):
    post = make_post("Long")
    many_versions(post, 200)
    made = []
    begin = Revision.__init__
    monkeypatch.setattr(
        Revision, "__init__", lambda self, *args, **kwargs: (made.append(1), begin(self, *args, **kwargs))[1]
    )
    assert editor.client.get(f"/admin/blog/post/{post.pk}/{page}/").status_code == 200
    assert len(made) <= most


def test_words_at_rest_are_the_draft_once_somebody_looks(editor, otto):
    post = make_post("Lasers", live=False, now=timezone.now() - DAY)
    writing = write_open(post, otto, body="<p>Left lying</p>")
    writing.saved_at = timezone.now() - HOUR
    writing.save()
    newest, first = versions(editor, post).sittings
    assert "Newest draft" in newest and "otto" in newest.lower() and "Newest draft" not in first
    assert newest_revision(post).pk == writing.pk
