"""The lines in which two texts differ, hunk by hunk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple


class Hunk(NamedTuple):
    """Lines `start` to `stop` of one text that `lines` take the place of."""

    start: int
    stop: int
    lines: Sequence[str]


def find_hunks(before: Sequence[str], after: Sequence[str]) -> list[Hunk]:
    """Return the hunks that make `after` of `before`."""
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [Hunk(a, b, after[c:d]) for tag, a, b, c, d in opcodes if tag != "equal"]


def apply_hunks(before: Sequence[str], hunks: Iterable[Hunk]) -> list[str]:
    """Return the lines of a text with some of its hunks, which are in order."""
    lines = list(before)
    for hunk in reversed(list(hunks)):
        lines[hunk.start : hunk.stop] = hunk.lines
    return lines
