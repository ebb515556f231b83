"""The names by which references call objects, other than the names in addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.model.kind import Kind
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasOwnNames
from cioform.model.resource import Resource

DeclaredNames: TypeAlias = Mapping[tuple[str, str], Address]
"""The addresses of the files that declare objects, by kind and by each name of such an object."""


def declared_names(
    declared: Iterable[tuple[Address, Attributes]], registry: Registry
) -> DeclaredNames:
    """Return the addresses of what references call by name; a name of several means none."""
    kinds = {kind.name: kind for kind in registry if isinstance(kind, HasOwnNames)}
    found: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for address, attributes in declared:
        if address.kind in kinds:
            for name in kinds[address.kind].own_names(attributes):
                found[address.kind, name].append(address)
    return {key: addresses[0] for key, addresses in found.items() if len(addresses) == 1}


def with_own_names(
    known: Mapping[str, Mapping[str, str]], kind: Kind, attributes: Attributes, remote_id: str
) -> Mapping[str, Mapping[str, str]]:
    """Return the IDs of objects by kind and name, with the names that only this object has.

    A name of another object stays with it, so that references to that keep their text.
    """
    if not isinstance(kind, HasOwnNames):
        return known
    own = dict.fromkeys(kind.own_names(attributes), remote_id)
    names = known.get(kind.name, {})
    return {**known, kind.name: {**names, **own, **names}}


def with_declared_addresses(
    resources: Mapping[Address, Resource],
    registry: Registry,
    files: Mapping[Address, Resource] | None = None,
) -> dict[Address, Resource]:
    """Return resources whose references have the addresses of what the files declare.

    `files` are the resources themselves unless given.
    """
    files = resources if files is None else files
    attributes = ((address, each.attributes) for address, each in files.items())
    declared = declared_names(attributes, registry)
    if not declared:
        return dict(resources)
    return {address: _with_addresses(each, declared) for address, each in resources.items()}


def _with_addresses(resource: Resource, declared: DeclaredNames) -> Resource:
    if not any((each.kind, each.text) in declared for each in resource.references):
        return resource
    references = tuple(
        replace(each, declared=declared.get((each.kind, each.text))) for each in resource.references
    )
    return replace(resource, references=references)
