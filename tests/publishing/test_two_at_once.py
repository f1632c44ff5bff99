"""Two people at the same moment, in real transactions on two connections."""

import threading
import time
from datetime import timedelta

import pytest
from cast import NOON, clinician, person
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from factories import make_picture

from blog.digest import digest_of_shared
from blog.models import ChangeStamp, Drug, MedicalReview, Post, Practice, Publication, Review, Revision, Tag
from blog.publishing import (
    AddressTaken,
    AlreadyLive,
    EditConflict,
    Kept,
    OtherWords,
    Refused,
    approve,
    lock_post,
    newest_revision,
    publish,
    replace_picture,
    save_draft,
    send_back,
    start_post,
    submit,
    take_off,
    unschedule,
)
from blog.publishing.safety_records import save_record
from blog.safety_notes import attached

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def at_once(*acts):
    """Run each act in its own thread and connection, all starting together. Returns results or exceptions."""
    results, start = [None] * len(acts), threading.Barrier(len(acts))

    def run(number, act):
        start.wait(timeout=10)
        try:
            results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    return results


def test_two_publishers_of_one_post_make_one_publication(draft, erin):
    revision = newest_revision(draft())
    results = at_once(lambda: publish(erin, revision), lambda: publish(erin, revision))
    assert sum(isinstance(result, Publication) for result in results) == 1
    assert sum(isinstance(result, AlreadyLive) for result in results) == 1
    assert Publication.objects.count() == 1


def test_two_posts_published_at_one_address_leave_one_there(draft, rewrite, erin):
    first = draft()
    publish(erin, newest_revision(first), now=NOON)
    publish(erin, rewrite(first, slug="elsewhere"), now=NOON + timedelta(hours=1))
    second, third = draft(title="Second", slug="light"), draft(title="Third", slug="beam")
    # A working copy may move away from an address while another takes it; the table of addresses decides.
    Post.objects.filter(pk=third.pk).update(slug="third")
    revision = newest_revision(third)
    QuerySet(Revision).filter(pk=revision.pk).update(slug="light")
    results = at_once(lambda: publish(erin, newest_revision(second)), lambda: publish(erin, newest_revision(third)))
    assert sum(isinstance(result, Publication) for result in results) == 1
    assert sum(isinstance(result, AddressTaken) for result in results) == 1
    assert Publication.objects.live(timezone.now()).filter(slug="light").count() == 1


def test_two_savers_from_one_base_leave_one_and_tell_the_other(draft, erin):
    post = draft()
    base = newest_revision(post).pk

    def save(title):
        mine = Post.objects.get(pk=post.pk)
        mine.title = title
        return save_draft(erin, mine, [], base_id=base)

    results = at_once(lambda: save("One"), lambda: save("Two"))
    assert sum(isinstance(result, EditConflict) for result in results) == 1
    assert post.revisions.count() == 2


def test_a_window_that_sends_its_first_words_twice_at_once_makes_one_post(erin):
    def begin(number):
        return start_post(erin, {"title": f"Idea {number}"}, {}, window="w", turn=number, now=NOON)

    results = at_once(lambda: begin(1), lambda: begin(2))
    assert all(isinstance(result, Kept) for result in results), results
    assert Revision.objects.get().title == "Idea 2" and Post.objects.count() == 1


def test_publishing_against_taking_off_never_leaves_two_texts_live(draft, rewrite, erin):
    post = draft()
    publish(erin, newest_revision(post), now=NOON)
    revision = rewrite(post, title="New")
    results = at_once(lambda: publish(erin, revision), lambda: take_off(erin, post, "Wrong"))
    assert all(result is None or isinstance(result, Publication | Refused) for result in results), results
    assert Publication.objects.live(timezone.now()).count() <= 1


def test_the_stamp_counts_every_one_of_many_writers(draft, erin):
    revisions = [newest_revision(draft(title=f"Post {number}")) for number in range(6)]
    before = ChangeStamp.current()
    results = at_once(*(lambda revision=revision: publish(erin, revision) for revision in revisions))
    assert all(isinstance(result, Publication) for result in results), results
    assert ChangeStamp.current() == before + 6


def test_what_went_live_while_the_row_was_held_cannot_be_unscheduled(draft, erin):
    post = draft()
    publish(erin, newest_revision(post), at=timezone.now() + timedelta(seconds=1))
    held = threading.Event()

    def hold():
        with transaction.atomic():
            lock_post(post.pk)
            held.set()
            time.sleep(1.5)

    def take_back():
        held.wait(timeout=10)
        unschedule(erin, post)

    results = at_once(hold, take_back)
    assert isinstance(results[1], Refused), results
    assert Publication.objects.live(timezone.now()).count() == 1


def test_two_versions_published_at_once_never_overlap(draft, rewrite, erin):
    post = draft()
    publish(erin, newest_revision(post), now=NOON)
    revision = rewrite(post, title="New")

    def save_more():
        mine = Post.objects.get(pk=post.pk)
        mine.title = "Newer"
        return save_draft(erin, mine, [], base_id=revision.pk)

    results = at_once(lambda: publish(erin, revision), save_more)
    assert all(isinstance(result, Publication | Revision | EditConflict) for result in results), results
    assert Publication.objects.live(timezone.now()).count() == 1


