"""What each role may do, as a table: every act is tried by every role, at ``blog.publishing`` and ``blog.people``.

A row names an act and the roles that may do it. Whoever is not named is refused with ``NotAllowed``, and nothing has
happened.
"""

import pytest
from cast import DAY, HOUR, NOON, person
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction

from blog import people, publishing
from blog.models import AuditEntry, Author, Post, Publication, Review, Revision

pytestmark = pytest.mark.django_db

WRITER, EDITOR, REVIEWER, MANAGER, ROOT, NOBODY = "Writer", "Editor", "Medical reviewer", "Manager", "everything", ""
ROLES = (WRITER, EDITOR, REVIEWER, MANAGER, ROOT, NOBODY)
WRITES = {WRITER, EDITOR, MANAGER, ROOT}
RELEASES = {EDITOR, MANAGER, ROOT}
DECIDES = {REVIEWER, ROOT}
MAY = {
    "create": WRITES,
    "edit own": WRITES,
    "edit what carries the own name": WRITES,
    "edit other's": RELEASES,
    "submit own": WRITES,
    "submit other's": RELEASES,
    "take back own": WRITES,
    "take back other's": RELEASES,
    "approve other's": DECIDES,
    "send back other's": DECIDES,
    "approve own": set(),
    "send back own": set(),
    "approve what carries the own name": set(),
    "approve words saved by oneself": set(),
    "publish": RELEASES,
    "schedule": RELEASES,
    "unschedule": RELEASES,
    "take off": RELEASES | {REVIEWER},
    "plan to take off": RELEASES | {REVIEWER},
    "keep": RELEASES,
    "trash own": WRITES,
    "trash other's": RELEASES,
    "restore other's": RELEASES,
    "remove samples": RELEASES,
    "invite": {MANAGER, ROOT},
    "invite above all roles": {ROOT},
    "make a new link": {MANAGER, ROOT},
    "close a login": {MANAGER, ROOT},
    "raise above all roles": {ROOT},
}


class Stage:
    """Posts in every state that an act needs, made by people who may do everything, before the actor comes."""

    def __init__(self, actor: User) -> None:
        self.actor = actor
        self.other = User.objects.create_superuser("otto", "otto@example.com")
        self.name = Author.objects.create(name="Own Name", slug="own-name", user=actor)
        self.stranger = Author.objects.create(name="Other Name", slug="other-name")

    def post(self, *, by: User | None = None, author: Author | None = None, **values) -> Post:
        post = Post(title="Light", body="<p>Slowly explained.</p>", author=author or self.stranger, **values)
        publishing.save_draft(self.other, post, [], now=NOON - DAY)
        if by is not None:
            Post.objects.filter(pk=post.pk).update(created_by=by)
        return Post.objects.get(pk=post.pk)

    def own(self) -> Post:
        return self.post(by=self.actor)

    def edit(self, actor: User, post: Post) -> Revision:
        post.title = "Another title"
        return publishing.save_draft(actor, post, [], base_id=publishing.newest_revision(post).pk, now=NOON)

    def newest(self, post: Post) -> Revision:
        return publishing.newest_revision(post)

    def submitted(self, post: Post) -> Revision:
        return publishing.submit(self.other, self.newest(post), now=NOON - HOUR).revision

    def live(self) -> Post:
        post = self.post()
        publishing.publish(self.other, self.newest(post), now=NOON - HOUR)
        return post

    def scheduled(self) -> Post:
        post = self.post()
        publishing.publish(self.other, self.newest(post), at=NOON + DAY, now=NOON - HOUR)
        return post

    def ending(self) -> Post:
        post = self.live()
        publishing.take_off(self.other, post, "Offer ends", at=NOON + DAY, now=NOON - HOUR)
        return post

    def trashed(self) -> Post:
        post = self.post()
        publishing.move_to_trash(self.other, post, now=NOON - HOUR)
        return post

    def self_saved(self) -> Revision:
        post = self.post()
        post.title = "Saved by the actor"
        as_root = User(pk=self.actor.pk, is_superuser=True)  # the rights of that day are over
        revision = publishing.save_draft(as_root, post, [], base_id=self.newest(post).pk, now=NOON - DAY)
        return publishing.submit(self.other, revision, now=NOON - HOUR).revision

    def dana(self) -> User:
        return person("dana", "Writer")

    def act(self, name: str):
        """Set the stage for an act; gives what the actor then does."""
        me = self.actor
        match name:
            case "create":
                new = Post(title="New", body="<p>Words.</p>")
                return lambda: publishing.save_draft(me, new, [], now=NOON)
            case "edit own":
                post = self.own()
                return lambda: self.edit(me, post)
            case "edit what carries the own name":
                post = self.post(author=self.name)
                return lambda: self.edit(me, post)
            case "edit other's":
                post = self.post()
                return lambda: self.edit(me, post)
            case "submit own":
                revision = self.newest(self.own())
                return lambda: publishing.submit(me, revision, now=NOON)
            case "submit other's":
                revision = self.newest(self.post())
                return lambda: publishing.submit(me, revision, now=NOON)
            case "take back own" | "take back other's":
                post = self.own() if "own" in name else self.post()
                self.submitted(post)
                return lambda: publishing.take_back(me, post, now=NOON)
            case "approve other's":
                revision = self.submitted(self.post())
                return lambda: publishing.approve(me, revision, now=NOON)
            case "send back other's":
                revision = self.submitted(self.post())
                return lambda: publishing.send_back(me, revision, "Say may, not will.", now=NOON)
            case "approve own":
                revision = self.submitted(self.own())
                return lambda: publishing.approve(me, revision, now=NOON)
            case "send back own":
                revision = self.submitted(self.own())
                return lambda: publishing.send_back(me, revision, "Say may, not will.", now=NOON)
            case "approve what carries the own name":
                revision = self.submitted(self.post(author=self.name))
                return lambda: publishing.approve(me, revision, now=NOON)
            case "approve words saved by oneself":
                revision = self.self_saved()
                return lambda: publishing.approve(me, revision, now=NOON)
            case "publish":
                revision = self.newest(self.post())
                return lambda: publishing.publish(me, revision, now=NOON)
            case "schedule":
                revision = self.newest(self.post())
                return lambda: publishing.publish(me, revision, at=NOON + DAY, now=NOON)
            case "unschedule":
                post = self.scheduled()
                return lambda: publishing.unschedule(me, post, now=NOON)
            case "take off":
                post = self.live()
                return lambda: publishing.take_off(me, post, "Wrong", now=NOON)
            case "plan to take off":
                post = self.live()
                return lambda: publishing.take_off(me, post, "Wrong", at=NOON + DAY, now=NOON)
            case "keep":
                post = self.ending()
                return lambda: publishing.keep_on_site(me, post, now=NOON)
            case "trash own" | "trash other's":
                post = self.own() if "own" in name else self.post()
                return lambda: publishing.move_to_trash(me, post, now=NOON)
            case "restore other's":
                post = self.trashed()
                return lambda: publishing.restore_from_trash(me, post, now=NOON)
            case "remove samples":
                return lambda: publishing.remove_samples(me)
            case "invite":
                return lambda: people.invite(me, name="Dana Ray", roles=["Writer"])
            case "invite above all roles":
                return lambda: people.invite(me, name="Dana Ray", everything=True)
            case "make a new link":
                dana = self.dana()
                return lambda: people.invite(me, username=dana.username)
            case "close a login":
                dana = self.dana()
                return lambda: people.change_rights(me, dana, is_active=False, now=NOON)
            case "raise above all roles":
                dana = self.dana()
                return lambda: people.change_rights(me, dana, everything=True, now=NOON)


