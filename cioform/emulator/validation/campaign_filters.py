"""The condition grammars of campaigns and steps, checked (journeys facts, section 4)."""

from typing import Any

from cioform.emulator.protocol.request import Call
from cioform.emulator.store.record_types import SEGMENT
from cioform.emulator.store.segment_references import segments_in
from cioform.emulator.wire.errors import Refusal, invalid
from cioform.emulator.wire.filter_encoding import decoded

OF_A_TYPE = ("object_attribute", "relationship_attribute")
TESTS = ("attribute", "event_attribute", "device_attribute", *OF_A_TYPE)
ELEMENTS = ("segments_negatable", *TESTS)
ONLY_IN_WAITS = ("foreign_event", "message")
OPERATORS = (
    *("eq", "exists", "gt", "lt", "bw", "contains"),
    *("timestamp_gt", "timestamp_lt", "timestamp_gta", "timestamp_lta", "timestamp_bw"),
)


def check_encoded(call: Call, field: str, text: Any, *, in_wait: bool = False) -> None:
    """An encoded flat array; 422 where it does not decode, 500 for the segment tree (9.1)."""
    if text in (None, ""):
        return
    if not isinstance(text, str):
        raise invalid(f"{field} must be an encoded string", f"/{field}")
    try:
        elements = decoded(text)
    except ValueError:
        raise invalid(f"{field} cannot be decoded", f"/{field}") from None
    allowed = ELEMENTS + (ONLY_IN_WAITS if in_wait else ())
    if not isinstance(elements, list):
        raise Refusal(500, "internal error")
    for element in elements:
        if not isinstance(element, dict) or element.get("type") not in allowed:
            raise Refusal(500, "internal error")
        if not _is_element(element):
            raise Refusal(500, "internal error")
    _check_segments(call, field, elements)


def check_trigger(call: Call, trigger: Any) -> None:
    """The raw trigger of a segment or attribute campaign: an object, never a string."""
    if trigger is None:
        raise invalid("trigger cannot be nil", "/campaign/trigger")
    if not isinstance(trigger, dict) or not _is_trigger(trigger):
        raise invalid("trigger must be a condition object", "/campaign/trigger")
    _check_segments(call, "trigger", trigger)


def check_attribute_filters(given: Any) -> None:
    """The raw filter of an event campaign: an object of one of five forms, or null."""
    if given is None:
        return
    if not isinstance(given, dict) or (given and not _is_filter(given)):
        raise invalid("attribute_filters must be a filter object", "/campaign/attribute_filters")


def exit_conditions(given: Any) -> list[Any] | None:
    """The list of exits; a wrong shape is kept as null, without a word (journeys facts, 9.3)."""
    if not isinstance(given, list) or not given:
        return None
    if all(isinstance(each, dict) and _is_exit(each) for each in given):
        return given
    return None


def _is_exit(condition: dict[str, Any]) -> bool:
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
    if kind in OF_A_TYPE and not isinstance(element.get("type_id"), int):
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


def _check_segments(call: Call, field: str, conditions: Any) -> None:
    for number in segments_in(conditions):
        if call.space.get(SEGMENT, number) is None:
            raise invalid(f"segment {number} does not exist", f"/{field}")
