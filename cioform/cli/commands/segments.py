"""`cioform segments members`: who is in a manual segment."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import typer

from cioform.cli import options
from cioform.cli.lazy_commands import command_group
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.terminal.counter import ImportCounter
from cioform.core.errors import UsageError
from cioform.operate.id_file import parse_ids, read_id_file
from cioform.operate.segments.members import Member, MembershipUpdate
from cioform.report.json_output import dumps
from cioform.report.plan.view import pluralize
from cioform.storage.user_files import atomic_writer

app = command_group("Who is in a segment.")
members = command_group(
    "List the members of a segment; put people in a manual one, or take them out."
)
app.add_typer(members, name="members")

_SegmentArgument = Annotated[
    str,
    typer.Argument(
        metavar="SEGMENT", help="Its address, as segment.vips, or its number.", show_default=False
    ),
]
_FileArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE]", help="Ids, one a line, or a table; - is a pipe.", show_default=False
    ),
]
_IdsOption = Annotated[
    list[str] | None,
    typer.Option("--id", metavar="ID", help="This one; may be repeated.", show_default=False),
]
_IdTypeOption = Annotated[
    Literal["id", "email", "cio_id"] | None,
    typer.Option(help="What they are; an e-mail address has to be said.", show_default=False),
]


@members.command("list")
def list_(
    workspace: options.WorkspaceArgument,
    segment: _SegmentArgument,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Write them there.", show_default=False),
    ] = None,
    by: Annotated[
        Literal["id", "email", "cio_id"] | None,
        typer.Option(help="Only this of each, without a heading.", show_default=False),
    ] = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """List who is in a segment, as a table with tabs.

    Its columns are id, email and cio_id. `add` and `remove` read it, as a file or from a pipe.

    \b
    Examples:
        cioform segments members list acme segment.vips
        cioform segments members list acme segment.vips --by email
        cioform segments members list acme segment.vips vips.txt
    """

    with options.open_workspace(project, workspace) as opened:
        found = opened.members.list(segment)
        if as_json and file is None:
            write_stdout(dumps(workspace=workspace, segment=segment, members=list(found)))
            return 0
        if file is None:
            listed = _write_members(found, by, write_stdout)
        else:
            with atomic_writer(file) as lines:
                listed = _write_members(found, by, lines.write)
    if file is not None:
        members_ = pluralize(listed.written, "member", "members")
        write_stdout(dumps(workspace=workspace, segment=segment, file=file, members=listed.written)
            if as_json else f"{members_} of {segment} written to {file}.\n")  # fmt: skip
    if listed.skipped:
        write_stderr(f"{pluralize(listed.skipped, 'member has', 'members have')} no {by}.\n")
    return 0


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
    """Put people in a manual segment, 1,000 a call. Doing it again changes nothing.

    \b
    Examples:
        cioform segments members add acme segment.vips vips.txt
        cioform segments members add acme segment.vips --id u1 --id u2
        cioform segments members add acme segment.vips people.csv --by email
    """

    named = _load_ids(file, ids, by)
    with (
        options.open_workspace(project, workspace, rate=rate) as opened,
        ImportCounter("added") as tally,
    ):
        moved = opened.members.add(segment, named, by=by, listener=tally)
    return _print_result(workspace, segment, moved, "put in", as_json)


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
    """Take people out of a manual segment, 1,000 a call. Doing it again changes nothing.

    \b
    Examples:
        cioform segments members remove acme segment.vips gone.txt
    """

    named = _load_ids(file, ids, by)
    with (
        options.open_workspace(project, workspace, rate=rate) as opened,
        ImportCounter("removed") as tally,
    ):
        moved = opened.members.remove(segment, named, by=by, listener=tally)
    return _print_result(workspace, segment, moved, "taken out of", as_json)


class _MemberCounts(NamedTuple):
    written: int
    skipped: int
    """Those without the identifier that was asked for."""


def _write_members(
    found: Iterable[Member], by: str | None, write: Callable[[str], object]
) -> _MemberCounts:
    """Write members, one a line, as `id_file.ids_among` reads them."""
    columns = (by,) if by else ("id", "email", "cio_id")
    shown = passed_by = 0
    if not by:
        write("\t".join(columns) + "\n")
    for member in found:
        cells = [getattr(member, column) or "" for column in columns]
        if not by or any(cells):
            write("\t".join(cells) + "\n")
            shown += 1
        else:
            passed_by += 1
    return _MemberCounts(shown, passed_by)


def _load_ids(file: Path | None, ids: list[str] | None, by: str | None) -> Iterable[str]:

    if (file is None) == (not ids):
        raise UsageError.of(
            "Nobody named", "Name people by a FILE with an id a line, or by --id, and not by both."
        )
    if file == Path("-"):
        return parse_ids(sys.stdin or (), "standard input", by or "id")
    return read_id_file(file, by or "id") if file is not None else list(ids or ())


def _print_result(
    workspace: str, segment: str, moved: MembershipUpdate, done: str, as_json: bool
) -> int:

    if as_json:
        write_stdout(dumps(workspace=workspace, segment=segment, ids=moved.ids, calls=moved.calls))
    else:
        calls = pluralize(moved.calls, "call", "calls")
        write_stdout(f"{pluralize(moved.ids, 'id', 'ids')} {done} {segment}, in {calls}.\n")
    return 0
