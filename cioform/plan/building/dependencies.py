"""The order of changes, which follows from declared references and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cioform.core import graph
from cioform.core.address import Address
from cioform.language.liquid.references import names_in_values
from cioform.model.references.names import Reference
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import CreatesOnDemand, NamedInLiquid
from cioform.plan.change import Action, Change
from cioform.plan.reach.new_names import NewNames, uses_of_new_names


def referenced_addresses(references: Iterable[Reference]) -> tuple[Address, ...]:
    """Return the addresses among references, sorted and without duplicates."""
    return tuple(sorted({r.address for r in references if r.address is not None}))


def sort_by_dependency(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return the changes so that each comes after those that it depends on, deletions last.

    Of changes that do not depend on each other the smaller address comes first, so that the order
    of a plan is stable.
    """
    changes = tuple(changes)
    writes = [c for c in changes if c.action is not Action.DELETE]
    deletions = [c for c in changes if c.action is Action.DELETE]
    return (*_sort(writes), *_sort(deletions))


def add_creation_dependencies(
    changes: Iterable[Change], registry: Registry, new_names: NewNames
) -> tuple[Change, ...]:
    """Return the changes with each after those that write what it needs by another name.

    That is what it would otherwise create itself, such as the tags of a campaign, and what its
    texts name in Liquid. A change depends on an address of `new_names` even if nothing changes it.
    """
    changes = tuple(changes)
    writers = {(c.address.kind, c.identity): c.address for c in changes if c.action.writes_values}

    collections = {
        kind: found.liquid_collection
        for kind in {name for name, _ in writers}
        if isinstance(found := registry[kind], NamedInLiquid)
    }

    def in_liquid(change: Change) -> Iterator[tuple[str, str]]:
        for kind, collection in collections.items():
            if change.address.kind not in collections:  # One that names another is never written.
                for name in names_in_values(change.wanted, collection):
                    yield kind, name.name

    def with_dependencies(change: Change) -> Change:
        kind = registry[change.address.kind]
        wanted = set(in_liquid(change))
        if isinstance(kind, CreatesOnDemand):
            wanted.update(kind.creates_on_demand(change.wanted or {}))
        found = {writers[each] for each in wanted if each in writers} - {change.address}
        found |= uses_of_new_names(new_names, change.wanted)
        if not found:
            return change
        return replace(change, depends_on=tuple(sorted({*change.depends_on, *found})))

    return tuple(with_dependencies(change) for change in changes)


def add_deletion_dependencies(
    changes: Iterable[Change], references: Mapping[Address, Iterable[Address]]
) -> tuple[Change, ...]:
    """Return the changes with every deletion after the changes that remove a use of its object.

    Those are deletions and updates of what refers to it. `references` has what each address
    referred to when we last wrote it.
    """
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


def _sort(changes: Sequence[Change]) -> list[Change]:
    # Cycles are rejected when files are loaded, so only a bug could bring one here.
    by_address = {change.address: change for change in changes}
    dependencies = {
        c.address: {d for d in c.depends_on if d in by_address and d != c.address} for c in changes
    }
    return [by_address[address] for address in graph.sort_by_dependency(dependencies)]
