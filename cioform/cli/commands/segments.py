"""`cioform segments members`: who is in a manual segment."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from cioform.cli import options
from cioform.cli.output import out, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cioform.operate.segments.members import Member, Moved

app = typer.Typer(help="Who is in a segment.", rich_markup_mode=None)
members = typer.Typer(
    help="List the members of a segment; put people in a manual one, or take them out.",
    rich_markup_mode=None,
)
app.add_typer(members, name="members")

_Segment = Annotated[
    str,
    typer.Argument(
        metavar="SEGMENT", help="Its address, as segment.vips, or its number.", show_default=False
    ),
]
_File = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE]", help="Ids, one a line, or a table; - is a pipe.", show_default=False
    ),
]
_Ids = Annotated[
    list[str] | None,
    typer.Option("--id", metavar="ID", help="This one; may be repeated.", show_default=False),
]
_IdsAre = Annotated[
    Literal["id", "email", "cio_id"] | None,
    typer.Option(help="What they are; an e-mail address has to be said.", show_default=False),
]


@members.command("list")
def list_(
    workspace: options.Workspace,
    segment: _Segment,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Write them there.", show_default=False),
    ] = None,
    by: Annotated[
        Literal["id", "email", "cio_id"] | None,
        typer.Option(help="Only this of each, without a heading.", show_default=False),
    ] = None,
    as_json: options.Json = False,
    project: options.Project = None,
) -> int:
    """List who is in a segment, as a table with tabs.

    Its columns are id, email and cio_id. `add` and `remove` read it, as a file or from a pipe.

    \b
    Examples:
        cioform segments members list acme segment.vips
        cioform segments members list acme segment.vips --by email
        cioform segments members list acme segment.vips vips.txt
    """
    from cioform.report.json_output import dumps
    from cioform.report.plan.view import count
    from cioform.storage.user_files import replacing

    with options.open_session(project, workspace) as opened:
        found = opened.members.list(segment)
        if as_json and file is None:
            out(dumps(workspace=workspace, segment=segment, members=list(found)))
            return 0
        if file is None:
            listed = _write(found, by, out)
        else:
            with replacing(file) as lines:
                listed = _write(found, by, lines.write)
    if file is not None:
        members_ = count(listed.shown, "member", "members")
        out(dumps(workspace=workspace, segment=segment, file=file, members=listed.shown)
            if as_json else f"{members_} of {segment} written to {file}.\n")  # fmt: skip
    if listed.passed_by:
        tell(f"{count(listed.passed_by, 'member has', 'members have')} no {by}.\n")
    return 0


@members.command()
def add(
    workspace: options.Workspace,
    segment: _Segment,
    file: _File = None,
    ids: _Ids = None,
    by: _IdsAre = None,
    as_json: options.Json = False,
    rate: options.Rate = None,
    project: options.Project = None,
) -> int:
    """Put people in a manual segment, 1,000 a call. Doing it again changes nothing.

    \b
    Examples:
        cioform segments members add acme segment.vips vips.txt
        cioform segments members add acme segment.vips --id u1 --id u2
        cioform segments members add acme segment.vips people.csv --by email
    """
    from cioform.cli.terminal.counter import Tally

    named = _ids(file, ids, by)
    with options.open_session(project, workspace, rate=rate) as opened, Tally("added") as tally:
        moved = opened.members.add(segment, named, by=by, told=tally)
    return _tell(workspace, segment, moved, "put in", as_json)


@members.command()
def remove(
    workspace: options.Workspace,
    segment: _Segment,
    file: _File = None,
    ids: _Ids = None,
    by: _IdsAre = None,
    as_json: options.Json = False,
    rate: options.Rate = None,
    project: options.Project = None,
) -> int:
    """Take people out of a manual segment, 1,000 a call. Doing it again changes nothing.

    \b
    Examples:
        cioform segments members remove acme segment.vips gone.txt
    """
    from cioform.cli.terminal.counter import Tally

    named = _ids(file, ids, by)
    with options.open_session(project, workspace, rate=rate) as opened, Tally("removed") as tally:
        moved = opened.members.remove(segment, named, by=by, told=tally)
    return _tell(workspace, segment, moved, "taken out of", as_json)


class _Listed(NamedTuple):
    shown: int
    passed_by: int
    """Those without the identifier that was asked for."""


def _write(found: Iterable[Member], by: str | None, write: Callable[[str], object]) -> _Listed:
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
    return _Listed(shown, passed_by)


def _ids(file: Path | None, ids: list[str] | None, by: str | None) -> Iterable[str]:
    from cioform.core.errors import UsageWrong
    from cioform.operate.id_file import ids_among, ids_in

    if (file is None) == (not ids):
        raise UsageWrong.of(
            "Nobody named", "Name people by a FILE with an id a line, or by --id, and not by both."
        )
    if file == Path("-"):
        return ids_among(sys.stdin or (), "standard input", by or "id")
    return ids_in(file, by or "id") if file is not None else list(ids or ())


def _tell(workspace: str, segment: str, moved: Moved, done: str, as_json: bool) -> int:
    from cioform.report.json_output import dumps
    from cioform.report.plan.view import count

    if as_json:
        out(dumps(workspace=workspace, segment=segment, ids=moved.ids, calls=moved.calls))
    else:
        calls = count(moved.calls, "call", "calls")
        out(f"{count(moved.ids, 'id', 'ids')} {done} {segment}, in {calls}.\n")
    return 0
