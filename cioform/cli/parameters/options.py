"""The arguments and options that several commands share, and the parsers of their values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from cioform.core.address import Address
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean_address
from cioform.core.time.duration import Duration
from cioform.plan.plan import OnDrift, PreferredSide
from cioform.plan.selecting.scope import Scope
from cioform.plan.selecting.selectors import split_selectors

if TYPE_CHECKING:
    from cioform.services.workspace import Workspace

# What to work on.

WorkspaceArgument: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="WORKSPACE", help="Name of a folder in workspaces/.", show_default=False
    ),
]
WorkspaceOrAllArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar="WORKSPACE",
        help="Name of a folder in workspaces/; or pass --all.",
        show_default=False,
    ),
]
AddressArgument: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS", help="Address of a resource, e.g. snippet.footer.", show_default=False
    ),
]
ProjectOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="Project folder (default: the nearest parent folder that contains workspaces/).",
        show_default=False,
    ),
]
TargetOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        "--target",
        metavar="SELECTOR",
        help="Include only these resources, e.g. 'snippet.*' or 'kind:campaign,tag:eu'; "
        "repeatable. `cioform query --help` lists the selectors.",
        show_default=False,
    ),
]
ExcludeOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SELECTOR",
        help="Skip these resources; takes the same selectors as --select; repeatable.",
        show_default=False,
    ),
]
PreferOption: TypeAlias = Annotated[
    Literal["config", "live"] | None,
    typer.Option(
        "--prefer",
        help="Which side wins a conflict: the files (config) or the workspace (live).",
        show_default=False,
    ),
]
OnDriftOption: TypeAlias = Annotated[
    Literal["stop", "keep", "overwrite"] | None,
    typer.Option(
        "--on-drift",
        help="If objects were edited in the workspace: refuse the plan (stop), do not change these "
        "objects (keep, the default if CI is set), or write what the files say (overwrite, the "
        "default otherwise).",
        show_default=False,
    ),
]
ApiOption: TypeAlias = Annotated[
    Literal["app", "journeys"] | None,
    typer.Option("--with", help="Use only the credential for this API.", show_default=False),
]
RateOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=0.01,
        metavar="N",
        help="Maximum requests per second; cannot exceed the rates in workspace.yaml.",
        show_default=False,
    ),
]

# What is printed.

NoColorOption: TypeAlias = Annotated[
    bool, typer.Option("--no-color", help="Print without color.", show_default=False)
]
JsonOption: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print JSON.", show_default=False)
]
CsvOption: TypeAlias = Annotated[bool, typer.Option("--csv", help="Print CSV.", show_default=False)]
ContextOption: TypeAlias = Annotated[
    int, typer.Option(min=0, metavar="N", help="Unchanged lines to show around each change.")
]
FullOption: TypeAlias = Annotated[
    bool,
    typer.Option("--full", help="Show full values; do not truncate.", show_default=False),
]
LimitOption: TypeAlias = Annotated[
    int, typer.Option(min=1, metavar="N", help="Maximum number of results.")
]

# What is sent, and whether.

YesOption: TypeAlias = Annotated[
    bool, typer.Option("--yes", help="Skip the confirmation prompt.", show_default=False)
]
DryRunOption: TypeAlias = Annotated[
    bool,
    typer.Option("--dry-run", help="Print the request without sending it.", show_default=False),
]
DataOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="JSON", help="JSON object, or @FILE to read it from a file.", show_default=False
    ),
]
NoContractOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--no-contract",
        help="Send the data without checking it against what messages need and _data/ declares.",
        show_default=False,
    ),
]
TimeoutOption: TypeAlias = Annotated[
    float,
    typer.Option("--timeout", metavar="SECONDS", help="How long to wait for the result."),
]

SettingsFromOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--settings-from",
        metavar="REV",
        help="Git revision whose guards, limits, endpoint, credentials, state and other settings "
        "judge the plan (default in a pull request: its target branch).",
        show_default=False,
    ),
]
AllowNewWorkspaceOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--allow-new-workspace",
        help="Allow a workspace that the revision of --settings-from does not have.",
        show_default=False,
    ),
]
LockTimeoutOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--lock-timeout",
        metavar="DURATION",
        help="How long to wait for the lock of a shared state, e.g. 10m (default: do not wait).",
        show_default=False,
    ),
]


def parse_duration(text: str, option: str) -> int:
    """Return the value of an option, a duration, in seconds. Raises UsageError."""
    try:
        return Duration.parse(text).seconds
    except ValueError as error:
        raise UsageError.of("Invalid duration", f"`{option}` {error}.") from None


def build_scope(target: list[str] | None, exclude: list[str] | None) -> Scope:
    """Return the scope that `--select` and `--exclude` describe. Raises UsageError."""
    return Scope(split_selectors(tuple(target or ())), split_selectors(tuple(exclude or ())))


def parse_prefer(side: str | None) -> PreferredSide | None:
    """Return the value of `--prefer`."""
    return PreferredSide(side) if side else None


def parse_on_drift(choice: str | None) -> OnDrift:
    """Return the value of `--on-drift`, or its default in this environment."""
    if choice:
        return OnDrift(choice)
    return OnDrift.KEEP if os.environ.get("CI") else OnDrift.OVERWRITE


def parse_address(text: str, opened: Workspace | None = None) -> Address:
    """Return the address on the command line.

    Raises UsageError if it is not one, with the addresses of an open workspace that it may mean.
    """
    try:
        return Address.parse(text)
    except ValueError as error:
        known: set[Address] = set()
        if opened is not None:
            known = {*opened.configuration.desired.resources, *opened.applied().bindings}
        hint = did_you_mean_address(text, known) or " An example is `snippet.footer`."
        raise UsageError.of("Invalid address", f"{error}.{hint}") from error
