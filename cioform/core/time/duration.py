"""Lengths of time in the notation of the files: `2d`, `1h30m`, `90s`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.time.loose_duration import is_exact, loose_seconds

_UNIT_SECONDS: Final[Mapping[str, int]] = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = lazy_pattern(r"(?:\d+[wdhms])+")
_DURATION_PART = lazy_pattern(r"(\d+)([wdhms])")

MAX_SECONDS: Final = 2**31 - 1
"""68 years. No source records what Customer.io takes; this is the least that a number of seconds is
likely to be stored in, and a longer time is a mistake."""
_MAX_SHOWN: Final = 40
_MAX_DIGITS: Final = 15
"""So many of a number decide whether it is too large."""

_MONTHS_OR_MINUTES: Final = lazy_pattern(r"([0-9]{1,6}) ?M")


@dataclass(frozen=True, order=True, slots=True)
class Duration:
    """A length of time in whole seconds, written `2d`, `1h30m`, `90s`."""

    seconds: int

    @classmethod
    def parse(cls, text: str, max_seconds: int = MAX_SECONDS) -> Duration:
        """Return the duration that `text` means. Raises ValueError for any other or longer one."""
        seconds = _seconds_of(text)
        if seconds is None:
            raise ValueError(
                f'must be a duration such as `30s`, `15m`, `2h`, `3d` or `1w2d`, not "{text}"'
                f"{_correction(text)}"
            )
        if seconds > max_seconds:
            raise ValueError(
                f'must not be longer than {max_seconds // 86_400}d, not "{text[:_MAX_SHOWN]}"'
            )
        return cls(seconds)

    def __str__(self) -> str:
        return _text_of(self.seconds)

    def in_unit_of(self, text: str) -> str:
        """Return the duration in the unit of `text`, if `text` has only one and it fits."""
        parts = _DURATION_PART.findall(text)
        if len(parts) != 1 or not self.seconds or _DURATION.fullmatch(text) is None:
            return str(self)
        unit = parts[0][1]
        count, rest = divmod(self.seconds, _UNIT_SECONDS[unit])
        return str(self) if rest else f"{count}{unit}"


@lru_cache(1024)  # Most files have the same few durations.
def _seconds_of(text: str) -> int | None:
    """Return the seconds of a duration, None for any other text."""
    if _DURATION.fullmatch(text) is None:
        return None
    parts = _DURATION_PART.findall(text)
    return sum(
        int(count.lstrip("0")[:_MAX_DIGITS] or 0) * _UNIT_SECONDS[unit] for count, unit in parts
    )


@lru_cache(1024)
def _text_of(seconds: int) -> str:
    # Days are the largest unit, because weeks mixed with days are hard to read.
    if seconds == 0:
        return "0s"
    rest, text = seconds, ""
    for unit in "dhms":
        count, rest = divmod(rest, _UNIT_SECONDS[unit])
        text += f"{count}{unit}" if count else ""
    return text


def _correction(text: str) -> str:
    if months := _MONTHS_OR_MINUTES.fullmatch(text):
        count = int(months[1])
        return f". `M` may mean months or minutes. Write `{30 * count}d` or `{count}m`"
    seconds = loose_seconds(text)
    if seconds is None:
        return ""
    if not is_exact(text):
        return f". Months and years differ in length. Write `{Duration(seconds)}`"
    return f". Write `{Duration(seconds)}`"
