"""Moves of addresses, and the references that follow them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cioform.core.address import Address
from cioform.model.objects.snapshot import Binding
from cioform.model.references.reference_texts import field_of, with_texts
from cioform.model.registry import Registry


def apply_moves(
    registry: Registry, bindings: Mapping[Address, Binding], moves: Mapping[Address, Address]
) -> dict[Address, Binding]:
    """Return the bindings with every old address of `moves` replaced by the new one.

    Both the binding itself and the references in what was last written are replaced. The objects
    have not changed.
    """
    if not moves:
        return dict(bindings)
    return {
        moves.get(address, address): _apply_moves_to_binding(registry, binding, moves)
        for address, binding in bindings.items()
    }


def _apply_moves_to_binding(
    registry: Registry, binding: Binding, moves: Mapping[Address, Address]
) -> Binding:
    address = moves.get(binding.address, binding.address)
    applied = binding.applied
    if applied is not None and binding.address.kind in registry:
        references = registry[binding.address.kind].references(applied)
        names = {
            (field_of(reference), old.name): moves[old].name
            for reference in references
            if (old := reference.address) is not None and old in moves
        }
        applied = with_texts(applied, names) if names else applied
    return replace(binding, address=address, applied=applied)
