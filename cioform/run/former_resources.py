"""Objects as they were before a run, as resources: the backups in its journal, decoded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Final

from cioform.core.address import Address
from cioform.core.data.json_value import UNKNOWN, Attributes, Json, as_mapping
from cioform.core.data.paths import format_path
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.errors import CioformError
from cioform.model.decoding import decode_live
from cioform.model.kind import Kind
from cioform.model.objects.languages import HasLanguages
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.objects.snapshot import AppliedState, Binding
from cioform.model.objects.unnamed_ids import HasUnnamedIds
from cioform.model.own_names import with_own_names
from cioform.model.part_change import REMOVING
from cioform.model.references.names import Names
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasLifecycle, SendsMessages
from cioform.model.remote_access.conversation import Api
from cioform.model.resource import Resource
from cioform.model.router import reading_api
from cioform.model.unknown_members import RAW, unknown_fields, unknown_members
from cioform.plan.change import Action
from cioform.plan.compare import diff
from cioform.plan.compare.changed_parts import changed_parts
from cioform.plan.compare.differences import ABSENT, value_at
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import is_of_part
from cioform.plan.omissions import OmittedChange
from cioform.plan.reach.users import state_text
from cioform.state.journal.resolution import Resolution
from cioform.state.journal.run_changes import RunChange

_NOT_DONE: Final[Mapping[str, str]] = {
    "failed": "its change in that run failed",
    Resolution.IN_DOUBT: "it is in doubt whether that run changed it",
    Resolution.NOT_DONE: "that run did not change it",
    Resolution.DONE_IN_PART: "that run made only a part of its change",
}
"""Why what a run began is not undone, by how it ended."""
_REMOVING: Final = (Action.DELETE, Action.REPLACE)


@dataclass(frozen=True, slots=True)
class FormerResources:
    """What a run changed, as it was before."""

    resources: dict[Address, Resource | None] = field(default_factory=dict)
    """None stands for an object that the run created."""
    left: list[OmittedChange] = field(default_factory=list)
    """The changes of the run that cannot be undone, each with the reason."""
    not_restored: dict[Address, tuple[str, ...]] = field(default_factory=dict)
    """What no write can restore of those that can be undone."""


@dataclass(frozen=True, slots=True)
class FormerReader:
    """Reads the backups of a run, as far as nothing has happened to the objects since."""

    registry: Registry
    applied: AppliedState
    desired: Mapping[Address, Resource]
    names: Names
    apis: frozenset[Api]

    def read(self, changes: Sequence[RunChange]) -> FormerResources:
        """Return what the objects were before the run."""
        return replace(self, names=self._former_names(changes))._read(changes)

    def _former_names(self, changes: Sequence[RunChange]) -> Names:
        """Return what the references in the backups mean, to what the run deleted or replaced too.

        What was deleted is called as before: by its address or, for a sender, by its own names.
        """
        former_ids = {Address.parse(c.address): c.former_id for c in changes if c.former_id}
        names = replace(self.names, ids={**self.names.ids, **former_ids})
        deleted = [change for change in changes if change.action in _REMOVING]
        known = names.known
        for address, resource in replace(self, names=names)._read(deleted).resources.items():
            if resource is not None and (former_id := former_ids.get(address)):
                kind = self.registry[address.kind]
                known = with_own_names(known, kind, resource.attributes, former_id)
        return replace(names, known=known)

    def _read(self, changes: Sequence[RunChange]) -> FormerResources:
        former = FormerResources()
        for change in changes:
            address = Address.parse(change.address)
            reason = self._reason_to_leave(address, change)
            try:
                if not reason:
                    self._undo(former, address, change)
            except (CioformError, ValueError):
                reason = "its backup cannot be read by this version of cioform"
            if reason:
                former.left.append(OmittedChange(address, Action(change.action), reason, True))
        return former

    def _reason_to_leave(self, address: Address, change: RunChange) -> str:
        binding = self.applied.bindings.get(address)
        if address.kind not in self.registry:
            return f"this version of cioform has no kind {address.kind}"
        if reason := _NOT_DONE.get(change.result):
            return reason
        if change.before is None and change.action != Action.CREATE:
            return "that run has no backup of it"
        if change.action == Action.DELETE:
            return "it exists again" if binding is not None else ""
        if binding is None:
            return "it is no longer in the state, because it was deleted, moved or forgotten since"
        if binding.remote_id != change.remote_id:
            return "it was replaced by another object since"
        return self._reason_it_changed_since(self.registry[address.kind], binding, change)

    def _reason_it_changed_since(self, kind: Kind, binding: Binding, change: RunChange) -> str:
        if binding.applied is None:
            return "a later change of it did not finish"
        if not diff.is_equivalent(kind, binding.applied, _after(change) or {}):
            return "a later run or import changed it"
        return ""

    def _undo(self, former: FormerResources, address: Address, change: RunChange) -> None:
        """Add what an object was before a change."""
        if change.action == Action.CREATE:
            former.resources[address] = None
            return
        kind = self.registry[address.kind]
        own = self.desired.get(address) or Resource(address, {})
        found = decode_live(kind, self._found(kind, address, change), self._names(kind, change))
        readable = _readable(_managed(kind, found.attributes, change), _after(change) or {})
        writable, languages = _without_new_languages(kind, readable, found, change)
        kind.parse(writable)
        former.resources[address] = self.registry.with_attributes(own, writable)
        if lost := (*languages, *_not_restored(kind, found, change)):
            former.not_restored[address] = lost

    def _found(self, kind: Kind, address: Address, change: RunChange) -> RemoteObject:
        binding = self.applied.bindings.get(address)
        remote_id = change.former_id or (binding.remote_id if binding else "")
        identity = change.identity or (binding.identity if binding else address.name)
        api = Api(change.api) if change.api else reading_api(kind, self.apis)
        if api is None:
            raise ValueError
        return RemoteObject(remote_id, identity, api, as_mapping(change.before))

    def _names(self, kind: Kind, change: RunChange) -> Names:
        parts = {**self.names.parts, (kind.name, change.former_id or ""): dict(change.parts)}
        return replace(self.names, parts=parts) if change.parts else self.names


def _after(change: RunChange) -> Attributes | None:
    return change.after if isinstance(change.after, dict) else None


def _managed(kind: Kind, before: Attributes, change: RunChange) -> Attributes:
    """Return what the run changed or removed: somebody may have set the rest since."""
    after = _after(change)
    if after is None or change.action in _REMOVING:
        return _as_in_a_file(kind, before)
    whole = cache(partial(_as_in_a_file, kind, before))
    return diff.managed_fields(
        kind, before, after, lambda path, _: value_at(whole(), path) is not ABSENT
    )


def _as_in_a_file(kind: Kind, attributes: Attributes) -> Attributes:
    """Return attributes as those of a file: without what a new object has if no file says it."""
    return kind.attributes(kind.model.model_validate(kind.to_document(attributes)))


def _without_new_languages(
    kind: Kind, attributes: Attributes, found: LiveObject, change: RunChange
) -> tuple[Attributes, list[str]]:
    """Return what can be written of an object, and the languages that no API creates."""
    if not isinstance(kind, HasLanguages):
        return attributes, []
    parts = _created_parts(kind, found, change)
    writable, languages = kind.without_languages(attributes, parts)
    return writable, [format_path(path) for path in languages]


def _not_restored(kind: Kind, found: LiveObject, change: RunChange) -> Iterator[str]:
    """Yield what of an object that went, or of parts that went, no write can restore."""
    is_new = change.action in _REMOVING
    state = found.decoded.reach.lifecycle
    if is_new and isinstance(kind, HasLifecycle) and state not in ("", kind.states[0]):
        yield f"its state ({state_text(state)})"
    if is_new and isinstance(kind, SendsMessages):
        yield "its metrics"
    if is_new:
        yield from (f"{RAW}.{name}" for name in unknown_members(unknown_fields(kind, found.found)))
    if isinstance(kind, HasUnnamedIds):
        parts = _created_parts(kind, found, change)
        for path in kind.unnamed_ids(found):
            if parts is None or is_of_part(path, parts):
                yield format_path(path)


def _created_parts(kind: Kind, found: LiveObject, change: RunChange) -> set[str] | None:
    """Return the parts that the rollback of a change has to create; None for a new object."""
    if change.action in _REMOVING:
        return None
    return changed_parts(kind, found.attributes, _after(change) or {}, REMOVING)


def _readable(value: Attributes, other: Mapping[str, Json]) -> Attributes:
    """Return attributes with those of `other` where they could not be read."""
    found: dict[str, Json] = {}
    for name, member in value.items():
        if member is not UNKNOWN:
            inner = other.get(name)
            found[name] = (
                _readable(member, as_mapping(inner)) if isinstance(member, dict) else member
            )
        elif name in other:
            found[name] = other[name]
    return found
