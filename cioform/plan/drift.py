"""Find changes outside of cioform: compare live objects with what was last applied."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Final

from cioform.core.address import Address
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.diagnostic import Diagnostic
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject
from cioform.model.objects.snapshot import Binding, LiveSnapshot
from cioform.model.registry import Registry
from cioform.plan.change import Drift, FieldChange, Origin
from cioform.plan.compare import diff
from cioform.plan.compare.ignored import hide_ignored
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields, is_possible
from cioform.plan.compare.unmanaged_fields.seen_unmanaged import SeenUnmanaged
from cioform.plan.fields_in_file import with_written_paths
from cioform.plan.file_changes import drifted_file_changes
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.omissions import UnreadableFields

STATE_PATH: Final[tuple[str]] = ("state",)
"""The path of a drift that no file has: somebody started, stopped or archived the object."""


@dataclass(frozen=True, slots=True)
class NotLookedAt:
    """An object of which it is not known whether somebody changed it, and why."""

    address: Address
    reason: str
    """A clause: `no credential that is set can read it`."""


class NothingBound(Enum):
    """Why no object in scope is bound."""

    NO_FILES = "no files and no bindings"
    NOT_APPLIED = "files, but no bindings"
    OUT_OF_SCOPE = "bindings, but none in scope"
    NOT_SELECTED = "nothing in scope"


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What somebody changed, and what could not be looked at."""

    drift: tuple[Drift, ...]
    unreadable: tuple[UnreadableFields, ...]
    not_looked_at: tuple[NotLookedAt, ...]
    compared: int
    """How many objects were compared with what was last applied."""
    excluded: Mapping[str, int] = field(default_factory=dict)
    """How many addresses each pattern of `exclude` in the settings leaves out."""

    nothing_bound: NothingBound = NothingBound.NO_FILES
    """Why nothing was compared, if `compared` is 0 and `not_looked_at` is empty."""
    unrecorded: int = 0
    """How many of them have a file that leaves fields to the workspace, and a state that does not
    say what those were: an older version of cioform wrote it."""
    unmanaged_unreadable: int = 0
    """How many of them have fields that no file sets and the credentials cannot read, so that edits
    of these are not detected."""
    without_edits: tuple[Address, ...] = ()
    """The objects in `drift` of which a pull would write nothing: their files have the edits, have
    changed the same fields, or were removed."""
    ended: tuple[Diagnostic, ...] = ()
    """Documents whose `ignore` has expired, so that its fields were compared again."""

    @property
    def has_unreadable_fields(self) -> bool:
        """Whether the credentials cannot read all fields of the compared objects."""
        return bool(self.unreadable or self.unmanaged_unreadable)

    @property
    def is_incomplete(self) -> bool:
        """Whether something was not looked at, so that having found no drift means little."""
        missed = self.compared == 0 and self.nothing_bound is not NothingBound.NOT_SELECTED
        return bool(self.not_looked_at) or missed


def report_drift(
    registry: Registry, pairs: Sequence[MatchedPair], live: LiveSnapshot
) -> DriftReport:
    """Return the drift of `pairs`, and what of them could not be compared."""
    bound = [(pair, pair.binding) for pair in pairs if pair.binding is not None]
    not_looked_at = [
        NotLookedAt(pair.address, reason)
        for pair, binding in bound
        if (reason := _reason_not_to_see(pair, binding))
    ]
    unreadable = [
        UnreadableFields(pair.address, fields)
        for pair, binding in bound
        if (found := live.objects.get(pair.address))
        and (fields := _unreadable_fields(binding, found))
    ]
    seen = {
        pair.address: SeenUnmanaged.compare(
            LiveFields.of(registry[pair.address.kind], found, live.names), binding, pair.resource
        )
        for pair, binding in bound
        if (found := live.objects.get(pair.address))
    }
    return DriftReport(
        _with_unmanaged(find_drift(registry, pairs, live), pairs, seen),
        tuple(sorted(unreadable, key=lambda item: item.address)),
        tuple(sorted(not_looked_at, key=lambda item: item.address)),
        len(bound) - len(not_looked_at),
        unrecorded=sum(_is_unrecorded(registry, pair, live) for pair, _ in bound),
        unmanaged_unreadable=sum(each.is_partly_unreadable for each in seen.values()),
    )


def _reason_not_to_see(pair: MatchedPair, binding: Binding) -> str:
    if pair.is_unlistable:
        return "no credential that is set can read it"
    if binding.applied is None:
        return "it was not applied yet, or only in part; the next apply records its fields"
    return ""


def _unreadable_fields(binding: Binding, live: LiveObject) -> tuple[str, ...]:
    fields = diff.unreadable_fields(binding.applied or {}, live.attributes)
    is_state_hidden = binding.last_seen.state and not live.decoded.reach.lifecycle
    return (*fields, STATE_PATH[0]) if is_state_hidden else fields


