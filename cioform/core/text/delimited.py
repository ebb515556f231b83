"""Rows of cells as CSV, or with another delimiter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_SPECIAL: Final = frozenset(',;\t"\r\n')


def delimited_line(cells: Iterable[str], delimiter: str = ",") -> str:
    """Return a row as a line, with quotes around a cell that has a delimiter, quote or line break.

    All common delimiters count, because programs guess which one a file has. The standard `csv`
    module does not quote a carriage return, at which programs begin a new row.
    """
    return delimiter.join(map(_quoted, cells)) + "\n"


def _quoted(cell: str) -> str:
    return cell if _SPECIAL.isdisjoint(cell) else '"' + cell.replace('"', '""') + '"'
