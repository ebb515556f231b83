"""Order changes that pass a name from one object to another.

Those that cannot be ordered are blocked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, replace
from cioform.core.graph import find_cycles
from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.matching.claims import candidate_lines, place_to_paste
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.writes.write_planner import blocked_change


def order_by_names(
    changes: Sequence[Change], registry: Registry, live: LiveSnapshot, pairs: Sequence[MatchedPair]
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, each after the one that gives up the name it takes.

    A change to a name that stays taken is blocked, and so is one of a circle, in which no name is
    ever free. In kinds whose objects may share a name, a change to the name of an unmanaged object
    is blocked, because the next plan without a state could not tell the two apart.
    """
    order = _NameOrder(changes, registry, live)
    reasons = dict(order.blocking_reasons())
    reasons.update(_ambiguous_names(changes, registry, live, pairs))
    blocked = [blocked_change(c, reasons[c.address]) for c in changes if c.address in reasons]
    return [order.with_dependency(c) for c in changes if c.address not in reasons], blocked


def _ambiguous_names(
    changes: Sequence[Change], registry: Registry, live: LiveSnapshot, pairs: Sequence[MatchedPair]
) -> Iterator[tuple[Address, str]]:
    """Yield the changes to the name of an unmanaged object, and why they are blocked."""
    managed = {(pair.address.kind, pair.found.remote_id) for pair in pairs if pair.found}
    by_address = {pair.address: pair for pair in pairs}
    for change in changes:
        kind, pair = registry[change.address.kind], by_address[change.address]
        if change.action is not Action.UPDATE or kind.has_unique_names or pair.found is None:
            continue
        resource = pair.resource
        if resource is None or resource.remote_id or change.identity == pair.found.identity:
            continue
        for row in live.listing.found[kind.name]:
            if row.identity == change.identity and (kind.name, row.remote_id) not in managed:
                yield change.address, _ambiguous_reason(kind, resource, pair.found, row)
                break


def _ambiguous_reason(
    kind: Kind, resource: Resource, found: RemoteObject, other: RemoteObject
) -> str:
    return (
        f"Its new {kind.identity} {other.identity!r} is that of an unmanaged {kind.name} (id "
        f"{other.remote_id}), and without a state an object is found by its {kind.identity}. "
        f"Choose another {kind.identity}, rename the other object first, or write the ID of this "
        f"one {place_to_paste(resource)}:\n\n{candidate_lines(resource, [found])}"
    )


@dataclass(frozen=True)
class _NameOrder:
    changes: Sequence[Change]
    registry: Registry
    live: LiveSnapshot

    def blocking_reasons(self) -> Iterator[tuple[Address, str]]:
        """Yield the changes whose name is never free, and why."""
        for change in self._taking:
            holder = self._holders[change.address]
            giver = self._givers.get(change.address)
            if giver is None:
                waiting = self._waiting_in_a_circle(change.address)
                yield (
                    change.address,
                    _cycle_reason(waiting, self._field(change.address))
                    if waiting
                    else self._taken_reason(change, holder),
                )
        for cycle in find_cycles(self._graph, lambda address: self._graph.get(address, ())):
            if any(self._gives(taker, giver) for taker, giver in _steps(cycle)):
                for address in cycle:
                    yield address, _cycle_reason(cycle, self._field(cycle[0]))

    def with_dependency(self, change: Change) -> Change:
        """Return a change that comes after the one that gives up the name it takes."""
        giver = self._givers.get(change.address)
        if giver is None:
            return change
        return replace(change, depends_on=tuple(sorted({*change.depends_on, giver})))

    def _field(self, address: Address) -> str:
        """Return the field whose values no two objects share; empty for a kind without one."""
        kind = self.registry[address.kind]
        return kind.identity if kind.has_unique_names else kind.unique_field

    def _name(self, change: Change) -> str:
        """Return the name that an object has after a change; empty for none."""
        field = self._field(change.address)
        if field == self.registry[change.address.kind].identity:
            return change.identity
        return str((change.wanted or {}).get(field, ""))

    @cached_property
    def _holders(self) -> Mapping[Address, str]:
        """The id of what has the name that a change takes, by the address of the change."""
        holders = {c.address: self._ids.get((c.address.kind, self._name(c))) for c in self._named}
        return {
            c.address: holder
            for c in self._named
            if (holder := holders[c.address]) is not None and holder != c.remote_id
        }

    @cached_property
    def _ids(self) -> Mapping[tuple[str, str], str]:
        """The ids of objects by kind and unique name.

        A list shows the identities of all objects. Other unique fields are known only of the
        objects that were read.
        """
        ids = {
            (name, row.identity): row.remote_id
            for name, listed in self.live.listing.found.items()
            if name in self.registry and self.registry[name].has_unique_names
            for row in listed
        }
        for address, found in self.live.objects.items():
            if name := found.attributes.get(self.registry[address.kind].unique_field):
                ids[address.kind, str(name)] = found.remote_id
        return ids

    @property
    def _named(self) -> Iterable[Change]:
        return (c for c in self.changes if c.action.writes_values)

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
            giver = by_id.get((change.address.kind, self._holders[change.address]))
            if giver is not None and self._name(giver) not in ("", self._name(change)):
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

    def _taken_reason(self, change: Change, holder: str) -> str:
        kind = self.registry[change.address.kind]
        field = self._field(change.address)
        owner = self._owner_of(change.address.kind, holder)
        advice = (
            f"Apply the change of {owner} first, with `--target {owner}`, and then this one."
            if owner is not None
            else f"Choose another {field}, or change that of the other object first."
        )
        return (
            f"Its {field} {self._name(change)!r} is taken by another {kind.name} (id {holder}), "
            f"and no two may have the same. {advice}"
        )

    def _waiting_in_a_circle(self, start: Address) -> Sequence[Address]:
        """Return the changes from `start` on that each wait for the next, if they come back to it.

        An object whose name texts have is replaced in two steps, and frees its name in the second.
        """
        path = [start]
        while (holder := self._holders.get(path[-1])) is not None:
            owner = self._owner_of(start.kind, holder)
            if owner == start:
                return path
            if owner is None or owner in path:
                break
            path.append(owner)
        return ()

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


def _cycle_reason(cycle: Sequence[Address], field: str) -> str:
    first, name = cycle[0], field.replace("_", " ")
    return (
        f"{_join(cycle)} exchange their {name}s, but two objects can never have the same {name}, "
        f"not even for a moment. Give {first} a {name} that is free, apply, and then write its new "
        f"{name}."
    )


def _join(addresses: Sequence[Address]) -> str:
    names = [str(address) for address in sorted(addresses)]
    return f"{', '.join(names[:-1])} and {names[-1]}"
