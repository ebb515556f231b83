"""Translate tests of an event's attributes, the `filters` of the event.

Source: journeys facts, section 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.language.conditions.boolean_algebra import (
    any_of,
    apply_negation,
    push_negation_to_leaves,
    split_negation,
)
from cioform.language.conditions.joins import expand_same, extract_same
from cioform.language.conditions.operand_checks import referenced_event_attribute
from cioform.language.conditions.operators import (
    compile_operator,
    decompile_operator,
    is_attribute_name,
)

TEST_KEYS: Final = frozenset({"field", "operator", "value", "value2", "inverse"})
_EVENT_KEYS: Final = frozenset({"type", "name", "filters", "id"})
_JOIN_KEY: Final = "attribute_compare"
_JOIN_KEYS: Final = frozenset({"field", "operator", "value", "inverse"})
"""The fields of a join, which compares attributes of two events.

No source shows the JSON of a join (journeys facts, section 4), so it is assumed to be like any
other test. A join that is read in another form is kept as `raw`.
"""


def is_group(wire: JsonValue) -> bool:
    """Return whether a wire form is an `and` or an `or`."""
    return isinstance(wire, dict) and ("and" in wire or "or" in wire)


def is_condition_form(raw: JsonValue) -> bool:
    """Return whether a raw form may be a condition: `{and: [...]}` or `{segment: {...}}`."""
    return isinstance(raw, dict) and any(isinstance(v, dict | list) for v in raw.values())


def is_test(wire: JsonValue) -> bool:
    """Return whether a wire form has only the fields of a test."""
    return (
        isinstance(wire, dict)
        and wire.keys() <= TEST_KEYS
        and is_attribute_name(wire.get("field"))
        and isinstance(wire.get("inverse", False), bool)
    )


def compile_event(leaf: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the wire form of a leaf's event, with its filters."""
    leaf = expand_same(leaf)
    filters = compile_where(leaf["where"]) if "where" in leaf else {}
    return {"type": "event", "name": leaf["event"], "filters": filters}


def decompile_event(event: JsonValue, *, allow_joins: bool = False) -> dict[str, JsonValue] | None:
    """Return the leaf for an event, or None if no keyword expresses all of it.

    The numeric `id` that Customer.io adds in responses is ignored (journeys facts, section 3).
    """
    if (
        not isinstance(event, dict)
        or not event.keys() <= _EVENT_KEYS
        or event.get("type") != "event"
    ):
        return None
    if not is_attribute_name(event.get("name")):
        return None
    leaf: dict[str, JsonValue] = {"event": event["name"]}
    if event.get("filters") in (None, {}):
        return leaf
    where = decompile_where(event["filters"], allow_joins=allow_joins)
    return None if where is None else {**leaf, **extract_same(where)}


def compile_where(where: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the `filters` of an event; their root is always a group."""
    tree = push_negation_to_leaves(where)
    node = _compile_node(tree)
    return node if "all" in tree or "any" in tree else {"and": [node]}


def _compile_node(tree: Mapping[str, JsonValue]) -> JsonValue:
    for keyword, group in (("all", "and"), ("any", "or")):
        if keyword in tree:
            return {group: [_compile_node(child) for child in tree[keyword]]}
    if "raw" in tree:
        return tree["raw"]
    positive, negated = split_negation(tree)
    if "attribute" not in positive:
        raise ValueError(f"an event's filter cannot have {dict(tree)!r}")
    other = referenced_event_attribute(positive.get("is"))
    test = compile_operator(positive) if other is None else {"operator": "eq", "value": other}
    node = {"field": positive["attribute"], **test, "inverse": negated}
    return node if other is None else {_JOIN_KEY: node}


def decompile_where(wire: JsonValue, *, allow_joins: bool = False) -> dict[str, JsonValue] | None:
    """Return the condition for an event's `filters`, or None if they are no group, or an empty one.

    `allow_joins` is true where the event may be joined to the one that started the campaign.
    """
    condition = _decompile_group(wire, allow_joins)
    if condition is None or list(condition) != ["all"] or len(condition["all"]) != 1:
        return condition
    child: dict[str, JsonValue] = condition["all"][0]
    # The root is always compiled to a group, so a group of one is only kept around another group.
    is_group_itself = {"any", "all"} & set(child) or isinstance(child.get("is"), list)
    return condition if is_group_itself else child


def _decompile_group(wire: JsonValue, allow_joins: bool) -> dict[str, JsonValue] | None:
    if not is_group(wire) or len(wire) != 1:
        return None
    [(keyword, children)] = wire.items()
    if not isinstance(children, list) or not children:
        return None
    conditions = [
        _decompile_group(child, allow_joins)
        or _decompile_test(child, allow_joins)
        or {"raw": child}
        for child in children
    ]
    if keyword == "and":
        return {"all": conditions}
    return any_of(conditions) if len(conditions) > 1 else {"any": conditions}


def _decompile_test(wire: JsonValue, allow_joins: bool) -> dict[str, JsonValue] | None:
    if allow_joins and isinstance(wire, dict) and set(wire) == {_JOIN_KEY}:
        return _decompile_join(wire[_JOIN_KEY])
    if not is_test(wire) or (test := decompile_operator(wire)) is None:
        return None
    return apply_negation({"attribute": wire["field"], **test}, wire.get("inverse", False))


def _decompile_join(wire: JsonValue) -> dict[str, JsonValue] | None:
    if not is_test(wire) or not set(wire) <= _JOIN_KEYS or wire.get("operator") != "eq":
        return None
    if not is_attribute_name(wire.get("value")):
        return None
    other = {"event_attribute": wire["value"]}
    return apply_negation({"attribute": wire["field"], "is": other}, wire.get("inverse", False))
