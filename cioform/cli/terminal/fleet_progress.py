"""The progress of a command in many workspaces: a line for each, and the time left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from cioform.cli.terminal.progress import warning_text
from cioform.cli.terminal.status import MIN_PROGRESS_SECONDS, StatusLine
from cioform.core.dataclasses import dataclass
from cioform.report.fleet.result import WorkspaceResult
from cioform.report.styling import Styler, Tone
from cioform.run.events import Listener, ReadProgress, RunEvent, RunWarning

_PAUSE: Final = 0.2
"""Seconds between two updates of the line."""


@dataclass(slots=True)
class _Reading:
    """How far the reads of one workspace are."""

    started_at: float
    done_at_first: int
    done: int = 0
    expected: int = 0

    def seconds_left(self, now: float) -> float:
        each = (now - self.started_at) / max(self.done - self.done_at_first, 1)
        return each * max(self.expected - self.done, 0)


class FleetProgress:
    """Reports on stderr how far a command is. Safe between threads."""

    def __init__(
        self,
        total: int,
        limit: int,
        style: Styler,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total, self._limit, self._style = total, limit, style
        self._line = StatusLine(stream, style)
        self._clock = clock
        self._lock = threading.Lock()
        self._started_at = clock()
        self._shown_at = 0.0
        self._open: dict[str, _Reading] = {}
        self._done = 0

    def listener_of(self, workspace: str) -> Listener:
        """Return the listener of one workspace."""

        def listener(event: RunEvent) -> None:
            if isinstance(event, ReadProgress) and event.expected is not None:
                with self._lock:
                    self._on_reading(workspace, event.done, event.expected)
            elif isinstance(event, RunWarning):
                with self._lock:
                    self._line.print_line(warning_text(event, self._style))

        return listener

    def finish(self, result: WorkspaceResult) -> None:
        """Print how a workspace ended."""
        with self._lock:
            self._done += 1
            self._open.pop(result.workspace, None)
            width = len(str(self._total))
            position = self._style(f"[{self._done:>{width}}/{self._total}]", Tone.DIM)
            tone = Tone.PLAIN if result.was_looked_at else Tone.ERROR
            self._line.print_line(
                f"{position} {result.workspace}  {self._style(result.text, tone)}"
            )

    @contextmanager
    def ended(self) -> Iterator[None]:
        """Remove the status line after the block, however that ends."""
        try:
            yield
        finally:
            self._line.end()

    def _on_reading(self, workspace: str, done: int, expected: int) -> None:
        now = self._clock()
        reading = self._open.setdefault(workspace, _Reading(now, done))
        reading.done, reading.expected = done, expected
        if now - self._shown_at < _PAUSE or now - self._started_at < MIN_PROGRESS_SECONDS:
            return
        self._shown_at = now
        done = sum(each.done for each in self._open.values())
        expected = sum(each.expected for each in self._open.values())
        text = (
            f"reading: {self._done:,} of {self._total:,} workspaces, "
            f"{done:,} of {expected:,} requests of those at work"
        )
        self._line.show(text, self._seconds_left(now))

    def _seconds_left(self, now: float) -> float:
        """Return the time until the slowest one ends, and until those that wait have had a turn."""
        slowest = max(each.seconds_left(now) for each in self._open.values())
        waiting = max(self._total - self._done - len(self._open), 0)
        one = max(now - each.started_at + each.seconds_left(now) for each in self._open.values())
        return slowest + one * -(-waiting // self._limit)
