"""`cioform campaigns`: campaigns as they run, and metrics of everything that sends messages."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cioform.cli.command_list.lazy_commands import command_group
from cioform.cli.output import format_table, print_output
from cioform.cli.parameters import data_options, opening, options
from cioform.cli.terminal.charts import MetricsPrinter
from cioform.core.errors import UsageError
from cioform.report.json_output import to_json_value
from cioform.report.operate.profile import timestamp_text
from cioform.report.yaml_document import to_yaml

app = command_group("List campaigns and show metrics.")


@app.command("list")
def list_(
    workspace: options.WorkspaceArgument,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List all campaigns, managed and unmanaged.

    Examples:
        cioform campaigns list acme
    """
    with opening.open_workspace(project, workspace) as opened:
        found = opened.campaigns.list()
    rows = [
        (str(e.id), str(e.address or "-"), e.name, e.state, e.type, timestamp_text(e.updated))
        for e in found
    ]
    text = (
        format_table([("ID", "ADDRESS", "NAME", "STATE", "TRIGGER", "UPDATED"), *rows])
        if found
        else f"{workspace} has no campaigns.\n"
    )
    print_output(text, as_json, workspace=workspace, campaigns=found)
    return 0


@app.command()
def show(
    workspace: options.WorkspaceArgument,
    campaign: Annotated[
        str,
        typer.Argument(
            metavar="CAMPAIGN",
            help="Address of a campaign, or its numeric ID.",
            show_default=False,
        ),
    ],
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Show the state of a campaign. `cioform show` displays its workflow.

    Examples:
        cioform campaigns show acme campaign.onboarding
        cioform campaigns show acme 12 --json
    """
    with opening.open_workspace(project, workspace) as opened:
        found = opened.campaigns.show(campaign)
    print_output(to_yaml(to_json_value(found)), as_json, workspace=workspace, campaign=found)
    return 0


@app.command()
def metrics(
    workspace: options.WorkspaceArgument,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECT",
            help="campaign.x, transactional.x, broadcast#3, newsletter#4, or a campaign's ID.",
            show_default=False,
        ),
    ],
    journey: Annotated[
        bool,
        typer.Option("--journey", help="Count journeys, not messages.", show_default=False),
    ] = False,
    links: data_options.LinksOption = False,
    action: data_options.ActionIdOption = None,
    channel: Annotated[
        Literal["email", "webhook", "twilio", "slack", "push", "in_app"] | None,
        typer.Option("--type", help="Only messages of this type.", show_default=False),
    ] = None,
    period: data_options.PeriodOption = "days",
    steps: data_options.StepsOption = None,
    zone: data_options.TimeZoneOption = "UTC",
    as_csv: options.CsvOption = False,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Show metrics of messages, journeys or links.

    Examples:
        cioform campaigns metrics acme campaign.onboarding --period weeks --tz Europe/Berlin
        cioform campaigns metrics acme campaign.onboarding --journey
        cioform campaigns metrics acme campaign.onboarding --links
        cioform campaigns metrics acme 12 --action 7 --csv
        cioform campaigns metrics acme transactional.receipt --json
    """
    _check_metrics_options(journey, links, action, channel, zone)
    printer = MetricsPrinter(workspace, as_csv, as_json, not no_color)
    with opening.open_workspace(project, workspace) as opened:
        if links:
            clicks = opened.campaigns.links(subject, action=action, period=period, steps=steps)
            return printer.print_links(subject, clicks)
        if journey:
            result = opened.campaigns.journey(subject, period=period, steps=steps, zone=zone)
        else:
            result = opened.campaigns.metrics(
                subject, action=action, period=period, steps=steps, zone=zone, channel=channel
            )
    return printer.print_metrics(result)


def _check_metrics_options(
    journey: bool, links: bool, action: str | None, channel: str | None, zone: str
) -> None:
    if journey and (links or action or channel):
        raise UsageError.of(
            "Mutually exclusive options",
            "--journey counts whole journeys; it cannot be combined with --links, --action or "
            "--type.",
        )
    if links and (channel or zone != "UTC"):
        raise UsageError.of(
            "Mutually exclusive options",
            "--links counts clicks in all types of messages and in Customer.io's own time zone; "
            "it cannot be combined with --type or --tz.",
        )
