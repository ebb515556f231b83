"""How far a run is: a line for every change, and when it will end where that takes a while."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

from cioform.plan.change import Action, Change
from cioform.report.ink import Ink, Tone
from cioform.report.outcome import STATUS_SIGNS, result_text
from cioform.report.view import SIGNS, TONES, duration_text
from cioform.run.events import Event, Reading, Result, Started

WORTH_TELLING = 2.0
"""Seconds; what takes less needs no line that says how far it is."""
_ERASE = "\r\x1b[K"


class Progress:
    """A listener that tells a person on stderr. Call `end` before anything else is printed."""

    def __init__(
        self,
        ink: Ink,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        rate: float = 10,
    ) -> None:
        self._ink = ink
        self._stream = stream or sys.stderr
        self._clock = clock
        self._rate = rate
        self._begun: float | None = None
        self._number, self._total = 0, 0
        self._shown = False

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
        if self._shown:
            self._write(_ERASE)
            self._shown = False

    def _reading(self, event: Reading) -> None:
        if event.expected is None or event.expected / self._rate < WORTH_TELLING:
            return
        left = max(event.expected - event.done, 0) / self._rate
        self._line(f"reading: {event.done:,} of {event.expected:,} requests", left)
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
        self._line(f"{self._count()} {_name(event.change, self._ink)}", left)

    def _result(self, event: Result) -> None:
        self.end()
        if event.action is Action.NOOP:
            return
        sign, tone = STATUS_SIGNS[event.status]
        done = self._ink(f"{sign} {result_text(event)}", tone)
        change = self._ink(SIGNS[event.action], TONES[event.action])
        self._write(f"{self._count()} {change} {event.address}  {done}\n")

    def _count(self) -> str:
        width = len(str(self._total))
        return self._ink(f"[{self._number:>{width}}/{self._total}]", Tone.QUIET)

    def _line(self, text: str, left: float) -> None:
        if not self._stream.isatty():
            return
        ending = f", about {duration_text(left)} left" if left >= WORTH_TELLING else ""
        self._write(f"{_ERASE}{text}{self._ink(ending, Tone.QUIET)}")
        self._shown = True

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _name(change: Change, ink: Ink) -> str:
    return f"{ink(SIGNS[change.action], TONES[change.action])} {change.address}"
