"""What a page says, once more in schema.org's words: one graph for search engines, as JSON-LD.

Only what the page itself shows, and pure over what ``blog.reading`` found. Parts that are blank are left out.
Each function gives a dictionary that JSON can hold; the filter ``json_ld`` writes it into the page.
"""

from django.urls import reverse

from blog.addresses import full_address, web_host
from blog.clinic_time import machine_time
from blog.heads import Head, one_line
from blog.models import Author, Drug, Image, Practice, Procedure, Publication, Tag, Topic
from blog.pictures import machine_file
from blog.reading import ArticlePage

Node = dict[str, object]

# The crops in which search engines want an article's picture.
CROPS = ("1x1", "4x3", "16x9")
LANGUAGE = "en-US"
VOCABULARY = "https://schema.org/"


def list_graph(
    practice: Practice, head: Head, *, topic: Topic | None = None, tag: Tag | None = None, author: Author | None = None
) -> Node:
    """The graph of the blog's own page, or of a topic's, a tag's or an author's."""
    here = [] if topic is tag is author is None else [(head.heading, head.address)]
    if author is None:
        page = _web_page("CollectionPage", head)
    else:
        about = {"description": one_line(author.bio), "image": _picture(author.photo, "1x1")}
        about["hasCredential"] = _credentials(author)
        page = _web_page("ProfilePage", head) | {"mainEntity": _person(author) | _filled(about)}
    return _graph(page, _breadcrumbs(head, here), _practice(practice))


def article_graph(practice: Practice, head: Head, page: ArticlePage) -> Node:
    """The graph of a published article's page."""
    article, topic = page.article, page.article.topic
    is_medical = article.kind == Publication.Kind.HEALTH_INFORMATION
    # News of the clinic is no medical page: it answers no question about health.
    web_page = _web_page("MedicalWebPage" if is_medical else "WebPage", head)
    if is_medical:
        web_page["medicalAudience"] = {"@type": "MedicalAudience", "audienceType": "Patient"}
    subjects = [*(_drug(head, one) for one in page.drugs), *(_procedure(head, one) for one in page.procedures)]
    about = _filled({"about": [_reference(subject) for subject in subjects]})
    web_page |= about | _review(page)
    posting = _posting(head, page) | about
    dates = {"datePublished": machine_time(article.published_at), "dateModified": machine_time(article.changed_at)}
    web_page |= dates | {"mainEntity": _reference(posting)}
    photo = _picture(article.hero_image, "16x9")
    if photo is not None:
        photo |= _filled({"caption": article.hero_caption, "creditText": article.hero_image.credit})
        photo["@id"] = f"{head.address}#main-photo"
        web_page["primaryImageOfPage"] = _reference(photo)
    crumbs = [(topic.name, full_address(topic.get_absolute_url()))] if topic else []
    breadcrumbs = _breadcrumbs(head, [*crumbs, (article.title, head.address)])
    return _graph(web_page, posting | dates, *subjects, photo, breadcrumbs, _practice(practice))


def _review(page: ArticlePage) -> Node:
    """Who stands by the words and since when, while the page says so. Both are a page's, not an article's."""
    reviewed = page.reviewed
    if reviewed is None:
        return {}
    by = _person(reviewed.reviewer)
    kept = ("@type", "@id", "name", "url", "honorificSuffix")
    return {
        "reviewedBy": {name: by[name] for name in kept if name in by},
        "lastReviewed": reviewed.reviewed_on.isoformat(),
    }


def _drug(head: Head, drug: Drug) -> Node:
    # A drug is a product, too, for this vocabulary: nothing here offers, prices or rates it.
    return {
        "@type": "Drug",
        "@id": f"{head.address}#drug-{drug.pk}",
        "name": drug.brand_name,
        "nonProprietaryName": drug.generic_name,
        "proprietaryName": drug.brand_name,
        "prescriptionStatus": f"{VOCABULARY}PrescriptionOnly",
    }


def _procedure(head: Head, procedure: Procedure) -> Node:
    # Surgery is a type of its own there, the other two are kinds of one.
    is_surgery = procedure.procedure_type == Procedure.ProcedureType.SURGICAL
    return _filled(
        {
            "@type": "SurgicalProcedure" if is_surgery else "MedicalProcedure",
            "@id": f"{head.address}#procedure-{procedure.pk}",
            "name": procedure.name,
            "procedureType": "" if is_surgery else f"{VOCABULARY}{procedure.procedure_type}",
            "bodyLocation": procedure.body_location,
        }
    )


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
            "citation": [
                _filled({"@type": "CreativeWork", "name": source.title, "url": source.url}) for source in page.sources
            ],
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


def _credentials(author: Author) -> list[Node]:
    """The letters behind the name, and the license, each once."""
    letters = [word for part in author.credentials.split(",") if (word := part.strip())]
    license_of = {"credentialCategory": "license"} if author.license_type else {}
    if author.license_type and author.license_state:
        license_of["validIn"] = {"@type": "AdministrativeArea", "name": author.license_state}
    names = dict.fromkeys([*letters, *([author.license_type] if author.license_type else [])])
    return [
        {"@type": "EducationalOccupationalCredential", "name": name}
        | (license_of if name == author.license_type else {})
        for name in names
    ]


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
