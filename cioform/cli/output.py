"""The two streams: data on stdout, words for people on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from cioform.core.errors import CioformError
    from cioform.model.conversation import Request
    from cioform.report.styling import Styler


def write_stdout(text: str) -> None:
    """Write data, which is what a pipe gets."""
    _write(sys.stdout, text)


def write_stderr(text: str) -> None:
    """Write something for the person at hand."""
    _write(sys.stderr, text)


def stdout_styler(color: bool) -> Styler:
    """Give the ink for stdout; `colour` is False after `--no-color`."""
    return _styler_for(sys.stdout, color)


def stderr_styler(color: bool) -> Styler:
    """Give the ink for stderr."""
    return _styler_for(sys.stderr, color)


def report_error(error: CioformError, *, as_json: bool, color: bool) -> int:
    """Print an error where errors go and give its exit code."""
    from cioform.report.diagnostics import render_diagnostics
    from cioform.report.json_output import diagnostics_json

    if as_json:
        write_stderr(diagnostics_json(error.diagnostics, exit_code=error.exit_code))
    else:
        write_stderr(render_diagnostics(error.diagnostics, stderr_styler(color)))
    return error.exit_code


def print_request(request: Request, as_json: bool) -> int:
    """Print a request that is not sent."""
    from cioform.report.json_output import dumps

    head = "" if as_json else f"{request}\n"
    write_stdout(head + dumps(method=request.method, path=request.path, body=request.body))
    return 0


def format_table(rows: Sequence[tuple[str, ...]], gap: int = 2) -> str:
    """Give rows as columns, each as wide as its widest cell, with nothing in them that a terminal
    would obey: names come from the workspace."""
    from cioform.report.values import escape_unprintable

    shown = [[escape_unprintable(cell) for cell in row] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*shown, strict=True)]
    lines = (
        (" " * gap).join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in shown
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _styler_for(stream: TextIO, color: bool) -> Styler:
    from cioform.report.styling import Styler, should_use_colour

    return Styler(should_use_colour(os.environ, stream.isatty(), color))


def _write(stream: TextIO | None, text: str) -> None:
    """Write text. A reader that has left, as `head` does, takes nothing from what is done; where
    it cannot be written it is raised as Incomplete, since what it tells of is done."""
    if stream is None or stream.closed:
        return
    try:
        _write_with_fallback(stream, text)
        stream.flush()
    except BrokenPipeError:
        # Not even the flush at exit may meet the pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except OSError as error:
        from cioform.core.errors import IncompleteError

        stream.close()
        raise IncompleteError.of(
            "Output cannot be written",
            f"What the command did is done; only telling of it failed: {error.strerror}. Look at "
            "what is there before you run it again.",
        ) from None


def _write_with_fallback(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:  # a terminal that knows fewer letters than we do
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
