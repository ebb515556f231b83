"""`cioform state`: which object each address is bound to."""

from __future__ import annotations

from cioform.cli import options
from cioform.cli.lazy_commands import command_group
from cioform.cli.output import format_table, print_answer
from cioform.cli.streams import write_stdout
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean
from cioform.report.json_output import dumps, to_json_value
from cioform.report.yaml_document import to_yaml

app = command_group("Inspect and repair the state.")


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
    with options.open_workspace(project, workspace) as opened:
        state = opened.applied()
    scope = options.build_scope(target, None)
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
    with options.open_workspace(project, workspace) as opened:
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
    print_answer(to_yaml(to_json_value(binding)), as_json, binding=binding)
    return 0


@app.command()
def mv(
    workspace: options.WorkspaceArgument,
    address: options.AddressArgument,
    new_address: options.AddressArgument,
    project: options.ProjectOption = None,
) -> int:
    """Move a binding to another address, for example after its file was renamed.

    Examples:
        cioform state mv acme snippet.foot snippet.footer
    """
    with options.open_workspace(project, workspace) as opened:
        old = options.parse_address(address, opened)
        new = options.parse_address(new_address, opened)
        opened.move(old, new)
    write_stdout(f"Moved {old} to {new}.\n")
    return 0


@app.command()
def forget(
    workspace: options.WorkspaceArgument,
    address: options.AddressArgument,
    project: options.ProjectOption = None,
) -> int:
    """Stop managing an object without deleting it.

    Examples:
        cioform state forget acme snippet.footer
    """
    with options.open_workspace(project, workspace) as opened:
        wanted = options.parse_address(address, opened)
        opened.forget(wanted)
    write_stdout(f"Removed {wanted} from the state. The object itself is unchanged.\n")
    return 0
