"""Find out what an interrupted run did, by reading the objects that it was changing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from cioform.core.data.json_value import Attributes, as_mapping
from cioform.core.dataclasses import dataclass, replace
from cioform.core.errors import CioformError
from cioform.model.decoding import decode_live
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.objects.snapshot import AppliedState, Binding, LastSeen
from cioform.model.references.names import Names
from cioform.model.references.reference_texts import with_names
from cioform.model.registry import Registry
from cioform.model.remote_access.conversation import Api
from cioform.plan.change import Action
from cioform.plan.compare import diff
from cioform.plan.compare.edits_after_interruption import (
    InterruptedCreation,
    InterruptedUpdate,
    InterruptedWrite,
    Sent,
)
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields, Record
from cioform.plan.compare.unmanaged_fields.record_after_interruption import (
    record_after_interruption,
)
from cioform.plan.compare.unmanaged_fields.unmanaged_record import next_record
from cioform.plan.matching.renamed_parts import with_renamed_parts
from cioform.remote.provider import Provider
from cioform.run.former_objects import with_former, without_object
from cioform.run.reading.kind_reader import KindReader, reader_for
from cioform.run.recovered_names import RecoveredNames
from cioform.state.journal.open_change import OpenChange
from cioform.state.journal.replay import JournalReplay
from cioform.state.journal.resolution import Resolution, ResolvedChange, RunResolution


@dataclass(frozen=True, slots=True)
class RecoveryResult:
    """The corrected state, and the runs that are resolved."""

    applied: AppliedState
    resolved: tuple[RunResolution, ...]
    """How the changes of the runs ended with which there is nothing left to find out. A run that
    the current credentials cannot check stays open, for others that can."""


def recover(
    runs: Sequence[JournalReplay], registry: Registry, applied: AppliedState, provider: Provider
) -> RecoveryResult:
    """Find out how the open changes of `runs` ended; sends reads only.

    A created object is bound if it exists. An updated one is bound as partly written unless it is
    what it was before or what it should be. A deleted one is unbound if it is gone.
    """
    resolved: list[RunResolution] = []
    names = RecoveredNames(registry, provider)
    for run in runs:
        open_changes = run.changes_to_check
        # Of the others it is known that nothing was sent.
        ends = {
            c.address: ResolvedChange(Resolution.NOT_DONE, c.remote_id) for c in run.open_changes
        }
        readers = {
            change.address: reader_for(registry[change.address.kind], provider)
            for change in open_changes
            if change.address.kind in registry
        }
        for change in open_changes:
            if reader := readers.get(change.address):
                found = _ChangeRecovery(change, reader, applied, provider, names).resolve()
                applied, ends[change.address] = found.applied, found.change
        if None not in readers.values():
            resolved.append(RunResolution(run.run_id, ends))
    return RecoveryResult(applied, tuple(resolved))


@dataclass(frozen=True, slots=True)
class _Found:
    """How one change ended, and the state that is corrected by that."""

    applied: AppliedState
    change: ResolvedChange


@dataclass(frozen=True, slots=True)
class _ChangeRecovery:
    """One open change, and what is needed to find out how it ended."""

    change: OpenChange
    reader: KindReader
    applied: AppliedState
    provider: Provider
    names: RecoveredNames

    def resolve(self) -> _Found:
        """Return how the change ended, and the state with its binding corrected."""
        match self.change.action:
            case Action.DELETE:
                return self._after_delete()
            case Action.UPDATE:
                return self._after_update()
            case Action.CREATE | Action.REPLACE:
                return self._after_create()
            case action:
                raise ValueError(f"{action!r} writes nothing")

    @property
    def _kind(self) -> Kind:
        return self.reader.kind

    @property
    def _binding(self) -> Binding | None:
        """The binding of the address, with the names of parts that the run had."""
        binding, parts = self.applied.bindings.get(self.change.address), self.change.former_parts
        if binding is None or not parts:
            return binding
        new = {remote_id: name for name, remote_id in parts.items()}
        names = {old: new[part] for old, part in binding.parts.items() if part in new}
        moved = {old: name for old, name in names.items() if old != name}
        return with_renamed_parts(self._kind, binding, moved)

    def _after_delete(self) -> _Found:
        """Return the state without an object that is gone. Its address may have a newer one."""
        remote_id = self.change.remote_id
        assert remote_id is not None  # only an existing object is deleted or replaced
        if self._read_by_id(remote_id) is not None:
            return self._unchanged(Resolution.NOT_DONE)
        bindings = without_object(self.applied.bindings, self.change.address.kind, remote_id)
        return self._found(replace(self.applied, bindings=bindings), Resolution.DONE, remote_id)

    def _after_update(self) -> _Found:
        binding = self._binding
        found = self._read_by_id(binding.remote_id) if binding else None
        if binding is None or found is None:
            return self._unchanged(Resolution.IN_DOUBT)
        live, wanted = self._to_live(found), self.change.wanted
        if wanted is not None and self._matches(wanted, live):
            return self._bind(live)
        if self.change.backup is not None and found.wire == self.change.backup:
            return self._unchanged(Resolution.NOT_DONE)  # Its drift is still there.
        if binding.applied is not None and self._matches(binding.applied, live):
            return self._after_unmanaged_writes(binding, binding.applied, live)
        return self._bind(live)

    def _after_unmanaged_writes(
        self, binding: Binding, applied: Attributes, live: LiveObject
    ) -> _Found:
        """Return the state after an update of which at most what was unmanaged is written.

        That is a language without its texts, for example.
        """
        before, wanted = self._before(live), self.change.wanted
        if binding.unmanaged is None or before is None or wanted is None:
            return self._unchanged(Resolution.NOT_DONE)
        record = record_after_interruption(binding, before, self._fields_of(live), wanted, applied)
        if record == binding.unmanaged:
            return self._unchanged(Resolution.NOT_DONE)
        bindings = {binding.address: replace(binding, unmanaged=record)}
        state = replace(self.applied, bindings={**self.applied.bindings, **bindings})
        return self._found(state, Resolution.DONE_IN_PART, live.remote_id)

    def _unchanged(self, end: Resolution) -> _Found:
        return self._found(self.applied, end, self.change.remote_id)

    def _found(self, applied: AppliedState, end: Resolution, remote_id: str | None) -> _Found:
        return _Found(applied, ResolvedChange(end, remote_id))

    def _after_create(self) -> _Found:
        binding = self._binding
        is_create = self.change.action == Action.CREATE
        if is_create and binding and self._read_by_id(binding.remote_id) is not None:
            return self._after_update()  # The state has the object already.
        found = self._find_created()
        if found is not None:
            return self._bind(self._to_live(found), self._former(found))
        if self.change.action == Action.REPLACE:
            return self._after_replaced_in_part()
        return self._unchanged(Resolution.NOT_DONE)

    def _after_replaced_in_part(self) -> _Found:
        """Return the state after a replacement without a new object."""
        found = self._after_delete()
        is_deleted = found.change.result is Resolution.DONE
        end = Resolution.DONE_IN_PART if is_deleted else Resolution.NOT_DONE
        return replace(found, change=ResolvedChange(end, self.change.remote_id))

    def _former(self, created: RemoteObject) -> Binding | None:
        """Return the binding of the object that was replaced, if it still exists."""
        former = self._binding
        if former is None or former.remote_id == created.remote_id:
            return None
        found = self.reader.read_by_id(former.remote_id, former.identity, self.provider)
        return former if found is not None else None

    def _find_created(self) -> RemoteObject | None:
        """Return the created object, or None.

        It is found by its ID if the journal has one that is not bound, otherwise as the only
        unbound object of its name. If there are several, the next plan reports that the name is
        ambiguous.
        """
        bindings = self.applied.bindings.items()
        bound_ids = {b.remote_id for address, b in bindings if address.kind == self._kind.name}
        # No run binds a second address to an object, so such a journal was edited.
        if self.change.remote_id is not None and self.change.remote_id not in bound_ids:
            found = self._read_by_id(self.change.remote_id)
            if found is not None:
                return found
        unbound = [
            found
            for found in self.reader.list(self.provider)
            if found.identity == self._identity and found.remote_id not in bound_ids
        ]
        return self.reader.read(unbound[0], self.provider) if len(unbound) == 1 else None

    @property
    def _identity(self) -> str:
        wanted = self.change.wanted or {}
        return str(wanted.get(self._kind.identity, self.change.identity))

    def _read_by_id(self, remote_id: str) -> RemoteObject | None:
        return self.reader.read_by_id(remote_id, self._identity, self.provider)

    def _to_live(self, found: RemoteObject) -> LiveObject:
        return decode_live(self._kind, found, self._names_for(found.remote_id))

    def _names_for(self, remote_id: str, own_parts: Mapping[str, str] | None = None) -> Names:
        own_parts = own_parts or self.change.parts or self.change.former_parts
        parts = {(self._kind.name, remote_id): own_parts} if own_parts else {}
        written = ((self._binding and self._binding.applied) or {}, self.change.wanted or {})
        kinds = {each.kind for attributes in written for each in self._kind.references(attributes)}
        return self.names.names(self.applied, sorted(kinds), parts)

    def _record_of(self, live: LiveObject, *, is_whole: bool) -> Record | None:
        """Return the record of the unmanaged fields once what the change wanted is applied."""
        binding, wanted, now = self._binding, self.change.wanted, self._fields_of(live)
        if wanted is None:
            return None
        if binding is None or binding.remote_id != live.remote_id:
            # Somebody may have edited it since it was created: the next plan names what it records.
            record = next_record(now, None, wanted) if is_whole else None
            return None if record else record
        if before := self._before(live):
            return record_after_interruption(binding, before, now, wanted, wanted)
        return next_record(now, binding, wanted) if is_whole else None

    def _applied_beside_edits(self, live: LiveObject) -> Attributes | None:
        """Return what counts as applied of a half-made object that somebody has edited since."""
        write = self._interrupted_write(live)
        return write.applied_beside_edits(live.attributes) if write else None

    def _interrupted_write(self, live: LiveObject) -> InterruptedWrite | None:
        wanted, binding, kind = self.change.wanted, self._binding, self._kind
        if wanted is None:
            return None
        if binding is None or binding.remote_id != live.remote_id:
            sent = Sent.of(self.change.accepted_bodies, is_complete=self.change.is_all_sent)
            names = self._names_for(live.remote_id)
            named = with_names(wanted, kind.references(wanted), names)
            return InterruptedCreation(kind, named, sent)
        before = self._before(live)
        if before is None or binding.applied is None:
            return None
        return InterruptedUpdate(kind, wanted, binding.applied, before.attributes)

    def _before(self, live: LiveObject) -> LiveFields | None:
        """Return the object as it was before the change, if there is a backup that can be read."""
        change = self.change
        if change.backup is None or change.remote_id != live.remote_id:
            return None
        with suppress(CioformError, ValueError):  # what an older version wrote has no API
            api = Api(change.backup_api)
            found = RemoteObject(live.remote_id, self._identity, api, as_mapping(change.backup))
            names = self._names_for(live.remote_id, change.former_parts)
            return LiveFields.of(self._kind, decode_live(self._kind, found, names), names)
        return None

    def _fields_of(self, live: LiveObject) -> LiveFields:
        return LiveFields.of(self._kind, live, self._names_for(live.remote_id))

    def _matches(self, wanted: Attributes, live: LiveObject) -> bool:
        return not diff.compare(self._kind, None, wanted, live.attributes)

    def _bind(self, live: LiveObject, former: Binding | None = None) -> _Found:
        """Return the state with the object bound, as partly written unless it is as wanted.

        `former` is the binding of the object that it replaces, which is not deleted yet.
        """
        wanted = self.change.wanted
        reach = live.decoded.reach
        is_done = wanted is not None and self._matches(wanted, live)
        binding = Binding(
            self.change.address,
            live.remote_id,
            self._identity,
            wanted if is_done else self._applied_beside_edits(live),
            dict(live.decoded.parts),
            protect=bool(self._binding and self._binding.protect),
            last_seen=self._binding.last_seen if self._binding else LastSeen(reach.lifecycle),
            kept=self.change.kept,
            unmanaged=self._record_of(live, is_whole=is_done),
        )
        bindings = {**self.applied.bindings, self.change.address: binding}
        if former is not None:
            bindings = with_former(bindings, former)
        is_whole = is_done and former is None
        end = Resolution.DONE if is_whole else Resolution.DONE_IN_PART
        if wanted is None and self.change.action == Action.UPDATE:
            # No matter who changed it, what the run wanted is not recorded.
            end = Resolution.IN_DOUBT
        return self._found(replace(self.applied, bindings=bindings), end, live.remote_id)
