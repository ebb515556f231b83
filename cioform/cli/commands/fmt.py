"""`cioform fmt`: format YAML files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cioform.cli import options
from cioform.cli.exit_codes import PENDING
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.user_paths import shorten_path
from cioform.report.quantities import pluralize
from cioform.services.formatting import format_files


def fmt(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Files or folders (default: the whole project)."),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Change no file; exit with 2 if a file would be reformatted."),
    ] = False,
    project: options.ProjectOption = None,
) -> int:
    """Format YAML files; comments are kept.

    Examples:
        cioform fmt
        cioform fmt workspaces/acme/segments --check
    """
    folders = paths or [options.find_project_root(project) / "workspaces"]
    changed = format_files(folders, check=check)
    write_stdout("".join(f"{shorten_path(path)}\n" for path in changed))
    verb = "would be reformatted" if check else "reformatted"
    number = pluralize(len(changed), "file", "files")
    write_stderr(f"{number} {verb}\n" if changed else "All files are formatted.\n")
    return PENDING if check and changed else 0
