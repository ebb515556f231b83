"""`cioform refs`: what a resource uses, and what uses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeAlias

import typer

from cioform.cli.output import print_output, stderr_styler, stdout_styler
from cioform.cli.parameters import opening, options
from cioform.cli.terminal.progress import Progress
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean
from cioform.plan.reach.reference_graph import ReferenceGraph
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
            help="Read the workspace too, to find users that no file manages.",
            show_default=False,
        ),
    ] = False,
    as_json: options.JsonOption = False,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Show what a resource uses and what uses it.

    A use is a reference in a file, or a name in Liquid such as `{{ snippets.footer }}`. A name in a
    comment, or in Liquid that cannot be parsed, is listed as uncertain. With --select, all selected
    resources are shown. With --live, cioform also asks Customer.io what uses them, as a plan does.

    Examples:
        cioform refs acme snippet.footer
        cioform refs acme segment.vip --users --live
        cioform refs acme --select state:modified --users
    """
    scope = _scope(workspace, address, select, exclude)
    progress = Progress(stderr_styler(not no_color))
    with opening.open_workspace(project, workspace, api, progress) as opened:
        wanted = options.parse_address(address, opened) if address is not None else None
        graph, selected = opened.references(scope, live=live, address=wanted)
    progress.end()
    labels = _in_graph(graph, [str(wanted)] if wanted else selected, live=live)
    style = stdout_styler(not no_color)
    trees = (render_references(graph, each, users_only=users, style=style) for each in labels)
    found = [{"address": each, **references_data(graph, each, users_only=users)} for each in labels]
    content = {"resources": found} if wanted is None else found[0]
    print_output("\n".join(trees), as_json, workspace=workspace, **content)
    return 0


def _in_graph(graph: ReferenceGraph, labels: Sequence[str], *, live: bool) -> list[str]:
    """Return those of the labels that the graph has. Raises UsageError for none."""
    found = [label for label in labels if label in graph.states or label in graph.users]
    if not labels:
        raise UsageError.of("Nothing selected", "The exclusions leave nothing to show.")
    if not found:
        where = "No file describes" if not live else "Neither a file nor the workspace has"
        if len(labels) > 1:
            what = f"any of the {len(labels)} selected resources."
        else:
            what = f"{labels[0]}.{did_you_mean(labels[0], graph.states, limit=3)}"
        raise UsageError.of("Resource not found", f"{where} {what}")
    return found


def _scope(
    workspace: str, address: str | None, select: list[str] | None, exclude: list[str] | None
) -> Scope | None:
    """Return what is selected instead of an address. Raises UsageError for both or neither."""
    is_selection = select is not None or exclude is not None
    if is_selection == (address is not None):
        raise UsageError.of(
            "Mutually exclusive options" if is_selection else "Missing argument",
            "Name one resource by its address, or several with --select:\n\n"
            f"    cioform refs {workspace} --select 'kind:segment'",
        )
    return options.build_scope(select, exclude) if is_selection else None
