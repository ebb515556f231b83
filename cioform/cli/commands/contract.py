"""`cioform contract`: the data that messages need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from cioform.cli.output import print_output, stdout_styler
from cioform.cli.parameters import opening, options
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.user_paths import shorten_path
from cioform.contract.needs import Contract, Status
from cioform.core.errors import UsageError
from cioform.core.exit_codes import INVALID_FILES
from cioform.report.contracts import (
    Coverages,
    changes_data,
    contract_schemas,
    contracts_data,
    render_changes,
    render_contracts,
)
from cioform.services.contracts.drafts import data_types, write_drafts
from cioform.services.contracts.workspace_contracts import (
    WorkspaceContracts,
    changes_since,
    load_contracts,
)

_AddressesArgument: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ADDRESS", help="Only these resources (default: all).", show_default=False
    ),
]
_WriteOption: TypeAlias = Annotated[
    bool, typer.Option("--write", help="Draft declarations in _data/ from what is used.")
]
_AgainstOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--against",
        metavar="REV",
        help="Show what changed since this revision of Git.",
        show_default=False,
    ),
]
_TypesOption: TypeAlias = Annotated[
    Literal["ts", "python"] | None,
    typer.Option("--types", help="Print types of the data for programs.", show_default=False),
]
_SchemaOption: TypeAlias = Annotated[
    bool, typer.Option("--schema", help="Print a JSON Schema of the data.")
]

_Opening: TypeAlias = tuple[Path | None, str, str | None]
"""The project, the name of the workspace, and the API to use alone."""
_LiveOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--live",
        help="Read the workspace too: how often attributes are blank, and for --write the names "
        "in its data index.",
    ),
]


def contract(
    workspace: options.WorkspaceArgument,
    addresses: _AddressesArgument = None,
    write: _WriteOption = False,
    against: _AgainstOption = None,
    types: _TypesOption = None,
    schema: _SchemaOption = False,
    live: _LiveOption = False,
    as_json: options.JsonOption = False,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Show the data that messages need, with types.

    Without a required value, the message fails. A conditional value is needed only where the
    condition or the loop around it is rendered. A guarded value may be missing, because the text
    has a default or a condition for it. Each value is listed with its first use. With --against,
    the command exits with 3 if a change breaks programs that send the data. Without --live, nothing
    is read from the workspace.

    Examples:
        cioform contract acme
        cioform contract acme transactional.receipt --json
        cioform contract acme --write --live
        cioform contract acme --against main
        cioform contract acme --types ts > messages.d.ts
    """
    if sum((write, against is not None, types is not None, schema)) > 1:
        raise UsageError.of(
            "Mutually exclusive options",
            "--write, --against, --types and --schema print different things. Use one of them.",
        )
    found = load_contracts(opening.find_project_root(project), workspace)
    chosen = found.chosen(addresses or ())
    if write:
        _write(found, chosen, (project, workspace, api) if live else None)
    elif against is not None:
        return _compare(found, against, addresses or [], as_json, not no_color)
    elif types is not None:
        write_stdout(data_types(chosen, types))
    elif schema:
        text = json.dumps(contract_schemas(chosen), indent=2, ensure_ascii=False)
        write_stdout(f"{text}\n")
    else:
        coverages = _coverages(chosen, (project, workspace, api)) if live else None
        print_output(
            render_contracts(chosen, found.locate, stdout_styler(not no_color), coverages),
            as_json,
            workspace=workspace,
            contracts=contracts_data(chosen, found.locate, coverages) if as_json else (),
        )
    return 0


def _coverages(chosen: list[Contract], live: _Opening) -> Coverages:
    """Return how often the attributes are blank that messages need without a default."""
    needs = [need for each in chosen for need in each.needs if need.status is not Status.GUARDED]
    wanted = dict.fromkeys(need.attribute for need in needs if need.attribute is not None)
    with opening.open_workspace(*live) as opened:
        return opened.attribute_coverage(wanted)


def _write(found: WorkspaceContracts, chosen: list[Contract], live: _Opening | None) -> None:
    index = None
    if live is not None:
        with opening.open_workspace(*live) as opened:
            index = opened.data_index()
        if index is None:
            write_stderr(
                "The data index of the workspace was not read: it needs a service account token "
                "that may read it. The drafts have what messages use.\n"
            )
    written = list(write_drafts(found, chosen, index))
    for path in written:
        write_stdout(f"Written: {shorten_path(path)}\n")
    if not written:
        write_stderr("Nothing to write: _data/ declares all of it.\n")


def _compare(
    found: WorkspaceContracts, revision: str, addresses: list[str], as_json: bool, color: bool
) -> int:
    changes = list(changes_since(found, revision, found.chosen(addresses)))
    print_output(
        render_changes(changes, revision, found.locate, stdout_styler(color)),
        as_json,
        workspace=found.configuration.name,
        against=revision,
        changes=changes_data(changes, found.locate),
    )
    return INVALID_FILES if any(change.is_breaking for change in changes) else 0
