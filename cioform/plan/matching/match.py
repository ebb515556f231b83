"""Match addresses with live objects: by binding, then by identity, never by a guess."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import PlanError
from cioform.core.text.quoted import quoted
from cioform.model.address_moves import apply_moves
from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import (
    AppliedState,
    Binding,
    DesiredState,
    Listing,
    LiveSnapshot,
)
from cioform.model.parts import HasParts
from cioform.model.references.names import Names
from cioform.model.references.reference_texts import with_names
from cioform.model.registry import Registry
from cioform.model.renamed_objects import with_names_of_created
from cioform.model.resource import Resource
from cioform.plan.matching.claims import Claims, candidate_lines, place_to_paste
from cioform.plan.matching.names import build_names, with_applied_names
from cioform.plan.matching.pair import MatchedPair, MatchResult
from cioform.plan.matching.renamed_parts import with_renamed_parts

T = TypeVar("T")


def match_resources(
    registry: Registry,
    desired: DesiredState,
    applied: AppliedState,
    listing: Listing,
    *,
    workspace: str,
) -> MatchResult:
    """Return every address with its live object.

    A bound address keeps its object. An unbound one takes the only live object with its identity,
    so that a renamed address keeps its object too. Raises PlanError if several objects have that
    identity; `workspace` is for the command in that message.
    """
    pairs: list[MatchedPair] = []
    problems: list[Diagnostic] = []
    resources, bindings = _by_kind(desired.resources), _by_kind(applied.bindings)
    for kind in registry:
        found = listing.found.get(kind.name)
        if found is None:
            pairs += _unlistable_pairs(resources[kind.name], bindings[kind.name])
            continue
        matched, errors = _match_kind(
            kind, resources[kind.name], bindings[kind.name], found, workspace
        )
        pairs += matched
        problems += errors
    if problems:
        raise PlanError(problems)
    pairs = _with_moves_applied(registry, pairs)
    pairs = [_with_parts_moved(registry[pair.address.kind], pair) for pair in pairs]
    pairs = _with_same_name(pairs, listing)
    paired = sum(1 for pair in pairs if pair.found)
    names = build_names(registry, pairs, listing)
    former = with_applied_names(names, registry, pairs)
    return MatchResult(
        tuple(_with_names(registry, pair, names, former) for pair in pairs),
        names,
        sum(len(found) for found in listing.found.values()) - paired,
    )


def with_live_former_names(
    registry: Registry, matched: MatchResult, live: LiveSnapshot
) -> MatchResult:
    """Return pairs that have the former names of parts as the live objects rewrite them."""

    def rewritten(pair: MatchedPair) -> MatchedPair:
        kind, binding = registry[pair.address.kind], pair.binding
        if not isinstance(kind, HasParts) or binding is None or binding.applied is None:
            return pair
        found = live.objects[pair.address].attributes
        applied = kind.use_live_former_names(binding.applied, found, pair.moved_parts)
        return replace(pair, binding=replace(binding, applied=applied))

    if not any(pair.moved_parts for pair in matched.pairs):
        return matched
    pairs = (
        rewritten(pair) if pair.moved_parts and pair.address in live.objects else pair
        for pair in matched.pairs
    )
    return replace(matched, pairs=tuple(pairs))


def unambiguous_pairs(
    registry: Registry, desired: DesiredState, applied: AppliedState, listing: Listing
) -> Iterator[MatchedPair]:
    """Yield the pairs of a file and a live object of which `match_resources` would be sure."""
    resources, bindings = _by_kind(desired.resources), _by_kind(applied.bindings)
    for kind in registry:
        found = listing.found.get(kind.name, ())
        matched, _ = _match_kind(
            kind, resources[kind.name], bindings[kind.name], found, workspace=""
        )
        yield from (pair for pair in matched if pair.resource is not None and pair.found)


def _with_moves_applied(registry: Registry, pairs: Sequence[MatchedPair]) -> list[MatchedPair]:
    """Return the pairs with addresses in what was last applied as they are now."""
    moves = {pair.moved_from: pair.address for pair in pairs if pair.moved_from is not None}
    if not moves:
        return list(pairs)
    bound = {pair.address: pair.binding for pair in pairs if pair.binding is not None}
    followed = apply_moves(registry, bound, moves)
    return [replace(pair, binding=followed.get(pair.address)) for pair in pairs]


def _with_parts_moved(kind: Kind, pair: MatchedPair) -> MatchedPair:
    """Return a pair whose binding has the names of parts that its file says by `was`."""
    binding = pair.binding
    if binding is None or not isinstance(kind, HasParts) or not (moves := _part_moves(kind, pair)):
        return pair
    renamed = with_renamed_parts(kind, binding, moves)
    return replace(pair, binding=renamed, moved_parts=moves)


def _part_moves(kind: HasParts, pair: MatchedPair) -> dict[str, str]:
    """Return the names of bound parts, each with the one that the file gives to it.

    The file says so by `was`, or by the place of a part that needs no name.
    """
    resource, binding = pair.resource, pair.binding
    if resource is None or binding is None:
        return {}
    named = binding.parts.keys()
    moves = resource.part_moves.items()
    written = {old: new for old, new in moves if old in named and new not in named}
    implied = kind.unnamed_moves(binding.applied or {}, resource.attributes, named)
    return {**implied, **written}


def _with_same_name(pairs: Sequence[MatchedPair], listing: Listing) -> list[MatchedPair]:
    """Return the pairs with the unmanaged objects that have the same names."""
    paired = {(pair.address.kind, pair.found.remote_id) for pair in pairs if pair.found}
    unmanaged: dict[tuple[str, str], list[str]] = defaultdict(list)
    for kind, items in listing.found.items():
        for item in items:
            if (kind, item.remote_id) not in paired:
                unmanaged[kind, item.identity.strip()].append(item.remote_id)
    if not unmanaged:
        return list(pairs)

    def others(pair: MatchedPair) -> tuple[str, ...]:
        key = (pair.address.kind, pair.found.identity.strip()) if pair.found else ("", "")
        return tuple(sorted(unmanaged.get(key, ())))

    return [replace(pair, same_name=found) if (found := others(pair)) else pair for pair in pairs]


def _with_names(registry: Registry, pair: MatchedPair, names: Names, former: Names) -> MatchedPair:
    """Return a pair with names for the IDs in the file and the state, where they are known.

    `former` has the names of what was last applied, too.
    """
    kind, resource, binding = registry[pair.address.kind], pair.resource, pair.binding
    if resource is not None:
        named = with_names(resource.attributes, resource.references, names)
        if named is not resource.attributes:
            pair = replace(pair, resource=replace(resource, attributes=named))
    applied = binding.applied if binding else None
    # Nearly always the files have what was applied, and its names mean the same objects.
    is_same = former is names and pair.resource and applied == pair.resource.attributes
    if binding and applied and not is_same:
        named = with_names(applied, kind.references(applied), former)
        named = with_names_of_created(kind, named, registry, former)
        pair = replace(pair, binding=replace(binding, applied=named))
    return pair


def _by_kind(items: Mapping[Address, T]) -> Mapping[str, dict[Address, T]]:
    """Return the items of each kind; none for a kind that has none."""
    groups: dict[str, dict[Address, T]] = defaultdict(dict)
    for address, item in items.items():
        groups[address.kind][address] = item
    return groups


def _match_kind(
    kind: Kind,
    resources: Mapping[Address, Resource],
    bindings: Mapping[Address, Binding],
    found: Sequence[RemoteObject],
    workspace: str,
) -> tuple[list[MatchedPair], list[Diagnostic]]:
    by_id = {item.remote_id: item for item in found}
    bound = {a: b for a, b in bindings.items() if a in resources and b.remote_id in by_id}
    claims = Claims(kind, workspace, resources, bindings, by_id)
    claimed = claims.ids()
    taken = {*(binding.remote_id for binding in bound.values()), *claimed.values()}
    unbound = _group_by_identity(item for item in found if item.remote_id not in taken)
    duplicates = _duplicate_identities(kind, resources)
    former = {b.remote_id: a for a, b in bindings.items() if a not in resources}

    pairs: list[MatchedPair] = []
    problems: list[Diagnostic] = list(claims.problems())
    moved: set[Address] = set()
    for address, resource in resources.items():
        if binding := bound.get(address):
            pairs.append(MatchedPair(address, resource, binding, by_id[binding.remote_id]))
            continue
        candidates = unbound.get(str(resource.attributes[kind.identity]), [])
        if address in claimed:
            candidates = [by_id[claimed[address]]] if claimed[address] in by_id else []
        elif duplicate := duplicates.get(address):
            problems.append(_duplicate_diagnostic(kind, resource, resources[duplicate], candidates))
            continue
        if len(candidates) > 1:
            problems.append(_ambiguous_diagnostic(kind, resource, candidates))
        else:
            target = candidates[0] if candidates else None
            origin = former.get(target.remote_id) if target else None
            if origin is not None:
                moved.add(origin)
            binding = bindings.get(address if origin is None else origin)
            pairs.append(MatchedPair(address, resource, binding, target, origin))
    for address, binding in bindings.items():
        if address not in resources and address not in moved:
            pairs.append(MatchedPair(address, None, binding, by_id.get(binding.remote_id)))
    return pairs, problems


def _duplicate_identities(
    kind: Kind, resources: Mapping[Address, Resource]
) -> Mapping[Address, Address]:
    """Return, for every resource that shares its identity with others, the first of those."""
    groups: dict[str, list[Address]] = defaultdict(list)
    for address, resource in resources.items():
        if resource.remote_id is None:
            groups[str(resource.attributes[kind.identity])].append(address)
    return {
        address: next(other for other in group if other != address)
        for group in groups.values()
        if len(group) > 1
        for address in group
    }


def _unlistable_pairs(
    resources: Mapping[Address, Resource], bindings: Mapping[Address, Binding]
) -> list[MatchedPair]:
    return [
        MatchedPair(a, resources.get(a), bindings.get(a), None, is_unlistable=True)
        for a in dict.fromkeys([*resources, *bindings])
    ]


def _group_by_identity(found: Iterable[RemoteObject]) -> Mapping[str, list[RemoteObject]]:
    groups: dict[str, list[RemoteObject]] = defaultdict(list)
    for item in found:
        groups[item.identity].append(item)
    return groups


def _ambiguous_diagnostic(
    kind: Kind, resource: Resource, candidates: Sequence[RemoteObject]
) -> Diagnostic:
    return Diagnostic(
        "Ambiguous name",
        f"The workspace has {len(candidates)} objects of kind {kind.name} whose {kind.identity} "
        f"is {quoted(candidates[0].identity)}, so it is not known which of them this file means. "
        f"Write the ID of the right one {place_to_paste(resource)}, one of:\n\n"
        f"{candidate_lines(resource, candidates)}",
        resource.address,
        resource.location,
    )


def _duplicate_diagnostic(
    kind: Kind, resource: Resource, other: Resource, candidates: Sequence[RemoteObject]
) -> Diagnostic:
    advice = f"Change the {kind.identity} of one of them, or remove its file."
    if candidates:
        advice = (
            f"Write the ID of its object {place_to_paste(resource)}, one of:\n\n"
            f"{candidate_lines(resource, candidates)}"
        )
    place = f" ({other.location})" if other.location else ""
    return Diagnostic(
        "Duplicate name",
        f"{resource.address} is not bound to an object yet, so its object is found by its "
        f"{kind.identity}, {quoted(str(resource.attributes[kind.identity]))}. {other.address}"
        f"{place} has the same {kind.identity}, so both would take the same object. {advice}",
        resource.address,
        resource.location,
    )
