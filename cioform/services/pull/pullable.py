"""Find what somebody edited in the workspace that the files can have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.dataclasses import dataclass, field, replace
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.paths.file_paths import names_in_files
from cioform.model.resource import Resource
from cioform.model.unknown_members import RAW
from cioform.plan.change import Drift
from cioform.plan.compare.differences import ABSENT
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import (
    is_in_replaced_part,
    is_unmanaged,
    value_at_path,
)
from cioform.plan.compare.unmanaged_fields.unmanaged_record import (
    UnmanagedEdit,
    edits_of,
    field_changes,
    with_known_value,
)
from cioform.plan.drift import report_drift
from cioform.plan.fields_in_file import with_written_paths
from cioform.plan.matching.adoption import with_unmanaged
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.merging.merge_edits import merge_edits
from cioform.plan.selecting.scope import Scope
from cioform.services.context import OpenWorkspace
from cioform.services.lookup.selection import resolve_scope
from cioform.services.pull.kept_fields import kept_as_edits, kept_paths
from cioform.services.pull.new_names import with_new_names
from cioform.services.pull.undone_changes import UndoneChanges
from cioform.services.reading.read import read_workspace
from cioform.services.reading.recovery import read_recovered_state
from cioform.services.reading.state_checks import values_of_state_checked

_DECIDE: Final = "Decide which of the two it should be, and edit the file."
_TAKEN_LINES: Final = "The lines that you accept replace those of the file."


@dataclass(frozen=True, slots=True)
class Pullable:
    """Drift that can be taken into the files."""

    drift: tuple[Drift, ...]
    values: Mapping[Address, Attributes]
    """What each file should say."""
    applied: Mapping[Address, Attributes]
    """What cioform last wrote of each of them, before it was rolled back."""
    left: tuple[str, ...]
    """Sentences about the drift that only a person can take into the files."""
    replaced: tuple[str, ...]
    """Sentences about what the files changed, too, and `values` has from the workspace."""
    added: Mapping[Address, frozenset[str]] = field(default_factory=dict)
    """The fields in canonical form that have something in `values` that no file set before."""
    kept: Mapping[Address, tuple[FieldPath, ...]] = field(default_factory=dict)
    """The fields in canonical form that `--prefer live` kept; `apply` does not change them."""
    is_partly_read: bool = False
    """Whether the credentials cannot read everything that could have been edited."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What one file should say, and sentences about the rest, as `Pullable` has them."""

    values: Attributes
    left: Sequence[str]
    replaced: Sequence[str] = ()
    added: frozenset[str] = frozenset()


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
        undone = UndoneChanges.find(opened, applied)
        pairs = [undone.as_edits(pair) for pair in matched.pairs if scope.includes(pair.address)]
        kept = {pair.address: kept_paths(opened.kinds, pair, live) for pair in pairs}
        pairs = [kept_as_edits(pair, kept) for pair in pairs]
        report = report_drift(opened.kinds, pairs, live)
        found = _pullable(opened, report.drift, pairs, live, conflicts=conflicts)
        found = _with_references(opened, found, matched.pairs, live)
        left = (*undone.texts(pairs), *found.left)
        is_partly_read = bool(report.not_looked_at) or report.has_unreadable_fields
        return replace(found, left=left, kept=kept, is_partly_read=is_partly_read)


def _pullable(
    opened: OpenWorkspace,
    drift: Sequence[Drift],
    pairs: Sequence[MatchedPair],
    live: LiveSnapshot,
    *,
    conflicts: bool,
) -> Pullable:
    by_address = {pair.address: pair for pair in pairs}
    found = {
        item.address: each
        for item in drift
        if (each := _found(opened, by_address[item.address], live, conflicts=conflicts))
    }
    gone = [
        text
        for item in drift
        if (text := _text_without_file(opened.name, item, by_address[item.address]))
    ]
    resources = {pair.address: pair.resource for pair in pairs if pair.resource}
    bindings = {pair.address: pair.binding for pair in pairs if pair.binding}
    values = {a: e.values for a, e in found.items() if e.values != resources[a].attributes}
    return Pullable(
        tuple(item for item in drift if item.address in values),
        values,
        {address: bindings[address].applied or {} for address in values},
        (*gone, *(text for each in found.values() for text in each.left)),
        tuple(text for each in found.values() for text in each.replaced),
        {address: each.added for address, each in found.items() if each.added},
    )


def _with_references(
    opened: OpenWorkspace, found: Pullable, pairs: Sequence[MatchedPair], live: LiveSnapshot
) -> Pullable:
    """Return what to pull with the files, in scope or not, that name what was renamed."""
    values = with_new_names(found.values, pairs, opened.kinds, live)
    applied = {pair.address: (pair.binding and pair.binding.applied) or {} for pair in pairs}
    missing = {address: applied[address] for address in values.keys() - found.applied.keys()}
    return replace(found, values=values, applied={**found.applied, **missing})


