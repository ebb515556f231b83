"""Find what one object uses: the references that its kind declares, and names of other objects."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Protocol, TypeVar

from cioform.core.data.json_value import Attributes
from cioform.language.liquid.references import ANY_NAME, names_in_values
from cioform.model.kind import Kind
from cioform.model.references.names import Reference
from cioform.model.remote_access.capabilities import CreatesOnDemand

T = TypeVar("T", bound=Hashable)
T_co = TypeVar("T_co", bound=Hashable, covariant=True)


class UseResolver(Protocol[T_co]):
    """Resolves what a use refers to. None stands for a use that does not count."""

    @property
    def collections(self) -> Iterable[str]:
        """The collections in Liquid whose names are looked for."""

    def find_in_liquid(self, collection: str, name: str, /) -> T_co | None:
        """Return the object for a name in Liquid."""

    def find_starting(self, collection: str, start: str, /) -> Iterable[T_co]:
        """Return the objects for all names in Liquid that begin with a text."""

    def find_referenced(self, reference: Reference, /) -> T_co | None:
        """Return the object for a reference."""

    def find_named(self, kind: str, name: str, /) -> T_co | None:
        """Return the object for a name that another object uses for it, such as that of a tag."""


def find_uses(kind: Kind, attributes: Attributes, resolver: UseResolver[T]) -> dict[T, bool]:
    """Return what an object uses, and whether that is certain."""
    uses: dict[T, bool] = {}
    for collection in resolver.collections:
        for found in names_in_values(attributes, collection):
            if found.name == ANY_NAME:
                possible = resolver.find_starting(collection, found.start)
                uses = {**dict.fromkeys(possible, False), **uses}
            elif (used := resolver.find_in_liquid(collection, found.name)) is not None:
                uses[used] = found.is_certain or uses.get(used, False)
    declared = [resolver.find_referenced(each) for each in kind.references(attributes)]
    if isinstance(kind, CreatesOnDemand):
        declared += [resolver.find_named(*each) for each in kind.creates_on_demand(attributes)]
    return uses | {used: True for used in declared if used is not None}
