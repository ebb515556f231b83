"""Read CSV as records: quoted cells with commas and line breaks, types in the header."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass, replace
from cioform.core.errors import UsageError
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.quantities import pluralize
from cioform.core.text.quoted import quoted
from cioform.operate.bulk_import.lines import FileLine, LineReader
from cioform.operate.timestamps import to_seconds

_DELIMITERS: Final = ",;\t"
_MAX_RECORD_BYTES: Final = 128 * 1024
"""The limit of a record. Without it, a quote that is never closed would extend to the end."""


_UNCLOSED_QUOTE: Final = "A quoted cell is not closed."
_CLOSING_QUOTE: Final = lazy_pattern(r'(?:[^"]|"")*"(?!")')
"""The rest of a quoted cell. Two quotes are one quote in the text."""


_INTEGER: Final = lazy_pattern(r"[-+]?[0-9]+")
_DECIMAL: Final = lazy_pattern(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


def _parse_number(text: str) -> Json:
    text = text.strip()
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    raise ValueError(f"{quoted(text)} is not a number.")


def _parse_boolean(text: str) -> Json:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in words:
        raise ValueError(f"{quoted(text)} is neither true nor false.")
    return words[text.lower()]


def _parse_json(text: str) -> Json:
    try:
        found: Json = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("The cell is not valid JSON.") from None
    return found


_CELL_PARSERS: Final[Mapping[str, Callable[[str], Json]]] = {
    "text": str,
    "number": _parse_number,
    "boolean": _parse_boolean,
    "timestamp": to_seconds,
    "json": _parse_json,
}
"""The types that a header can declare: `age:number`."""
_DEFAULT_COLUMN_TYPES: Final = {"timestamp": "timestamp", "created_at": "timestamp", "data": "json"}
"""The columns with a type of their own unless the header declares one."""


@dataclass(frozen=True, slots=True)
class CsvColumn:
    """One column of the header."""

    name: str
    type: str

    def value(self, cell: str) -> Json:
        """Return the typed value of a cell. Raises ValueError if it is of another type."""
        try:
            return _CELL_PARSERS[self.type](cell)
        except (ValueError, OverflowError) as error:
            raise ValueError(f"`{self.name}`: {error}") from None


class CsvTable:
    """A CSV file: its header, and its records from any offset."""

    def __init__(self, lines: LineReader, name: str) -> None:
        self._lines = lines
        self._delimiter = ","
        self.columns: tuple[CsvColumn, ...] = ()
        self.data_offset = 0
        """The offset of the first record after the header."""
        self.data_line = 1
        header = next(self._iter_records(0, 1), None)
        if header is not None:
            self._read_header(header, name)

    def iter_from(self, offset: int, number: int) -> Iterator[FileLine]:
        """Yield the records from `offset` on as lines. A record can span several lines."""
        return self._iter_records(max(offset, self.data_offset), max(number, self.data_line))

    def record(self, line: FileLine) -> dict[str, Json]:
        """Return the typed cells of a record by column, without empty ones.

        Raises ValueError if the record is invalid.
        """
        cells = self._cells(line.text)
        if len(cells) != len(self.columns):
            raise ValueError(
                f"The row has {pluralize(len(cells), 'cell', 'cells')}, but the header has "
                f"{len(self.columns)}."
            )
        found: dict[str, Json] = {}
        for column, cell in zip(self.columns, cells, strict=True):
            if cell != "":
                found[column.name] = column.value(cell)
        return found

    def _read_header(self, header: FileLine, name: str) -> None:
        text = header.text
        self._delimiter = max(_DELIMITERS, key=text.count) if text else ","
        try:
            if header.error:
                raise ValueError(header.error)
            cells = self._cells(text)
        except ValueError as error:
            raise UsageError.of("Invalid header", f"The first line of {name}: {error}") from None
        self.columns = tuple(_parse_column(cell.strip(), name) for cell in cells)
        self.data_offset, self.data_line = header.end, header.number + header.count
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names) or "" in names:
            raise UsageError.of(
                "Invalid header",
                f"Every column of {name} needs a unique name in the first line.",
            )

    def _cells(self, text: str) -> list[str]:
        try:
            rows = list(csv.reader([text.rstrip("\r\n")], delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            raise ValueError(f"Invalid CSV: {error}.") from None
        return rows[0] if rows else []

    def _iter_records(self, offset: int, number: int) -> Iterator[FileLine]:
        lines = self._lines
        while not lines.is_end(offset):
            first = lines.line_at(offset, number)
            if first is None:
                lines.unfinished = True
                return
            record = self._read_record(first)
            if record is None:
                lines.unfinished = True
                return
            if record.text.strip() or record.error:
                yield record
            offset, number = record.end, number + record.count

    def _read_record(self, first_line: FileLine) -> FileLine | None:
        """Return the record that begins with a line, or None if it is still being written."""
        lines, size = [first_line], len(first_line.raw)
        continues = not first_line.error and self._ends_in_quotes(first_line.text, inside=False)
        while continues:
            if self._lines.is_end(lines[-1].end) or size > _MAX_RECORD_BYTES:
                return replace(first_line, text="", error=_UNCLOSED_QUOTE)
            following = self._lines.line_at(lines[-1].end, first_line.number + len(lines))
            if following is None:
                return None
            if following.error or self._is_stray_quote(following.text):
                return replace(first_line, text="", error=_UNCLOSED_QUOTE)
            lines.append(following)
            size += len(following.raw)
            continues = self._ends_in_quotes(following.text, inside=True)
        text, raw = "".join(line.text for line in lines), b"".join(line.raw for line in lines)
        return replace(first_line, text=text, raw=raw, end=lines[-1].end, count=len(lines))

    def _is_stray_quote(self, text: str) -> bool:
        """Return whether the first quote in this line does not end a cell.

        Then the line that opened the quoted cell is invalid, and this one may be valid.
        """
        closing = _CLOSING_QUOTE.match(text)
        return closing is not None and text[closing.end() :][:1] not in {
            self._delimiter,
            *"\r\n",
            "",
        }

    def _ends_in_quotes(self, text: str, *, inside: bool) -> bool:
        """Return whether a quoted cell continues after this line.

        `inside` says whether the line begins within one. Only a quote at the start opens a cell.
        """
        if '"' not in text:
            return inside
        edge = self._delimiter
        rest = edge + text
        if inside:
            closing = _CLOSING_QUOTE.match(text)
            if closing is None:
                return True
            rest = text[closing.end() :]
        return f'{edge}"' in re.sub(rf'{re.escape(edge)}"(?:[^"]|"")*"', edge, rest)


def _parse_column(cell: str, name: str) -> CsvColumn:
    title, colon, kind = cell.rpartition(":")
    if not colon:
        return CsvColumn(cell, _DEFAULT_COLUMN_TYPES.get(cell, "text"))
    if kind not in _CELL_PARSERS:
        raise UsageError.of(
            "Unknown column type",
            f"The header of {name} has {quoted(cell)}. The type after the colon must be one of "
            f"{', '.join(_CELL_PARSERS)}.",
        )
    return CsvColumn(title, kind)
