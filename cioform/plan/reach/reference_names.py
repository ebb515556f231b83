"""The names by which references call objects, in place of the names of their files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.model.references.names import Reference
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import CreatesOnDemand, HasOwnNames
from cioform.model.resource import Resource


def names_in_references(kind: Kind, attributes: Attributes) -> Sequence[str]:
    """Return the names by which references call an object, the shortest first."""
    if isinstance(kind, HasOwnNames):
        return kind.own_names(attributes)
    name = attributes.get(kind.identity)
    return (name,) if isinstance(name, str) else ()


def names_of_row(row: RemoteObject) -> Set[str]:
    """Return the names by which references may call an object of a list."""
    return {row.identity, *row.aliases}


def files_that_name(
    kind: Kind, name: str, files: Iterable[Resource], registry: Registry
) -> Iterator[Address]:
    """Yield the addresses of the files that call an object of a kind by a name."""
    for file in files:
        user = registry[file.address.kind]
        if refers_by_name(user, file.attributes, file.references, kind, name):
            yield file.address


def refers_by_name(
    user: Kind, attributes: Attributes, references: Iterable[Reference], kind: Kind, name: str
) -> bool:
    """Return whether an object of the kind `user` calls one of `kind` by a name."""
    by_reference = isinstance(kind, HasOwnNames) and any(
        (each.kind, each.text) == (kind.name, name) for each in references
    )
    return by_reference or (
        isinstance(user, CreatesOnDemand)
        and (kind.name, name) in (*user.creates_on_demand(attributes),)
    )
