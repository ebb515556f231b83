"""`cioform import`: write existing resources to files."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cioform.cli.command_list.suggested_commands import complete_command, options_to_repeat
from cioform.cli.output import format_table, stderr_styler, stdout_styler
from cioform.cli.parameters import opening, options
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.terminal.progress import Progress
from cioform.cli.user_paths import shorten_path
from cioform.core.exit_codes import INCOMPLETE
from cioform.core.text.quantities import pluralize
from cioform.report.json_output import dumps
from cioform.report.styling import Styler, Tone

if TYPE_CHECKING:
    from cioform.services.importing import ImportedResources

MAX_LISTED_FILES = 40


_RemoteIdOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--id",
        metavar="ID",
        help="Bind the object with this ID to the single address in --target.",
        show_default=False,
    ),
]
_ForceOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Update existing files with the workspace's values; comments and variables stay.",
        show_default=False,
    ),
]


def import_(
    workspace: options.WorkspaceArgument,
    target: options.TargetOption = None,
    exclude: options.ExcludeOption = None,
    remote_id: _RemoteIdOption = None,
    force: _ForceOption = False,
    as_json: options.JsonOption = False,
    api: options.ApiOption = None,
    lock_timeout: options.LockTimeoutOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Write existing resources to files and start managing them.

    A plan right after an import has no changes. Existing files are not changed, except with
    --force, which updates the fields that differ. Fields with variables, and files that several
    workspaces share, are never changed. The command lists these, and everything that the
    credentials cannot read, and exits with 8.

    Examples:
        cioform import acme
        cioform import acme --target 'segment.*'
        cioform import acme --target snippet.footer --force
    """
    scope = options.build_scope(target, exclude)
    progress = Progress(stderr_styler(not no_color))
    with opening.open_workspace(
        project, workspace, api, progress, lock_timeout=lock_timeout
    ) as opened:
        result = opened.import_(scope, only_id=remote_id, force=force)
    progress.end()
    paths = [shorten_path(path) for path in result.paths]
    if as_json:
        write_stdout(_as_json(workspace, result, paths))
    else:
        write_stdout(_summary(workspace, result, paths, force, stdout_styler(not no_color)))
        _print_details(result, exclude)
        if result.addresses or result.bound:
            command = complete_command(f"cioform plan {workspace}", options_to_repeat(project, api))
            write_stdout(f"\nNext:\n    {command}\n")
    return 0 if result.is_complete else INCOMPLETE


def _as_json(workspace: str, result: ImportedResources, paths: list[Path]) -> str:
    return dumps(
        workspace=workspace,
        paths=paths,
        addresses=result.addresses,
        bound=result.bound,
        left=result.left,
        unreadable=result.unreadable,
        unresolved=result.unresolved,
        unnamed=result.unnamed,
        ids_in_raw=result.ids_in_raw,
        unset=result.unset,
        with_remote_id=result.with_remote_id,
        excluded=result.excluded,
        excluded_by_settings=result.always_excluded,
        managed_elsewhere=result.managed_elsewhere,
    )


def _print_details(result: ImportedResources, exclude: list[str] | None) -> None:
    """Print what got an ID in its file, and what was left out and why."""
    if result.with_remote_id:
        listed = "".join(f"  {address}\n" for address in result.with_remote_id)
        write_stdout(
            f"\nSeveral objects have the same name, so these files have a `remote_id`:\n{listed}"
        )
    if result.excluded:
        objects = pluralize(len(result.excluded), "object", "objects")
        write_stdout(f"\nExcluded: {objects} by {_patterns(exclude, result.always_excluded)}\n")
    if result.left:
        _write_sentences("Skipped", result.left)
    if result.managed_elsewhere:
        places = result.managed_elsewhere.items()
        sentences = [f"{address}: {place}" for address, place in places]
        _write_sentences(
            "Managed elsewhere, as their descriptions say, so plans may not change them",
            sentences,
        )
    if missing := (*result.unreadable, *result.unnamed, *result.unset):
        _write_sentences("Not in the files", missing)
    if result.unresolved:
        _write_sentences("Not found", result.unresolved)
    if result.ids_in_raw:
        _write_sentences("Valid in this workspace only", result.ids_in_raw)


def _write_sentences(title: str, sentences: Sequence[str]) -> None:
    listed = "".join(f"  {sentence}\n" for sentence in sentences)
    write_stderr(f"\n{title}:\n{listed}")


def _patterns(exclude: list[str] | None, always: Mapping[str, int]) -> str:
    """Return what excluded objects: options, and patterns of the settings with their counts."""
    options_text = " ".join(f"--exclude {shlex.quote(pattern)}" for pattern in exclude or ())
    counts = ", ".join(f"{pattern} {number:,}" for pattern, number in always.items())
    settings_text = f"`exclude` in workspace.yaml ({counts})" if counts else ""
    return " and ".join(filter(None, (options_text, settings_text)))


def _summary(
    workspace: str, result: ImportedResources, paths: list[Path], force: bool, style: Styler
) -> str:
    """Return what was imported, without what was skipped."""
    if result.bound:
        return f"Bound {result.bound[0]}. Its file was not changed.\n"
    if not result.addresses:
        if result.left:
            return "Nothing was imported.\n"
        if force:
            return (
                f"Nothing to import: what the files set is as it is in {workspace}. Fields that no "
                f"file sets are not imported; `cioform pull {workspace} --all` takes edits of them "
                "into the files.\n"
            )
        return (
            f"Nothing to import: every matching object in {workspace} has a file. Pass --force to "
            "update the files from the workspace.\n"
        )
    files = pluralize(len(paths), "file", "files")
    resources = pluralize(len(result.addresses), "resource", "resources")
    return f"{style('Imported', Tone.SUCCESS)} {resources} into {files}:\n{_file_list(paths)}"


def _file_list(paths: list[Path]) -> str:
    """Return the files, or the number of files in each folder if there are many."""
    if len(paths) <= MAX_LISTED_FILES:
        return "".join(f"  {path}\n" for path in paths)
    folders = Counter(path.parent for path in paths)
    return format_table([("", f"{folder}/", str(number)) for folder, number in folders.items()])
