"""The two streams: data on stdout, words for people on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from cioform.core.errors import CioformError
    from cioform.model.conversation import Request
    from cioform.report.styling import Ink


def out(text: str) -> None:
    """Write data, which is what a pipe gets."""
    _write(sys.stdout, text)


def tell(text: str) -> None:
    """Write something for the person at hand."""
    _write(sys.stderr, text)


def out_ink(colour: bool) -> Ink:
    """Give the ink for stdout; `colour` is False after `--no-color`."""
    return _ink(sys.stdout, colour)


def tell_ink(colour: bool) -> Ink:
    """Give the ink for stderr."""
    return _ink(sys.stderr, colour)


def fail(error: CioformError, *, as_json: bool, colour: bool) -> int:
    """Print an error where errors go and give its exit code."""
    from cioform.report.diagnostics import render_diagnostics
    from cioform.report.json_output import diagnostics_json

    if as_json:
        tell(diagnostics_json(error.diagnostics, exit_code=error.exit_code))
    else:
        tell(render_diagnostics(error.diagnostics, tell_ink(colour)))
    return error.exit_code


def show_request(request: Request, as_json: bool) -> int:
    """Print a request that is not sent."""
    from cioform.report.json_output import dumps

    head = "" if as_json else f"{request}\n"
    out(head + dumps(method=request.method, path=request.path, body=request.body))
    return 0


def columns(rows: Sequence[tuple[str, ...]], gap: int = 2) -> str:
    """Give rows as columns, each as wide as its widest cell, with nothing in them that a terminal
    would obey: names come from the workspace."""
    from cioform.report.values import visible

    shown = [[visible(cell) for cell in row] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*shown, strict=True)]
    lines = (
        (" " * gap).join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in shown
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _ink(stream: TextIO, colour: bool) -> Ink:
    from cioform.report.styling import Ink, wants_colour

    return Ink(wants_colour(os.environ, stream.isatty(), colour))


def _write(stream: TextIO | None, text: str) -> None:
    """Write text. A reader that has left, as `head` does, takes nothing from what is done; where
    it cannot be written it is raised as Incomplete, since what it tells of is done."""
    if stream is None or stream.closed:
        return
    try:
        _encoded(stream, text)
        stream.flush()
    except BrokenPipeError:
        # Not even the flush at exit may meet the pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except OSError as error:
        from cioform.core.errors import Incomplete

        stream.close()
        raise Incomplete.of(
            "Output cannot be written",
            f"What the command did is done; only telling of it failed: {error.strerror}. Look at "
            "what is there before you run it again.",
        ) from None


def _encoded(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:  # a terminal that knows fewer letters than we do
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
