"""Check that every reference has a target, and that no references form a cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Final

from cioform.config.read.positions import nearest_location
from cioform.core.address import Address, is_address, slugify
from cioform.core.diagnostic import Diagnostic
from cioform.core.graph import find_cycles
from cioform.core.suggest import closest
from cioform.model.names import Reference
from cioform.model.registry import Registry
from cioform.model.resource import Resource

Resources = Mapping[Address, Resource]

_MAX_LISTED: Final = 10
"""Addresses in one message."""


def check_references(
    resources: Resources,
    declared: Set[Address],
    incomplete_kinds: Set[str | None],
    registry: Registry,
) -> Iterator[Diagnostic]:
    """Yield a problem for each reference without a target and for each cycle.

    `declared` also has the addresses of resources that could not be loaded, so that one mistake
    is not reported twice. `incomplete_kinds` are the kinds of documents that could not even be
    parsed (None if a document's kind is unknown): their addresses are not all known.
    """
    for resource in resources.values():
        for reference in resource.references:
            if None in incomplete_kinds or reference.kind in incomplete_kinds:
                continue
            detail = _dangling_reason(reference, declared, registry)
            if detail is not None:
                place = nearest_location(resource.positions, reference.path) or resource.location
                yield Diagnostic("Dangling reference", detail, resource.address, place)
    for cycle in find_cycles(resources, lambda address: _targets(address, resources)):
        yield _cycle(cycle, resources)


def _dangling_reason(
    reference: Reference, declared: Set[Address], registry: Registry
) -> str | None:
    text, kind = reference.text, reference.kind
    if reference.address is not None:
        if reference.address in declared:
            return None
        name = reference.address.name
        hint = _suggest_address(kind, name, declared)
        if hint is None and kind in registry:
            hint = f" Create `{registry[kind].folder}/{name}.yaml`, or correct the reference."
        return f"No document has the address `{text}`.{hint or ''}"
    if kind not in registry or registry[kind].is_read_only or text.startswith(kind + "#"):
        # Only the workspace itself knows its read-only objects and its unmanaged ones.
        return None
    written_kind = text.partition(".")[0]
    if is_address(text) and written_kind in registry:
        return f"This field needs a {kind}, but `{text}` is a {written_kind}."
    hint = _suggest_address(kind, slugify(text), declared)
    return (
        f"`{text}` is not the address of a {kind}; write it as `{kind}.` and its name.{hint or ''}"
    )


def _suggest_address(kind: str, name: str, declared: Set[Address]) -> str | None:
    """Return the address that was probably meant, or all of them if they are few, or None."""
    names = sorted(address.name for address in declared if address.kind == kind)
    near = closest(name, names) or next((known for known in names if name in known), None)
    if near is not None:
        return f" Did you mean `{kind}.{near}`?"
    if 0 < len(names) <= _MAX_LISTED:
        listed = ", ".join(f"`{kind}.{known}`" for known in names)
        return f" Existing addresses: {listed}."
    return None


def _targets(address: Address, resources: Resources) -> Iterator[Address]:
    found = (reference.address for reference in resources[address].references)
    return iter([target for target in found if target is not None and target in resources])


def _cycle(cycle: list[Address], resources: Resources) -> Diagnostic:
    last = resources[cycle[-1]]
    path = next(ref.path for ref in last.references if ref.address == cycle[0])
    shown = " -> ".join(f"`{address}`" for address in (*cycle, cycle[0]))
    return Diagnostic(
        "Cyclic reference",
        f"These resources refer to each other in a cycle: {shown}. Each must exist before the one "
        "that refers to it, so none can be created first. Remove one of the references.",
        last.address,
        nearest_location(last.positions, path) or last.location,
    )
