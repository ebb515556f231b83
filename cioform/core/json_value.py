"""Values that flow between floors: plain data, references, the unknown, secrets, durations."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

JsonValue: TypeAlias = Any
"""JSON-like data: None, bool, int, float, str, list and dict of the same. `UNKNOWN` may stand
for any value in it. An alias and not a recursive type: pydantic and mypy both choke on that."""

Attributes: TypeAlias = dict[str, JsonValue]
"""The fields of a resource in canonical form, by name: what is compared, planned and stored."""


class Unknown(Enum):
    """A value that the credential at hand cannot read. Never compared, never called drift."""

    UNKNOWN = "(not readable with this credential)"

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __str__(self) -> str:
        return self.value


UNKNOWN: Final = Unknown.UNKNOWN


class Secret:
    """A credential. Shown as stars wherever it is printed; `reveal` is for the HTTP door only."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Give the text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))


_UNIT_SECONDS: Final[Mapping[str, int]] = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:\d+[wdhms])+")
_DURATION_PART = re.compile(r"(\d+)([wdhms])")


@dataclass(frozen=True, order=True, slots=True)
class Duration:
    """A length of time in whole seconds, written `2d`, `1h30m`, `90s`."""

    seconds: int

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Give the duration that `text` spells, or raise ValueError."""
        if _DURATION.fullmatch(text) is None:
            raise ValueError(f"{text!r} is not a duration; write it as 30s, 15m, 2h, 3d or 1w2d")
        return cls(sum(int(n) * _UNIT_SECONDS[unit] for n, unit in _DURATION_PART.findall(text)))

    def __str__(self) -> str:
        """Give the shortest spelling with days as the largest unit; weeks read badly mixed."""
        if self.seconds == 0:
            return "0s"
        rest, text = self.seconds, ""
        for unit in "dhms":
            count, rest = divmod(rest, _UNIT_SECONDS[unit])
            text += f"{count}{unit}" if count else ""
        return text


def canonical_json(value: JsonValue) -> str:
    """Give the one JSON text of a value: sorted keys, no white space. Unknown is refused by a
    TypeError, because what is not known has no digest."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: JsonValue) -> str:
    """Give a short fingerprint of a value (16 hexadecimal digits of SHA-256)."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:16]
