"""What each operator word of a condition takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cioform.core.json_value import Duration, Plain
from cioform.language.conditions.values import is_date, is_scalar, unix_seconds


def _scalar(value: Plain) -> str | None:
    return None if is_scalar(value) else "takes a text, a number, true or false"


def _one_or_more(value: Plain) -> str | None:
    several = isinstance(value, list) and value and all(is_scalar(item) for item in value)
    if several or is_scalar(value) or joined(value) is not None:
        return None
    return "takes one value, or a list of values (any of)"


def joined(value: Plain) -> str | None:
    """Give the attribute of the triggering event that a value stands for, written
    `is: {event_attribute: order_id}`; None for any other value."""
    if not isinstance(value, dict) or list(value) != ["event_attribute"]:
        return None
    name = value["event_attribute"]
    return name if isinstance(name, str) and name else None


def _flag(value: Plain) -> str | None:
    return None if isinstance(value, bool) else "takes true or false"


def _limit(value: Plain) -> str | None:
    if is_date(value):
        return "takes a number; a date goes with `before` or `after`"
    fine = is_scalar(value) and not isinstance(value, bool)
    return None if fine else "takes a number"


def _two(value: Plain) -> str | None:
    if isinstance(value, list) and any(map(is_date, value)):
        return "takes two numbers; for dates write two conditions, one `after` and one `before`"
    fine = isinstance(value, list) and len(value) == 2 and not any(map(_limit, value))
    return None if fine else "takes two numbers: [1, 10]"


def _moment(value: Plain) -> str | None:
    return None if unix_seconds(value) is not None else "takes a date: 2026-01-31 or unix seconds"


def duration_complaint(value: Plain) -> str | None:
    """Give what is wrong with a duration, None when nothing is."""
    try:
        fine = isinstance(value, str) and Duration.parse(value).seconds > 0
    except ValueError:
        fine = False
    return None if fine else "takes a duration: 30s, 15m, 2h, 3d or 1w2d"


OPERATORS: Final[Mapping[str, Callable[[Plain], str | None]]] = {
    "is": _one_or_more,
    "is_not": _one_or_more,
    "exists": _flag,
    "contains": _scalar,
    "not_contains": _scalar,
    "greater_than": _limit,
    "less_than": _limit,
    "between": _two,
    "before": _moment,
    "after": _moment,
    "within_last": duration_complaint,
    "older_than": duration_complaint,
}
"""The operator words, each with what is wrong with a value given to it."""
