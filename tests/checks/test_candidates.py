"""What is asked of the database for an article: links, pictures, reviews, reasons; and how often."""

from datetime import date

import pytest
from cast import DAY, NOON
from factories import change_post, make_author, make_picture, make_post, make_practice

from blog.checks import candidate_of, check
from blog.digest import digest_of
from blog.models import (
    Drug,
    Image,
    MedicalReview,
    Override,
    PhotoConsent,
    Phrase,
    Practice,
    Publication,
    Revision,
    Source,
)
from blog.publishing import newest_revision, take_off

pytestmark = pytest.mark.django_db


def article(body="<p>Light.</p>", **values) -> Revision:
    """Words that are stored nowhere, as a form holds them."""
    return Revision(**{"title": "How lasers work", "slug": "how-lasers-work", "body": body} | values)


def targets(body: str, **values) -> list[str]:
    return [link.target for link in candidate_of(article(body, **values)).links]


def rules(looked_at, **values) -> set[str]:
    return {finding.rule for finding in check(looked_at, **values)}


def test_links_are_followed_to_what_readers_find(erin):
    live = make_post("Peels", body="<h2>At home</h2><p>x</p>")
    draft = make_post("Waxing", live=False)
    gone = make_post("Threads")
    take_off(erin, gone, "Old")
    later = make_post("Sun", live=False, at=NOON + 10_000 * DAY)
    by_number = '<p><a data-post="{}" data-fragment="{}">x</a></p>'.format
    assert targets(by_number(live.pk, "")) == ["live"]
    assert targets(by_number(live.pk, "at-home")) == ["live"]
    assert targets(by_number(live.pk, "elsewhere")) == ["heading"]
    assert targets(by_number(draft.pk, "")) == ["draft"]
    assert targets(by_number(gone.pk, "")) == ["draft"]
    assert targets(by_number(later.pk, "")) == ["draft"]
    assert targets(by_number(99_999, "")) == ["gone"]
    assert [
        one.target for one in candidate_of(article(by_number(later.pk, "")), goes_live=NOON + 10_001 * DAY).links
    ] == ["live"]
    by_address = '<p><a href="{}">x</a></p>'.format
    assert targets(by_address("/blog/peels/")) == ["live"]
    assert targets(by_address("http://127.0.0.1:8000/blog/peels/#at-home")) == ["live"]
    assert targets(by_address("/blog/waxing/")) == ["gone"], "no reader ever knew that address"
    assert targets(by_address("/blog/threads/")) == ["draft"]
    assert targets(by_address("/blog/nothing-here/")) == ["gone"]
    assert targets(by_address("/contact/")) == ["gone"]
    assert targets(by_address("www.fda.gov")) == ["gone"], "a browser looks for it on this site"
    assert targets(by_address("/topics/lasers/")) == ["elsewhere"]
    assert targets(by_address("https://www.fda.gov/x")) == ["elsewhere"]
    assert targets(by_address("tel:+19075550142")) == ["elsewhere"]
    assert targets("<h2>Here</h2>" + by_address("#here") + by_address("#there")) == ["elsewhere", "here"]


def test_a_link_of_an_article_to_itself_is_alive():
    post = make_post("Peels", live=False, body="<h2>At home</h2><p>x</p>")
    draft = newest_revision(post)
    draft.body += f'<p><a data-post="{post.pk}" data-fragment="at-home">up</a></p>'
    assert [link.target for link in candidate_of(draft).links] == ["live"]


def test_a_consent_is_asked_about_at_the_moment_of_going_live():
    consent = PhotoConsent.objects.create(
        reference="C-2026-014", signed_on=date(2026, 6, 1), expires_on=date(2026, 6, 20)
    )
    image = make_picture()
    Image.objects.filter(pk=image.pk).update(depicts="patient", consent=consent)
    shown = article(f'<figure><img data-image="{image.pk}" alt="A cheek"></figure>')
    assert "patient_photo" not in rules(shown, now=NOON)
    assert "patient_photo" in rules(shown, now=NOON, goes_live=NOON + 10 * DAY)
    PhotoConsent.objects.filter(pk=consent.pk).update(revoked_at=NOON)
    assert "patient_photo" in rules(shown, now=NOON)


@pytest.fixture
def signed(erin):
    """A live article under a policy, and a signature under its words: ``signed("must")``."""

    def make(policy: str, **values) -> tuple[Revision, MedicalReview]:
        revision = newest_revision(make_post("Peels", now=NOON - DAY))
        make_practice(review_policy=policy)
        review = MedicalReview.objects.create(
            **{
                "post": revision.post,
                "revision": revision,
                "reviewer": make_author("Ben Low", credentials="MD"),
                "signed_by": erin,
                "signed_at": NOON,
                "digest": digest_of(revision),
                "reviewed_on": date(2026, 6, 15),
                "due_on": date(2027, 6, 15),
            }
            | values
        )
        return revision, review

    return make


