"""Translate the conditions of a segment: an `and` of `or` groups of leaves.

Source: journeys facts, section 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.time.duration import MAX_SECONDS, Duration
from cioform.language.conditions.boolean_algebra import (
    any_of,
    apply_negation,
    split_negation,
    to_cnf,
)
from cioform.language.conditions.encoding.event_filters import (
    compile_event,
    decompile_event,
    is_group,
    is_test,
)
from cioform.language.conditions.encoding.trigger import (
    compile_segment_leaf,
    decompile_segment_leaf,
)
from cioform.language.conditions.operators import (
    compile_operator,
    decompile_operator,
    is_attribute_name,
)
from cioform.language.conditions.values import MAX_COUNT, MAX_WIRE_DEPTH, is_too_deep
from cioform.model.references.names import Names

_CONDITION_KEYS: Final = frozenset({"event", "times", "within", "inverse"})
_EVENT_KEYS: Final = frozenset({"type", "name", "filters", "id"})
_LEVELS_OF_GROUP: Final = 2
"""A group is a mapping with a list in it."""
_EMPTY_AND: Final[JsonValue] = {"and": []}
_EMPTY_OR: Final[JsonValue] = {"or": []}


def compile_segment(condition: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Return the segment's tree. Raises ValueError for a condition that `problems` reports."""
    if "raw" in condition and is_group(condition["raw"]):
        return dict(condition["raw"])
    parts = to_cnf(condition)
    if parts is None:
        raise ValueError("the condition expands to too many clauses for a segment")
    return {"and": [{"or": [_compile_leaf(leaf, names) for leaf in part]} for part in parts]}


def decompile_segment(wire: JsonValue, names: Names) -> dict[str, JsonValue]:
    """Return the condition for a segment's tree.

    The smallest part that no keyword expresses is kept as `raw`; a tree of another form, or with an
    empty group in it, is kept whole.
    """
    if wire is None or wire == {}:
        return {"raw": {"and": []}}
    condition = _decompile_node(wire, names, MAX_WIRE_DEPTH // _LEVELS_OF_GROUP)
    if condition is None or is_too_deep(condition):
        return {"raw": wire}
    # A raw leaf that looks like a group would be compiled as the whole tree.
    return {"all": [condition]} if "raw" in condition and is_group(condition["raw"]) else condition


def _decompile_node(wire: JsonValue, names: Names, depth: int) -> dict[str, JsonValue] | None:
    """Return the condition for a group, or None if `wire` is none, or has an empty group in it.

    Of groups that are nested more than `depth` deep, the innermost are no groups.
    """
    if not depth or not isinstance(wire, dict) or len(wire) != 1:
        return None
    [(keyword, children)] = wire.items()
    if keyword not in ("and", "or") or not isinstance(children, list) or not children:
        return None
    if _EMPTY_AND in children or _EMPTY_OR in children:
        return None
    conditions = [
        _decompile_node(c, names, depth - 1) or _decompile_leaf(c, names) for c in children
    ]
    if keyword == "or":
        return any_of(conditions)
    return conditions[0] if len(conditions) == 1 else {"all": conditions}


def _compile_leaf(leaf: Mapping[str, JsonValue], names: Names) -> JsonValue:
    if "raw" in leaf:
        return leaf["raw"]
    positive, negated = split_negation(leaf)
    if "segment" in positive:
        return compile_segment_leaf(positive, negated, names)
    if "attribute" in positive:
        return _event_condition(_attribute_change(positive), 1, 0, negated)
    if "event" not in positive:
        raise ValueError(f"a segment cannot have {dict(leaf)!r}")
    period = positive.get("within_last")
    within = 0 if period is None else Duration.parse(period).seconds
    return _event_condition(compile_event(positive), positive.get("at_least", 1), within, negated)


def _event_condition(
    event: dict[str, JsonValue], times: int, within: int, inverse: bool
) -> dict[str, JsonValue]:
    return {"event": event, "times": times, "within": within, "inverse": inverse}


def _attribute_change(leaf: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    test = compile_operator(leaf)
    sides = [{"field": "to", **test, "inverse": False}]
    if "previously" not in leaf:
        sides.append({"field": "from", **test, "inverse": True})
    return {"type": "attribute_change", "name": leaf["attribute"], "filters": {"and": sides}}


def _decompile_leaf(wire: JsonValue, names: Names) -> dict[str, JsonValue]:
    condition = decompile_segment_leaf(wire, names) or _decompile_event_condition(wire)
    return {"raw": wire} if condition is None else condition


def _decompile_event_condition(wire: JsonValue) -> dict[str, JsonValue] | None:
    if not isinstance(wire, dict) or not wire.keys() <= _CONDITION_KEYS:
        return None
    event = wire.get("event")
    times, within, inverse = wire.get("times", 1), wire.get("within", 0), wire.get("inverse", False)
    are_counts = type(times) is int and type(within) is int  # and not true or false
    if not isinstance(event, dict) or not are_counts or not isinstance(inverse, bool):
        return None
    if not event.keys() <= _EVENT_KEYS or not is_attribute_name(event.get("name")):
        return None
    if event.get("type") == "attribute_change" and times == 1 and within == 0:
        leaf = _decompile_attribute_change(event)
    elif event.get("type") == "event" and 1 <= times <= MAX_COUNT and 0 <= within <= MAX_SECONDS:
        leaf = _decompile_event_count(event, times, within)
    else:
        leaf = None
    return None if leaf is None else apply_negation(leaf, inverse)


def _decompile_attribute_change(event: Mapping[str, JsonValue]) -> dict[str, JsonValue] | None:
    filters = event.get("filters")
    sides = filters.get("and") if isinstance(filters, dict) and len(filters) == 1 else None
    if not isinstance(sides, list) or not all(map(is_test, sides)):
        return None
    tests = {(side["field"], side.get("inverse", False)): side for side in sides}
    to, before = tests.get(("to", False)), tests.get(("from", True))
    if len(tests) != len(sides) or to is None or (test := decompile_operator(to)) is None:
        return None
    if len(sides) == 1:
        return {"attribute": event["name"], **test, "previously": "any"}
    if len(sides) == 2 and before is not None and _is_same_test(before, to, test):
        return {"attribute": event["name"], **test}
    return None


def _is_same_test(
    side: Mapping[str, JsonValue], other: Mapping[str, JsonValue], test: JsonValue
) -> bool:
    """Return whether `side` has the same `test` as the `other` one, in any spelling."""
    is_repeated = {**side, "field": None, "inverse": None} == {
        **other,
        "field": None,
        "inverse": None,
    }
    return is_repeated or decompile_operator(side) == test


def _decompile_event_count(
    event: Mapping[str, JsonValue], times: int, within: int
) -> dict[str, JsonValue] | None:
    leaf = decompile_event(event)
    if leaf is None:
        return None
    at_least = {"at_least": times} if times != 1 else {}
    period = {"within_last": str(Duration(within))} if within else {}
    return {"event": leaf["event"], **at_least, **period, **leaf}
