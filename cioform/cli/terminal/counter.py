"""Progress lines of bulk operations, on stderr."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Self

from cioform.cli.terminal.status import StatusLine
from cioform.operate.bulk_import.options import ImportProgress


class _ProgressLine:
    """A status line that is removed at the end of its block."""

    def __init__(self, line: StatusLine | None = None) -> None:
        self._line = line or StatusLine()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.end()


class ImportProgressLine(_ProgressLine):
    """A listener of an import: how far it is and when it will end."""

    def __init__(
        self, line: StatusLine | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(line)
        self._clock = clock
        self._first_batch: tuple[float, int] | None = None

    def __call__(self, progress: ImportProgress) -> None:
        """Show the position after a batch."""
        text = f"importing: line {progress.line:,}"
        if progress.size:
            text += f", {100 * progress.offset // progress.size} %"
        if progress.rejected:
            text += f", {progress.rejected:,} rejected"
        self._line.show(text, self._seconds_left(progress))

    def _seconds_left(self, progress: ImportProgress) -> float:
        """Return the seconds left at the speed since the first batch."""
        now = self._clock()
        if self._first_batch is None:
            self._first_batch = now, progress.offset
        started_at, offset = self._first_batch
        done = progress.offset - offset
        left = max(0, progress.size - progress.offset)
        return (now - started_at) / done * left if done else 0.0


class ImportCounter(_ProgressLine):
    """A counter of IDs sent so far; the total is not known in advance."""

    def __init__(self, verb: str, line: StatusLine | None = None) -> None:
        super().__init__(line)
        self._verb = verb

    def __call__(self, number: int) -> None:
        """Show the number after a call."""
        self._line.show(f"{number:,} {self._verb}")
