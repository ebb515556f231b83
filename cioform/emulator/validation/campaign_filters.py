"""The condition grammars of campaigns and steps, checked (journeys facts, section 4)."""

from typing import Any

from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import SEGMENT
from cioform.emulator.store.segment_references import find_segment_ids
from cioform.emulator.wire.errors import ApiError, unprocessable
from cioform.emulator.wire.filter_encoding import decode_filter

TYPED_ATTRIBUTE_ELEMENTS = ("object_attribute", "relationship_attribute")
ATTRIBUTE_ELEMENTS = ("attribute", "event_attribute", "device_attribute", *TYPED_ATTRIBUTE_ELEMENTS)
FILTER_ELEMENTS = ("segments_negatable", *ATTRIBUTE_ELEMENTS)
WAIT_ONLY_ELEMENTS = ("foreign_event", "message")
OPERATORS = (
    *("eq", "exists", "gt", "lt", "bw", "contains"),
    *("timestamp_gt", "timestamp_lt", "timestamp_gta", "timestamp_lta", "timestamp_bw"),
)


def check_encoded_filter(request: Request, field: str, text: Any, *, in_wait: bool = False) -> None:
    """An encoded flat array; 422 where it does not decode, 500 for the segment tree (9.1)."""
    if text in (None, ""):
        return
    if not isinstance(text, str):
        raise unprocessable(f"{field} must be an encoded string", f"/{field}")
    try:
        elements = decode_filter(text)
    except ValueError:
        raise unprocessable(f"{field} cannot be decoded", f"/{field}") from None
    allowed = FILTER_ELEMENTS + (WAIT_ONLY_ELEMENTS if in_wait else ())
    if not isinstance(elements, list):
        raise ApiError(500, "internal error")
    for element in elements:
        if not isinstance(element, dict) or element.get("type") not in allowed:
            raise ApiError(500, "internal error")
        if not _is_element(element):
            raise ApiError(500, "internal error")
    _check_segments(request, field, elements)


def check_trigger(request: Request, trigger: Any) -> None:
    """The raw trigger of a segment or attribute campaign: an object, never a string."""
    if trigger is None:
        raise unprocessable("trigger cannot be nil", "/campaign/trigger")
    if not isinstance(trigger, dict) or not _is_trigger(trigger):
        raise unprocessable("trigger must be a condition object", "/campaign/trigger")
    _check_segments(request, "trigger", trigger)


def check_attribute_filters(given: Any) -> None:
    """The raw filter of an event campaign: an object of one of five forms, or null."""
    if given is None:
        return
    if not isinstance(given, dict) or (given and not _is_filter(given)):
        raise unprocessable(
            "attribute_filters must be a filter object", "/campaign/attribute_filters"
        )


def exit_conditions_or_none(given: Any) -> list[Any] | None:
    """The list of exits; a wrong shape is kept as null, without a word (journeys facts, 9.3)."""
    if not isinstance(given, list) or not given:
        return None
    if all(isinstance(each, dict) and _is_exit_condition(each) for each in given):
        return given
    return None


def _is_exit_condition(condition: dict[str, Any]) -> bool:
    segment, event = condition.get("segment"), condition.get("event")
    if isinstance(segment, dict):
        return isinstance(segment.get("id"), int)
    return isinstance(event, dict)


def _is_element(element: dict[str, Any]) -> bool:
    """Whether an element has the members its type needs. That a wrong form of a known type
    answers as the wrong type does is inferred."""
    kind, event = element["type"], element.get("event")
    if kind == "segments_negatable":
        segments = element.get("segments")
        return isinstance(segments, list) and all(isinstance(each, int) for each in segments)
    if kind == "message":
        return isinstance(event, dict) and all(
            isinstance(event.get(member), str) for member in ("name", "type")
        )
    # Open fact: the members of a foreign event; any are taken.
    if kind == "foreign_event":
        return True
    if kind in TYPED_ATTRIBUTE_ELEMENTS and not isinstance(element.get("type_id"), int):
        return False
    # A wrong key for `field` is taken, and matches nobody (journeys facts, 4).
    return str(element.get("operator", "")).removeprefix("!") in OPERATORS


def _is_filter(node: Any) -> bool:
    if not isinstance(node, dict):
        return False
    for key in ("and", "or"):
        if key in node:
            return isinstance(node[key], list) and all(map(_is_filter, node[key]))
    # Open fact: the members of `attribute_compare`; any are taken.
    if "attribute_compare" in node:
        return True
    return "field" in node and node.get("operator") in OPERATORS


def _is_trigger(node: Any) -> bool:
    if not isinstance(node, dict):
        return False
    for key in ("and", "or"):
        if key in node:
            inner = node[key]
            return isinstance(inner, list) and bool(inner) and all(map(_is_trigger, inner))
    if "attribute" in node:
        test = node["attribute"]
        return isinstance(test, dict) and bool(test.get("field")) and _is_filter(test)
    return isinstance(node.get("segment"), dict) and isinstance(node["segment"].get("id"), int)


def _check_segments(request: Request, field: str, conditions: Any) -> None:
    for number in find_segment_ids(conditions):
        if request.workspace_data.get(SEGMENT, number) is None:
            raise unprocessable(f"segment {number} does not exist", f"/{field}")
