"""`cioform import`: what is in the workspace, as files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cioform.cli import options
from cioform.cli.output import columns, out, out_ink, tell, tell_ink

if TYPE_CHECKING:
    from cioform.report.styling import Ink
    from cioform.services import Imported

MANY = 40


def import_(
    workspace: options.Workspace,
    target: options.Target = None,
    exclude: options.Exclude = None,
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
    as_json: options.Json = False,
    door: options.Door = None,
    project: options.Project = None,
    no_color: options.NoColour = False,
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
    from cioform.cli.terminal.progress import Progress
    from cioform.report.json_output import dumps
    from cioform.run.capture import the_one

    scope = options.scope(target, exclude)
    if remote_id is not None:
        the_one(scope)
    progress = Progress(tell_ink(not no_color))
    with options.open_session(project, workspace, door, progress) as opened:
        done = opened.import_(scope, only_id=remote_id, force=force)
    progress.end()
    paths = [_from_here(path) for path in done.paths]
    if as_json:
        out(
            dumps(
                workspace=workspace,
                paths=paths,
                addresses=done.addresses,
                bound=done.bound,
                left=done.left,
            )
        )
        return 0
    out(_said(workspace, done, paths, out_ink(not no_color)))
    if done.left:
        tell("\nLeft as it is:\n" + "".join(f"  {sentence}\n" for sentence in done.left))
    if done.addresses or done.bound:
        out(f"\nNext:\n    cioform plan {workspace}\n")
    return 0


def _said(workspace: str, done: Imported, paths: list[Path], ink: Ink) -> str:
    """Give what was done, without what was left."""
    from cioform.report.plan.view import count
    from cioform.report.styling import Tone

    if done.bound:
        return f"Bound {done.bound[0]}; its file stays as it is.\n"
    if not done.addresses:
        return (
            "Nothing was imported.\n"
            if done.left
            else f"Nothing to import: everything of {workspace} that was asked for has a file.\n"
        )
    files = count(len(paths), "file", "files")
    things = count(len(done.addresses), "resource", "resources")
    return ink("Imported", Tone.GOOD) + f" {things} as {files}:\n" + _listed(paths)


def _listed(paths: list[Path]) -> str:
    """Give the files; the folders with their numbers of files when there are very many."""
    if len(paths) <= MANY:
        return "".join(f"  {path}\n" for path in paths)
    folders = Counter(path.parent for path in paths)
    return columns([("", f"{folder}/", str(number)) for folder, number in folders.items()])


def _from_here(path: Path) -> Path:
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path
