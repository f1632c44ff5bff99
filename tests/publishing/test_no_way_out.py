"""Where a clinician must review, nothing and nobody brings an unreviewed health article before readers."""

import pytest
from cast import DAY, HOUR, MINUTE, NOON, clinician
from django.contrib.auth.models import User
from django.core.management import call_command
from factories import make_picture

from blog.models import Drug, MedicalReview, Post, Practice, Publication
from blog.publishing import (
    Operator,
    Order,
    Refused,
    Wanted,
    act_on_many,
    approve,
    duplicate,
    lapse_for,
    load_samples,
    newest_revision,
    publish,
    put_back,
    replace_picture,
    restore,
    send_back,
    submit,
    take_off,
    undo_many,
    unschedule,
    withdraw,
)

pytestmark = pytest.mark.django_db
NEEDS = "a clinician must approve these exact words first"


@pytest.fixture(autouse=True)
def doctor(rita):
    Practice.objects.update_or_create(pk=1, defaults={"review_policy": "must"})
    clinician(rita)
    return User.objects.get(pk=rita.pk)


@pytest.fixture
def reviewed(draft, erin, doctor):
    def make(title="How lasers work", live=True, **values):
        post = draft(title, **values)
        submit(erin, newest_revision(post), now=NOON)
        approve(doctor, newest_revision(post), now=NOON)
        if live:
            publish(erin, newest_revision(post), now=NOON)
        return post

    return make


def unreviewed_live(moment):
    """Health articles that readers see at a moment and under whose words no signature is in force."""
    found = Publication.objects.live(moment).filter(kind="health_information", post__is_sample=False)
    signed = set(MedicalReview.objects.standing().values_list("post_id", "digest"))
    return [one for one in found if (one.post_id, one.digest) not in signed]


EVERYBODY = {
    "editor": lambda erin: erin,
    "superuser": lambda erin: User.objects.create_superuser("root"),
    "operator": lambda erin: Operator(),
}


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("when", [{}, {"at": NOON + DAY}], ids=["now", "scheduled"])
@pytest.mark.parametrize("words", ["never read", "a colleague's look", "withdrawn", "changed since", "sent back"])
def test_publishing_by_anybody(draft, erin, doctor, rewrite, who, when, words):
    post = draft()
    if words == "a colleague's look":
        Practice.objects.update(review_policy="nobody_yet")
    if words != "never read":
        submit(erin, newest_revision(post), now=NOON)
        approve(doctor, newest_revision(post), now=NOON)
    Practice.objects.update(review_policy="must")
    match words:
        case "withdrawn":
            withdraw(doctor, MedicalReview.objects.get(), now=NOON)
        case "changed since":
            rewrite(post, body="<p>Other words.</p>")
        case "sent back":
            submit(erin, newest_revision(post), now=NOON)
            send_back(doctor, newest_revision(post), "The dose is wrong", now=NOON)
    with pytest.raises(Refused, match=NEEDS):
        publish(EVERYBODY[who](erin), newest_revision(post), now=NOON + MINUTE, **when)
    assert not Publication.objects.exists()


@pytest.mark.parametrize("who", EVERYBODY)
def test_restoring_an_old_text(reviewed, rewrite, draft, erin, doctor, who):
    actor = EVERYBODY[who](erin)
    post = draft()
    never_read = newest_revision(post)
    signed = rewrite(post, body="<p>Signed words.</p>")
    submit(erin, signed, now=NOON)
    approve(doctor, signed, now=NOON)
    publish(erin, signed, now=NOON)
    draft_again = restore(actor, post, never_read, now=NOON + HOUR).draft
    with pytest.raises(Refused, match=NEEDS):
        publish(actor, draft_again, now=NOON + HOUR)
    assert restore(actor, post, signed, now=NOON + 2 * HOUR) and unreviewed_live(NOON + 3 * HOUR) == []


@pytest.mark.parametrize("ended", ["by its clinician", "by a changed record", "by its day"])
def test_putting_back_what_was_taken_off(reviewed, erin, doctor, ended):
    drug = Drug.objects.create(brand_name="Vabotin", generic_name="vabotulin", drug_class="Toxins")
    post = reviewed(body="<p>Vabotin (vabotulin) relaxes.</p>")
    moment = NOON + DAY
    take_off(erin, post, "Out of date", now=moment)
    match ended:
        case "by its clinician":
            withdraw(doctor, MedicalReview.objects.get(), now=moment)
        case "by a changed record":
            lapse_for(drug, moment)
        case "by its day":
            moment = NOON + 400 * DAY
    with pytest.raises(Refused, match=NEEDS):
        put_back(erin, post.publications.get(), now=moment + HOUR)
    assert not Publication.objects.live(moment + 2 * HOUR).exists()


