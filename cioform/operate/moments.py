"""Moments as Customer.io takes them: whole Unix seconds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from cioform.base.value import Plain

_MILLISECONDS: Final = 100_000_000_000
"""From here on a number counts milliseconds, which Customer.io takes for a far future."""


def to_seconds(value: Plain) -> int:
    """Give Unix seconds for a number, its digits, or an ISO 8601 date; without a zone it is UTC.
    Raises ValueError for anything else, milliseconds included."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("`timestamp` is neither a number of seconds nor an ISO date.")
    if isinstance(value, str):
        value = int(value) if value.strip().isdecimal() else _parsed(value.strip())
    if abs(value) >= _MILLISECONDS:
        raise ValueError("`timestamp` is in milliseconds; Customer.io takes seconds.")
    return int(value)


def _parsed(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("`timestamp` is neither a number of seconds nor an ISO date.") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
