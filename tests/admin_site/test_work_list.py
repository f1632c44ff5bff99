"""The work list: for each role what waits for it, most urgent first, each post once."""

import pytest
from cast import DAY, HOUR, person
from django.db import connection
from django.test import Client
from django.urls import reverse
from factories import without_checks
from staff_words import NOON, tree, words

from blog.models import Author, Post, Practice, Review, Revision
from blog.publishing import move_to_trash, newest_revision, publish, save_draft, take_off
from blog.reading import forget_practice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def rita(db):
    return person("rita", "Medical reviewer")


def review(post, outcome="waiting", by=None, asked=NOON - 4 * DAY, decided=NOON - DAY, **values):
    """A request to look at the post's newest draft, and what came of it."""
    values |= {} if outcome == "waiting" else {"decided_at": decided, "decided_by": by}
    return Review.objects.create(
        post=post,
        revision=newest_revision(post),
        submitted_at=asked,
        outcome=outcome,
        **{"submitted_by": post.created_by, **values},
    )


def cards(user) -> dict[str, list[str]]:
    """The list as this person sees it: the lines under each heading, in the order of the page."""
    client = Client()
    client.force_login(user)
    found = {}
    for section in tree(client.get("/admin/")).xpath("//div[contains(@class,'st-work')]//section"):
        heading = " ".join(section.xpath("./h2")[0].text.split())
        found[heading] = [" ".join(" ".join(line.itertext()).split()) for line in section.xpath(".//li")]
    return found


def test_a_writer_s(wilma, erin, rita, draft, rewrite):
    back, waits, good, soon, _ = (draft(name, actor=wilma) for name in ("Back", "Waits", "Good", "Soon", "Idea"))
    review(good, "approved", by=rita)
    review(back, "sent_back", by=rita, answer="Add when to stop fish oil.")
    review(waits)
    publish(erin, newest_revision(soon), at=NOON + DAY, now=NOON)
    draft("Erin's own")
    assert cards(wilma) == {
        "Sent back to you": ["Back Sent back by rita: “Add when to stop fish oil.” Sunday 12:00 pm"],
        "My drafts": ["Idea Readers see nothing of it yet Saved June 14, 12:00 pm"],
        "Waiting for a reviewer": ["Waits Sent by wilma 4 days"],
        "Approved, not live yet": ["Good Approved by rita on Sunday 12:00 pm. An editor publishes it"],
        "Scheduled": ["Soon New post Tuesday 12:00 pm"],
    }
    assert next(iter(cards(wilma))) == "Sent back to you", "the most urgent stands on top"


def test_sent_back_until_something_came_after_it(wilma, erin, rita, draft, rewrite):
    again, published, thrown, still = (draft(name, actor=wilma) for name in ("Again", "Published", "Thrown", "Still"))
    for post in (again, published, thrown, still):
        review(post, "sent_back", by=rita, answer="Look again", decided=NOON - 2 * DAY)
    rewrite(still, actor=wilma, title="Still, changed")
    review(again, asked=NOON - HOUR)
    publish(erin, newest_revision(published), now=NOON - HOUR)
    move_to_trash(wilma, thrown, now=NOON)
    found = cards(wilma)
    assert [line.split(" Sent")[0] for line in found["Sent back to you"]] == ["Still, changed"]
    assert [line.split(" Sent")[0] for line in found["Waiting for a reviewer"]] == ["Again"]


def test_an_editor_s(erin, wilma, rita, draft, rewrite):
    ready, moved_on, waits, first, second, changed = (
        draft(name, actor=wilma) for name in ("Ready", "Moved on", "Waits", "First", "Second", "Changed")
    )
    review(ready, "approved", by=rita)
    review(moved_on, "approved", by=rita)
    rewrite(moved_on, actor=wilma, subtitle="Other words than those that were approved")
    review(waits)
    publish(erin, newest_revision(second), at=NOON + 2 * DAY, now=NOON)
    publish(erin, newest_revision(first), at=NOON + DAY, now=NOON)
    publish(erin, newest_revision(changed), now=NOON - 9 * DAY)
    rewrite(changed, actor=wilma, subtitle="New words")
    found = cards(erin)
    assert found == {
        "Ready to publish": ["Ready Approved by rita on Sunday 12:00 pm Publish… Ready"],
        "Waiting for a reviewer": ["Waits Sent by wilma 4 days"],
        "Scheduled": ["First New post Tuesday 12:00 pm", "Second New post Wednesday 12:00 pm"],
        "Changes not live yet": ["Changed Readers still see the text of November 14 Saved June 15, 12:00 pm"],
    }
    publish(erin, newest_revision(ready), now=NOON)
    assert "Ready to publish" not in cards(erin)


