"""An address with its file, its binding and its live object."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import Binding
from cioform.model.references.names import Names
from cioform.model.resource import Resource


@dataclass(frozen=True, slots=True)
class MatchedPair:
    """An address with what each snapshot has for it."""

    address: Address
    resource: Resource | None
    binding: Binding | None
    found: RemoteObject | None
    moved_from: Address | None = None
    moved_parts: Mapping[str, str] = field(default_factory=dict)
    """The parts that have other names in the file than in the state, by their names in the state.
    `binding` has the new ones."""
    same_name: tuple[str, ...] = ()
    """The IDs of the unmanaged objects that have the name of the one that was found."""
    is_unlistable: bool = False
    """Whether no given credential can list the kind, so that nothing is known of the object."""

    @property
    def exists(self) -> bool:
        """Whether the object exists; if the kind cannot be listed, a binding counts as proof."""
        return self.found is not None or (self.is_unlistable and self.binding is not None)

    @property
    def may_exist(self) -> bool:
        """Whether the object exists, or a file describes it and its kind could not be listed."""
        return self.exists or (self.is_unlistable and self.resource is not None)

    @property
    def is_bound(self) -> bool:
        """Whether the state binds this address to the object that was found."""
        binding, found = self.binding, self.found
        return (
            binding is not None
            and found is not None
            and binding.remote_id == found.remote_id
            and binding.address == self.address
        )


@dataclass(frozen=True, slots=True)
class MatchResult:
    """All pairs, and what the references in them mean."""

    pairs: tuple[MatchedPair, ...]
    names: Names
    unmanaged: int
    """How many live objects are unmanaged; they are never touched."""
