"""The events of a run while it is going on, and its outcome at the end."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic
from cioform.plan.change import Action, Change


@dataclass(frozen=True, slots=True)
class ReadProgress:
    """How many reads are done so far, and how many are expected, None where unknown."""

    done: int
    expected: int | None


@dataclass(frozen=True, slots=True)
class ChangeStarted:
    """A change begins; it is `number` of `total`, from 1."""

    change: Change
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class LockTakenOver:
    """The lock of another run is taken over, because the CI job of that run has ended."""

    run: str
    """The ID of that run."""
    url: str
    """The page of its job."""


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """A notification was not delivered to a webhook."""

    workspace: str
    problem: str
    """A sentence."""


@dataclass(frozen=True, slots=True)
class WorkspaceNotConfirmed:
    """The first apply to a workspace has a key that Customer.io does not confirm."""

    workspace: str
    problem: str
    """Sentences."""


class ChangeStatus(StrEnum):
    """How a change ended. The values appear in JSON output."""

    DONE = "done"
    FAILED = "failed"
    """Customer.io rejected it; the object is unchanged, or the diagnostic says otherwise."""
    OUTCOME_UNKNOWN = "in doubt"
    """A write was sent, and reading the object could not show whether it was done."""
    STALE = "stale"
    """The object was changed after the plan was made; nothing was sent."""
    SKIPPED = "skipped"
    """A change that it depends on failed, or the run stopped before."""


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """How one change ended, with its problems and warnings."""

    address: Address
    action: Action
    status: ChangeStatus
    diagnostics: tuple[Diagnostic, ...] = ()
    half_made: bool = False
    """Whether only a part of the change was made."""
    exit_code: int = 0
    """The exit code of a run in which this is all that happened; 0 says nothing of its own."""

    @property
    def may_have_written(self) -> bool:
        """Whether something is different now, or may be."""
        is_written = self.status is ChangeStatus.DONE and self.action is not Action.NOOP
        return is_written or self.half_made or self.status is ChangeStatus.OUTCOME_UNKNOWN


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results of a finished run."""

    run: str
    """The run's ID, which names its journal and backups."""
    results: tuple[ChangeResult, ...]
    requests: int = 0

    @property
    def counted(self) -> tuple[ChangeResult, ...]:
        """The results for the summary of the run.

        A replacement in two steps counts as one result if it succeeded. A change that only updates
        the state counts if it was not done, because a decision such as `--prefer live` is then not
        recorded.
        """
        replaced = {r.address for r in self.results if r.action is Action.REPLACE}

        def is_silent(result: ChangeResult) -> bool:
            is_former = result.action is Action.DELETE and result.address in replaced
            is_done = result.status is ChangeStatus.DONE
            return is_done and (is_former or result.action is Action.NOOP)

        return tuple(result for result in self.results if not is_silent(result))

    @property
    def complete(self) -> bool:
        """Whether every change was made."""
        return all(result.status is ChangeStatus.DONE for result in self.results)

    @property
    def may_have_written(self) -> bool:
        """Whether the run changed something, or may have."""
        return any(result.may_have_written for result in self.results)

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was changed, so that the same plan can be applied again."""
        harmless = (ChangeStatus.FAILED, ChangeStatus.SKIPPED)
        return all(r.status in harmless and not r.half_made for r in self.results)


RunWarning: TypeAlias = NotDelivered | WorkspaceNotConfirmed
"""The events to show even if progress is not shown."""
RunEvent: TypeAlias = ReadProgress | ChangeStarted | ChangeResult | LockTakenOver | RunWarning
Listener: TypeAlias = Callable[[RunEvent], None]


def ignore_events(_event: RunEvent) -> None:
    """Do nothing; the listener of a caller that wants no events."""
