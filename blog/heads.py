"""What a page says of itself in its head, to search engines and to whoever shows a shared link.

The same words stand in its structured data, see ``blog.structured_data``.
"""

from dataclasses import dataclass

from django.core.paginator import Page
from django.templatetags.static import static
from django.urls import reverse

from blog.addresses import full_address
from blog.models import Author, Image, Practice, Tag, Topic
from blog.pictures import machine_file
from blog.reading import ArticlePage

# Porcelain and the window, without words, which would be cut at some edge: static/blog/card.png.
CARD = ("blog/card.png", 1200, 630)


@dataclass(frozen=True)
class SharedPicture:
    """The picture beside a shared link: a whole address, measures in px, and words for who cannot see it."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class Head:
    """A page as others should know it.

    Attributes:
        kind: of the page in the Open Graph: website, article or profile.
        heading: what the page calls itself.
        title: for the browser's tab and search results, without the practice's name.
        description: one line.
        address: the page's own whole address.
        canonical: the whole address to which search engines are sent; nearly always its own.
        picture: for shared links.
    """

    kind: str
    heading: str
    title: str
    description: str
    address: str
    canonical: str
    picture: SharedPicture


def list_head(
    practice: Practice, page: Page, *, topic: Topic | None = None, tag: Tag | None = None, author: Author | None = None
) -> Head:
    """The head of one page of the blog's list, or of a topic's, a tag's or an author's."""
    kind, path = "website", reverse("blog:index")
    heading = practice.blog_title
    description = practice.tagline or practice.blog_intro or f"The blog of {practice.name}."
    if topic is not None:
        heading, path = topic.name, topic.get_absolute_url()
        description = topic.description or f"Posts about {topic.name} from {practice.name}."
    if tag is not None:
        heading, path = f"Posts tagged “{tag.name}”", tag.get_absolute_url()
        description = f"{heading} from {practice.name}."
    if author is not None:
        kind, heading, path = "profile", author.byline, author.get_absolute_url()
        description = author.bio or f"Posts by {author.byline} from {practice.name}."
    title = heading
    if page.number > 1:
        path += f"?page={page.number}"
        title += f", page {page.number}"
        description = f"Page {page.number} of {page.paginator.num_pages}. {description}"
    address = full_address(path)
    photo = _shared(author.photo, heading, "1x1") if author is not None else None
    return Head(kind, heading, title, one_line(description), address, address, photo or _picture_for_all(practice))


def article_head(practice: Practice, page: ArticlePage) -> Head:
    """The head of an article's page."""
    article = page.article
    address = full_address(article.get_absolute_url())
    hero = _shared(article.hero_image, "" if article.hero_is_decorative else article.hero_alt)
    return Head(
        kind="article",
        heading=article.title,
        title=article.seo_title or article.title,
        description=one_line(page.description),
        address=address,
        canonical=article.canonical_url or address,
        picture=hero or _picture_for_all(practice),
    )


def one_line(text: str) -> str:
    """Text of several lines in one."""
    return " ".join(text.split())


def _picture_for_all(practice: Practice) -> SharedPicture:
    own = _shared(practice.share_image, practice.share_image.alt_text) if practice.share_image else None
    name, width, height = CARD
    return own or SharedPicture(full_address(static(name)), width, height, practice.name)


def _shared(image: Image | None, alt: str, crop: str = "16x9") -> SharedPicture | None:
    file = machine_file(image, crop)
    return SharedPicture(full_address(file.url), file.width, file.height, alt) if file else None
