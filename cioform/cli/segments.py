"""`cioform segments members`: who is in a manual segment."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cioform.cli import options
from cioform.cli.output import out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cioform.operate.members import Moved

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
        metavar="[FILE]", help="Ids, one a line; CSV: the first column.", show_default=False
    ),
]
_Ids = Annotated[
    list[str] | None,
    typer.Option("--id", metavar="ID", help="This one; may be repeated.", show_default=False),
]
_IdsAre = Annotated[Literal["id", "email", "cio_id"], typer.Option(help="What the ids are.")]


@members.command("list")
def list_(
    workspace: options.Workspace,
    segment: _Segment,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Write ids there.", show_default=False),
    ] = None,
    as_json: options.Json = False,
    project: options.Project = None,
) -> int:
    """List who is in a segment: id, e-mail address and cio_id.

    \b
    Examples:
        cioform segments members list acme segment.vips
        cioform segments members list acme segment.vips vips.txt
    """
    from cioform.report.json import dumps
    from cioform.report.view import count

    with options.open_session(project, workspace) as opened:
        found = opened.members.list(segment)
        if file is not None:
            with file.open("w", encoding="utf-8") as lines:
                number = sum(bool(lines.write(f"{m.id or m.cio_id}\n")) for m in found)
            written = count(number, "member", "members")
            out(dumps(workspace=workspace, segment=segment, file=file, members=number)
                if as_json else f"{written} of {segment} written to {file}.\n")  # fmt: skip
        elif as_json:
            out(dumps(workspace=workspace, segment=segment, members=list(found)))
        else:
            for member in found:
                out(f"{member.id or '-'}\t{member.email or '-'}\t{member.cio_id or '-'}\n")
    return 0


@members.command()
def add(
    workspace: options.Workspace,
    segment: _Segment,
    file: _File = None,
    ids: _Ids = None,
    by: _IdsAre = "id",
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
    from cioform.cli.counting import Tally

    named = _ids(file, ids)
    with options.open_session(project, workspace, rate=rate) as opened, Tally("added") as tally:
        moved = opened.members.add(segment, named, by=by, told=tally)
    return _tell(workspace, segment, moved, "put in", as_json)


@members.command()
def remove(
    workspace: options.Workspace,
    segment: _Segment,
    file: _File = None,
    ids: _Ids = None,
    by: _IdsAre = "id",
    as_json: options.Json = False,
    rate: options.Rate = None,
    project: options.Project = None,
) -> int:
    """Take people out of a manual segment, 1,000 a call. Doing it again changes nothing.

    \b
    Examples:
        cioform segments members remove acme segment.vips gone.txt
    """
    from cioform.cli.counting import Tally

    named = _ids(file, ids)
    with options.open_session(project, workspace, rate=rate) as opened, Tally("removed") as tally:
        moved = opened.members.remove(segment, named, by=by, told=tally)
    return _tell(workspace, segment, moved, "taken out of", as_json)


def _ids(file: Path | None, ids: list[str] | None) -> Iterable[str]:
    from cioform.base.errors import UsageWrong
    from cioform.operate.members import ids_in

    if (file is None) == (not ids):
        raise UsageWrong.of(
            "Nobody named", "Name people by a FILE with an id a line, or by --id, and not by both."
        )
    if file == Path("-"):
        return (line.strip() for line in sys.stdin if line.strip())
    return ids_in(file) if file is not None else list(ids or ())


def _tell(workspace: str, segment: str, moved: Moved, done: str, as_json: bool) -> int:
    from cioform.report.json import dumps
    from cioform.report.view import count

    if as_json:
        out(dumps(workspace=workspace, segment=segment, ids=moved.ids, calls=moved.calls))
    else:
        calls = count(moved.calls, "call", "calls")
        out(f"{count(moved.ids, 'id', 'ids')} {done} {segment}, in {calls}.\n")
    return 0
