"""`cioform init`: create a workspace folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cioform.cli.command_list.suggested_commands import complete_command, options_to_repeat
from cioform.cli.parameters import options
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.user_paths import shorten_path
from cioform.config.project import find_project
from cioform.core.errors import ConfigError
from cioform.services.ci.templates.write import write_ci_files
from cioform.services.project.project_files import init as create_workspace


def init(
    workspace: Annotated[
        str | None,
        typer.Argument(
            metavar="WORKSPACE",
            help="Name of the new workspace (default: acme; with --ci, none is created).",
            show_default=False,
        ),
    ] = None,
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox",
            help="Use the sandbox, an emulator of Customer.io; no account needed.",
            show_default=False,
        ),
    ] = False,
    ci: Annotated[
        Literal["github", "gitlab", "none"],
        typer.Option(help="Also write the jobs of a CI system.", show_default=False),
    ] = "none",
    project: options.ProjectOption = None,
) -> int:
    """Create a workspace folder. Existing files are not overwritten.

    With --sandbox, the folder contains an example resource. Without it, `cioform import` then
    writes the files of the resources that exist. With --ci, the command writes workflows for GitHub
    Actions, or jobs for GitLab, that plan pull requests, apply what was reviewed, and check for
    drift every night.

    Examples:
        cioform init acme
        cioform init trial --sandbox
        cioform init --ci github
    """
    root = (project or _current_project()).resolve()
    if ci != "none":
        _write_ci_files(root, ci)
        if workspace is None:
            return 0
    workspace = "acme" if workspace is None else workspace
    paths = create_workspace(root, workspace, sandbox=sandbox)
    write_stdout("".join(f"  {shorten_path(path)}\n" for path in paths))
    following = f"cioform {'plan' if sandbox else 'doctor'} {workspace}"
    command = complete_command(following, options_to_repeat(project))
    write_stdout(f"\nNext:\n    {command}\n")
    return 0


def _write_ci_files(root: Path, system: Literal["github", "gitlab"]) -> None:
    written, kept = write_ci_files(root, system)
    write_stdout("".join(f"  {shorten_path(path)}\n" for path in written))
    write_stderr("".join(f"{shorten_path(path)} exists and was not changed.\n" for path in kept))


def _current_project() -> Path:
    """Return the project around the current folder, or the current folder for a new project."""
    try:
        return find_project(Path.cwd())
    except ConfigError:
        return Path.cwd()
