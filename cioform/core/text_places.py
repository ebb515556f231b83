"""The line and column of a place in a text, and the other way round."""

from __future__ import annotations


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column of a character of `text`, both from 1."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def offset_of(text: str, line: int, column: int) -> int:
    """Return the offset, from 0, of a line and a column, both from 1."""
    offset = -1
    for _ in range(line - 1):
        offset = text.find("\n", offset + 1)
    return offset + column
