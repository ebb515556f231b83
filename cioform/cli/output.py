"""The output of commands: results, tables, requests and errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TextIO

from cioform.cli.command_list.suggested_commands import (
    complete_text,
    find_options_to_repeat,
    repeat_arguments,
)
from cioform.cli.streams import is_terminal, write_stderr, write_stdout
from cioform.core.errors import CioformError
from cioform.model.remote_access.conversation import Request
from cioform.report.diagnostics import render_diagnostics
from cioform.report.json_output import diagnostics_json, dumps
from cioform.report.styling import Styler, should_use_color
from cioform.report.values import escape_unprintable


def stdout_styler(color: bool) -> Styler:
    """Return the styler for stdout; `color` is False after `--no-color`."""
    return _styler_for(sys.stdout, color)


def stderr_styler(color: bool) -> Styler:
    """Return the styler for stderr; `color` is False after `--no-color`."""
    return _styler_for(sys.stderr, color)


def print_output(text: str, as_json: bool, **content: object) -> None:
    """Print what a command found out: `text` for people, or `content` as JSON."""
    write_stdout(dumps(**content) if as_json else text)


def report_error(error: CioformError, arguments: Sequence[str]) -> int:
    """Print an error of the command line `arguments` on stderr and return its exit code.

    The commands that it suggests take over the options of the command line.
    """
    color = "--no-color" not in arguments
    given = find_options_to_repeat(arguments)
    diagnostics = [
        replace(item, detail=complete_text(repeat_arguments(item.detail, arguments), given))
        for item in error.diagnostics
    ]
    if "--json" in arguments:
        write_stderr(diagnostics_json(diagnostics, exit_code=error.exit_code))
    else:
        write_stderr(render_diagnostics(diagnostics, stderr_styler(color)))
    return error.exit_code


def print_request(request: Request, as_json: bool) -> int:
    """Print a request that a dry run does not send, and return the exit code."""
    head = "" if as_json else f"{request}\n"
    write_stdout(head + dumps(method=request.method, path=request.path, body=request.body))
    return 0


def format_table(rows: Sequence[tuple[str, ...]], gap: int = 2) -> str:
    """Return rows as aligned columns.

    Control characters are escaped: names come from the workspace, and a terminal would obey them.
    """
    shown = [[escape_unprintable(cell) for cell in row] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*shown, strict=True)]
    lines = (
        (" " * gap).join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in shown
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _styler_for(stream: TextIO | None, color: bool) -> Styler:
    return Styler(should_use_color(os.environ, is_terminal(stream), color))
