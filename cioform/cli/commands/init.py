"""`cioform init`: create a workspace folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cioform.cli import options
from cioform.cli.streams import write_stdout
from cioform.cli.suggested_commands import complete_command, options_to_repeat
from cioform.cli.user_paths import shorten_path
from cioform.config.project import find_project
from cioform.core.errors import ConfigError
from cioform.services.project.project_files import init as create_workspace


def init(
    workspace: Annotated[
        str, typer.Argument(metavar="WORKSPACE", help="Name of the new workspace.")
    ] = "acme",
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox",
            help="Use the embedded Customer.io; no account needed.",
            show_default=False,
        ),
    ] = False,
    project: options.ProjectOption = None,
) -> int:
    """Create a workspace folder. Existing files are not overwritten.

    With --sandbox it contains an example resource. Otherwise, write the files of what exists with
    `cioform import`.

    Examples:
        cioform init acme
        cioform init trial --sandbox
    """
    root = (project or _current_project()).resolve()
    paths = create_workspace(root, workspace, sandbox=sandbox)
    write_stdout("".join(f"  {shorten_path(path)}\n" for path in paths))
    following = f"cioform {'plan' if sandbox else 'doctor'} {workspace}"
    command = complete_command(following, options_to_repeat(project))
    write_stdout(f"\nNext:\n    {command}\n")
    return 0


def _current_project() -> Path:
    """Return the project around the current folder, or the current folder for a new project."""
    try:
        return find_project(Path.cwd())
    except ConfigError:
        return Path.cwd()
