"""`cioform refs`: what a resource uses, and what uses it."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from cioform.cli.output import print_answer, stderr_styler, stdout_styler
from cioform.cli.parameters import options
from cioform.cli.terminal.progress import Progress
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean
from cioform.plan.selecting.scope import Scope
from cioform.report.references import references_data, render_references

_AddressArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar="ADDRESS",
        help="Address of a resource, e.g. snippet.footer; or use --select.",
        show_default=False,
    ),
]


def refs(
    workspace: options.WorkspaceArgument,
    address: _AddressArgument = None,
    select: options.TargetOption = None,
    exclude: options.ExcludeOption = None,
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
    comment, or in Liquid that cannot be parsed, is listed as uncertain. With --select, all selected
    resources are shown.

    Examples:
        cioform refs acme snippet.footer
        cioform refs acme segment.vip --users --live
        cioform refs acme --select state:modified --users
    """
    scope = _scope(address, select, exclude)
    progress = Progress(stderr_styler(not no_color))
    with options.open_workspace(project, workspace, api, progress) as opened:
        wanted = options.parse_address(address, opened) if address is not None else None
        graph = opened.references(live=live)
        labels = [str(wanted)] if wanted else opened.select_references(graph, scope)
    progress.end()
    if wanted is not None and str(wanted) not in {*graph.states, *graph.users}:
        where = "No file describes" if not live else "Neither a file nor the workspace has"
        hint = did_you_mean(str(wanted), graph.states, limit=3)
        raise UsageError.of("No such resource", f"{where} {wanted}.{hint}")
    style = stdout_styler(not no_color)
    trees = (render_references(graph, each, users_only=users, style=style) for each in labels)
    found = [{"address": each, **references_data(graph, each, users_only=users)} for each in labels]
    content = {"resources": found} if wanted is None else found[0]
    print_answer("\n".join(trees), as_json, workspace=workspace, **content)
    return 0


def _scope(address: str | None, select: list[str] | None, exclude: list[str] | None) -> Scope:
    """Return what is selected instead of an address. Raises UsageError for both or neither."""
    if (address is None) == (select is None and exclude is None):
        raise UsageError.of(
            "Missing argument" if address is None else "Mutually exclusive options",
            "Name one resource by its address, or several with --select:\n\n"
            "    cioform refs acme --select 'kind:segment'",
        )
    return options.build_scope(select, exclude)
