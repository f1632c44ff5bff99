"""Blogs of many posts, for measuring how pages behave as a blog grows.

Rows are written in bulk, past ``blog.publishing``, and are in every column what its acts would have left: post, sealed
revision, publication, tags, addresses, what the search looks in, the record. The words are invented here.
"""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from unittest import mock
from uuid import UUID

from django.contrib.auth.models import Group, User
from django.utils import timezone
from django.utils.text import slugify

from blog.content.clean import clean
from blog.content.words import spellings, terms
from blog.digest import digest_of_shown
from blog.imaging.renditions import plan, rendition_name
from blog.models import (
    FAR_FUTURE,
    Address,
    AuditEntry,
    Author,
    Image,
    MedicalReview,
    Post,
    Practice,
    Publication,
    PublicationTag,
    Review,
    Revision,
    RevisionImage,
    RevisionLink,
    RevisionTag,
    SearchEntry,
    Tag,
    Topic,
    fields,
    public_write,
)

# What a search is measured with: a word of every third text, one of five texts, and a slip in a word of titles.
COMMON_WORD, RARE_WORD, TITLE_WORD, SLIP = "velmora", "quiltrane", "brandelo", "brandleo"
# Tags, the commonest first; the last stands on five posts only, however many there are.
RARE_TAG = "Tag 30"
RARE = 5
_TOPICS, _TAGS, _AUTHORS, _PICTURES = 8, 30, 8, 24
_AT_ONCE = 250
_APART = timedelta(hours=7)
_SYLLABLES = (
    "ba be bi bo da de di do fa fe fi ka ke ko la le li lo ma me mi mo na ne no pa pe ra re ri ro sa se so ta".split()
)


@dataclass(frozen=True)
class _Passage:
    """A heading with what stands under it: as it is stored, its plain lines, and the terms of those."""

    html: str
    text: str
    terms: str


class _World:
    """What posts are made of: people, groups, pictures, words."""

    def __init__(self, chance: random.Random, now: datetime) -> None:
        self.chance, self.now, self.first_key = chance, now, 0
        self.vocabulary = sorted({_word(chance) for _ in range(3000)})
        self.passages = [self._passage() for _ in range(240)]
        self.editor, self.writer = _person("many-editor", "Writer", "Editor"), _person("many-writer", "Writer")
        self.clinician = _person("many-clinician", "Writer", "Medical reviewer")
        Practice.objects.update_or_create(
            pk=1,
            defaults={"name": "Many Posts", "review_policy": Practice.ReviewPolicy.MAY, "phone": "907-555-0100"},
        )
        self.topics = [_group(Topic, f"Topic {n}") for n in range(1, _TOPICS + 1)]
        self.tags = [_group(Tag, f"Tag {n}") for n in range(1, _TAGS + 1)]
        self.authors = [self._author(n) for n in range(1, _AUTHORS + 1)]
        self.reviewer = self.authors[0]
        self.pictures = [self._picture(n) for n in range(1, _PICTURES + 1)]
        # Of the eighth tag there is an eighth of what there is of the first; of authors and topics less steeply.
        self.tag_weights = [1 / n for n in range(1, _TAGS)]
        self.author_weights = [1 / n**0.5 for n in range(1, _AUTHORS + 1)]

    def words(self, count: int) -> list[str]:
        return self.chance.choices(self.vocabulary, k=count)

    def earlier_key(self, number: int) -> int:
        """Of some post before the one of this number; a table gives its keys in order."""
        return self.first_key + self.chance.randrange(number)

    def sentence(self, least: int = 8, most: int = 22) -> str:
        return " ".join(self.words(self.chance.randint(least, most))).capitalize() + "."

    def _passage(self) -> _Passage:
        heading = " ".join(self.words(self.chance.randint(3, 7))).capitalize()
        parts = [f"<h2>{heading}</h2>"]
        lines = [heading]
        for _ in range(self.chance.randint(2, 3)):
            said = [self.sentence() for _ in range(self.chance.randint(3, 4))]
            lines.append(" ".join(said))
            strong, link = said[0].rstrip(".").split(" ", 1)[0], said[-1]
            html = " ".join(said[1:-1])
            parts.append(
                f'<p><strong>{strong}</strong>{said[0][len(strong) :]} {html} <a href="https://records.example/{slugify(heading)}">{link}</a></p>'
            )
        if self.chance.random() < 0.3:
            items = [self.sentence(4, 9) for _ in range(4)]
            lines += items
            parts += ["<ul>", *(f"<li>{item}</li>" for item in items), "</ul>"]
        text = "\n".join(lines)
        return _Passage(clean("\n".join(parts)), text, terms(text))

    def _author(self, number: int) -> Author:
        users = {1: self.clinician, 2: self.editor, 3: self.writer}
        details = {
            "name": f"Author {number}",
            "credentials": "MD" if number == 1 else "RN",
            "license_type": "MD" if number == 1 else "RN",
            "is_medical_reviewer": number == 1,
            "bio": self.sentence(20, 30),
            "user": users.get(number),
        }
        return Author.objects.get_or_create(slug=f"author-{number}", defaults=details)[0]

    def _picture(self, number: int) -> Image:
        digest = hashlib.sha256(f"picture {number}".encode()).hexdigest()
        renditions = [
            {
                "crop": size.crop,
                "format": kind,
                "width": size.width,
                "height": size.height,
                "name": rendition_name(digest, (0.5, 0.5), size.crop, size.width, kind),
            }
            for size in plan(2400, 1800)
            for kind in size.formats
        ]
        values = {
            "master": f"{digest}.png",
            "width": 2400,
            "height": 1800,
            "renditions": renditions,
            "alt_text": self.sentence(4, 8),
            "depicts": Image.Depicts.NOBODY,
            "uploaded_by": self.editor,
        }
        return Image.objects.get_or_create(digest=digest, defaults=values)[0]


