"""Take what somebody edited in the workspace into the files, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Final, TypeAlias

from cioform.config.load import Configuration, load_configuration
from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER, workspace_names
from cioform.config.read.files import ProjectFiles
from cioform.config.read.parsing.parse import parse_first
from cioform.config.write.editing.edited_files import by_real_path, write_texts
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import ConfigError
from cioform.core.json_value import Attributes, as_list, as_mapping
from cioform.core.paths import FieldPath, format_path
from cioform.model.file_paths import canonical_only_fields
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import AppliedState, Binding, LiveSnapshot
from cioform.model.resource import Resource
from cioform.plan.change import Drift
from cioform.plan.compare import diff
from cioform.plan.compare.live_fields import LiveFields
from cioform.plan.compare.unmanaged_paths import is_unmanaged, value_at_path
from cioform.plan.compare.unmanaged_record import edits_of, field_changes
from cioform.plan.drift import report_drift
from cioform.plan.matching.adoption import with_unmanaged
from cioform.plan.selecting.scope import Scope
from cioform.services.context import OpenWorkspace
from cioform.services.project.file_updates import plan_updates
from cioform.services.reading.read import read_workspace
from cioform.services.reading.recovery import read_recovered_state
from cioform.services.reading.state_checks import values_of_state_checked
from cioform.services.selection import resolve_scope
from cioform.storage.user_files import report_write_errors

_DECIDE: Final = "Decide which of the two it should be, and edit the file."
_TAKEN_LINES: Final = "The lines that you accept replace those of the file."

ChooseTexts: TypeAlias = Callable[[Mapping[Path, str], Mapping[Path, str]], Mapping[Path, str]]
"""Takes the texts of files before and after, and returns those that are written."""


@dataclass(frozen=True, slots=True)
class Pullable:
    """Drift that can be taken into the files."""

    drift: tuple[Drift, ...]
    values: Mapping[Address, Attributes]
    """What each file should say."""
    applied: Mapping[Address, Attributes]
    """What cioform last wrote of each of them."""
    left: tuple[str, ...]
    """Sentences about the drift that only a person can take into the files."""
    replaced: tuple[str, ...]
    """Sentences about what the files changed, too, and `values` has from the workspace."""
    added: Mapping[Address, frozenset[str]] = field(default_factory=dict)
    """The fields in canonical form that have something in `values` that no file set before."""


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


def find_pullable(opened: OpenWorkspace, scope: Scope, *, conflicts: bool = False) -> Pullable:
    """Return the drift in `scope`, and what the files would have to say; sends reads only.

    Fields that the files changed, too, are left, or with `conflicts` taken from the workspace: that
    is for a person who is asked about each of their lines.
    """
    applied = read_recovered_state(opened)
    scope = opened.scope_of(scope)
    with values_of_state_checked(opened, applied):
        scope = resolve_scope(opened, scope, applied)
        matched, live = read_workspace(opened, applied, scope)
        pairs = [pair for pair in matched.pairs if scope.includes(pair.address)]
        drift = report_drift(opened.kinds, pairs, live).drift
        resources = {p.address: p.resource for p in pairs if p.resource is not None}
        return _pullable(opened, drift, resources, applied, live, conflicts=conflicts)


def _pullable(
    opened: OpenWorkspace,
    drift: Iterable[Drift],
    resources: Mapping[Address, Resource],
    applied: AppliedState,
    live: LiveSnapshot,
    *,
    conflicts: bool,
) -> Pullable:
    found: list[Drift] = []
    values: dict[Address, Attributes] = {}
    added: dict[Address, frozenset[str]] = {}
    left: list[str] = []
    replaced: list[str] = []
    for item in drift:
        resource, binding = resources.get(item.address), applied.bindings.get(item.address)
        if item.gone:
            left.append(f"{item.address} was deleted in the workspace. Delete its document.")
        if resource is None or binding is None or item.address not in live.objects:
            continue
        kind = opened.kinds[item.address.kind]
        drifted, both = _sides(kind, resource, binding, live.objects[item.address].attributes)
        hint = _TAKEN_LINES if conflicts else _DECIDE
        names = sorted(_names_in_files(kind, both))
        texts = [_conflict_text(item.address, name, hint) for name in names]
        (replaced if conflicts else left).extend(texts)
        taken = drifted if conflicts else drifted - both
        fields = LiveFields.of(kind, live.objects[item.address], live.names)
        new, texts = _unmanaged(opened.name, fields, resource, binding)
        left += texts
        wanted = _with_fields(resource, fields.attributes, taken)
        wanted = with_unmanaged(wanted, fields.attributes, new)
        if new:
            added[item.address] = frozenset(str(path[0]) for path in new)
        if wanted != resource.attributes:
            values[item.address] = wanted
            found.append(item)
    last = {address: applied.bindings[address].applied or {} for address in values}
    return Pullable(tuple(found), values, last, tuple(left), tuple(replaced), added)


def _unmanaged(
    workspace: str, live: LiveFields, resource: Resource, binding: Binding
) -> tuple[list[FieldPath], list[str]]:
    """Return where somebody changed what no file sets, and sentences about what is left."""
    taken: list[FieldPath] = []
    left: list[str] = []
    for edit in edits_of(live, binding, resource.ignore):
        (shown,) = field_changes(live, [edit])
        name = format_path(shown.path)
        if not is_unmanaged(live.kind, edit.path, resource.attributes):
            own_value, live_value = (
                value_at_path(each, edit.path) for each in (resource.attributes, live.attributes)
            )
            if own_value != live_value:
                left.append(_conflict_text(resource.address, name, _DECIDE))
        elif live.is_usual(edit.path, edit.after):
            left.append(
                f"{resource.address}: `{name}` is back at its usual value, and no file sets it, so "
                "there is nothing to write. This records it: "
                f"`cioform apply {workspace} --target {resource.address} --prefer live`."
            )
        else:
            taken.append(edit.path)
    return taken, left


def _with_fields(resource: Resource, live: Attributes, names: Set[str]) -> Attributes:
    own = resource.attributes
    return {name: live.get(name, value) if name in names else value for name, value in own.items()}


def _sides(
    kind: Kind, resource: Resource, binding: Binding, live: Attributes
) -> tuple[set[str], set[str]]:
    """Return the fields that drifted, and those of them that the file changed to something else."""
    own, last = resource.attributes, binding.applied or {}
    drifted = {str(change.path[0]) for change in diff.drifted_fields(kind, last, live)}
    changed = {str(change.path[0]) for change in diff.compare(kind, None, own, last)}
    spread = canonical_only_fields(kind)
    if not spread.keys().isdisjoint(drifted | changed):
        # One field of the file is spread over these: a step and its message belong together.
        parts = {*spread.keys(), *spread.values()}
        drifted |= parts if drifted & parts else set()
        changed |= parts if changed & parts else set()
    differs = {str(change.path[0]) for change in diff.compare(kind, None, own, live)}
    return drifted, drifted & changed & differs


def _names_in_files(kind: Kind, names: Set[str]) -> set[str]:
    """Return fields as files call them: the messages of a workflow are written in its steps."""
    spread = canonical_only_fields(kind)
    return {spread.get(name, name) for name in names}


def _conflict_text(address: Address, name: str, hint: str) -> str:
    return f"{address}: `{name}` was changed in the file, too, and that was not applied yet. {hint}"


def pull(
    opened: OpenWorkspace,
    pullable: Pullable,
    *,
    into_shared: bool = False,
    choose: ChooseTexts = lambda _before, after: after,
) -> PullResult:
    """Write the values into the files. Nothing else changes, not even the state.

    `choose` returns the texts that are written of those that would be. If the files would not be
    valid afterwards, they are as before, and ConfigError is raised.
    """
    updates = plan_updates(
        opened.root, opened.configuration, opened.kinds, pullable.values,
        into_shared=into_shared, added=pullable.added,
    )  # fmt: skip
    texts = choose(updates.files.before, updates.files.changed)
    loaded = _load_with(opened, texts, is_whole=texts == updates.files.changed)
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


def _load_with(
    opened: OpenWorkspace, texts: Mapping[Path, str], *, is_whole: bool
) -> Configuration:
    """Return what the files would say with these texts. Raises ConfigError if it is not valid."""
    try:
        return load_configuration(
            opened.root, opened.name, opened.kinds, os.environ, by_real_path(texts)
        )
    except ConfigError as error:
        if is_whole:
            raise
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
        kind, own = opened.kinds[address.kind], resources[address].attributes
        rest = diff.compare(kind, None, own, pullable.values[address])
        changed = diff.compare(kind, None, own, pullable.applied[address])
        open_fields, changed_fields = (
            {str(change.path[0]) for change in changes} for changes in (rest, changed)
        )
        both = _names_in_files(kind, open_fields & changed_fields)
        for name in sorted(_names_in_files(kind, open_fields) - both):
            yield (
                f"{address}: the lines of `{name}` that were not accepted stay as they were "
                "applied. The next apply will undo the edit in the workspace."
            )
        for name in sorted(both):
            yield (
                f"{address}: `{name}` is neither what was applied nor what the workspace has, so "
                "apply refuses to decide. Accept the other lines too, or write what the file "
                "says:\n\n"
                f"    cioform apply {opened.name} --target {address} --prefer config\n"
            )


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