def without_edits(
    opened: OpenWorkspace, drift: Sequence[Drift], pairs: Sequence[MatchedPair], live: LiveSnapshot
) -> tuple[Address, ...]:
    """Return the drifted objects of which a pull would write nothing into the files."""
    by_address = {pair.address: pair for pair in pairs}

    def has_edits(pair: MatchedPair) -> bool:
        found = _found(opened, pair, live, conflicts=False)
        own = pair.resource.attributes if pair.resource else None
        return found is not None and found.values != own

    return tuple(item.address for item in drift if not has_edits(by_address[item.address]))


def _found(
    opened: OpenWorkspace, pair: MatchedPair, live: LiveSnapshot, *, conflicts: bool
) -> _Found | None:
    """Return what the file of a drifted object should say; None if it has no file or is gone."""
    resource, binding = pair.resource, pair.binding
    if resource is None or binding is None or pair.address not in live.objects:
        return None
    fields = LiveFields.of(opened.kinds[pair.address.kind], live.objects[pair.address], live.names)
    last = binding.applied or {}
    merged = merge_edits(
        fields.kind, resource.attributes, last, fields.attributes, resource.ignore,
        pair.moved_parts, takes_both=conflicts,
    )  # fmt: skip
    values = merged.values
    both, dropped, removed, taken = (
        sorted({format_path(e.path) for e in with_written_paths(found, fields.kind, resource)})
        for found in (merged.both, merged.dropped, merged.removed, merged.replaced)
    )
    left = [_conflict_text(pair.address, name, _DECIDE) for name in both]
    left += [_dropped_text(pair.address, name) for name in dropped]
    left += [_removed_text(pair.address, name) for name in removed]
    taken += sorted(names_in_files(fields.kind, merged.whole))
    replaced = [_conflict_text(pair.address, name, _TAKEN_LINES) for name in taken]
    added: list[FieldPath] = []
    for edit in edits_of(fields, binding, resource.ignore):
        text = _reason_to_leave(opened.name, fields, edit, resource, values, last)
        if text is None:
            added.append(edit.path)
        elif text:
            left.append(text)
    values = with_unmanaged(fields.kind, values, fields.attributes, added)
    return _Found(values, left, replaced, frozenset(str(path[0]) for path in added))


def _reason_to_leave(
    workspace: str,
    live: LiveFields,
    edit: UnmanagedEdit,
    resource: Resource,
    values: Attributes,
    applied: Attributes,
) -> str | None:
    """Return why a file cannot have an edit of an unmanaged field; empty if it already has it."""
    (shown,) = field_changes(live, [edit])
    name, address = format_path(shown.path), resource.address
    path = edit.path
    if path[0] == RAW:
        return (
            f"{address}: cioform has no field for `{name}`, so no file can have it. To record its "
            f"value, run `cioform apply {workspace} --target {address} --prefer live`."
        )
    if with_known_value(live, edit, values).before != edit.before:
        return None  # The file sets what it was before.
    if not is_unmanaged(live.kind, path, values):
        own_value, live_value = (
            value_at_path(live.kind, each, path) for each in (values, live.attributes)
        )
        if own_value is ABSENT:
            return _removed_text(address, name)
        if own_value != live_value:
            return _conflict_text(address, name, _DECIDE)
        # A field that was taken whole has it, which the file does not have yet.
        return None if is_unmanaged(live.kind, path, resource.attributes) else ""
    if path[0] in applied and path[0] not in values:
        return _dropped_text(address, name)
    is_default = live.is_default(path, edit.after)
    if is_default and not _is_written(live, values, path):
        return (
            f"{address}: `{name}` is back at its default, and no file sets it, so there is "
            f"nothing to write. This records it: `cioform apply {workspace} --target {address} "
            "--prefer live`."
        )
    is_other_type = is_in_replaced_part(live.kind, path, values, live.attributes)
    if is_other_type or not (is_default or path in live.unmanaged(values)):
        return (
            f"{address}: `{name}` cannot be in the file, because the file gives the step another "
            "type. `apply --prefer config` deletes it."
        )
    return None


def _is_written(live: LiveFields, values: Attributes, path: FieldPath) -> bool:
    """Return whether a document says a default, such as that a language has no layout."""
    taken = with_unmanaged(live.kind, values, live.attributes, [path])
    return live.kind.to_document(taken) != live.kind.to_document(values)


def _text_without_file(workspace: str, item: Drift, pair: MatchedPair) -> str:
    """Return why nothing can be pulled of an object that is gone, or whose file is; else empty."""
    if item.gone:
        return f"{item.address} was deleted in the workspace. Delete its document."
    if pair.resource is not None or not item.fields:
        return ""
    return (
        f"{item.address}: its file was removed, so there is no place for the edit, and an apply "
        "that may delete would delete the object. This writes its file again: "
        f"`cioform import {workspace} --target {item.address}`."
    )


def _conflict_text(address: Address, name: str, hint: str) -> str:
    return f"{address}: `{name}` was changed in the file, too, and that was not applied yet. {hint}"


def _removed_text(address: Address, name: str) -> str:
    return (
        f"{address}: `{name}` cannot be in the file, because the file no longer has what contains "
        "it, and that was not applied yet. Restore that in the file, or `apply --prefer config` "
        "deletes it."
    )


def _dropped_text(address: Address, name: str) -> str:
    return (
        f"{address}: `{name}` was taken out of the file, and that was not applied yet, so there is "
        "nothing to write."
    )
