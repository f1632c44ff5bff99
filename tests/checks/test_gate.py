"""Nothing goes live that the checks stop: now, at a set time, or put back; and what is live stays live."""

import pytest
from cast import DAY, NOON, person
from factories import make_editor, make_picture, make_post, missing_for_release

from blog.checks import check
from blog.models import AuditEntry, Override, Phrase, Publication
from blog.publishing import (
    NotAllowed,
    Refused,
    give_reason,
    newest_revision,
    publish,
    put_back,
    take_off,
)

pytestmark = pytest.mark.django_db

PROMISE = "<p>The injections are quick and painless. They take a minute.</p>"
SENTENCE = "The injections are quick and painless."


def draft_with(body=PROMISE, **values):
    return make_post("Before a big day", live=False, now=NOON - DAY, body=body, **values)


@pytest.mark.parametrize("at", [None, NOON + DAY])
def test_a_promise_without_a_reason_is_not_published(erin, at):
    post = draft_with()
    with pytest.raises(Refused, match="“painless” is a promise"):
        publish(erin, newest_revision(post), at=at, now=NOON)
    assert not post.publications.exists()
    assert set(missing_for_release(newest_revision(post))) == {"body"}


@pytest.mark.parametrize("at", [None, NOON + DAY])
def test_with_a_reason_it_is(erin, at):
    post = draft_with()
    give_reason(erin, post, "promise", SENTENCE, "It is about the numbing cream.", now=NOON)
    assert publish(erin, newest_revision(post), at=at, now=NOON)
    entry = AuditEntry.objects.get(act="reason_given")
    assert (entry.actor, entry.post_id, entry.revision_id) == (erin, post.pk, newest_revision(post).pk)
    assert SENTENCE in entry.reason and entry.reason.endswith("It is about the numbing cream.")


@pytest.mark.parametrize(
    ("body", "holds"),
    [
        ("<p>First, numbing cream.</p><h2>Then</h2><ul><li>The injections are quick and  painless.</li></ul>", True),
        ("<p>The injections are quick and almost painless.</p>", False),
        ("<p>The injections are painless and quick.</p>", False),
    ],
)
def test_a_reason_holds_as_long_as_its_sentence_stands(erin, rewrite, body, holds):
    post = draft_with()
    give_reason(erin, post, "promise", SENTENCE, "It is about the numbing cream.", now=NOON)
    revision = rewrite(post, body=body)
    if holds:
        assert publish(erin, revision, now=NOON)
    else:
        with pytest.raises(Refused, match="promise"):
            publish(erin, revision, now=NOON)


def test_a_newer_reason_takes_the_place_of_the_first(erin):
    post = draft_with()
    for reason in ("First.", "Second."):
        give_reason(erin, post, "promise", SENTENCE, reason, now=NOON)
    assert [f.reason for f in check(newest_revision(post)) if f.rule == "promise"] == ["Second."]
    assert Override.objects.count() == 2


@pytest.mark.parametrize(
    ("rule", "sentence", "reason"),
    [
        ("promise", SENTENCE, " "),
        ("promise", "It is painless.", "Why not."),
        ("superlative", SENTENCE, "Why not."),
        ("no_author", SENTENCE, "Why not."),
        ("nonsense", SENTENCE, "Why not."),
    ],
)
def test_a_reason_is_given_for_what_is_asked(erin, rule, sentence, reason):
    with pytest.raises(Refused):
        give_reason(erin, draft_with(), rule, sentence, reason)
    assert not Override.objects.exists() and not AuditEntry.objects.filter(act="reason_given").exists()


def test_only_publishers_give_reasons(wilma, rita):
    post = draft_with()
    for actor in (wilma, rita):
        with pytest.raises(NotAllowed):
            give_reason(actor, post, "promise", SENTENCE, "Why not.")
    assert not Override.objects.exists()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<p>We offer Letybo.</p>", "no safety record"),
        ('<p><a href="/blog/nothing/">Peels</a></p>', "The link “Peels” leads to"),
        ("<h2>Why</h2><p></p>", ""),
    ],
)
def test_what_must_be_fixed_cannot_be_excused(erin, body, said):
    post = draft_with(body)
    if not said:
        assert publish(erin, newest_revision(post), now=NOON)
        return
    with pytest.raises(Refused, match=said):
        publish(erin, newest_revision(post), now=NOON)


def test_what_is_only_worth_a_look_stops_nothing(erin):
    post = draft_with('<h4>We are the best</h4><p><a href="https://www.fda.gov/">click here</a></p>')
    draft = newest_revision(post)
    assert {f.rule for f in check(draft)} >= {
        "superlative",
        "vague_link",
        "skipped_heading",
        "no_sources",
        "main_photo",
    }
    assert publish(erin, draft, now=NOON)


def test_the_refusal_names_five_things_and_counts_the_rest(erin):
    post = draft_with("".join(f"<p>Visit {number} is painless.</p><h2>{number}</h2>" for number in range(8)))
    with pytest.raises(Refused) as refused:
        publish(erin, newest_revision(post), now=NOON)
    assert str(refused.value).count("is a promise") == 5 and "3 more things stop it" in str(refused.value)


def test_what_is_live_stays_live_when_a_rule_is_added(erin):
    post = make_post("Peels", now=NOON - DAY, body="<p>It is glowtastic.</p>")
    Phrase.objects.create(kind="promise", words="glowtastic")
    assert Publication.objects.live(NOON).filter(post=post).exists()


def test_what_was_taken_off_is_held_against_the_rules_of_today(erin):
    post = make_post("Peels", now=NOON - 2 * DAY, body="<p>It is glowtastic.</p>")
    taken = post.publications.get()
    take_off(erin, post, "Old", now=NOON - DAY)
    Phrase.objects.create(kind="promise", words="glowtastic")
    with pytest.raises(Refused, match="glowtastic"):
        put_back(erin, taken, now=NOON)
    Phrase.objects.filter(words="glowtastic").delete()
    assert put_back(erin, taken, now=NOON)


def test_a_photo_in_the_text_needs_a_description_too(erin, small_renditions):
    picture = make_picture()
    post = draft_with(f'<p>x</p><figure><img data-image="{picture.pk}"></figure>')
    with pytest.raises(Refused, match="The photo in the text has no description"):
        publish(erin, newest_revision(post), now=NOON)


def test_publishing_costs_few_queries_more(django_assert_max_num_queries):
    post, erin = draft_with("<p>Light, slowly explained.</p>"), make_editor()
    revision = newest_revision(post)
    erin.has_perm("blog.release_post")
    with django_assert_max_num_queries(45):
        publish(erin, revision, now=NOON)


def test_somebody_without_the_right_learns_that_first():
    with pytest.raises(NotAllowed):
        publish(person("nora"), newest_revision(draft_with()), now=NOON)
