"""How far a run is: a line for every change, and when it will end where that takes a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from cioform.cli.terminal.status import WORTH_TELLING, StatusLine
from cioform.plan.change import Action, Change
from cioform.report.plan.outcome import STATUS_SIGNS, result_text
from cioform.report.plan.view import SIGNS, TONES
from cioform.report.styling import Ink, Tone
from cioform.run.events import Event, Reading, Result, Started


class Progress:
    """A listener that tells a person on stderr. Call `end` before anything else is printed."""

    def __init__(
        self,
        ink: Ink,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ink = ink
        self._line = StatusLine(stream, ink)
        self._clock = clock
        self._first: tuple[float, int] | None = None
        self._begun: float | None = None
        self._number, self._total = 0, 0

    def __call__(self, event: Event) -> None:
        """Take notice of what a run tells."""
        if isinstance(event, Reading):
            self._reading(event)
        elif isinstance(event, Started):
            self._started(event)
        elif isinstance(event, Result):
            self._result(event)

    def end(self) -> None:
        """Take away the line that says how far it is."""
        self._line.end()

    def _reading(self, event: Reading) -> None:
        if event.expected is None:
            return
        now = self._clock()
        if self._first is None:
            self._first = now, event.done
        begun, before = self._first
        # As fast as it has been so far: the settings may allow more or less than the remote does.
        left = (now - begun) / max(event.done - before, 1) * max(event.expected - event.done, 0)
        if now - begun + left >= WORTH_TELLING:
            self._line.show(f"reading: {event.done:,} of {event.expected:,} requests", left)
        if event.done >= event.expected:
            self.end()

    def _started(self, event: Started) -> None:
        now = self._clock()
        if self._begun is None:
            self._begun = now
        self._number, self._total = event.number, event.total
        if event.change.action is Action.NOOP:
            return
        before = event.number - 1
        left = (now - self._begun) / before * (event.total - before) if before else 0.0
        self._line.show(f"{self._count()} {_name(event.change, self._ink)}", left)

    def _result(self, event: Result) -> None:
        if event.action is Action.NOOP:
            self.end()
            return
        sign, tone = STATUS_SIGNS[event.status]
        done = self._ink(f"{sign} {result_text(event)}", tone)
        change = self._ink(SIGNS[event.action], TONES[event.action])
        self._line.keep(f"{self._count()} {change} {event.address}  {done}")

    def _count(self) -> str:
        width = len(str(self._total))
        return self._ink(f"[{self._number:>{width}}/{self._total}]", Tone.QUIET)


def _name(change: Change, ink: Ink) -> str:
    return f"{ink(SIGNS[change.action], TONES[change.action])} {change.address}"