def test_publishing_is_one_press_away(as_user, erin, rita, draft):
    post = draft("Ready")
    review(post, "approved", by=rita)
    links = tree(as_user(erin).get("/admin/")).xpath("//section[@aria-labelledby='ready']//a/@href")
    assert links == [reverse(f"admin:blog_post_{name}", args=[post.pk]) for name in ("change", "publish")]


def test_a_reviewer_s_and_never_their_own(rita, wilma, draft):
    rita.groups.set([*rita.groups.all(), *wilma.groups.all()])
    rita = type(rita).objects.get(pk=rita.pk)
    old, new, own, signed, sent = (draft(name, actor=wilma) for name in ("Old", "New", "Own", "Signed", "Sent"))
    review(new, asked=NOON - HOUR, note="Is the dose right?")
    review(old, asked=NOON - 9 * DAY)
    type(own).objects.filter(pk=own.pk).update(created_by=rita)
    type(own).objects.filter(pk=signed.pk).update(author=Author.objects.create(name="Rita", slug="rita", user=rita))
    for post, values in ((own, {}), (signed, {}), (sent, {"submitted_by": rita})):
        review(post, **values)
    found = cards(rita)
    assert found["Waiting for your review"] == [
        "Old From wilma 9 days Review… Old",
        "Sent From rita 4 days Review… Sent",
        "New From wilma: “Is the dose right?” since today Review… New",
    ], "who asks for somebody else may read it, too; only own words are never theirs to decide"
    assert {line.split(" Sent by")[0] for line in found["Waiting for a reviewer"]} == {"Own", "Signed"}


def test_links_that_lead_nowhere(as_user, erin, wilma, draft):
    target = draft("Away")
    post = draft("Leads there", body=f'<p><a href="/blog/away/" data-post="{target.pk}">See</a></p>')
    with without_checks():
        publish(erin, newest_revision(post), now=NOON - DAY)
    assert cards(erin)["Links that lead nowhere"] == ["Leads there Links to “Away”"]
    assert "Links that lead nowhere" not in cards(wilma)
    more = tree(as_user(erin).get("/admin/")).xpath(
        "//section[@aria-labelledby='dead-links']//a[@class='st-more']/@href"
    )
    assert more == [reverse("admin:blog_post_dead_links")]
    publish(erin, newest_revision(target), now=NOON)
    assert "Links that lead nowhere" not in cards(erin)


def test_logins_without_an_author(mara, wilma, nora):
    assert cards(mara)["Logins without an author"] == [
        f"{name} Writes here without a page as an author. Add it, or link one that is there under Authors."
        for name in ("mara", "wilma")
    ], "Nora has no role, so she writes nothing"
    for user in (mara, wilma):
        Author.objects.create(name=user.username, slug=user.username, user=user)
    assert cards(mara) == {}
    assert "Logins without an author" not in cards(wilma)


def test_the_page_to_add_begins_with_the_login(as_user, mara, wilma):
    client = as_user(mara)
    link = tree(client.get("/admin/")).xpath("//section[@aria-labelledby='logins']//a[text()='wilma']/@href")[0]
    assert tree(client.get(link)).xpath("//select[@name='user']/option[@selected]/@value") == [str(wilma.pk)]


