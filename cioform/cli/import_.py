"""`cioform import`: what is in the workspace, as files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from cioform.cli import options
from cioform.cli.output import columns, out, out_ink, tell, tell_ink

MANY = 40


def import_(
    workspace: options.Workspace,
    target: options.Target = None,
    exclude: options.Exclude = None,
    remote_id: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="The object with this id.", show_default=False),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite files that differ.", show_default=False)
    ] = False,
    as_json: options.Json = False,
    door: options.Door = None,
    project: options.Project = None,
    no_color: options.NoColour = False,
) -> int:
    """Write what the workspace has as files, and bind them.

    A plan right after it finds nothing to do. Files that are there already stay as they are, and
    with --force take over what is in the workspace.

    \b
    Examples:
        cioform import acme
        cioform import acme --target 'segment.*'
        cioform import acme --target snippet.footer --force
    """
    from cioform.cli.progress import Progress
    from cioform.report.ink import Tone
    from cioform.report.json import dumps
    from cioform.report.view import count

    progress = Progress(tell_ink(not no_color))
    with options.open_session(project, workspace, door, progress) as opened:
        done = opened.import_(options.scope(target, exclude), only_id=remote_id, force=force)
    progress.end()
    paths = [_from_here(path) for path in done.paths]
    if as_json:
        out(dumps(workspace=workspace, paths=paths, addresses=done.addresses, left=done.left))
        return 0
    if not done.addresses:
        out(f"Nothing to import: everything of {workspace} that was asked for has a file.\n")
        return 0
    ink = out_ink(not no_color)
    files, things = count(len(paths), "file", "files"), len(done.addresses)
    out(ink("Imported", Tone.GOOD) + f" {count(things, 'resource', 'resources')} as {files}:\n")
    out(_listed(paths))
    if done.left:
        left = count(len(done.left), "object was", "objects were")
        lines = "".join(f"  {sentence}\n" for sentence in done.left)
        tell(f"\n{left} left alone, since they cannot be read well enough to write:\n{lines}")
    out(f"\nNext:\n    cioform plan {workspace}\n")
    return 0


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
