"""Apply the reviewed plans of many workspaces, ring by ring, and stop where something fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from cioform.core.dataclasses import dataclass
from cioform.core.exit_codes import TRY_AGAIN, worst_exit_code
from cioform.services.fleet.applied import AppliedWorkspace, ApplyStatus
from cioform.services.fleet.rings import Ring
from cioform.services.fleet.rollout_journal import RolloutJournal


@dataclass(frozen=True, slots=True)
class Waiting:
    """How waiting for the end of a soak time is done."""

    clock: Callable[[], float]
    """Returns Unix seconds."""
    sleep: Callable[[float], None]
    may_wait: bool
    """Whether to wait, or to end and be called again."""
    announce: Callable[[Ring, float], None]
    """Called for each wait, with the seconds that are left."""


@dataclass(frozen=True, slots=True)
class RolloutOutcome:
    """How the apply of many workspaces ended."""

    workspaces: tuple[AppliedWorkspace, ...]
    stopped_in: str | None = None
    """The ring in which too many workspaces failed."""
    soaking: str | None = None
    """The ring whose soak time has not passed."""

    @property
    def exit_code(self) -> int:
        """The exit code of the command."""
        codes = [each.exit_code for each in self.workspaces]
        return worst_exit_code([*codes, TRY_AGAIN] if self.soaking else codes)


def roll_out(
    rings: Sequence[Ring],
    apply: Callable[[str, str], AppliedWorkspace],
    journal: RolloutJournal,
    waiting: Waiting,
) -> RolloutOutcome:
    """Apply ring after ring. `apply` takes the names of a workspace and of its ring.

    What the journal has as applied is not applied again.
    """
    results: list[AppliedWorkspace] = []
    for at, ring in enumerate(rings):
        failures, has_changed = 0, False
        for name in ring.workspaces:
            result = journal.applied(name) or apply(name, ring.name)
            if not result.was_kept:
                journal.record(result)
            results.append(result)
            failures += result.status is ApplyStatus.FAILED
            has_changed |= bool(result.run) and not result.was_kept
            if failures > ring.max_failures:
                return RolloutOutcome((*results, *_rest(rings, results)), stopped_in=ring.name)
        if has_changed or journal.ended_at(ring.name) is None:
            journal.end_ring(ring.name, waiting.clock())
        if at + 1 < len(rings) and not _soaked(ring, journal, waiting):
            return RolloutOutcome((*results, *_rest(rings, results)), soaking=ring.name)
    return RolloutOutcome(tuple(results))


def _soaked(ring: Ring, journal: RolloutJournal, waiting: Waiting) -> bool:
    """Return whether the soak time of a ring has passed, after waiting for it if that is wanted."""
    ended_at = journal.ended_at(ring.name) or waiting.clock()
    left = ended_at + ring.soak_seconds - waiting.clock()
    if left <= 0 or not journal.has_changed(ring.workspaces):
        return True
    waiting.announce(ring, left)
    if not waiting.may_wait:
        return False
    waiting.sleep(left)
    return True


def _rest(rings: Sequence[Ring], results: Sequence[AppliedWorkspace]) -> Iterator[AppliedWorkspace]:
    known = {result.workspace for result in results}
    for ring in rings:
        for name in ring.workspaces:
            if name not in known:
                yield AppliedWorkspace(name, ring.name, ApplyStatus.NOT_STARTED)
