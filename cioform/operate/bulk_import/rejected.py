"""The lines of an import that were not taken, in a file with the reasons."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from cioform.core.errors import UsageError
from cioform.operate.bulk_import.lines import FileLine


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line and why it was not taken."""

    line: int
    reason: str
    text: str

    @classmethod
    def of(cls, line: FileLine, reason: str) -> RejectedLine:
        """Give it for a line as it stands in its file."""
        return cls(line.number, reason, (line.text or line.raw.decode("utf-8", "replace")).strip())


class RejectedFile:
    """NDJSON of `line`, `reason` and `text`. Made with the first line that it has to hold."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.size = size
        """What of it is kept; a cut import may have written more, which comes again."""
        self._file: BinaryIO | None = None

    def add(self, lines: list[RejectedLine]) -> None:
        """Put lines at its end."""
        if not lines:
            return
        said = ({"line": each.line, "reason": each.reason, "text": each.text} for each in lines)
        text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in said)
        try:
            file = self._open()
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            self.size = file.tell() if file.seekable() else 0
        except OSError as error:
            raise self._write_error(error) from None

    def _open(self) -> BinaryIO:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("r+b" if self.path.exists() else "w+b")
            if self.path.is_file():
                # Where somebody took lines away meanwhile, it goes on behind those that are left.
                self._file.truncate(min(self.size, self._file.seek(0, 2)))
                self._file.seek(0, 2)
        return self._file

    def _write_error(self, error: OSError) -> UsageError:
        return UsageError.of(
            "File cannot be written",
            f"{self.path}, where the rejected lines go, cannot be written: "
            f"{error.strerror or error}.",
        )

    def __enter__(self) -> Self:
        try:
            if self.path.exists():
                self._open()  # what an earlier run wrote and did not record goes
        except OSError as error:
            raise self._write_error(error) from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            with suppress(OSError):  # what it holds was flushed, or is told of already
                self._file.close()
