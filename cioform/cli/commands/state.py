"""`cioform state`: which object each address is bound to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from cioform.cli.command_list.lazy_commands import command_group
from cioform.cli.output import format_table, print_output
from cioform.cli.parameters import opening, options
from cioform.cli.streams import write_stdout
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean
from cioform.core.text.quantities import pluralize
from cioform.report.json_output import dumps, to_json_value
from cioform.report.yaml_document import to_yaml
from cioform.storage.user_files import check_replaceable, write_text

app = command_group("Inspect, move and repair the state.")

_OldAddressArgument: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="ADDRESS", help="The address in the state.", show_default=False),
]
_NewAddressArgument: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="NEW_ADDRESS", help="The address in the files.", show_default=False),
]
_AdoptOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--adopt",
        help="Use the state that exists there, or replace a lost one.",
        show_default=False,
    ),
]
_ToOption: TypeAlias = Annotated[
    str,
    typer.Option("--to", metavar="PLACE", help="local, git, or a URL such as s3://bucket/acme."),
]
_RemoteOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="REMOTE", help="With git: a remote or a URL (default: origin).", show_default=False
    ),
]
_RunOption: TypeAlias = Annotated[
    str, typer.Option("--id", metavar="RUN", help="ID of the run, from the error message.")
]
_KeepOption: TypeAlias = Annotated[
    str, typer.Option(metavar="DURATION", help="Age of the runs to keep in full.")
]
_OutOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write to this file.", show_default=False),
]


@app.command("list")
def list_(
    workspace: options.WorkspaceArgument,
    target: options.TargetOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List managed addresses and the objects they are bound to.

    Examples:
        cioform state list acme
        cioform state list acme --target 'segment.*' --json
    """
    with opening.open_workspace(project, workspace) as opened:
        state = opened.applied()
        scope = opened.resolve(options.build_scope(target, None))
    bindings = [state.bindings[a] for a in sorted(state.bindings) if scope.includes(a)]
    if as_json:
        rows = [
            {
                "address": binding.address,
                "remote_id": binding.remote_id,
                "identity": binding.identity,
                "protect": binding.protect,
            }
            for binding in bindings
        ]
        write_stdout(dumps(lineage=state.lineage, serial=state.serial, bindings=rows))
        return 0
    if not bindings:
        matching = " that match the target" if target else ""
        write_stdout(f"The state of {workspace} has no bindings{matching}.\n")
        return 0
    table = [("ADDRESS", "ID", "NAME IN WORKSPACE", "")]
    table += [
        (str(b.address), b.remote_id, b.identity, "protected" if b.protect else "")
        for b in bindings
    ]
    write_stdout(format_table(table))
    return 0


@app.command()
def show(
    workspace: options.WorkspaceArgument,
    address: options.AddressArgument,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Show one binding and the values that were last applied.

    Examples:
        cioform state show acme snippet.footer
    """
    with opening.open_workspace(project, workspace) as opened:
        wanted = options.parse_address(address, opened)
        bindings = opened.applied().bindings
    binding = bindings.get(wanted)
    if binding is None:
        raise UsageError.of(
            "Not in the state",
            f"The state has no binding for {wanted}.{did_you_mean(wanted, bindings)} List all "
            f"bindings:\n\n    cioform state list {workspace}",
            address=wanted,
        )
    print_output(to_yaml(to_json_value(binding)), as_json, binding=binding)
    return 0


@app.command()
def mv(
    workspace: options.WorkspaceArgument,
    address: _OldAddressArgument,
    new_address: _NewAddressArgument,
    lock_timeout: options.LockTimeoutOption = None,
    project: options.ProjectOption = None,
) -> int:
    """Move a binding to the new address of a renamed file.

    Examples:
        cioform state mv acme snippet.foot snippet.footer
    """
    with opening.open_workspace(project, workspace, lock_timeout=lock_timeout) as opened:
        old = options.parse_address(address, opened)
        new = options.parse_address(new_address, opened)
        opened.move(old, new)
    write_stdout(f"Moved {old} to {new}.\n")
    return 0


@app.command()
def forget(
    workspace: options.WorkspaceArgument,
    address: options.AddressArgument,
    lock_timeout: options.LockTimeoutOption = None,
    project: options.ProjectOption = None,
) -> int:
    """Stop managing an object without deleting it.

    Examples:
        cioform state forget acme snippet.footer
    """
    with opening.open_workspace(project, workspace, lock_timeout=lock_timeout) as opened:
        wanted = options.parse_address(address, opened)
        opened.forget(wanted)
    write_stdout(f"Removed {wanted} from the state. The object itself is unchanged.\n")
    return 0


@app.command()
def init(
    workspace: options.WorkspaceArgument,
    adopt: _AdoptOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Create the shared state that `state` in workspace.yaml names.

    Its lineage is written to workspace.yaml, so that every clone uses this state and no other.

    Examples:
        cioform state init acme
        cioform state init acme --adopt
    """
    with opening.open_workspace(project, workspace) as opened:
        _print_lines(opened.state.init(adopt=adopt))
    return 0


@app.command()
def migrate(
    workspace: options.WorkspaceArgument,
    to: _ToOption,
    remote: _RemoteOption = None,
    lock_timeout: options.LockTimeoutOption = None,
    project: options.ProjectOption = None,
) -> int:
    """Move the state to Git, to object storage or back to a file.

    Examples:
        cioform state migrate acme --to git
        cioform state migrate acme --to s3://acme-state/cioform
        cioform state migrate acme --to local
    """
    with opening.open_workspace(project, workspace, lock_timeout=lock_timeout) as opened:
        _print_lines(opened.state.migrate(to, remote))
    return 0


@app.command()
def unlock(
    workspace: options.WorkspaceArgument,
    run_id: _RunOption,
    project: options.ProjectOption = None,
) -> int:
    """Release the lock of a run that was killed.

    If the run is still alive, it stops writing as soon as it notices.

    Examples:
        cioform state unlock acme --id 20260304T050607Z-1a2b3c
    """
    with opening.open_workspace(project, workspace) as opened:
        opened.state.unlock(run_id)
    write_stdout(
        f"Released the lock of run {run_id}. The next plan or apply finds out what it did.\n"
    )
    return 0


@app.command()
def prune(
    workspace: options.WorkspaceArgument,
    keep: _KeepOption = "90d",
    lock_timeout: options.LockTimeoutOption = None,
    project: options.ProjectOption = None,
) -> int:
    """Delete journals and backups of old runs.

    `cioform history` still lists the runs and what each of them did.

    Examples:
        cioform state prune acme --keep 90d
    """
    seconds = options.parse_duration(keep, "--keep")
    with opening.open_workspace(project, workspace, lock_timeout=lock_timeout) as opened:
        count = opened.state.prune(seconds)
    write_stdout(f"Deleted the journals of {pluralize(count, 'run', 'runs')} older than {keep}.\n")
    return 0


@app.command()
def pull(
    workspace: options.WorkspaceArgument,
    out: _OutOption = None,
    project: options.ProjectOption = None,
) -> int:
    """Print the state as JSON, wherever it is stored.

    The output contains the content of messages.

    Examples:
        cioform state pull acme
        cioform state pull acme --out state.json
    """
    with opening.open_workspace(project, workspace) as opened:
        text = opened.state.text()
    if out is None:
        write_stdout(text)
    else:
        check_replaceable(out, "a state", "--out", lambda old: '"lineage"' in old)
        write_text(out, text, "Name another file after --out.")
    return 0


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        write_stdout(f"{line}\n")
