"""Tests on an event's own attributes, as `filters` of that event (journeys facts, section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.json_value import Plain
from cioform.language.conditions.boolean_algebra import any_of, expanded, literal, spoken
from cioform.language.conditions.operand_checks import joined
from cioform.language.conditions.operators import is_field, wire_test, word_test

TEST: Final = frozenset({"field", "operator", "value", "value2", "inverse"})
_EVENT: Final = frozenset({"type", "name", "filters", "id"})
_JOIN: Final = "attribute_compare"
_JOIN_MEMBERS: Final = frozenset({"field", "operator", "value", "inverse"})
"""A join's own members. That there is such a node, with an attribute on either side, is known; no
source shows its JSON (journeys facts, section 4), so ours is that of any other test. What is
read in another form comes back as `raw`, untouched."""


def is_group(wire: Plain) -> bool:
    """Tell whether a wire form is an `and` or an `or`."""
    return isinstance(wire, dict) and ("and" in wire or "or" in wire)


def is_test(wire: Plain) -> bool:
    """Tell whether a wire form has nothing but the members of a test."""
    return (
        isinstance(wire, dict)
        and set(wire) <= TEST
        and is_field(wire.get("field"))
        and isinstance(wire.get("inverse", False), bool)
    )


def compile_event(leaf: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give the event that a leaf names, with its filters."""
    filters = compile_where(leaf["where"]) if "where" in leaf else {}
    return {"type": "event", "name": leaf["event"], "filters": filters}


def decompile_event(event: Plain, *, joins: bool = False) -> dict[str, Plain] | None:
    """Give the leaf that names an event, None when no word says all of it. The numeric `id` that
    the remote adds on reading is passed over (journeys facts, section 3)."""
    if not isinstance(event, dict) or not set(event) <= _EVENT or event.get("type") != "event":
        return None
    if not is_field(event.get("name")):
        return None
    leaf: dict[str, Plain] = {"event": event["name"]}
    if event.get("filters") in (None, {}):
        return leaf
    where = decompile_where(event["filters"], joins=joins)
    return None if where is None else {**leaf, "where": where}


def compile_where(where: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give the `filters` of an event; their root is always a group."""
    tree = expanded(where)
    node = _compile_node(tree)
    return node if "all" in tree or "any" in tree else {"and": [node]}


def _compile_node(tree: Mapping[str, Plain]) -> Plain:
    for word, group in (("all", "and"), ("any", "or")):
        if word in tree:
            return {group: [_compile_node(child) for child in tree[word]]}
    if "raw" in tree:
        return tree["raw"]
    positive, denied = literal(tree)
    if "attribute" not in positive:
        raise ValueError(f"an event's filter cannot hold {dict(tree)!r}")
    other = joined(positive.get("is"))
    test = wire_test(positive) if other is None else {"operator": "eq", "value": other}
    node = {"field": positive["attribute"], **test, "inverse": denied}
    return node if other is None else {_JOIN: node}


def decompile_where(wire: Plain, *, joins: bool = False) -> dict[str, Plain] | None:
    """Give the condition on an event's attributes; None when the form is no group. `joins` tells
    whether the event may be joined to the one that started the campaign."""
    condition = _decompile_group(wire, joins)
    if condition is None or list(condition) != ["all"] or len(condition["all"]) != 1:
        return condition
    child: dict[str, Plain] = condition["all"][0]
    # The root is a group whatever is said; what becomes a group itself keeps its two levels.
    several = {"any", "all"} & set(child) or isinstance(child.get("is"), list)
    return condition if several else child


def _decompile_group(wire: Plain, joins: bool) -> dict[str, Plain] | None:
    if not is_group(wire) or len(wire) != 1:
        return None
    [(word, children)] = wire.items()
    if not isinstance(children, list):
        return None
    known = [
        _decompile_group(child, joins) or _decompile_test(child, joins) or {"raw": child}
        for child in children
    ]
    if word == "and":
        return {"all": known}
    return any_of(known) if len(known) > 1 else {"any": known}


def _decompile_test(wire: Plain, joins: bool) -> dict[str, Plain] | None:
    if joins and isinstance(wire, dict) and set(wire) == {_JOIN}:
        return _decompile_join(wire[_JOIN])
    if not is_test(wire) or (test := word_test(wire)) is None:
        return None
    return spoken({"attribute": wire["field"], **test}, wire.get("inverse", False))


def _decompile_join(wire: Plain) -> dict[str, Plain] | None:
    if not is_test(wire) or not set(wire) <= _JOIN_MEMBERS or wire.get("operator") != "eq":
        return None
    if not is_field(wire.get("value")):
        return None
    other = {"event_attribute": wire["value"]}
    return spoken({"attribute": wire["field"], "is": other}, wire.get("inverse", False))
