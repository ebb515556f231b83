"""How far a run is: a line for every change, and when it will end where that takes a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from cioform.cli.terminal.status import MIN_PROGRESS_SECONDS, StatusLine
from cioform.plan.change import Action, Change
from cioform.report.plan.outcome import STATUS_SIGNS, result_text
from cioform.report.plan.view import ACTION_SIGNS, ACTION_TONES
from cioform.report.styling import Styler, Tone
from cioform.run.events import ChangeResult, ChangeStarted, ReadProgress, RunEvent


class Progress:
    """A listener that tells a person on stderr. Call `end` before anything else is printed."""

    def __init__(
        self,
        ink: Styler,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ink = ink
        self._line = StatusLine(stream, ink)
        self._clock = clock
        self._first_reading: tuple[float, int] | None = None
        self._started_at: float | None = None
        self._number, self._total = 0, 0

    def __call__(self, event: RunEvent) -> None:
        """Take notice of what a run tells."""
        if isinstance(event, ReadProgress):
            self._on_reading(event)
        elif isinstance(event, ChangeStarted):
            self._on_started(event)
        elif isinstance(event, ChangeResult):
            self._on_result(event)

    def end(self) -> None:
        """Take away the line that says how far it is."""
        self._line.end()

    def _on_reading(self, event: ReadProgress) -> None:
        if event.expected is None:
            return
        now = self._clock()
        if self._first_reading is None:
            self._first_reading = now, event.done
        begun, before = self._first_reading
        # As fast as it has been so far: the settings may allow more or less than the remote does.
        left = (now - begun) / max(event.done - before, 1) * max(event.expected - event.done, 0)
        if now - begun + left >= MIN_PROGRESS_SECONDS:
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
        before = event.number - 1
        left = (now - self._started_at) / before * (event.total - before) if before else 0.0
        self._line.show(f"{self._position()} {_change_label(event.change, self._ink)}", left)

    def _on_result(self, event: ChangeResult) -> None:
        if event.action is Action.NOOP:
            self.end()
            return
        sign, tone = STATUS_SIGNS[event.status]
        done = self._ink(f"{sign} {result_text(event)}", tone)
        change = self._ink(ACTION_SIGNS[event.action], ACTION_TONES[event.action])
        self._line.print_line(f"{self._position()} {change} {event.address}  {done}")

    def _position(self) -> str:
        width = len(str(self._total))
        return self._ink(f"[{self._number:>{width}}/{self._total}]", Tone.DIM)


def _change_label(change: Change, ink: Styler) -> str:
    return f"{ink(ACTION_SIGNS[change.action], ACTION_TONES[change.action])} {change.address}"
