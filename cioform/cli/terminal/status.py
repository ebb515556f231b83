"""The status line on stderr, which is rewritten as a command proceeds."""

from __future__ import annotations

import sys
from typing import TextIO

from cioform.cli.streams import is_terminal, write_to
from cioform.core.text.quantities import duration_text
from cioform.report.styling import PLAIN, Styler, Tone

MIN_PROGRESS_SECONDS = 2.0
"""Work that takes less time needs no status line."""
_ERASE_LINE = "\r\x1b[K"


class StatusLine:
    """Shows one line at a time on a terminal, and none anywhere else."""

    def __init__(self, stream: TextIO | None = None, style: Styler = PLAIN) -> None:
        self._stream = stream or sys.stderr
        self._style = style
        self._is_shown = False

    def show(self, text: str, seconds_left: float = 0.0) -> None:
        """Replace the line, with the time left unless that is very short."""
        if not is_terminal(self._stream):
            return
        ending = (
            f", about {duration_text(seconds_left)} left"
            if seconds_left >= MIN_PROGRESS_SECONDS
            else ""
        )
        self._write(f"{_ERASE_LINE}{text}{self._style(ending, Tone.DIM)}")
        self._is_shown = True

    def print_line(self, text: str) -> None:
        """Write a line that stays, also into a log."""
        self.end()
        self._write(f"{text}\n")

    def end(self) -> None:
        """Remove the line."""
        if self._is_shown:
            self._write(_ERASE_LINE)
            self._is_shown = False

    def _write(self, text: str) -> None:
        write_to(self._stream, text)
