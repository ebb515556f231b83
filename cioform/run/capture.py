"""Take what exists: names and bindings for live objects, in terms a file can say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from pydantic import ValidationError

from cioform.core.address import Address, is_address, slugify
from cioform.core.errors import UsageError
from cioform.core.json_value import UNKNOWN, Attributes
from cioform.model.kind import Kind
from cioform.model.live_object import RemoteObject
from cioform.model.registry import Registry
from cioform.model.snapshot import AppliedState, Binding, DesiredState, Listing, LiveSnapshot
from cioform.plan.dependencies import referenced_addresses
from cioform.plan.match import match_resources, unambiguous_pairs
from cioform.plan.scope import Scope
from cioform.remote.provider import Provider
from cioform.run.events import Listener, ignore_events
from cioform.run.read import read_listing, read_live


@dataclass(frozen=True, slots=True)
class CapturedResources:
    """What an import found: fields by address, how each is bound, and what it had to leave."""

    attributes: Mapping[Address, Attributes]
    """As they are, UNKNOWN where the credentials at hand cannot read."""
    bindings: Mapping[Address, Binding]
    left: Mapping[Address, str]
    """Sentences about objects that the credentials at hand cannot read well enough to write."""

    def __or__(self, other: CapturedResources) -> CapturedResources:
        return CapturedResources(
            {**self.attributes, **other.attributes},
            {**self.bindings, **other.bindings},
            {**self.left, **other.left},
        )


def capture_resources(
    registry: Registry,
    applied: AppliedState,
    provider: Provider,
    scope: Scope,
    only_id: str | None = None,
    listener: Listener = ignore_events,
    desired: DesiredState = DesiredState({}),  # noqa: B008 -- frozen
    force: bool = False,
) -> CapturedResources:
    """Give every live object in `scope` in file terms. With those that will be written, as all are
    that have no file and with `force` the others too, come those they name that have none: a file
    that names nothing could not be loaded. `only_id` binds the one address in scope to that remote
    id. Raises UsageWrong for a target that fits neither an object nor a file.

    Addresses come from the files that objects are recognised by, from bindings, and else from
    their names."""
    pointed = single_target(scope) if only_id is not None else None
    listing = read_listing(registry, applied, provider)
    bindings = _assign_addresses(registry, listing, applied, desired)
    if pointed is not None and only_id is not None:
        _check_not_bound_elsewhere(pointed, only_id, applied)
        bindings = _bind_to_id(pointed, only_id, listing, bindings)
    scope.check([*bindings, *desired.resources])
    # Without files no identity is looked up, so nothing can be ambiguous in this workspace.
    everything = match_resources(
        registry,
        DesiredState({}),
        AppliedState(applied.lineage, 0, bindings),
        listing,
        workspace="",
    )
    pairs = {pair.address: pair for pair in everything.pairs}
    todo = [pair for pair in everything.pairs if scope.includes(pair.address)]
    taken, seen = (
        CapturedResources({}, {}, {}),
        {*desired.resources, *(pair.address for pair in todo)},
    )
    while todo:
        live = read_live(registry, everything, listing, provider, listener, todo)
        found = _to_captured(registry, live, bindings)
        taken |= found
        written = [a for a in found.attributes if force or a not in desired.resources]
        named = [
            a
            for a in _referenced_addresses(registry, found, written)
            if a in pairs and a not in seen
        ]
        seen.update(named)
        todo = [pairs[address] for address in named]
    return taken


def single_target(scope: Scope) -> Address:
    """Give the address that an id is for: the only target. Raises UsageWrong where there are
    more, none, or a pattern."""
    if len(scope.target) == 1 and is_address(scope.target[0]):
        return Address.parse(scope.target[0])
    raise UsageError.of(
        "Id without its address",
        "An id is bound to one address, and that has to be the only target:\n\n"
        "    cioform import WORKSPACE --target segment.trial_users --id NUMBER",
    )


def _referenced_addresses(
    registry: Registry, taken: CapturedResources, addresses: Iterable[Address]
) -> tuple[Address, ...]:
    """Give the addresses that some of what was taken refers to."""
    return referenced_addresses(
        reference
        for address in addresses
        for reference in registry[address.kind].references(taken.attributes[address])
    )


def _assign_addresses(
    registry: Registry, listing: Listing, applied: AppliedState, desired: DesiredState
) -> dict[Address, Binding]:
    bindings: dict[Address, Binding] = {}
    for pair in unambiguous_pairs(registry, desired, applied, listing):
        assert pair.found is not None  # or it would not be recognised
        own_id = pair.found.remote_id
        last = pair.binding or Binding(pair.address, own_id, pair.found.identity)
        bindings[pair.address] = replace(last, address=pair.address, remote_id=own_id)
    bound = {(address.kind, b.remote_id) for address, b in bindings.items()}
    for address, binding in applied.bindings.items():
        if address not in bindings and (address.kind, binding.remote_id) not in bound:
            bindings[address] = binding
            bound.add((address.kind, binding.remote_id))
    for kind in registry:
        for found in listing.found.get(kind.name, ()):
            if (kind.name, found.remote_id) not in bound:
                address = _free_address(kind, found, bindings)
                bindings[address] = Binding(address, found.remote_id, found.identity)
    return bindings


def _free_address(kind: Kind, found: RemoteObject, taken: Mapping[Address, Binding]) -> Address:
    name = slugify(found.identity)
    address = Address(kind.name, name)
    number = 2
    while address in taken:
        address = Address(kind.name, f"{name}_{number}")
        number += 1
    return address


def _bind_to_id(
    address: Address, remote_id: str, listing: Listing, bindings: Mapping[Address, Binding]
) -> dict[Address, Binding]:
    """Bind the one address to the one id that was given."""
    found = next((f for f in listing.found.get(address.kind, ()) if f.remote_id == remote_id), None)
    if found is None:
        raise UsageError.of(
            "No such object",
            f"The workspace has no {address.kind} with the id {remote_id}.",
            address=address,
        )
    others = {
        a: b
        for a, b in bindings.items()
        if a != address and (a.kind, b.remote_id) != (address.kind, remote_id)
    }
    return {**others, address: Binding(address, remote_id, found.identity)}


_FORGET_COMMAND: Final = "    cioform state forget WORKSPACE {}\n"
"""Where the address is that of another object still."""


def _check_not_bound_elsewhere(address: Address, remote_id: str, applied: AppliedState) -> None:
    """An object has one address: with two, the plan after it would delete what it just bound."""
    for other, binding in applied.bindings.items():
        if other != address and (other.kind, binding.remote_id) == (address.kind, remote_id):
            free = "" if address not in applied.bindings else _FORGET_COMMAND.format(address)
            raise UsageError.of(
                "Bound already",
                f"{other} is bound to {remote_id}, and an object has one address. If it shall be "
                f"{address}, give it that one:\n\n{free}"
                f"    cioform state mv WORKSPACE {other} {address}",
                address=address,
            )


def _to_captured(
    registry: Registry, live: LiveSnapshot, bindings: Mapping[Address, Binding]
) -> CapturedResources:
    attributes: dict[Address, Attributes] = {}
    kept: dict[Address, Binding] = {}
    left: dict[Address, str] = {}
    for address, there in sorted(live.objects.items()):
        known = {k: v for k, v in there.attributes.items() if v is not UNKNOWN}
        try:
            registry[address.kind].parse(known)
        except ValidationError:
            hidden = ", ".join(k for k, v in there.attributes.items() if v is UNKNOWN)
            left[address] = f"{address}: {hidden} not readable with the credentials at hand."
            continue
        old = bindings[address]
        attributes[address] = there.attributes
        kept[address] = Binding(
            address,
            there.remote_id,
            there.found.identity,
            known,
            dict(there.decoded.parts),
            old.protect,
        )
    return CapturedResources(attributes, kept, left)
