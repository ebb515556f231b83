"""CSV as records: quoted cells with commas and line breaks, types said in the header."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from cioform.core.errors import UsageWrong
from cioform.core.json_value import Plain
from cioform.operate.bulk_import.lines import Line, Lines
from cioform.operate.timestamps import to_seconds

_DELIMITERS: Final = ",;\t"
_LONGEST: Final = 128 * 1024
"""Bytes of a record; a quote that is never closed would swallow the rest of the file."""


_NOT_CLOSED: Final = "A quote is opened and not closed."
_CLOSING: Final = re.compile(r'(?:[^"]|"")*"(?!")')
"""To the end of a quoted cell; two quotes are one that stands in it."""


_WHOLE: Final = re.compile(r"[-+]?[0-9]+")
_DECIMAL: Final = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


def _number(text: str) -> Plain:
    text = text.strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    raise ValueError("It is not a number.")


def _boolean(text: str) -> Plain:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in words:
        raise ValueError("It is neither true nor false.")
    return words[text.lower()]


def _json(text: str) -> Plain:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("It is not JSON.") from None


_TYPES: Final[Mapping[str, Callable[[str], Plain]]] = {
    "text": str,
    "number": _number,
    "boolean": _boolean,
    "timestamp": to_seconds,
    "json": _json,
}
"""What a column may say that its cells are, as in `age:number`."""
_KNOWN: Final = {"timestamp": "timestamp", "created_at": "timestamp", "data": "json"}
"""Columns that have a type without saying so."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the header."""

    name: str
    type: str


class Table:
    """A CSV file: its header, and its records from any offset on."""

    def __init__(self, lines: Lines, name: str) -> None:
        self._lines = lines
        self._delimiter = ","
        self.columns: tuple[Column, ...] = ()
        self.begin = 0
        """Where the first record after the header begins."""
        self.first = 1
        header = next(self._raw(0, 1), None)
        if header is not None:
            self._read_header(header, name)

    def after(self, offset: int, number: int) -> Iterator[Line]:
        """Give the records from `offset` on, as lines; one may span several of the file."""
        return self._raw(max(offset, self.begin), max(number, self.first))

    def record(self, line: Line) -> dict[str, Plain]:
        """Give the cells of a record by column, typed; empty ones are left out. Raises ValueError
        with what is wrong."""
        cells = self._cells(line.text)
        if len(cells) != len(self.columns):
            raise ValueError(f"It has {len(cells)} cells, and the header {len(self.columns)}.")
        found: dict[str, Plain] = {}
        for column, cell in zip(self.columns, cells, strict=True):
            if cell != "":
                try:
                    found[column.name] = _TYPES[column.type](cell)
                except (ValueError, OverflowError) as error:
                    raise ValueError(f"`{column.name}`: {error}") from None
        return found

    def _read_header(self, header: Line, name: str) -> None:
        text = header.text
        self._delimiter = max(_DELIMITERS, key=text.count) if text else ","
        try:
            if header.why:
                raise ValueError(header.why)
            cells = self._cells(text)
        except ValueError as error:
            raise UsageWrong.of(
                "Header not readable", f"The first line of {name}: {error}"
            ) from None
        self.columns = tuple(_column(cell.strip(), name) for cell in cells)
        self.begin, self.first = header.end, header.number + header.count
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names) or "" in names:
            raise UsageWrong.of(
                "Header not usable",
                f"Every column of {name} needs a name of its own in the first line.",
            )

    def _cells(self, text: str) -> list[str]:
        try:
            rows = list(csv.reader([text.rstrip("\r\n")], delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            raise ValueError(f"It is not CSV: {error}.") from None
        return rows[0] if rows else []

    def _raw(self, offset: int, number: int) -> Iterator[Line]:
        lines = self._lines
        while offset < lines.size:
            first = lines.at(offset, number)
            if first is None:
                lines.unfinished = True
                return
            record = self._whole(first)
            if record is None:
                lines.unfinished = True
                return
            if record.text.strip() or record.why:
                yield record
            offset, number = record.end, number + record.count

    def _whole(self, first: Line) -> Line | None:
        """Give the record that begins with a line; None when its end is still being written."""
        lines, size = [first], len(first.raw)
        goes_on = not first.why and self._goes_on(first.text, inside=False)
        while goes_on:
            if lines[-1].end >= self._lines.size or size > _LONGEST:
                return replace(first, text="", why=_NOT_CLOSED)
            following = self._lines.at(lines[-1].end, first.number + len(lines))
            if following is None:
                return None
            if following.why or self._is_stray(following.text):
                return replace(first, text="", why=_NOT_CLOSED)
            lines.append(following)
            size += len(following.raw)
            goes_on = self._goes_on(following.text, inside=True)
        text, raw = "".join(line.text for line in lines), b"".join(line.raw for line in lines)
        return replace(first, text=text, raw=raw, end=lines[-1].end, count=len(lines))

    def _is_stray(self, text: str) -> bool:
        """Tell whether the quote that would end a cell in this line is none: the cell does not end
        there. Then the line that opened it is wrong, and this one may be right."""
        closing = _CLOSING.match(text)
        return closing is not None and text[closing.end() :][:1] not in {
            self._delimiter,
            *"\r\n",
            "",
        }

    def _goes_on(self, text: str, *, inside: bool) -> bool:
        """Tell whether a quoted cell goes on behind a line, which begins `inside` of one or not. A
        quote only opens a cell that begins with it."""
        if '"' not in text:
            return inside
        edge = self._delimiter
        rest = edge + text
        if inside:
            closing = _CLOSING.match(text)
            if closing is None:
                return True
            rest = text[closing.end() :]
        return f'{edge}"' in re.sub(rf'{re.escape(edge)}"(?:[^"]|"")*"', edge, rest)


def _column(cell: str, name: str) -> Column:
    title, colon, kind = cell.rpartition(":")
    if not colon:
        return Column(cell, _KNOWN.get(cell, "text"))
    if kind not in _TYPES:
        raise UsageWrong.of(
            "Unknown type of a column",
            f"The header of {name} says {cell!r}. After the colon stands one of "
            f"{', '.join(_TYPES)}.",
        )
    return Column(title, kind)
