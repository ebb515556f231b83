"""`cioform report`: reports of what several jobs have found."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from cioform.cli.command_list.lazy_commands import command_group
from cioform.cli.command_list.option_groups import expand_option_groups
from cioform.cli.command_list.suggested_commands import options_to_repeat
from cioform.cli.fleet.output import FleetOutput
from cioform.cli.parameters import opening, options
from cioform.cli.parameters.planning_options import ChangeDisplayOptions
from cioform.cli.parameters.report_format import ReportOptions
from cioform.core.errors import ConfigError, UsageError
from cioform.core.exit_codes import worst_exit_code
from cioform.report.fleet.result import PLAN
from cioform.services.fleet.merging import (
    check_plan,
    expected_in,
    expected_of_project,
    merge_results,
)
from cioform.services.fleet.results import read_results
from cioform.storage.user_files import read_text

_FilesArgument: TypeAlias = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        help="Results of `plan` or `drift` as JSON, or folders with them.",
        show_default=False,
    ),
]
_ExpectOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--expect",
        metavar="FILE",
        help="Output of `cioform workspaces --json`, which lists the expected workspaces (default: "
        "every workspace of the project, at the commit that is checked out).",
        show_default=False,
    ),
]

app = command_group("Join the results of several jobs into one report.")


@app.callback()
def report() -> None:
    """Join the results of several jobs into one report."""


@app.command()
@expand_option_groups
def merge(
    files: _FilesArgument,
    expect: _ExpectOption = None,
    *,
    output_options: ReportOptions,
    display: ChangeDisplayOptions,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Join the plans or the drift of many workspaces into one report.

    The report covers every expected workspace. One without a result is listed as not looked at, and
    the exit code is 8. A result of another workspace, commit or pipeline run is refused.

    Examples:
        cioform report merge results
        cioform report merge results/*.json --expect workspaces.json --markdown
        cioform report merge plans --html report.html
    """
    chosen = output_options.chosen("report merge")
    root = _find_root(project)
    if expect is not None:
        expected = expected_in(read_text(expect), str(expect))
    elif root is not None:
        expected = expected_of_project(root, os.environ)
    else:
        raise UsageError.of(
            "Missing option",
            "Outside of a project, pass --expect with the output of `cioform workspaces --json`: "
            "otherwise it is not known whether a result is missing.",
        )
    found = merge_results(read_results(files), expected)
    judged = [check_plan(each, root, os.environ) for each in found]
    report = judged[0].report if judged else PLAN
    repeated = options_to_repeat(project)
    output = FleetOutput(report, chosen, output_options.html, display, repeated, not no_color)
    output.print_results(judged, expected.origin)
    return worst_exit_code(each.result.exit_code for each in judged)


def _find_root(project: Path | None) -> Path | None:
    try:
        return opening.find_project_root(project)
    except ConfigError:
        if project is not None:
            raise
        return None
