"""`cioform drift`: what was changed outside of Git."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from cioform.cli import options
from cioform.cli.exit_codes import INCOMPLETE, PENDING
from cioform.cli.output import stderr_styler, stdout_styler
from cioform.cli.planning_options import ChangeDisplayOptions, ConnectionOptions
from cioform.cli.streams import write_stdout
from cioform.cli.suggested_commands import complete_commands
from cioform.cli.terminal.progress import Progress
from cioform.plan.drift import DriftReport
from cioform.report.json_output import drift_json
from cioform.report.plan.drift import view_drift
from cioform.report.plan.text import render_drift


def drift(
    workspace: options.WorkspaceArgument,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit with 8 if fields cannot be read with the credentials.",
            show_default=False,
        ),
    ] = False,
    as_json: options.JsonOption = False,
    target: options.TargetOption = None,
    exclude: options.ExcludeOption = None,
    *,
    display: ChangeDisplayOptions,
    connection: ConnectionOptions,
    no_color: options.NoColorOption = False,
) -> int:
    """Show who changed what in the workspace since the last apply.

    Exits with 2 if there is drift, and with 8 if something could not be looked at: an object that
    the credentials cannot read, or a workspace to which nothing was applied.

    Examples:
        cioform drift acme
        cioform drift acme --json | jq '.drift[].editor.who'
    """
    progress = Progress(stderr_styler(not no_color))
    with connection.open(workspace, progress) as opened:
        report = opened.drift_report(options.build_scope(target, exclude))
    progress.end()
    if as_json:
        write_stdout(drift_json(workspace, report))
    else:
        view = view_drift(workspace, report, display.display)
        commands = complete_commands(view.next_commands, connection.to_repeat)
        view = replace(view, next_commands=commands)
        write_stdout(render_drift(view, stdout_styler(not no_color)))
    return _exit_code(report, strict)


def _exit_code(report: DriftReport, strict: bool) -> int:
    if report.is_blind or (strict and report.unreadable):
        return INCOMPLETE
    return PENDING if report.drift else 0