def state() -> list:
    """Everything that an act could have changed."""
    models = (Post, Revision, Publication, Review, AuditEntry, Author)
    rows = [list(model.objects.order_by("pk").values()) for model in models]
    logins = User.objects.order_by("pk").values("pk", "password", "is_active", "is_superuser", "email")
    return [*rows, list(logins), list(User.groups.through.objects.order_by("pk").values())]


def actor_with(role: str) -> User:
    if role == ROOT:
        return User.objects.create_superuser("root", "root@example.com")
    return person("someone", *([role] if role else []))


def tried(stage: Stage, name: str, *, closed: bool = False) -> str:
    """What comes of an act: done, refused, or done in part though it was refused. Leaves no trace."""
    me = stage.actor
    with transaction.atomic():
        do = stage.act(name)
        me.is_active = not closed
        before = state()
        try:
            do()
            outcome = "done" if state() != before or name == "remove samples" else "nothing happened"
        except publishing.NotAllowed as refused:
            said = str(refused).endswith(".")
            outcome = "refused" if said and state() == before else "refused, but something happened"
        transaction.set_rollback(True)
    me.is_active = True
    return outcome


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_what_it_may_and_nothing_else(role):
    stage = Stage(actor_with(role))
    found = {act: tried(stage, act) for act in MAY}
    assert found == {act: "done" if role in may else "refused" for act, may in MAY.items()}


def test_a_closed_login_does_nothing():
    stage = Stage(actor_with(ROOT))
    assert {act: tried(stage, act, closed=True) for act in MAY} == dict.fromkeys(MAY, "refused")


def test_the_roles_of_a_fresh_database_have_their_rights_and_no_others():
    """Made by migrations alone: the test database is a fresh one, of the kind that TEST_ON names."""
    rights = {
        group.name: {permission.codename for permission in group.permissions.all()}
        for group in Group.objects.filter(name__in=ROLES)
    }
    assert set(rights) == {WRITER, EDITOR, REVIEWER, MANAGER}
    assert rights[WRITER] < rights[EDITOR] < rights[MANAGER], "a manager does everything that an editor does"
    powers = {"release_post", "take_off_post", "change_any_post", "decide_review", "add_user", "change_practice"}
    assert {role: found & powers for role, found in rights.items()} == {
        WRITER: set(),
        EDITOR: {"release_post", "take_off_post", "change_any_post"},
        REVIEWER: {"take_off_post", "decide_review"},
        MANAGER: {"release_post", "take_off_post", "change_any_post", "add_user", "change_practice"},
    }
    assert not any(right.startswith(("add", "change", "delete")) for right in rights[REVIEWER])


def test_migrating_again_makes_no_role_and_no_right_twice():
    from importlib import import_module

    before = (Group.objects.count(), Permission.objects.count(), Group.permissions.through.objects.count())
    for name in ("0003_roles", "0007_more_roles"):
        import_module(f"blog.migrations.{name}").make_roles(apps, None)
    assert (Group.objects.count(), Permission.objects.count(), Group.permissions.through.objects.count()) == before
