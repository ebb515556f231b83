"""Check the operand of each operator of a condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cioform.core.duration import Duration
from cioform.core.json_value import JsonValue
from cioform.language.conditions.values import is_date, is_scalar, to_unix_seconds
from cioform.model.value_errors import echo


def _scalar_error(value: JsonValue) -> str | None:
    return None if is_scalar(value) else _must_be("text, a number, true or false", value)


def _scalar_or_list_error(value: JsonValue) -> str | None:
    is_list = isinstance(value, list) and value and all(is_scalar(item) for item in value)
    if is_list or is_scalar(value) or referenced_event_attribute(value) is not None:
        return None
    return "must not be empty." if value == [] else _must_be("one value or a list of values", value)


def referenced_event_attribute(value: JsonValue) -> str | None:
    """Return the attribute of the triggering event that a value refers to, or None.

    A file writes such a value as `is: {event_attribute: order_id}`.
    """
    if not isinstance(value, dict) or list(value) != ["event_attribute"]:
        return None
    name = value["event_attribute"]
    return name if isinstance(name, str) and name else None


def _boolean_error(value: JsonValue) -> str | None:
    return None if isinstance(value, bool) else _must_be("true or false", value)


def _number_error(value: JsonValue) -> str | None:
    if is_date(value):
        return _must_be("a number", value) + " Compare dates with `before` or `after`."
    is_number = is_scalar(value) and not isinstance(value, bool)
    return None if is_number else _must_be("a number", value)


def _number_pair_error(value: JsonValue) -> str | None:
    if isinstance(value, list) and any(map(is_date, value)):
        return (
            "must be two numbers such as `[1, 10]`. For dates, write two conditions: one with "
            "`after` and one with `before`."
        )
    is_pair = isinstance(value, list) and len(value) == 2 and not any(map(_number_error, value))
    return None if is_pair else _must_be("two numbers such as `[1, 10]`", value)


def _date_error(value: JsonValue) -> str | None:
    if to_unix_seconds(value) is not None:
        return None
    return _must_be("a date such as `2026-01-31`, or Unix seconds", value)


def duration_error(value: JsonValue) -> str | None:
    """Return what is wrong with a duration, or None."""
    try:
        is_duration = isinstance(value, str) and Duration.parse(value).seconds > 0
    except ValueError:
        is_duration = False
    return None if is_duration else _must_be("a duration such as `30s`, `15m`, `2h` or `3d`", value)


def _must_be(expected: str, value: JsonValue) -> str:
    return f"must be {expected}, not {echo(value)}."


OPERAND_CHECKS: Final[Mapping[str, Callable[[JsonValue], str | None]]] = {
    "is": _scalar_or_list_error,
    "is_not": _scalar_or_list_error,
    "exists": _boolean_error,
    "contains": _scalar_error,
    "not_contains": _scalar_error,
    "greater_than": _number_error,
    "less_than": _number_error,
    "between": _number_pair_error,
    "before": _date_error,
    "after": _date_error,
    "within_last": duration_error,
    "older_than": duration_error,
}
"""The operators, each with a function that returns what is wrong with its operand, or None."""
