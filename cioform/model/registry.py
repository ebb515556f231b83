"""The registry of kinds, which is passed down as a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.model.kind import Kind
from cioform.model.resource import Resource


class Registry:
    """An immutable set of kinds, by name and by folder."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self._by_name: dict[str, Kind] = {}
        self._by_folder: dict[str, Kind] = {}
        for kind in sorted(kinds, key=lambda kind: kind.name):
            if kind.name in self._by_name or kind.folder in self._by_folder:
                raise ValueError(f"kind {kind.name!r} or its folder is registered twice")
            self._by_name[kind.name] = kind
            self._by_folder[kind.folder] = kind

    def __getitem__(self, name: str) -> Kind:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._by_name

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._by_name.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all kinds, sorted."""
        return tuple(self._by_name)

    def by_folder(self, folder: str) -> Kind | None:
        """Return the kind whose files are in `folder`, or None."""
        return self._by_folder.get(folder)

    def with_attributes(self, resource: Resource, attributes: Attributes) -> Resource:
        """Return a resource with other attributes, and with the references in them."""
        references = tuple(self[resource.address.kind].references(attributes))
        return replace(resource, attributes=attributes, references=references)

    def upgrade_attributes(self, address: Address, attributes: Attributes) -> None:
        """Rewrite a canonical form of an older format, in place."""
        if address.kind in self:
            self[address.kind].upgrade(attributes)
