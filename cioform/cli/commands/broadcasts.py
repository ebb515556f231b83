"""`cioform broadcasts`: API-triggered broadcasts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cioform.cli import options
from cioform.cli.confirm import confirm
from cioform.cli.exit_codes import DECLINED, INCOMPLETE
from cioform.cli.lazy_commands import command_group
from cioform.cli.output import format_table, print_request
from cioform.cli.parsers import parse_json_object, validate_timeout
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.terminal.charts import print_links, print_metrics
from cioform.cli.terminal.watch import timed_out_error, warn_if_interrupted, watching
from cioform.core.errors import UsageError
from cioform.operate.broadcasts.audience_file import load_audience
from cioform.operate.broadcasts.broadcasts import Audience, AudiencePreview, BroadcastTrigger
from cioform.report.json_output import dumps, to_json_value
from cioform.report.operate.profile import timestamp_text
from cioform.report.yaml_document import to_yaml

app = command_group("List, trigger and follow broadcasts.")

_BroadcastArgument = Annotated[
    str,
    typer.Argument(metavar="BROADCAST", help="Its number or its name.", show_default=False),
]


@app.command("list")
def list_(
    workspace: options.WorkspaceArgument,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List the broadcasts.

    \b
    Examples:
        cioform broadcasts list acme
    """

    with options.open_workspace(project, workspace) as opened:
        found = opened.broadcasts.list()
    if as_json:
        write_stdout(dumps(workspace=workspace, broadcasts=found))
    elif not found:
        write_stdout(f"{workspace} has no API-triggered broadcast.\n")
    else:
        rows = [
            (
                str(each.id),
                each.name,
                each.state,
                str(len(each.steps)),
                timestamp_text(each.updated),
            )
            for each in found
        ]
        write_stdout(format_table([("ID", "NAME", "STATE", "MESSAGES", "UPDATED"), *rows]))
    return 0


@app.command()
def show(
    workspace: options.WorkspaceArgument,
    broadcast: _BroadcastArgument,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Show a broadcast, and the times it was triggered.

    \b
    Examples:
        cioform broadcasts show acme 3
    """

    with options.open_workspace(project, workspace) as opened:
        found = opened.broadcasts.show(broadcast)
    write_stdout(
        dumps(workspace=workspace, broadcast=found) if as_json else to_yaml(to_json_value(found))
    )
    return 0


@app.command()
def trigger(
    workspace: options.WorkspaceArgument,
    broadcast: _BroadcastArgument,
    segment: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="To the people in it.", show_default=False),
    ] = None,
    ids: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="ID", help="To this person; may be repeated.",
                     show_default=False),
    ] = None,
    emails: Annotated[
        list[str] | None,
        typer.Option("--email", metavar="ADDRESS", help="To this address; may be repeated.",
                     show_default=False),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="To ids, addresses, or NDJSON with data for each.",
                     show_default=False),
    ] = None,
    data_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="To the people in a file that Customer.io fetches.",
                     show_default=False),
    ] = None,
    data: options.DataOption = None,
    ignore_missing: Annotated[
        bool,
        typer.Option("--ignore-missing", help="Pass over people who are not there.",
                     show_default=False),
    ] = False,
    dry_run: options.DryRunOption = False,
    yes: options.YesOption = False,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", help="How long to follow it; 0 not at all.")
    ] = 60,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:  # fmt: skip
    """Send a broadcast. Says to whom, and asks first.

    Without an audience it goes to the one that is set in Customer.io. It is followed until
    Customer.io is done with it; exits with 8 when that had errors. One may be sent every 10
    seconds.

    \b
    Examples:
        cioform broadcasts trigger acme 3 --segment segment.trial_users --data '{"code": "X"}'
        cioform broadcasts trigger acme 'Outage notice' --file people.ndjson --yes
        cioform broadcasts trigger acme 3 --id u1 --id u2 --ignore-missing --dry-run
    """

    said, timeout = parse_json_object(data, "--data"), validate_timeout(timeout)
    audience = _build_audience(segment, ids, emails, file, data_url, ignore_missing)
    with options.open_workspace(project, workspace) as opened:
        shown = opened.broadcasts.show(broadcast)
        reached = opened.broadcasts.preview_audience(audience)
        name = f"{shown.name} (broadcast {shown.id})"
        if not as_json or not yes:
            write_stderr(f"{name} goes to {_audience_text(reached)}.\n")
        if dry_run:
            return print_request(opened.broadcasts.request(shown.id, audience, said), as_json)
        if not confirm(f"Send it from {workspace}?", yes):
            return DECLINED
        look = f"cioform broadcasts show {workspace} {shown.id}"
        with warn_if_interrupted(name, look):
            begun = opened.broadcasts.trigger(str(shown.id), audience, said)
        what = f"Trigger {begun.id} of {name}"
        if timeout > 0:
            with watching(what, look, timeout) as told:
                begun = opened.broadcasts.watch(
                    begun, timeout=timeout, listener=lambda _: told("under way")
                )
    if as_json:
        write_stdout(dumps(workspace=workspace, audience=reached, trigger=begun))
    else:
        write_stdout(_trigger_text(name, begun))
    if timeout > 0 and not begun.processed:
        raise timed_out_error(what, "under way", look)
    return INCOMPLETE if begun.errors else 0


@app.command()
def metrics(
    workspace: options.WorkspaceArgument,
    broadcast: _BroadcastArgument,
    period: options.PeriodOption = "days",
    steps: options.StepsOption = None,
    links: options.LinksOption = False,
    action: options.ActionIdOption = None,
    as_csv: options.CsvOption = False,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Count what became of a broadcast, or of one of its messages.

    \b
    Examples:
        cioform broadcasts metrics acme 3 --period weeks
        cioform broadcasts metrics acme 3 --links --csv
    """

    with options.open_workspace(project, workspace) as opened:
        subject = f"broadcast#{opened.broadcasts.number(broadcast)}"
        counted = opened.campaigns
        if links:
            found = counted.links(subject, action=action, period=period, steps=steps)
            return print_links(workspace, subject, found, as_csv, as_json, no_color)
        result = counted.metrics(subject, action=action, period=period, steps=steps)
    return print_metrics(workspace, result, as_csv, as_json, no_color)


def _build_audience(
    segment: str | None,
    ids: list[str] | None,
    emails: list[str] | None,
    file: Path | None,
    data_url: str | None,
    ignore_missing: bool,
) -> Audience:

    if file is None:
        return Audience(
            segment, ids or None, emails or None,
            data_file_url=data_url, ignore_missing=ignore_missing,
        )  # fmt: skip
    if ids or emails or segment is not None or data_url is not None:
        raise UsageError.of("Several audiences", "Choose --file or another audience, not both.")
    return load_audience(file, ignore_missing=ignore_missing)


def _audience_text(reached: AudiencePreview) -> str:
    if reached.people is None:
        return f"{reached.words}; how many that are, only Customer.io knows"
    return f"{reached.words}: {reached.people:,}"


def _trigger_text(name: str, trigger: BroadcastTrigger) -> str:
    state = "was processed" if trigger.processed else "is being processed"
    lines = [f"{name} {state}: trigger {trigger.id}."]
    lines += [f"  ✗ {error}" for error in trigger.errors]
    return "".join(f"{line}\n" for line in lines)