@dataclass
class _Plan:
    """One post before it has a key: its working copy, what its text says, and what became of it."""

    number: int
    post: Post
    tags: list[Tag]
    images: list[Image]
    links: list[int]
    text: str
    terms: str
    became: str
    made_at: datetime


def fill(count: int, seed: int = 1) -> None:
    """Write ``count`` posts into the configured database, which is migrated and has no post; the same for one ``seed``.

    A blog that has as many posts already stays as it is. Of a hundred posts 94 are live, one was taken off, two are
    drafts, one of which waits for a review, and one of two hundred goes live later; every tenth live one was published
    twice, every fiftieth under another address before. Dates lie seven hours apart, the newest yesterday. Raises
    ``ValueError`` for a blog with another number of posts. Some 250 posts are held in memory at a time.
    """
    if (there := Post.objects.count()) == count:
        return
    if there:
        raise ValueError(f"The blog has {there} posts; {count} are written into one that has none.")
    chance, now = random.Random(seed), timezone.now().replace(microsecond=0)
    world = _World(chance, now)
    # The first alone: its key is what links and picked posts count from.
    for start in (0, *range(1, count, _AT_ONCE)):
        numbers = range(start, min(start + _AT_ONCE, count) if start else 1)
        with public_write():
            plans = [_planned(world, number, count) for number in numbers]
            # Cleaned once, as passages: three cleanings a post would take most of the time.
            with mock.patch.object(fields, "clean", str):
                _write(plans, world)
        world.first_key = world.first_key or plans[0].post.pk


