"""The order of changes, derived from declared references and from nothing else."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cioform.core.address import Address
from cioform.model.names import Reference
from cioform.model.registry import Registry
from cioform.plan.change import Action, Change


def referenced_addresses(references: Iterable[Reference]) -> tuple[Address, ...]:
    """Give the addresses among references, each once."""
    return tuple(sorted({r.address for r in references if r.address is not None}))


def sort_by_dependency(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Give the changes so that whatever another one needs comes before it, and deletions come
    last, users before what they use. Ties are settled by address, so that a plan is stable."""
    changes = sorted(changes, key=lambda change: change.address)
    making = [c for c in changes if c.action is not Action.DELETE]
    deleting = [c for c in changes if c.action is Action.DELETE]
    return (*_topological_sort(making), *_topological_sort(deleting))


def add_creation_dependencies(changes: Iterable[Change], registry: Registry) -> tuple[Change, ...]:
    """Return the changes with each waiting for those that write what it would otherwise create
    itself, such as the tags of a campaign."""
    changes = tuple(changes)
    writers = {
        (c.address.kind, c.identity): c.address
        for c in changes
        if c.action.writes and c.action is not Action.DELETE
    }

    def with_dependencies(change: Change) -> Change:
        wanted = registry[change.address.kind].creates_on_demand(change.wanted or {})
        found = {writers[each] for each in wanted if each in writers}
        if not found:
            return change
        return replace(change, depends_on=tuple(sorted({*change.depends_on, *found})))

    return tuple(with_dependencies(change) for change in changes)


def add_deletion_dependencies(
    changes: Iterable[Change], references: Mapping[Address, Iterable[Address]]
) -> tuple[Change, ...]:
    """Give the changes with every deletion waiting for those that put an end to a use of its
    object: deletions and edits of what referred to it. `uses`: what each address refers to, as
    far as we last wrote it."""
    changes = tuple(changes)
    users = {
        used: {
            c.address for c in changes if c.action.writes and used in references.get(c.address, ())
        }
        for used in (c.address for c in changes if c.action is Action.DELETE)
    }
    return tuple(
        replace(change, depends_on=tuple(sorted(users[change.address])))
        if change.address in users
        else change
        for change in changes
    )


def _topological_sort(changes: Sequence[Change]) -> list[Change]:
    by_address = {change.address: change for change in changes}
    waits: dict[Address, set[Address]] = {
        c.address: {d for d in c.depends_on if d in by_address and d != c.address} for c in changes
    }
    users = _dependents(waits)
    ready = [address for address, needs in waits.items() if not needs]
    heapq.heapify(ready)
    done: list[Change] = []
    while ready:
        address = heapq.heappop(ready)
        done.append(by_address[address])
        for user in users.get(address, ()):
            waits[user].discard(address)
            if not waits[user]:
                heapq.heappush(ready, user)
    if len(done) < len(changes):
        # Cycles are refused when files are loaded; only a bug could bring one here.
        raise ValueError("references form a cycle")
    return done


def _dependents(dependencies: Mapping[Address, set[Address]]) -> dict[Address, list[Address]]:
    users: dict[Address, list[Address]] = {}
    for address, needs in dependencies.items():
        for need in needs:
            users.setdefault(need, []).append(address)
    return users
