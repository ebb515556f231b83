"""The names and IDs of references, from the pairs and the list of live objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import Listing
from cioform.model.own_names import declared_names
from cioform.model.references.names import Names
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasOwnNames, IsCreatedOnDemand
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.matching.shared_names import texts_by_shared_name


def build_names(registry: Registry, pairs: Sequence[MatchedPair], listing: Listing) -> Names:
    """Return the mapping between references and remote IDs after matching."""
    return Names(
        ids={pair.address: remote_id for pair in pairs if (remote_id := _remote_id(pair))},
        known={
            kind: known
            for kind, items in listing.found.items()
            if (known := _known_names(registry[kind], pairs, items))
        },
        parts={
            (pair.address.kind, pair.found.remote_id): pair.binding.parts
            for pair in pairs
            if pair.found and pair.binding and pair.binding.parts
        },
        pending=frozenset(
            p.address for p in pairs if p.resource and not p.found and not p.is_unlistable
        ),
        declared=declared_names(
            ((p.address, p.resource.attributes) for p in pairs if p.resource), registry
        ),
        shared=texts_by_shared_name(registry, pairs, listing),
    )


def with_applied_names(names: Names, registry: Registry, pairs: Sequence[MatchedPair]) -> Names:
    """Return names that also have those of what was last applied, unless something has them now.

    What was applied with a former name of an object means the same object.
    """
    applied = _applied_names(registry, pairs)
    if all(own.keys() <= names.known.get(kind, {}).keys() for kind, own in applied.items()):
        return names
    known = dict(names.known)
    for kind, own in applied.items():
        now = known.get(kind, {})
        known[kind] = {**now, **own, **now}  # the names of now come first
    return replace(names, known=known)


def _applied_names(
    registry: Registry, pairs: Sequence[MatchedPair]
) -> Mapping[str, Mapping[str, str]]:
    """Return the IDs of objects by kind and each applied name that only one of them has."""
    applied: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for pair in pairs:
        kind, binding = registry[pair.address.kind], pair.binding
        if isinstance(kind, HasOwnNames) and binding is not None and binding.applied:
            for name in kind.own_names(binding.applied):
                applied[kind.name][name].add(binding.remote_id)
    return {
        kind: {name: next(iter(ids)) for name, ids in holders.items() if len(ids) == 1}
        for kind, holders in applied.items()
    }


def _remote_id(pair: MatchedPair) -> str | None:
    if pair.is_unlistable and pair.binding:
        return pair.binding.remote_id
    return pair.found.remote_id if pair.found else None


def _known_names(
    kind: Kind, pairs: Sequence[MatchedPair], found: Sequence[RemoteObject]
) -> dict[str, str]:
    """Return the IDs of objects by name, the names that the files give them first.

    An object has the name that it will have, so that a new name alone is not a difference in the
    objects that refer to it.
    """
    if isinstance(kind, IsCreatedOnDemand):
        return _names_of_renamed(kind, pairs, found)
    known = unique_names(found)
    if kind.is_read_only or not isinstance(kind, HasOwnNames):
        return known
    wanted = _wanted_names(kind.name, kind, pairs)
    own = {n: id_ for n, id_ in wanted.items() if id_ and known.get(n, id_) == id_}
    return {**own, **known}


def _names_of_renamed(
    kind: Kind, pairs: Sequence[MatchedPair], found: Sequence[RemoteObject]
) -> dict[str, str]:
    """Return the ID of each renamed object by all of its names, that of its file first.

    Somebody renamed the object, and nobody changed what calls it by its name.
    """
    holders: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        if pair.address.kind == kind.name and pair.found:
            for name in _names_if_renamed(kind, pair, pair.found):
                holders[name].add(pair.found.remote_id)
    for item in found:
        if item.identity in holders:
            holders[item.identity].add(item.remote_id)
    return {name: next(iter(ids)) for name, ids in holders.items() if len(ids) == 1}


def _names_if_renamed(kind: Kind, pair: MatchedPair, found: RemoteObject) -> Sequence[str]:
    """Return the names of an object that somebody renamed, or whose new name is kept; else none."""
    field, binding = kind.identity, pair.binding
    if binding is None or not binding.applied:
        return ()
    applied = str(binding.applied[field])
    if applied == found.identity and field not in binding.kept:
        return ()
    wanted = str(pair.resource.attributes[field]) if pair.resource else applied
    return (wanted, applied, found.identity)


def _wanted_names(
    kind_name: str, kind: HasOwnNames, pairs: Sequence[MatchedPair]
) -> dict[str, str]:
    """Return the IDs of objects by the names that files give them; empty for a name of several."""
    wanted: dict[str, str] = {}
    for pair in pairs:
        if pair.address.kind == kind_name and pair.resource and pair.found:
            for name in kind.own_names(pair.resource.attributes):
                wanted[name] = "" if name in wanted else pair.found.remote_id
    return wanted


def unique_names(found: Sequence[RemoteObject]) -> dict[str, str]:
    """Return the names that mean exactly one object, the preferred (shortest) ones first."""
    holders: dict[str, set[str]] = defaultdict(set)
    for item in found:
        for name in item.aliases:
            holders[name].add(item.remote_id)
    return {
        name: next(iter(ids))
        for name, ids in sorted(holders.items(), key=lambda entry: (len(entry[0]), entry[0]))
        if len(ids) == 1
    }
