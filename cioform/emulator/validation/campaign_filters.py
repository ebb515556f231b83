"""Check the condition grammars of campaigns and steps (journeys facts, section 4)."""

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
    """Raise ApiError unless `text` is an encoded flat array of elements.

    The status is 422 if the text does not decode, and 500 if it holds a segment's condition tree
    (journeys facts, 9.1). `in_wait` allows the elements that only a wait may have.
    """
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
    """Raise 422 unless `trigger` is the condition object of a segment or attribute campaign."""
    if trigger is None:
        raise unprocessable("trigger cannot be nil", "/campaign/trigger")
    if not isinstance(trigger, dict) or not _is_trigger(trigger):
        raise unprocessable("trigger must be a condition object", "/campaign/trigger")
    _check_segments(request, "trigger", trigger)


def check_attribute_filters(filters: Any) -> None:
    """Raise 422 unless `filters` is null or an event campaign's object of one of five forms."""
    if filters is None:
        return
    if not isinstance(filters, dict) or (filters and not _is_filter(filters)):
        raise unprocessable(
            "attribute_filters must be a filter object", "/campaign/attribute_filters"
        )


def exit_conditions_or_none(conditions: Any) -> list[Any] | None:
    """Return the list of exit conditions, or None where its shape is wrong.

    The service stores null for a wrong shape and reports no error (journeys facts, 9.3).
    """
    if not isinstance(conditions, list) or not conditions:
        return None
    if all(isinstance(each, dict) and _is_exit_condition(each) for each in conditions):
        return conditions
    return None


def _is_exit_condition(condition: dict[str, Any]) -> bool:
    segment, event = condition.get("segment"), condition.get("event")
    if isinstance(segment, dict):
        return isinstance(segment.get("id"), int)
    return isinstance(event, dict)


def _is_element(element: dict[str, Any]) -> bool:
    """Return whether an element has the members that its type needs.

    It is inferred that a known type with the wrong members fails like an unknown type.
    """
    element_type, event = element["type"], element.get("event")
    if element_type == "segments_negatable":
        segments = element.get("segments")
        return isinstance(segments, list) and all(isinstance(each, int) for each in segments)
    if element_type == "message":
        return isinstance(event, dict) and all(
            isinstance(event.get(member), str) for member in ("name", "type")
        )
    # Open fact: the members of an event from another system. Any are accepted.
    if element_type == "foreign_event":
        return True
    if element_type in TYPED_ATTRIBUTE_ELEMENTS and not isinstance(element.get("type_id"), int):
        return False
    # A wrong key in place of `field` is accepted and matches nobody (journeys facts, 4).
    return str(element.get("operator", "")).removeprefix("!") in OPERATORS


def _is_filter(node: Any) -> bool:
    if not isinstance(node, dict):
        return False
    for key in ("and", "or"):
        if key in node:
            return isinstance(node[key], list) and all(map(_is_filter, node[key]))
    # Open fact: the members of `attribute_compare`. Any are accepted.
    if "attribute_compare" in node:
        return True
    return "field" in node and node.get("operator") in OPERATORS


def _is_trigger(node: Any) -> bool:
    if not isinstance(node, dict):
        return False
    for key in ("and", "or"):
        if key in node:
            children = node[key]
            return isinstance(children, list) and bool(children) and all(map(_is_trigger, children))
    if "attribute" in node:
        test = node["attribute"]
        return isinstance(test, dict) and bool(test.get("field")) and _is_filter(test)
    return isinstance(node.get("segment"), dict) and isinstance(node["segment"].get("id"), int)


def _check_segments(request: Request, field: str, conditions: Any) -> None:
    for number in find_segment_ids(conditions):
        if request.workspace_data.get(SEGMENT, number) is None:
            raise unprocessable(f"segment {number} does not exist", f"/{field}")
