"""The resources that an import captured, and the objects that it left out."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.dataclasses import dataclass, field, replace
from cioform.model.objects.snapshot import Binding
from cioform.model.objects.stamp import Stamp
from cioform.model.references.names import Names


@dataclass(frozen=True, slots=True)
class CapturedResources:
    """The resources that were captured, and what could not be."""

    attributes: Mapping[Address, Attributes]
    """The fields of each, UNKNOWN where no credential that is set can read them."""
    bindings: Mapping[Address, Binding]
    left: Mapping[Address, str]
    """Sentences about objects that no file can describe, with the reason."""
    unreadable: Mapping[Address, str] = field(default_factory=dict)
    """Sentences about fields that the files lack, because no credential can read them."""
    unnamed: Mapping[Address, str] = field(default_factory=dict)
    """Sentences about IDs that no file can say."""
    unknown: Mapping[Address, Attributes] = field(default_factory=dict)
    """The members that no field describes, as `unknown_fields` returns them."""
    unresolved: Mapping[Address, str] = field(default_factory=dict)
    """Sentences about references to objects that were not found."""
    ids_in_raw: Mapping[Address, str] = field(default_factory=dict)
    """Sentences about the IDs in `raw`, which mean other objects in another workspace."""
    stamps: Mapping[Address, Stamp | None] = field(default_factory=dict)
    """What the descriptions of the objects say about who manages them."""
    same_name: Mapping[Address, tuple[str, ...]] = field(default_factory=dict)
    """The IDs of other objects with the name of one, for those that have any."""
    excluded: tuple[Address, ...] = ()
    """The objects without a file that the scope excludes, and nothing in it refers to."""
    names: Names = field(default_factory=Names)
    """What the references in the attributes mean."""

    def __or__(self, other: CapturedResources) -> CapturedResources:
        return CapturedResources(
            {**self.attributes, **other.attributes},
            {**self.bindings, **other.bindings},
            {**self.left, **other.left},
            {**self.unreadable, **other.unreadable},
            {**self.unnamed, **other.unnamed},
            {**self.unknown, **other.unknown},
            {**self.unresolved, **other.unresolved},
            {**self.ids_in_raw, **other.ids_in_raw},
            {**self.stamps, **other.stamps},
            {**self.same_name, **other.same_name},
            self.excluded + other.excluded,
            other.names,
        )

    def without(self, left: Mapping[Address, str]) -> CapturedResources:
        """Return these without the objects that are left out; `left` has the reasons."""
        if not left:
            return self
        return replace(
            self,
            attributes={a: value for a, value in self.attributes.items() if a not in left},
            bindings={a: value for a, value in self.bindings.items() if a not in left},
            left={**self.left, **{address: left[address] for address in sorted(left)}},
        )
