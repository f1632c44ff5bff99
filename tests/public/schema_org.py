"""A judge of structured data by schema.org's own vocabulary, of which schema-org.json holds the part that is used."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

VOCABULARY = json.loads(Path(__file__).with_name("schema-org.json").read_text("utf-8"))
TYPES, MEMBERS, PROPERTIES = (VOCABULARY[part] for part in ("types", "members", "properties"))
MEMBER = "https://schema.org/"
ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")


def kinds(name: str) -> set[str]:
    """A type and everything that it is, too."""
    return {name}.union(*(kinds(above) for above in TYPES.get(name, [])))


def wrong_in(graph: dict) -> list[str]:
    """Everything in a graph that the vocabulary does not know or allow; empty for a sound one."""
    nodes = list(_nodes(graph["@graph"]))
    ids = [node["@id"] for node in nodes if "@id" in node]
    known = {node["@id"]: node for node in nodes if "@id" in node}
    wrong = [f"two nodes are {one}" for one in known if ids.count(one) > 1]
    for node in nodes:
        wrong += _wrong_in_node(node, known)
    return wrong


def _nodes(value: object) -> Iterator[dict]:
    if isinstance(value, list):
        for one in value:
            yield from _nodes(one)
    elif isinstance(value, dict):
        if value.keys() != {"@id"}:
            yield value
        for one in value.values():
            yield from _nodes(one)


def _wrong_in_node(node: dict, known: dict[str, dict]) -> Iterator[str]:
    name = node.get("@type")
    if name not in TYPES:
        yield f"{name} is no type"
        return
    for key, value in node.items():
        if key in ("@type", "@id"):
            continue
        rule = PROPERTIES.get(key)
        if rule is None:
            yield f"{name}.{key} is no property"
        elif "superseded" in rule:
            yield f"{name}.{key} is superseded by {rule['superseded']}"
        elif not kinds(name) & set(rule["domains"]):
            yield f"{name} has no {key}"
        elif value in ("", None, [], {}):
            yield f"{name}.{key} is blank"
        else:
            for one in value if isinstance(value, list) else [value]:
                if not _fits(one, set(rule["ranges"]), known):
                    yield f"{name}.{key} is no {' or '.join(rule['ranges'])}: {one!r}"


def _fits(value: object, ranges: set[str], known: dict[str, dict]) -> bool:
    if isinstance(value, dict):
        node = known.get(value["@id"], {}) if value.keys() == {"@id"} else value
        return bool(node) and bool(kinds(node.get("@type", "")) & ranges)
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        # Pixels stand as bare numbers, as the search engines' own examples have them.
        return bool(ranges & {"Integer", "Number", "Distance"})
    if not isinstance(value, str):
        return False
    if value.startswith(MEMBER):
        return MEMBERS.get(value.removeprefix(MEMBER)) in ranges
    if "Date" in ranges or "DateTime" in ranges:
        return _is_moment(value, ranges)
    # The vocabulary's data model lets an address stand for the thing that it is of.
    return "Text" in ranges or (bool(ranges & {"URL", "Thing"}) and ADDRESS.fullmatch(value) is not None)


def _is_moment(value: str, ranges: set[str]) -> bool:
    """A day where a day may stand, a moment with its zone where a moment may."""
    try:
        if "T" not in value:
            return "Date" in ranges and bool(date.fromisoformat(value))
        return "DateTime" in ranges and datetime.fromisoformat(value).utcoffset() is not None
    except ValueError:
        return False
