"""The plan: all changes in order, with everything that apply and every report read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from cioform.core.dataclasses import dataclass, field
from cioform.model.remote_access.conversation import Api
from cioform.model.settings.apply_window import WindowStatus
from cioform.model.settings.limits import LiveEdits
from cioform.plan.change import Action, BlockedChange, Change, Drift, Origin, PlannedRequest
from cioform.plan.omissions import KeptFields, OmittedChange, UnmanagedFields, UnreadableFields

if TYPE_CHECKING:
    from cioform.plan.approvals import NeededApproval
    from cioform.plan.policy_violation import PolicyViolation
    from cioform.plan.text_warning import TextWarning


class PreferredSide(StrEnum):
    """Which side wins if the files and the workspace both changed a value."""

    CONFIG = "config"
    LIVE = "live"


class OnDrift(StrEnum):
    """What to do where applying the files would undo what somebody changed in the workspace."""

    STOP = "stop"
    """Refuse the plan."""
    KEEP = "keep"
    """Leave those objects as they are."""
    OVERWRITE = "overwrite"
    """Write what the files say."""


@dataclass(frozen=True, slots=True)
class PlanHeader:
    """The workspace, the history and the files that a plan was made from."""

    workspace: str
    workspace_id: int | None
    lineage: str
    serial: int
    made_at: int
    """Unix seconds."""
    commit: str | None = None
    apis: tuple[Api, ...] = ()
    """The APIs whose credentials were given."""
    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    prefer: PreferredSide | None = None
    """Which side wins in a conflict; None if that was not decided."""
    on_drift: OnDrift = OnDrift.OVERWRITE
    rate: float = 10.0
    """Requests per second that the settings allow for the slowest of the APIs, which limits the
    speed of every run. The default is the limit of the App API (app facts, section 2)."""
    live_edits: LiveEdits = LiveEdits.UNKNOWN
    """Whether service accounts may change what is running."""
    settings_from: str | None = None
    """The commit whose settings judge the plan; None for those of the files."""
    changed_settings: tuple[str, ...] = ()
    """The settings that the files change and that do not hold yet: `guards.max_deletes`."""
    changed_since_apply: tuple[str, ...] = ()
    """The settings and policies in force that are not those of the last apply."""
    rolls_back: str | None = None
    """The ID of the run that the plan undoes."""
    live_edits_refused_at: int | None = None
    """When Customer.io refused for the first time to let a service account change what is running,
    in Unix seconds."""
    window: WindowStatus | None = None
    """Whether plans might be applied when it was made; None if the settings allow any time."""

    @property
    def apply_command(self) -> str:
        """The command that carries out such a plan."""
        if self.rolls_back:
            return f"cioform rollback {self.workspace} {self.rolls_back}"
        return f"cioform apply {self.workspace}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What apply will do, and what is blocked."""

    header: PlanHeader
    changes: tuple[Change, ...] = ()
    blocked: tuple[BlockedChange, ...] = ()
    drift: tuple[Drift, ...] = ()
    unreadable: tuple[UnreadableFields, ...] = ()
    kept: tuple[KeptFields, ...] = ()
    unmanaged_edits: tuple[UnmanagedFields, ...] = ()
    """What somebody changed that no file sets: it stays as it is in the workspace."""
    newly_recorded: tuple[UnmanagedFields, ...] = ()
    """What no file sets and the state does not know yet, where it is not what new objects have."""
    left: tuple[OmittedChange, ...] = ()
    """The changes that were taken out, because of drift or because nobody has reviewed them."""
    rolled_back: Mapping[str, str] = field(default_factory=dict)
    """The addresses of changes that were rolled back, each with the ID of the run that did it."""
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The own names of objects, as references use them: kind -> name -> remote ID."""
    unbound: Mapping[str, str] = field(default_factory=dict)
    """Objects that an address names but that neither the state nor a change of this plan binds,
    for example because they are out of its scope: address -> remote ID."""
    rebuilds: tuple[str, ...] = ()
    """The addresses of objects whose parts are removed and added although they may be the same:
    the state does not name them, and they were not recognized. Drafts are left out."""
    managed_elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Where the objects are managed whose descriptions name another repository or workspace:
    address -> repository and path."""
    breaches: tuple[PolicyViolation, ...] = ()
    """What violates the policies of the project."""
    approvals: tuple[NeededApproval, ...] = ()
    """What has to be approved, and by whom."""
    warnings: tuple[TextWarning, ...] = ()
    """What the checks say about the texts that it writes, if they were asked for."""
    growth_not_judged: tuple[str, ...] = ()
    """The addresses of objects that may reach an unknown number of people more, if a guard limits
    it."""
    people_not_judged: tuple[str, ...] = ()
    """The addresses of changes that let an unknown number of people enter, if a guard limits it."""
    unchanged: int = 0
    excluded: Mapping[str, int] = field(default_factory=dict)
    """How many addresses of the files and the state each pattern of `exclude` in the settings
    leaves out."""
    unmanaged: int = 0
    """The number of unmanaged objects, of the kinds that were listed."""
    not_listed: tuple[str, ...] = ()
    """The kinds whose objects were not listed."""
    read_requests: int = 0
    """How many requests it took to make the plan."""

    @property
    def visible_changes(self) -> tuple[Change, ...]:
        """The changes that people see; a noop only updates the state."""
        return tuple(c for c in self.changes if c.action is not Action.NOOP)

    @property
    def counted_changes(self) -> tuple[Change, ...]:
        """The visible changes, with a replacement in two steps counted once."""
        return tuple(c for c in self.visible_changes if not c.deletes_former)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is pending: no change, nothing blocked or omitted, and no drift.

        Drift that the files have too is not pending, because apply only records it.
        """
        agreed = {c.address for c in self.changes if c.action is Action.NOOP}
        is_drifted = any(item.address not in agreed for item in self.drift)
        return not (self.visible_changes or self.blocked or is_drifted or self.left)

    @property
    def is_about_nothing(self) -> bool:
        """Whether its selectors name nothing in this workspace."""
        is_limited = bool(self.header.target or self.header.exclude)
        return is_limited and self.is_empty and not self.unchanged

    @property
    def leaves_config(self) -> bool:
        """Whether something that the files changed is not applied."""
        return bool(self.blocked) or any(item.has_config for item in self.left)

    @property
    def summary(self) -> Mapping[str, int]:
        """The number of changes of each action, and of blocked, drifted and conflicting ones."""
        counts = Counter(change.action.value for change in self.counted_changes)
        order = [action.value for action in Action if action is not Action.NOOP]
        return {name: counts[name] for name in order} | {
            "blocked": len(self.blocked),
            "left": len(self.left),
            "drift": len(self.drift),
            "conflict": sum(1 for change in self.changes if is_conflict(change)),
            "unchanged": self.unchanged,
            "unmanaged": self.unmanaged,
        }

    @property
    def requests(self) -> int:
        """How many requests apply will send.

        It lists every kind of which it creates objects or that uses changed ones; for every change
        it reads the object, writes, and reads it back.
        """
        writing = [change for change in self.changes if change.action.writes]
        kinds = {c.address.kind for c in writing if c.action in (Action.CREATE, Action.REPLACE)}
        before = sum(c.reads for c in writing if c.action is not Action.CREATE)
        after = sum(c.reads for c in writing if c.action is not Action.DELETE)
        quiet = {u.address.kind for c in writing for u in c.users if not u.state.may_be_live}
        return len(kinds) + len(quiet) + before + len(self.own_requests) + after

    @property
    def own_requests(self) -> Sequence[tuple[Change, PlannedRequest]]:
        """The requests of all changes with their changes, in the order in which apply sends them.

        What several changes need is created by the first of them.
        """
        created: set[str] = set()
        found: list[tuple[Change, PlannedRequest]] = []
        for change in self.changes:
            found += [(change, r) for r in change.requests if r.creates not in created]
            created |= {r.creates for r in change.requests if r.creates}
        return found

    @property
    def seconds(self) -> float:
        """The seconds that apply will take at the rate that the settings allow."""
        return self.requests / self.header.rate


def is_conflict(change: Change) -> bool:
    """Return whether the files and the workspace changed a value to different values."""
    return any(item.origin is Origin.CONFLICT for item in (*change.fields, *change.differences))
