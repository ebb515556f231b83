"""The Retry-After header of a response."""

from __future__ import annotations

from email.utils import parsedate_to_datetime


def parse_retry_after(header: str | None, now: float) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number or an HTTP date.

    None where there is no header or it is neither.
    """
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - now)
    except (ValueError, TypeError):
        return None
