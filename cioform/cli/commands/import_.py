"""`cioform import`: what is in the workspace, as files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cioform.cli import options
from cioform.cli.output import format_table, stderr_styler, stdout_styler
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.terminal.progress import Progress
from cioform.report.json_output import dumps
from cioform.report.plan.view import pluralize
from cioform.report.styling import Styler, Tone
from cioform.run.capture import single_target

if TYPE_CHECKING:
    from cioform.services.importing import ImportResult

MAX_LISTED_FILES = 40


def import_(
    workspace: options.WorkspaceArgument,
    target: options.TargetOption = None,
    exclude: options.ExcludeOption = None,
    remote_id: Annotated[
        str | None,
        typer.Option(
            "--id",
            metavar="ID",
            show_default=False,
            help="Bind the object with this id to the one address that --target names.",
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            show_default=False,
            help="Take what differs into the files that are there; comments and variables stay.",
        ),
    ] = False,
    as_json: options.JsonOption = False,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Write what the workspace has as files, and bind them.

    A plan right after it finds nothing to do. Files that are there already stay as they are; with
    --force the fields that differ take over what is in the workspace. Fields with variables and
    files that several workspaces share are left, and named.

    \b
    Examples:
        cioform import acme
        cioform import acme --target 'segment.*'
        cioform import acme --target snippet.footer --force
    """

    scope = options.build_scope(target, exclude)
    if remote_id is not None:
        single_target(scope)
    progress = Progress(stderr_styler(not no_color))
    with options.open_workspace(project, workspace, api, progress) as opened:
        done = opened.import_(scope, only_id=remote_id, force=force)
    progress.end()
    paths = [_relative_to_cwd(path) for path in done.paths]
    if as_json:
        write_stdout(
            dumps(
                workspace=workspace,
                paths=paths,
                addresses=done.addresses,
                bound=done.bound,
                left=done.left,
            )
        )
        return 0
    write_stdout(_summary(workspace, done, paths, stdout_styler(not no_color)))
    if done.left:
        write_stderr("\nLeft as it is:\n" + "".join(f"  {sentence}\n" for sentence in done.left))
    if done.addresses or done.bound:
        write_stdout(f"\nNext:\n    cioform plan {workspace}\n")
    return 0


def _summary(workspace: str, done: ImportResult, paths: list[Path], ink: Styler) -> str:
    """Give what was done, without what was left."""

    if done.bound:
        return f"Bound {done.bound[0]}; its file stays as it is.\n"
    if not done.addresses:
        return (
            "Nothing was imported.\n"
            if done.left
            else f"Nothing to import: everything of {workspace} that was asked for has a file.\n"
        )
    files = pluralize(len(paths), "file", "files")
    things = pluralize(len(done.addresses), "resource", "resources")
    return ink("Imported", Tone.SUCCESS) + f" {things} as {files}:\n" + _file_list(paths)


def _file_list(paths: list[Path]) -> str:
    """Give the files; the folders with their numbers of files when there are very many."""
    if len(paths) <= MAX_LISTED_FILES:
        return "".join(f"  {path}\n" for path in paths)
    folders = Counter(path.parent for path in paths)
    return format_table([("", f"{folder}/", str(number)) for folder, number in folders.items()])


def _relative_to_cwd(path: Path) -> Path:
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path
