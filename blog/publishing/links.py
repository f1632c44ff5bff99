"""Links between posts: which post an address means, who links to a post, which links lead nowhere.

Texts name the post they link to by its number (``a[data-post]``), so that its address may change. Older texts may have
plain addresses; those are looked at, too.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from blog.addresses import article_at, full_address
from blog.content.editor import Target
from blog.models import Address, Post, Publication, Revision, RevisionLink

_HREF = re.compile(r'<a href="([^"]*)"')


@dataclass(frozen=True)
class DeadLink:
    """A live article with a link that readers cannot follow.

    ``post`` is where the link leads, or None where no post ever had the address, which is then in ``address``.
    """

    article: Publication
    post: Post | None
    address: str = ""


def post_at(address: str) -> tuple[int, str] | None:
    """The post whose address this is or was, with the id of a heading or blank; None for any other address.

    An address belongs to who had it in public; else to the draft that has it.
    """
    named = article_at(address)
    if named is None:
        return None
    public = Address.objects.filter(slug=named.slug).values_list("post_id", flat=True).first()
    post = public or Post.objects.filter(slug=named.slug).values_list("pk", flat=True).first()
    return (post, named.fragment) if post else None


def targets(posts: Iterable[int], now: datetime) -> dict[int, Target]:
    """The present address of each of these posts, and whether readers can open it. Two queries at most."""
    posts = set(posts)
    if not posts:
        return {}
    live = dict(Publication.objects.live(now).filter(post__in=posts).order_by().values_list("post_id", "slug"))
    slugs = dict(Post.objects.filter(pk__in=posts).values_list("pk", "slug")) | live
    return {pk: Target(reverse("blog:article", args=[slug]), pk in live) for pk, slug in slugs.items()}


def live_articles_linking_to(post: Post, now: datetime) -> list[Publication]:
    """Other articles that readers see and that link to this post, by its number or by an address it has or had."""
    by_number = RevisionLink.objects.filter(revision=OuterRef("revision"), post=post)
    found = Q(Exists(by_number))
    slugs = {post.slug, *Address.objects.filter(post=post).values_list("slug", flat=True)}
    for slug in slugs:
        path = reverse("blog:article", args=[slug])
        found |= Q(body__contains=f'{path}"') | Q(body__contains=f"{path}#")
    others = Publication.objects.live(now).exclude(post=post).filter(found)
    return list(others.only("title", "slug", "post_id").order_by("title", "pk"))


def drafts_linking_to(post: Post) -> list[Revision]:
    """The newest drafts of other posts that link to this one, those in the trash aside."""
    newer = Revision.objects.filter(post=OuterRef("post"), sealed_at__isnull=False, set_aside=False)
    drafts = Revision.objects.filter(
        Exists(RevisionLink.objects.filter(revision=OuterRef("pk"), post=post)),
        ~Exists(newer.filter(pk__gt=OuterRef("pk"))),
        sealed_at__isnull=False,
        set_aside=False,
        post__trashed_at__isnull=True,
    )
    return list(drafts.exclude(post=post).only("title", "post_id").order_by("title", "pk"))


def dead_links(now: datetime) -> list[DeadLink]:
    """Links by number in live articles to posts that are not live, by the article's title. Two queries."""
    alive = Publication.objects.live(now).filter(post=OuterRef("post"))
    revisions = Publication.objects.live(now).order_by().values("revision")
    ties = RevisionLink.objects.filter(~Exists(alive), revision__in=revisions).select_related("post")
    found: dict[int, list[Post]] = {}
    for tie in ties.order_by("post__title", "pk"):
        found.setdefault(tie.revision_id, []).append(tie.post)
    articles = Publication.objects.live(now).filter(revision__in=found).only("title", "slug", "post_id", "revision_id")
    return [
        DeadLink(article, post) for article in articles.order_by("title", "pk") for post in found[article.revision_id]
    ]


def dead_addresses(now: datetime) -> list[DeadLink]:
    """Plain addresses of this blog in live articles where readers find no article. Reads every text that has one."""
    start = reverse("blog:article", args=["x"]).removesuffix("x/")
    has_one = Q(body__contains=f'href="{start}') | Q(body__contains=f'href="{full_address(start)}')
    if settings.SITE_URL.startswith("https://"):
        has_one |= Q(body__contains=f'href="http://{settings.SITE_URL.removeprefix("https://")}{start}')
    articles = Publication.objects.live(now).filter(has_one).order_by("title", "pk")
    asked: dict[str, list[Publication]] = {}
    for article in articles.only("title", "slug", "post_id", "body").iterator(chunk_size=200):
        for href in dict.fromkeys(unescape(found) for found in _HREF.findall(article.body)):
            if named := article_at(href):
                asked.setdefault(named.slug, []).append(article)
    posts = {one.slug: one.post for one in Address.objects.filter(slug__in=asked).select_related("post")}
    alive = set(Publication.objects.live(now).filter(post__in=posts.values()).values_list("post_id", flat=True))
    return [
        DeadLink(article, posts.get(slug), reverse("blog:article", args=[slug]))
        for slug, articles in asked.items()
        if slug not in posts or posts[slug].pk not in alive
        for article in articles
    ]
