"""Block changes that refer to an object of the wrong type, which only the workspace shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.core.errors import PlanError
from cioform.core.json_value import Attributes
from cioform.model.decoding import decode
from cioform.model.names import Reference, Requirement
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.registry import Registry
from cioform.plan.change import BlockedChange, Change
from cioform.plan.writes.write_planner import blocked_change


def block_unfit_references(
    changes: Sequence[Change], registry: Registry, live: LiveSnapshot
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and those that refer to an object of the wrong type.

    A reference that exists in the workspace already is not checked: Customer.io accepted it.
    """
    finder = _UnfitFinder(registry, live, {change.address: change for change in changes})
    possible: list[Change] = []
    blocked: list[BlockedChange] = []
    for change in changes:
        reason = next(finder.reasons(change), None)
        if reason is None:
            possible.append(change)
        else:
            blocked.append(blocked_change(change, reason))
    return possible, blocked


@dataclass(frozen=True, slots=True)
class _UnfitFinder:
    registry: Registry
    live: LiveSnapshot
    changes: Mapping[Address | None, Change]

    def reasons(self, change: Change) -> Iterator[str]:
        """Yield why a change cannot refer to what it refers to."""
        if not change.action.writes or change.wanted is None:
            return
        wanted = self._with_requirement(change.address, change.wanted)
        if not wanted:
            return
        found = self.live.objects.get(change.address)
        current = self._with_requirement(change.address, found.attributes) if found else []
        known = {self._id_of(reference) for reference, _ in current}
        for reference, requirement in wanted:
            if self._id_of(reference) not in known and not self._is_fit(reference, requirement):
                yield f"It cannot use {_shown(reference)}. {requirement.explanation}"

    def _with_requirement(
        self, address: Address, attributes: Attributes
    ) -> list[tuple[Reference, Requirement]]:
        references = self.registry[address.kind].references(attributes)
        return [(each, each.requirement) for each in references if each.requirement is not None]

    def _is_fit(self, reference: Reference, requirement: Requirement) -> bool:
        """Return whether an object is, or will be, what is required. Unknown counts as fit."""
        change = self.changes.get(reference.address)
        if change is not None and change.wanted is not None:
            return requirement.is_met(change.wanted)
        found = self._live_attributes(reference)
        return found is None or requirement.is_met(found)

    def _live_attributes(self, reference: Reference) -> Attributes | None:
        """Return an object as far as its list shows it; None if it is not in the list."""
        remote_id = self._id_of(reference)
        for row in self.live.listing.found.get(reference.kind, ()):
            if row.remote_id == remote_id:
                return decode(self.registry[reference.kind], row, self.live.names).attributes
        return None

    def _id_of(self, reference: Reference) -> str:
        try:
            return str(self.live.names.id_of(reference.kind, reference.text))
        except PlanError:
            return reference.text


def _shown(reference: Reference) -> str:
    return str(reference.address or reference.text)
