"""Read a pipe as a file of which only the end is kept."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Final

from cioform.core.errors import UsageError
from cioform.operate.bulk_import.lines import MAX_LINE_BYTES, FileLine, LineReader

STDIN: Final = Path("-")
_CHUNK: Final = 64 * 1024
_KEPT: Final = 4 * MAX_LINE_BYTES
"""How many bytes can be read again: more than the longest record and the line after it."""


def is_pipe(path: Path) -> bool:
    """Return whether a path is standard input, or something that can be read only once."""
    if path == STDIN:
        return True
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stat.S_ISCHR(mode)


@contextmanager
def open_pipe(path: Path) -> Iterator[PipeLineReader]:
    """Open a pipe to read its lines."""
    if path == STDIN:
        with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as file:
            yield PipeLineReader(file)
        return
    try:
        file = path.open("rb", buffering=0)
    except OSError as error:
        raise UsageError.unreadable_file(path, error) from None
    with file:
        yield PipeLineReader(file)


class PipeLineReader(LineReader):
    """Reads the lines of a pipe. Those that were read last can be read again."""

    def __init__(self, pipe: FileIO) -> None:
        super().__init__(pipe, 0)
        self._pipe = pipe
        self._kept = bytearray()
        self._start = 0
        """The offset of the first byte that is kept."""
        self._has_ended = False

    def is_end(self, offset: int) -> bool:
        """Return whether the pipe ends at an offset. It waits until that is known."""
        while self._end <= offset and not self._has_ended:
            self._fill()
        return self._end <= offset

    def is_last(self, line: FileLine) -> bool:  # noqa: ARG002 -- no line is
        """Return False: nothing will complete the last line of a pipe, so it is read as it is."""
        return False

    @property
    def _end(self) -> int:
        return self._start + len(self._kept)

    def _read_at(self, offset: int) -> bytes:
        at, searched = offset - self._start, offset - self._start
        while True:
            found = self._kept.find(b"\n", searched, at + MAX_LINE_BYTES)
            end = found + 1 or min(len(self._kept), at + MAX_LINE_BYTES)
            if found >= 0 or self._has_ended or end == at + MAX_LINE_BYTES:
                break
            searched = len(self._kept)
            self._fill()
        raw = bytes(self._kept[at:end])
        self._forget(offset + len(raw) - _KEPT)
        return raw

    def _grew(self) -> bool:
        return False

    def _fill(self) -> None:
        chunk = self._pipe.read(_CHUNK)
        self._has_ended = not chunk
        self._kept += chunk

    def _forget(self, before: int) -> None:
        if before - self._start > _KEPT:
            del self._kept[: before - self._start]
            self._start = before
