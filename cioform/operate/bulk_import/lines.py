"""Read the lines of a file with their offsets, one at a time, up to its size at the start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO, Final

from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError

MAX_LINE_BYTES: Final = 256 * 1024
"""The limit of a line. The largest item that Customer.io accepts is an eighth of it."""
BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line, or what is wrong with it."""

    number: int
    """From 1."""
    start: int
    end: int
    """Byte offsets; the next line begins at `end`."""
    raw: bytes
    """The bytes with the line break, truncated if the line is too long."""
    text: str = ""
    error: str = ""
    """Why it has no text."""
    count: int = 1
    """How many lines of the file it spans: a CSV cell can contain line breaks."""


class LineReader:
    """Reads lines from any offset of a file, up to its first `size` bytes."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._position = -1
        self.size = size
        self.unfinished = False
        """Whether the last line was skipped because it is incomplete."""

    def iter_from(self, offset: int, number: int) -> Iterator[FileLine]:
        """Yield the lines from `offset` on. `number` is the number of the first."""
        while not self.is_end(offset):
            line = self.line_at(offset, number)
            if line is None:
                self.unfinished = True
                return
            yield line
            offset, number = line.end, number + 1

    def is_end(self, offset: int) -> bool:
        """Return whether the file ends at an offset."""
        return offset >= self.size

    def is_last(self, line: FileLine) -> bool:
        """Return whether the file ends in the middle of a line."""
        return self.is_end(line.end) and not line.raw.endswith(b"\n")

    def line_at(self, offset: int, number: int) -> FileLine | None:
        """Return the line at `offset`, or None if it is the last and still being written.

        Raises UsageError if the file has become shorter.
        """
        raw = self._read_at(offset)
        if not raw:
            raise UsageError.of(
                "File became shorter",
                "Lines were removed while the file was being read. Run the same command again.",
            )
        end = offset + len(raw)
        if not raw.endswith(b"\n") and not self.is_end(end):
            return FileLine(
                number, offset, self._find_line_end(end), raw[:200], error="The line is too long."
            )
        if not raw.endswith(b"\n") and self._grew():
            return None
        return _decode_line(number, offset, end, raw)

    def _find_line_end(self, end: int) -> int:
        """Return the end of the line that continues at `end`."""
        while not self.is_end(end):
            piece = self._read_at(end)
            end += len(piece)
            if piece.endswith(b"\n") or not piece:
                break
        return end

    def _read_at(self, offset: int) -> bytes:
        """Return the line at an offset, or as much of it as the limit allows."""
        if offset != self._position:  # a seek discards the read buffer
            self._file.seek(offset)
        raw = self._file.readline(min(MAX_LINE_BYTES, self.size - offset))
        self._position = offset + len(raw)
        return raw

    def _grew(self) -> bool:
        return os.fstat(self._file.fileno()).st_size > self.size


def _decode_line(number: int, offset: int, end: int, raw: bytes) -> FileLine:
    content = raw.removeprefix(BOM) if offset == 0 else raw
    try:
        return FileLine(number, offset, end, raw, content.decode("utf-8"))
    except UnicodeDecodeError:
        return FileLine(number, offset, end, raw, error="The line is not UTF-8.")
