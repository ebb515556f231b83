"""Segment conditions: their one legal shape, and how they read back (journeys facts, 3)."""

import copy
from typing import Any

from cioform.emulator.protocol.auth import number_of
from cioform.emulator.protocol.request import Call
from cioform.emulator.store.record_types import SEGMENT
from cioform.emulator.store.segment_references import segments_in
from cioform.emulator.wire.errors import Refusal, invalid

LEAVES = {
    "event",
    "segment",
    "device_change",
    "relationship",
    "related_object_attribute",
    "relationship_attribute",
    "optout",
    "message",
}
COUNTS = ("times", "within", "inverse")
WRONG_SHAPE = "internal error"


def checked(call: Call, given: Any) -> dict[str, Any]:
    """`given` without catalogue ids; 422 when missing, 500 for a wrong shape.

    The shape is an `and` of `or` groups of leaves. There is no `attribute` leaf: it answers 500.
    """
    if given is None:
        raise invalid("conditions cannot be nil", "/segment/conditions")
    if not isinstance(given, dict) or set(given) != {"and"} or not isinstance(given["and"], list):
        raise Refusal(500, WRONG_SHAPE)
    for group in given["and"]:
        _check_group(group, flat=call.rules.flat_and)
    _check_nesting(call, given)
    return _without_ids(given)


def shown(conditions: Any) -> Any:
    """Conditions as read: with the numeric catalogue id in attribute leaves (9.13)."""
    shown = copy.deepcopy(conditions)
    for event in _attribute_events(shown):
        event["id"] = number_of(event.get("name", "")) % 10_000
    return shown


def _check_group(group: Any, *, flat: bool) -> None:
    if isinstance(group, dict) and set(group) == {"or"} and isinstance(group["or"], list):
        for leaf in group["or"]:
            _check_leaf(leaf)
    elif flat:
        _check_leaf(group)
    else:
        raise Refusal(500, WRONG_SHAPE)


def _check_leaf(leaf: Any) -> None:
    kinds = LEAVES & set(leaf) if isinstance(leaf, dict) else set()
    if len(kinds) != 1:
        raise Refusal(500, WRONG_SHAPE)
    inner = leaf[kinds.pop()]
    if not isinstance(inner, dict):
        raise Refusal(500, WRONG_SHAPE)
    if "event" in leaf and not (
        isinstance(inner.get("type"), str) and isinstance(inner.get("name"), str)
    ):
        raise Refusal(500, WRONG_SHAPE)
    if "segment" in leaf and not isinstance(inner.get("id"), int):
        raise Refusal(500, WRONG_SHAPE)
    if "event" in leaf and not all(isinstance(leaf.get(key, 0), int) for key in COUNTS):
        raise Refusal(500, WRONG_SHAPE)


def _check_nesting(call: Call, conditions: dict[str, Any]) -> None:
    for number in segments_in(conditions):
        other = call.space.get(SEGMENT, number)
        if other is None:
            raise invalid(f"segment {number} does not exist", "/segment/conditions")
        if any(segments_in(other["conditions"])):
            raise invalid("segments can be nested one level deep", "/segment/conditions")


def _without_ids(conditions: dict[str, Any]) -> dict[str, Any]:
    bare = copy.deepcopy(conditions)
    for event in _attribute_events(bare):
        event.pop("id", None)
    return bare


def _attribute_events(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [event for item in value for event in _attribute_events(item)]
    if not isinstance(value, dict):
        return []
    event = value.get("event")
    own = [event] if isinstance(event, dict) and event.get("type") == "attribute_change" else []
    return own + [each for item in value.values() for each in _attribute_events(item)]
