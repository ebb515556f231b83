"""Check the conditions of segments, and serialize them (journeys facts, 3)."""

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
CATALOG_ID_LIMIT = 10_000


def checked_conditions(request: Request, conditions: Any) -> dict[str, Any]:
    """Return `conditions` without catalog IDs.

    Raises 422 if they are missing, and 500 unless they are an `and` of `or` groups of leaves. There
    is no `attribute` leaf: it returns 500.
    """
    if conditions is None:
        raise unprocessable("conditions cannot be nil", "/segment/conditions")
    if (
        not isinstance(conditions, dict)
        or set(conditions) != {"and"}
        or not isinstance(conditions["and"], list)
    ):
        raise ApiError(500, INTERNAL_ERROR)
    for group in conditions["and"]:
        _check_group(group, allow_leaf=request.behavior.allow_flat_and)
    _check_nesting(request, conditions)
    return _without_catalog_ids(conditions)


def serialize_conditions(conditions: Any) -> Any:
    """Return conditions as they are read, with a numeric catalog ID in attribute leaves (9.13)."""
    response = copy.deepcopy(conditions)
    for event in _attribute_change_events(response):
        event["id"] = stable_id(event.get("name", "")) % CATALOG_ID_LIMIT
    return response


def _check_group(group: Any, *, allow_leaf: bool) -> None:
    if isinstance(group, dict) and set(group) == {"or"} and isinstance(group["or"], list):
        for leaf in group["or"]:
            _check_leaf(leaf)
    elif allow_leaf:
        _check_leaf(group)
    else:
        raise ApiError(500, INTERNAL_ERROR)


def _check_leaf(leaf: Any) -> None:
    types = CONDITION_TYPES & set(leaf) if isinstance(leaf, dict) else set()
    if len(types) != 1:
        raise ApiError(500, INTERNAL_ERROR)
    condition = leaf[types.pop()]
    if not isinstance(condition, dict):
        raise ApiError(500, INTERNAL_ERROR)
    if "event" in leaf and not (
        isinstance(condition.get("type"), str) and isinstance(condition.get("name"), str)
    ):
        raise ApiError(500, INTERNAL_ERROR)
    if "segment" in leaf and not isinstance(condition.get("id"), int):
        raise ApiError(500, INTERNAL_ERROR)
    if "event" in leaf and not all(isinstance(leaf.get(key, 0), int) for key in EVENT_COUNT_FIELDS):
        raise ApiError(500, INTERNAL_ERROR)


def _check_nesting(request: Request, conditions: dict[str, Any]) -> None:
    for number in find_segment_ids(conditions):
        segment = request.workspace_data.get(SEGMENT, number)
        if segment is None:
            raise unprocessable(f"segment {number} does not exist", "/segment/conditions")
        if any(find_segment_ids(segment["conditions"])):
            raise unprocessable("segments can be nested one level deep", "/segment/conditions")


def _without_catalog_ids(conditions: dict[str, Any]) -> dict[str, Any]:
    cleaned = copy.deepcopy(conditions)
    for event in _attribute_change_events(cleaned):
        event.pop("id", None)
    return cleaned


def _attribute_change_events(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [event for item in value for event in _attribute_change_events(item)]
    if not isinstance(value, dict):
        return []
    event = value.get("event")
    own = [event] if isinstance(event, dict) and event.get("type") == "attribute_change" else []
    return own + [each for item in value.values() for each in _attribute_change_events(item)]
