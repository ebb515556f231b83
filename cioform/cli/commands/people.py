"""`cioform people`: who is in a workspace, one by one or from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cioform.cli import options
from cioform.cli.confirm import confirm
from cioform.cli.exit_codes import DECLINED
from cioform.cli.lazy_commands import command_group
from cioform.cli.output import format_table, stdout_styler
from cioform.cli.parsers import parse_assignments, parse_json_object
from cioform.cli.streams import write_stdout
from cioform.cli.terminal.counter import (
    ImportProgressLine,
    print_import_check,
    print_import_result,
)
from cioform.operate.bulk_import.options import ImportOptions
from cioform.report.json_output import dumps
from cioform.report.operate.deliveries import delivery_rows
from cioform.report.operate.profile import render_profile, timestamp_text
from cioform.report.plan.view import pluralize
from cioform.report.values import format_inline

app = command_group("Identify, show and delete people; import them from a file.")


@app.command()
def identify(
    workspace: options.WorkspaceArgument,
    person: options.PersonArgument,
    attr: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE", help="An attribute; may be repeated.", show_default=False
        ),
    ] = None,
    json_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Attributes as a JSON object.", show_default=False),
    ] = None,
    by: options.IdTypeOption = None,
    as_json: options.JsonOption = False,
    rate: options.RateOption = None,
    project: options.ProjectOption = None,
) -> int:
    """Make a person, or set attributes of one who is there.

    Numbers, true and false are sent as such, all else as text; write plan='"12"' for a text that
    looks like a number. An empty value unsets.

    \b
    Examples:
        cioform people identify acme u1 --attr plan=trial --attr created_at=1700000000
        cioform people identify acme jane@acme.com --by email --json-file jane.json
    """

    from_file = parse_json_object(f"@{json_file}", "--json-file") if json_file else {}
    attributes = {**from_file, **parse_assignments(attr or ())}
    with options.open_workspace(project, workspace, rate=rate) as opened:
        who = opened.people.identify(person, attributes, by=by)
    if as_json:
        write_stdout(dumps(workspace=workspace, identifiers=who.identifiers, attributes=attributes))
    else:
        set_ = pluralize(len(attributes), "attribute", "attributes")
        write_stdout(f"{person} is in {workspace}: {set_} set.\n")
    return 0


@app.command()
def show(
    workspace: options.WorkspaceArgument,
    person: options.PersonArgument,
    by: options.IdTypeOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Show a person: standard, custom and computed attributes.

    \b
    Examples:
        cioform people show acme u1
        cioform people show acme jane@acme.com --by email --json
    """

    with options.open_workspace(project, workspace) as opened:
        profile = opened.people.show(person, by=by)
    if as_json:
        write_stdout(dumps(workspace=workspace, person=profile))
    else:
        write_stdout(render_profile(profile, stdout_styler(not no_color)))
    return 0


