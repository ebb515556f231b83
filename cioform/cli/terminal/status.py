"""The one line on stderr that says how far a command is, rewritten as it goes on."""

from __future__ import annotations

import sys
from typing import TextIO

from cioform.report.plan.view import duration_text
from cioform.report.styling import PLAIN, Ink, Tone

WORTH_TELLING = 2.0
"""Seconds; what takes less needs no line that says how far it is."""
_ERASE = "\r\x1b[K"


class StatusLine:
    """Shows one line at a time; where nobody looks it shows none."""

    def __init__(self, stream: TextIO | None = None, ink: Ink = PLAIN) -> None:
        self._stream = stream or sys.stderr
        self._ink = ink
        self._shown = False

    def show(self, text: str, left: float = 0.0) -> None:
        """Put a line in the place of the one before, with when it will end: in `left` seconds."""
        if not self._stream.isatty():
            return
        ending = f", about {duration_text(left)} left" if left >= WORTH_TELLING else ""
        self._write(f"{_ERASE}{text}{self._ink(ending, Tone.QUIET)}")
        self._shown = True

    def keep(self, text: str) -> None:
        """Write a line that stays, to a log too."""
        self.end()
        self._write(f"{text}\n")

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            self._write(_ERASE)
            self._shown = False

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
