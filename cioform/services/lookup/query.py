"""List the resources that match selectors, from the files and the state or from the workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.core.address import Address
from cioform.core.data.json_value import UNKNOWN, Attributes
from cioform.core.dataclasses import dataclass
from cioform.model.objects.snapshot import Binding
from cioform.plan.selecting.scope import Scope
from cioform.plan.selecting.selectors import split_selectors
from cioform.report.query import ResourceRow, RowState
from cioform.run.importing.captured import CapturedResources
from cioform.services.context import OpenWorkspace
from cioform.services.lookup.known_resources import find_known_resources
from cioform.services.lookup.selection import WorkspaceFacts


def query_resources(
    opened: OpenWorkspace, selectors: Sequence[str], *, live: bool
) -> tuple[ResourceRow, ...]:
    """Return the resources that match selectors, by address; all without selectors.

    With `live`, the workspace is read. Raises UsageError for a selector that names nothing.
    """
    known = find_known_resources(opened, live=live)
    facts = known.facts
    scope = Scope(split_selectors(tuple(selectors))).resolve(facts)
    found = _Query(facts, known.applied.bindings, known.seen)
    return tuple(found.row(address) for address in sorted(facts.known) if scope.includes(address))


@dataclass(frozen=True)
class _Query:
    """Makes rows of what is known of a workspace."""

    facts: WorkspaceFacts
    bound: Mapping[Address, Binding]
    """What the state has."""
    seen: CapturedResources | None
    """What the workspace has; None if it was not read."""

    def row(self, address: Address) -> ResourceRow:
        """Return the row of a resource."""
        resource = self.facts.configuration.desired.resources.get(address)
        binding = self.facts.bindings.get(address)
        attributes = self._attributes(address)
        label, graph = str(address), self.facts.references()
        name = attributes.get(self.facts.registry[address.kind].identity)
        live = self.seen.bindings.get(address) if self.seen is not None else None
        return ResourceRow(
            address,
            self._state(address),
            "" if name is None or name is UNKNOWN else str(name),
            binding.remote_id if binding is not None else "",
            resource.location if resource is not None else None,
            tuple(sorted(self.facts.tag_names(address, attributes))),
            tuple(sorted(graph.uses.get(label, ()))),
            tuple(sorted(graph.users.get(label, ()))),
            resource.protect if resource is not None else bool(binding and binding.protect),
            live.last_seen.state if live is not None else "",
        )

    def _state(self, address: Address) -> RowState:
        has_file = address in self.facts.configuration.desired.resources
        if address in self.bound:
            if self.seen is not None and not self._exists(self.seen, address):
                return RowState.MISSING
            return RowState.MANAGED if has_file else RowState.NO_FILE
        return RowState.NOT_APPLIED if has_file else RowState.UNMANAGED

    def _exists(self, seen: CapturedResources, address: Address) -> bool:
        return address in seen.bindings or address in seen.left

    def _attributes(self, address: Address) -> Attributes:
        resource = self.facts.configuration.desired.resources.get(address)
        if resource is not None:
            return resource.attributes
        binding = self.facts.bindings.get(address)
        return (binding.applied if binding is not None else None) or {}
