"""Reach: the people whom a change touches."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from math import inf
from typing import Final, Self

from cioform.core.dataclasses import dataclass, field


class ReachState(StrEnum):
    """Whether a change of an object reaches people, by the state of the object."""

    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"
    ARCHIVED = "archived"
    LIVE = "live"
    """The next send uses it."""
    SCHEDULED = "scheduled"
    """It is sent at a time that is set."""
    SENDING = "sending"
    """It is being sent."""
    SHARED = "shared"
    """Every message that names it uses it."""
    UNKNOWN = "unknown"
    """The available credentials cannot read it, or cioform does not know it."""
    NOT_READ = "not read"
    """Out of the scope of the plan, and not looked at yet."""
    USERS_UNKNOWN = "users unknown"
    """Shared, and its users cannot be found out."""

    @property
    def is_live(self) -> bool:
        """Whether people receive a change without anybody starting or sending anything."""
        return self in _LIVE_STATES

    @property
    def may_be_live(self) -> bool:
        """Whether people may receive a change without anybody starting or sending anything."""
        return self.is_live or self in (ReachState.UNKNOWN, ReachState.USERS_UNKNOWN)


_LIVE_STATES: Final = frozenset(
    {ReachState.RUNNING, ReachState.LIVE, ReachState.SCHEDULED, ReachState.SENDING}
)


@dataclass(frozen=True, slots=True)
class Reach:
    """The people whom a change touches."""

    state: ReachState = ReachState.UNKNOWN
    people: int | None = None
    """How many people are in the audience now; None when the API does not tell."""
    people_after: int | None = None
    """How many people will be in the audience after the change, as the API estimates it."""
    unknown_state: str = ""
    """What Customer.io calls a state that cioform does not know; empty for any other."""

    @classmethod
    def of_state(cls, states: Mapping[str, ReachState], found: object) -> Self:
        """Return the reach of an object by the name of its state; `states` has the known names."""
        name = found if isinstance(found, str) else ""
        return cls(states[name]) if name in states else cls(unknown_state=name)

    @property
    def most_people(self) -> int:
        """How many people are in the audience before or after the change, as far as known."""
        return max(self.people or 0, self.people_after or 0)

    @property
    def growth(self) -> float | None:
        """The percentage by which the audience grows; None if it is not known."""
        if self.people is None or self.people_after is None:
            return None
        if self.people == 0:
            return inf if self.people_after else 0
        return 100 * (self.people_after - self.people) / self.people

    @property
    def is_live(self) -> bool:
        """Whether people receive the change without anybody starting or sending anything."""
        return self.state.is_live

    @property
    def lifecycle(self) -> str:
        """The state of an object that people start and stop; empty for any other."""
        return "" if self.is_shared else self.state_name

    @property
    def state_name(self) -> str:
        """The state as people read it; empty if it is unknown."""
        return self.state.value if self.is_known else self.unknown_state

    @property
    def is_shared(self) -> bool:
        """Whether people receive the change through whatever uses the object."""
        return self.state is ReachState.SHARED

    @property
    def is_known(self) -> bool:
        """Whether the available credentials can read the state, and cioform knows it."""
        return self.state is not ReachState.UNKNOWN


SHARED: Final = Reach(ReachState.SHARED)
"""The reach of what is used by others."""


@dataclass(frozen=True, slots=True)
class PeopleCount:
    """How many people are in the audience of an object now, and how many are at each part."""

    total: int
    by_part: Mapping[str, int] = field(default_factory=dict)
    """By the name of the part; parts without anybody may be missing."""
