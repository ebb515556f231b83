"""The arguments and options of the commands about people, events and metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

# People.

PersonArgument: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="The person's ID, or another identifier with --by.", show_default=False
    ),
]
IdTypeOption: TypeAlias = Annotated[
    Literal["id", "email", "phone", "cio_id"] | None,
    typer.Option(
        help="Kind of identifier; required (`email`) when ID is an e-mail address.",
        show_default=False,
    ),
]

# Bulk imports.

ImportFileArgument: TypeAlias = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="NDJSON or CSV file; - is standard input.", show_default=False
    ),
]
FileFormatOption: TypeAlias = Annotated[
    Literal["ndjson", "csv"] | None,
    typer.Option("--format", help="File format (default: from the file name).", show_default=False),
]
AgainOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--again", help="Send all lines, even those already imported.", show_default=False
    ),
]
RejectedFileOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write rejected lines to this file.", show_default=False),
]
ImportDryRunOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Check every line of the file; send nothing.", show_default=False
    ),
]

# Metrics.

PeriodOption: TypeAlias = Annotated[
    Literal["hours", "days", "weeks", "months"], typer.Option(help="Length of each interval.")
]
StepsOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=2, metavar="N", help="Number of intervals, up to the current one.", show_default=False
    ),
]
TimeZoneOption: TypeAlias = Annotated[
    str, typer.Option("--tz", metavar="ZONE", help="Time zone, e.g. Europe/Berlin.")
]
LinksOption: TypeAlias = Annotated[
    bool, typer.Option("--links", help="Count clicks on links.", show_default=False)
]
ActionIdOption: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="ID", help="Only this message, by its numeric ID.", show_default=False),
]
