"""`cioform refs`: what a resource uses, and what uses it."""

from __future__ import annotations

from typing import Annotated

import typer

from cioform.cli import options
from cioform.cli.output import print_answer, stderr_styler, stdout_styler
from cioform.cli.terminal.progress import Progress
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean
from cioform.report.references import references_data, render_references


def refs(
    workspace: options.WorkspaceArgument,
    address: options.AddressArgument,
    users: Annotated[
        bool, typer.Option("--users", help="Show only what uses it.", show_default=False)
    ] = False,
    live: Annotated[
        bool,
        typer.Option(
            "--live",
            help="Read the workspace too, for objects that no file manages.",
            show_default=False,
        ),
    ] = False,
    as_json: options.JsonOption = False,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Show what a resource uses and what uses it.

    Uses are references in files and names in Liquid, such as `{{ snippets.footer }}`. A name in a
    comment, or in Liquid that cannot be parsed, is listed as uncertain.

    Examples:
        cioform refs acme snippet.footer
        cioform refs acme segment.vip --users --live
    """
    progress = Progress(stderr_styler(not no_color))
    with options.open_workspace(project, workspace, api, progress) as opened:
        wanted = options.parse_address(address, opened)
        graph = opened.references(live=live)
    progress.end()
    label = str(wanted)
    if label not in graph.states and label not in graph.users:
        where = "No file describes" if not live else "Neither a file nor the workspace has"
        raise UsageError.of(
            "No such resource", f"{where} {label}.{did_you_mean(label, graph.states, limit=3)}"
        )
    print_answer(
        render_references(graph, label, users_only=users, style=stdout_styler(not no_color)),
        as_json,
        workspace=workspace,
        address=label,
        **references_data(graph, label, users_only=users),
    )
    return 0
