"""Dates relative to now in conditions: `7d ago`, `now`, `7d from now`.

Customer.io writes them as seconds with a sign: negative is in the past, positive in the future, and
0 is now (journeys facts, section 3).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.time.duration import Duration
from cioform.core.time.loose_duration import AMOUNT_PATTERN, add_up, is_exact
from cioform.language.conditions.values import is_scalar, to_wire_text

NOW: Final = "now"
_AGO: Final = "ago"
_FROM_NOW: Final = "from now"

_RELATIVE_DATE = lazy_pattern(rf"((?:[0-9]{{1,9}}[wdhms])+) ({_AGO}|{_FROM_NOW})")
_SIGNED_SECONDS = lazy_pattern(r"-?[1-9][0-9]{0,10}|0")
_MAX_SECONDS: Final = 99_999_999_999
"""More than 3000 years; a longer time is a mistake."""

_LOOSE_DATE = lazy_pattern(
    rf"(?P<before>in |[-+] ?)?(?P<amounts>(?:{AMOUNT_PATTERN}(?: and |, ?| )?)+)(?P<after>.*)"
)
_WORDS: Final = {
    "now": NOW,
    "now()": NOW,
    "right now": NOW,
    "today": NOW,
    "yesterday": f"1d {_AGO}",
    "tomorrow": f"1d {_FROM_NOW}",
}
_PAST_WORDS: Final = ("ago", "before", "earlier", "back", "in the past")
_FUTURE_WORDS: Final = ("from", "hence", "later", "ahead", "after", "in the future")


def to_relative_seconds(value: JsonValue) -> int | None:
    """Return the seconds of a relative date, negative in the past; None for any other value."""
    return _relative_seconds_of(value) if isinstance(value, str) else None


@lru_cache(1024)  # Most files have the same few dates.
def _relative_seconds_of(text: str) -> int | None:
    if text == NOW:
        return 0
    found = _RELATIVE_DATE.fullmatch(text)
    if found is None:
        return None
    try:
        seconds = Duration.parse(found[1], _MAX_SECONDS).seconds
    except ValueError:
        return None
    if seconds == 0:
        return None
    return -seconds if found[2] == _AGO else seconds


def from_relative_seconds(text: JsonValue) -> str | None:
    """Return the relative date for signed seconds, or None for any other text."""
    if not is_scalar(text) or not _SIGNED_SECONDS.fullmatch(to_wire_text(text)):
        return None
    return relative_date(int(text))


@lru_cache(1024)
def relative_date(seconds: int) -> str:
    """Return the relative date of that many seconds from now, in its shortest spelling."""
    if seconds == 0:
        return NOW
    return f"{Duration(abs(seconds))} {_AGO if seconds < 0 else _FROM_NOW}"


def relative_date_error(operator: str, value: str) -> str | None:
    """Return what is wrong with a text that was meant as a relative date; None for any other."""
    text = " ".join(value.lower().split())
    if text in _WORDS:
        return f'must be written `{operator}: {_WORDS[text]}`, not "{value}".'
    found = _LOOSE_DATE.fullmatch(text)
    if found is None:
        return None
    seconds = add_up(found["amounts"])
    if seconds > _MAX_SECONDS:
        return f'must be a date within 3000 years of now, not "{value}".'
    lines = " or ".join(
        f"`{operator}: {relative_date(sign * seconds)}`"
        for sign in _signs(found["before"] or "", found["after"])
    )
    if not is_exact(found["amounts"]):
        return f'cannot be "{value}", because months and years differ in length. Write {lines}.'
    if found["before"] is None and not found["after"]:
        return f"needs `{_AGO}` or `{_FROM_NOW}`. Write {lines}."
    return f'must be written {lines}, not "{value}".'


def _signs(before: str, after: str) -> tuple[int, ...]:
    """Return -1 for the past and 1 for the future; both if the surrounding text does not say."""
    if before.startswith("-") or after.startswith(_PAST_WORDS):
        return (-1,)
    if before or after.startswith(_FUTURE_WORDS):
        return (1,)
    return (-1, 1)
