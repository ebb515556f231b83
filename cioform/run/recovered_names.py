"""The names that a recovery reads references by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cioform.core.dataclasses import dataclass, field
from cioform.model.objects.snapshot import AppliedState
from cioform.model.references.names import Names
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasOwnNames
from cioform.plan.matching.names import unique_names
from cioform.remote.provider import Provider
from cioform.run.reading.kind_reader import reader_for


@dataclass(frozen=True, slots=True)
class RecoveredNames:
    """The names of a state, and those by which people know what an object refers to.

    Without the second, a message that was written as the file says would differ in its sender.
    """

    registry: Registry
    provider: Provider
    _known: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def names(
        self,
        applied: AppliedState,
        kinds: Iterable[str],
        parts: Mapping[tuple[str, str], Mapping[str, str]],
    ) -> Names:
        """Return the names of a state, those of `kinds`, and the names of parts by object."""
        bindings = applied.bindings.items()
        bound = {(address.kind, binding.remote_id): binding.parts for address, binding in bindings}
        return Names(
            {address: binding.remote_id for address, binding in bindings},
            {name: known for name in kinds if (known := self._known_names(name))},
            parts={**bound, **parts},
        )

    def _known_names(self, name: str) -> Mapping[str, str]:
        """Return the IDs of the objects of a kind by their own names; it is listed once."""
        if name not in self._known:
            kind = self.registry[name]
            has_names = isinstance(kind, HasOwnNames)
            reader = reader_for(kind, self.provider) if has_names else None
            self._known[name] = unique_names(reader.list(self.provider)) if reader else {}
        return self._known[name]
