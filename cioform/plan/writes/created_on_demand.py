"""The objects that exist by the time of a write and that another kind would create: tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.core.data.json_value import Attributes
from cioform.core.dataclasses import dataclass, field
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import Listing
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import CreatesOnDemand
from cioform.plan.matching.pair import MatchedPair


@dataclass(slots=True)
class CreatedOnDemand:
    """The names and IDs of objects that exist, or that a file creates or renames.

    Such a file is written before all that need its name. What another change of the plan creates
    on demand does not count, because that change may be blocked, left out, or fail.
    """

    registry: Registry
    listing: Listing
    pairs: Sequence[MatchedPair] = ()
    """Those in the scope of the plan."""
    _names: dict[str, dict[str, str]] = field(default_factory=dict)

    def names_for(self, kind: Kind, wanted: Attributes) -> Mapping[str, Mapping[str, str]]:
        """Return the IDs by kind and name that a write of `wanted` finds."""
        if not isinstance(kind, CreatesOnDemand):
            return {}
        return {name: self._names_of(name) for name, _ in kind.creates_on_demand(wanted)}

    def _names_of(self, kind: str) -> dict[str, str]:
        if kind not in self._names:
            own = self._names_in_files(kind)
            in_files = set(own.values())
            listed = self.listing.found.get(kind, ())
            others = {e.identity: e.remote_id for e in listed if e.remote_id not in in_files}
            self._names[kind] = {**others, **own}
        return self._names[kind]

    def _names_in_files(self, kind: str) -> dict[str, str]:
        identity = self.registry[kind].identity
        return {
            str(pair.resource.attributes[identity]): (
                pair.found.remote_id if pair.found else f"(id of {pair.address})"
            )
            for pair in self.pairs
            if pair.address.kind == kind and pair.resource is not None
        }
