"""`cioform broadcasts`: API-triggered broadcasts."""

from __future__ import annotations

from cioform.cli.command_list.lazy_commands import command_group
from cioform.cli.commands.broadcast_trigger import BroadcastArgument, trigger
from cioform.cli.output import format_table, print_output
from cioform.cli.parameters import data_options, opening, options
from cioform.cli.terminal.charts import MetricsPrinter
from cioform.report.json_output import to_json_value
from cioform.report.operate.profile import timestamp_text
from cioform.report.yaml_document import to_yaml

app = command_group("List, trigger and measure API-triggered broadcasts.")


@app.command("list")
def list_(
    workspace: options.WorkspaceArgument,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List API-triggered broadcasts.

    Examples:
        cioform broadcasts list acme
    """
    with opening.open_workspace(project, workspace) as opened:
        found = opened.broadcasts.list()
    rows = [
        (str(each.id), each.name, each.state, str(len(each.steps)), timestamp_text(each.updated))
        for each in found
    ]
    text = (
        format_table([("ID", "NAME", "STATE", "MESSAGES", "UPDATED"), *rows])
        if found
        else f"{workspace} has no API-triggered broadcasts.\n"
    )
    print_output(text, as_json, workspace=workspace, broadcasts=found)
    return 0


@app.command()
def show(
    workspace: options.WorkspaceArgument,
    broadcast: BroadcastArgument,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Show a broadcast and the times of its triggers.

    Examples:
        cioform broadcasts show acme 3
    """
    with opening.open_workspace(project, workspace) as opened:
        found = opened.broadcasts.show(broadcast)
    print_output(to_yaml(to_json_value(found)), as_json, workspace=workspace, broadcast=found)
    return 0


app.command()(trigger)


@app.command()
def metrics(
    workspace: options.WorkspaceArgument,
    broadcast: BroadcastArgument,
    period: data_options.PeriodOption = "days",
    steps: data_options.StepsOption = None,
    links: data_options.LinksOption = False,
    action: data_options.ActionIdOption = None,
    as_csv: options.CsvOption = False,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Show metrics of a broadcast, or of one of its messages.

    Examples:
        cioform broadcasts metrics acme 3 --period weeks
        cioform broadcasts metrics acme 3 --links --csv
    """
    printer = MetricsPrinter(workspace, as_csv, as_json, not no_color)
    with opening.open_workspace(project, workspace) as opened:
        subject = f"broadcast#{opened.broadcasts.number(broadcast)}"
        if links:
            clicks = opened.campaigns.links(subject, action=action, period=period, steps=steps)
            return printer.print_links(subject, clicks)
        result = opened.campaigns.metrics(subject, action=action, period=period, steps=steps)
    return printer.print_metrics(result)
