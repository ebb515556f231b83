"""`cioform sandbox`: the emulator of Customer.io."""

from __future__ import annotations

import json
import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from cioform.cli.command_list.lazy_commands import command_group
from cioform.cli.interpreter import collect_garbage_often
from cioform.cli.output import format_table
from cioform.cli.parameters import opening, options
from cioform.cli.parameters.option_texts import check_text
from cioform.cli.parameters.parsers import split_assignment
from cioform.cli.streams import write_stderr, write_stdout
from cioform.core.errors import UsageError
from cioform.core.lazy_modules import lazy_module

if TYPE_CHECKING:
    from cioform.services.sandbox import tools
else:
    tools = lazy_module("cioform.services.sandbox.tools")

RATE_LIMIT = 10.0
"""Requests per second, as in the real App API."""

app = command_group("Serve, fill, reset or edit the emulator of Customer.io.")


@app.command()
def serve(
    workspace: options.WorkspaceArgument,
    port: Annotated[
        int,
        typer.Option(min=0, max=65_535, metavar="N", help="Port; 0 selects a free one."),
    ] = 0,
    rate: Annotated[
        bool,
        typer.Option("--rate/--no-limit", help="Limit to 10 requests per second, or do not limit."),
    ] = True,
    tls: Annotated[bool, typer.Option("--tls", help="Serve HTTPS with a temporary CA.")] = False,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Serve the sandbox on loopback until interrupted.

    With --json, the first line of output has the addresses and credentials.

    Examples:
        cioform sandbox serve acme --port 8025
        cioform sandbox serve acme --json --no-limit
        cioform sandbox serve acme --tls          # clients must trust the printed ca_file
    """
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    collect_garbage_often()
    root, limit = opening.find_project_root(project), RATE_LIMIT if rate else None
    with tools.serve_sandbox(root, workspace, port, limit, tls=tls) as served:
        if as_json:
            write_stdout(json.dumps(dict(served.info)) + "\n")
        else:
            write_stdout(format_table([(name, str(value)) for name, value in served.info.items()]))
            write_stderr("\nServing until interrupted (Ctrl-C).\n")
        while not stopped.wait(1):  # Windows handles no signals during an unlimited wait
            pass
    return 0


@app.command()
def reset(workspace: options.WorkspaceArgument, project: options.ProjectOption = None) -> int:
    """Delete everything in the sandbox workspace.

    Examples:
        cioform sandbox reset acme
    """
    tools.reset_sandbox(opening.find_project_root(project), workspace)
    write_stdout(f"The sandbox of {workspace} is empty.\n")
    return 0


@app.command()
def seed(
    workspace: options.WorkspaceArgument,
    source: Annotated[
        str,
        typer.Option(
            "--from", metavar="demo|FILE", help="The demo content, or a JSON file with content."
        ),
    ] = "demo",
    project: options.ProjectOption = None,
) -> int:
    """Fill the sandbox with content, as people would in the browser.

    Examples:
        cioform sandbox seed acme
        cioform sandbox seed acme --from content.json
    """
    tools.seed_sandbox(opening.find_project_root(project), workspace, source)
    content = "the demo content" if source == "demo" else f"the content of {source}"
    write_stdout(f"Filled the sandbox of {workspace} with {content}.\n")
    return 0


@app.command("set")
def set_(
    workspace: options.WorkspaceArgument,
    assignment: Annotated[
        str,
        typer.Argument(
            metavar="SETTING=VALUE",
            help="live_edits=on or live_edits=off: whether service accounts may change what "
            "is running.",
            show_default=False,
        ),
    ],
    project: options.ProjectOption = None,
) -> int:
    """Change a setting, as an administrator does in Customer.io.

    Examples:
        cioform sandbox set acme live_edits=on
    """
    name, value = split_assignment(assignment, "live_edits=on")
    if name != "live_edits" or value not in ("on", "off"):
        raise UsageError.of(
            "Unknown setting",
            f"`{name}={value}` is not a setting of the sandbox. The settings are `live_edits=on` "
            "and `live_edits=off`.",
        )
    tools.allow_live_edits(opening.find_project_root(project), workspace, value == "on")
    verb = "may" if value == "on" else "may not"
    write_stdout(f"Service accounts {verb} change what is running in the sandbox of {workspace}.\n")
    return 0


@app.command("people-at")
def people_at(
    workspace: options.WorkspaceArgument,
    address: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS",
            help="Address of a campaign, e.g. campaign.welcome.",
            show_default=False,
        ),
    ],
    steps: Annotated[
        list[str],
        typer.Argument(
            metavar="STEP=N",
            help="Number of people at a step, e.g. pause=120.",
            show_default=False,
        ),
    ],
    project: options.ProjectOption = None,
) -> int:
    """Set the number of people at steps of a campaign in the sandbox.

    Examples:
        cioform sandbox people-at acme campaign.welcome pause=120 nudge=3
    """
    pairs = (split_assignment(step, "pause=120") for step in steps)
    people = {step: _parse_number(step, number) for step, number in pairs}
    wanted = options.parse_address(address)
    tools.put_people_at(opening.find_project_root(project), workspace, wanted, people)
    numbers = ", ".join(f"{number:,} at {step}" for step, number in people.items())
    write_stdout(f"People in {wanted}: {numbers}.\n")
    return 0


def _parse_number(step: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError.of(
            "Invalid number of people",
            f"`{step}={text}`: write a whole number from 0, as in `{step}=120`.",
        )
    return int(text)


@app.command()
def edit(
    workspace: options.WorkspaceArgument,
    address: options.AddressArgument,
    assignment: Annotated[
        str,
        typer.Argument(
            metavar="FIELD=VALUE",
            help="The field and its new value, e.g. value=Hello.",
            show_default=False,
        ),
    ],
    who: Annotated[
        str, typer.Option("--as", metavar="WHO", help="Who makes the change.")
    ] = "jane@acme.com",
    project: options.ProjectOption = None,
) -> int:
    """Change a field, as somebody would in the browser.

    Examples:
        cioform sandbox edit acme snippet.footer 'value=<p>Hi</p>' --as jane@acme.com
    """
    check_text(who, "--as")
    field, value = split_assignment(assignment, "value=Hello")
    wanted = options.parse_address(address)
    tools.edit_in_sandbox(opening.find_project_root(project), workspace, wanted, field, value, who)
    write_stdout(f"{who} changed {field} of {wanted}.\n")
    return 0
