"""`cioform sandbox`: the embedded Customer.io, to try things on."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from cioform.cli import options
from cioform.cli.lazy_commands import command_group
from cioform.cli.output import format_table
from cioform.cli.streams import write_stderr, write_stdout
from cioform.core.errors import UsageError

RATE_LIMIT = 10.0

app = command_group("Serve, fill, empty or edit the embedded Customer.io.")


@app.command()
def serve(
    workspace: options.WorkspaceArgument,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, metavar="N", help="0 takes any that is free.")
    ] = 0,
    rate: Annotated[
        bool, typer.Option("--rate/--no-limit", help="Keep to 10 requests a second, or to none.")
    ] = True,
    tls: Annotated[
        bool,
        typer.Option("--tls", help="Speak https, by an authority made for the occasion."),
    ] = False,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Serve it on loopback until stopped. With --json, one line with addresses and credentials.

    \b
    Examples:
        cioform sandbox serve acme --port 8025
        cioform sandbox serve acme --json --no-limit
        cioform sandbox serve acme --tls          # and trust the ca_file it names
    """

    from cioform.services.sandbox.serving import serve_sandbox

    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    root, limit = options.find_project_root(project), RATE_LIMIT if rate else None
    with serve_sandbox(root, workspace, port, limit, tls=tls) as served:
        if as_json:
            write_stdout(json.dumps(dict(served.info)) + "\n")
        else:
            write_stdout(format_table([(name, str(value)) for name, value in served.info.items()]))
            write_stderr("\nserving until interrupted\n")
        while not stopped.wait(1):  # Windows takes no notice of a signal while it waits
            pass
    return 0


@app.command()
def reset(workspace: options.WorkspaceArgument, project: options.ProjectOption = None) -> int:
    """Empty the sandbox workspace.

    \b
    Examples:
        cioform sandbox reset acme
    """
    from cioform.services.sandbox.seeding import reset_sandbox

    reset_sandbox(options.find_project_root(project), workspace)
    write_stdout(f"The sandbox of {workspace} is empty.\n")
    return 0


@app.command()
def seed(
    workspace: options.WorkspaceArgument,
    source: Annotated[
        str, typer.Option("--from", metavar="demo|FILE", help="What to fill it with.")
    ] = "demo",
    project: options.ProjectOption = None,
) -> int:
    """Fill the sandbox workspace with content, as if people had made it there.

    \b
    Examples:
        cioform sandbox seed acme
        cioform sandbox seed acme --from content.json
    """
    from cioform.services.sandbox.seeding import seed_sandbox

    seed_sandbox(options.find_project_root(project), workspace, source)
    write_stdout(f"The sandbox of {workspace} has content now ({Path(source).name}).\n")
    return 0


@app.command()
def edit(
    workspace: options.WorkspaceArgument,
    address: options.AddressArgument,
    assignment: Annotated[
        str,
        typer.Argument(metavar="FIELD=VALUE", help="As in value=Hello.", show_default=False),
    ],
    who: Annotated[str, typer.Option("--as", metavar="WHO", help="Who does it.")] = "jane@acme.com",
    project: options.ProjectOption = None,
) -> int:
    """Change something in the sandbox as somebody in its browser would, behind Git's back.

    \b
    Examples:
        cioform sandbox edit acme snippet.footer 'value=<p>Hi</p>' --as jane@acme.com
    """
    from cioform.services.sandbox.editing import edit_in_sandbox

    field, equals, value = assignment.partition("=")
    if not (field and equals):
        raise UsageError.of(
            "Not an assignment",
            f"{assignment!r} is not of the form FIELD=VALUE, as in value=Hello.",
        )
    wanted = options.parse_address(address)
    edit_in_sandbox(options.find_project_root(project), workspace, wanted, field, value, who)
    write_stdout(f"{who} changed {field} of {wanted}.\n")
    return 0
