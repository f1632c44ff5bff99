"""Who may do what. Every act of publishing asks here, so that no face can forget to."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from blog.models import Post


class Refused(Exception):
    """An act that cannot be done; its text is for the person who tried, and says what to do next."""


class NotAllowed(Refused):
    """The person lacks the right for this act."""


class Operator:
    """Whoever runs a command on the server: may do everything, and stands in the records as nobody."""

    pk = None
    is_active = True

    def has_perm(self, permission: str) -> bool:
        """Always true: who can run commands on the server can do anything to the site."""
        return True


Actor = AbstractBaseUser | AnonymousUser | Operator


def person(actor: Actor) -> AbstractBaseUser | None:
    """The user to keep in a record for this actor; None for the operator."""
    return None if isinstance(actor, Operator) else actor


def name_of(user: AbstractBaseUser | None) -> str:
    """A colleague's name for a sentence; a command on the server has none."""
    return (user.get_full_name() or user.get_username()) if user is not None else "Somebody"


def may_edit(actor: Actor, post: Post) -> bool:
    """Whether the actor may change this post's draft: an editor any, a writer those of theirs."""
    if not (actor.is_active and actor.has_perm("blog.change_post")):
        return False
    if actor.has_perm("blog.change_any_post"):
        return True
    return post.created_by_id == actor.pk or (post.author_id is not None and post.author.user_id == actor.pk)


def may_release(actor: Actor) -> bool:
    """Whether the actor may decide what readers see: publish and schedule."""
    return actor.is_active and actor.has_perm("blog.release_post")


def may_take_off(actor: Actor) -> bool:
    """Whether the actor may end what readers see; a medical reviewer may, without the right to publish."""
    return actor.is_active and (actor.has_perm("blog.take_off_post") or actor.has_perm("blog.release_post"))


def may_decide_review(actor: Actor) -> bool:
    """Whether the actor may approve a text or send it back."""
    return actor.is_active and actor.has_perm("blog.decide_review")


def require_create(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may start a post."""
    if not (actor.is_active and actor.has_perm("blog.add_post")):
        raise NotAllowed("Your login may not write posts. Ask the person who manages logins for the Writer role.")


def require_edit(actor: Actor, post: Post) -> None:
    """Raise ``NotAllowed`` unless the actor may change this post's draft."""
    if not may_edit(actor, post):
        raise NotAllowed("This post belongs to somebody else, and your login may change only your own posts.")


def require_release(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may decide what readers see."""
    if not may_release(actor):
        raise NotAllowed("Your login may write, but not publish or take off the site. Ask an editor to do it.")


def require_take_off(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may end what readers see."""
    if not may_take_off(actor):
        raise NotAllowed("Your login may not take a post off the site. Ask an editor or a medical reviewer to do it.")


def require_decide_review(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may approve a text or send it back."""
    if not may_decide_review(actor):
        raise NotAllowed("Your login may not approve texts. Ask the person who manages logins for that role.")
