"""`cioform campaigns`: campaigns as they run, and metrics of all that sends."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cioform.cli import options
from cioform.cli.lazy_commands import command_group
from cioform.cli.output import format_table
from cioform.cli.streams import write_stdout
from cioform.cli.terminal.charts import print_links, print_metrics
from cioform.core.errors import UsageError
from cioform.report.json_output import dumps, to_json_value
from cioform.report.operate.profile import timestamp_text
from cioform.report.yaml_document import to_yaml

app = command_group("List campaigns; count what all that sends did.")


@app.command("list")
def list_(
    workspace: options.WorkspaceArgument,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List the campaigns, managed by a file or not.

    \b
    Examples:
        cioform campaigns list acme
    """

    with options.open_workspace(project, workspace) as opened:
        found = opened.campaigns.list()
    if as_json:
        write_stdout(dumps(workspace=workspace, campaigns=found))
    elif not found:
        write_stdout(f"{workspace} has no campaign.\n")
    else:
        rows = [
            (str(e.id), str(e.address or "-"), e.name, e.state, e.type, timestamp_text(e.updated))
            for e in found
        ]
        write_stdout(
            format_table([("ID", "ADDRESS", "NAME", "STATE", "TRIGGER", "UPDATED"), *rows])
        )
    return 0


@app.command()
def show(
    workspace: options.WorkspaceArgument,
    campaign: Annotated[
        str,
        typer.Argument(metavar="CAMPAIGN", help="Its address or number.", show_default=False),
    ],
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Show a campaign as it runs. Its workflow: `cioform show`.

    \b
    Examples:
        cioform campaigns show acme campaign.onboarding
        cioform campaigns show acme 12 --json
    """

    with options.open_workspace(project, workspace) as opened:
        found = opened.campaigns.show(campaign)
    write_stdout(
        dumps(workspace=workspace, campaign=found) if as_json else to_yaml(to_json_value(found))
    )
    return 0


@app.command()
def metrics(
    workspace: options.WorkspaceArgument,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECT",
            help="campaign.x, transactional.x, broadcast#3, newsletter#4, or a number.",
            show_default=False,
        ),
    ],
    journey: Annotated[
        bool, typer.Option("--journey", help="Count journeys.", show_default=False)
    ] = False,
    links: options.LinksOption = False,
    action: options.ActionIdOption = None,
    channel: Annotated[
        Literal["email", "webhook", "twilio", "slack", "push", "in_app"] | None,
        typer.Option("--type", help="Only messages of this type.", show_default=False),
    ] = None,
    period: options.PeriodOption = "days",
    steps: options.StepsOption = None,
    zone: options.TimeZoneOption = "UTC",
    as_csv: options.CsvOption = False,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Count what became of messages, journeys or links.

    \b
    Examples:
        cioform campaigns metrics acme campaign.onboarding --period weeks --tz Europe/Berlin
        cioform campaigns metrics acme campaign.onboarding --journey
        cioform campaigns metrics acme campaign.onboarding --links
        cioform campaigns metrics acme 12 --action 7 --csv
        cioform campaigns metrics acme transactional.receipt --json
    """

    if journey and (links or action or channel):
        raise UsageError.of(
            "Options that exclude each other",
            "--journey counts journeys as a whole, without --links, --action and --type.",
        )
    if links and (channel or zone != "UTC"):
        raise UsageError.of(
            "Options that exclude each other",
            "--links counts over all types of messages and by Customer.io's own days, without "
            "--type and --tz.",
        )
    with options.open_workspace(project, workspace) as opened:
        counted = opened.campaigns
        if links:
            found = counted.links(subject, action=action, period=period, steps=steps)
            return print_links(workspace, subject, found, as_csv, as_json, no_color)
        if journey:
            result = counted.journey(subject, period=period, steps=steps, zone=zone)
        else:
            result = counted.metrics(
                subject, action=action, period=period, steps=steps, zone=zone, channel=channel
            )
    return print_metrics(workspace, result, as_csv, as_json, no_color)
