"""A file as records, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from cioform.base.value import Plain
from cioform.operate.importing.imports import ImportOptions
from cioform.operate.importing.lines import Line, Lines
from cioform.operate.importing.records import parse_line
from cioform.operate.importing.tables import Table

_TABLES: Final = frozenset({".csv", ".tsv"})


class Source:
    """The lines of a file, and what each of them says."""

    def __init__(self, file: BinaryIO, size: int, path: Path, options: ImportOptions) -> None:
        is_table = (options.format or "") == "csv" or (
            options.format is None and path.suffix.lower() in _TABLES
        )
        self.lines = Lines(file, size)
        self.table = Table(self.lines, path.name) if is_table and size else None

    def after(self, offset: int, number: int) -> Iterator[Line]:
        """Give its records from an offset on."""
        return (self.table or self.lines).after(offset, number)

    def record(self, line: Line) -> Mapping[str, Plain]:
        """Give what a line says, or raise ValueError."""
        if line.why:
            raise ValueError(line.why)
        return self.table.record(line) if self.table else parse_line(line.text)
