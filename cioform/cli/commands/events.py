"""`cioform events`: track events."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from cioform.cli.command_list.lazy_commands import command_group
from cioform.cli.interpreter import SENDING_SWITCH_INTERVAL, switch_interval
from cioform.cli.output import print_output
from cioform.cli.parameters import data_options, opening, options
from cioform.cli.parameters.parsers import parse_json_object, parse_timestamp
from cioform.cli.terminal.counter import ImportProgressLine
from cioform.cli.terminal.import_report import print_import_check, print_import_result
from cioform.cli.terminal.watch import warn_if_interrupted
from cioform.contract.data_row import DataRow
from cioform.core.errors import UsageError
from cioform.operate.bulk_import.options import ImportOptions

app = command_group("Track events, one at a time or from a file.")

_IdAndNameArgument: TypeAlias = Annotated[
    list[str],
    typer.Argument(
        metavar="[ID] NAME",
        help="The person, and the name of the event.",
        show_default=False,
    ),
]
_AnonymousOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="ANON_ID",
        help="Anonymous ID of an unknown visitor; replaces ID.",
        show_default=False,
    ),
]
_TimestampOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="WHEN",
        help="When it happened: Unix seconds or an ISO 8601 date (default: now).",
        show_default=False,
    ),
]


@app.command()
def track(
    workspace: options.WorkspaceArgument,
    id_and_name: _IdAndNameArgument,
    data: options.DataOption = None,
    anonymous: _AnonymousOption = None,
    timestamp: _TimestampOption = None,
    by: data_options.IdTypeOption = None,
    no_contract: options.NoContractOption = False,
    as_json: options.JsonOption = False,
    rate: options.RateOption = None,
    project: options.ProjectOption = None,
) -> int:
    """Track an event of one person.

    The data is checked first: if a message that the event starts would fail, nothing is sent and
    the command exits with 3.

    Examples:
        cioform events track acme u1 purchased --data '{"price": 12.5}'
        cioform events track acme jane@acme.com purchased --by email --data @purchase.json
        cioform events track acme --anonymous a-77 viewed_pricing
    """
    person, name = _parse_person_and_event(id_and_name, anonymous, by)
    event_data = parse_json_object(data, "--data")
    seconds = parse_timestamp(timestamp, "--timestamp")
    with opening.open_workspace(project, workspace, rate=rate) as opened:
        if not no_contract:
            opened.data_checks.check_events([DataRow(event_data, name=name)])
        with warn_if_interrupted("The event"):
            if anonymous is not None:
                opened.events.anonymous(anonymous, name, event_data, timestamp=seconds)
            else:
                opened.events.track(person, name, event_data, by=by, timestamp=seconds)
    who = anonymous if anonymous is not None else person
    print_output(
        f"Tracked {name} for {who}.\n",
        as_json,
        workspace=workspace,
        who=who,
        name=name,
        data=event_data,
        timestamp=seconds,
    )
    return 0


@app.command("import")
def import_(
    workspace: options.WorkspaceArgument,
    file: data_options.ImportFileArgument,
    file_format: data_options.FileFormatOption = None,
    again: data_options.AgainOption = False,
    rejected: data_options.RejectedFileOption = None,
    dry_run: data_options.ImportDryRunOption = False,
    no_contract: options.NoContractOption = False,
    rate: options.RateOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Track every event in an NDJSON or CSV file, or a pipe.

    Each line needs `id`, `email` or `cio_id`, and `name`; `timestamp` and `data` are optional. In a
    CSV file, all other columns become data. If an import is interrupted, run it again to continue
    where it stopped; no event is counted twice. The command exits with 8 if lines were rejected,
    and with 3, before anything is sent, if a message that an event starts would fail. A pipe is
    checked batch by batch, and an interrupted import from a pipe cannot be continued.

    Examples:
        cioform events import acme events.ndjson --dry-run
        cioform events import acme events.ndjson
        cioform events import acme events.csv --rejected bad.ndjson --rate 20
        zcat events.ndjson.gz | cioform events import acme -
    """
    settings = ImportOptions(file_format, again, rejected)
    with (
        opening.open_workspace(project, workspace, rate=rate) as opened,
        switch_interval(SENDING_SWITCH_INTERVAL),
        ImportProgressLine() as progress,
    ):
        check = None if no_contract else opened.data_checks.check_items
        if dry_run:
            found = opened.events.check(file, settings, check)
            return print_import_check(workspace, found, "events", as_json)
        result = opened.events.import_(file, settings, progress, check)
    return print_import_result(workspace, result, "events", as_json)


def _parse_person_and_event(
    words: list[str], anonymous: str | None, by: str | None
) -> tuple[str, str]:
    """Return the person, empty if anonymous, and the name of the event."""
    if anonymous is None:
        if len(words) == 2:
            return words[0], words[1]
        raise UsageError.of(
            "Invalid command line",
            "An event needs a person and a name. See:\n\n    cioform events track --help",
        )
    if by is not None:
        raise UsageError.of(
            "Mutually exclusive options",
            "--by is the kind of ID, and --anonymous replaces ID. Use only one of them.",
        )
    if len(words) != 1:
        raise UsageError.of(
            "Invalid command line",
            "With --anonymous, an event takes only a name. See:\n\n    cioform events track --help",
        )
    return "", words[0]
