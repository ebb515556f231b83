"""Check that nothing that uses a changed object was started after the plan was made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cioform.core.dataclasses import dataclass, replace
from cioform.model.names import Names
from cioform.model.reach import ReachState
from cioform.model.registry import Registry
from cioform.plan.change import Change, User
from cioform.remote.provider import Provider
from cioform.run.reading.user_states import LiveUsers, look_at_users


def quiet_users(changes: Iterable[Change]) -> tuple[User, ...]:
    """Return the users that, as far as the plan knows, pass no change on to people."""
    writes = [change for change in changes if change.action.writes]
    users = {
        u.address: u for c in writes for u in c.users if not u.state.may_be_live and u.remote_id
    }
    return tuple(users.values())


@dataclass(slots=True)
class UserChecks:
    """Looks at the users of all changes of one run, before the first of these changes."""

    registry: Registry
    provider: Provider
    users: Sequence[User]
    """Those of `quiet_users`."""
    _found: LiveUsers | None = None

    def started_user(self, change: Change, names: Names) -> User | None:
        """Return a user with its state if it reaches people now and did not in the plan."""
        for user in quiet_users([change]):
            if self._found is None:
                self._found = look_at_users(self.users, self.registry, names, self.provider)
            if user.address not in self._found:
                return replace(user, state=ReachState.UNKNOWN)
            live = self._found[user.address]
            now = replace(user, state=live.decoded.reach.state) if live is not None else user
            if now.state.may_be_live:
                return now
        return None
