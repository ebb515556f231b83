"""The result of the apply of one workspace among many."""

from __future__ import annotations

from enum import StrEnum

from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic


class ApplyStatus(StrEnum):
    """How it ended. The values appear in JSON output."""

    DONE = "done"
    UNCHANGED = "nothing to apply"
    FAILED = "failed"
    NOT_STARTED = "not started"


@dataclass(frozen=True, slots=True)
class AppliedWorkspace:
    """The outcome of one workspace."""

    workspace: str
    ring: str
    status: ApplyStatus
    exit_code: int = 0
    run: str | None = None
    """The ID of its run; None if nothing was to be applied."""
    text: str = ""
    """How many changes were made, for people."""
    problems: tuple[Diagnostic, ...] = ()
    was_kept: bool = False
    """Whether an earlier call has applied it."""