def test_a_corrected_text_that_is_put_back_takes_its_signature_along(reviewed, erin, rewrite):
    post = reviewed(body="<p>You will recieve a call.</p>")
    Practice.objects.update(review_policy="nobody_yet")
    publish(erin, rewrite(post, body="<p>You will receive a call.</p>", now=NOON + HOUR), now=NOON + HOUR)
    Practice.objects.update(review_policy="must")
    assert len(unreviewed_live(NOON + DAY)) == 1
    take_off(erin, post, "Looked at", now=NOON + DAY)
    put_back(erin, post.publications.latest("live_from"), now=NOON + DAY + HOUR)
    assert unreviewed_live(NOON + 2 * DAY) == []


def test_many_posts_at_once(reviewed, erin, doctor):
    posts = [reviewed("One"), reviewed("Two")]
    act = act_on_many(erin, "take_off", [post.pk for post in posts], Wanted(reason="Out of date"), NOON + HOUR)
    withdraw(doctor, MedicalReview.objects.get(post=posts[0]), now=NOON + HOUR)
    assert undo_many(erin, act, now=NOON + HOUR + MINUTE) == 1
    assert [one.post for one in Publication.objects.live(NOON + 2 * HOUR)] == [posts[1]]
    assert NEEDS in act.items.get(post=posts[0]).facts["kept"]


def test_replacing_a_picture_everywhere(reviewed, erin):
    old, new = make_picture(), make_picture(500, 300, alt_text="Other words")
    for title, live in (("Live", True), ("Later", False)):
        body = f'<p>Text</p><figure><img data-image="{old.pk}" alt="Said here"></figure>'
        post = reviewed(title, live=live, body=body)
        if not live:
            publish(erin, newest_revision(post), at=NOON + 2 * DAY, now=NOON)
    with pytest.raises(Refused, match="in other words"):
        replace_picture(erin, old, new, own_words=True, now=NOON + DAY)
    replace_picture(erin, old, new, now=NOON + DAY)
    assert unreviewed_live(NOON + 3 * DAY) == [] and Publication.objects.live(NOON + 3 * DAY).count() == 2


@pytest.mark.parametrize("ended", ["withdrawn", "lapsed", "lapsed under a newer draft"])
def test_what_waits_for_its_minute(reviewed, rewrite, erin, doctor, ended):
    post = reviewed(live=False)
    publish(erin, newest_revision(post), at=NOON + DAY, now=NOON)
    if ended == "lapsed under a newer draft":
        rewrite(post, title="Going on", now=NOON + MINUTE)
    if ended == "withdrawn":
        withdraw(doctor, MedicalReview.objects.get(), now=NOON + HOUR)
    else:
        lapse_for(Practice.objects.get(), NOON + HOUR)
    assert not Publication.objects.live(NOON + 2 * DAY).exists()


def test_a_schedule_past_the_day_that_the_review_is_due(reviewed, erin):
    post = reviewed(live=False)
    with pytest.raises(Refused, match=NEEDS):
        publish(erin, newest_revision(post), at=NOON + 366 * DAY, now=NOON)
    publish(erin, newest_revision(post), at=NOON + 300 * DAY, now=NOON)
    unschedule(erin, post, now=NOON)


def test_a_copy_of_a_signed_article(reviewed, erin):
    copy = duplicate(erin, reviewed(), NOON + HOUR)
    with pytest.raises(Refused, match=NEEDS):
        publish(erin, newest_revision(copy), now=NOON + HOUR)


def test_an_order_without_an_approval(draft, erin):
    post = draft()
    submit(erin, newest_revision(post), order=Order(NOON + HOUR), now=NOON)
    assert not Publication.objects.live(NOON + DAY).exists()


def test_samples_go_live_and_what_somebody_makes_of_one_does_not(erin, small_renditions):
    load_samples(lambda line: None)
    sample = Post.objects.filter(is_sample=True, kind="health_information").first()
    assert Publication.objects.filter(post__is_sample=True).exists()
    copy = duplicate(erin, sample)
    Post.objects.filter(pk=copy.pk).update(author=None)
    with pytest.raises(Refused, match=NEEDS):
        publish(erin, newest_revision(copy))
    call_command("load_samples")
    assert unreviewed_live(NOON + 3000 * DAY) == []
