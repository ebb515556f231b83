"""Save the rejected lines of an import in a file, with the reasons."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from cioform.core.dataclasses import dataclass
from cioform.operate.bulk_import.lines import FileLine
from cioform.storage.journal import AppendOnlyFile
from cioform.storage.user_files import unwritable_file_error

_HINT: Final = "Name another file after --rejected."
_WHAT: Final = "The file for rejected lines, "


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line and why it was rejected."""

    line: int
    reason: str
    text: str

    @classmethod
    def of(cls, line: FileLine, reason: str) -> RejectedLine:
        """Return the rejected line for a line of the file."""
        return cls(line.number, reason, (line.text or line.raw.decode("utf-8", "replace")).strip())


class RejectedFile:
    """A file of NDJSON with `line`, `reason` and `text`, created with the first rejected line."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.size = size
        """How many bytes are kept. An interrupted import may have written more, to be repeated."""
        self._file: AppendOnlyFile | None = None

    def add(self, lines: list[RejectedLine]) -> None:
        """Append lines."""
        if not lines:
            return
        rows = ({"line": each.line, "reason": each.reason, "text": each.text} for each in lines)
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        try:
            file = self._open()
            file.append_lines(text.encode("utf-8", "replace"))
            self.size = file.size()
        except OSError as error:
            raise unwritable_file_error(self.path, error, _HINT, _WHAT) from None

    def _open(self) -> AppendOnlyFile:
        if self._file is None:
            # If somebody removed lines in the meantime, it continues after those that are left.
            self._file = (
                AppendOnlyFile.reopen(self.path, self.size)
                if self.path.exists()
                else AppendOnlyFile.create(self.path)
            )
        return self._file

    def __enter__(self) -> Self:
        try:
            if self.path.exists():
                self._open()  # removes what an earlier run wrote and did not record
        except OSError as error:
            raise unwritable_file_error(self.path, error, _HINT, _WHAT) from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            with suppress(OSError):  # everything was flushed, or an error was raised already
                self._file.close()