def find_drift(
    registry: Registry,
    pairs: Iterable[MatchedPair],
    live: LiveSnapshot,
    as_applied: Container[Address] = frozenset(),
) -> tuple[Drift, ...]:
    """Return every object that somebody changed or deleted since it was last applied.

    The fields of the objects `as_applied` are known to be what was applied.
    """
    found: list[Drift] = []
    for pair in pairs:
        binding = pair.binding
        if binding is None or binding.applied is None:
            continue
        live_object = live.objects.get(pair.address)
        if pair.found is None:
            if pair.resource is not None and not pair.is_unlistable:
                at = binding.last_seen.at
                found.append(Drift(pair.address, binding.remote_id, (), gone=True, applied_at=at))
        elif live_object is not None:
            kind = registry[pair.address.kind]
            is_as_applied = pair.address in as_applied
            fields = () if is_as_applied else _field_changes(kind, pair, binding, live_object)
            if drift := _drift_of(pair, binding, live_object, fields):
                found.append(drift)
    return tuple(sorted(found, key=lambda item: item.address))


def _drift_of(
    pair: MatchedPair, binding: Binding, live: LiveObject, fields: tuple[FieldChange, ...]
) -> Drift | None:
    """Return what somebody changed of an object that exists, its `fields` and the rest."""
    changed = (*_state_changes(binding, live), *fields)
    is_same_object = binding.remote_id == live.remote_id
    known = binding.last_seen.same_name
    same_name = tuple(each for each in pair.same_name if each not in known)
    if is_same_object and not changed and not same_name:
        return None
    return Drift(
        pair.address,
        binding.remote_id,
        changed,
        new_remote_id=None if is_same_object else live.remote_id,
        same_name=same_name,
        applied_at=binding.last_seen.at,
    )


def _state_changes(binding: Binding, live: LiveObject) -> Iterator[FieldChange]:
    before, after = binding.last_seen.state, live.decoded.reach.lifecycle
    if before and after and before != after:
        yield FieldChange(STATE_PATH, before, after, Origin.DRIFT)


def _field_changes(
    kind: Kind, pair: MatchedPair, binding: Binding, live: LiveObject
) -> tuple[FieldChange, ...]:
    applied = binding.applied or {}
    ignore = pair.resource.ignore if pair.resource else ()
    attributes = hide_ignored(live.attributes, applied, ignore)
    changes = diff.drifted_fields(kind, applied, attributes)
    if not changes:
        return ()
    found = drifted_file_changes(kind, changes, applied, attributes)
    return with_written_paths(found, kind, pair.resource)


def with_edits(
    drift: Iterable[Drift],
    pairs: Iterable[MatchedPair],
    edits: Mapping[Address, tuple[FieldChange, ...]],
) -> tuple[Drift, ...]:
    """Return the drift with edits of fields that were in no file when it was last applied."""
    if not edits:
        return tuple(drift)
    found = {item.address: item for item in drift}
    bindings = {pair.address: pair.binding for pair in pairs}
    for address, fields in edits.items():
        binding = bindings[address]
        assert binding is not None  # only what is bound has a record
        at = binding.last_seen.at
        item = found.get(address) or Drift(address, binding.remote_id, (), applied_at=at)
        found[address] = replace(
            item,
            fields=(*item.fields, *fields),
            maybe_older=(*item.maybe_older, *(each.path for each in fields)),
        )
    return tuple(found[address] for address in sorted(found))


def _with_unmanaged(
    drift: Iterable[Drift], pairs: Sequence[MatchedPair], seen: Mapping[Address, SeenUnmanaged]
) -> tuple[Drift, ...]:
    """Return the drift with all edits of such fields, which says which of them are in no file."""
    edits: dict[Address, tuple[FieldChange, ...]] = {}
    unset: dict[Address, tuple[FieldPath, ...]] = {}
    lost: dict[Address, tuple[FieldPath, ...]] = {}
    resources = {pair.address: pair.resource for pair in pairs}
    for address, each in seen.items():
        resource = resources[address]
        # Without a file, nothing of the object is in one: it will be deleted.
        own = resource.attributes if resource else {}
        left = each.edits_of(own, are_set=False)
        if found := (*each.edits_of(own, are_set=True), *left):
            edits[address] = found
            unset[address] = _paths(left) if resource else ()
            lost[address] = _paths(each.lost(own) if resource else left)
    return tuple(
        replace(item, unmanaged=unset.get(item.address, ()), lost=lost.get(item.address, ()))
        for item in with_edits(drift, pairs, edits)
    )


def _paths(fields: Iterable[FieldChange]) -> tuple[FieldPath, ...]:
    return tuple(item.path for item in fields)


def _is_unrecorded(registry: Registry, pair: MatchedPair, live: LiveSnapshot) -> bool:
    binding = pair.binding
    return (
        binding is not None
        and binding.applied is not None
        and binding.unmanaged is None
        and pair.address in live.objects
        and is_possible(registry[pair.address.kind], binding.applied)
    )