def _planned(world: _World, number: int, count: int) -> _Plan:
    chance, now = world.chance, world.now
    made_at = now - timedelta(days=1) - _APART * (count - 1 - number)
    became = _became(number, count)
    passages = chance.sample(world.passages, chance.randint(5, 10))
    html, texts, found = [p.html for p in passages], [p.text for p in passages], [p.terms for p in passages]
    if number % 3 == 0:
        html, texts, found = _more(html, texts, found, f"All about {COMMON_WORD} for {number}.")
    if number < RARE:
        html, texts, found = _more(html, texts, found, f"A word on {RARE_WORD} as well.")
    links = []
    if number > 20 and chance.random() < 0.2:
        links, words = [world.earlier_key(number)], world.sentence()
        html.append(f'<p><a data-post="{links[0]}">{words}</a></p>')
        texts, found = [*texts, words], [*found, terms(words)]
    hero = chance.choice(world.pictures) if chance.random() < 0.8 else None
    inner = chance.sample(world.pictures, chance.randint(1, 2)) if chance.random() < 0.3 else []
    for picture in inner:
        html.insert(2, f'<figure><img data-image="{picture.pk}" alt="{picture.alt_text}"></figure>')
    title = " ".join([*world.words(chance.randint(3, 6)), *([TITLE_WORD] if number % 50 == 0 else [])]).capitalize()
    tags = list(dict.fromkeys(chance.choices(world.tags[:-1], world.tag_weights, k=chance.randint(1, 4))))
    if number < RARE:
        tags.append(world.tags[-1])
    post = Post(
        uuid=UUID(int=chance.getrandbits(128), version=4),
        kind=Post.Kind.CLINIC_NEWS if number % 9 == 0 else Post.Kind.HEALTH_INFORMATION,
        title=title,
        slug=f"{slugify(title)}-{number}",
        subtitle=world.sentence() if chance.random() < 0.5 else "",
        excerpt=world.sentence() if chance.random() < 0.7 else "",
        key_points=[world.sentence(5, 9) for _ in range(3)] if chance.random() < 0.4 else [],
        hero_image=hero,
        hero_alt=hero.alt_text if hero else "",
        topic=chance.choice(world.topics) if chance.random() < 0.95 else None,
        author=chance.choices(world.authors, world.author_weights)[0],
        related_posts=sorted({world.earlier_key(number) for _ in range(2)}) if number > 20 and number % 20 == 0 else [],
        noindex=number % 100 == 7,
        state=Post.State.IN_REVIEW if became == "in review" else Post.State.DRAFT,
        created_by=world.writer if number % 4 else world.editor,
        saved_at=made_at,
        body="\n".join(html),
    )
    return _Plan(
        number,
        post,
        tags,
        [*([hero] if hero else []), *inner],
        links,
        "\n".join(texts),
        " ".join(found),
        became,
        made_at,
    )


