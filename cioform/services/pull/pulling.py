"""Take what somebody edited in the workspace into the files, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from cioform.config.load import Configuration
from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER, workspace_names
from cioform.config.read.files import ProjectFiles
from cioform.config.read.parsing.parse import parse_first
from cioform.config.write.editing.edited_files import write_texts
from cioform.core.address import Address
from cioform.core.data.json_value import as_list, as_mapping
from cioform.core.data.paths import FieldPath, format_path, overlap
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import ConfigError
from cioform.core.text.word_lists import join_names
from cioform.model.kind import Kind
from cioform.model.resource import Resource
from cioform.plan.change import Origin
from cioform.plan.compare import diff
from cioform.plan.compare.ignored import hide_ignored
from cioform.plan.fields_in_file import with_written_paths
from cioform.plan.file_changes import file_changes
from cioform.services.context import OpenWorkspace
from cioform.services.project.valid_updates import load_with, plan_valid_updates
from cioform.services.pull.pullable import Pullable
from cioform.storage.user_files import report_write_errors

ChooseTexts: TypeAlias = Callable[[Mapping[Path, str], Mapping[Path, str]], Mapping[Path, str]]
"""Takes the texts of files before and after, and returns those that are written."""


@dataclass(frozen=True, slots=True)
class PullResult:
    """What was taken into which files, and what was not."""

    paths: tuple[Path, ...]
    addresses: tuple[Address, ...]
    left: tuple[str, ...]
    declined: tuple[str, ...]
    """Sentences about what `choose` did not take, and what apply will do with it."""
    shared: Mapping[str, tuple[str, ...]]
    """The shared files that were written, each with the workspaces that it changes."""
    needs_shared: bool
    """Whether `into_shared` would take more."""


def pull(
    opened: OpenWorkspace,
    pullable: Pullable,
    *,
    into_shared: bool = False,
    choose: ChooseTexts = lambda _before, after: after,
) -> PullResult:
    """Write the values into the files. Nothing else changes, not even the state.

    `choose` returns the texts that are written of those that would be. What would make a file
    invalid is left. If the files would not be valid with those texts, they are as before, and
    ConfigError is raised.
    """
    updates, loaded = plan_valid_updates(
        opened.root, opened.configuration, opened.kinds, pullable.values,
        into_shared=into_shared, added=pullable.added,
    )  # fmt: skip
    texts = choose(updates.files.before, updates.files.changed)
    if texts != updates.files.changed:
        loaded = _load_with(opened, texts)
    with report_write_errors(opened.configuration.folder):
        write_texts(texts)
    addresses = tuple(
        address for address, paths in updates.paths.items() if not texts.keys().isdisjoint(paths)
    )
    paths = dict.fromkeys(p for a in addresses for p in updates.paths[a] if p in texts)
    shared = dict(_shared_files(opened, addresses))
    left = (*pullable.left, *updates.left)
    partly = [
        address
        for address, files in updates.paths.items()
        if any(texts.get(path) != updates.files.changed[path] for path in files)
    ]
    declined = _declined(opened, pullable, loaded.desired.resources, partly)
    return PullResult(tuple(paths), addresses, left, tuple(declined), shared, updates.needs_shared)


def _load_with(opened: OpenWorkspace, texts: Mapping[Path, str]) -> Configuration:
    """Return what the files would say with some of the lines that were offered."""
    try:
        return load_with(opened.root, opened.name, opened.kinds, texts)
    except ConfigError as error:
        reason = Diagnostic(
            "Lines belong together",
            "Without the lines that were not accepted, the files are not valid, so nothing was "
            "written. Accept all lines of such a file, or edit it by hand.",
        )
        raise ConfigError([reason, *error.diagnostics]) from None


def _declined(
    opened: OpenWorkspace,
    pullable: Pullable,
    resources: Mapping[Address, Resource],
    addresses: Iterable[Address],
) -> Iterator[str]:
    """Yield what apply does with the fields that the files do not have as the workspace has them.

    A field that is as it was applied is drift, which the next apply undoes. Any other, also one
    with some of the lines of the workspace, differs from both, and only a person can decide.
    """
    for address in addresses:
        fields = _not_accepted(opened.kinds[address.kind], resources[address], pullable)
        both = sorted(name for name, is_both in fields.items() if is_both)
        undone = sorted(fields.keys() - set(both))
        if undone:
            yield (
                f"{address}: the lines of {join_names(undone, 'and')} that were not accepted stay "
                "as they were applied. The next apply will undo the edit in the workspace."
            )
        if both:
            yield (
                f"{address}: what the file says in {join_names(both, 'and')} is neither what was "
                "applied nor what the workspace has, so apply refuses to decide. Accept the other "
                "lines too, or write what the file says:\n\n"
                f"    cioform apply {opened.name} --target {address} --prefer config\n"
            )


def _not_accepted(kind: Kind, resource: Resource, pullable: Pullable) -> dict[str, bool]:
    """Return where a file is not as the workspace, and whether it is not as applied there, too."""
    own, values = resource.attributes, pullable.values[resource.address]
    values = hide_ignored(values, own, pullable.kept.get(resource.address, ()))
    applied = pullable.applied[resource.address]
    changed = [change.path for change in diff.compare(kind, None, own, applied)]
    rest = [
        replace(each, origin=Origin.CONFLICT if _is_in_one(each.path, changed) else Origin.DRIFT)
        for each in diff.compare(kind, None, own, values)
    ]
    fields = with_written_paths(file_changes(kind, rest, values, own), kind, resource)
    return {format_path(each.path): each.origin is Origin.CONFLICT for each in fields}


def _is_in_one(path: FieldPath, others: Iterable[FieldPath]) -> bool:
    return any(overlap(path, other) for other in others)


def _shared_files(
    opened: OpenWorkspace, addresses: Iterable[Address]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    desired = opened.configuration.desired.resources
    for address in addresses:
        resource = desired[address]
        if resource.is_shared and resource.location is not None:
            file = resource.location.file
            folder = Path(file).relative_to(WORKSPACES_FOLDER).parts[0]
            yield file, tuple(_workspaces_with(opened.root, folder))


def _workspaces_with(root: Path, folder: str) -> Iterator[str]:
    """Yield the workspaces that include a folder."""
    project = ProjectFiles.at(root)
    for name in workspace_names(root):
        path = project.join(WORKSPACES_FOLDER, name, SETTINGS_FILE)
        try:
            value = parse_first(project.read(path), project.display_path(path))
        except ConfigError:
            continue
        if folder in as_list(as_mapping(value).get("include")):
            yield name
