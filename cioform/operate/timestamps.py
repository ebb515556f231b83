"""Parse timestamps as Customer.io accepts them: whole Unix seconds."""

from __future__ import annotations

import math
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.time.timestamps import date_of_digits, parse_timestamp

_MIN_MILLISECONDS: Final = 100_000_000_000
"""Larger numbers are milliseconds, which Customer.io would read as a date in the far future."""
_NUMBER: Final = lazy_pattern(r"-?[0-9]{1,18}(\.[0-9]+)?")
_INVALID_TIMESTAMP: Final = (
    "A time is a number of seconds or an ISO 8601 date, such as 2026-03-04T09:00:00Z."
)


def to_seconds(value: Json) -> int:
    """Return Unix seconds for a number, its digits, or an ISO 8601 date (UTC if it has no zone).

    Raises ValueError for anything else, for milliseconds, and for digits that look like a date:
    as seconds, 20240101 would be a day in 1970.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(_INVALID_TIMESTAMP)
    text = str(value).strip()
    if (date := date_of_digits(text)) is not None:
        raise ValueError(f"{text} could be a date or seconds. Write {date} for the date.")
    if isinstance(value, str):
        value = float(text) if _NUMBER.fullmatch(text) else _parse_iso_date(text)
    if not math.isfinite(value):
        raise ValueError(_INVALID_TIMESTAMP)
    if abs(value) >= _MIN_MILLISECONDS:
        raise ValueError("The value is in milliseconds; Customer.io expects seconds.")
    return int(value)


def _parse_iso_date(text: str) -> int:
    try:
        return parse_timestamp(text)
    except ValueError:
        raise ValueError(_INVALID_TIMESTAMP) from None
