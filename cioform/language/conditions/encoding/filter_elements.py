"""Translate one element of a flat array: a test, a segment and, in a wait, an event or a message.

Source: journeys facts, section 4, grammars 3 and 4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.conditions.boolean_algebra import apply_negation, split_negation
from cioform.language.conditions.encoding.event_filters import compile_event, decompile_event
from cioform.language.conditions.grammar import (
    ATTRIBUTE_KEYWORDS,
    MESSAGE_KEYWORDS,
    OBJECT_ATTRIBUTE_KEYWORDS,
    OBJECT_TYPE,
)
from cioform.language.conditions.operators import (
    attribute_keyword,
    compile_operator,
    decompile_operator,
    is_attribute_name,
)
from cioform.language.conditions.step_references import (
    NO_ACTION_IDS,
    ActionIds,
    action_id_of,
    step_id_of,
)
from cioform.model.references.names import Names

_TEST_KEYS: Final = frozenset({"type", "field", "operator", "value", "value2"})
_OUTPUT_NAME = lazy_pattern(r"output_(.+)", re.DOTALL)
_MESSAGE_EVENT_TYPES: Final = dict(
    zip(MESSAGE_KEYWORDS, ("opened_email", "clicked_email"), strict=True)
)
_KEYWORDS_BY_EVENT_TYPE: Final = {
    event_type: keyword for keyword, event_type in _MESSAGE_EVENT_TYPES.items()
}


def compile_element(leaf: Mapping[str, JsonValue], names: Names) -> JsonValue:
    """Return the element for a leaf that any flat array supports. Raises ValueError."""
    if "raw" in leaf:
        return leaf["raw"]
    positive, negated = split_negation(leaf)
    if "segment" in positive:
        segment = names.id_of("segment", positive["segment"])
        return {"type": "segments_negatable", "segments": [segment], "negate": negated}
    subject = attribute_keyword(positive)
    if subject is None:
        raise ValueError(f"an encoded filter cannot have {dict(leaf)!r}")
    of_type = {"type_id": names.id_of(OBJECT_TYPE, positive["of"])} if "of" in positive else {}
    test = compile_operator(positive)
    operator = ("!" if negated else "") + test.pop("operator")
    return {"type": subject, **of_type, "field": positive[subject], "operator": operator, **test}


def compile_wait_element(
    leaf: Mapping[str, JsonValue], names: Names, action_ids: ActionIds
) -> JsonValue:
    """Return the element of a wait, which may also be an event or a message."""
    positive, negated = split_negation(leaf)
    if "event" in positive:
        # No source shows the JSON of such an element. It is assumed to be that of a message, with
        # an event as in segments.
        event = compile_event(positive)
        return {"type": "foreign_event", "event": event, "inverse": negated}
    for keyword, event_type in _MESSAGE_EVENT_TYPES.items():
        if keyword in positive:
            output = f"output_{action_id_of(positive[keyword], action_ids)}"
            event = {"name": output, "type": event_type}
            return {"type": "message", "event": event, "inverse": negated}
    return compile_element(leaf, names)


def decompile_element(wire: JsonValue, names: Names) -> dict[str, JsonValue]:
    """Return the condition for an element; `raw` if no keyword expresses all of it."""
    condition = None
    if isinstance(wire, dict) and wire.get("type") == "segments_negatable":
        condition = _decompile_segments(wire, names)
    elif isinstance(wire, dict) and wire.get("type") in ATTRIBUTE_KEYWORDS:
        condition = _decompile_test(wire, names)
    return {"raw": wire} if condition is None else condition


def decompile_wait_element(
    wire: JsonValue, names: Names, action_ids: ActionIds = NO_ACTION_IDS
) -> dict[str, JsonValue]:
    """Return the condition for a wait's element; `raw` if no keyword expresses all of it."""
    if not isinstance(wire, dict) or wire.get("type") not in ("foreign_event", "message"):
        return decompile_element(wire, names)
    event, inverse = wire.get("event"), wire.get("inverse", False)
    leaf = None
    if set(wire) <= {"type", "event", "inverse"} and isinstance(inverse, bool):
        leaf = (
            decompile_event(event, allow_joins=True)
            if wire["type"] == "foreign_event"
            else _decompile_message(event, action_ids)
        )
    return {"raw": wire} if leaf is None else apply_negation(leaf, inverse)


def _decompile_message(event: JsonValue, action_ids: ActionIds) -> dict[str, JsonValue] | None:
    if not isinstance(event, dict) or set(event) != {"name", "type"}:
        return None
    if not isinstance(event["name"], str) or not isinstance(event["type"], str):
        return None
    output = _OUTPUT_NAME.fullmatch(event["name"])
    if output is None or event["type"] not in _KEYWORDS_BY_EVENT_TYPE:
        return None
    return {_KEYWORDS_BY_EVENT_TYPE[event["type"]]: step_id_of(output[1], action_ids)}


def _decompile_segments(wire: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue] | None:
    segments, negate = wire.get("segments"), wire.get("negate", False)
    if not set(wire) <= {"type", "segments", "negate"} or not isinstance(negate, bool):
        return None
    # It is not known whether several IDs in one element mean any or all of them.
    if not isinstance(segments, list) or len(segments) != 1 or not _is_id(segments[0]):
        return None
    return apply_negation({"segment": names.name_of("segment", segments[0])}, negate)


def _decompile_test(wire: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue] | None:
    subject, operator = wire["type"], wire.get("operator")
    of_type = {"type_id"} if subject in OBJECT_ATTRIBUTE_KEYWORDS else set()
    if not set(wire) <= _TEST_KEYS | of_type or not isinstance(operator, str):
        return None
    if not is_attribute_name(wire.get("field")) or (of_type and not _is_id(wire.get("type_id"))):
        return None
    test = decompile_operator({**wire, "operator": operator.removeprefix("!")})
    if test is None:
        return None
    of = {"of": names.name_of(OBJECT_TYPE, wire["type_id"])} if of_type else {}
    return apply_negation({subject: wire["field"], **of, **test}, operator.startswith("!"))


def _is_id(value: JsonValue) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool) and value != ""
