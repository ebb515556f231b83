"""Check that nothing that uses a changed object was started after the plan was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cioform.core.dataclasses import dataclass
from cioform.model.objects.live_object import LiveObject
from cioform.model.reach import ReachState
from cioform.model.references.names import Names
from cioform.model.registry import Registry
from cioform.model.routing.operations import ObjectId
from cioform.plan.change import Change, UnmanagedUser, User
from cioform.plan.reach.users import name_of_user, watched_users
from cioform.remote.provider import Provider
from cioform.run.reading.reach.user_states import read_objects


def inactive_users(changes: Iterable[Change]) -> dict[ObjectId, User | UnmanagedUser]:
    """Return the users that do not reach people, as far as the plan knows."""
    writes = [change for change in changes if change.action.writes]
    return {
        ObjectId(user.kind, user.remote_id): user
        for change in writes
        for user in watched_users(change)
        # The users behind a shared one are among them too.
        if not user.state.may_be_live and user.state is not ReachState.SHARED and user.remote_id
    }


@dataclass(slots=True)
class UserChecks:
    """Looks at the users of all changes of one run, before the first of these changes."""

    registry: Registry
    provider: Provider
    users: Sequence[ObjectId]
    """Those of `inactive_users`."""
    _found: Mapping[ObjectId, LiveObject | None] | None = None

    def started_user(self, change: Change, names: Names) -> str:
        """Return as a clause which user reaches people now and did not when the plan was made.

        It is empty if there is none. Raises AuthError or RemoteError if that cannot be found out.
        """
        for each, user in inactive_users([change]).items():
            if self._found is None:
                self._found = read_objects(
                    self.users, self.registry, names, self.provider, is_required=True
                )
            live = self._found.get(each)
            if each in self._found and live is None:
                continue  # It is gone.
            state = ReachState.UNKNOWN if live is None else live.decoded.reach.state
            if state.may_be_live:
                uses = "which may use it" if user in change.possible_users else "which uses it"
                return f"{name_of_user(user)}, {uses}, was {user.state} and became {state}"
        return ""
