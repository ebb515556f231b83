"""`cioform history`: what was applied, when, and by whom."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from cioform.cli.output import format_table, print_output
from cioform.cli.parameters import opening, options
from cioform.cli.streams import write_stdout
from cioform.report.history import change_rows, history_rows, run_lines
from cioform.report.json_output import dumps
from cioform.state.runs import RunSummary

_RunArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(metavar="RUN", help="ID of one run, to see its changes.", show_default=False),
]


def history(
    workspace: options.WorkspaceArgument,
    run_id: _RunArgument = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List the runs: who applied what, when, and from where.

    With a RUN, list its changes. The JSON output has each object before and after the change.

    Examples:
        cioform history acme
        cioform history acme 20260304T050607Z-1a2b3c --json
    """
    with opening.open_workspace(project, workspace) as opened:
        runs = opened.state.history()
        if run_id is not None:
            changes = opened.state.changes(run_id)
    if run_id is None:
        text = format_table(history_rows(runs)) if runs else f"{workspace} has no runs yet.\n"
        print_output(text, as_json, workspace=workspace, runs=[_fields(run) for run in runs])
        return 0
    summary = next(run for run in runs if run.run.id == run_id)
    if as_json:
        write_stdout(dumps(workspace=workspace, run=_fields(summary), changes=changes))
        return 0
    write_stdout("".join(f"{line}\n" for line in run_lines(summary)))
    if changes is None:
        write_stdout("\nIts journal was pruned.\n")
    elif changes:
        write_stdout(f"\n{format_table(change_rows(changes, runs))}")
    return 0


def _fields(summary: RunSummary) -> dict[str, object]:
    rest = summary.model_dump(exclude={"run", "format"})
    return {**summary.run.model_dump(), **rest}