def _became(number: int, count: int) -> str:
    at = number % 100
    if at in (33, 66) and number < count - 1:
        return "draft" if at == 33 else "in review"
    if at == 50:
        return "taken off"
    # What goes live later was written last.
    return "scheduled" if 0 < count - 1 - number <= max(1, count // 200) else "live"


def _more(html: list[str], texts: list[str], found: list[str], line: str) -> tuple[list[str], list[str], list[str]]:
    return [*html, f"<p>{line}</p>"], [*texts, line], [*found, terms(line)]


def _write(plans: Sequence[_Plan], world: _World) -> None:
    Post.objects.bulk_create([one.post for one in plans])
    posts_tags = Post.tags.through
    posts_tags.objects.bulk_create(
        [posts_tags(post_id=one.post.pk, tag_id=tag.pk) for one in plans for tag in one.tags]
    )
    earlier = {one.number: _revision(one, one.made_at - timedelta(days=2), None) for one in plans if _was_there(one)}
    for number, before in earlier.items():
        before.subtitle = "As it was before."
        before.slug = f"was-{before.slug}" if number % 50 == 4 else before.slug
    Revision.objects.bulk_create(earlier.values())
    newest = {one.number: _revision(one, one.made_at, earlier.get(one.number)) for one in plans}
    Revision.objects.bulk_create(newest.values())
    revisions = [(one, revision) for one in plans for made in (earlier, newest) if (revision := made.get(one.number))]
    RevisionTag.objects.bulk_create(
        [RevisionTag(revision=made, tag=tag) for one, made in revisions for tag in one.tags]
    )
    RevisionImage.objects.bulk_create(
        [RevisionImage(revision=made, image=image) for one, made in revisions for image in dict.fromkeys(one.images)]
    )
    RevisionLink.objects.bulk_create(
        [RevisionLink(revision=made, post_id=pk) for one, made in revisions for pk in one.links]
    )
    _publish(plans, earlier, newest, world)


def _revision(one: _Plan, at: datetime, base: Revision | None) -> Revision:
    values = one.post.article_values()
    return Revision(
        **values, post=one.post, base=base, saved_by=one.post.created_by, saved_at=at, sealed_at=at, version=1
    )


def _was_there(one: _Plan) -> bool:
    return one.became == "live" and one.number % 10 == 4


def _publish(plans: Sequence[_Plan], earlier: dict[int, Revision], newest: dict[int, Revision], world: _World) -> None:
    over, publications, audit = [], [], []
    for one in plans:
        if one.became in ("draft", "in review"):
            continue
        first = one.made_at - timedelta(days=2) if one.number in earlier else None
        if first is not None:
            over.append((one, _publication(one, earlier[one.number], first, one.made_at, first, world)))
        at = world.now + timedelta(days=one.number % 30 + 2) if one.became == "scheduled" else one.made_at
        until = FAR_FUTURE
        if one.became == "taken off":
            until = min(at + timedelta(days=20), world.now - timedelta(hours=1))
        publications.append((one, _publication(one, newest[one.number], at, until, first or at, world)))
    made = [*over, *publications]
    Publication.objects.bulk_create([publication for _, publication in made])
    PublicationTag.objects.bulk_create(
        [PublicationTag(publication=publication, tag=tag) for one, publication in made for tag in one.tags]
    )
    slugs = {publication.slug: one.post for one, publication in made}
    Address.objects.bulk_create([Address(slug=slug, post=post) for slug, post in slugs.items()])
    for one, publication in made:
        act = AuditEntry.Act.SCHEDULED if one.became == "scheduled" else AuditEntry.Act.PUBLISHED
        audit.append(_entry(act, one, publication, publication.released_at, world))
        if one.became == "taken off":
            audit.append(_entry(AuditEntry.Act.TAKEN_OFF, one, publication, publication.live_until, world))
    AuditEntry.objects.bulk_create(audit)
    Review.objects.bulk_create(
        [
            Review(post=one.post, revision=newest[one.number], submitted_by=world.writer, submitted_at=one.made_at)
            for one in plans
            if one.became == "in review"
        ]
    )
    signed = [(one, made) for one, made in publications if _is_signed(one, world)]
    MedicalReview.objects.bulk_create(_signature(one, made, world) for one, made in signed)
    lasting = [(one, publication) for one, publication in publications if publication.live_until > world.now]
    SearchEntry.objects.bulk_create([_search_entry(one, publication) for one, publication in lasting])


def _publication(
    one: _Plan, revision: Revision, at: datetime, until: datetime, shown: datetime, world: _World
) -> Publication:
    return Publication(
        **revision.article_values() | {"published_at": shown},
        post=one.post,
        post_uuid=one.post.uuid,
        revision=revision,
        updated_at=at if at > shown else None,
        live_from=at,
        live_until=until,
        released_by=world.editor,
        released_at=min(at, world.now),
        digest=digest_of_shown(revision, [], [], []),
    )


def _entry(act: str, one: _Plan, publication: Publication, at: datetime, world: _World) -> AuditEntry:
    return AuditEntry(
        act=act,
        post=one.post,
        revision_id=publication.revision_id,
        about=one.post.title,
        actor=world.editor,
        at=at,
        takes_effect_at=publication.live_until if act == AuditEntry.Act.TAKEN_OFF else publication.live_from,
        reason="Out of date" if act == AuditEntry.Act.TAKEN_OFF else "",
    )


def _is_signed(one: _Plan, world: _World) -> bool:
    is_health = one.post.kind == Post.Kind.HEALTH_INFORMATION
    return is_health and one.number % 3 == 1 and one.post.author_id != world.reviewer.pk and one.became == "live"


def _signature(one: _Plan, publication: Publication, world: _World) -> MedicalReview:
    day = timezone.localdate(one.made_at)
    return MedicalReview(
        post=one.post,
        revision_id=publication.revision_id,
        reviewer=world.reviewer,
        signed_by=world.clinician,
        signed_at=one.made_at,
        digest=publication.digest,
        reviewed_on=day,
        # Some overdue, some due soon, however many there are.
        due_on=max(day, timezone.localdate(world.now)) + timedelta(days=300 + one.number % 60)
        if one.number % 50
        else max(day + timedelta(days=1), timezone.localdate(world.now) + timedelta(days=one.number % 20 - 10)),
    )


def _search_entry(one: _Plan, publication: Publication) -> SearchEntry:
    post = one.post
    names = [post.author.byline, post.topic.name if post.topic else "", *sorted(tag.name for tag in one.tags)]
    lead = "\n".join([post.excerpt, post.subtitle, *post.key_points, *names])
    return SearchEntry(
        publication=publication,
        title=terms(post.title),
        lead=terms(lead),
        body=one.terms,
        spellings=" ".join(sorted(spellings(f"{post.title}\n{lead}"))),
        text="\n".join([*post.key_points, one.text]),
    )


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) + chance.choice(("", "n", "r", "l", "t"))


def _person(name: str, *roles: str) -> User:
    user, is_new = User.objects.get_or_create(username=name, defaults={"is_staff": True})
    if is_new:
        user.set_unusable_password()
        user.save()
        user.groups.set(Group.objects.filter(name__in=roles))
    return user


def _group(model: type, name: str) -> Topic | Tag:
    return model.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0]
