"""A clinic with a record of every kind behind every address: for tests that ask for each address as each person.

Everything was made by Otto, who may do everything, before anybody else comes.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

from cast import clinician, person
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.urls import URLResolver, get_resolver
from django.utils import timezone
from factories import make_picture, make_practice

from blog import publishing
from blog.models import (
    AuditEntry,
    Author,
    BulkAct,
    Drug,
    MedicalReview,
    Phrase,
    Post,
    Procedure,
    Revision,
    SavedView,
    Source,
    Tag,
    Topic,
)
from blog.publishing import newest_revision

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TEXT = "<h2>Before</h2><p>Light, slowly explained.</p>"


class World:
    """The clinic. ``posts`` has one in each state; ``now`` is when it was made."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.practice = make_practice(review_policy="may")
        self.otto = User.objects.create_superuser("otto", "otto@example.com")
        self.dana = person("dana", "Writer")
        self.stranger = Author.objects.create(name="Ada Ray", slug="ada-ray", credentials="RN")
        self.topic = Topic.objects.create(name="Skin", slug="skin")
        self.tag = Tag.objects.create(name="Light", slug="light")
        self.picture = make_picture(320, 240, alt_text="A lamp")
        self.consent = publishing.record_consent(
            self.otto, reference="C-2026-014", scope="blog", signed_on=self.now.date() - DAY
        )
        self.patient = make_picture(330, 240, alt_text="A cheek", depicts="patient", consent=self.consent)
        self.phrase = Phrase.objects.create(words="glows like new", kind=Phrase.Kind.choices[0][0])
        self.drug = Drug.objects.create(brand_name="Testox", generic_name="testotoxin", drug_class="Tests")
        self.procedure = Procedure.objects.create(name="Testing")
        self.source = Source.objects.create(title="A label", url="https://label.example/")
        self.view = SavedView.objects.create(owner=self.otto, name="Mine", query="status=draft")
        self.doctor = person("dora", "Medical reviewer")
        self.reviewer = clinician(self.doctor, "Dora Moss")
        self.posts = {
            name: self._post(name.title()) for name in "draft live scheduled ending trashed asked signed".split()
        }
        for name in ("live", "ending"):
            self._publish(name)
        self._publish("scheduled", at=self.now + DAY)
        publishing.take_off(self.otto, self.posts["ending"], "Offer ends", at=self.now + DAY, now=self.now - HOUR)
        publishing.move_to_trash(self.otto, self.posts["trashed"], now=self.now - HOUR)
        for name in ("asked", "signed"):
            publishing.submit(self.otto, newest_revision(self.posts[name]), now=self.now - 2 * HOUR)
        publishing.approve(self.doctor, newest_revision(self.posts["signed"]), months=12, now=self.now - HOUR)
        self._publish("signed")
        draft = self.posts["draft"]
        self.link, self.token = publishing.make_preview_link(self.otto, draft, days=7, now=self.now - HOUR)
        self.act = publishing.act_on_many(
            self.otto, "add_tag", [draft.pk], publishing.Wanted(tag=self.tag), now=self.now - timedelta(minutes=2)
        )
        self.signature = MedicalReview.objects.get()
        base = newest_revision(draft)
        words = {"title": "Draft", "body": "<p>Other words, set aside.</p>"}
        self.mine = publishing.keep_aside(self.otto, draft, words, {}, base_id=base.pk, now=self.now - HOUR)
        self.posts = {name: Post.objects.get(pk=post.pk) for name, post in self.posts.items()}

    def _post(self, title: str) -> Post:
        post = Post(title=title, body=TEXT, author=self.stranger, topic=self.topic, hero_image=None)
        publishing.save_draft(self.otto, post, [self.tag], now=self.now - DAY)
        return post

    def _publish(self, name: str, **how) -> None:
        publishing.publish(self.otto, newest_revision(self.posts[name]), now=self.now - HOUR, **how)

    def people(self) -> dict[str, User | None]:
        """Somebody of each kind, by the name of the kind; None is nobody, who is not signed in."""
        found = {"nobody": None, "reader": User.objects.create_user("rob", password="not a short one")}
        found["no role"] = person("nora")
        for role in Group.objects.order_by("pk"):
            found[role.name] = person(role.name.lower().replace(" ", "-"), role.name)
        clinician(found["Medical reviewer"], "Rita Moss")
        return found | {"everything": User.objects.create_superuser("root", "", "not a short one")}

    def keys(self, name: str) -> dict[str, object]:
        """What stands in the address called ``name``: the record that makes most sense there."""
        if name in ("preview", "tap"):
            return {"token": self.token, "happened": "call", "slug": "live"}
        kind, _, act = name.removeprefix("admin:").removeprefix("blog_").partition("_")
        if name.startswith("/"):
            kind, act = name.split("/")[3] if name.count("/") > 3 else "", ""
        if kind == "post":
            return self._keys_of_post(act)
        records = {
            "image": self.patient if act == "private" else self.picture,
            "photoconsent": self.consent,
            "author": self.reviewer if act == "withdraw_reviews" else self.stranger,
            "auth": Group.objects.get(name="Writer") if act.startswith("group") else self.dana,
            "auditentry": AuditEntry.objects.order_by("pk").first(),
            "phrase": self.phrase,
            "practice": self.practice,
            "drug": self.drug,
            "procedure": self.procedure,
            "source": self.source,
            "topic": self.topic,
            "tag": self.tag,
        }
        key = records.get(kind, self.dana).pk
        file = self.patient.renditions[0]["name"] if act == "private" else "hours"
        link = {"uidb64": "MQ", "token": "abc-123"}
        return {"pk": key, "object_id": key, "id": key, "name": file, "app_label": "blog", **link}

    def _keys_of_post(self, act: str) -> dict[str, object]:
        if act in ("bulk_result", "bulk_undo"):
            return {"pk": self.act.pk}
        if act == "change_view":
            return {"pk": self.view.pk}
        post = self.post_for(act)
        number = self.link.pk if act == "end_preview_link" else post.revisions.order_by("pk").first().pk
        return {"pk": post.pk, "object_id": post.pk, "number": number, "mine": self.mine.pk}

    def post_for(self, act: str) -> Post:
        """The post on which an act (the end of an address's name) is tried."""
        return self.posts[STATES.get(act, "draft")]

    def hand_over(self, name: str, user: User) -> None:
        """Make what stands behind an address this person's own: a post that they began, an act that they did."""
        act = name.removeprefix("admin:blog_post_")
        Post.objects.filter(pk=self.post_for(act).pk).update(created_by=user)
        BulkAct.objects.filter(pk=self.act.pk).update(actor=user)
        SavedView.objects.filter(pk=self.view.pk).update(owner=user)
        QuerySet.update(Revision.objects.filter(pk=self.mine.pk), saved_by=user)

    def sent(self, name: str, user: User | None) -> dict[str, object]:
        """What a form behind an address sends at least, so that the right to send it is all that is judged."""
        return {"_as": user.pk if user else ""} | {
            "admin:unlock": {"password_again": "not a short one"},
            "admin:blog_post_presence": {"window": "a"},
            "admin:blog_post_bulk": {"action": "trash", "_selected_action": self.posts["draft"].pk},
            "admin:blog_post_withdraw_review": {"signature": self.signature.pk, "because": "Doubts"},
            "admin:blog_source_new": {"title": "New", "url": "https://new.example/", "accessed_on": "2026-01-05"},
        }.get(name, {})


# Which post an act is tried on, where it is not the draft.
STATES = {
    "unschedule": "scheduled",
    "take_off": "live",
    "keep_on_site": "ending",
    "restore": "trashed",
    "review": "asked",
    "take_back": "asked",
    "withdraw_review": "signed",
    "receipt": "live",
    "as_it_stood": "live",
    "as_it_stood_file": "live",
}


def named_addresses() -> dict[str, str]:
    """What every address looks like that the URL map knows, by its name; where it has none, by itself."""

    def walk(patterns: list, path: str, space: str) -> Iterator[tuple[str, str]]:
        for entry in patterns:
            here = path + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, here, f"{space}{entry.namespace}:" if entry.namespace else space)
            else:
                yield (space + entry.name if entry.name else here), here

    found = list(walk(get_resolver().url_patterns, "/", ""))
    names = dict(found)
    assert len(names) == len(found), "two addresses have one name"
    return names


def address_of(name: str, path: str, keys: dict[str, object]) -> str:
    """The address called ``name`` with these keys in it."""
    path = re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", path).rstrip("$").replace("^", "")
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(keys.get(found[1], "no/such/page")), path)
