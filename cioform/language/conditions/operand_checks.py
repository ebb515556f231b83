"""Check the operand of each operator of a condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.time.duration import Duration
from cioform.core.time.timestamps import date_of_digits, format_day_or_time
from cioform.language.conditions.relative_dates import relative_date_error, to_relative_seconds
from cioform.language.conditions.values import (
    MAX_UNIX_SECONDS,
    NUMBERS_OF_SECONDS,
    is_date,
    is_number,
    is_scalar,
    to_number,
    to_unix_seconds,
)
from cioform.model.values.value_errors import echo


def _scalar_error(value: JsonValue) -> str | None:
    return None if is_scalar(value) else _must_be("text, a number, true or false", value)


def _scalar_or_list_error(value: JsonValue) -> str | None:
    is_list = isinstance(value, list) and value and all(is_scalar(item) for item in value)
    if is_list or is_scalar(value) or referenced_event_attribute(value) is not None:
        return None
    if value is None:
        return "needs a value. To test that an attribute has none, write `exists: false`."
    if isinstance(value, list) and value:
        wrong = next(item for item in value if not is_scalar(item))
        hint = " To test that an attribute has no value, write `exists: false`."
        text = f"must be a list of texts and numbers, but it has {echo(wrong)}."
        return text + (hint if wrong is None else "")
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


def _contained_error(value: JsonValue) -> str | None:
    return "must not be empty: every text contains it." if value == "" else _scalar_error(value)


def _number_error(value: JsonValue) -> str | None:
    if is_date(value) or to_relative_seconds(value) is not None:
        return _must_be("a number", value) + " Compare dates with `before` or `after`."
    return None if is_number(value) else _must_be("a number", value)


def _number_pair_error(value: JsonValue) -> str | None:
    pair = value if isinstance(value, list) else []
    if any(is_date(end) or to_relative_seconds(end) is not None for end in pair):
        return (
            "must be two numbers such as `[1, 10]`. For dates, write two conditions: one with "
            "`after` and one with `before`."
        )
    wrong = [end for end in pair if _number_error(end)]
    if len(pair) != 2 or wrong:
        found = wrong[0] if len(pair) == 2 and is_scalar(wrong[0]) else value
        return _must_be("two numbers such as `[1, 10]`", found)
    low, high = map(to_number, pair)
    if low is not None and high is not None and low > high:
        return f"must have the lower number first, as in `[{pair[1]}, {pair[0]}]`."
    return None


def _date_error(operator: str, value: JsonValue) -> str | None:
    if to_relative_seconds(value) is not None:
        return None
    if (seconds := to_unix_seconds(value)) is not None:
        return _unix_seconds_error(seconds, value) or _number_of_seconds_error(seconds, value)
    error = relative_date_error(operator, value) if isinstance(value, str) else None
    expected = "a date such as `2026-01-31`, or a relative one: `7d ago`, `now` or `7d from now`"
    return error or _must_be(expected, value)


def _unix_seconds_error(seconds: int, value: JsonValue) -> str | None:
    if seconds < 0:
        return f"must not be before 1970, but {echo(value)} is. Dates are counted from 1970."
    if seconds <= MAX_UNIX_SECONDS or (not is_date(value) and date_of_digits(str(value))):
        return None
    # Milliseconds, microseconds or nanoseconds.
    as_seconds = next((s for n in (3, 6, 9) if (s := seconds // 10**n) <= MAX_UNIX_SECONDS), 0)
    return f"must be in seconds, and {echo(value)} is too large for that. Write `{as_seconds}`."


def _number_of_seconds_error(seconds: int, value: JsonValue) -> str | None:
    """Return the problem of a number that may have been meant as a date or a year."""
    if is_date(value) or seconds in NUMBERS_OF_SECONDS:
        return None
    date, digits = date_of_digits(str(value)), echo(value)
    if seconds > MAX_UNIX_SECONDS:
        return f"must have hyphens, because {digits} would be Unix seconds. Write `{date}`."
    moment = format_day_or_time(seconds)
    text = f"must be a date, because {digits} would be Unix seconds: {moment}. Write "
    return f"{text}`{date}`, or `{moment}` if you mean that." if date else f"{text}`{moment}`."


def duration_error(value: JsonValue) -> str | None:
    """Return what is wrong with a duration, or None."""
    try:
        is_duration = isinstance(value, str) and Duration.parse(value).seconds > 0
    except ValueError as error:
        return f"{error}."
    return None if is_duration else _must_be("a duration such as `30s`, `15m`, `2h` or `3d`", value)


def _must_be(expected: str, value: JsonValue) -> str:
    return f"must be {expected}, not {echo(value)}."


OPERAND_CHECKS: Final[Mapping[str, Callable[[JsonValue], str | None]]] = {
    "is": _scalar_or_list_error,
    "is_not": _scalar_or_list_error,
    "exists": _boolean_error,
    "contains": _contained_error,
    "not_contains": _contained_error,
    "greater_than": _number_error,
    "less_than": _number_error,
    "between": _number_pair_error,
    "before": partial(_date_error, "before"),
    "after": partial(_date_error, "after"),
}
"""The operators, each with a function that returns what is wrong with its operand, or None."""
