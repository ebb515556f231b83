"""The arguments and options that several commands share, and what they mean to the session."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

if TYPE_CHECKING:
    from cioform.core.address import Address
    from cioform.model.conversation import Api
    from cioform.plan.plan import Plan, Prefer
    from cioform.plan.scope import Scope
    from cioform.report.plan.fields import Detail
    from cioform.run.events import Listener
    from cioform.services import Workspace as Opened

Workspace: TypeAlias = Annotated[
    str, typer.Argument(metavar="WORKSPACE", help="A folder of workspaces/.", show_default=False)
]
AddressArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="As in snippet.footer.", show_default=False)
]
Project: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH", help="The project; without it, found from here upwards.", show_default=False
    ),
]
NoColour: TypeAlias = Annotated[
    bool, typer.Option("--no-color", help="Use no colour.", show_default=False)
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.", show_default=False)]
Target: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATTERN", help="Only these addresses: snippet.*; may be repeated.",
        show_default=False,
    ),
]  # fmt: skip
Exclude: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATTERN", help="All but these addresses; may be repeated.", show_default=False
    ),
]
Side: TypeAlias = Annotated[
    Literal["config", "live"] | None,
    typer.Option("--prefer", help="Which side wins where both changed.", show_default=False),
]
Door: TypeAlias = Annotated[
    Literal["app", "journeys"] | None,
    typer.Option("--with", help="Use only this API's credential.", show_default=False),
]
Context: TypeAlias = Annotated[
    int, typer.Option(min=0, metavar="N", help="Unchanged lines around a changed one.")
]
Full: TypeAlias = Annotated[
    bool, typer.Option("--full", help="Cut nothing short.", show_default=False)
]
By: TypeAlias = Annotated[
    Literal["id", "email", "cio_id"] | None,
    typer.Option(help="What ID is; an e-mail address has to be said.", show_default=False),
]
Person: TypeAlias = Annotated[
    str, typer.Argument(metavar="ID", help="Who: an id, or what --by says.", show_default=False)
]
Rate: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=0.01, metavar="N", help="At most N requests a second; the settings' own are the most.",
        show_default=False,
    ),
]  # fmt: skip
Limit: TypeAlias = Annotated[int, typer.Option(min=1, metavar="N", help="At most so many.")]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", help="Do not ask.", show_default=False)]
DryRun: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Print the request; send nothing.", show_default=False)
]
Check: TypeAlias = Annotated[
    bool,
    typer.Option("--dry-run", help="Read the file and tell; send nothing.", show_default=False),
]
Data: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="JSON", help="An object, or @FILE that holds one.", show_default=False),
]
ImportFile: TypeAlias = Annotated[
    Path, typer.Argument(metavar="FILE", help="NDJSON or CSV.", show_default=False)
]
Format: TypeAlias = Annotated[
    Literal["ndjson", "csv"] | None,
    typer.Option("--format", help="Where the file's name does not say it.", show_default=False),
]
Again: TypeAlias = Annotated[
    bool,
    typer.Option("--again", help="Send all of it, sent before or not.", show_default=False),
]
Rejected: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Where rejected lines go.", show_default=False),
]
Period: TypeAlias = Annotated[
    Literal["hours", "days", "weeks", "months"], typer.Option(help="The length of a step.")
]
Steps: TypeAlias = Annotated[
    int | None,
    typer.Option(min=2, metavar="N", help="How many steps back.", show_default=False),
]
Zone: TypeAlias = Annotated[
    str, typer.Option("--tz", metavar="ZONE", help="Time zone, as Europe/Berlin.")
]
Csv: TypeAlias = Annotated[bool, typer.Option("--csv", help="Print CSV.", show_default=False)]
Links: TypeAlias = Annotated[
    bool, typer.Option("--links", help="Count how links were followed.", show_default=False)
]
Action: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="ID", help="Only this message, by its number.", show_default=False),
]


def project(path: Path | None) -> Path:
    """Give the project at or above `path`, or above where we are."""
    from cioform import services

    return services.find_project(path or Path.cwd())


def open_session(
    path: Path | None,
    name: str,
    door: str | None = None,
    listener: Listener | None = None,
    rate: float | None = None,
) -> AbstractContextManager[Opened]:
    """Open a workspace for one command."""
    from cioform import services
    from cioform.run.events import ignore

    return services.open_workspace(
        project(path), name, apis=_apis(door), listener=listener or ignore, rate=rate
    )


def scope(target: list[str] | None, exclude: list[str] | None) -> Scope:
    """Give what a command is about."""
    from cioform.plan.scope import Scope

    return Scope(tuple(target or ()), tuple(exclude or ()))


def prefer(side: str | None) -> Prefer | None:
    """Give the side that wins."""
    from cioform.plan.plan import Prefer

    return Prefer(side) if side else None


def detail(context: int, full: bool) -> Detail:
    """Give how much is shown."""
    from cioform.report.plan.fields import Detail

    return Detail(context=context, full=full)


def address(text: str) -> Address:
    """Give the address that somebody typed, or raise UsageWrong."""
    from cioform.core.address import Address
    from cioform.core.errors import UsageWrong

    try:
        return Address.parse(text)
    except ValueError as error:
        raise UsageWrong.of("Not an address", f"{error}, for example snippet.footer.") from error


def _apis(door: str | None) -> frozenset[Api] | None:
    from cioform.model.conversation import Api

    return frozenset({Api(door)}) if door else None


def read_plan(planfile: Path) -> Plan:
    """Give the plan in a file. Raises UsageWrong when it cannot be read, PlanRefused when it is
    not a plan."""
    from cioform.plan.planfile import decode_plan
    from cioform.storage.user_files import read_text

    return decode_plan(read_text(planfile))
