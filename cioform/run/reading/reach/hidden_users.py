"""Whether something live may be among the users of a shared object that no API returns."""

from __future__ import annotations

from collections.abc import Set
from functools import cached_property

from cioform.core.dataclasses import dataclass
from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.model.reach import ReachState
from cioform.model.remote_access.capabilities import SendsMessages
from cioform.model.routing.operations import ObjectId
from cioform.run.reading.kind_reader import reader_for
from cioform.run.reading.reach.audience_size import PeopleCounter
from cioform.run.reading.reach.listed_rows import decode_row, list_if_readable


@dataclass(frozen=True)
class HiddenUsers:
    """The unmanaged objects of a workspace that may use what no API tells the users of."""

    managed: Set[ObjectId]
    counter: PeopleCounter

    def may_exist(self, kind: str) -> bool:
        """Return whether the workspace may have unmanaged objects of a kind."""
        states = self._states.get(kind)
        return states is None or bool(states)

    def may_be_live(self, kinds: Set[str] | None) -> bool:
        """Return whether one of some kinds may be running or active; None stands for all kinds.

        Newsletters are not among them, because no API lists those that are scheduled.
        """
        return any(
            states is None or any(state.may_be_live for state in states)
            for kind, states in self._states.items()
            if kinds is None or kind in kinds
        )

    @cached_property
    def _states(self) -> dict[str, tuple[ReachState, ...] | None]:
        """The states of the unmanaged objects of each kind that sends; None if unreadable."""
        senders = [kind.name for kind in self.counter.registry if isinstance(kind, SendsMessages)]
        return {kind: self._states_of(kind) for kind in senders}

    def _states_of(self, kind: str) -> tuple[ReachState, ...] | None:
        rows = self._rows(kind)
        if rows is None:
            return None
        kind_of_rows = self.counter.registry[kind]
        unmanaged = (r for r in rows if ObjectId(kind, r.remote_id) not in self.managed)
        return tuple(self._state_of(kind_of_rows, row) for row in unmanaged)

    def _state_of(self, kind: Kind, row: RemoteObject) -> ReachState:
        live = decode_row(kind, row, self.counter.live.names)
        return live.decoded.reach.state if live else ReachState.UNKNOWN

    def _rows(self, kind: str) -> tuple[RemoteObject, ...] | None:
        listed = self.counter.live.listing.found.get(kind)
        reader = reader_for(self.counter.registry[kind], self.counter.provider)
        if listed is not None or reader is None:
            return listed
        return list_if_readable(reader, self.counter.provider)
