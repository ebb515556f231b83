"""The results of changes that a run does not make."""

from __future__ import annotations

from collections.abc import Set

from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic, Severity
from cioform.plan.change import Change
from cioform.run.events import ChangeResult, ChangeStatus


def skipped(change: Change, failed: Set[Address]) -> ChangeResult:
    """Return the result of a change that an earlier failure prevents."""
    dependencies = [str(address) for address in change.depends_on if address in failed]
    reason = (
        f"It depends on {', '.join(dependencies)}, which did not succeed."
        if dependencies
        else "The run stopped at an earlier failure. Pass `--on-error continue` to apply the "
        "changes that do not depend on it."
    )
    return _skipped_because(change, reason)


def skipped_as_closed(change: Change, reason: str) -> ChangeResult:
    """Return the result of a change for which the apply window closed too early."""
    text = f"{reason[0].upper()}{reason[1:]}. Apply the rest when it is open."
    return _skipped_because(change, text)


def _skipped_because(change: Change, reason: str) -> ChangeResult:
    return ChangeResult(
        change.address, change.action, ChangeStatus.SKIPPED,
        (Diagnostic("Skipped", reason, change.address, severity=Severity.WARNING),),
    )  # fmt: skip