def test_with_every_role_each_post_once(root, erin, rita, draft, rewrite):
    back, mine, ready, soon, changed, _ = (
        draft(name, actor=root) for name in ("Back", "Mine", "Ready", "Soon", "Changed", "Idea")
    )
    waits = draft("Waits", actor=erin)
    review(back, "sent_back", by=rita)
    review(mine)
    review(waits, submitted_by=erin)
    review(ready, "approved", by=rita)
    publish(root, newest_revision(soon), at=NOON + DAY, now=NOON)
    publish(root, newest_revision(changed), now=NOON - DAY)
    rewrite(changed, subtitle="New words")
    found = cards(root)
    assert {heading: [line.split()[0] for line in lines] for heading, lines in found.items()} == {
        "Sent back to you": ["Back"],
        "Waiting for your review": ["Waits"],
        "Ready to publish": ["Ready"],
        "My drafts": ["Changed", "Idea"],
        "Waiting for a reviewer": ["Mine"],
        "Scheduled": ["Soon"],
        "Logins without an author": ["root", "erin"],
    }


def test_long_lists_end_and_lead_to_the_rest(erin, wilma, draft):
    for number in range(9):
        publish(erin, newest_revision(draft(f"Post {number}", actor=wilma)), at=NOON + DAY, now=NOON)
    client = Client()
    client.force_login(erin)
    page = tree(client.get("/admin/"))
    assert len(page.xpath("//section[@aria-labelledby='scheduled']//li")) == 8
    more = page.xpath("//section[@aria-labelledby='scheduled']//a[@class='st-more']/@href")
    assert more == ["/admin/blog/post/?status=scheduled"]


def test_nothing_waits_and_what_to_do(as_user, rita, erin, nora):
    assert "When a colleague sends one, it stands here." in words(as_user(rita).get("/admin/"))
    said = words(as_user(erin).get("/admin/"))
    assert "No draft of yours is waiting. Start a new post" in said
    assert "Nothing is scheduled, and no change waits to be published." in said
    assert "Ask the person who manages logins for one." in words(as_user(nora).get("/admin/"))


def test_reviews_are_not_mentioned_where_nobody_reviews_yet(as_user, root):
    assert "review" not in words(as_user(root).get("/admin/")).split("First steps")[0]
    Practice.objects.update(review_policy="may")
    forget_practice()
    assert "No text waits for your review." in words(as_user(root).get("/admin/"))


def test_titles_and_notes_are_text(wilma, rita, draft, as_user):
    post = draft("<img src=x onerror=alert(1)>", actor=wilma)
    review(post, "sent_back", by=rita, answer="<script>alert(2)</script>")
    answer = as_user(wilma).get("/admin/")
    assert "“<script>alert(2)</script>”" in words(answer)
    assert not tree(answer).xpath("//img[@onerror]|//script[contains(text(), 'alert')]")


def some_of_each(draft, erin, rita):
    """Posts in every state that the list knows."""
    for number in range(12):
        post = draft(f"Post {number}")
        kind = number % 6
        if kind == 0:
            review(post)
        elif kind == 1:
            review(post, "approved", by=rita)
        elif kind == 2:
            publish(erin, newest_revision(post), at=NOON + DAY, now=NOON)
        elif kind == 3:
            publish(erin, newest_revision(post), now=NOON)
            post.subtitle = "New"
            save_draft(erin, post, [], base_id=newest_revision(post).pk, now=NOON)
        elif kind == 4:
            review(post, "sent_back", by=rita)
        else:
            publish(erin, newest_revision(post), now=NOON)
            take_off(erin, post, "Old", at=NOON + DAY, now=NOON)


@pytest.mark.parametrize("more", [1, 300])
def test_its_cost_is_the_same_with_few_posts_and_many(
    as_user, root, erin, rita, draft, more, django_assert_num_queries
):
    some_of_each(draft, erin, rita)
    link = f'<a href="/blog/post-0/" data-post="{Post.objects.get(title="Post 0").pk}">See</a>'
    with without_checks():
        publish(erin, newest_revision(draft("Leads nowhere", body=f"<p>{link}</p>")), now=NOON)
    posts = Post.objects.bulk_create(
        Post(title=f"More {one}", slug=f"more-{one}", created_by=root, saved_at=NOON - 300 * DAY) for one in range(more)
    )
    Revision.objects.bulk_create(
        Revision(post=post, saved_at=NOON, sealed_at=NOON, **post.article_values()) for post in posts
    )
    client = as_user(root)
    client.get("/admin/")
    # The health of the site asks SQLite one thing more.
    with django_assert_num_queries(25 if connection.vendor == "sqlite" else 24):
        client.get("/admin/")