REVIEW = {"no_review", "review_required", "unfit_reviewer", "review_overdue"}


def test_a_signature_counts_for_exactly_its_words(signed):
    revision, _ = signed("must")
    assert not rules(revision, now=NOON) & REVIEW
    revision.title = "Peels and more"
    assert rules(revision, now=NOON) & REVIEW == {"review_required"}
    Practice.objects.update(review_policy="may")
    assert rules(revision, now=NOON) & REVIEW == {"no_review"}
    Practice.objects.update(review_policy="nobody_yet")
    assert not rules(revision, now=NOON) & REVIEW


def test_a_signature_counts_until_its_day_and_while_it_stands(signed):
    revision, review = signed("must", due_on=date(2026, 6, 20))
    assert not rules(revision, now=NOON) & REVIEW
    late = rules(revision, now=NOON, goes_live=NOON + 5 * DAY)
    assert late & REVIEW == {"review_required", "review_overdue"}
    MedicalReview.objects.filter(pk=review.pk).update(lapsed_at=NOON)
    assert rules(revision, now=NOON) & REVIEW == {"review_required"}


def test_a_signature_of_the_author_counts_for_nothing(signed):
    revision, review = signed("must")
    MedicalReview.objects.filter(pk=review.pk).update(reviewer=revision.author)
    assert rules(revision, now=NOON) & REVIEW == {"review_required", "unfit_reviewer"}


def test_news_and_samples_need_no_review():
    make_practice(review_policy="must")
    assert not rules(article(kind="clinic_news")) & REVIEW
    post = make_post(live=False)
    post.is_sample = True
    assert not rules(post) & REVIEW
    assert "review_required" in rules(article())


def test_a_phrase_is_what_the_clinic_says_it_is():
    text = article("<p>It is painless, and it is glowtastic.</p>")
    assert [f.quote for f in check(text) if f.rule == "promise"] == ["painless"]
    Phrase.objects.filter(kind="promise", words="painless").update(is_active=False)
    Phrase.objects.create(kind="promise", words="glowtastic", advice="Say what is meant.")
    (finding,) = [f for f in check(text) if f.rule == "promise"]
    assert finding.quote == "glowtastic" and finding.message.endswith("Say what is meant.")


def test_a_name_without_a_record_stops_until_there_is_one(shipped_records):
    text = article("<p>We offer Letybo and Restylane.</p>")
    assert [f.quote for f in check(text) if f.rule == "no_record"] == ["Letybo"]
    Drug.objects.create(brand_name="Letybo", generic_name="letibotulinumtoxinA-wlbg", drug_class="Botulinum toxins")
    assert "no_record" not in rules(text)


def test_another_live_post_with_the_same_text_on_google_is_named():
    post = make_post("Peels", meta_description="What a peel does.")
    (finding,) = [f for f in check(article(meta_description="What a peel does.")) if f.rule == "text_on_google"]
    assert "“Peels”" in finding.message
    assert "text_on_google" not in rules(Publication.objects.get(post=post))


def test_the_latest_reason_holds_for_its_post_alone(erin):
    post, other = make_post(live=False), make_post("Other", live=False)
    for number, reason in enumerate(("First.", "Second.")):
        Override.objects.create(
            post=post,
            rule="promise",
            sentence="It is  painless.",
            reason=reason,
            given_by=erin,
            given_at=NOON + number * DAY,
        )
    post.body = other.body = "<p>Moved.</p><p>It is painless.</p>"
    assert [f.reason for f in check(post) if f.rule == "promise"] == ["Second."]
    assert [f.reason for f in check(other) if f.rule == "promise"] == [""]


def test_an_article_of_any_length_costs_the_same_few_queries(django_assert_max_num_queries, erin):
    make_practice(review_policy="must")
    posts = [make_post(f"Post {number}", kind="clinic_news") for number in range(12)]
    pictures = [make_picture(40 + number, 30) for number in range(12)]
    links = "".join(
        f'<p><a data-post="{post.pk}" data-fragment="x">x</a></p><p><a href="/blog/post-3/">y</a></p>' for post in posts
    )
    figures = "".join(f'<figure><img data-image="{picture.pk}" alt="x"></figure>' for picture in pictures)
    sources = [Source.objects.create(title=f"Source {number}").pk for number in range(12)]
    post = make_post("Long", live=False, body=links + figures, hero_image=pictures[0], hero_alt="x", sources=sources)
    draft = newest_revision(post)
    with django_assert_max_num_queries(16):
        check(draft)


def test_what_readers_see_is_checked_like_a_draft():
    post = make_post("Peels")
    change_post(post, body="<p>It is not painless.</p>")
    assert not any(f.stops for f in check(Publication.objects.live(NOON + 10_000 * DAY).get(post=post)))
