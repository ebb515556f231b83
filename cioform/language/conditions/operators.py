"""Translate operators of attributes to Customer.io's `operator`, `value` and `value2`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.json_value import JsonValue
from cioform.language.conditions.grammar import ATTRIBUTE_KEYWORDS
from cioform.language.conditions.operand_checks import referenced_event_attribute
from cioform.language.conditions.values import (
    from_relative_seconds,
    from_unix_seconds,
    from_wire_text,
    is_date,
    is_scalar,
    to_relative_seconds,
    to_unix_seconds,
    to_wire_text,
)

_WIRE_OPERATORS: Final[Mapping[str, str]] = {
    "is": "eq",
    "exists": "exists",
    "contains": "contains",
    "greater_than": "gt",
    "less_than": "lt",
    "between": "bw",
    "before": "timestamp_lta",
    "after": "timestamp_gta",
    "within_last": "timestamp_gt",
    "older_than": "timestamp_lt",
}
"""The positive operators and those of Customer.io (journeys facts, section 4).

`timestamp_gt` and `_lt` are relative, `_gta` and `_lta` absolute. It is not known which of them
`timestamp_bw` is, so it is kept as `raw`.
"""

_KEYWORDS_BY_WIRE_OPERATOR: Final = {operator: word for word, operator in _WIRE_OPERATORS.items()}


def compile_operator(leaf: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return `operator`, `value` and `value2` for a positive leaf with a single value.

    Raises ValueError for a leaf that is joined to another event, which only a wait supports.
    """
    word = next(word for word in _WIRE_OPERATORS if word in leaf)
    if referenced_event_attribute(leaf[word]) is not None:
        raise ValueError(f"only a wait can have {dict(leaf)!r}")
    return {"operator": _WIRE_OPERATORS[word], **_compile_operand(word, leaf[word])}


def _compile_operand(word: str, value: JsonValue) -> dict[str, str]:
    if word == "exists":
        return {}
    if word == "between":
        return {"value": to_wire_text(value[0]), "value2": to_wire_text(value[1])}
    if word in ("before", "after"):
        return {"value": str(to_unix_seconds(value))}
    if word in ("within_last", "older_than"):
        return {"value": to_relative_seconds(value)}
    return {"value": to_wire_text(value)}


def decompile_operator(wire: Mapping[str, JsonValue]) -> dict[str, JsonValue] | None:
    """Return the operator with its operand for a wire form, or None if there is none.

    Empty fields that the operator does not use are ignored.
    """
    word = _KEYWORDS_BY_WIRE_OPERATOR.get(to_wire_text(wire.get("operator")))
    value, value2 = wire.get("value"), wire.get("value2")
    if word is None or (word != "between" and value2 not in (None, "")):
        return None
    operand = _decompile_operand(word, value, value2)
    return None if operand is None else {word: operand}


def _decompile_operand(word: str, value: JsonValue, value2: JsonValue) -> JsonValue:
    if word == "exists":
        return True if value in (None, "") else None
    if not is_scalar(value):
        return None
    if word in ("before", "after"):
        return from_unix_seconds(value)
    if word in ("within_last", "older_than"):
        return from_relative_seconds(value)
    if word == "between":
        return _decompile_range(value, value2)
    if word in ("greater_than", "less_than"):
        return (
            None
            if is_date(value) or isinstance(from_wire_text(value), bool)
            else from_wire_text(value)
        )
    return to_wire_text(value) if word == "contains" else from_wire_text(value)


def _decompile_range(low: JsonValue, high: JsonValue) -> JsonValue:
    ends = [from_wire_text(low), from_wire_text(high)]
    are_numbers = all(is_scalar(e) and not isinstance(e, bool) and not is_date(e) for e in ends)
    return ends if are_numbers else None


def attribute_keyword(leaf: Mapping[str, JsonValue]) -> str | None:
    """Return the keyword of the attribute that a leaf tests, or None if it tests something else."""
    return next((subject for subject in ATTRIBUTE_KEYWORDS if subject in leaf), None)


def is_attribute_name(name: JsonValue) -> bool:
    """Return whether `name` can be the name of an attribute: a text that is not empty."""
    return isinstance(name, str) and bool(name)
