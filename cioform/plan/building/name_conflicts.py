"""Order changes that pass a name from one object to another.

Those that cannot be ordered are blocked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from cioform.core.address import Address, join_addresses
from cioform.core.dataclasses import dataclass, replace
from cioform.core.graph import find_cycles
from cioform.core.text.quoted import quoted
from cioform.core.text.word_lists import with_article
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasOwnNames
from cioform.plan.building.ambiguous_names import ambiguous_names
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.guards.blocking import join_blocked
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.writes.write_planner import split_blocked


@dataclass(frozen=True, slots=True)
class OrderedByNames:
    """Changes that can be made, and those that are blocked because their names are taken."""

    changes: Sequence[Change]
    blocked: Sequence[BlockedChange]
    waiting: Mapping[Address, Address]
    """The blocked change that frees its name only at the end of an apply, by the one that waits."""

    def with_hints(self, blocked: Iterable[BlockedChange]) -> list[BlockedChange]:
        """Return all blocked changes of a plan; those that wait say what to do.

        That depends on whether the plan has the change that they wait for.
        """
        blocked = list(blocked)
        is_blocked = {item.address for item in blocked}
        return [
            replace(item, hint=f"{item.hint} {_hint(giver, giver in is_blocked)}")
            if (giver := self.waiting.get(item.address)) is not None
            else item
            for item in blocked
        ]


def order_by_names(
    changes: Sequence[Change],
    registry: Registry,
    live: LiveSnapshot,
    pairs: Sequence[MatchedPair],
    blocked: Iterable[BlockedChange],
) -> OrderedByNames:
    """Order each change after the one that gives up the name it takes.

    A change to a name that stays taken is blocked, and so is one of a cycle, in which no name is
    ever free. In kinds whose objects may share a name, a change to the name of an unmanaged object
    is blocked, because the next plan without a state could not tell the two apart. `blocked` are
    the changes that are blocked already.
    """
    order = _NameOrder(changes, registry, live, pairs, {item.address for item in blocked})
    reasons = dict(order.blocking_reasons())
    waiting = {a: giver for a, giver in order.waiting.items() if a in reasons}
    ambiguous = dict(ambiguous_names(changes, registry, live, pairs))
    reasons |= ambiguous
    possible, now_blocked = split_blocked(changes, lambda change: reasons.get(change.address))
    return OrderedByNames(
        [order.with_dependency(change) for change in possible],
        now_blocked,
        {a: giver for a, giver in waiting.items() if a not in ambiguous},
    )


@dataclass(frozen=True)
class _NameOrder:
    changes: Sequence[Change]
    registry: Registry
    live: LiveSnapshot
    pairs: Sequence[MatchedPair]
    blocked: Collection[Address]

    def blocking_reasons(self) -> Iterator[tuple[Address, str]]:
        """Yield the changes whose name is never free, and why."""
        for change in self._taking:
            is_unique = bool(self.registry[change.address.kind].unique_field)
            if is_unique and change.address not in self._givers:
                cycle = self._waiting_in_cycle(change.address)
                yield (
                    change.address,
                    cycle_reason(cycle, self._field(change.address))
                    if cycle
                    else self._taken_reason(change, self._holders[change.address]),
                )
        for cycle in find_cycles(self._graph, lambda address: self._graph.get(address, ())):
            if any(self._gives(taker, giver) for taker, giver in _steps(cycle)):
                for address in cycle:
                    yield address, cycle_reason(cycle, self._field(cycle[0]))

    def with_dependency(self, change: Change) -> Change:
        """Return a change that comes after the one that gives up the name it takes."""
        giver = self._givers.get(change.address)
        if giver is None:
            return change
        is_unique = bool(self.registry[change.address.kind].unique_field)
        return replace(
            change,
            depends_on=tuple(sorted({*change.depends_on, giver})),
            name_from=giver if is_unique else None,
        )

    def _field(self, address: Address) -> str:
        return _ordered_field(self.registry[address.kind])

    def _name(self, change: Change) -> str:
        """Return the name that an object has after a change; empty for none."""
        field = self._field(change.address)
        if field == self.registry[change.address.kind].identity:
            return change.identity
        return str((change.wanted or {}).get(field, ""))

    @cached_property
    def _holders(self) -> Mapping[Address, str]:
        """The ID of the object whose name a change takes, by the address of the change."""
        holders = {c.address: self._ids.get((c.address.kind, self._name(c))) for c in self._named}
        return {
            c.address: holder
            for c in self._named
            if (holder := holders[c.address]) is not None and holder != c.remote_id
        }

    @cached_property
    def _ids(self) -> Mapping[tuple[str, str], str]:
        """The IDs of objects by kind and unique name.

        A list shows the identities of all objects. Other unique fields are known only for the
        objects that were read.
        """
        ids = {
            (name, row.identity): row.remote_id
            for name, listed in self.live.listing.found.items()
            if name in self.registry
            and _ordered_field(kind := self.registry[name]) == kind.identity
            for row in listed
        }
        for address, found in self.live.objects.items():
            kind = self.registry[address.kind]
            name = found.attributes.get(kind.unique_field)
            if name and not kind.has_unique_names:
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
        field, name = self._field(change.address), self._name(change)
        taken = (
            f"Its {field} {quoted(name)} is taken by another {kind.name} (ID {holder}), and no "
            "two may have the same."
        )
        if change.address in self.waiting:
            return taken
        owner = self._owner_without_change(change.address.kind, holder, name)
        if owner is not None and owner in self.blocked:
            return f"It takes a name from {join_blocked([owner])}"
        if owner is not None:
            return (
                f"{taken} {owner} gives it up, and is out of the scope of this plan. Apply the "
                f"change of {owner} first."
            )
        return f"{taken} Choose another {field}, or change that of the other object first."

    @cached_property
    def waiting(self) -> Mapping[Address, Address]:
        """The address whose change frees a name at the end of an apply, by the one that takes it.

        Changes that wait for each other in a cycle are not here.
        """
        owners = {
            change.address: self._owner_of(change.address.kind, self._holders[change.address])
            for change in self._taking
            if change.address not in self._givers
        }
        return {
            address: owner
            for address, owner in owners.items()
            if owner is not None and not self._waiting_in_cycle(address)
        }

    def _owner_without_change(self, kind: str, remote_id: str, name: str) -> Address | None:
        """Return the address that has no change in the plan and whose file gives up the name."""
        changing = {change.address for change in self.changes}
        for pair in self.pairs:
            if pair.address.kind != kind or pair.found is None or pair.address in changing:
                continue
            if pair.found.remote_id == remote_id and self._gives_up(pair, name):
                return pair.address
        return None

    def _gives_up(self, pair: MatchedPair, name: str) -> bool:
        """Return whether a file was removed or has another name, which it does not ignore."""
        if pair.resource is None:
            return True
        field = self._field(pair.address)
        wanted = pair.resource.attributes.get(field, name)
        return wanted != name and (field,) not in pair.resource.ignore

    def _waiting_in_cycle(self, start: Address) -> Sequence[Address]:
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


def _ordered_field(kind: Kind) -> str:
    """Return the field whose values pass from object to object in order; empty for none.

    Customer.io refuses to give such a value to two objects, or references call objects by it.
    """
    return kind.unique_field or (kind.identity if isinstance(kind, HasOwnNames) else "")


def _steps(cycle: Sequence[Address]) -> Iterator[tuple[Address, Address]]:
    return zip(cycle, (*cycle[1:], cycle[0]), strict=True)


def cycle_reason(cycle: Sequence[Address], field: str) -> str:
    """Return why objects cannot exchange what is in a field, and what to do instead."""
    first, name = cycle[0], field.replace("_", " ")
    return (
        f"{join_addresses(cycle)} exchange their {name}s, so that none is free when it is needed. "
        f"Give {first} {with_article(name)} that is free, apply, and then write its new {name}."
    )


def _hint(giver: Address, is_blocked: bool) -> str:
    """Return what to do about a name that `giver` frees at the end of an apply."""
    if not is_blocked:
        return f"This plan frees it with the change of {giver}: apply it, and then plan again."
    return (
        f"{giver} gives it up, but its change is blocked too. Make the changes one after the "
        "other: undo this one in the files, with the uses of its new name, apply, and then write "
        "it again."
    )