def held_up(act):
    """Do ``act`` in a transaction that stays open for a while. Returns it, and what waits until it is done."""
    done = threading.Event()

    def acting():
        with transaction.atomic():
            act()
            done.set()
            time.sleep(1)

    return acting, lambda: done.wait(timeout=30)


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.mark.parametrize("kind", ["image", "tag"])
def test_what_a_draft_just_began_to_use_cannot_be_deleted(erin, picture, kind):
    tag = Tag.objects.create(name="Light", slug="light")
    used = {"image": picture, "tag": tag}[kind]
    post = Post(title="New", hero_image=picture if kind == "image" else None)
    saving, wait = held_up(lambda: save_draft(erin, post, [tag] if kind == "tag" else []))
    client = signed_in(erin)

    def delete():
        wait()
        return client.post(reverse(f"admin:blog_{kind}_delete", args=[used.pk]), {"post": "yes"})

    results = at_once(saving, delete)
    assert results[0] is None and results[1].status_code == 200, results
    assert "is in use, so it stays" in results[1].content.decode()
    assert type(used).objects.filter(pk=used.pk).exists()


@pytest.mark.parametrize("kind", ["image", "tag"])
def test_a_draft_with_what_was_just_deleted_is_refused_in_words_or_saved_with_a_new_one(erin, picture, kind):
    tag = Tag.objects.create(name="Light", slug="light")
    used = {"image": picture, "tag": tag}[kind]
    deleting, wait = held_up(type(used).objects.get(pk=used.pk).delete)
    sent = {"title": "New", "body": "<p>Text</p>", "kind": "health_information"}
    sent |= {"hero_image": picture.pk, "hero_alt": "A lamp"} if kind == "image" else {"tag_words": "Light"}
    client = signed_in(erin)

    def save():
        wait()
        return client.post(reverse("admin:blog_post_add"), sent)

    results = at_once(deleting, save)
    if kind == "image":
        assert results[1].status_code == 200 and "no longer in the library" in results[1].content.decode()
        assert not Post.objects.exists()
    else:
        assert results[1].status_code == 302, results[1].content.decode()[:2000]
        assert [tag.name for tag in Post.objects.get().tags.all()] == ["Light"]


def test_a_picture_that_is_being_replaced_and_saved_ends_up_replaced(erin, picture, small_renditions):
    new = make_picture(alt_text="Another lamp")
    post = Post(title="New", hero_image=picture, body=f'<figure><img data-image="{picture.pk}" alt="x"></figure>')
    replacing, wait = held_up(lambda: replace_picture(erin, picture, new))

    def save():
        wait()
        return save_draft(erin, post, [])

    results = at_once(replacing, save)
    assert isinstance(results[1], Revision), results
    assert Post.objects.get().hero_image_id == new.pk and f'"{new.pk}"' in Post.objects.get().body


def test_two_reviewers_at_once_leave_one_decision(draft, wilma, rita):
    revision = submit(wilma, newest_revision(draft(actor=wilma))).revision
    rolf = person("rolf", "Medical reviewer")
    results = at_once(lambda: approve(rita, revision), lambda: send_back(rolf, revision, "Say may"))
    assert sum(isinstance(result, Review) for result in results) == 1, results
    (refused,) = [result for result in results if isinstance(result, OtherWords)]
    decided = Review.objects.get()
    assert decided.outcome in ("approved", "sent_back") and str(decided.decided_by) in str(refused)
    assert Post.objects.get().state == Post.State.DRAFT


def test_newer_words_sent_while_a_reviewer_approves_are_never_approved_by_that(draft, rewrite, wilma, rita):
    post = draft(actor=wilma)
    read = submit(wilma, newest_revision(post)).revision
    newer = rewrite(post, actor=wilma, title="New")
    results = at_once(lambda: approve(rita, read), lambda: submit(wilma, newer))
    assert all(isinstance(result, Review | OtherWords) for result in results), results
    assert Review.objects.get(revision=newer).outcome == "waiting"
    assert Review.objects.get(revision=read).outcome in ("approved", "replaced")
    assert Post.objects.get().state == Post.State.IN_REVIEW


def test_two_who_ask_at_once_make_one_request(draft, wilma, erin):
    revision = newest_revision(draft(actor=wilma))
    results = at_once(lambda: submit(wilma, revision), lambda: submit(erin, revision))
    assert all(isinstance(result, Review) for result in results), results
    assert Review.objects.count() == 1


def test_publishing_against_approving_leaves_nothing_waiting(draft, wilma, erin, rita):
    revision = submit(wilma, newest_revision(draft(actor=wilma))).revision
    results = at_once(lambda: publish(erin, revision), lambda: approve(rita, revision))
    assert isinstance(results[0], Publication) and isinstance(results[1], Review | OtherWords), results
    assert Review.objects.get().outcome in ("approved", "replaced")


@pytest.mark.parametrize("begins", ["signing", "changing"])
def test_a_safety_note_and_a_signature_over_it_never_pass_each_other(draft, erin, rita, begins):
    Practice.objects.update_or_create(pk=1, defaults={"review_policy": "must"})
    clinician(rita)
    drug = Drug.objects.create(brand_name="Vabotin", generic_name="vabotulin", drug_class="Toxins")
    revision = submit(erin, newest_revision(draft(body="<p>Vabotin relaxes.</p>"))).revision
    drug.boxed_warning = "It can spread."
    read = digest_of_shared(attached(revision).records, Practice.objects.get().disclaimer)
    acts = {"signing": lambda: approve(rita, revision, shared=read), "changing": lambda: save_record(erin, drug)}
    first, wait = held_up(acts.pop(begins))
    ((_, later),) = acts.items()

    def second():
        wait()
        return later()

    results = at_once(first, second)
    if begins == "signing":
        assert results[1] == [revision.post] and MedicalReview.objects.get().lapsed_at is not None, results
    else:
        assert isinstance(results[1], OtherWords) and not MedicalReview.objects.exists(), results
