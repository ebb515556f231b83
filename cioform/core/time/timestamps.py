"""Times as Unix seconds, and as text in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Literal

Precision = Literal["minutes", "seconds", "milliseconds"]
_DAY: Final = 86_400
_COMPACT_FORMS: Final = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
"""Dates and times of digits only, by their length."""
_COMPACT_YEARS: Final = range(1900, 2100)


def format_timestamp(seconds: float, precision: Precision = "seconds") -> str:
    """Return Unix seconds as ISO 8601 text, such as `2026-03-04T05:06:07+00:00`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=precision)


def format_minute(seconds: float) -> str:
    """Return Unix seconds as people read them: `2026-03-04 05:06 UTC`."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def format_day_or_time(seconds: float) -> str:
    """Return Unix seconds as files have them: `2026-03-04` for midnight, otherwise with the time.

    The time is that of UTC, as in `2026-03-04T05:06:07Z`.
    """
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%d}" if seconds % _DAY == 0 else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def format_sortable(seconds: float) -> str:
    """Return Unix seconds as names have them, which sort by time: `20260304T050607Z`."""
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y%m%dT%H%M%SZ}"


def parse_timestamp(text: str) -> int:
    """Return the Unix seconds of ISO 8601 text; without a zone it is UTC.

    Raises ValueError for anything else, and OverflowError for a time that no calendar has.
    """
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def date_of_digits(digits: str) -> str | None:
    """Return the date or time that digits such as `20260701` spell, or None if they spell none.

    The result has hyphens, because digits alone could be Unix seconds.
    """
    form = _COMPACT_FORMS.get(len(digits))
    try:
        moment = datetime.strptime(digits, form) if form and digits.isascii() else None
    except ValueError:
        return None
    if moment is None or moment.year not in _COMPACT_YEARS:
        return None
    return f"{moment:%Y-%m-%d}" if len(digits) == 8 else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
