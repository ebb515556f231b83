"""The objects that a plan knew, which are not new when it is applied."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.address import Address
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import AppliedState
from cioform.plan.plan import Plan


class PlannedObjects:
    """Tells which objects were in the workspace when a plan was made."""

    def __init__(self, plan: Plan, applied: AppliedState) -> None:
        self._planned = {
            *((change.address.kind, change.remote_id) for change in plan.changes),
            *((Address.parse(text).kind, remote_id) for text, remote_id in plan.unbound.items()),
            *((drift.address.kind, drift.remote_id) for drift in plan.drift),
        }
        self._names: Mapping[tuple[str, str], str] = {
            (address.kind, binding.remote_id): binding.identity
            for address, binding in applied.bindings.items()
        }

    def had_name(self, kind: str, found: RemoteObject) -> bool:
        """Return whether an object was there, with the name that it has in a list.

        The plan compared its own objects and those with drift. Of others the state says which name
        they had.
        """
        key = (kind, found.remote_id)
        return key in self._planned or self._names.get(key) == found.identity
