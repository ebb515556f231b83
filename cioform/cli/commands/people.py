"""`cioform people`: who is in a workspace, one by one or from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cioform.cli import options
from cioform.cli.confirm import agreed
from cioform.cli.exit_codes import DECLINED
from cioform.cli.output import columns, out, out_ink

app = typer.Typer(
    help="Identify, show and delete people; import them from a file.",
    rich_markup_mode=None,
)


@app.command()
def identify(
    workspace: options.Workspace,
    person: options.Person,
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
    by: options.By = None,
    as_json: options.Json = False,
    rate: options.Rate = None,
    project: options.Project = None,
) -> int:
    """Make a person, or set attributes of one who is there.

    Numbers, true and false are sent as such, all else as text; write plan='"12"' for a text that
    looks like a number. An empty value unsets.

    \b
    Examples:
        cioform people identify acme u1 --attr plan=trial --attr created_at=1700000000
        cioform people identify acme jane@acme.com --by email --json-file jane.json
    """
    from cioform.cli.parsers import assignments, json_object
    from cioform.report.json_output import dumps
    from cioform.report.plan.view import count

    from_file = json_object(f"@{json_file}", "--json-file") if json_file else {}
    attributes = {**from_file, **assignments(attr or ())}
    with options.open_session(project, workspace, rate=rate) as opened:
        who = opened.people.identify(person, attributes, by=by)
    if as_json:
        out(dumps(workspace=workspace, identifiers=who.identifiers, attributes=attributes))
    else:
        set_ = count(len(attributes), "attribute", "attributes")
        out(f"{person} is in {workspace}: {set_} set.\n")
    return 0


@app.command()
def show(
    workspace: options.Workspace,
    person: options.Person,
    by: options.By = None,
    as_json: options.Json = False,
    project: options.Project = None,
    no_color: options.NoColour = False,
) -> int:
    """Show a person: standard, custom and computed attributes.

    \b
    Examples:
        cioform people show acme u1
        cioform people show acme jane@acme.com --by email --json
    """
    from cioform.report.json_output import dumps
    from cioform.report.operate.profile import render_profile

    with options.open_session(project, workspace) as opened:
        profile = opened.people.show(person, by=by)
    if as_json:
        out(dumps(workspace=workspace, person=profile))
    else:
        out(render_profile(profile, out_ink(not no_color)))
    return 0


@app.command()
def segments(
    workspace: options.Workspace,
    person: options.Person,
    by: options.By = None,
    as_json: options.Json = False,
    project: options.Project = None,
) -> int:
    """List the segments that a person is in.

    \b
    Examples:
        cioform people segments acme u1
    """
    from cioform.report.json_output import dumps

    with options.open_session(project, workspace) as opened:
        found = opened.people.segments(person, by=by)
    if as_json:
        out(dumps(workspace=workspace, segments=found))
    elif not found:
        out(f"{person} is in no segment.\n")
    else:
        rows = [(str(each.id), str(each.address or "-"), each.name) for each in found]
        out(columns([("ID", "ADDRESS", "NAME"), *rows]))
    return 0


@app.command()
def messages(
    workspace: options.Workspace,
    person: options.Person,
    limit: options.Limit = 50,
    by: options.By = None,
    as_json: options.Json = False,
    project: options.Project = None,
) -> int:
    """List what was sent to a person, and what became of it.

    \b
    Examples:
        cioform people messages acme u1 --limit 10
    """
    from cioform.report.json_output import dumps
    from cioform.report.operate.deliveries import delivery_rows

    with options.open_session(project, workspace) as opened:
        found = opened.people.messages(person, by=by, limit=limit)
    if as_json:
        out(dumps(workspace=workspace, messages=found))
    elif not found:
        out(f"Nothing was sent to {person}.\n")
    else:
        out(columns(delivery_rows(found)))
    return 0


@app.command()
def activities(
    workspace: options.Workspace,
    person: options.Person,
    kind: Annotated[
        str | None,
        typer.Option(
            "--type", metavar="TYPE", help="Only these: event, sent_email.", show_default=False
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only events so called.", show_default=False)
    ] = None,
    limit: options.Limit = 50,
    by: options.By = None,
    as_json: options.Json = False,
    project: options.Project = None,
) -> int:
    """List what a person did, and what was done.

    \b
    Examples:
        cioform people activities acme u1 --type event --name purchased
    """
    from cioform.report.json_output import dumps
    from cioform.report.operate.profile import moment
    from cioform.report.values import one_line

    with options.open_session(project, workspace) as opened:
        found = opened.people.activities(person, by=by, limit=limit, kind=kind, name=name)
    if as_json:
        out(dumps(workspace=workspace, activities=found))
    elif not found:
        out(f"Nothing is known of what {person} did.\n")
    else:
        rows = [
            (moment(each.at), each.type, each.name, _short(one_line(each.data), each.data))
            for each in found
        ]
        out(columns([("AT", "TYPE", "NAME", "DATA"), *rows]))
    return 0


@app.command()
def delete(
    workspace: options.Workspace,
    person: options.Person,
    by: options.By = None,
    yes: options.Yes = False,
    as_json: options.Json = False,
    project: options.Project = None,
) -> int:
    """Delete a person with all their data. Asks first.

    \b
    Examples:
        cioform people delete acme u1
        cioform people delete acme jane@acme.com --by email --yes
    """
    question = f"Delete {person} from {workspace}, with attributes, events and history?"
    if not agreed(question, yes):
        return DECLINED
    with options.open_session(project, workspace) as opened:
        who = opened.people.delete(person, by=by)
    return _tell(workspace, who.identifiers, "deleted", f"{person} is deleted.\n", as_json)


@app.command()
def suppress(
    workspace: options.Workspace,
    person: options.Person,
    by: options.By = None,
    yes: options.Yes = False,
    as_json: options.Json = False,
    project: options.Project = None,
) -> int:
    """Delete a person and keep them out. Asks first.

    \b
    Examples:
        cioform people suppress acme u1 --yes
    """
    if not agreed(f"Delete {person} from {workspace}, and never let them in again?", yes):
        return DECLINED
    with options.open_session(project, workspace) as opened:
        who = opened.people.suppress(person, by=by)
    return _tell(workspace, who.identifiers, "suppressed", f"{person} is suppressed.\n", as_json)


@app.command()
def unsuppress(
    workspace: options.Workspace,
    person: options.Person,
    by: options.By = None,
    as_json: options.Json = False,
    project: options.Project = None,
) -> int:
    """Let a suppressed person in again.

    \b
    Examples:
        cioform people unsuppress acme u1
    """
    with options.open_session(project, workspace) as opened:
        who = opened.people.unsuppress(person, by=by)
    words = f"{person} may be added again.\n"
    return _tell(workspace, who.identifiers, "unsuppressed", words, as_json)


@app.command("import")
def import_(
    workspace: options.Workspace,
    file: options.ImportFile,
    file_format: options.Format = None,
    again: options.Again = False,
    rejected: options.Rejected = None,
    dry_run: options.Check = False,
    rate: options.Rate = None,
    as_json: options.Json = False,
    project: options.Project = None,
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
    from cioform.cli.terminal.counter import Counting, tell_checked, tell_imported
    from cioform.operate.bulk_import.options import ImportOptions

    wanted = ImportOptions(file_format, again, rejected)
    with options.open_session(project, workspace, rate=rate) as opened, Counting() as counting:
        if dry_run:
            return tell_checked(workspace, opened.people.check(file, wanted), "people", as_json)
        done = opened.people.import_(file, wanted, counting)
    return tell_imported(workspace, done, "people", as_json)


def _tell(workspace: str, identifiers: dict[str, str], done: str, words: str, as_json: bool) -> int:
    from cioform.report.json_output import dumps

    out(dumps(workspace=workspace, identifiers=identifiers, done=done) if as_json else words)
    return 0


def _short(line: str | None, data: object) -> str:
    import json

    text = line if line is not None else json.dumps(data, ensure_ascii=False)
    return "" if data in (None, {}) else text if len(text) <= 60 else f"{text[:59]}…"
