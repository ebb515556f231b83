"""What each operator word of a condition takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cioform.core.duration import Duration
from cioform.core.json_value import JsonValue
from cioform.language.conditions.values import is_date, is_scalar, to_unix_seconds


def _scalar_error(value: JsonValue) -> str | None:
    return None if is_scalar(value) else "takes a text, a number, true or false"


def _scalar_or_list_error(value: JsonValue) -> str | None:
    several = isinstance(value, list) and value and all(is_scalar(item) for item in value)
    if several or is_scalar(value) or referenced_event_attribute(value) is not None:
        return None
    return "takes one value, or a list of values (any of)"


def referenced_event_attribute(value: JsonValue) -> str | None:
    """Give the attribute of the triggering event that a value stands for, written
    `is: {event_attribute: order_id}`; None for any other value."""
    if not isinstance(value, dict) or list(value) != ["event_attribute"]:
        return None
    name = value["event_attribute"]
    return name if isinstance(name, str) and name else None


def _boolean_error(value: JsonValue) -> str | None:
    return None if isinstance(value, bool) else "takes true or false"


def _number_error(value: JsonValue) -> str | None:
    if is_date(value):
        return "takes a number; a date goes with `before` or `after`"
    fine = is_scalar(value) and not isinstance(value, bool)
    return None if fine else "takes a number"


def _number_pair_error(value: JsonValue) -> str | None:
    if isinstance(value, list) and any(map(is_date, value)):
        return "takes two numbers; for dates write two conditions, one `after` and one `before`"
    fine = isinstance(value, list) and len(value) == 2 and not any(map(_number_error, value))
    return None if fine else "takes two numbers: [1, 10]"


def _date_error(value: JsonValue) -> str | None:
    return (
        None if to_unix_seconds(value) is not None else "takes a date: 2026-01-31 or unix seconds"
    )


def duration_error(value: JsonValue) -> str | None:
    """Give what is wrong with a duration, None when nothing is."""
    try:
        fine = isinstance(value, str) and Duration.parse(value).seconds > 0
    except ValueError:
        fine = False
    return None if fine else "takes a duration: 30s, 15m, 2h, 3d or 1w2d"


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
"""The operator words, each with what is wrong with a value given to it."""
