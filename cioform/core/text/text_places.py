"""The line and column of a place in a text, and the other way round."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column of a character of `text`, both from 1."""
    starts = _line_starts(text)
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def offset_of(text: str, line: int, column: int) -> int:
    """Return the offset, from 0, of a line and a column, both from 1."""
    offset = -1
    for _ in range(line - 1):
        offset = text.find("\n", offset + 1)
    return offset + column


@lru_cache(maxsize=8)
def _line_starts(text: str) -> tuple[int, ...]:
    """Return where the lines of a text begin. One text is asked about many times in a row."""
    lengths = (len(line) + 1 for line in text.split("\n")[:-1])
    return tuple(accumulate(lengths, initial=0))
