"""`cioform state`: which object each address is bound to, and mending that."""

from __future__ import annotations

from cioform.cli import options
from cioform.cli.lazy_commands import command_group
from cioform.cli.output import format_table
from cioform.cli.streams import write_stdout
from cioform.core.errors import UsageError
from cioform.report.json_output import dumps, to_json_value
from cioform.report.yaml_document import to_yaml

app = command_group("Show and mend which object each address is bound to.")


@app.command("list")
def list_(
    workspace: options.WorkspaceArgument,
    target: options.TargetOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List what is bound.

    \b
    Examples:
        cioform state list acme
        cioform state list acme --target 'segment.*' --json
    """

    with options.open_workspace(project, workspace) as opened:
        applied = opened.applied()
    scope = options.build_scope(target, None)
    bound = [applied.bindings[a] for a in sorted(applied.bindings) if scope.includes(a)]
    if as_json:
        rows = [
            {
                "address": b.address,
                "remote_id": b.remote_id,
                "identity": b.identity,
                "protect": b.protect,
            }
            for b in bound
        ]
        write_stdout(dumps(lineage=applied.lineage, serial=applied.serial, bindings=rows))
        return 0
    if not bound:
        write_stdout(f"Nothing of {workspace} is bound yet.\n")
        return 0
    head = [("ADDRESS", "ID", "NAME THERE", "")]
    rows_ = [
        (str(b.address), b.remote_id, b.identity, "protected" if b.protect else "") for b in bound
    ]
    write_stdout(format_table(head + rows_))
    return 0


@app.command()
def show(
    workspace: options.WorkspaceArgument,
    address: options.AddressArgument,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Show one binding, with what was last applied.

    \b
    Examples:
        cioform state show acme snippet.footer
    """

    wanted = options.parse_address(address)
    with options.open_workspace(project, workspace) as opened:
        binding = opened.applied().bindings.get(wanted)
    if binding is None:
        raise UsageError.of(
            "Not bound",
            f"{wanted} is bound to nothing. See what is:\n\n    cioform state list {workspace}",
            address=wanted,
        )
    write_stdout(dumps(binding=binding) if as_json else to_yaml(to_json_value(binding)))
    return 0


@app.command()
def mv(
    workspace: options.WorkspaceArgument,
    address: options.AddressArgument,
    new_address: options.AddressArgument,
    project: options.ProjectOption = None,
) -> int:
    """Bind the object of one address to another, as after renaming its file.

    \b
    Examples:
        cioform state mv acme snippet.foot snippet.footer
    """
    old, new = options.parse_address(address), options.parse_address(new_address)
    with options.open_workspace(project, workspace) as opened:
        opened.move(old, new)
    write_stdout(f"{old} is {new} now.\n")
    return 0


@app.command()
def forget(
    workspace: options.WorkspaceArgument,
    address: options.AddressArgument,
    project: options.ProjectOption = None,
) -> int:
    """Unbind without deleting: the object stays, and becomes foreign.

    \b
    Examples:
        cioform state forget acme snippet.footer
    """
    wanted = options.parse_address(address)
    with options.open_workspace(project, workspace) as opened:
        opened.forget(wanted)
    write_stdout(f"{wanted} is forgotten; its object stays as it is.\n")
    return 0
