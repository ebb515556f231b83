"""Lines of a file, with where they stand: read to the size the file had, never more at once than
one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from cioform.core.errors import UsageError

MAX_LINE_BYTES: Final = 256 * 1024
"""Bytes of a line that is looked at; one item of Customer.io is eight times smaller."""
BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line, or what is wrong with it."""

    number: int
    """From 1."""
    start: int
    end: int
    """Byte offsets; `end` is where the next begins."""
    raw: bytes
    """As it stands there, its line break included; cut short where it is too long."""
    text: str = ""
    error: str = ""
    """Why it has no text."""
    count: int = 1
    """How many lines of the file it takes: a cell of CSV may hold line breaks."""


class LineReader:
    """Reads lines from anywhere in a file that is `size` bytes long as far as we care."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._position = -1
        self.size = size
        self.unfinished = False
        """Whether the last line was left, because somebody was still writing it."""

    def iter_from(self, offset: int, number: int) -> Iterator[FileLine]:
        """Give the lines from `offset` on, the first of them called `number`."""
        while offset < self.size:
            line = self.line_at(offset, number)
            if line is None:
                self.unfinished = True
                return
            yield line
            offset, number = line.end, number + 1

    def is_last(self, line: FileLine) -> bool:
        """Tell whether the file ends in the middle of a line."""
        return line.end >= self.size and not line.raw.endswith(b"\n")

    def line_at(self, offset: int, number: int) -> FileLine | None:
        """Give the line at `offset`; None for a last one that is still being written. Raises
        UsageWrong where the file has become shorter than it was."""
        if offset != self._position:  # a seek throws away what was read ahead
            self._file.seek(offset)
        raw = self._file.readline(min(MAX_LINE_BYTES, self.size - offset))
        if not raw:
            raise UsageError.of(
                "File became shorter",
                "Somebody took lines away while the file was read.",
            )
        self._position = end = offset + len(raw)
        if not raw.endswith(b"\n") and end < self.size:
            return FileLine(
                number, offset, self._find_line_end(end), raw[:200], error="The line is too long."
            )
        if not raw.endswith(b"\n") and self._grew():
            return None
        return _decode_line(number, offset, end, raw)

    def _find_line_end(self, end: int) -> int:
        """Give where the line that goes on at `end` ends."""
        while end < self.size:
            piece = self._file.readline(min(MAX_LINE_BYTES, self.size - end))
            self._position = end = end + len(piece)
            if piece.endswith(b"\n") or not piece:
                break
        return end

    def _grew(self) -> bool:
        return os.fstat(self._file.fileno()).st_size > self.size


def _decode_line(number: int, offset: int, end: int, raw: bytes) -> FileLine:
    content = raw.removeprefix(BOM) if offset == 0 else raw
    try:
        return FileLine(number, offset, end, raw, content.decode("utf-8"))
    except UnicodeDecodeError:
        return FileLine(number, offset, end, raw, error="The line is not UTF-8.")
