"""A file as records, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from cioform.core.errors import UsageWrong
from cioform.core.json_value import Plain
from cioform.operate.bulk_import.lines import Line, Lines
from cioform.operate.bulk_import.options import ImportOptions
from cioform.operate.bulk_import.records import parse_line
from cioform.operate.bulk_import.tables import Table

_TABLES: Final = frozenset({".csv", ".tsv"})


class Source:
    """The lines of a file, and what each of them says."""

    def __init__(self, file: BinaryIO, size: int, path: Path, options: ImportOptions) -> None:
        if options.format not in (None, "ndjson", "csv"):
            raise UsageWrong.of(
                "No such format", f"An import reads ndjson or csv, and not {options.format!r}."
            )
        is_table = options.format == "csv" or (
            options.format is None and path.suffix.lower() in _TABLES
        )
        self.lines = Lines(file, size)
        self.table = Table(self.lines, path.name) if is_table and size else None

    def after(self, offset: int, number: int) -> Iterator[Line]:
        """Give its records from an offset on. A last one without a line break that is no JSON is
        left: somebody is in the middle of writing it. Half a row of a table looks whole."""
        for line in (self.table or self.lines).after(offset, number):
            if self.table is None and self.lines.is_last(line) and not _is_json(line):
                self.lines.unfinished = True
                return
            yield line

    def record(self, line: Line) -> Mapping[str, Plain]:
        """Give what a line says, or raise ValueError."""
        if line.why:
            raise ValueError(line.why)
        return self.table.record(line) if self.table else parse_line(line.text)


def _is_json(line: Line) -> bool:
    if line.why or not line.text.strip():
        return not line.why
    try:
        parse_line(line.text)
    except ValueError:
        return False
    return True
