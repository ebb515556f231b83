"""`cioform fmt`: format YAML files."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated

import typer

from cioform.cli.parameters import opening, options
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.user_paths import shorten_path
from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER, workspace_names
from cioform.core.errors import ConfigError, UsageError
from cioform.core.exit_codes import PENDING
from cioform.core.text.quantities import pluralize
from cioform.model.fields.upgrading import UPGRADE_COMMAND
from cioform.services.project.formatting import format_files
from cioform.services.project.upgrading import upgrade_files


def fmt(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Files or folders (default: the whole project)."),
    ] = None,
    upgrade: Annotated[
        bool,
        typer.Option(
            "--upgrade",
            help="Rewrite workspaces that were written for an older format, with the files they "
            "include.",
        ),
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Change no file; exit with 2 if a file would be reformatted."),
    ] = False,
    project: options.ProjectOption = None,
) -> int:
    """Format YAML files and keep their comments.

    Steps without an `id` get one. `--upgrade` rewrites all files of a workspace, or none if one of
    them cannot be rewritten. To upgrade one workspace, pass its folder. With `--check`, nothing is
    written, and the output shows what would change.

    Examples:
        cioform fmt
        cioform fmt --upgrade --check
        cioform fmt workspaces/acme/segments --check
    """
    if upgrade:
        return _upgrade(opening.find_project_root(project), paths or [], check=check)
    folders = paths or [opening.find_project_root(project) / "workspaces"]
    changed = format_files(folders, check=check)
    write_stdout("".join(f"{shorten_path(path)}\n" for path in changed))
    verb = "would be reformatted" if check else "reformatted"
    number = pluralize(len(changed), "file", "files")
    write_stderr(f"{number} {verb}\n" if changed else "All files are formatted.\n")
    return PENDING if check and changed else 0


def _upgrade(root: Path, paths: list[Path], *, check: bool) -> int:
    names = [_workspace_of(root, path) for path in paths] or workspace_names(root)
    result = upgrade_files(root, names, check=check)
    for path, text in result.new_texts.items():
        shown = str(shorten_path(path))
        write_stdout(_diff(result.old_texts[path], text, shown) if check else f"{shown}\n")
    if result.problems:
        raise ConfigError(result.problems)
    verb = "would be upgraded" if check else "upgraded"
    count = len(result.new_texts)
    files = pluralize(count, "file", "files")
    write_stderr(f"{files} {verb}\n" if count else "All files have the format of this version.\n")
    return PENDING if check and count else 0


def _workspace_of(root: Path, path: Path) -> str:
    folder = path.resolve()
    name = folder.name if folder.parent == (root / WORKSPACES_FOLDER).resolve() else ""
    is_name = str(path) in workspace_names(root)
    if name not in workspace_names(root):
        raise UsageError.of(
            "Invalid workspace folder",
            f"{path} is not the folder of a workspace. An upgrade rewrites whole workspaces: name "
            f"a folder in {WORKSPACES_FOLDER}/ with a `{SETTINGS_FILE}`, or none for all."
            + (f"\n\n    {UPGRADE_COMMAND} {WORKSPACES_FOLDER}/{path}" if is_name else ""),
        )
    return name


def _diff(old: str, new: str, name: str) -> str:
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), name, f"{name} (upgraded)", lineterm="", n=1
    )
    return "".join(f"{line}\n" for line in lines)
