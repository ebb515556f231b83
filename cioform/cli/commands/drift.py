"""`cioform drift`: what was changed outside of Git."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cioform.cli.command_list.suggested_commands import complete_commands
from cioform.cli.fleet.options import FleetOptions
from cioform.cli.output import stderr_styler, stdout_styler
from cioform.cli.parameters import opening, options
from cioform.cli.parameters.planning_options import ChangeDisplayOptions, ConnectionOptions
from cioform.cli.parameters.report_format import JSON, MARKDOWN, TEXT, ReportOptions, write_page
from cioform.cli.streams import write_stdout
from cioform.cli.terminal.progress import Progress
from cioform.core.exit_codes import PENDING
from cioform.core.lazy_modules import lazy_module
from cioform.report.annotations.formats import FORMATS
from cioform.report.json_output import drift_json
from cioform.report.plan.annotate import drift_annotations, locator
from cioform.report.plan.comments.markdown import render_markdown
from cioform.report.plan.drift import DifferencesView, view_drift
from cioform.report.plan.exit_code import drift_exit_code
from cioform.report.plan.parts.fields import DisplayOptions
from cioform.report.plan.report import drift_report
from cioform.report.plan.text import render_differences
from cioform.services.fleet.origin import origin_of

if TYPE_CHECKING:
    from cioform.cli.fleet import runs
else:
    # One workspace need not wait for what many need.
    runs = lazy_module("cioform.cli.fleet.runs")


_StrictOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Exit with 8 if fields cannot be compared.",
        show_default=False,
    ),
]
_ExitZeroOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--exit-zero", help="Exit with 0 instead of 2 if there is drift.", show_default=False
    ),
]


def drift(
    workspace: options.WorkspaceOrAllArgument = None,
    strict: _StrictOption = False,
    exit_zero: _ExitZeroOption = False,
    target: options.TargetOption = None,
    exclude: options.ExcludeOption = None,
    *,
    fleet: FleetOptions,
    output_options: ReportOptions,
    display: ChangeDisplayOptions,
    connection: ConnectionOptions,
    no_color: options.NoColorOption = False,
) -> int:
    """Show who changed what in the workspace since the last apply.

    The command exits with 2 if there is drift, and with 8 if something could not be compared: an
    object that the credentials cannot read, or a workspace to which nothing was applied.

    Examples:
        cioform drift acme
        cioform drift acme --json | jq '.drift[].editor.who'
        cioform drift acme --html drift.html
        cioform drift --all --reports drift --shard 3/8
    """
    fleet.check(workspace, "drift")
    scope = options.build_scope(target, exclude)
    if workspace is None:
        task = runs.DriftTask(scope, strict)
        all_of_them = runs.FleetRun(task, fleet, output_options, display, connection, not no_color)
        return _exit_code(all_of_them.run(), exit_zero)
    chosen = output_options.chosen("drift")
    progress = Progress(stderr_styler(not no_color))
    with connection.open(workspace, progress) as opened:
        report = opened.drift_report(scope)
        locate = locator(opened.configuration.desired.resources, opened.kinds)
        workspace_id = opened.workspace_id
    progress.end()

    def view(shown: DisplayOptions) -> DifferencesView:
        found = view_drift(workspace, report, shown)
        commands = complete_commands(found.next_commands, connection.to_repeat)
        return replace(found, next_commands=commands)

    if output_options.html is not None:
        page = drift_report(view(display.page_display))
        write_page(output_options.html, page, stderr_styler(not no_color))
    if chosen == TEXT:
        write_stdout(render_differences(view(display.display), stdout_styler(not no_color)))
    elif chosen == JSON:
        origin = origin_of(opening.find_project_root(connection.project), os.environ)
        write_stdout(drift_json(workspace, report, workspace_id=workspace_id, **asdict(origin)))
    elif chosen == MARKDOWN:
        write_stdout(render_markdown(drift_report(view(display.display))))
    else:
        write_stdout(FORMATS[chosen](drift_annotations(workspace, report, locate), "cioform drift"))
    return _exit_code(drift_exit_code(report, strict), exit_zero)


def _exit_code(code: int, exit_zero: bool) -> int:
    return 0 if exit_zero and code == PENDING else code
