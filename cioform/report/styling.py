"""Colour for a terminal: a closed set of tones, and nothing at all where colour is not wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


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
    """Paints text, or leaves it alone."""

    colour: bool = False

    def __call__(self, text: str, tone: Tone) -> str:
        """Give `text` in `tone`. Nothing is painted when there is nothing to see."""
        if not (self.colour and text and tone.value):
            return text
        return f"\x1b[{tone.value}m{text}\x1b[0m"


PLAIN: Final = Styler()


def should_use_colour(
    environment: Mapping[str, str], is_terminal: bool, allowed: bool = True
) -> bool:
    """Tell whether to use colour: never when told not to (`--no-color`, NO_COLOR, a dumb
    terminal), always with FORCE_COLOR, else when somebody is looking."""
    if not allowed or environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return is_terminal or bool(environment.get("FORCE_COLOR"))
