"""Find out whether a live object may be among the users that no API returns."""

from __future__ import annotations

from collections.abc import Set
from functools import cached_property

from cioform.core.dataclasses import dataclass
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.reach import ReachState
from cioform.model.remote_access.capabilities import SendsMessages
from cioform.model.routing.operations import ObjectId
from cioform.plan.change import UnmanagedUser
from cioform.plan.reach.users import SHOWN_USERS
from cioform.run.reading.kind_reader import reader_for
from cioform.run.reading.reach.audience_size import PeopleCounter
from cioform.run.reading.reach.listed_rows import decode_row, list_if_readable
from cioform.run.reading.reach.newsletters import NEWSLETTER, read_newsletters


@dataclass(frozen=True, slots=True)
class HiddenUse:
    """The objects that may use another one although no API says so."""

    may_be_live: bool
    """Whether one of them reaches people, or has a state that cannot be read."""
    users: tuple[UnmanagedUser, ...]
    """The first of them that may reach people; all if none does."""


@dataclass(frozen=True)
class HiddenUsers:
    """The unmanaged objects of a workspace that may be users which no API returns."""

    managed: Set[ObjectId]
    counter: PeopleCounter

    def may_exist(self, kind: str) -> bool:
        """Return whether the workspace may have unmanaged objects of a kind."""
        found = self._users.get(kind)
        return found is None or bool(found)

    def use_of(self, kinds: Set[str] | None) -> HiddenUse:
        """Return the possible use by objects of some kinds; None stands for all kinds."""
        found = self._of(kinds)
        users = [user for of_kind in found for user in of_kind or ()]
        live = [user for user in users if user.state.may_be_live]
        # While none of them reaches people, each may be started before apply.
        return HiddenUse(None in found or bool(live), tuple(live[:SHOWN_USERS] or users))

    def _of(self, kinds: Set[str] | None) -> list[tuple[UnmanagedUser, ...] | None]:
        every = self._users
        if kinds is None or not kinds <= every.keys():
            # A user of an unknown kind, such as a template, may belong to any object.
            return list(every.values())
        return [every[kind] for kind in sorted(kinds)]

    @cached_property
    def _users(self) -> dict[str, tuple[UnmanagedUser, ...] | None]:
        """The unmanaged objects of each kind that sends; None if unreadable."""
        senders = [kind.name for kind in self.counter.registry if isinstance(kind, SendsMessages)]
        found = {kind: self._users_of(kind) for kind in senders}
        return {**found, NEWSLETTER: self._newsletters()}

    def _newsletters(self) -> tuple[UnmanagedUser, ...] | None:
        found = read_newsletters(self.counter.provider)
        return None if found is None else tuple(_user(each) for each in found.values() if each)

    def _users_of(self, kind: str) -> tuple[UnmanagedUser, ...] | None:
        rows = self._rows(kind)
        if rows is None:
            return None
        kind_of_rows = self.counter.registry[kind]
        unmanaged = (r for r in rows if ObjectId(kind, r.remote_id) not in self.managed)
        return tuple(
            UnmanagedUser(kind, row.remote_id, row.identity, self._state_of(kind_of_rows, row))
            for row in unmanaged
        )

    def _state_of(self, kind: Kind, row: RemoteObject) -> ReachState:
        live = decode_row(kind, row, self.counter.live.names)
        return live.decoded.reach.state if live else ReachState.UNKNOWN

    def _rows(self, kind: str) -> tuple[RemoteObject, ...] | None:
        listed = self.counter.live.listing.found.get(kind)
        reader = reader_for(self.counter.registry[kind], self.counter.provider)
        if listed is not None or reader is None:
            return listed
        return list_if_readable(reader, self.counter.provider)


def _user(live: LiveObject) -> UnmanagedUser:
    reach = live.decoded.reach
    return UnmanagedUser(live.kind, live.remote_id, live.found.identity, reach.state)
