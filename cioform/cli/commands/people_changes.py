"""The commands of `cioform people` that change something."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cioform.cli.confirm import confirm
from cioform.cli.interpreter import SENDING_SWITCH_INTERVAL, switch_interval
from cioform.cli.output import print_output
from cioform.cli.parameters import data_options, opening, options
from cioform.cli.parameters.parsers import parse_assignments, parse_json_object
from cioform.cli.terminal.counter import ImportProgressLine
from cioform.cli.terminal.import_report import print_import_check, print_import_result
from cioform.core.exit_codes import REFUSED
from cioform.core.text.quantities import pluralize
from cioform.operate.bulk_import.options import ImportOptions


def identify(
    workspace: options.WorkspaceArgument,
    person: data_options.PersonArgument,
    attr: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE", help="Attribute to set; repeatable.", show_default=False
        ),
    ] = None,
    json_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="File with attributes as a JSON object.", show_default=False
        ),
    ] = None,
    by: data_options.IdTypeOption = None,
    no_contract: options.NoContractOption = False,
    as_json: options.JsonOption = False,
    rate: options.RateOption = None,
    project: options.ProjectOption = None,
) -> int:
    """Create a person or set attributes.

    Numbers, true and false are sent with their type, everything else as text; write plan='"12"' to
    send a number as text. An empty value removes the attribute. If `_data/customer.yaml` declares
    another type for an attribute, nothing is sent and the command exits with 3.

    Examples:
        cioform people identify acme u1 --attr plan=trial --attr created_at=1700000000
        cioform people identify acme jane@acme.com --by email --json-file jane.json
    """
    from_file = parse_json_object(f"@{json_file}", "--json-file") if json_file else {}
    attributes = {**from_file, **parse_assignments(attr or ())}
    with opening.open_workspace(project, workspace, rate=rate) as opened:
        if not no_contract:
            opened.data_checks.check_person(attributes)
        result = opened.people.identify(person, attributes, by=by)
    number = pluralize(len(attributes), "attribute", "attributes")
    print_output(
        f"Sent {number} of {person} to {workspace}. Customer.io ignores this if the person is "
        "suppressed.\n",
        as_json,
        workspace=workspace,
        identifiers=result.identifiers,
        attributes=attributes,
    )
    return 0


def delete(
    workspace: options.WorkspaceArgument,
    person: data_options.PersonArgument,
    by: data_options.IdTypeOption = None,
    yes: options.YesOption = False,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Delete a person and all their data, after confirmation.

    Examples:
        cioform people delete acme u1
        cioform people delete acme jane@acme.com --by email --yes
    """
    question = f"Delete {person} from {workspace}, including attributes, events and history?"
    if not confirm(question, yes):
        return REFUSED
    with opening.open_workspace(project, workspace) as opened:
        identifiers = opened.people.delete(person, by=by).identifiers
    text = f"Deleted {person}.\n"
    print_output(text, as_json, workspace=workspace, identifiers=identifiers, done="deleted")
    return 0


def suppress(
    workspace: options.WorkspaceArgument,
    person: data_options.PersonArgument,
    by: data_options.IdTypeOption = None,
    yes: options.YesOption = False,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Delete a person and prevent re-adding, after confirmation.

    Examples:
        cioform people suppress acme u1 --yes
    """
    question = f"Delete {person} from {workspace}, and block them from being added again?"
    if not confirm(question, yes):
        return REFUSED
    with opening.open_workspace(project, workspace) as opened:
        identifiers = opened.people.suppress(person, by=by).identifiers
    text = f"Suppressed {person}.\n"
    print_output(text, as_json, workspace=workspace, identifiers=identifiers, done="suppressed")
    return 0


def unsuppress(
    workspace: options.WorkspaceArgument,
    person: data_options.PersonArgument,
    by: data_options.IdTypeOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Allow a suppressed person to be added again.

    Examples:
        cioform people unsuppress acme u1
    """
    with opening.open_workspace(project, workspace) as opened:
        identifiers = opened.people.unsuppress(person, by=by).identifiers
    text = f"Unsuppressed {person}; they can be added again.\n"
    print_output(text, as_json, workspace=workspace, identifiers=identifiers, done="unsuppressed")
    return 0


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
    """Identify every person in an NDJSON or CSV file, or a pipe.

    Each line needs `id`, `email` or `cio_id`; all other fields are attributes. A CSV column can
    declare a type: age:number, vip:boolean, created_at:timestamp, tags:json. If an import is
    interrupted, run it again to continue where it stopped. The command exits with 8 if lines were
    rejected, and with 3, before anything is sent, if an attribute has another type than
    `_data/customer.yaml` declares. A pipe is checked batch by batch, and an interrupted import from
    a pipe cannot be continued.

    Examples:
        cioform people import acme people.csv --dry-run
        cioform people import acme people.csv
        cioform people import acme people.ndjson --rejected bad.ndjson --rate 20
    """
    settings = ImportOptions(file_format, again, rejected)
    with (
        opening.open_workspace(project, workspace, rate=rate) as opened,
        switch_interval(SENDING_SWITCH_INTERVAL),
        ImportProgressLine() as progress,
    ):
        check = None if no_contract else opened.data_checks.check_items
        if dry_run:
            found = opened.people.check(file, settings, check)
            return print_import_check(workspace, found, "people", as_json)
        result = opened.people.import_(file, settings, progress, check)
    return print_import_result(workspace, result, "people", as_json)
