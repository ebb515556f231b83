"""The arguments and options that several commands share, and what they mean to the session."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from cioform.core.address import Address
from cioform.core.errors import UsageError
from cioform.model.conversation import Api
from cioform.plan.plan import Plan, PreferredSide
from cioform.plan.planfile import decode_plan
from cioform.plan.scope import Scope
from cioform.report.plan.fields import DisplayOptions
from cioform.run.events import Listener, ignore_events
from cioform.storage.user_files import read_text

if TYPE_CHECKING:
    from cioform.services.workspace import Workspace as Opened

WorkspaceArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="WORKSPACE", help="A folder of workspaces/.", show_default=False)
]
AddressArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="As in snippet.footer.", show_default=False)
]
ProjectOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH", help="The project; without it, found from here upwards.", show_default=False
    ),
]
NoColorOption: TypeAlias = Annotated[
    bool, typer.Option("--no-color", help="Use no colour.", show_default=False)
]
JsonOption: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print JSON.", show_default=False)
]
TargetOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATTERN", help="Only these addresses: snippet.*; may be repeated.",
        show_default=False,
    ),
]  # fmt: skip
ExcludeOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATTERN", help="All but these addresses; may be repeated.", show_default=False
    ),
]
PreferOption: TypeAlias = Annotated[
    Literal["config", "live"] | None,
    typer.Option("--prefer", help="Which side wins where both changed.", show_default=False),
]
ApiOption: TypeAlias = Annotated[
    Literal["app", "journeys"] | None,
    typer.Option("--with", help="Use only this API's credential.", show_default=False),
]
ContextOption: TypeAlias = Annotated[
    int, typer.Option(min=0, metavar="N", help="Unchanged lines around a changed one.")
]
FullOption: TypeAlias = Annotated[
    bool, typer.Option("--full", help="Cut nothing short.", show_default=False)
]
IdTypeOption: TypeAlias = Annotated[
    Literal["id", "email", "cio_id"] | None,
    typer.Option(help="What ID is; an e-mail address has to be said.", show_default=False),
]
PersonArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="ID", help="Who: an id, or what --by says.", show_default=False)
]
RateOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=0.01, metavar="N", help="At most N requests a second; the settings' own are the most.",
        show_default=False,
    ),
]  # fmt: skip
LimitOption: TypeAlias = Annotated[int, typer.Option(min=1, metavar="N", help="At most so many.")]
YesOption: TypeAlias = Annotated[
    bool, typer.Option("--yes", help="Do not ask.", show_default=False)
]
DryRunOption: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Print the request; send nothing.", show_default=False)
]
ImportDryRunOption: TypeAlias = Annotated[
    bool,
    typer.Option("--dry-run", help="Read the file and tell; send nothing.", show_default=False),
]
DataOption: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="JSON", help="An object, or @FILE that holds one.", show_default=False),
]
ImportFileArgument: TypeAlias = Annotated[
    Path, typer.Argument(metavar="FILE", help="NDJSON or CSV.", show_default=False)
]
FileFormatOption: TypeAlias = Annotated[
    Literal["ndjson", "csv"] | None,
    typer.Option("--format", help="Where the file's name does not say it.", show_default=False),
]
AgainOption: TypeAlias = Annotated[
    bool,
    typer.Option("--again", help="Send all of it, sent before or not.", show_default=False),
]
RejectedFileOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Where rejected lines go.", show_default=False),
]
PeriodOption: TypeAlias = Annotated[
    Literal["hours", "days", "weeks", "months"], typer.Option(help="The length of a step.")
]
StepsOption: TypeAlias = Annotated[
    int | None,
    typer.Option(min=2, metavar="N", help="How many steps back.", show_default=False),
]
TimeZoneOption: TypeAlias = Annotated[
    str, typer.Option("--tz", metavar="ZONE", help="Time zone, as Europe/Berlin.")
]
CsvOption: TypeAlias = Annotated[bool, typer.Option("--csv", help="Print CSV.", show_default=False)]
LinksOption: TypeAlias = Annotated[
    bool, typer.Option("--links", help="Count how links were followed.", show_default=False)
]
ActionIdOption: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="ID", help="Only this message, by its number.", show_default=False),
]


def find_project_root(path: Path | None) -> Path:
    """Give the project at or above `path`, or above where we are."""
    from cioform.config.project import find_project

    return find_project(path or Path.cwd())


def open_workspace(
    path: Path | None,
    name: str,
    api: str | None = None,
    listener: Listener | None = None,
    rate: float | None = None,
) -> AbstractContextManager[Opened]:
    """Open a workspace for one command."""
    from cioform.services.workspace import open_workspace

    return open_workspace(
        find_project_root(path),
        name,
        apis=_selected_apis(api),
        listener=listener or ignore_events,
        rate=rate,
    )


def build_scope(target: list[str] | None, exclude: list[str] | None) -> Scope:
    """Give what a command is about."""

    return Scope(tuple(target or ()), tuple(exclude or ()))


def parse_prefer(side: str | None) -> PreferredSide | None:
    """Give the side that wins."""

    return PreferredSide(side) if side else None


def build_detail(context: int, full: bool) -> DisplayOptions:
    """Give how much is shown."""

    return DisplayOptions(context=context, full=full)


def parse_address(text: str) -> Address:
    """Give the address that somebody typed, or raise UsageWrong."""

    try:
        return Address.parse(text)
    except ValueError as error:
        raise UsageError.of("Not an address", f"{error}, for example snippet.footer.") from error


def _selected_apis(api: str | None) -> frozenset[Api] | None:

    return frozenset({Api(api)}) if api else None


def read_plan(planfile: Path) -> Plan:
    """Give the plan in a file. Raises UsageWrong when it cannot be read, PlanRefused when it is
    not a plan."""

    return decode_plan(read_text(planfile))
