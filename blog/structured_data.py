"""What a page says, once more in schema.org's words: one graph for search engines, as JSON-LD.

Only what the page itself shows, and pure over what ``blog.reading`` found. Parts that are blank are left out.
Each function gives a dictionary that JSON can hold; the filter ``json_ld`` writes it into the page.
"""

from django.urls import reverse

from blog.addresses import full_address, web_host
from blog.clinic_time import machine_time
from blog.heads import Head, one_line
from blog.models import Author, Image, Practice, Tag, Topic
from blog.pictures import machine_file
from blog.reading import ArticlePage

Node = dict[str, object]

# The crops in which search engines want an article's picture.
CROPS = ("1x1", "4x3", "16x9")
LANGUAGE = "en-US"


def list_graph(
    practice: Practice, head: Head, *, topic: Topic | None = None, tag: Tag | None = None, author: Author | None = None
) -> Node:
    """The graph of the blog's own page, or of a topic's, a tag's or an author's."""
    here = [] if topic is tag is author is None else [(head.heading, head.address)]
    if author is None:
        page = _web_page("CollectionPage", head)
    else:
        about = _filled({"description": one_line(author.bio), "image": _picture(author.photo, "1x1")})
        page = _web_page("ProfilePage", head) | {"mainEntity": _person(author) | about}
    return _graph(page, _breadcrumbs(head, here), _practice(practice))


def article_graph(practice: Practice, head: Head, page: ArticlePage) -> Node:
    """The graph of a published article's page."""
    article, topic = page.article, page.article.topic
    web_page, posting = _web_page("WebPage", head), _posting(head, page)
    dates = {"datePublished": machine_time(article.published_at), "dateModified": machine_time(article.changed_at)}
    web_page |= dates | {"mainEntity": _reference(posting)}
    photo = _picture(article.hero_image, "16x9")
    if photo is not None:
        photo |= _filled({"caption": article.hero_caption, "creditText": article.hero_image.credit})
        photo["@id"] = f"{head.address}#main-photo"
        web_page["primaryImageOfPage"] = _reference(photo)
    crumbs = [(topic.name, full_address(topic.get_absolute_url()))] if topic else []
    breadcrumbs = _breadcrumbs(head, [*crumbs, (article.title, head.address)])
    return _graph(web_page, posting | dates, photo, breadcrumbs, _practice(practice))


def _posting(head: Head, page: ArticlePage) -> Node:
    article = page.article
    crops = [machine_file(article.hero_image, crop) for crop in CROPS]
    return _filled(
        {
            "@type": "BlogPosting",
            "@id": f"{head.address}#article",
            "headline": article.title,
            "alternativeHeadline": one_line(article.subtitle),
            "description": head.description,
            "image": [full_address(file.url) for file in crops if file],
            "author": [_person(article.author)],
            "publisher": {"@id": _practice_id()},
            "mainEntityOfPage": {"@id": head.address},
            "articleSection": article.topic.name if article.topic else "",
            "keywords": [tag.name for tag in page.tags],
            "inLanguage": LANGUAGE,
        }
    )


def _web_page(kind: str, head: Head) -> Node:
    return {
        "@type": kind,
        "@id": head.address,
        "url": head.address,
        "name": head.heading,
        "description": head.description,
        "inLanguage": LANGUAGE,
        "breadcrumb": {"@id": f"{head.address}#breadcrumb"},
        "publisher": {"@id": _practice_id()},
    }


def _breadcrumbs(head: Head, below_the_blog: list[tuple[str, str]]) -> Node:
    crumbs = [("Blog", full_address(reverse("blog:index"))), *below_the_blog]
    return {
        "@type": "BreadcrumbList",
        "@id": f"{head.address}#breadcrumb",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": address}
            for position, (name, address) in enumerate(crumbs, start=1)
        ],
    }


def _person(author: Author) -> Node:
    address = full_address(author.get_absolute_url())
    return _filled(
        {
            "@type": "Person",
            "@id": f"{address}#person",
            "name": author.name,
            "url": address,
            "jobTitle": author.job_title,
            "honorificSuffix": author.credentials,
            "sameAs": [profile for profile in author.same_as if web_host(profile)],
        }
    )


def _practice(practice: Practice) -> Node:
    return _filled(
        {
            "@type": "MedicalBusiness",
            "@id": _practice_id(),
            "name": practice.name,
            "url": practice.website_url or full_address(reverse("blog:index")),
            "logo": _picture(practice.logo, "own"),
            "telephone": practice.phone if practice.phone_link else "",
            "address": one_line(practice.address),
        }
    )


def _practice_id() -> str:
    return full_address("/#practice")


def _picture(image: Image | None, crop: str) -> Node | None:
    file = machine_file(image, crop)
    if file is None:
        return None
    return {"@type": "ImageObject", "url": full_address(file.url), "width": file.width, "height": file.height}


def _reference(node: Node) -> Node:
    return {"@id": node["@id"]}


def _filled(node: Node) -> Node:
    return {name: value for name, value in node.items() if value not in ("", None, [])}


def _graph(*nodes: Node | None) -> Node:
    return {"@context": "https://schema.org", "@graph": [node for node in nodes if node]}
