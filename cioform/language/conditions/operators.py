"""Translate operators of attributes to Customer.io's `operator`, `value` and `value2`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.language.conditions.grammar import ATTRIBUTE_KEYWORDS
from cioform.language.conditions.operand_checks import (
    OPERAND_CHECKS,
    referenced_event_attribute,
)
from cioform.language.conditions.relative_dates import from_relative_seconds, to_relative_seconds
from cioform.language.conditions.values import (
    from_unix_seconds,
    from_wire_text,
    is_scalar,
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
}
_ABSOLUTE_DATE_OPERATORS: Final[Mapping[str, str]] = {
    "before": "timestamp_lta",
    "after": "timestamp_gta",
}
_RELATIVE_DATE_OPERATORS: Final[Mapping[str, str]] = {
    "before": "timestamp_lt",
    "after": "timestamp_gt",
}
"""The positive operators and those of Customer.io (journeys facts, section 4).

It is not known whether `timestamp_bw` is relative or absolute, so it is kept as `raw`.
"""

_POSITIVE_OPERATORS: Final = (*_WIRE_OPERATORS, *_ABSOLUTE_DATE_OPERATORS)
OPERATORS: Final = (*_POSITIVE_OPERATORS, "is_not", "not_contains")
"""The operators of which a test of an attribute has one."""
_OPERATORS_BY_WIRE_NAME: Final = {
    wire: operator
    for operators in (_WIRE_OPERATORS, _ABSOLUTE_DATE_OPERATORS, _RELATIVE_DATE_OPERATORS)
    for operator, wire in operators.items()
}
_ABSOLUTE_WIRE_NAMES: Final = frozenset(_ABSOLUTE_DATE_OPERATORS.values())
_RELATIVE_WIRE_NAMES: Final = frozenset(_RELATIVE_DATE_OPERATORS.values())


def compile_operator(leaf: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return `operator`, `value` and `value2` for a positive leaf with a single value.

    Raises ValueError for a leaf that is joined to another event, which only a wait supports.
    """
    operator = next(operator for operator in _POSITIVE_OPERATORS if operator in leaf)
    value = leaf[operator]
    if referenced_event_attribute(value) is not None:
        raise ValueError(f"only a wait can have {dict(leaf)!r}")
    if operator in _ABSOLUTE_DATE_OPERATORS:
        return _compile_date(operator, value)
    return {"operator": _WIRE_OPERATORS[operator], **_compile_operand(operator, value)}


def _compile_date(operator: str, value: JsonValue) -> dict[str, JsonValue]:
    if (seconds := to_relative_seconds(value)) is not None:
        return {"operator": _RELATIVE_DATE_OPERATORS[operator], "value": str(seconds)}
    return {"operator": _ABSOLUTE_DATE_OPERATORS[operator], "value": str(to_unix_seconds(value))}


def _compile_operand(operator: str, value: JsonValue) -> dict[str, str]:
    if operator == "exists":
        return {}
    if operator == "between":
        return {"value": to_wire_text(value[0]), "value2": to_wire_text(value[1])}
    return {"value": to_wire_text(value)}


def decompile_operator(wire: Mapping[str, JsonValue]) -> dict[str, JsonValue] | None:
    """Return the operator with its operand for a wire form, or None if there is none.

    Empty fields that the operator does not use are ignored. An operand that a file cannot have,
    such as a range without numbers in it, has no form either.
    """
    wire_operator = to_wire_text(wire.get("operator"))
    operator = _OPERATORS_BY_WIRE_NAME.get(wire_operator)
    value, value2 = wire.get("value"), wire.get("value2")
    if operator is None or (operator != "between" and value2 not in (None, "")):
        return None
    operand = _decompile_operand(wire_operator, value, value2)
    if operand is None or OPERAND_CHECKS[operator](operand) is not None:
        return None
    return {operator: operand}


def _decompile_operand(operator: str, value: JsonValue, value2: JsonValue) -> JsonValue:
    if operator == "exists":
        return True if value in (None, "") else None
    if not is_scalar(value):
        return None
    if operator in _RELATIVE_WIRE_NAMES:
        return from_relative_seconds(value)
    if operator in _ABSOLUTE_WIRE_NAMES:
        return from_unix_seconds(value)
    if operator == "bw":
        return [from_wire_text(value), from_wire_text(value2)]
    return to_wire_text(value) if operator == "contains" else from_wire_text(value)


def attribute_keyword(leaf: Mapping[str, JsonValue]) -> str | None:
    """Return the keyword of the attribute that a leaf tests, or None if it tests something else."""
    return next((subject for subject in ATTRIBUTE_KEYWORDS if subject in leaf), None)


def is_attribute_name(name: JsonValue) -> bool:
    """Return whether `name` can be the name of an attribute: a text that is not blank."""
    return isinstance(name, str) and bool(name.strip())
