"""Translate the values of conditions; Customer.io stores all of them as text."""

from __future__ import annotations

from math import isfinite
from typing import Final

from cioform.core.data.depth import is_deeper
from cioform.core.data.json_value import JsonValue
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.time.timestamps import format_day_or_time, parse_timestamp

_NUMBER = lazy_pattern(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?")
_INTEGER = lazy_pattern(r"-?[0-9]{1,15}")
_NUMERIC = lazy_pattern(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_SCALARS: Final = (str, int, float)
_LIQUID_MARKS: Final = ("{{", "{%")
MAX_UNIX_SECONDS: Final = 253_402_300_799
"""9999-12-31T23:59:59Z, the last second of Python's calendar."""

NUMBERS_OF_SECONDS: Final = range(946_684_800, 4_102_444_800)
"""The Unix seconds that a file may have as a number: the years from 2000 to 2099.

Others are written as dates. Most of them are a date such as 20260701, or a year.
"""

MAX_COUNT: Final = 2**31 - 1
"""How often an event can be counted. As for durations, no source records what Customer.io takes;
this is the least that a count is likely to be stored in, and no person does anything as often."""

MAX_DEPTH: Final = 150
"""How many levels lists and mappings may be nested.

Far more than people write, and little enough that other functions can recurse.
"""

MAX_WIRE_DEPTH: Final = MAX_DEPTH + 50
"""The same limit for Customer.io's forms, which need a few more levels."""


def is_too_deep(value: JsonValue, max_depth: int = MAX_DEPTH) -> bool:
    """Return whether lists and mappings in `value` are nested more than `max_depth` levels deep."""
    return is_deeper(value, max_depth)


def is_scalar(value: JsonValue) -> bool:
    """Return whether `value` is text, a number, true or false."""
    return isinstance(value, _SCALARS)


def to_wire_text(value: JsonValue) -> str:
    """Return Customer.io's text for a value: `true`, `false`, digits, or the text itself.

    Source: journeys facts, section 3.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def from_wire_text(text: JsonValue) -> JsonValue:
    """Return the value that a person would write for Customer.io's text.

    `to_wire_text` is its exact inverse.
    """
    if not isinstance(text, str):
        return text
    if text in ("true", "false"):
        return text == "true"
    if _NUMBER.fullmatch(text):
        number: int | float = float(text) if "." in text else int(text)
        # "1.0" stays text, because other programs would make it 1.
        if to_wire_text(number) == text and not (isinstance(number, float) and number.is_integer()):
            return number
    return text


def to_number(value: JsonValue) -> float | None:
    """Return the number that a value is or spells; None for any other, also true and infinity."""
    is_numeric = isinstance(value, str) and _NUMERIC.fullmatch(value) is not None
    if isinstance(value, bool) or not (is_numeric or isinstance(value, int | float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def is_number(value: JsonValue) -> bool:
    """Return whether a value is or spells a number, or is Liquid that may become one."""
    if isinstance(value, str) and any(mark in value for mark in _LIQUID_MARKS):
        return True
    return to_number(value) is not None


def to_unix_seconds(value: JsonValue) -> int | None:
    """Return the Unix seconds of a date, a time or a number, or None for any other value.

    A time without a zone is UTC.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if not isinstance(value, str):
        return None
    if _INTEGER.fullmatch(value):
        return int(value)
    try:
        return parse_timestamp(value)
    except (ValueError, OverflowError):
        return None


def is_date(value: JsonValue) -> bool:
    """Return whether `value` is a date or time as text, and not a number."""
    return (
        isinstance(value, str)
        and not _INTEGER.fullmatch(value)
        and to_unix_seconds(value) is not None
    )


def from_unix_seconds(text: JsonValue) -> str | None:
    """Return the date or time for Unix seconds.

    Returns None if the text is not the usual spelling of a whole number, and for times before 1970
    or after 9999.
    """
    if not is_scalar(text) or not _INTEGER.fullmatch(to_wire_text(text)):
        return None
    seconds = int(text)
    if to_wire_text(seconds) != to_wire_text(text):
        return None
    if not 0 <= seconds <= MAX_UNIX_SECONDS:
        return None
    return format_day_or_time(seconds)
