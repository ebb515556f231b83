"""Lengths of time as people write them (`2 days`, `1 month`), for messages that correct them."""

from __future__ import annotations

from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern

_DAY: Final = 86_400
_SECONDS_BY_UNIT: Final = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3_600,
    "hr": 3_600,
    "hour": 3_600,
    "d": _DAY,
    "day": _DAY,
    "w": 7 * _DAY,
    "wk": 7 * _DAY,
    "week": 7 * _DAY,
    "mo": 30 * _DAY,
    "mon": 30 * _DAY,
    "month": 30 * _DAY,
    "y": 365 * _DAY,
    "yr": 365 * _DAY,
    "year": 365 * _DAY,
}
"""What people call units of time. Months and years are refused, with days instead of them."""
_INEXACT_UNITS: Final = frozenset({"mo", "mon", "month", "y", "yr", "year"})
_UNIT_NAMES: Final = "|".join(sorted(_SECONDS_BY_UNIT, key=len, reverse=True))
AMOUNT_PATTERN: Final = rf"([0-9]{{1,9}}) ?(?!ms)({_UNIT_NAMES})s?(?![a-z])"
"""An amount such as `2 days`, in lower case, with a group for the number and one for the unit.

Milliseconds are not minutes."""
_AMOUNT: Final = lazy_pattern(AMOUNT_PATTERN)
_AMOUNTS: Final = lazy_pattern(rf"(?:{AMOUNT_PATTERN}(?: and |, ?| )?)+")


_ISO: Final = lazy_pattern(
    r"p(?:([0-9]{1,6})y)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})w)?(?:([0-9]{1,6})d)?"
    r"(?:t(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?)?"
)
"""A duration of ISO 8601 in lower case, such as `p1dt12h`."""
_ISO_UNITS: Final = ("y", "mo", "w", "d", "h", "m", "s")


def add_up(text: str) -> int:
    """Return the seconds of all amounts in a text in lower case."""
    return sum(int(count) * _SECONDS_BY_UNIT[unit] for count, unit in _AMOUNT.findall(text))


def is_exact(text: str) -> bool:
    """Return whether no amount in a text is of months or years."""
    return not any(unit in _INEXACT_UNITS for _, unit in _AMOUNT.findall(_spelled(text)))


def loose_seconds(text: str) -> int | None:
    """Return the seconds that a text was probably meant as, or None if it is no length of time."""
    spelled = _spelled(text)
    return add_up(spelled) if _AMOUNTS.fullmatch(spelled) else None


def _spelled(text: str) -> str:
    """Return a text in lower case, and a duration of ISO 8601 with its units spelled out."""
    lower = " ".join(text.lower().split())
    iso = _ISO.fullmatch(lower)
    if iso is None:
        return lower
    return " ".join(f"{n}{unit}" for n, unit in zip(iso.groups(), _ISO_UNITS, strict=True) if n)
