"""Names that move between objects: in an order in which each is free, or blocked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from cioform.core.address import Address
from cioform.core.graph import find_cycles
from cioform.model.live_object import RemoteObject
from cioform.model.registry import Registry
from cioform.model.snapshot import Listing
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.write_planner import blocked_change


def order_by_names(
    changes: Sequence[Change], registry: Registry, listing: Listing
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, each after the one that gives up the name it takes.

    This is about kinds of which no two objects share a name. A change to a name that stays taken
    is blocked, and so is one of a circle, in which no name is ever free.
    """
    order = _NameOrder(changes, registry, listing)
    reasons = dict(order.blocking_reasons())
    blocked = [blocked_change(c, reasons[c.address]) for c in changes if c.address in reasons]
    return [order.with_dependency(c) for c in changes if c.address not in reasons], blocked


@dataclass(frozen=True)
class _NameOrder:
    changes: Sequence[Change]
    registry: Registry
    listing: Listing

    def blocking_reasons(self) -> Iterator[tuple[Address, str]]:
        """Yield the changes whose name is never free, and why."""
        for change in self._taking:
            holder = self._holders[change.address]
            giver = self._givers.get(change.address)
            if giver is None:
                yield change.address, self._taken_reason(change, holder)
        for cycle in find_cycles(self._graph, lambda address: self._graph.get(address, ())):
            if any(self._gives(taker, giver) for taker, giver in _steps(cycle)):
                for address in cycle:
                    yield address, _cycle_reason(cycle)

    def with_dependency(self, change: Change) -> Change:
        """Return a change that comes after the one that gives up the name it takes."""
        giver = self._givers.get(change.address)
        if giver is None:
            return change
        return replace(change, depends_on=tuple(sorted({*change.depends_on, giver})))

    @cached_property
    def _holders(self) -> Mapping[Address, RemoteObject]:
        """What has the name that a change takes, by the address of the change."""
        rows = {
            (name, row.identity): row
            for name, listed in self.listing.found.items()
            if name in self.registry and self.registry[name].has_unique_names
            for row in listed
        }
        holders = {c.address: rows.get((c.address.kind, c.identity)) for c in self._named}
        return {
            c.address: holder
            for c in self._named
            if (holder := holders[c.address]) is not None and holder.remote_id != c.remote_id
        }

    @property
    def _named(self) -> Iterable[Change]:
        return (c for c in self.changes if c.action.writes and c.action is not Action.DELETE)

    @cached_property
    def _taking(self) -> Sequence[Change]:
        return [change for change in self._named if change.address in self._holders]

    @cached_property
    def _givers(self) -> Mapping[Address, Address]:
        """The address that gives up the name, by the address that takes it."""
        by_id = {
            (c.address.kind, c.remote_id): c
            for c in self.changes
            if c.action in (Action.UPDATE, Action.REPLACE) and not c.in_two_steps
        }
        givers: dict[Address, Address] = {}
        for change in self._taking:
            holder = self._holders[change.address]
            giver = by_id.get((change.address.kind, holder.remote_id))
            if giver is not None and giver.identity != holder.identity:
                givers[change.address] = giver.address
        return givers

    @cached_property
    def _graph(self) -> Mapping[Address, Sequence[Address]]:
        changing = {change.address for change in self.changes}
        graph = {c.address: [a for a in c.depends_on if a in changing] for c in self.changes}
        for taker, giver in self._givers.items():
            graph[taker].append(giver)
        return graph

    def _gives(self, taker: Address, giver: Address) -> bool:
        return self._givers.get(taker) == giver

    def _taken_reason(self, change: Change, holder: RemoteObject) -> str:
        kind = self.registry[change.address.kind]
        owner = self._owner_of(change.address.kind, holder.remote_id)
        advice = (
            f"Apply the change of {owner} first, with `--target {owner}`, and then this one."
            if owner is not None
            else f"Choose another {kind.identity}, or rename the other object first."
        )
        return (
            f"Its {kind.identity} {change.identity!r} is taken by another {kind.name} (id "
            f"{holder.remote_id}), and no two have the same. {advice}"
        )

    def _owner_of(self, kind: str, remote_id: str) -> Address | None:
        """Return the address whose change will free the name, but only after this change."""
        return next(
            (
                c.address
                for c in self.changes
                if (c.address.kind, c.remote_id) == (kind, remote_id)
                and (c.action is Action.DELETE or c.in_two_steps)
            ),
            None,
        )


def _steps(cycle: Sequence[Address]) -> Iterator[tuple[Address, Address]]:
    return zip(cycle, (*cycle[1:], cycle[0]), strict=True)


def _cycle_reason(cycle: Sequence[Address]) -> str:
    first = cycle[0]
    return (
        f"{_join(cycle)} exchange their names, and no two objects have one name, not even for a "
        f"moment. Give {first} a name that is free, apply, and then write its new name."
    )


def _join(addresses: Sequence[Address]) -> str:
    names = [str(address) for address in sorted(addresses)]
    return f"{', '.join(names[:-1])} and {names[-1]}"
