"""Lengths of time as the files spell them: `2d`, `1h30m`, `90s`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.core.late_pattern import late_pattern
from cioform.core.loose_duration import is_exact, loose_seconds

_UNIT_SECONDS: Final[Mapping[str, int]] = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = late_pattern(r"(?:\d+[wdhms])+")
_DURATION_PART = late_pattern(r"(\d+)([wdhms])")

_MONTHS_OR_MINUTES: Final = late_pattern(r"([0-9]{1,6}) ?M")


@dataclass(frozen=True, order=True, slots=True)
class Duration:
    """A length of time in whole seconds, written `2d`, `1h30m`, `90s`."""

    seconds: int

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Return the duration that `text` spells, or raise ValueError."""
        if _DURATION.fullmatch(text) is None:
            raise ValueError(
                f'must be a duration such as `30s`, `15m`, `2h`, `3d` or `1w2d`, not "{text}"'
                f"{_correction(text)}"
            )
        return cls(sum(int(n) * _UNIT_SECONDS[unit] for n, unit in _DURATION_PART.findall(text)))

    def __str__(self) -> str:
        # Days are the largest unit, because weeks mixed with days are hard to read.
        if self.seconds == 0:
            return "0s"
        rest, text = self.seconds, ""
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
