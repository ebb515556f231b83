"""`cioform events`: what people did."""

from __future__ import annotations

from typing import Annotated

import typer

from cioform.cli import options
from cioform.cli.lazy_commands import command_group
from cioform.cli.parsers import parse_json_object, parse_timestamp
from cioform.cli.streams import write_stdout
from cioform.cli.terminal.counter import (
    ImportProgressLine,
    print_import_check,
    print_import_result,
)
from cioform.core.errors import UsageError
from cioform.operate.bulk_import.options import ImportOptions
from cioform.report.json_output import dumps

app = command_group("Track what people did; import it from a file.")


@app.command()
def track(
    workspace: options.WorkspaceArgument,
    id_and_name: Annotated[
        list[str],
        typer.Argument(metavar="[ID] NAME", help="Who, and what they did.", show_default=False),
    ],
    data: options.DataOption = None,
    anonymous: Annotated[
        str | None,
        typer.Option(
            metavar="ANON_ID", help="Of somebody not yet known; then without ID.",
            show_default=False,
        ),
    ] = None,
    timestamp: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="Seconds, or an ISO date.", show_default=False),
    ] = None,
    by: options.IdTypeOption = None,
    as_json: options.JsonOption = False,
    rate: options.RateOption = None,
    project: options.ProjectOption = None,
) -> int:  # fmt: skip
    """Say that somebody did something.

    \b
    Examples:
        cioform events track acme u1 purchased --data '{"price": 12.5}'
        cioform events track acme jane@acme.com purchased --by email --data @purchase.json
        cioform events track acme --anonymous a-77 viewed_pricing
    """

    person, name = _parse_person_and_event(id_and_name, anonymous, by)
    said, at = parse_json_object(data, "--data"), parse_timestamp(timestamp, "--timestamp")
    with options.open_workspace(project, workspace, rate=rate) as opened:
        if anonymous is not None:
            opened.events.anonymous(anonymous, name, said, timestamp=at)
        else:
            opened.events.track(person, name, said, by=by, timestamp=at)
    who = anonymous if anonymous is not None else person
    if as_json:
        write_stdout(dumps(workspace=workspace, who=who, name=name, data=said, timestamp=at))
    else:
        write_stdout(f"{name} is tracked for {who}.\n")
    return 0


@app.command("import")
def import_(
    workspace: options.WorkspaceArgument,
    file: options.ImportFileArgument,
    file_format: options.FileFormatOption = None,
    again: options.AgainOption = False,
    rejected: options.RejectedFileOption = None,
    dry_run: options.ImportDryRunOption = False,
    rate: options.RateOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Track every event of an NDJSON or CSV file.

    Each line has `id`, `email` or `cio_id`, `name`, and perhaps `timestamp` and `data`; other
    columns of CSV are data. A cut import goes on where it stopped, and counts nothing twice. Exits
    with 8 if lines were rejected.

    \b
    Examples:
        cioform events import acme events.ndjson --dry-run
        cioform events import acme events.ndjson
        cioform events import acme events.csv --rejected bad.ndjson --rate 20
    """

    wanted = ImportOptions(file_format, again, rejected)
    with (
        options.open_workspace(project, workspace, rate=rate) as opened,
        ImportProgressLine() as counting,
    ):
        if dry_run:
            return print_import_check(
                workspace, opened.events.check(file, wanted), "events", as_json
            )
        done = opened.events.import_(file, wanted, counting)
    return print_import_result(workspace, done, "events", as_json)


def _parse_person_and_event(
    id_and_name: list[str], anonymous: str | None, by: str | None
) -> tuple[str, str]:

    if anonymous is not None and by is not None:
        raise UsageError.of(
            "Options that exclude each other",
            "--by says what ID is, and with --anonymous there is none.",
        )
    wanted = 1 if anonymous is not None else 2
    if len(id_and_name) != wanted:
        raise UsageError.of(
            "Wrong command line",
            "An event has a person and a name, or with --anonymous a name only. See:\n\n"
            "    cioform events track --help",
        )
    return ("", id_and_name[0]) if anonymous is not None else (id_and_name[0], id_and_name[1])
