"""The progress of a run: a line for each change, and the time left if it takes a while."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from cioform.cli.streams import write_stderr
from cioform.cli.terminal.status import MIN_PROGRESS_SECONDS, StatusLine
from cioform.plan.change import Action, Change
from cioform.report.plan.outcome import STATUS_SIGNS, result_text
from cioform.report.plan.parts.items import ACTION_SIGNS, ACTION_TONES
from cioform.report.styling import PLAIN, Styler, Tone
from cioform.run.events import (
    ChangeResult,
    ChangeStarted,
    LockTakenOver,
    ReadProgress,
    RunEvent,
    RunWarning,
)


def warning_text(event: RunWarning, style: Styler) -> str:
    """Return the line about a notification that did not arrive, or an unconfirmed workspace."""
    return f"{style('warning:', Tone.WARNING)} {event.workspace}: {event.problem}"


def print_warnings(event: RunEvent) -> None:
    """Report on stderr what must not be lost where progress is of no interest, as in a CI job."""
    if isinstance(event, RunWarning):
        write_stderr(warning_text(event, PLAIN) + "\n")


class Progress:
    """A listener that reports on stderr. Call `end` before you print anything else."""

    def __init__(
        self,
        style: Styler,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._style = style
        self._line = StatusLine(stream, style)
        self._clock = clock
        self._first_reading: tuple[float, int] | None = None
        self._started_at: float | None = None
        self._number, self._total = 0, 0

    def __call__(self, event: RunEvent) -> None:
        """Report an event of a run."""
        if isinstance(event, ReadProgress):
            self._on_reading(event)
        elif isinstance(event, ChangeStarted):
            self._on_started(event)
        elif isinstance(event, ChangeResult):
            self._on_result(event)
        elif isinstance(event, RunWarning):
            self._line.print_line(warning_text(event, self._style))
        elif isinstance(event, LockTakenOver):
            self._line.print_line(
                f"Took over the lock of run {event.run}, whose job has ended: {event.url}"
            )

    def end(self) -> None:
        """Remove the status line."""
        self._line.end()

    @contextmanager
    def ended(self) -> Iterator[None]:
        """Take the line away after the block, however that ends."""
        try:
            yield
        finally:
            self.end()

    def _on_reading(self, event: ReadProgress) -> None:
        if event.expected is None:
            return
        now = self._clock()
        if self._first_reading is None:
            self._first_reading = now, event.done
        started_at, done_at_first = self._first_reading
        # At the speed so far: the configured rate can differ from what the remote allows.
        seconds_each = (now - started_at) / max(event.done - done_at_first, 1)
        left = seconds_each * max(event.expected - event.done, 0)
        if now - started_at + left >= MIN_PROGRESS_SECONDS:
            self._line.show(f"reading: {event.done:,} of {event.expected:,} requests", left)
        if event.done >= event.expected:
            self.end()

    def _on_started(self, event: ChangeStarted) -> None:
        now = self._clock()
        if self._started_at is None:
            self._started_at = now
        self._number, self._total = event.number, event.total
        if event.change.action is Action.NOOP:
            return
        finished = event.number - 1
        elapsed = now - self._started_at
        left = elapsed / finished * (event.total - finished) if finished else 0.0
        self._line.show(f"{self._position()} {_change_label(event.change, self._style)}", left)

    def _on_result(self, event: ChangeResult) -> None:
        if event.action is Action.NOOP:
            self.end()
            return
        sign, tone = STATUS_SIGNS[event.status]
        result = self._style(f"{sign} {result_text(event)}", tone)
        change = self._style(ACTION_SIGNS[event.action], ACTION_TONES[event.action])
        self._line.print_line(f"{self._position()} {change} {event.address}  {result}")

    def _position(self) -> str:
        width = len(str(self._total))
        return self._style(f"[{self._number:>{width}}/{self._total}]", Tone.DIM)


def _change_label(change: Change, style: Styler) -> str:
    return f"{style(ACTION_SIGNS[change.action], ACTION_TONES[change.action])} {change.address}"
