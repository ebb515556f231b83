"""What a run tells while it goes on, and what it has to show at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic
from cioform.plan.change import Action, Change


@dataclass(frozen=True, slots=True)
class ReadProgress:
    """Requests answered so far while reading, and how many there will be, where that is known."""

    done: int
    expected: int | None


@dataclass(frozen=True, slots=True)
class ChangeStarted:
    """A change begins; `number` of `total`, from 1."""

    change: Change
    number: int
    total: int


class ChangeStatus(StrEnum):
    """How a change ended."""

    DONE = "done"
    FAILED = "failed"
    """The remote said no; what is there is as it was, or is said in the diagnostic."""
    OUTCOME_UNKNOWN = "in doubt"
    """A write was sent and even looking could not tell whether it happened."""
    STALE = "stale"
    """Somebody changed the object since the plan; nothing was sent."""
    SKIPPED = "skipped"
    """Something that it depends on did not end well, or the run stopped before."""


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """How one change ended, and what there is to say about it."""

    address: Address
    action: Action
    status: ChangeStatus
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run."""

    run: str
    """Its id, which names the journal and the backups."""
    results: tuple[ChangeResult, ...]
    requests: int = 0

    @property
    def complete(self) -> bool:
        """Tell whether every change was made."""
        return all(result.status is ChangeStatus.DONE for result in self.results)


RunEvent: TypeAlias = ReadProgress | ChangeStarted | ChangeResult
Listener: TypeAlias = Callable[[RunEvent], None]


def ignore_events(event: RunEvent) -> None:
    """Listen to nothing."""
    del event
