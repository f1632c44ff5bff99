"""The sample articles: worth reading, plainly samples, loaded once, gone by one act."""

from io import StringIO

import pytest
from cast import person
from django.core.management import call_command
from django.utils import timezone

from blog.content.outline import outline, word_count
from blog.models import Author, Image, Phrase, Post, Practice, Publication, SampleContent, StaffWord, Tag, Topic
from blog.publishing import NotAllowed, Refused, newest_revision, remove_samples, save_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def samples(small_renditions):
    call_command("load_samples", stdout=StringIO())


def words_of_staff() -> list[str]:
    return list(Post.objects.with_staff_word(timezone.now()).values_list("staff_word", flat=True))


def test_there_are_enough_of_each_kind(samples):
    words = words_of_staff()
    assert words.count(StaffWord.LIVE) >= 8
    assert words.count(StaffWord.DRAFT) == 1
    assert words.count(StaffWord.SCHEDULED) == 1
    live = Publication.objects.live(timezone.now())
    assert live.filter(hero_image__isnull=True).count() == 1
    assert any(article.hero_image and article.hero_image.height > article.hero_image.width for article in live)


def test_each_is_long_enough_described_and_kept_from_search_engines(samples):
    for post in Post.objects.all():
        assert word_count(post.body) >= 600, post.title
        assert len([heading for heading in outline(post.body) if heading.level == 2]) >= 3, post.title
        assert post.noindex and post.excerpt and post.author.name == "Sample author"
        assert post.hero_image is None or post.hero_alt


def test_they_come_in_through_the_checks_like_every_post(small_renditions):
    Phrase.objects.create(kind="promise", words="expect redness", advice="Say it otherwise.")
    with pytest.raises(Refused, match="“Expect redness”"):
        call_command("load_samples", stdout=StringIO())
    assert not Post.objects.exists() and not SampleContent.objects.exists()


def test_dates_are_relative_to_today(samples):
    newest = Publication.objects.live(timezone.now()).newest_first().first()
    assert (timezone.now() - newest.published_at).days < 30


def test_loading_again_changes_nothing(samples):
    before = list(Post.objects.values_list("pk", "saved_at"))
    call_command("load_samples", stdout=StringIO())
    assert list(Post.objects.values_list("pk", "saved_at")) == before


def test_one_act_removes_them_all_and_they_stay_away(samples):
    erin = person("erin", "Writer", "Editor")
    assert remove_samples(erin) >= 10
    call_command("load_samples", stdout=StringIO())
    for model in (Post, Publication, Author, Topic, Tag, Image):
        assert not model.objects.exists(), model
    assert SampleContent.objects.get().removed_at is not None
    assert (Practice.objects.get().phone, Practice.objects.get().name) == ("", "Our practice")


def test_a_sample_that_somebody_made_their_own_stays_with_all_it_rests_on(samples):
    erin = person("erin", "Writer", "Editor")
    post = Post.objects.filter(hero_image__isnull=False).first()
    post.title = "Now ours"
    save_draft(erin, post, post.tags.all(), base_id=newest_revision(post).pk)
    remove_samples(erin)
    kept = Post.objects.get()
    assert kept.title == "Now ours"
    assert kept.hero_image and kept.author and not kept.is_sample


def test_what_staff_entered_about_the_practice_stays(samples):
    practice = Practice.objects.get()
    practice.phone = "(907) 555-0199"
    practice.save()
    remove_samples(person("erin", "Writer", "Editor"))
    assert Practice.objects.get().phone == "(907) 555-0199"


def test_removing_needs_the_right(samples):
    with pytest.raises(NotAllowed):
        remove_samples(person("wilma", "Writer"))
    assert Post.objects.filter(is_sample=True).exists()


def test_the_files_of_removed_pictures_go_too(samples, django_capture_on_commit_callbacks):
    image = Image.objects.first()
    storage = image.master.storage
    assert storage.exists(image.master.name)
    with django_capture_on_commit_callbacks(execute=True):
        remove_samples(person("erin", "Writer", "Editor"))
    assert not storage.exists(image.master.name)


def test_a_sample_made_ones_own_may_be_found_by_search_engines(samples):
    erin = person("erin", "Writer", "Editor")
    post = Post.objects.filter(noindex=True).first()
    post.title = "Now ours"
    save_draft(erin, post, post.tags.all(), base_id=newest_revision(post).pk)
    assert not Post.objects.get(title="Now ours").noindex


def test_loading_leaves_what_staff_entered_about_the_practice(small_renditions):
    Practice.objects.update(name="Birch Clinic", phone="(907) 555-0188")
    call_command("load_samples", stdout=StringIO())
    practice = Practice.objects.get()
    assert (practice.name, practice.phone) == ("Birch Clinic", "(907) 555-0188")
    assert practice.hours
    remove_samples(person("erin", "Writer", "Editor"))
    assert Practice.objects.get().name == "Birch Clinic"


def test_a_tag_that_only_a_changed_draft_carries_stays(samples):
    erin = person("erin", "Writer", "Editor")
    tag = Tag.objects.create(name="Only sample", slug="only-sample", is_sample=True)
    own = Post(title="Ours")
    save_draft(erin, own, [])
    own.tags.add(tag)
    remove_samples(erin)
    assert list(own.tags.all()) == [tag] and not Tag.objects.get(pk=tag.pk).is_sample
