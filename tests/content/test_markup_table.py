"""One table, three lists that agree."""

import json

import nh3
from strict_html import MAY_STAY

from blog.content.markup import ELEMENTS, accepts, allowed_content, output_rules, stored_rules


def test_a_page_may_hold_all_that_may_be_stored():
    stored, output = stored_rules(), output_rules()
    assert stored["tags"] < output["tags"]
    for tag, names in stored["attributes"].items():
        assert names <= output["attributes"][tag]


def test_exactly_what_was_agreed_may_be_stored():
    rules = stored_rules()
    assert {tag: rules["attributes"].get(tag, set()) for tag in rules["tags"]} == {
        tag: set(names) for tag, names in MAY_STAY.items()
    }


def test_no_class_style_or_handler_may_be_stored():
    assert not [
        name
        for names in stored_rules()["attributes"].values()
        for name in names
        if name in ("class", "style", "id") or name[:2] == "on"
    ]


def test_the_sanitiser_checks_values_not_only_names():
    def cleaned(html):
        return nh3.clean(html, **stored_rules())

    assert cleaned('<ol start="x"><li>a</li></ol>') == "<ol><li>a</li></ol>"
    assert cleaned('<img data-image="0"><img data-image="12">') == '<img><img data-image="12">'
    assert cleaned('<table><tbody><tr><td colspan="2" rowspan="-2">a</td></tr></tbody></table>').count("span") == 1
    assert nh3.clean('<div class="evil" role="button" tabindex="5">a</div>', **output_rules()) == "<div>a</div>"


def test_a_value_must_match_whole():
    assert (
        accepts("img", "data-image", "12")
        and not accepts("img", "data-image", "12\n")
        and not accepts("img", "src", "/x")
    )


def test_the_editors_list_is_written_out_and_fit_for_json():
    rules = json.loads(json.dumps(allowed_content()))
    assert rules.keys() == {tag for tag, element in ELEMENTS.items() if element.stored is not None}
    assert all(type(rule) is dict for rule in rules.values())
    assert rules["img"] == {"attributes": ["data-image", "alt", "src"]}
    assert rules["figure"] == {"classes": ["image"]}
    assert rules["a"] == {"attributes": ["!href", "data-post", "data-fragment", "data-source", "data-off"]}
    assert rules["aside"] == {"attributes": ["!data-box"]}
    assert rules["p"] == {}
