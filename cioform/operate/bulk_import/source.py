"""Read the records of a file of any supported format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.errors import UsageError
from cioform.core.text.quoted import quoted
from cioform.operate.bulk_import.lines import FileLine, LineReader
from cioform.operate.bulk_import.options import ImportOptions
from cioform.operate.bulk_import.records import parse_line
from cioform.operate.bulk_import.tables import CsvTable

_CSV_SUFFIXES: Final = frozenset({".csv", ".tsv"})
_JSON_SUFFIXES: Final = frozenset({".ndjson", ".jsonl", ".json"})


class RecordSource:
    """The lines of a file and their records."""

    def __init__(self, lines: LineReader, path: Path, options: ImportOptions) -> None:
        if options.format not in (None, "ndjson", "csv"):
            raise UsageError.of(
                "Unknown format", f"{quoted(options.format)} is not supported. Use ndjson or csv."
            )
        is_table = options.format == "csv" or (
            options.format is None and path.suffix.lower() in _CSV_SUFFIXES
        )
        self.lines = lines
        if options.format is None and not is_table and not lines.is_end(0):
            _check_first_line(lines, path)
        self.table = CsvTable(lines, path.name) if is_table and not lines.is_end(0) else None

    def iter_from(self, offset: int, number: int) -> Iterator[FileLine]:
        """Yield the records from an offset on.

        A last line without a line break that is not valid JSON is skipped, because somebody is
        still writing it. Half a row of a table looks complete.
        """
        for line in (self.table or self.lines).iter_from(offset, number):
            if self.table is None and self.lines.is_last(line) and not _is_json(line):
                self.lines.unfinished = True
                return
            yield line

    def record(self, line: FileLine) -> Mapping[str, Json]:
        """Return the record in a line. Raises ValueError if it is invalid."""
        if line.error:
            raise ValueError(line.error)
        return self.table.record(line) if self.table else parse_line(line.text)


def _check_first_line(lines: LineReader, path: Path) -> None:
    """Raise UsageError for a file of another format, since each of its lines would be rejected."""
    line = lines.line_at(0, 1)
    text = "" if line is None else line.text.lstrip()
    if text.startswith("[") and path.suffix.lower() in _JSON_SUFFIXES:
        raise UsageError.of(
            "Invalid NDJSON",
            f"{path} is one JSON array. Write one object per line, for example with `jq -c '.[]'`.",
        )
    if text and not text.startswith("{") and path.suffix.lower() not in ("", *_JSON_SUFFIXES):
        raise UsageError.of(
            "Unknown format",
            f"{path} is neither NDJSON, which has one JSON object per line, nor named as CSV. If "
            "it is one of them, pass `--format csv` or `--format ndjson`.",
        )


def _is_json(line: FileLine) -> bool:
    if line.error or not line.text.strip():
        return not line.error
    try:
        parse_line(line.text)
    except ValueError:
        return False
    return True
