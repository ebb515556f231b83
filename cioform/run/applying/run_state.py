"""The state and the names of a run, updated with every change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.dataclasses import dataclass, field, replace
from cioform.model.address_moves import apply_moves
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import AppliedState, Binding, LastSeen
from cioform.model.own_names import with_own_names
from cioform.model.references.names import Names
from cioform.model.references.reference_texts import with_names
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import (
    CreatesOnDemand,
    HasOwnNames,
    IsCreatedOnDemand,
)
from cioform.model.renamed_objects import renamed_in
from cioform.model.routing.operations import WriteResult
from cioform.plan.change import Action, Change
from cioform.plan.compare.unmanaged_fields.live_fields import Record
from cioform.plan.plan import Plan
from cioform.run.applying.renames import (
    names_not_held,
    renames_of,
    shared_names,
    unambiguous_renames,
    with_renames,
)
from cioform.run.former_objects import with_former, without_object


class SaveState(Protocol):
    """Saves the state and returns it with its serial."""

    def __call__(self, applied: AppliedState, *, keeps_serial: bool = False) -> AppliedState:
        """Save the state under the next serial, or under its own, so that plans stay valid."""


@dataclass(slots=True)
class RunState:
    """The state and the names of one run. A change of the state is saved before it is used."""

    registry: Registry
    applied: AppliedState
    names: Names
    save: SaveState
    clock: Callable[[], float]
    """Returns Unix seconds."""
    former_names: dict[str, dict[str, str]] = field(default_factory=dict)
    """By kind, the name in the plan of each object that this run renamed, by its new name."""
    _not_held: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """By kind, a name that an object has, by each name that only the plan has for it."""

    def apply_state_only(self, change: Change) -> None:
        """Make a change that needs no request."""
        if change.action is Action.FORGET:
            self.forget(change)
        elif change.remote_id is not None:
            result = WriteResult(change.remote_id, change.parts)
            self.bind(change, result, change.wanted, change.unmanaged_record)

    def bind(
        self,
        change: Change,
        result: WriteResult,
        applied: Attributes | None,
        unmanaged: Record | None,
        state: str = "",
    ) -> None:
        """Bind the address of `change`.

        `applied` is what the object has now, None where it was only partly written, and `unmanaged`
        the record of the fields that it leaves to the workspace. `state` is that of an object that
        was created; any other has the one that the plan was made with.
        """
        kind = self.registry[change.address.kind]
        applied = self._with_held_names(kind, applied) if applied else applied
        binding = Binding(
            change.address, result.remote_id, change.identity, applied, dict(result.parts),
            change.protect, self._last_seen(change, state), dict(change.kept), unmanaged,
        )  # fmt: skip
        moves = {change.moved_from: change.address} if change.moved_from is not None else {}
        bindings = apply_moves(self.registry, self.applied.bindings, moves)
        former = bindings.get(change.address)
        bound = (b for a, b in bindings.items() if a.kind == kind.name)
        if shared := shared_names(kind, applied or {}, result.remote_id, self.names, bound):
            bindings = with_renames(bindings, self.registry, kind, shared)
        if _keeps_object(change) and former and former.applied and applied:
            bindings = self._with_renames(bindings, change, former, applied)
        if change.in_two_steps and former is not None and former.remote_id != result.remote_id:
            bindings = with_former(bindings, former)
        self._save_bindings({**bindings, change.address: binding})
        self._not_held.pop(kind.name, None)
        self.add_names(change, result)

    def as_recorded(self, kind: Kind, wanted: Attributes | None) -> Attributes | None:
        """Return what a change writes as the state will have it, so that they can be compared."""
        if wanted is None:
            return None
        named = with_names(wanted, kind.references(wanted), self.names)
        return self._with_held_names(kind, named)

    def _with_held_names(self, kind: Kind, attributes: Attributes) -> Attributes:
        """Return attributes that call objects by names which they have, as somebody reads them."""
        for named in self.registry:
            if not isinstance(named, HasOwnNames):
                continue
            if named.name not in self._not_held:
                bound = (b for a, b in self.applied.bindings.items() if a.kind == named.name)
                known = self.names.known.get(named.name, {})
                self._not_held[named.name] = names_not_held(named, known, bound)
            if texts := self._not_held[named.name]:
                attributes = renamed_in(kind, attributes, named, texts)
        return attributes

    def _with_renames(
        self, bindings: dict[Address, Binding], change: Change, former: Binding, applied: Attributes
    ) -> dict[Address, Binding]:
        """Return the bindings with the new name of an object where they have its former one."""
        kind = self.registry[former.address.kind]
        self._add_former_name(kind, change, applied)
        renames = renames_of(kind, former.applied or {}, applied)
        if not renames:  # The common case, of which a run may have thousands.
            return bindings
        others = {a: binding for a, binding in bindings.items() if a != former.address}
        by_id = f"{kind.name}#{former.remote_id}"
        renames = unambiguous_renames(renames, kind, applied, others, by_id)
        return with_renames(bindings, self.registry, kind, renames)

    def _add_former_name(self, kind: Kind, change: Change, applied: Attributes) -> None:
        """Add the name that the plan has for an object which other kinds create on demand."""
        if not isinstance(kind, IsCreatedOnDemand) or change.remote_id is None:
            return
        name, field = str(applied[kind.identity]), (kind.identity,)
        before = next((str(e.before) for e in change.differences if e.path == field), name)
        planned = self.names.known_name(kind.name, change.remote_id, before)
        self.former_names.setdefault(kind.name, {})[name] = planned
        self.names = self.names.without(kind.name, change.remote_id)

    def as_planned(self, kind: Kind, attributes: Attributes) -> Attributes:
        """Return attributes with the former names of objects that this run renamed.

        References are decoded by ID, but objects that are created on demand only have names.
        """
        if not isinstance(kind, CreatesOnDemand):
            return attributes
        for renamed, former in self.former_names.items():
            named = {name for of, name in kind.creates_on_demand(attributes) if of == renamed}
            changed = {name: former[name] for name in named & former.keys()}
            attributes = renamed_in(kind, attributes, self.registry[renamed], changed)
        return attributes

    def _last_seen(self, change: Change, state: str) -> LastSeen:
        now = int(self.clock())
        if change.action in (Action.CREATE, Action.REPLACE):
            return LastSeen(state, now, change.same_name)
        previous = self.applied.bindings.get(change.moved_from or change.address)
        known = change.reach.lifecycle or (previous.last_seen.state if previous else "")
        return LastSeen(known, now, change.same_name)

    def record_live_edits(self, *, refused: bool) -> None:
        """Keep in the state when live edits were first refused, or that they are allowed now."""
        refused_at = self.applied.live_edits_refused_at
        if refused == (refused_at is not None):
            return
        now = int(self.clock()) if refused else None
        # A refusal changes nothing that a plan is made from: a reviewed one can be applied again
        # when the setting is on.
        noted = replace(self.applied, live_edits_refused_at=now)
        self.applied = self.save(noted, keeps_serial=True)

    def add_names(self, change: Change, result: WriteResult) -> None:
        """Add the names of an object and its parts.

        With them, what was just written is decoded with its references resolved.
        """
        address, known = change.address, self.names.known
        ids = {**self.names.ids, address: result.remote_id}
        parts = {**self.names.parts, (address.kind, result.remote_id): dict(result.parts)}
        kind = self.registry[address.kind]
        if change.wanted is not None:
            known = with_own_names(known, kind, change.wanted, result.remote_id)
        self.names = Names(ids, known, parts)

    def forget(self, change: Change) -> None:
        """Remove the binding of what `change` deletes or gives up."""
        bindings = self.applied.bindings
        if change.deletes_former and change.remote_id is not None:
            self._save_bindings(without_object(bindings, change.address.kind, change.remote_id))
        else:
            self._save_bindings({a: b for a, b in bindings.items() if a != change.address})

    def _save_bindings(self, bindings: dict[Address, Binding]) -> None:
        self.applied = self.save(replace(self.applied, bindings=bindings))


def _keeps_object(change: Change) -> bool:
    """Return whether the object was there before, under any name."""
    return change.action is Action.UPDATE or not change.action.writes


def planned_names(plan: Plan, applied: AppliedState) -> Names:
    """Return the names that the plan was made with, from the plan and its state.

    They must be the same: an object's fingerprint is made of its references by name.
    """
    unbound = {Address.parse(text): remote_id for text, remote_id in plan.unbound.items()}
    moved = {(address.kind, remote_id) for address, remote_id in unbound.items()}
    ids = {
        address: binding.remote_id
        for address, binding in applied.bindings.items()
        if (address.kind, binding.remote_id) not in moved
    }
    ids |= unbound
    parts = {(a.kind, b.remote_id): b.parts for a, b in applied.bindings.items() if b.parts}
    for change in plan.changes:
        ids.pop(change.address, None)
        if change.moved_from is not None:
            ids.pop(change.moved_from, None)
    for change in plan.changes:
        if change.remote_id is not None and change.action is not Action.FORGET:
            ids[change.address] = change.remote_id
            if change.parts:  # The names of now, where the state still has former ones.
                parts[change.address.kind, change.remote_id] = change.parts
    return Names(ids, plan.known, parts)
