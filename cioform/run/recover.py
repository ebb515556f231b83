"""After a cut: look at what an unfinished run was doing, and believe only what is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cioform.core.address import Address
from cioform.core.json_value import Attributes
from cioform.model.kind import Kind
from cioform.model.live_object import LiveObject, RemoteObject
from cioform.model.names import Names
from cioform.model.registry import Registry
from cioform.model.snapshot import AppliedState, Binding
from cioform.plan import diff
from cioform.plan.change import Action
from cioform.remote.provider import Provider
from cioform.run.read import KindReader, reader_for
from cioform.state.replay import JournalReplay, OpenChange


@dataclass(frozen=True, slots=True)
class RecoveryResult:
    """The bindings as they must be, and the ids of the runs of which nothing is left to find
    out. A run that the credentials at hand cannot look at stays open for others that can."""

    applied: AppliedState
    settled: tuple[str, ...]


def recover(
    runs: Sequence[JournalReplay], registry: Registry, applied: AppliedState, provider: Provider
) -> RecoveryResult:
    """Look up what `runs` left open; sends only reads.

    An object that was being created is bound when it is there, as half-made unless it is whole;
    one that was being edited is half-made unless it is what it was or should be; one that was
    being deleted is unbound when it is gone."""
    settled: list[str] = []
    for run in runs:
        open_changes = list(_changes_to_check(run))
        readers = {
            change.address: reader_for(registry[change.address.kind], provider)
            for change in open_changes
            if change.address.kind in registry
        }
        for change in open_changes:
            if reader := readers.get(change.address):
                applied = _ChangeRecovery(change, reader, applied, provider).settle()
        if None not in readers.values():
            settled.append(run.run_id)
    return RecoveryResult(applied, tuple(settled))


def _changes_to_check(run: JournalReplay) -> Iterator[OpenChange]:
    """Give the changes that may have done something. Without a request begun there are none,
    but for a torn record, which may have been that of a request."""
    return (
        change for change in run.open_changes if run.is_truncated or change.last_request is not None
    )


@dataclass(frozen=True, slots=True)
class _ChangeRecovery:
    """One open change and how to look what became of it."""

    change: OpenChange
    reader: KindReader
    applied: AppliedState
    provider: Provider

    def settle(self) -> AppliedState:
        """Give the bindings as they must be."""
        match self.change.action:
            case Action.DELETE:
                return self._after_delete()
            case Action.UPDATE:
                return self._after_update()
            case _:
                return self._after_create()

    @property
    def _kind(self) -> Kind:
        return self.reader.kind

    @property
    def _binding(self) -> Binding | None:
        return self.applied.bindings.get(self.change.address)

    def _after_delete(self) -> AppliedState:
        assert self.change.remote_id is not None  # nothing without an id is deleted or replaced
        if self._read_by_id(self.change.remote_id) is not None:
            return self.applied
        return _with_binding(self.applied, self.change.address, None)

    def _after_update(self) -> AppliedState:
        binding = self._binding
        found = self._read_by_id(binding.remote_id) if binding else None
        if binding is None or found is None:
            return self.applied
        live = self._to_live(found)
        if binding.applied is not None and self._matches(binding.applied, live):
            return self.applied
        return self._bind(live)

    def _after_create(self) -> AppliedState:
        found = self._find_created()
        if found is not None:
            return self._bind(self._to_live(found))
        if self.change.action == Action.REPLACE:
            return self._after_delete()
        return self.applied

    def _find_created(self) -> RemoteObject | None:
        """Give the object that was made: by its id where the journal has it, else the only one
        of its name that is nobody's. Of several the plan will say that the name is ambiguous."""
        old = self._binding.remote_id if self._binding else None
        if self.change.remote_id not in (None, old):
            found = self._read_by_id(str(self.change.remote_id))
            if found is not None:
                return found
        bindings = self.applied.bindings.items()
        taken = {b.remote_id for address, b in bindings if address.kind == self._kind.name}
        free = [
            found
            for found in self.reader.list(self.provider)
            if found.identity == self._identity and found.remote_id not in taken
        ]
        return self.reader.read(free[0], self.provider) if len(free) == 1 else None

    @property
    def _identity(self) -> str:
        return str((self.change.wanted or {}).get(self._kind.identity, ""))

    def _read_by_id(self, remote_id: str) -> RemoteObject | None:
        return self.reader.read_by_id(remote_id, self._identity, self.provider)

    def _to_live(self, found: RemoteObject) -> LiveObject:
        bindings = self.applied.bindings.items()
        ids = {address: binding.remote_id for address, binding in bindings}
        parts = {(address.kind, binding.remote_id): binding.parts for address, binding in bindings}
        if self.change.parts:
            parts[self._kind.name, found.remote_id] = self.change.parts
        return LiveObject(self._kind.name, found, self._kind.decode(found, Names(ids, parts=parts)))

    def _matches(self, wanted: Attributes, live: LiveObject) -> bool:
        return not diff.compare(self._kind, None, wanted, live.attributes)

    def _bind(self, live: LiveObject) -> AppliedState:
        """Bind a live object, with what it has where that is all that it should have."""
        wanted = self.change.wanted or {}
        binding = Binding(
            self.change.address,
            live.remote_id,
            self._identity,
            wanted if self._matches(wanted, live) else None,
            dict(live.decoded.parts),
            protect=bool(self._binding and self._binding.protect),
        )
        return _with_binding(self.applied, self.change.address, binding)


def _with_binding(applied: AppliedState, address: Address, binding: Binding | None) -> AppliedState:
    bindings = {a: b for a, b in applied.bindings.items() if a != address}
    if binding is not None:
        bindings[address] = binding
    return replace(applied, bindings=bindings)
