"""The limits of a workspace: what apply may change, and how many requests a second it may send."""

from __future__ import annotations

from enum import StrEnum
from math import inf
from typing import Final

from cioform.core.dataclasses import dataclass, replace


class LiveEdits(StrEnum):
    """Whether service accounts may change what is running, as `workspace.yaml` says."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Guards:
    """What a plan may do. A plan that exceeds any of the limits is refused."""

    allow_delete: bool = False
    allow_live: bool = False
    allow_replace: bool = False
    max_changes: int | None = None
    max_deletes: int | None = 5
    max_percent: float = 50
    """The percentage of the existing objects that one plan may change or delete."""
    percent_exempt_changes: int = 5
    """A plan that changes at most this many objects never exceeds `max_percent`; in a small
    workspace two changes may already be half of everything."""
    max_people: int | None = None
    """How many people the audience of one change may have; None for any number."""
    max_audience_growth: float | None = None
    """The percentage by which one change may enlarge an audience; None for any."""
    approved: frozenset[str] = frozenset()
    """The IDs of the policies that somebody has approved exceptions from."""
    window_override: str = ""
    """Why somebody applies a plan outside of the apply window; empty to wait for it."""

    def with_overrides(
        self,
        *,
        allow_delete: bool = False,
        allow_live: bool = False,
        allow_replace: bool = False,
        approved: frozenset[str] = frozenset(),
        window_override: str = "",
    ) -> Guards:
        """Return these guards with more allowed. An override never takes a permission away."""
        return replace(
            self,
            allow_delete=self.allow_delete or allow_delete,
            allow_live=self.allow_live or allow_live,
            allow_replace=self.allow_replace or allow_replace,
            approved=self.approved | approved,
            window_override=window_override or self.window_override,
        )


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests a second, by the budgets that Customer.io keeps.

    The Journeys API publishes no rate: that of the App API is assumed (journeys facts, section 2).
    """

    app: float = 10
    journeys: float = 10
    track: float = 100
    broadcast: float = 0.1

    def at_most(self, rate: float) -> Rates:
        """Return these rates, with each one that is faster than `rate` lowered to it.

        The rate of broadcast triggers stays: Customer.io sets it, and it is far below any other.
        """
        return replace(
            self,
            app=min(self.app, rate),
            journeys=min(self.journeys, rate),
            track=min(self.track, rate),
        )


UNLIMITED: Final = Rates(inf, inf, inf, inf)
