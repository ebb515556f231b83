"""Build the changes of a plan: for each address a change, nothing, or a blocked change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field, replace
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject
from cioform.model.objects.snapshot import Binding, LiveSnapshot
from cioform.model.parts import HasParts
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.model.router import unsupported_hint
from cioform.model.routing.routes import Verb
from cioform.plan.building.change_fields import change_fields
from cioform.plan.building.change_reasons import change_reason, recognized_parts
from cioform.plan.building.compared_sides import compare_sides
from cioform.plan.building.dependencies import referenced_addresses
from cioform.plan.building.losses import with_losses
from cioform.plan.building.outdated import is_state_outdated
from cioform.plan.change import Action, BlockedChange, Change, FieldChange
from cioform.plan.compare import diff
from cioform.plan.compare.ignored import hide_ignored, merge_ignored_fields
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields
from cioform.plan.compare.unmanaged_fields.seen_unmanaged import SeenUnmanaged
from cioform.plan.fields_in_file import as_in_file, kept_in_file
from cioform.plan.file_changes import lost_fields, new_fields
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.omissions import KeptFields, UnreadableFields
from cioform.plan.plan import PlanHeader, PreferredSide
from cioform.plan.writes.created_on_demand import CreatedOnDemand
from cioform.plan.writes.write_planner import PlannedWrite, WritePlanner, blocked_change

_DELETED: Final = "created again: it was deleted in the workspace"


@dataclass(slots=True)
class ChangesBuilder:
    """Collects the changes of a plan, one address after the other."""

    registry: Registry
    live: LiveSnapshot
    header: PlanHeader
    pairs: Sequence[MatchedPair] = ()
    """All that the plan is about."""
    changes: list[Change] = field(default_factory=list)
    blocked: list[BlockedChange] = field(default_factory=list)
    unreadable: list[UnreadableFields] = field(default_factory=list)
    kept: list[KeptFields] = field(default_factory=list)
    unmanaged_edits: dict[Address, tuple[FieldChange, ...]] = field(default_factory=dict)
    newly_recorded: dict[Address, tuple[FieldChange, ...]] = field(default_factory=dict)
    more_drift: dict[Address, tuple[FieldChange, ...]] = field(default_factory=dict)
    """What somebody changed of fields that no file set, and that a file sets now or that are lost
    with their object."""
    unchanged: int = 0
    as_applied: set[Address] = field(default_factory=set)
    """The objects whose fields are what the file and the state say, so that nobody changed them."""
    _writes: WritePlanner = field(init=False)

    def __post_init__(self) -> None:
        on_demand = CreatedOnDemand(self.registry, self.live.listing, self.pairs)
        self._writes = WritePlanner(self.live, frozenset(self.header.apis), on_demand)

    def build(self, pair: MatchedPair) -> None:
        """Add what has to happen to one address."""
        kind = self.registry[pair.address.kind]
        live = self.live.objects.get(pair.address)
        if pair.is_unlistable:
            self._build_unlistable(kind, pair)
        elif pair.resource is None:
            assert pair.binding is not None  # A pair has a file or a binding.
            self._build_removal(kind, pair.binding, live)
        elif live is None:
            self._build_create(kind, pair, pair.resource)
        else:
            self._build_from_diff(kind, pair, pair.resource, live)

    def _build_unlistable(self, kind: Kind, pair: MatchedPair) -> None:
        """Build for an object that no given credential can see.

        If the file equals what was last applied there is nothing to do; everything else needs a
        credential that can list the kind.
        """
        wanted = pair.resource.attributes if pair.resource else {}
        applied = pair.binding.applied if pair.binding else None
        if (
            pair.resource is not None
            and applied is not None
            and diff.is_equivalent(kind, applied, wanted)
        ):
            self.unreadable.append(UnreadableFields(pair.address, tuple(wanted)))
            self.unchanged += 1
            return
        action = Action.UPDATE if pair.binding else Action.CREATE
        change = Change(
            pair.address,
            action if pair.resource else Action.DELETE,
            **change_fields(kind, diff.compare(kind, None, wanted, applied or {}), applied, wanted),
        )
        hint = unsupported_hint(kind, Verb.LIST, frozenset(self.header.apis))
        self.blocked.append(blocked_change(change, hint))

    def _build_removal(self, kind: Kind, binding: Binding, live: LiveObject | None) -> None:
        forget = Change(
            binding.address,
            Action.FORGET,
            binding.remote_id,
            binding.identity,
            protected=binding.protect,
        )
        if live is None:
            self.changes.append(replace(forget, reason="already deleted in the workspace"))
            return
        if kind.is_read_only:
            reason = "its file was removed; the kind is read-only"
            self.changes.append(replace(forget, reason=reason))
            return
        fields = LiveFields.of(kind, live, self.live.names)
        if lost := SeenUnmanaged.compare(fields, binding, None).edits_of({}, are_set=False):
            self.more_drift[binding.address] = lost
        delete = replace(
            forget,
            action=Action.DELETE,
            reason=self._cause("its file was removed"),
            fields=lost_fields(kind, live.attributes),
            reach=live.decoded.reach,
            fingerprint=diff.fingerprint(kind, live.attributes),
            reads=live.requests,
        )
        self._add(self._writes.delete(kind, delete, live))

    def former_object_deletion(self, change: Change, users: Iterable[Address]) -> PlannedWrite:
        """Return the deletion of the object that `change` replaces, after `users` have changed."""
        deletion = Change(
            change.address,
            Action.DELETE,
            change.remote_id,
            self.live.objects[change.address].found.identity,
            reason="it was replaced, and nothing uses it any more",
            reach=change.reach,
            fingerprint=change.fingerprint,
            depends_on=(change.address, *users),
            protect=change.protect,
            protected=change.protected,
            reads=change.reads,
            in_two_steps=True,
        )
        kind = self.registry[change.address.kind]
        return self._writes.delete(kind, deletion, self.live.objects[change.address])

    def _dependencies(self, resource: Resource) -> tuple[Address, ...]:
        """Return what a change of `resource` comes after: what can be written, and it refers to."""
        return tuple(
            address
            for address in referenced_addresses(resource.references)
            if address.kind in self.registry and not self.registry[address.kind].is_read_only
        )

    def _build_create(self, kind: Kind, pair: MatchedPair, resource: Resource) -> None:
        was_deleted = pair.binding is not None
        applied = pair.binding.applied if pair.binding else None
        change = Change(
            pair.address,
            Action.CREATE,
            identity=str(resource.attributes[kind.identity]),
            reason=self._cause(_DELETED if was_deleted else "new in the files"),
            fields=as_in_file(new_fields(kind, resource.attributes, applied), kind, resource),
            wanted=resource.attributes,
            depends_on=self._dependencies(resource),
        )
        self._add(self._writes.create(kind, _with_pair_details(change, pair, resource)))

    def _build_from_diff(
        self, kind: Kind, pair: MatchedPair, resource: Resource, live: LiveObject
    ) -> None:
        applied = pair.binding.applied if pair.binding else None
        seen = self._compare_unmanaged(kind, pair, resource, live)
        compared = compare_sides(kind, pair, resource, live, seen, self.header.prefer)
        if compared.kept:
            fields = kept_in_file(compared.kept, kind, resource, live.attributes)
            self.kept.append(KeptFields(pair.address, fields))
        resource, kept, found = compared.resource, compared.kept, compared.fields
        if not found and not resource.ignore and applied == resource.attributes:
            self.as_applied.add(pair.address)
        if unreadable := diff.unreadable_fields(resource.attributes, live.attributes):
            self.unreadable.append(UnreadableFields(pair.address, unreadable))
        wanted = merge_ignored_fields(resource, live.attributes, applied)
        accept = self.header.prefer is PreferredSide.LIVE
        record = seen.next_record(wanted, accept=accept)
        if record and (first := seen.newly_recorded(wanted)):
            self.newly_recorded[pair.address] = first
        is_outdated = is_state_outdated(pair, resource, wanted, live, kept, record)
        if not (found or pair.moved_from or is_outdated):
            self.unchanged += 1
            return
        before = resource.attributes
        if found:
            # What was last written, and then what the file has, is how people know the values.
            written = kind.rewrite_like(live.attributes, applied or {})
            written = kind.rewrite_like(written, resource.attributes)
            before = hide_ignored(written, resource.attributes, resource.ignore)
        change = Change(
            pair.address,
            Action.NOOP,
            live.remote_id,
            str(wanted[kind.identity]),  # The name in the workspace, if it is kept or ignored.
            **change_fields(kind, found, before, resource.attributes),
            reach=live.decoded.reach,
            fingerprint=diff.fingerprint(kind, live.attributes),
            wanted=wanted,
            parts=live.decoded.parts,
            depends_on=self._dependencies(resource),
            reads=live.requests,
            kept=kept,
            unmanaged_record=record,
        )
        change = _with_pair_details(change, pair, resource)
        change = replace(change, fields=as_in_file(change.fields, kind, resource))
        if found:
            cause = self._cause(change_reason(found, pair.binding, was_kept=compared.was_kept))
            self._build_update(kind, change, live, seen, cause)
        elif change.moved_from is not None:
            reason = f"renamed from {change.moved_from}"
            self.changes.append(replace(change, action=Action.MOVE, reason=reason))
        elif pair.binding is None:
            how = kind.identity if resource.remote_id is None else "the ID in its file"
            reason = f"already exists in the workspace (matched by {how})"
            reason += recognized_parts(live)
            self.changes.append(replace(change, action=Action.ADOPT, reason=reason))
        else:
            self.unchanged += 1
            self.changes.append(change)

    def _compare_unmanaged(
        self, kind: Kind, pair: MatchedPair, resource: Resource, live: LiveObject
    ) -> SeenUnmanaged:
        fields = LiveFields.of(kind, live, self.live.names)
        seen = SeenUnmanaged.compare(fields, pair.binding, pair.resource)
        if left := seen.edits_of(resource.attributes, are_set=False):
            self.unmanaged_edits[pair.address] = left
        if newly_set := seen.edits_of(resource.attributes, are_set=True):
            self.more_drift[pair.address] = newly_set
        return seen

    def _build_update(
        self, kind: Kind, change: Change, live: LiveObject, seen: SeenUnmanaged, cause: str
    ) -> None:
        reason = cause
        if isinstance(kind, HasParts):
            wanted = change.wanted or {}
            if details := kind.describe_changes(live.attributes, wanted, live.decoded.reach):
                reason = f"{reason}: {details}"
            reason += recognized_parts(live)
            parts = tuple(kind.changed_parts(live.attributes, wanted))
            change = replace(change, changed_parts=parts)
        result = self._writes.update(kind, replace(change, reason=reason), live)
        if isinstance(result, Change):
            if result.action is Action.REPLACE and self.header.rolls_back:
                result = replace(result, reason=f"{cause}: {result.reason}")
            result = with_losses(result, seen.live, seen.binding.applied if seen.binding else None)
        self._add(result)

    def _cause(self, of_files: str) -> str:
        """Return why a change is made, if the plan does not undo a run: because of the files."""
        run = self.header.rolls_back
        return f"as before run {run}" if run else of_files

    def _add(self, result: PlannedWrite) -> None:
        if isinstance(result, BlockedChange):
            self.blocked.append(result)
            return
        self.changes.append(result)
        if result.action is not Action.REPLACE:
            return
        address = result.address
        self.newly_recorded.pop(address, None)  # The reason says what is lost.
        if lost := self.unmanaged_edits.pop(address, ()):
            self.more_drift[address] = (*self.more_drift.get(address, ()), *lost)


def _with_pair_details(change: Change, pair: MatchedPair, resource: Resource) -> Change:
    return replace(
        change,
        moved_from=pair.moved_from,
        same_name=pair.same_name,
        protect=resource.protect,
        protected=bool(pair.binding and pair.binding.protect),
    )
