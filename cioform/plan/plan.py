"""The plan: all changes in order, with everything that apply and every report read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cioform.model.conversation import Api
from cioform.plan.change import Action, BlockedChange, Change, Drift, Origin, UnreadableFields


class PreferredSide(StrEnum):
    """Which side wins where both moved."""

    CONFIG = "config"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class PlanHeader:
    """Which workspace, which history and which files a plan was made from."""

    workspace: str
    environment_id: int | None
    lineage: str
    serial: int
    made_at: int
    """Unix seconds."""
    commit: str | None = None
    apis: tuple[Api, ...] = ()
    """The APIs whose credentials were at hand."""
    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    prefer: PreferredSide | None = None
    """Which side the plan lets win where both moved."""
    rate: float = 10.0
    """Requests a second that the settings allow, of the APIs at hand the slowest: the floor of
    every run's time. Unless set it is what the App API allows (app facts, section 2)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What apply will do, and what it will not."""

    header: PlanHeader
    changes: tuple[Change, ...] = ()
    blocked: tuple[BlockedChange, ...] = ()
    drift: tuple[Drift, ...] = ()
    unreadable: tuple[UnreadableFields, ...] = ()
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What the names of read-only things meant: kind -> name -> remote id."""
    unbound: Mapping[str, str] = field(default_factory=dict)
    """Objects that an address names and neither the state nor a change of this plan binds, as
    when they are out of its scope: address -> remote id."""
    unchanged: int = 0
    foreign: int = 0
    read_requests: int = 0
    """How many requests making the plan took."""

    @property
    def visible_changes(self) -> tuple[Change, ...]:
        """The changes people see; a noop only teaches the state what is already so."""
        return tuple(c for c in self.changes if c.action is not Action.NOOP)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is pending: no change, no blocked change, no drift."""
        return not (self.visible_changes or self.blocked or self.drift)

    @property
    def summary(self) -> Mapping[str, int]:
        """How many changes of each action, and how many blocked, drifted and in conflict."""
        counts = Counter(change.action.value for change in self.visible_changes)
        order = [action.value for action in Action if action is not Action.NOOP]
        return {name: counts[name] for name in order} | {
            "blocked": len(self.blocked),
            "drift": len(self.drift),
            "conflict": sum(1 for change in self.changes if is_conflict(change)),
            "unchanged": self.unchanged,
            "foreign": self.foreign,
        }

    @property
    def requests(self) -> int:
        """How many requests apply will make: a list of each kind it makes objects of, and for
        every change a last look at the object, the writes, and the reading back."""
        writing = [change for change in self.changes if change.action.writes]
        kinds = {c.address.kind for c in writing if c.action in (Action.CREATE, Action.REPLACE)}
        looks = sum(c.reads for c in writing if c.action is not Action.CREATE)
        read_backs = sum(c.reads for c in writing if c.action is not Action.DELETE)
        return len(kinds) + looks + sum(len(c.requests) for c in writing) + read_backs

    @property
    def seconds(self) -> float:
        """How long apply will take at the rate that the settings allow."""
        return self.requests / self.header.rate


def is_conflict(change: Change) -> bool:
    """Tell whether files and workspace both moved a value of this change, differently."""
    return any(item.origin is Origin.CONFLICT for item in change.fields)
