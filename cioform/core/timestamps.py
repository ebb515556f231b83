"""Times as Unix seconds, and as text in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

Precision = Literal["minutes", "seconds", "milliseconds"]


def format_timestamp(seconds: float, precision: Precision = "seconds") -> str:
    """Return Unix seconds as ISO 8601 text, such as `2026-03-04T05:06:07+00:00`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=precision)


def format_minute(seconds: float) -> str:
    """Return Unix seconds as people read them: `2026-03-04 05:06 UTC`."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def parse_timestamp(text: str) -> int:
    """Return the Unix seconds of ISO 8601 text; without a zone it is UTC.

    Raises ValueError for anything else, and OverflowError for a time that no calendar has.
    """
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
