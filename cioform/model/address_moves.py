"""Moves of addresses, and the references that follow them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cioform.core.address import Address
from cioform.core.json_value import JsonValue
from cioform.model.names import Reference
from cioform.model.registry import Registry
from cioform.model.snapshot import Binding


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
            (_field_of(reference), old.name): moves[old].name
            for reference in references
            if (old := reference.address) is not None and old in moves
        }
        applied = _rename(applied, names) if names else applied
    return replace(binding, address=address, applied=applied)


def _field_of(reference: Reference) -> str:
    """Return the field that holds a reference. It may be an item of a list there."""
    return next(step for step in reversed(reference.path) if isinstance(step, str))


def _rename(value: JsonValue, names: Mapping[tuple[str, str], str], field: str = "") -> JsonValue:
    """Return `value` with the names in `names`, by their field and old name, replaced."""
    if isinstance(value, str):
        return names.get((field, value), value)
    if isinstance(value, dict):
        return {key: _rename(item, names, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_rename(item, names, field) for item in value]
    return value
