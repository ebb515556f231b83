"""Colors for a terminal: a closed set of tones, and plain text where color is off."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from cioform.core.dataclasses import dataclass


class Tone(Enum):
    """What a piece of text means; the value is its ANSI code."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"
    ADDED = "32"
    REMOVED = "31"
    CHANGED = "33"
    MOVED = "36"
    ERROR = "1;31"
    WARNING = "1;33"
    SUCCESS = "1;32"
    ADDED_SPAN = "1;4;32"
    REMOVED_SPAN = "1;4;31"


@dataclass(frozen=True, slots=True)
class Styler:
    """Colors text, or returns it unchanged if color is off."""

    color: bool = False

    def __call__(self, text: str, tone: Tone) -> str:
        """Return `text` in `tone`."""
        if not (self.color and text and tone.value):
            return text
        return f"\x1b[{tone.value}m{text}\x1b[0m"


PLAIN: Final = Styler()


def should_use_color(
    environment: Mapping[str, str], is_terminal: bool, allowed: bool = True
) -> bool:
    """Return whether to use color.

    Never with `--no-color` (`allowed` is False), NO_COLOR or a dumb terminal; otherwise always on a
    terminal or with FORCE_COLOR.
    """
    if not allowed or environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return is_terminal or bool(environment.get("FORCE_COLOR"))
