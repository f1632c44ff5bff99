"""The name under which a person signs: an author of their own, made when it is first needed."""

from django.db import transaction
from django.utils.text import slugify

from blog.content.plain import tidy_line
from blog.models import Author

from .access import Actor, NotAllowed, Refused

SLUG_LENGTH = Author._meta.get_field("slug").max_length


def own_author(actor: Actor) -> Author | None:
    """The author that belongs to this person's login, or None."""
    return Author.objects.filter(user=actor.pk).first() if actor.pk is not None else None


def may_sign_anew(actor: Actor) -> bool:
    """Whether the actor may become an author by writing down a name: who looks after authors, and is none yet."""
    return actor.is_active and actor.has_perm("blog.add_author") and own_author(actor) is None


def check_name(actor: Actor, name: str) -> Author | None:
    """Judge a name that the actor wants to sign with; returns the author by that name who has no login yet, or None.

    Raises ``NotAllowed``, and ``Refused`` for a name that cannot be an address or is somebody else's.
    """
    if not (actor.is_active and actor.has_perm("blog.add_author")):
        raise NotAllowed("Your login may not add authors. Ask a manager to add your name under Authors.")
    if not slugify(name):
        raise Refused("Write the name with plain letters, as readers should see it.")
    known = Author.objects.filter(name__iexact=tidy_line(name), is_sample=False).order_by("pk").first()
    if known is not None and (known.user_id is not None or not actor.has_perm("blog.change_author")):
        raise Refused(
            f"There is an author “{known.name}” already, who belongs to another login. "
            "Add a middle name, or choose that author above."
        )
    return known


@transaction.atomic
def sign_as(actor: Actor, name: str) -> Author:
    """The author of this person's login: made under ``name``, as readers should see it, where there is none yet.

    Readers see nothing of it until a post under it is live. An author by that name without a login becomes theirs.
    Raises what ``check_name`` does.
    """
    own = own_author(actor)
    if own is not None:
        return own
    known = check_name(actor, name)
    if known is None:
        return Author.objects.create(name=tidy_line(name), slug=_free_slug(name), user_id=actor.pk)
    known.user_id = actor.pk
    known.save(update_fields=["user"])
    return known


def _free_slug(name: str) -> str:
    wanted = slugify(name)[: SLUG_LENGTH - 8].strip("-_")
    taken = set(Author.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    slug, number = wanted, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
