"""What a clinician signs: each part of the named set changes its digest, and nothing else does."""

import pytest

from blog.digest import digest_of_shown
from blog.models import Revision

WORDS = {
    "title": "Peels",
    "subtitle": "What to expect",
    "key_points": ["Rest."],
    "body": '<p>Words.</p><figure><img data-image="3" alt="A lamp"></figure>',
    "hero_image_id": 7,
    "hero_alt": "A hand",
    "hero_caption": "In our rooms",
}
SOURCE = {"title": "A label", "publisher": "FDA", "url": "https://www.fda.gov/x", "accessed_on": "2026-06-01"}
BESIDE = {"drugs": [1], "procedures": [2], "sources": [SOURCE]}


def digest(**values) -> str:
    beside = {name: values.pop(name, said) for name, said in BESIDE.items()}
    return digest_of_shown(Revision(**(WORDS | values)), **beside)


@pytest.mark.parametrize(
    "values",
    [
        {"title": "Peel"},
        {"subtitle": ""},
        {"key_points": ["Rest.", "Wait."]},
        {"body": WORDS["body"].replace("Words", "Other words")},
        {"body": WORDS["body"].replace('"3"', '"4"')},
        {"body": WORDS["body"].replace("A lamp", "A light")},
        {"hero_image_id": 8},
        {"hero_alt": "A face"},
        {"hero_is_decorative": True},
        {"hero_caption": ""},
        {"sources": []},
        {"sources": [SOURCE | {"url": "https://www.fda.gov/y"}]},
        {"sources": [SOURCE, SOURCE]},
        {"drugs": []},
        {"procedures": [2, 3]},
    ],
    ids=str,
)
def test_whatever_is_signed_changes_it(values):
    assert digest(**values) != digest()


@pytest.mark.parametrize(
    "values",
    [
        {"excerpt": "Short."},
        {"meta_description": "For Google."},
        {"cta_text": "Come in."},
        {"slug": "peels"},
        {"sources": [SOURCE | {"accessed_on": "2026-07-01"}]},
    ],
    ids=str,
)
def test_nothing_else_does(values):
    assert digest(**values) == digest()
