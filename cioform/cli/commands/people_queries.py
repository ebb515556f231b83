"""The commands of `cioform people` that only read."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cioform.cli.output import format_table, print_output, stdout_styler
from cioform.cli.parameters import data_options, opening, options
from cioform.core.data.json_value import Json
from cioform.report.operate.deliveries import archived_text, delivery_rows
from cioform.report.operate.profile import render_profile, timestamp_text
from cioform.report.values import format_inline

_MAX_DATA_LENGTH = 60
"""Characters of an activity's data; longer data is truncated."""


def show(
    workspace: options.WorkspaceArgument,
    person: data_options.PersonArgument,
    by: data_options.IdTypeOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Show a person: standard, custom and computed attributes.

    Examples:
        cioform people show acme u1
        cioform people show acme jane@acme.com --by email --json
    """
    with opening.open_workspace(project, workspace) as opened:
        profile = opened.people.show(person, by=by)
    text = render_profile(profile, stdout_styler(not no_color))
    print_output(text, as_json, workspace=workspace, person=profile)
    return 0


def segments(
    workspace: options.WorkspaceArgument,
    person: data_options.PersonArgument,
    by: data_options.IdTypeOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List the segments that a person is in.

    Examples:
        cioform people segments acme u1
    """
    with opening.open_workspace(project, workspace) as opened:
        found = opened.people.segments(person, by=by)
    rows = [(str(each.id), str(each.address or "-"), each.name) for each in found]
    text = (
        format_table([("ID", "ADDRESS", "NAME"), *rows])
        if found
        else f"{person} is not in any segment.\n"
    )
    print_output(text, as_json, workspace=workspace, segments=found)
    return 0


def messages(
    workspace: options.WorkspaceArgument,
    person: data_options.PersonArgument,
    limit: options.LimitOption = 50,
    body: Annotated[
        bool,
        typer.Option(
            "--body",
            help="Show what was sent, as it was rendered; Customer.io allows 100 requests a day.",
            show_default=False,
        ),
    ] = False,
    by: data_options.IdTypeOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List the messages sent to a person, with their delivery state.

    Examples:
        cioform people messages acme u1 --limit 10
        cioform people messages acme u1 --limit 1 --body
    """
    with opening.open_workspace(project, workspace) as opened:
        found = opened.people.messages(person, by=by, limit=limit)
        sent = [each for each in found if body and not each.failed]
        archived = {each.id: opened.people.archived(each.id) for each in sent}
    text = format_table(delivery_rows(found)) if found else f"Nothing was sent to {person}.\n"
    for delivery, copy in archived.items():
        text += f"\n{delivery}\n{archived_text(delivery, copy)}"
    content = {"archived": archived} if body else {}
    print_output(text, as_json, workspace=workspace, messages=found, **content)
    return 0


def activities(
    workspace: options.WorkspaceArgument,
    person: data_options.PersonArgument,
    kind: Annotated[
        str | None,
        typer.Option(
            "--type",
            metavar="TYPE",
            help="Only activities of this type, e.g. event or sent_email.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only events with this name.", show_default=False),
    ] = None,
    limit: options.LimitOption = 50,
    by: data_options.IdTypeOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List a person's events, messages and other activities.

    Examples:
        cioform people activities acme u1 --type event --name purchased
    """
    with opening.open_workspace(project, workspace) as opened:
        found = opened.people.activities(person, by=by, limit=limit, kind=kind, name=name)
    rows = [
        (timestamp_text(each.at), each.type, each.name, _data_text(each.data)) for each in found
    ]
    text = (
        format_table([("AT", "TYPE", "NAME", "DATA"), *rows])
        if found
        else f"No activities found for {person}.\n"
    )
    print_output(text, as_json, workspace=workspace, activities=found)
    return 0


def _data_text(data: Json) -> str:
    """Return the data of an activity on one line, truncated if it is long."""
    if data in (None, {}):
        return ""
    line = format_inline(data)
    text = line if line is not None else json.dumps(data, ensure_ascii=False)
    return text if len(text) <= _MAX_DATA_LENGTH else f"{text[: _MAX_DATA_LENGTH - 1]}…"
