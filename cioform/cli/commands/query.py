"""`cioform query`: the resources that match selectors."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from cioform.cli.output import format_table, print_output, stderr_styler
from cioform.cli.parameters import opening, options
from cioform.cli.streams import write_stdout
from cioform.cli.terminal.progress import Progress
from cioform.core.errors import UsageError
from cioform.report.query import (
    COLUMNS,
    DEFAULT_COLUMNS,
    LIVE_COLUMNS,
    parse_columns,
    query_csv,
    query_data,
    query_table,
)

_SelectorsArgument: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SELECTOR",
        help="What to list, e.g. 'kind:campaign,tag:eu' (default: everything).",
        show_default=False,
    ),
]
_LiveOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--live",
        help="Read the workspace too, for the status and for objects that no file manages.",
        show_default=False,
    ),
]
_ColumnsOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--columns", metavar="LIST", help="The columns, e.g. address,users,file."),
]
_CsvOption: TypeAlias = Annotated[
    bool, typer.Option("--csv", help="Print CSV.", show_default=False)
]


def query(
    workspace: options.WorkspaceArgument,
    selectors: _SelectorsArgument = None,
    live: _LiveOption = False,
    columns: _ColumnsOption = None,
    as_csv: _CsvOption = False,
    as_json: options.JsonOption = False,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """List the resources that match selectors.

    Without --live, the command reads only the files and the state. The state of a resource is
    `managed`, `not applied` or `no file` (its file was removed). With --live it can also be
    `unmanaged` (no file describes it) or `missing` (somebody deleted it in Customer.io). The
    columns are address, kind, name, state, status, ID, tags, uses, users, protect, file and line;
    --json has all of them.

    A selector is an address, a pattern such as 'snippet.*', or one of kind:KIND, tag:TAG,
    path:PATH, uses:ADDRESS, state:modified, state:new and state:removed. A + in front adds
    everything that the resources use; a + at the end adds everything that uses them. A comma
    means "and", a space "or".

    Examples:
        cioform query acme
        cioform query acme 'kind:campaign,uses:segment.vip'
        cioform query acme 'state:modified+' --columns address,users
        cioform query acme --live --csv > workspace.csv
    """
    if as_csv and as_json:
        raise UsageError.of(
            "Mutually exclusive options",
            "--csv and --json cannot be combined. Use only one of them.",
        )
    chosen = parse_columns(columns) if columns is not None else None
    progress = Progress(stderr_styler(not no_color))
    with opening.open_workspace(project, workspace, api, progress) as opened:
        rows = opened.query(*selectors or (), live=live)
    progress.end()
    if as_csv:
        write_stdout(query_csv(rows, chosen or COLUMNS))
        return 0
    shown = chosen or (LIVE_COLUMNS if live else DEFAULT_COLUMNS)
    table = format_table(query_table(rows, shown)) if rows else "No resources.\n"
    data = query_data(rows, chosen or COLUMNS)
    print_output(table, as_json, workspace=workspace, live=live, resources=data)
    return 0
