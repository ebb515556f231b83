"""Read IDs from a file: one per line, or a column of a table."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from cioform.core.errors import UsageError
from cioform.operate.identity import IdType

_HEADINGS: Final = frozenset(by.value for by in IdType)
_DELIMITERS: Final = ",;\t"
_OTHER_SUFFIXES: Final = frozenset({".json", ".jsonl", ".ndjson", ".yaml", ".yml"})
"""Each line of such a file would be taken for an ID."""


def read_id_file(path: Path, by: str | None = None) -> Iterator[str]:
    """Yield the IDs in a file, as `parse_ids` does.

    Raises UsageError if it cannot be read, or if its extension is that of another format.
    """
    if path.suffix.lower() in _OTHER_SUFFIXES:
        raise UsageError.of(
            "Invalid ID list",
            f"{path} has the file extension of another format. Write one ID per line to a text "
            "file, or write a CSV file.",
        )
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from parse_ids(file, str(path), by, table=path.suffix.lower() == ".csv")
    except OSError as error:
        raise UsageError.unreadable_file(path, error) from None


def parse_ids(
    lines: Iterable[str], name: str, by: str | None = None, *, table: bool = False
) -> Iterator[str]:
    """Yield the IDs in lines, one per line, or those of one column of a table.

    The cells of a table are separated by tabs unless its header uses another delimiter, and those
    with delimiters or line breaks are in quotes. The column is the one that the header names `by`,
    otherwise the first. The first line is a header if one of its cells is `id`, `email`, `phone` or
    `cio_id`. Empty lines are skipped.

    Raises UsageError for a line without an ID or with control characters, a header without `by`,
    and for text that is not UTF-8. An e-mail address used as an ID would name somebody else.
    """
    try:
        yield from _iter_ids(lines, name, by, table)
    except UnicodeDecodeError:
        raise UsageError.of("File not readable", f"{name} is not UTF-8 text.") from None
    except csv.Error as error:
        raise UsageError.of("File not readable", f"{name} is not CSV: {error}.") from None


def _iter_ids(lines: Iterable[str], name: str, by: str | None, table: bool) -> Iterator[str]:
    rest = iter(lines)
    first = next(rest, "").removeprefix("\ufeff")
    if first.startswith("{"):
        raise UsageError.of("Invalid ID list", f"{name} looks like NDJSON. Write one ID per line.")
    table = table or _is_heading(first)
    delimiter = max(_DELIMITERS, key=first.count) if table else "\t"
    every = chain([first], rest)
    if table:
        rows = csv.reader(every, delimiter=delimiter, strict=True)
    else:
        rows = csv.reader(every, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    column = 0
    for number, row in enumerate(rows):
        cells = [cell.strip() for cell in row]
        heading = [cell.lower() for cell in cells]
        if number == 0 and _HEADINGS & {*heading}:
            column = _find_column(heading, name, by)
        elif any(cells):
            if len(cells) <= column or not cells[column]:
                raise UsageError.of(
                    "Missing ID",
                    f"Line {rows.line_num} of {name} has no {by or 'id'}. Lines before it may "
                    "have been sent already. Correct the line and run the same command again.",
                )
            if not table and _has_controls(cells[column]):
                raise UsageError.of(
                    "Invalid ID list",
                    f"Line {rows.line_num} of {name} has a control character in an ID. If the ID "
                    "really has one, put it into a CSV file with a header.",
                )
            yield cells[column]


def is_one_line(text: str) -> bool:
    """Return whether `parse_ids` reads a text on a line of its own as that ID."""
    return is_cell(text) and not _has_controls(text) and text.lower() not in _HEADINGS


def is_cell(text: str) -> bool:
    """Return whether `parse_ids` reads a text in a cell of a table as that ID."""
    return text == text.strip() and "\0" not in text


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(each) in ("Cc", "Zl", "Zp") for each in text)


def _is_heading(line: str) -> bool:
    cells = re.split(f"[{_DELIMITERS}]", line.strip().lower())
    return len(cells) > 1 and not _HEADINGS.isdisjoint(cells)


def _find_column(heading: list[str], name: str, by: str | None) -> int:
    if by is None:
        return 0
    if by not in heading:
        columns = sorted(_HEADINGS & {*heading})
        raise UsageError.of(
            "Missing column",
            f"The header of {name} has {' and '.join(columns)} but no {by}. Name the column to "
            f"use: `--by {columns[0]}`.",
        )
    return heading.index(by)
