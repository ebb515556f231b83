"""`cioform workspaces`: list the workspaces of the project."""

from __future__ import annotations

import os
from typing import Annotated, TypeAlias

import typer

from cioform.cli.output import format_table, print_output, stderr_styler
from cioform.cli.parameters import opening, options
from cioform.cli.streams import write_stderr
from cioform.config.workspace_summary import WorkspaceSummary
from cioform.core.diagnostic import Diagnostic, Severity
from cioform.report.diagnostics import render_diagnostics
from cioform.services.fleet.affected import affected_workspaces
from cioform.services.fleet.origin import origin_of
from cioform.services.fleet.selection import list_workspaces

_PatternsArgument: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATTERN",
        help="Names with wildcards, or tags such as 'tag:eu' (default: all workspaces).",
        show_default=False,
    ),
]
_ChangedSinceOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--changed-since",
        metavar="REV",
        help="Only workspaces that changes to the files since this Git revision can affect.",
        show_default=False,
    ),
]


def workspaces(
    patterns: _PatternsArgument = None,
    changed_since: _ChangedSinceOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """List the workspaces of the project.

    With --changed-since, a workspace is listed if its own files, files that it shares with others,
    its settings or the policies have changed. It is also listed if its files cannot be loaded,
    because the files that it reads are then unknown.

    Examples:
        cioform workspaces
        cioform workspaces 'eu_*' tag:vip
        cioform workspaces --changed-since origin/main --json | jq -c '[.workspaces[].name]'
    """
    root = opening.find_project_root(project)
    found = list_workspaces(root, patterns or (), os.environ)
    removed: tuple[str, ...] = ()
    if changed_since is not None:
        affected = affected_workspaces(root, found, changed_since, os.environ)
        found, removed = list(affected.workspaces), affected.removed
    origin = origin_of(root, os.environ)
    print_output(
        _table(found), as_json, commit=origin.commit, run=origin.run,
        changed_since=changed_since, workspaces=found, removed=removed,
    )  # fmt: skip
    if removed and not as_json:
        write_stderr(f"Removed since {changed_since}: {', '.join(removed)}\n")
    problems = [_problem(each) for each in found if each.problem is not None]
    write_stderr(render_diagnostics(problems, stderr_styler(not no_color)))
    return 0


def _table(found: list[WorkspaceSummary]) -> str:
    if not found:
        return "No workspace is affected.\n"
    head = ("WORKSPACE", "ID", "ENDPOINT", "STATE", "TAGS")
    return format_table([head, *map(_row, found)])


def _row(each: WorkspaceSummary) -> tuple[str, ...]:
    number = "-" if each.workspace_id is None else str(each.workspace_id)
    return each.name, number, each.endpoint or "-", each.state or "-", " ".join(each.tags) or "-"


def _problem(each: WorkspaceSummary) -> Diagnostic:
    return Diagnostic(
        f"The settings of {each.name} cannot be read", str(each.problem), severity=Severity.WARNING
    )
