"""Assign an address to every live object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain, count
from typing import Final

from cioform.core.address import Address, slugify
from cioform.core.data.json_value import digest
from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import AppliedState, Binding, DesiredState, Listing
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasTextIds
from cioform.model.remote_access.remote_ids import id_order
from cioform.plan.matching.match import unambiguous_pairs

_DIGEST_LENGTH: Final = 8


def assign_addresses(
    registry: Registry, listing: Listing, applied: AppliedState, desired: DesiredState
) -> dict[Address, Binding]:
    """Return a binding for every listed object.

    The address is that of the file that matches the object, otherwise that of its binding,
    otherwise one made of its name. It does not depend on the order of the list.
    """
    bindings: dict[Address, Binding] = {}
    for pair in unambiguous_pairs(registry, desired, applied, listing):
        assert pair.found is not None  # a file only matches an object that was listed
        remote_id = pair.found.remote_id
        previous = pair.binding or Binding(pair.address, remote_id, pair.found.identity)
        bindings[pair.address] = replace(previous, address=pair.address, remote_id=remote_id)
    bound = {(address.kind, b.remote_id) for address, b in bindings.items()}
    for address, binding in applied.bindings.items():
        if address not in bindings and (address.kind, binding.remote_id) not in bound:
            bindings[address] = binding
            bound.add((address.kind, binding.remote_id))
    for kind in registry:
        for found in sorted(
            listing.found.get(kind.name, ()), key=lambda each: id_order(each.remote_id)
        ):
            if (kind.name, found.remote_id) not in bound:
                address = _new_address(kind, found, bindings)
                bindings[address] = Binding(address, found.remote_id, found.identity)
    return bindings


def _new_address(kind: Kind, found: RemoteObject, taken: Mapping[Address, Binding]) -> Address:
    """Return an address made of the object's name, and of its ID if the name is not enough."""
    name, own_id = slugify(found.identity), slugify(found.remote_id)
    if isinstance(kind, HasTextIds):  # The ID is the name, which is not enough.
        own_id = digest(found.remote_id)[:_DIGEST_LENGTH]
    with_id = f"{name or kind.name}_{own_id}"
    candidates = [name, with_id] if name else [with_id]
    numbered = (f"{with_id}_{number}" for number in count(2))
    addresses = (Address(kind.name, candidate) for candidate in chain(candidates, numbered))
    return next(address for address in addresses if address not in taken)
