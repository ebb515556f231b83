"""`cioform segments members`: the members of a segment."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Literal

import typer

from cioform.cli.command_list.lazy_commands import command_group
from cioform.cli.output import print_output
from cioform.cli.parameters import opening, options
from cioform.cli.streams import is_terminal, write_stderr, write_stdout
from cioform.cli.terminal.counter import ImportCounter
from cioform.core.errors import UsageError
from cioform.core.exit_codes import INCOMPLETE
from cioform.core.text.quantities import pluralize
from cioform.operate.id_file import parse_ids, read_id_file
from cioform.operate.segments.members import MembershipUpdate
from cioform.report.json_output import dumps
from cioform.report.operate.members import write_members
from cioform.report.values import escape_unprintable
from cioform.storage.user_files import atomic_writer

app = command_group("List and change the members of segments.")
members = command_group("List, add and remove the members of a segment.")
app.add_typer(members, name="members")

_SegmentArgument = Annotated[
    str,
    typer.Argument(
        metavar="SEGMENT",
        help="Address of a segment, e.g. segment.vips, or its numeric ID.",
        show_default=False,
    ),
]
_FileArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE",
        help="File with one ID per line, or CSV or TSV with a header; - reads from stdin.",
        show_default=False,
    ),
]
_IdsOption = Annotated[
    list[str] | None,
    typer.Option("--id", metavar="ID", help="ID of a person; repeatable.", show_default=False),
]
_IdTypeOption = Annotated[
    Literal["id", "email", "phone", "cio_id"] | None,
    typer.Option(
        help="Kind of the identifiers; required (`email`) if they are e-mail addresses.",
        show_default=False,
    ),
]


@members.command("list")
def list_(
    workspace: options.WorkspaceArgument,
    segment: _SegmentArgument,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Write the members to this file.", show_default=False),
    ] = None,
    by: Annotated[
        Literal["id", "email", "cio_id"] | None,
        typer.Option(
            help="Print only this identifier of each member, without a header.",
            show_default=False,
        ),
    ] = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List the members of a segment as tab-separated values.

    The columns are ID, email and cio_id. `add` and `remove` can read the list, from a file or from
    stdin. A cell with a tab or a line break is in quotes, as in CSV. The command exits with 8 if
    a member is left out because no line can hold its identifier.

    Examples:
        cioform segments members list acme segment.vips
        cioform segments members list acme segment.vips --by email
        cioform segments members list acme segment.vips vips.txt
    """
    with opening.open_workspace(project, workspace) as opened:
        found = opened.members.list(segment)
        if as_json and file is None:
            write_stdout(dumps(workspace=workspace, segment=segment, members=list(found)))
            return 0
        if file is None:
            counts = write_members(found, by, _write_visibly)
        else:
            is_csv = file.suffix.lower() == ".csv"
            with atomic_writer(file) as lines:
                counts = write_members(found, by, lines.write, is_csv=is_csv)
    if file is not None:
        text = f"{pluralize(counts.written, 'member', 'members')} of {segment} written to {file}.\n"
        print_output(
            text, as_json, workspace=workspace, segment=segment, file=file, members=counts.written
        )
    if counts.without_id:
        number = pluralize(counts.without_id, "member", "members")
        write_stderr(f"Skipped {number} without {by}.\n")
    if counts.unsafe:
        number = pluralize(counts.unsafe, "member", "members")
        write_stderr(
            f"Left out {number}: control characters or outer spaces in the {by or 'identifiers'} "
            "would make a line name somebody else. `--json` lists every member.\n"
        )
    return INCOMPLETE if counts.unsafe else 0


@members.command()
def add(
    workspace: options.WorkspaceArgument,
    segment: _SegmentArgument,
    file: _FileArgument = None,
    ids: _IdsOption = None,
    by: _IdTypeOption = None,
    as_json: options.JsonOption = False,
    rate: options.RateOption = None,
    project: options.ProjectOption = None,
) -> int:
    """Add people to a manual segment, 1,000 per request. Repeating it changes nothing.

    Examples:
        cioform segments members add acme segment.vips vips.txt
        cioform segments members add acme segment.vips --id u1 --id u2
        cioform segments members add acme segment.vips people.csv --by email
    """
    people = _load_ids(file, ids, by)
    with (
        opening.open_workspace(project, workspace, rate=rate) as opened,
        ImportCounter("added") as counter,
    ):
        update = opened.members.add(segment, people, by=by, listener=counter)
    return _print_update(workspace, segment, update, "added to", as_json)


@members.command()
def remove(
    workspace: options.WorkspaceArgument,
    segment: _SegmentArgument,
    file: _FileArgument = None,
    ids: _IdsOption = None,
    by: _IdTypeOption = None,
    as_json: options.JsonOption = False,
    rate: options.RateOption = None,
    project: options.ProjectOption = None,
) -> int:
    """Remove people from a manual segment, 1,000 per request. Repeating it changes nothing.

    Examples:
        cioform segments members remove acme segment.vips gone.txt
    """
    people = _load_ids(file, ids, by)
    with (
        opening.open_workspace(project, workspace, rate=rate) as opened,
        ImportCounter("removed") as counter,
    ):
        update = opened.members.remove(segment, people, by=by, listener=counter)
    return _print_update(workspace, segment, update, "removed from", as_json)


def _write_visibly(text: str) -> None:
    """Write a line to stdout, with control characters shown as codes on a terminal."""
    shown = escape_unprintable(text.replace("\t", " " * 4).removesuffix("\n")) + "\n"
    write_stdout(shown if is_terminal(sys.stdout) else text)


def _load_ids(file: Path | None, ids: list[str] | None, by: str | None) -> Iterable[str]:
    if (file is None) == (not ids):
        raise UsageError.of(
            "Missing argument",
            "Name the people either with a FILE that has one ID per line, or with --id.",
        )
    if file == Path("-"):
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(newline="")  # Quoted cells have line breaks of every kind.
        return parse_ids(sys.stdin or (), "standard input", by or "id")
    return read_id_file(file, by or "id") if file is not None else list(ids or ())


def _print_update(
    workspace: str, segment: str, update: MembershipUpdate, verb: str, as_json: bool
) -> int:
    ids = pluralize(update.ids, "id", "ids")
    requests = pluralize(update.calls, "request", "requests")
    text = f"{ids} {verb} {segment} in {requests}.\n"
    print_output(
        text, as_json, workspace=workspace, segment=segment, ids=update.ids, calls=update.calls
    )
    return 0
