"""The options and the output that the commands of `cioform ci` share."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from cioform.cli.streams import write_stderr, write_stdout
from cioform.forge.ci_run import CiRun
from cioform.forge.ci_systems import GITHUB_ACTIONS
from cioform.services.ci.conclude import Conclusion
from cioform.services.ci.jobs.workspace_report import WorkspaceReport

DEFAULT_FOLDER = Path("cioform-ci")

PatternsArgument: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="WORKSPACE",
        help="Names with wildcards, or tags such as 'tag:eu' (default: the workspaces that the "
        "change affects).",
        show_default=False,
    ),
]
AllPatternsArgument: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="WORKSPACE",
        help="Names with wildcards, or tags such as 'tag:eu' (default: all workspaces).",
        show_default=False,
    ),
]
FolderOption: TypeAlias = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", help="Folder for results, plans and reports."),
]
OnDriftOption: TypeAlias = Annotated[
    Literal["stop", "keep", "overwrite"],
    typer.Option(
        "--on-drift",
        help="If objects were edited in the workspace: refuse the plan (stop), do not change these "
        "objects (keep), or write what the files say (overwrite).",
    ),
]
FolderArgument: TypeAlias = Annotated[
    Path,
    typer.Argument(metavar="DIR", help="Folder that `cioform ci` wrote."),
]


def print_conclusion(
    run: CiRun, reports: Sequence[WorkspaceReport], conclusion: Conclusion, folder: Path
) -> None:
    """Print what a job found out about each workspace, and its annotations."""
    is_github = run.system == GITHUB_ACTIONS
    for each in reports:
        write_stdout(_without_commands(each.text) if is_github else f"{each.text}\n")
    if is_github:
        write_stdout(conclusion.github_commands)
    if not reports:
        write_stderr("No workspace is affected.\n")
    write_stderr(f"Results written to {folder}\n")


def _without_commands(text: str) -> str:
    """Return text in which GitHub Actions obeys no command.

    It reads every line that begins with two colons as one, and texts of a workspace may.
    """
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{text}\n::{token}::\n"
