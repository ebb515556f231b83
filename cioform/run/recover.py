"""After a cut: look at what an unfinished run was doing, and believe only what is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cioform.core.address import Address
from cioform.core.json_value import Attributes
from cioform.model.kind import Found, Kind, Live
from cioform.model.names import Names
from cioform.model.registry import Registry
from cioform.model.snapshot import Applied, Binding
from cioform.plan import diff
from cioform.plan.change import Action
from cioform.remote.provider import Provider
from cioform.run.read import Reader, reader_of
from cioform.state.replay import OpenChange, Story


@dataclass(frozen=True, slots=True)
class Recovered:
    """The bindings as they must be, and the ids of the runs of which nothing is left to find
    out. A run that the credentials at hand cannot look at stays open for others that can."""

    applied: Applied
    settled: tuple[str, ...]


def recover(
    runs: Sequence[Story], registry: Registry, applied: Applied, provider: Provider
) -> Recovered:
    """Look up what `runs` left open; sends only reads.

    An object that was being created is bound when it is there, as half-made unless it is whole;
    one that was being edited is half-made unless it is what it was or should be; one that was
    being deleted is unbound when it is gone."""
    settled: list[str] = []
    for run in runs:
        open_changes = list(_in_doubt(run))
        readers = {
            change.address: reader_of(registry[change.address.kind], provider)
            for change in open_changes
            if change.address.kind in registry
        }
        for change in open_changes:
            if reader := readers.get(change.address):
                applied = _Look(change, reader, applied, provider).settle()
        if None not in readers.values():
            settled.append(run.run_id)
    return Recovered(applied, tuple(settled))


def _in_doubt(run: Story) -> Iterator[OpenChange]:
    """Give the changes that may have done something. Without a request begun there are none,
    but for a torn record, which may have been that of a request."""
    return (change for change in run.open_changes if run.torn or change.last is not None)


@dataclass(frozen=True, slots=True)
class _Look:
    """One open change and how to look what became of it."""

    change: OpenChange
    reader: Reader
    applied: Applied
    provider: Provider

    def settle(self) -> Applied:
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

    def _after_delete(self) -> Applied:
        assert self.change.remote_id is not None  # nothing without an id is deleted or replaced
        if self._look(self.change.remote_id) is not None:
            return self.applied
        return _with(self.applied, self.change.address, None)

    def _after_update(self) -> Applied:
        binding = self._binding
        found = self._look(binding.remote_id) if binding else None
        if binding is None or found is None:
            return self.applied
        live = self._decoded(found)
        if binding.applied is not None and self._is(binding.applied, live):
            return self.applied
        return self._bound(live)

    def _after_create(self) -> Applied:
        found = self._made()
        if found is not None:
            return self._bound(self._decoded(found))
        if self.change.action == Action.REPLACE:
            return self._after_delete()
        return self.applied

    def _made(self) -> Found | None:
        """Give the object that was made: by its id where the journal has it, else the only one
        of its name that is nobody's. Of several the plan will say that the name is ambiguous."""
        old = self._binding.remote_id if self._binding else None
        if self.change.remote_id not in (None, old):
            found = self._look(str(self.change.remote_id))
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

    def _look(self, remote_id: str) -> Found | None:
        return self.reader.look(remote_id, self._identity, self.provider)

    def _decoded(self, found: Found) -> Live:
        bindings = self.applied.bindings.items()
        ids = {address: binding.remote_id for address, binding in bindings}
        parts = {(address.kind, binding.remote_id): binding.parts for address, binding in bindings}
        if self.change.parts:
            parts[self._kind.name, found.remote_id] = self.change.parts
        return Live(self._kind.name, found, self._kind.decode(found, Names(ids, parts=parts)))

    def _is(self, wanted: Attributes, live: Live) -> bool:
        return not diff.compare(self._kind, None, wanted, live.attributes)

    def _bound(self, live: Live) -> Applied:
        """Bind a live object, with what it has where that is all that it should have."""
        wanted = self.change.wanted or {}
        binding = Binding(
            self.change.address,
            live.remote_id,
            self._identity,
            wanted if self._is(wanted, live) else None,
            dict(live.decoded.parts),
            protect=bool(self._binding and self._binding.protect),
        )
        return _with(self.applied, self.change.address, binding)


def _with(applied: Applied, address: Address, binding: Binding | None) -> Applied:
    bindings = {a: b for a, b in applied.bindings.items() if a != address}
    if binding is not None:
        bindings[address] = binding
    return replace(applied, bindings=bindings)