@app.command()
def segments(
    workspace: options.WorkspaceArgument,
    person: options.PersonArgument,
    by: options.IdTypeOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List the segments that a person is in.

    \b
    Examples:
        cioform people segments acme u1
    """

    with options.open_workspace(project, workspace) as opened:
        found = opened.people.segments(person, by=by)
    if as_json:
        write_stdout(dumps(workspace=workspace, segments=found))
    elif not found:
        write_stdout(f"{person} is in no segment.\n")
    else:
        rows = [(str(each.id), str(each.address or "-"), each.name) for each in found]
        write_stdout(format_table([("ID", "ADDRESS", "NAME"), *rows]))
    return 0


@app.command()
def messages(
    workspace: options.WorkspaceArgument,
    person: options.PersonArgument,
    limit: options.LimitOption = 50,
    by: options.IdTypeOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List what was sent to a person, and what became of it.

    \b
    Examples:
        cioform people messages acme u1 --limit 10
    """

    with options.open_workspace(project, workspace) as opened:
        found = opened.people.messages(person, by=by, limit=limit)
    if as_json:
        write_stdout(dumps(workspace=workspace, messages=found))
    elif not found:
        write_stdout(f"Nothing was sent to {person}.\n")
    else:
        write_stdout(format_table(delivery_rows(found)))
    return 0


@app.command()
def activities(
    workspace: options.WorkspaceArgument,
    person: options.PersonArgument,
    kind: Annotated[
        str | None,
        typer.Option(
            "--type", metavar="TYPE", help="Only these: event, sent_email.", show_default=False
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only events so called.", show_default=False)
    ] = None,
    limit: options.LimitOption = 50,
    by: options.IdTypeOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List what a person did, and what was done.

    \b
    Examples:
        cioform people activities acme u1 --type event --name purchased
    """

    with options.open_workspace(project, workspace) as opened:
        found = opened.people.activities(person, by=by, limit=limit, kind=kind, name=name)
    if as_json:
        write_stdout(dumps(workspace=workspace, activities=found))
    elif not found:
        write_stdout(f"Nothing is known of what {person} did.\n")
    else:
        rows = [
            (
                timestamp_text(each.at),
                each.type,
                each.name,
                _truncated_data(format_inline(each.data), each.data),
            )
            for each in found
        ]
        write_stdout(format_table([("AT", "TYPE", "NAME", "DATA"), *rows]))
    return 0


@app.command()
def delete(
    workspace: options.WorkspaceArgument,
    person: options.PersonArgument,
    by: options.IdTypeOption = None,
    yes: options.YesOption = False,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Delete a person with all their data. Asks first.

    \b
    Examples:
        cioform people delete acme u1
        cioform people delete acme jane@acme.com --by email --yes
    """
    question = f"Delete {person} from {workspace}, with attributes, events and history?"
    if not confirm(question, yes):
        return DECLINED
    with options.open_workspace(project, workspace) as opened:
        who = opened.people.delete(person, by=by)
    return _print_result(workspace, who.identifiers, "deleted", f"{person} is deleted.\n", as_json)


@app.command()
def suppress(
    workspace: options.WorkspaceArgument,
    person: options.PersonArgument,
    by: options.IdTypeOption = None,
    yes: options.YesOption = False,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Delete a person and keep them out. Asks first.

    \b
    Examples:
        cioform people suppress acme u1 --yes
    """
    if not confirm(f"Delete {person} from {workspace}, and never let them in again?", yes):
        return DECLINED
    with options.open_workspace(project, workspace) as opened:
        who = opened.people.suppress(person, by=by)
    return _print_result(
        workspace, who.identifiers, "suppressed", f"{person} is suppressed.\n", as_json
    )


@app.command()
def unsuppress(
    workspace: options.WorkspaceArgument,
    person: options.PersonArgument,
    by: options.IdTypeOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Let a suppressed person in again.

    \b
    Examples:
        cioform people unsuppress acme u1
    """
    with options.open_workspace(project, workspace) as opened:
        who = opened.people.unsuppress(person, by=by)
    words = f"{person} may be added again.\n"
    return _print_result(workspace, who.identifiers, "unsuppressed", words, as_json)


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
    """Identify everybody in an NDJSON or CSV file.

    Each line has `id`, `email` or `cio_id`, and attributes. A column of CSV may say its type:
    age:number, vip:boolean, created_at:timestamp, tags:json. A cut import goes on where it
    stopped. Exits with 8 if lines were rejected.

    \b
    Examples:
        cioform people import acme people.csv --dry-run
        cioform people import acme people.csv
        cioform people import acme people.ndjson --rejected bad.ndjson --rate 20
    """

    wanted = ImportOptions(file_format, again, rejected)
    with (
        options.open_workspace(project, workspace, rate=rate) as opened,
        ImportProgressLine() as counting,
    ):
        if dry_run:
            return print_import_check(
                workspace, opened.people.check(file, wanted), "people", as_json
            )
        done = opened.people.import_(file, wanted, counting)
    return print_import_result(workspace, done, "people", as_json)


def _print_result(
    workspace: str, identifiers: dict[str, str], done: str, text: str, as_json: bool
) -> int:

    write_stdout(
        dumps(workspace=workspace, identifiers=identifiers, done=done) if as_json else text
    )
    return 0


def _truncated_data(line: str | None, data: object) -> str:

    text = line if line is not None else json.dumps(data, ensure_ascii=False)
    return "" if data in (None, {}) else text if len(text) <= 60 else f"{text[:59]}…"
