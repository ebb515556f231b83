"""Segment conditions: their one legal shape, and how they read back (journeys facts, 3)."""

import copy
from typing import Any

from cioform.emulator.protocol.auth import stable_id
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import SEGMENT
from cioform.emulator.store.segment_references import find_segment_ids
from cioform.emulator.wire.errors import ApiError, unprocessable

CONDITION_TYPES = {
    "event",
    "segment",
    "device_change",
    "relationship",
    "related_object_attribute",
    "relationship_attribute",
    "optout",
    "message",
}
EVENT_COUNT_FIELDS = ("times", "within", "inverse")
INTERNAL_ERROR = "internal error"


def checked_conditions(request: Request, given: Any) -> dict[str, Any]:
    """`given` without catalogue ids; 422 when missing, 500 for a wrong shape.

    The shape is an `and` of `or` groups of leaves. There is no `attribute` leaf: it answers 500.
    """
    if given is None:
        raise unprocessable("conditions cannot be nil", "/segment/conditions")
    if not isinstance(given, dict) or set(given) != {"and"} or not isinstance(given["and"], list):
        raise ApiError(500, INTERNAL_ERROR)
    for group in given["and"]:
        _check_group(group, flat=request.behavior.allow_flat_and)
    _check_nesting(request, given)
    return _without_catalog_ids(given)


def serialize_conditions(conditions: Any) -> Any:
    """Conditions as read: with the numeric catalogue id in attribute leaves (9.13)."""
    shown = copy.deepcopy(conditions)
    for event in _attribute_change_events(shown):
        event["id"] = stable_id(event.get("name", "")) % 10_000
    return shown


def _check_group(group: Any, *, flat: bool) -> None:
    if isinstance(group, dict) and set(group) == {"or"} and isinstance(group["or"], list):
        for leaf in group["or"]:
            _check_condition(leaf)
    elif flat:
        _check_condition(group)
    else:
        raise ApiError(500, INTERNAL_ERROR)


def _check_condition(leaf: Any) -> None:
    kinds = CONDITION_TYPES & set(leaf) if isinstance(leaf, dict) else set()
    if len(kinds) != 1:
        raise ApiError(500, INTERNAL_ERROR)
    inner = leaf[kinds.pop()]
    if not isinstance(inner, dict):
        raise ApiError(500, INTERNAL_ERROR)
    if "event" in leaf and not (
        isinstance(inner.get("type"), str) and isinstance(inner.get("name"), str)
    ):
        raise ApiError(500, INTERNAL_ERROR)
    if "segment" in leaf and not isinstance(inner.get("id"), int):
        raise ApiError(500, INTERNAL_ERROR)
    if "event" in leaf and not all(isinstance(leaf.get(key, 0), int) for key in EVENT_COUNT_FIELDS):
        raise ApiError(500, INTERNAL_ERROR)


def _check_nesting(request: Request, conditions: dict[str, Any]) -> None:
    for number in find_segment_ids(conditions):
        other = request.workspace_data.get(SEGMENT, number)
        if other is None:
            raise unprocessable(f"segment {number} does not exist", "/segment/conditions")
        if any(find_segment_ids(other["conditions"])):
            raise unprocessable("segments can be nested one level deep", "/segment/conditions")


def _without_catalog_ids(conditions: dict[str, Any]) -> dict[str, Any]:
    bare = copy.deepcopy(conditions)
    for event in _attribute_change_events(bare):
        event.pop("id", None)
    return bare


def _attribute_change_events(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [event for item in value for event in _attribute_change_events(item)]
    if not isinstance(value, dict):
        return []
    event = value.get("event")
    own = [event] if isinstance(event, dict) and event.get("type") == "attribute_change" else []
    return own + [each for item in value.values() for each in _attribute_change_events(item)]
