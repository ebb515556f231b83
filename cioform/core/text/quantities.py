"""Numbers and durations as people read them."""

from __future__ import annotations


def pluralize(number: int, one: str, many: str) -> str:
    """Return a number with its noun: `1 request`, `1,204 requests`."""
    return f"{number:,} {one if number == 1 else many}"


def duration_text(seconds: float) -> str:
    """Return a duration for people: `1.4 s`, `45 s`, `3 min 20 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min" + (f" {rest} s" if rest else "")
