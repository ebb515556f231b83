"""The one line on stderr that says how far a command is, rewritten as it goes on."""

from __future__ import annotations

import sys
from typing import TextIO

from cioform.report.plan.view import duration_text
from cioform.report.styling import PLAIN, Styler, Tone

MIN_PROGRESS_SECONDS = 2.0
"""Seconds; what takes less needs no line that says how far it is."""
_ERASE_LINE = "\r\x1b[K"


class StatusLine:
    """Shows one line at a time; where nobody looks it shows none."""

    def __init__(self, stream: TextIO | None = None, ink: Styler = PLAIN) -> None:
        self._stream = stream or sys.stderr
        self._ink = ink
        self._shown = False

    def show(self, text: str, seconds_left: float = 0.0) -> None:
        """Put a line in the place of the one before, with when it will end: in `left` seconds."""
        if not self._stream.isatty():
            return
        ending = (
            f", about {duration_text(seconds_left)} left"
            if seconds_left >= MIN_PROGRESS_SECONDS
            else ""
        )
        self._write(f"{_ERASE_LINE}{text}{self._ink(ending, Tone.DIM)}")
        self._shown = True

    def print_line(self, text: str) -> None:
        """Write a line that stays, to a log too."""
        self.end()
        self._write(f"{text}\n")

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            self._write(_ERASE_LINE)
            self._shown = False

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
